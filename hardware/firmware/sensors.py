"""What the sensors show, made fit to be told: debounced, rounded, faults named once."""

DEBOUNCE_MS = 60
MISSES = 3


class Switches:
    """Contacts that must stand still before they are believed."""

    def __init__(self):
        self.states = {}
        self._seen = {}

    def look(self, levels, now):
        """Names and levels as read; the (name, level) that have just changed, and stay."""
        changed = []
        for name, level in levels.items():
            seen = self._seen.get(name)
            if seen is None or seen[0] != level:
                self._seen[name] = (level, now)
            elif now - seen[1] >= DEBOUNCE_MS and self.states.get(name) != level:
                self.states[name] = level
                changed.append((name, level))
        return changed


class Presence:
    """Whether sensors answer: several misses on end are a fault, one answer ends it."""

    def __init__(self):
        self.faults = {}
        self._misses = {}

    def saw(self, name, value):
        """One attempt; True or False where the fault has just begun or ended, else None."""
        if value is not None:
            self._misses[name] = 0
            was = self.faults.get(name)
            self.faults[name] = False
            return False if was else None
        self._misses[name] = self._misses.get(name, 0) + 1
        if self._misses[name] < MISSES or self.faults.get(name):
            return None
        self.faults[name] = True
        return True


class Levels:
    """One kind of level sensor over all slots: told at an interval, and more often while it moves."""

    def __init__(self, move, moving_ms):
        self._move = move
        self._moving_ms = moving_ms
        self._told = {}
        self._again = {}

    def due(self, values, now, everything):
        """The slots that should be told now, of {slot: value}."""
        chosen = {}
        for name, value in values.items():
            told = self._told.get(name)
            moved = told is not None and abs(value - told) > self._move
            again = self._again.get(name)
            if told is None or everything or (moved and again is None):
                chosen[name] = value
            elif again is not None and now >= again:
                chosen[name] = value
            else:
                continue
            self._told[name] = value
            # Once more when it has had time to come to rest.
            self._again[name] = now + self._moving_ms if moved or told is None else None
        return chosen


def rounded(value, digits):
    """None stays None."""
    return None if value is None else round(value, digits)
