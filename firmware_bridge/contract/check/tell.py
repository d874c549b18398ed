"""One fact of a check as a sentence for staff, in English: for trails and conflicts. Pure.

What people typed stands in it as they typed it, and is always the end of a part: so no word of ours
can join theirs into something that nobody said. Of what was not shown, the limit is said with it.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any

from firmware_bridge.contract.check.say.speak import word
from firmware_bridge.contract.check_events import (
    Amendment,
    Attachment,
    CheckEvent,
    Component,
    Intake,
    Lab,
    LabFinding,
    Release,
    Settlement,
    Withdrawal,
)
from firmware_bridge.contract.strips import Strip

SHORT_ID = 8
"""So many digits of a fact's id are told to people; a trail shows them beside each fact."""

_LINES = {
    "positive": "one line (positive)",
    "negative": "two lines (did not show it)",
    "invalid": "no control line (failed, no result)",
    "not-done": "not dipped",
}
_LANGUAGES = {"en": "English", "es": "Spanish", "fr": "French"}
_BANDS = {"main": "a main part", "minor": "a smaller part", "trace": "possibly a trace"}
_MATTERS = {"intake": "the intake", "laboratory": "the laboratory's split"}


def tell(event: CheckEvent) -> str:
    """What a fact says, in the words of a person; without who entered it, and when."""
    if not event.what:
        return "A fact that this version does not know; see it as it was entered"
    return _TELL[event.what](getattr(event, event.what))


def tell_parts(event: CheckEvent) -> tuple[str, ...]:
    """The same as `tell` in parts that can stand under each other, to compare two facts."""
    if event.what == "lab" and event.lab is not None:
        return _lab_parts(event.lab)
    if event.what == "intake" and event.intake is not None:
        return _intake_parts(event.intake)
    return (tell(event),)


def tell_matter(matter: str) -> str:
    """What a conflict is about (`record.Conflict.matter`), in the words of a person."""
    kind, _, rest = matter.partition(" ")
    if kind == "component":
        spectrum, _, substance = rest.partition(" ")
        return f"the reading of {_typed(substance)}{_in_spectrum(spectrum)}"
    if kind == "spectrum":
        return f"whether spectrum {_typed(rest)} is of this sample"
    return f"{_MATTERS.get(kind, kind)} {_typed(rest)}".rstrip()


def _intake(intake: Intake) -> str:
    return "; ".join(_intake_parts(intake))


def _intake_parts(intake: Intake) -> tuple[str, ...]:
    noted = _parts(
        (name, text)
        for name, text in (
            ("form", intake.form),
            ("colour", intake.colour),
            ("texture", intake.texture),
            ("packaging", intake.packaging),
            ("effects", intake.effects),
        )
    )
    return (f"Expected: {_typed(intake.expected) or 'not said'}", *noted)


def _parts(told: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{name}: {_typed(text)}" for name, text in told if _typed(text))


def _attachment(attachment: Attachment) -> str:
    name = _typed(attachment.spectrum)
    if attachment.linked:
        return f"Spectrum {name}: of this sample"
    return f"Spectrum {name}: no longer held to be of this sample{_because(attachment.reason)}"


def _strip(strip: Strip) -> str:
    parts = [f"{strip.kind.capitalize()} strip: {_LINES.get(strip.result, 'result not known')}"]
    if strip.result == "not-done":
        return parts[0]
    parts.append(_dilution(strip))
    if strip.result == "negative":
        parts.append(_strip_limit(strip))
    parts.append(f"lot {_typed(strip.lot) or 'not noted'}")
    if _typed(strip.expires):
        parts.append(f"expires {_typed(strip.expires)}")
    return ", ".join(parts)


def _strip_limit(strip: Strip) -> str:
    share = strip.limit_share
    if share is not None and share >= 1:
        return "with so much water it can show next to nothing"
    return word("strip_limit", share, "en")


def _dilution(strip: Strip) -> str:
    if strip.dilution_mg_ml is None:
        return "dilution not known"
    return f"{strip.mass_mg:g} mg in {strip.water_ml:g} mL"


def _component(component: Component) -> str:
    words = {
        "confirmed": "confirmed",
        "rejected": "the software named it, the technician does not",
        "added": "added by the technician",
    }
    band = _BANDS.get(component.band, "")
    parts = (words.get(component.word, "word not known"), *((band,) if band else ()))
    name = _typed(component.substance)
    where = _in_spectrum(component.spectrum)
    return f"Reading of {name}{where}: {', '.join(parts)}{_because(component.reason)}"


def _in_spectrum(name: str) -> str:
    return f" (spectrum {_typed(name)})" if _typed(name) else " (the sample as a whole)"


def tell_lab(lab: Lab) -> str:
    """What a laboratory says, before it is a fact too."""
    head, *findings = _lab_parts(lab)
    return f"{head}: {'; '.join(findings)}" if findings else head


def _lab_parts(lab: Lab) -> tuple[str, ...]:
    head = f"Laboratory {_typed(lab.name)}: split {_typed(lab.split)}"
    if lab.state == "pending":
        return (f"{head} pending",)
    method = _typed(lab.method)
    how = f" by {method}" if method else ", method not told"
    return (f"{head} answered{how}", *map(_finding, lab.findings))


def _finding(finding: LabFinding) -> str:
    name = _typed(finding.substance)
    limit = _percent(finding.limit_percent)
    if not finding.found:
        return f"did not detect {name} (limit {limit or 'not told'}; less can be there)"
    amount, low, high = map(
        _percent, (finding.amount_percent, finding.low_percent, finding.high_percent)
    )
    known = [amount and f"about {amount}", low and f"at least {low}", high and f"at most {high}"]
    told = ", ".join(each for each in known if each) or "amount not measured"
    return f"found {name} ({told}{f'; limit {limit}' if limit else ''})"


def _percent(value: float | None) -> str:
    return "" if value is None or not math.isfinite(value) else f"{value:g} %"


def _release(release: Release) -> str:
    language = _LANGUAGES.get(release.language, "an unknown language")
    aside = ", ".join(_typed(name) for name in release.overridden)
    return f"Card released in {language}" + (
        f"; set aside: {aside}{_because(release.reason)}" if aside else ""
    )


def _settlement(settlement: Settlement) -> str:
    about = tell_matter(settlement.matter)
    return f"Settled about {about}: fact {settlement.event[:SHORT_ID]} stands"


def _withdrawal(withdrawal: Withdrawal) -> str:
    told = f"Withdrawn: fact {withdrawal.event[:SHORT_ID]} no longer counts"
    return told + _because(withdrawal.reason)


def _amendment(amendment: Amendment) -> str:
    return f"Reason of a change: {_typed(amendment.reason)}"


def _because(reason: str) -> str:
    return f", because: {_typed(reason)}" if _typed(reason) else ""


def _typed(text: str) -> str:
    """What somebody typed, on one line."""
    return " ".join(text.split())


_TELL: dict[str, Callable[[Any], str]] = {
    "intake": _intake,
    "attachment": _attachment,
    "strip": _strip,
    "component": _component,
    "lab": tell_lab,
    "release": _release,
    "amendment": _amendment,
    "settlement": _settlement,
    "withdrawal": _withdrawal,
}
