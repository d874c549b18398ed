"""One vend: the motor turns once, and something falls. No waiting: `poll` is called each turn."""

DROPPED, ASSUMED, NO_DROP, JAM = "dropped", "assumed", "no-drop", "jam"


class Dispenser:
    """Turns one motor at a time, and never leaves one on.

    `board` gives motor(slot, on), home(slot) (True at home, None without a switch) and drop()
    (True while the beam is broken, and once if it was since the last call; None without a sensor).
    """

    def __init__(self, board, config):
        self._board = board
        self._config = config
        self.slot = None
        self.drop_fault = self._sees = False
        self._dropped = self._left_home = False
        self._turns = self._began = self._ended = 0

    def start(self, slot, now):
        """Begin a vend. A beam that is broken before anything fell is a faulty drop sensor."""
        self._board.drop()  # what fell before this vend is none of it
        self.drop_fault = bool(self._board.drop())
        self._dropped = False
        self._turns = 0
        self.slot = slot
        self._turn(now)

    def poll(self, now):
        """What came of it: DROPPED, ASSUMED (it turned, but nobody could see), NO_DROP, JAM."""
        if self.slot is None:
            return None
        seen = self._board.drop()
        self._sees = seen is not None and not self.drop_fault
        if seen and self._sees:
            self._dropped = True
        if self._ended is None:
            return self._turning(now)
        return self._waiting(now)

    def is_turning(self):
        """Whether a motor is on: then nothing may hold up the loop, or it runs past its home."""
        return self.slot is not None and self._ended is None

    def stop(self):
        """Motor off, at once."""
        if self.slot is not None:
            self._board.motor(self.slot, False)
            self.slot = None

    def is_overdue(self, now):
        """Whether a vend has taken longer than any vend can: the watchdog must bite then."""
        config = self._config
        most = (config.TURN_MS + config.DROP_WAIT_MS) * (config.EXTRA_TURNS + 1) + 2000
        return self.slot is not None and now - self._first > most

    def _turn(self, now):
        if self._turns == 0:
            self._first = now
        self._turns += 1
        self._began, self._ended, self._left_home = now, None, False
        self._board.motor(self.slot, True)

    def _turning(self, now):
        home, ran = self._board.home(self.slot), now - self._began
        if home is None:
            if ran >= self._config.TURN_FIXED_MS:
                self._turned(now)
            return None
        if not home:
            self._left_home = True
        elif self._left_home:
            self._turned(now)
            return None
        never_left = not self._left_home and ran >= 4 * self._config.HOME_LEAVE_MS
        if never_left or ran >= self._config.TURN_MS:
            return self._over(JAM)
        return None

    def _turned(self, now):
        self._board.motor(self.slot, False)
        self._ended = now

    def _waiting(self, now):
        """The turn is done: something falls, or it is tried once more."""
        if self._dropped:
            return self._over(DROPPED)
        if not self._sees:
            return self._over(ASSUMED)
        if now - self._ended < self._config.DROP_WAIT_MS:
            return None
        if self._turns <= self._config.EXTRA_TURNS:
            self._turn(now)
            return None
        return self._over(NO_DROP)

    def _over(self, outcome):
        """Off. Something that fell has left, also where the motor jammed after it."""
        self.stop()
        self.fell = self._dropped
        return outcome

    fell = False
    _first = 0
