"""What the bridge can have done. A command that came before is never done again."""

FREE = 0
MOST_ITEMS = 20
INTERVAL_LEAST_S, INTERVAL_MOST_S = 5, 3600


class Commands:
    """Takes messages of the bridge.

    A command carries the boot id of the board and a number that only rises (`id`); `last` is the
    highest one that was taken, and goes out with every message. So neither a line that came twice,
    nor one that was held up over a restart, does anything.
    """

    def __init__(self, app):
        self._app = app
        self.last = 0
        self._answer = None

    def take(self, message, checked):
        """One message. A person at a terminal may ask without a CRC, but change nothing."""
        kind = message.get("t")
        if kind == "get":
            self._app.tell_all()
        elif not checked or message.get("b") != self._app.boot:
            return
        elif kind == "ack":
            self._app.out.acknowledged(message.get("n"))
        else:
            self._command(kind, message)

    def _command(self, kind, message):
        number = message.get("id")
        if type(number) is not int or not 0 < number < 1 << 30:
            return
        if number <= self.last:
            if number == self.last and self._answer is not None:
                self._app.out.put(self._answer, ("done", number))
            return
        self.last = number
        why = self._do(kind, message, number)
        self._answer = {"t": "done", "id": number, "ok": int(why == ""), "why": why}
        self._app.out.put(self._answer, ("done", number))

    def _do(self, kind, message, number):
        """ "" when it was done or begun, else the word for why not."""
        if kind == "dispense":
            return self._dispense(message, number)
        if kind == "tare":
            return self._tare(message)
        if kind == "interval":
            return self._interval(message.get("s"))
        if kind == "allow":
            return self._allow(message)
        if kind == "answer":
            return self._app.people.answered(message.get("p"), message.get("ok") == 1)
        if kind == "cancel":
            self._app.people.cancel()
            return ""
        return "unknown-command"

    def _dispense(self, message, number):
        index = self._app.index(message.get("sel"))
        if index is None:
            return "unknown-slot"
        return self._app.vend(index, FREE, number, True)

    def _tare(self, message):
        app = self._app
        index = app.index(message.get("sel"))
        counts = None if index is None else app.board.load(index)
        if counts is None:
            return "unknown-slot" if index is None else "no-sensor"
        return "" if app.tare(index, counts) else "store"

    def _interval(self, seconds):
        if type(seconds) is not int or not INTERVAL_LEAST_S <= seconds <= INTERVAL_MOST_S:
            return "out-of-range"
        self._app.senses.every_ms = 1000 * seconds
        return ""

    def _allow(self, message):
        items, seconds = message.get("items"), message.get("s")
        if type(items) is not int or type(seconds) is not int or not 0 < items <= MOST_ITEMS:
            return "out-of-range"
        self._app.people.allow(items, min(max(seconds, 1), 600))
        return ""
