"""Checks as a table's bridge has sent them, through the real ingest."""

from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from firmware_bridge.contract.check.code import with_check
from firmware_bridge.contract.check_events import (
    Attachment,
    CheckEvent,
    Intake,
    Lab,
    LabFinding,
    Release,
)
from firmware_bridge.contract.messages import Body, Findings, SpectrumTaken, TargetFinding
from firmware_bridge.contract.strips import Strip, StripKind, StripResult
from hub.ingest import Ingest
from hub.store import Store
from tests.contract.check.test_facts import findings, verdict
from tests.contract.samples import BODIES
from tests.hub import builders as b

STAFF = "Zebulon Quartz"
DAY_MS = 86_400_000
NOW_MS = b.T0 + 40 * DAY_MS
"""When the hub looks; checks are begun at `b.T0`, at 13:37:42 of the day."""

START_MS = b.T0 - b.T0 % DAY_MS + ((13 * 60 + 37) * 60 + 42) * 1000
CLOCK = "13:37"
INTAKE = Intake(
    expected="heroin", form="powder", colour="grey", texture="fine", packaging="PACK", effects="EFF"
)


def code(number: int) -> str:
    plain = with_check(f"{number:07d}".translate(str.maketrans("01", "AB")))
    return f"{plain[:4]}-{plain[4:]}"


def dipped(result: StripResult, kind: StripKind = "fentanyl", expires: str = "") -> Strip:
    return Strip(
        kind=kind,
        result=result,
        lot="L7",
        expires=expires,
        mass_mg=5.0,
        water_ml=50.0,
        limit_ng_ml=None,
    )


def released(*words: str) -> Release:
    return Release(language="en", overridden=(), reason="", words=words or ("As released.",))


def found(substance: str, *, seen: bool = True, group: str = "") -> LabFinding:
    return LabFinding(
        substance=substance,
        group=group,
        found=seen,
        amount_percent=None,
        low_percent=None,
        high_percent=None,
        limit_percent=None,
    )


def answer(*findings_: LabFinding, split: str = "s1") -> Lab:
    return Lab(split=split, state="complete", name="Lab", method="GC-MS", findings=findings_)


@dataclass(slots=True)
class Table:
    """One table that sends facts to a hub."""

    store: Store
    bridge: Any = b.NORTH
    seqs: "count[int]" = field(default_factory=lambda: count(1))
    events: "count[int]" = field(default_factory=lambda: count(1))
    heads: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def say(self, body: Body, device: str = "desk") -> None:
        said = b.envelope(body, next(self.seqs), device=device, bridge=self.bridge)
        outcome = Ingest(self.store).accept([b.delivery(said)])
        assert outcome.stored == 1, outcome

    def fact(self, of: str, at_ms: int = START_MS, by: str = STAFF, **what: Any) -> CheckEvent:  # noqa: ANN401 - as in CheckEvent
        number = next(self.events)
        event = CheckEvent(
            check=of,
            event=f"{number:032x}",
            after=self.heads.get(of, ()),
            at_ms=at_ms + number,
            by=by,
            **what,
        )
        self.heads[of] = (event.event,)
        self.say(event)
        return event

    def spectrum(self, of: str, name: str, *verdicts: TargetFinding, **changes: Any) -> None:  # noqa: ANN401 - as in Findings
        taken = BODIES["spectrum"]
        assert isinstance(taken, SpectrumTaken)
        axis = tuple(650.0 + 4 * step for step in range(40))
        curve = replace(taken, axis=axis, values=tuple(at / 4000 for at in axis))
        self.say(replace(curve, check=name, source="north-13h37-ZQ.jdx"), "alpha")
        made = findings(*verdicts, check=name, **changes)
        assert isinstance(made, Findings)
        self.say(made, "alpha")
        self.fact(of, attachment=Attachment(spectrum=name, linked=True, reason=""))

    def whole(self, number: int, result: StripResult = "positive", *, release: bool = True) -> str:
        """A check from the intake to its release."""
        name = code(number)
        self.fact(name, intake=INTAKE)
        self.fact(name, strip=dipped(result))
        self.spectrum(name, f"spectrum{number}", verdict("fentanyls", "not_detected", 0.05))
        if release:
            self.fact(name, release=released())
        return name
