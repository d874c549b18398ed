"""Who stands before the machine: buttons, the keypad, and what the bridge lets through."""

from keypad import Keypad
from store import FREE, TEST

CODE_ENDS_MS = 5000
BOUNCE_MS = 300


class People:
    """Presses and codes. A code goes to the bridge for a few seconds, and is kept nowhere."""

    def __init__(self, app):
        self._app = app
        config = app.config
        self._keypad = Keypad(config.CODE_MOST, 1000 * config.KEYPAD_IDLE_S)
        self._asks = config.ACCESS == "ask"
        self._wait_ms = 1000 * config.WAIT_S
        self._press = 0
        self._last_press = (None, 0)  # slot, when
        self._pending = None  # (number of the press, slot, ends_ms)
        self._allowed = 0
        self._allowed_until = 0

    def look(self):
        """One look at buttons and keypad."""
        key = self._app.board.key()
        if key:
            code = self._keypad.press(key, self._app.now)
            if code is not None:
                self._enter(code)
        index = self._app.board.button()
        if index is not None and index < len(self._app.store.slots):
            self._pressed(index)

    def allow(self, items, seconds):
        """The next so many items may be taken, within so many seconds."""
        self._allowed = items
        self._allowed_until = self._app.now + 1000 * seconds
        pending, self._pending = self._live(), None
        if pending is not None:
            self._app.vend(pending[1], FREE, 0, True)

    def answered(self, press, yes):
        """The bridge says yes or no to a press; "" or why nothing came of it."""
        pending = self._live()
        if pending is None or pending[0] != press:
            return "nothing-pending"
        self._pending = None
        return self._app.vend(pending[1], FREE, 0, True) if yes else ""

    def cancel(self):
        """Nothing is let through any more."""
        self._allowed = 0
        self._pending = None
        self._app.out.drop("press")

    def took_one(self):
        """An item left on leave of the bridge."""
        if self._allowed:
            self._allowed -= 1

    def _live(self):
        if self._pending is not None and self._app.now >= self._pending[2]:
            self._pending = None
        return self._pending

    def _enter(self, code):
        self._app.out.drop("code")
        ends = self._app.now + CODE_ENDS_MS
        self._app.out.put({"t": "code", "code": code}, None, ends)

    def _pressed(self, index):
        app = self._app
        before, at = self._last_press
        bounced = before == index and app.now - at < BOUNCE_MS
        self._last_press = (index, app.now)
        if bounced or app.running is not None:
            return
        if app.senses.is_door_open():
            app.vend(index, TEST)
        elif not self._asks:
            app.vend(index, FREE)
        elif self._allowed and app.now < self._allowed_until:
            app.vend(index, FREE, 0, True)
        else:
            self._ask(index)

    def _ask(self, index):
        app = self._app
        self._press += 1
        ends = app.now + self._wait_ms
        self._pending = (self._press, index, ends)
        app.out.drop("press")
        wait = self._wait_ms // 1000
        press = {"t": "press", "p": self._press, "sel": app.name(index), "wait": wait}
        app.out.put(press, None, ends)
