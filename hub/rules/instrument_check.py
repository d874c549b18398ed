"""Rule instrument-check: an instrument's performance check is missing, failed or overdue.

Such an instrument's bridge lets no card go (docs/instrument.md). Whether a check is overdue is
reckoned here, by the hub's clock, so that it is told also while the bridge can't be heard; a check
that was made meanwhile then ends the alert when it arrives.
"""

from collections.abc import Iterator

from hub.instruments import Trouble, is_gone, troubles
from hub.rules.base import Condition, Rule, device_key
from hub.rules.facts import DeviceFact, Facts, InstrumentFact
from hub.rules.settings import RuleSettings
from hub.rules.words import at_time, place, span

RULE = Rule(
    name="instrument-check",
    title="Instrument wants its check",
    severity="warning",
    describe="An instrument's performance check failed, is overdue, or was never made. Cards "
    "from what it measures are held back until a check of it was good.",
    pending_s=600.0,
    resolve_after_s=60.0,
)
_TITLES: dict[Trouble, str] = {
    "missing": "No performance check",
    "failed": "Performance check failed",
    "moved": "Moved, and not checked since",
    "undated": "Performance check of unknown age",
    "overdue": "Performance check overdue",
}
_REASONS = {
    "performance-peak-offset": "the standard's bands are off",
    "performance-energy": "too little light arrives",
    "performance-noise": "it is too noisy",
    "performance-line": "its 100 % line is not straight",
}
_MEASURE = (
    "Measure its standard: harborlight check performance {name} --standard polystyrene --guide "
    "(silicon for Raman)."
)
_FAILED = (
    "Wipe it, let it warm up, and measure the standard again: a standard that lies badly fails "
    "too. If it fails again, use another instrument and have this one looked at."
)


def judge(facts: Facts, settings: RuleSettings, now_ms: int) -> Iterator[Condition]:  # noqa: ARG001 - every rule has the same face
    """One condition for each instrument that wants a check."""
    for instrument in facts.instruments:
        if is_gone(instrument.care, instrument.device.bridge.last_heard_ms):
            continue
        found = troubles(instrument.care, now_ms)
        if found:
            yield _condition(instrument, found)


def reason_words(name: str) -> str:
    """A named reason of the bridge for a person; one that is not known is shown as it is."""
    return _REASONS.get(name, name)


def what_to_do(trouble: Trouble, name: str) -> str:
    """What to do about an instrument of this name on its bridge."""
    return _FAILED if trouble == "failed" else _MEASURE.format(name=name)


def _condition(instrument: InstrumentFact, found: tuple[Trouble, ...]) -> Condition:
    device = instrument.device
    said = " ".join(_sentence(instrument, trouble) for trouble in found)
    return Condition(
        key=device_key(RULE, device),
        rule=RULE.name,
        severity=RULE.severity,
        site=device.site,
        device_id=device.device_id,
        subject=device.name,
        title=f"{_TITLES[found[0]]}: {place(device)}",
        detail=f"{said}{_serial(instrument)} Cards from what it measures now are held back."
        f"{_silent(device)}",
        advice=what_to_do(found[0], device.device),
    )


def _sentence(instrument: InstrumentFact, trouble: Trouble) -> str:
    care = instrument.care
    dated = f" of {at_time(care.checked_ms)}" if care.checked_ms is not None else ""
    checked = f"The last performance check{dated}"
    if trouble == "missing":
        return "It has no performance check."
    if trouble == "failed":
        named = "; ".join(f"{reason_words(name)} ({name})" for name in care.failed)
        return f"{checked} failed: {named}."
    if trouble == "moved":
        when = f", {at_time(care.moved_ms)}" if care.moved_ms is not None else ""
        return f"It was moved after its last performance check{when}."
    if trouble == "undated":
        return (
            "The time of its last performance check lies ahead of its bridge's clock and can't be "
            "believed."
        )
    every = span(care.every_h * 3600)
    return f"{checked} may be {every} old; the next was due {at_time(care.due_ms)}."


def _serial(instrument: InstrumentFact) -> str:
    serial = instrument.care.serial
    return f" Serial number {serial[:60]}." if serial else ""


def _silent(device: DeviceFact) -> str:
    """What may have happened where nobody can hear it; the rule silent-device says so too."""
    if device.bridge.state != "offline":
        return ""
    return " Its bridge is offline: a check made meanwhile is told when it is back."
