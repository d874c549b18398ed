"""Every sentence that a page says about a sample, from one place.

The rules (docs on drug checking, "Mistakes that must never happen"): nothing here may say or imply
that a sample holds none of something, or that it could be used without worry. A spectrum cannot see
small amounts, so "not detected" never stands without the limit above which it would have shown, or
without saying that the limit is not known. A test goes through every combination of states.
"""

from dataclasses import dataclass, replace
from typing import Literal

from firmware_bridge.contract.messages import Findings, QualityFinding, TargetFinding

Tone = Literal["found", "unclear", "unseen"]
"""How strongly a card speaks. Each tone has its own shape and word, never a colour alone, and none
of them is green."""

USE_STRIPS = (
    "Use strips too: a spectrum cannot see small amounts. "
    "Where a strip finds something that the spectrum does not show, go by the strip."
)
SMALL_SAMPLE = "Only a small part was looked at: the rest of the bag may differ."
FIRST_LINE = "This is a first-line result. A laboratory can confirm or correct it."
NOT_MASS = "Shares are shares of the signal, not of mass: they say nothing about strength."
DEMONSTRATION = "Demonstration library: not for decisions about a real sample. Can't be released."
SEDATIVE = (
    "Naloxone is still given, but deep sleep may stay after it: give rescue breaths and call for "
    "help."
)
DEMONSTRATION_STAMP = "Demonstration: not about a real sample."

NAMED = 4
"""So many names stand in one line of a list."""

_STRONG = ("fentanyl", "nitazene")
_SEDATIVE = ("xylazine", "medetomidine", "detomidine")
_TONES: dict[str, Tone] = {
    "detected": "found",
    "inconclusive": "unclear",
    "not_detected": "unseen",
}
_ORDER = tuple(_TONES)


@dataclass(frozen=True, slots=True)
class Card:
    """One verdict in words.

    Attributes:
        tone: which shape and frame the card gets.
        word: the verdict as a person says it.
        target: what it is about.
        sentences: what is to be said, in order; never empty.
        stamp: "" or what must be read across the whole card.
        members: single substances of which the same is true; they may be folded away.
    """

    tone: Tone
    word: str
    target: str
    sentences: tuple[str, ...]
    stamp: str
    members: tuple[str, ...] = ()


def percent(share: float) -> str:
    """A fraction as a percentage, with one decimal below 10 %."""
    value = max(0.0, share) * 100
    if 0 < value < 0.1:
        return "under 0.1 %"
    return f"{value:.0f} %" if value >= 9.95 else f"{value:.1f} %".replace(".0 ", " ")


def card(finding: TargetFinding, *, grade: str) -> Card:
    """The card of one verdict, by a library of this grade."""
    sentences = {
        "detected": _detected,
        "inconclusive": _inconclusive,
        "not_detected": _not_detected,
    }[finding.verdict](finding)
    return Card(
        tone=_TONES[finding.verdict],
        word=verdict_word(finding),
        target=finding.target,
        sentences=sentences,
        stamp="" if grade == "reference" else DEMONSTRATION_STAMP,
    )


def cards(findings: Findings) -> tuple[Card, ...]:
    """The cards that everybody must see, what was found first.

    Those are every family, and every single substance that was found or could not be ruled out.
    What is inconclusive for the same reason shares a card: a weak spectrum would otherwise fill the
    page with one sentence. Families are always named on it; single substances are its members.
    """
    by_verdict: dict[str, list[TargetFinding]] = {name: [] for name in _ORDER}
    for target in sorted(findings.targets, key=lambda target: target.level != "family"):
        by_verdict[target.verdict].append(target)
    unseen = [target for target in by_verdict["not_detected"] if target.level == "family"]
    return (
        *(card(target, grade=findings.library_grade) for target in by_verdict["detected"]),
        *_together(by_verdict["inconclusive"], findings.library_grade),
        *(card(target, grade=findings.library_grade) for target in unseen),
    )


def other_cards(findings: Findings) -> tuple[Card, ...]:
    """The cards of single substances that were not detected, each with its limit."""
    single = [target for target in findings.targets if target.level == "substance"]
    unseen = [target for target in single if target.verdict == "not_detected"]
    return tuple(card(target, grade=findings.library_grade) for target in unseen)


def _together(targets: list[TargetFinding], grade: str) -> list[Card]:
    """One card a reason; families stand first in `targets`, and so do their cards."""
    by_reason: dict[str, list[TargetFinding]] = {}
    for target in targets:
        by_reason.setdefault(target.reason, []).append(target)
    return [_shared(alike, grade) for alike in by_reason.values()]


def _shared(alike: list[TargetFinding], grade: str) -> Card:
    families = [one.target for one in alike if one.level == "family"]
    single = [one.target for one in alike if one.level == "substance"]
    if not families and len(single) <= NAMED:
        families, single = single, []
    title = ", ".join(families) or f"{len(single)} single substances"
    made = card(replace(alike[0], target=title), grade=grade)
    return replace(made, members=tuple(single))


