"""What came of a measurement, in words for the person at the instrument. Pure.

Sentences about findings are the matcher's own (analysis/words.py).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from firmware_bridge.asking import Outcome
from firmware_bridge.contract.check.amounts import is_named, why_not_at_all
from firmware_bridge.contract.messages import AmountFinding, DeviceState, Findings, TargetFinding
from firmware_bridge.drivers.readings import (
    AuditReading,
    CountersReading,
    EventReading,
    Fault,
    FaultReading,
    Reading,
    VendReading,
)
from firmware_bridge.spool import Draft

if TYPE_CHECKING:
    from analysis.findings import Verdict

_ORDER: tuple["Verdict", ...] = ("detected", "inconclusive", "not_detected")
_READS = ("read", "sync", "status", "check ")
"""What a machine is asked for that it answers by telling of its slots."""

SAID_AT_ONCE = ("begin", "approve", "deny", "cancel")
"""What a machine is told, and does not answer: what comes of it shows as vends and events."""

OUR_FAULT = Outcome(
    done=False,
    lines=("the bridge itself failed on what came; its log says how", "please report it"),
)


def failed(reading: FaultReading, asked: str) -> Outcome | None:
    """What a fault means for what was asked; None when it may still be done."""
    if reading.fault is not Fault.PORT_LOST and reading.measurement not in {"", asked}:
        return None
    if reading.measurement == "" and reading.fault is Fault.UNREADABLE and asked != "read":
        return None  # an instrument without calibration still measures
    return Outcome(done=False, lines=_both(reading.detail, reading.advice))


def read(reading: AuditReading) -> Outcome:
    """A vending machine's audit came."""
    audit = reading.audit
    lines = [f"{len(audit.selections)} selections and {len(audit.events)} events were read"]
    lines += [f"deviation: {name}" for name in sorted({each.name for each in audit.warnings})]
    return Outcome(done=True, lines=tuple(lines))


def told(reading: Reading, asked: str) -> Outcome | None:
    """What a machine other than a DEX one tells, as an answer to what was asked; None for none."""
    match reading:
        case CountersReading(slots=slots) if asked.startswith(_READS):
            told_of = f"it answers, and tells of {len(slots)} slots"
            return Outcome(done=True, lines=(told_of,))
        case VendReading(selection=selection) if asked == f"dispense {selection}":
            said = reading.reason or reading.outcome
            return Outcome(done=reading.outcome != "failed", lines=(f"{selection}: {said}",))
        case EventReading(code="tared", selection=selection) if asked == f"tare {selection}":
            return Outcome(done=True, lines=(reading.text,))
    return None


def measured(asked: str, drafts: Sequence[Draft], state: DeviceState | None, note: str) -> Outcome:
    """A spectrum came: what was made of it.

    Args:
        asked: what was measured.
        drafts: the messages that it was worth.
        state: how the instrument stands after it.
        note: what else must be known; "" for nothing.
    """
    notes = (note,) if note else ()
    if asked != "sample":
        return Outcome(done=True, lines=(f"the {asked} is taken and will be used", *notes))
    for draft in drafts:
        if isinstance(draft.body, Findings):
            return Outcome(True, (*_told(draft.body), *notes), draft.body.check)
    if state is not None and state.detail:
        return Outcome(done=False, lines=_both(state.detail, state.advice))
    return OUR_FAULT


def _told(findings: Findings) -> tuple[str, ...]:
    from analysis import words  # noqa: PLC0415 - only where there is a spectrum

    lines = [f"check {findings.check}"]
    if findings.library_grade != "reference":
        lines.append(words.DEMONSTRATION_NOTE)
    lines += [
        words.verdict_line(each.target, each.verdict, each.share, each.limit, each.reason)
        for each in _shown(findings.targets)
    ]
    lines += [
        f"outside limits: {each.name}. {each.detail}" for each in findings.quality if not each.ok
    ]
    lines += _amounts(findings)
    lines += [f"can't be released: {reason}" for reason in findings.blocked_by]
    return tuple(lines)


def _amounts(findings: Findings) -> list[str]:
    """What each calibration says; no figure where the result can't be released."""
    blocked = why_not_at_all(findings)
    return [_amount(each, findings, blocked) for each in findings.amounts]


def _amount(found: AmountFinding, findings: Findings, blocked: str) -> str:
    percent, low, high = found.percent, found.low_percent, found.high_percent
    if found.refused or blocked or percent is None or low is None or high is None:
        reason = found.reason or blocked
        return f"no amount by {found.calibration}: {reason.rstrip('.')}"
    named = "" if is_named(findings, found.substance) else "; the spectrum does not name it"
    span = f"{low:.3g} to {high:.3g} %"
    by = f"{found.substance}, by {found.calibration}"
    return f"{by}: about {percent:.3g} % of the weight ({span}){named}"


def _shown(targets: Sequence[TargetFinding]) -> list[TargetFinding]:
    """Every family, and every single substance that was found; what was found first."""
    shown = [each for each in targets if each.level == "family" or each.verdict == "detected"]
    return sorted(shown, key=lambda each: _ORDER.index(each.verdict))


def _both(detail: str, advice: str) -> tuple[str, ...]:
    return tuple(line for line in (detail, advice) if line)
