"""A code as it is typed: kept until it is entered or given up, and nowhere else."""


class Keypad:
    """Digits and letters, "#" enters, "*" clears."""

    def __init__(self, most, idle_ms):
        self._most = most
        self._idle_ms = idle_ms
        self._typed = ""
        self._last = 0

    def press(self, key, now):
        """One key; the code when it is entered, else None."""
        if now - self._last > self._idle_ms:
            self._typed = ""
        self._last = now
        if key == "#":
            code, self._typed = self._typed, ""
            return code or None
        if key == "*":
            self._typed = ""
        elif len(self._typed) < self._most:
            self._typed += key
        return None
