"""What strip, spectrum and laboratory say together of one group of substances: the written rules.

Every combination has one outcome, and a test walks through all of them. The rules behind the table:

* a positive strip is never overruled by a spectrum: the spectrum sees far less (technicians with
  infrared miss about a third of fentanyl, Ti 2020); it may only be doubted aloud;
* a spectrum that shows something is never overruled by a negative strip: strips miss analogues;
* a laboratory's finding stands above both; where it does not find what they did, both are said;
* what a technician does not confirm is unclear, not unseen;
* what nobody tested is said to be not tested.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from firmware_bridge.contract.strips import Strip, StripKind, StripResult

Group = Literal["fentanyls", "nitazenes", "benzodiazepines", "xylazine", "medetomidine"]
"""What every card speaks of, found or not."""

STRIP_OF: dict[Group, StripKind] = {
    "fentanyls": "fentanyl",
    "nitazenes": "nitazene",
    "benzodiazepines": "benzodiazepine",
    "xylazine": "xylazine",
    "medetomidine": "medetomidine",
}
GROUPS: tuple[Group, ...] = tuple(STRIP_OF)
SEDATIVES: tuple[Group, ...] = ("xylazine", "medetomidine", "benzodiazepines")
"""Sedatives that naloxone does not lift."""
OPIOIDS: tuple[Group, ...] = ("fentanyls", "nitazenes")

SpectrumSays = Literal["shows", "unclear", "unseen", "none"]
"""shows: detected, and a technician has not rejected it; unclear: inconclusive, blocked by quality,
or rejected; unseen: not detected above a limit; none: no spectrum, or no reference to compare."""

LabSays = Literal["found", "not-found", "not-tested", "pending", "none"]

Outcome = Literal[
    "confirmed",
    "lab-differs",
    "lab-not-found",
    "found-by-both",
    "found-by-strip",
    "found-by-spectrum",
    "found-against-strip",
    "unclear",
    "unclear-strip-negative",
    "not-seen-by-either",
    "not-seen-by-strip",
    "not-seen-by-spectrum",
    "not-tested",
]

PRESENT: tuple[Outcome, ...] = (
    "confirmed",
    "lab-differs",
    "found-by-both",
    "found-by-strip",
    "found-by-spectrum",
    "found-against-strip",
)
"""Outcomes of which a card speaks as of something that is there."""

_WITHOUT_LAB: dict[tuple[StripResult, SpectrumSays], Outcome] = {
    ("positive", "shows"): "found-by-both",
    ("positive", "unclear"): "found-by-strip",
    ("positive", "unseen"): "found-by-strip",
    ("positive", "none"): "found-by-strip",
    ("negative", "shows"): "found-against-strip",
    ("negative", "unclear"): "unclear-strip-negative",
    ("negative", "unseen"): "not-seen-by-either",
    ("negative", "none"): "not-seen-by-strip",
    ("invalid", "shows"): "found-by-spectrum",
    ("invalid", "unclear"): "unclear",
    ("invalid", "unseen"): "not-seen-by-spectrum",
    ("invalid", "none"): "not-tested",
    ("not-done", "shows"): "found-by-spectrum",
    ("not-done", "unclear"): "unclear",
    ("not-done", "unseen"): "not-seen-by-spectrum",
    ("not-done", "none"): "not-tested",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SpectrumWord:
    """What the spectra of a sample say of one group.

    Attributes:
        says: see `SpectrumSays`.
        limit: the part of the signal above which it would have shown; None where not known. Belongs
            to "unseen" and must be said with it.
    """

    says: SpectrumSays
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabWord:
    """What a laboratory says of one group.

    Attributes:
        says: see `LabSays`.
        method: such as "GC-MS"; "" where it was not told.
        names: the substances it found in the group.
    """

    says: LabSays
    method: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of one group in one sample.

    Attributes:
        group: which.
        outcome: what follows.
        strip: what its strips showed together.
        strip_limit: the part of the mass from which the strip shows it; None where not known.
        may_be_false: whether a positive strip may come from other drugs at this dilution.
        spectrum: what the spectra say.
        lab: what the laboratory says.
    """

    group: Group
    outcome: Outcome
    strip: StripResult
    strip_limit: float | None
    may_be_false: bool
    spectrum: SpectrumWord
    lab: LabWord

    @property
    def is_present(self) -> bool:
        """Whether the card speaks of it as of something that is there."""
        return self.outcome in PRESENT


def outcome_of(strip: StripResult, spectrum: SpectrumSays, lab: LabSays) -> Outcome:
    """The one outcome of a combination."""
    if lab == "found":
        return "confirmed"
    plain = _WITHOUT_LAB[strip, spectrum]
    if lab == "not-found":
        return "lab-differs" if plain in PRESENT else "lab-not-found"
    return plain


def together(strips: Iterable[Strip], today: str) -> tuple[StripResult, Strip | None]:
    """What several strips of one kind say, and the one that it is read from.

    Any positive one counts, an expired one too; a negative one counts only before its date.
    """
    done = list(strips)
    positive = [one for one in done if one.result == "positive"]
    negative = [one for one in done if one.result == "negative" and not one.is_expired(today)]
    if positive:
        return "positive", positive[-1]
    if negative:
        return "negative", max(negative, key=lambda one: -(one.limit_share or 1.0))
    tried = [one for one in done if one.result in {"negative", "invalid"}]
    return ("invalid", tried[-1]) if tried else ("not-done", None)


def standing(
    group: Group, strips: Iterable[Strip], spectrum: SpectrumWord, lab: LabWord, today: str
) -> Standing:
    """What is known of one group.

    Args:
        group: which.
        strips: all strips of the sample.
        spectrum: what its spectra say of the group.
        lab: what the laboratory says of it.
        today: "2026-11-27", for the dates of strips.
    """
    own = [strip for strip in strips if strip.kind == STRIP_OF[group]]
    result, read = together(own, today)
    return Standing(
        group=group,
        outcome=outcome_of(result, spectrum.says, lab.says),
        strip=result,
        strip_limit=read.limit_share if read is not None else None,
        may_be_false=read is not None and result == "positive" and read.may_be_false,
        spectrum=spectrum,
        lab=lab,
    )
