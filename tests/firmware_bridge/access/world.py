"""A machine, its gate and everybody who comes by, with power cuts: what really left, and when."""

from collections import Counter
from dataclasses import dataclass, field

from firmware_bridge.access.decision import Decision
from firmware_bridge.access.gate import Gate
from firmware_bridge.contract.access import DeviceAccess
from firmware_bridge.spool import Moment
from tests.firmware_bridge.access.builders import START_MS, digest


@dataclass
class World:
    """Times are seconds since it began; `left` is what really left the machine, and for whom."""

    policy: DeviceAccess
    now_s: int = 0
    booted_s: int = 0
    sane: bool = True
    credit: int = 0
    code: str = ""
    session: int = 0
    left: list[tuple[int, str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate = Gate()
        self.gate.set_policy(self.policy, self.moment())
        self.saved = self.gate.remember()

    def moment(self) -> Moment:
        wall_ms = START_MS + self.now_s * 1000 if self.sane else 1000
        return Moment(wall_ms, (self.now_s - self.booted_s) * 1000, sane=self.sane)

    def wait(self, seconds: int) -> None:
        self.now_s += seconds
        self.turn()

    def turn(self) -> None:
        """What the desk does every second."""
        due = self.gate.overdue(self.moment())
        if due == "cancel":
            self.credit = 0
        elif due == "end":
            self.gate.end()
        if due:
            self.saved = self.gate.remember()

    def enter(self, code: str) -> Decision:
        """Somebody types a code, and the driver is told what comes of it."""
        found = self.gate.read(code, self.moment())
        if not isinstance(found, Decision):
            found = self.gate.decide(digest(found), self.moment())
        self.saved = self.gate.remember()
        if found.granted:
            self.credit, self.code = found.items, code
            self.session += not found.resumed
        return found

    def choose(self) -> bool:
        """Somebody chooses at an open machine; a choice ends the one before it."""
        again = self.gate.choose()
        found = Decision(1) if again else self.gate.decide_open(self.moment(), 1)
        granted = found.granted and (again or self.gate.choose())
        self.saved = self.gate.remember()
        self.credit = int(granted)
        if granted:
            self.code = ""
            self.session += not again
        return granted

    def take(self, *, told: bool) -> None:
        """An item leaves the machine; where the line fails just then, nobody tells.

        Of a choice that was approved, the machine must tell the end: that it is missing is enough.
        """
        if not self.credit:
            return
        self.credit -= 1
        self.left.append((self.now_s, self.code, self.session))
        if told:
            self.gate.vended(success=True, moment=self.moment())
            self.saved = self.gate.remember()
        elif self.policy.mode != "open":
            self.gate.doubt()

    def jam(self) -> None:
        """A vend fails: nothing leaves the machine, and the choice that was approved is over."""
        if self.credit:
            self.gate.vended(success=False, moment=self.moment())
            self.credit -= self.policy.mode == "open"

    def cut_power(self, *, item_on_its_way: bool, off_s: int) -> None:
        """The bridge loses its power, and knows afterwards only what was on disk."""
        if item_on_its_way and self.credit:
            self.left.append((self.now_s, self.code, self.session))
        self.credit = 0
        self.now_s += off_s
        self.booted_s = self.now_s
        self.gate = Gate(self.saved)
        self.gate.set_policy(self.policy, self.moment())
        self.saved = self.gate.remember()

    def most_in_a_period(self, code: str) -> int:
        """The most items that left for a code within any period of the quota."""
        times = [at_s for at_s, whose, _ in self.left if whose == code]
        period_s = self.policy.quota_period_s
        return max((sum(t - period_s < each <= t for each in times) for t in times), default=0)

    def sessions(self) -> Counter[str]:
        """How many sessions each code had in which something left the machine."""
        return Counter(code for code, _ in {(code, number) for _, code, number in self.left})

    def most_in_a_session(self) -> int:
        return max(Counter(number for _, _, number in self.left).values(), default=0)