def verdict_word(finding: TargetFinding) -> str:
    """The verdict in a few words; "not detected" always with its limit."""
    if finding.verdict == "detected":
        return "Detected"
    if finding.verdict == "inconclusive":
        return "Inconclusive"
    if finding.limit is None:
        return "Not detected, limit not known"
    return f"Not detected above {percent(finding.limit)} of the signal"


def _detected(finding: TargetFinding) -> tuple[str, ...]:
    if finding.level == "family":
        said = [f"The spectrum shows something of the group {finding.target}, not always which."]
    else:
        said = [f"The spectrum shows {finding.target}."]
    if finding.share is not None:
        said.append(f"About {percent(finding.share)} of the signal{_interval(finding)}. {NOT_MASS}")
    return (*said, *_reason(finding), *_advice(finding.target))


def _interval(finding: TargetFinding) -> str:
    if finding.share_low is None or finding.share_high is None:
        return ""
    between = f"{percent(finding.share_low)} to {percent(finding.share_high)}"
    return f" ({between}, and not counting how the rest of the bag differs)"


def _advice(target: str) -> tuple[str, ...]:
    name = target.casefold()
    said: tuple[str, ...] = ()
    if any(word in name for word in _STRONG):
        said += ("Tell the person before any is used: not alone, little at first, naloxone near.",)
    if any(word in name for word in _SEDATIVE):
        said += (SEDATIVE,)
    return said


def _inconclusive(finding: TargetFinding) -> tuple[str, ...]:
    return (
        f"This spectrum can neither show nor rule out {finding.target}.",
        *_reason(finding),
        "Treat it as possible. Use strips, scan again, or send a part to a laboratory.",
    )


def _not_detected(finding: TargetFinding) -> tuple[str, ...]:
    if finding.limit is None:
        seen = "How little of it would have shown in this spectrum is not known."
    else:
        seen = f"This spectrum cannot show less than about {percent(finding.limit)} of the signal."
    return (
        f"We did not detect {finding.target}. {seen}",
        "It can still be there in a smaller amount, and a small amount can be dangerous.",
        *_reason(finding),
    )


def _reason(finding: TargetFinding) -> tuple[str, ...]:
    reason = finding.reason.strip()
    if not reason:
        return ()
    return (reason[0].upper() + reason[1:].rstrip(".") + ".",)


def summary(findings: Findings | None) -> tuple[Tone, str]:
    """One line for a list of checks: the strongest verdict, and about what."""
    if findings is None:
        return "unclear", "The spectrum is here; the findings have not come yet"
    if not findings.targets:
        return "unclear", "No target was tested"
    found, unclear = _named(findings, "detected"), _named(findings, "inconclusive")
    if found and unclear:
        return "found", f"Detected: {found}. Inconclusive: {unclear}"
    if found:
        return "found", f"Detected: {found}"
    if unclear:
        return "unclear", f"Inconclusive: {unclear}"
    return "unseen", f"{len(findings.targets)} targets not detected above their limits"


def _named(findings: Findings, verdict: str) -> str:
    """The names with this verdict, families first; the first few, and how many more."""
    mine = [target for target in findings.targets if target.verdict == verdict]
    mine.sort(key=lambda target: target.level != "family")
    names = [target.target for target in mine]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def unexplained(share: float | None) -> str:
    """What the part of the signal means that no reference explains."""
    if share is None:
        return "How much of the signal stays unexplained could not be worked out."
    amount = percent(share)
    if share < 0.05:
        return f"{amount} of the signal is unexplained. Small amounts can hide in it."
    if share < 0.2:
        return f"{amount} of the signal is unexplained: something else may be in it."
    return (
        f"{amount} of the signal is unexplained: the library very likely lacks something that is "
        "in this sample."
    )


def components(count: int) -> str:
    """What stands over the list of components."""
    if count == 0:
        return "Library match: none. Nothing in the library is needed to explain this spectrum."
    return f"What the spectrum needs to be explained. {NOT_MASS}"


def release(findings: Findings) -> tuple[str, ...]:
    """Whether the result may be given to a person, and why not."""
    if findings.library_grade != "reference":
        return ("Can't be released.", DEMONSTRATION_STAMP, *_sentences(findings.blocked_by))
    if not findings.releasable:
        return ("Can't be released.", *_sentences(findings.blocked_by))
    return ("May be told to the person, always with its limits.",)


def _sentences(reasons: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(reason[0].upper() + reason[1:].rstrip(".") + "." for reason in reasons if reason)


def quality(finding: QualityFinding) -> str:
    """Whether one property of the measurement is as it should be."""
    return "Within limits" if finding.ok else "Outside limits"


def grade(name: str) -> str:
    """What a library's grade means."""
    if name == "reference":
        return "Reference: measured spectra"
    return "Demonstration: made from band tables, only for trying out"
