"""Words of the table's pages that are about work there: strips, states, steps.

Every sentence about a sample comes from `firmware_bridge.contract.check.say` or `dashboard.words`.
"""

from collections.abc import Sequence
from typing import Any

from firmware_bridge.contract import codec
from firmware_bridge.contract.check.say.speak import word
from firmware_bridge.contract.check.tell import tell, tell_matter
from firmware_bridge.contract.check_events import CheckEvent
from firmware_bridge.contract.errors import ContractError
from firmware_bridge.contract.messages import PeakFinding
from firmware_bridge.contract.strips import KINDS, Strip, StripKind

STATES = {
    "open": "not released",
    "released": "released",
    "amended": "changed since its release: release it again",
}

LINES = {
    "control": ("One line, at C", "POSITIVE: it is in the sample."),
    "both": (
        "Two lines, however faint",
        "Not shown by this strip. Less than its limit can be there.",
    ),
    "none": ("No line at all", "The strip has failed: dip another."),
    "test": ("Only one line, at T", "The strip has failed: dip another."),
}
"""What is seen on a strip, and what that means."""

FORMS = ("powder", "crystals", "chunk", "pill", "tar", "plant", "liquid", "residue")
COMMON = ("down", "heroin", "fentanyl", "cocaine", "methamphetamine", "MDMA", "ketamine", "benzo")
"""What samples are mostly brought as; anything else can be typed."""

DILUTIONS = ((5.0, 50.0), (10.0, 50.0), (1.0, 2.0), (10.0, 5.0))
"""mg and mL of the table beside the form: the first two suit fentanyl strips."""


def dilution_words(strip: Strip) -> tuple[str, bool]:
    """How little a strip shows at its dilution, and whether that is a warning."""
    if strip.dilution_mg_ml is None:
        return "Without mg and mL it can't be said how little this strip shows.", True
    share = strip.limit_share
    if share is not None and share >= 1:
        return "With so much water this strip can show next to nothing.", True
    limit = word("strip_limit", share, "en")
    told = f"At this dilution {limit}."
    if strip.may_be_false:
        drugs = "methamphetamine, MDMA or diphenhydramine"
        return f"{told} So much sample is in the water that {drugs} can make it positive too.", True
    return told, False


def dilution_table() -> list[dict[str, Any]]:
    """What each kind of strip shows at usual dilutions."""
    rows = []
    for mass_mg, water_ml in DILUTIONS:
        strips = [strip_of(kind, mass_mg, water_ml, None) for kind in KINDS]
        rows.append(
            {
                "mass_mg": mass_mg,
                "water_ml": water_ml,
                "limits": [_limit(strip) for strip in strips],
                "may_be_false": strips[0].may_be_false,
            }
        )
    return rows


def facts(says: str) -> str:
    """A fact of the trail, in a sentence."""
    try:
        return tell(codec.decode_body(CheckEvent, says))
    except ContractError:
        return "A fact of another version; see it with `harborlight check show`"


def matter(name: str) -> str:
    """What a conflict is about."""
    return tell_matter(name)


def bands_seen(peaks: Sequence[PeakFinding]) -> str:
    """How many bands of a name were seen, such as "6 bands seen (2 shared), 1 missing"."""
    states = [peak.seen for peak in peaks]
    shared = sum(peak.seen == "seen" and bool(peak.explained_by) for peak in peaks)
    told = [f"{states.count(s)} {s}" for s in ("missing", "hidden") if s in states]
    if "seen" in states:
        with_others = f" ({shared} shared)" if shared else ""
        told.insert(0, f"{_bands(states.count('seen'))} seen{with_others}")
    return ", ".join(told) or "no band to look for"


def _bands(count: int) -> str:
    return f"{count} band{'' if count == 1 else 's'}"


def peak_words(peak: PeakFinding) -> str:
    """How one band stands in the sample."""
    other = peak.explained_by
    match peak.seen:
        case "seen":
            return f"seen; {other} has one here too" if other else "seen"
        case "missing":
            return "MISSING"
        case "hidden":
            return f"hidden by {other}" if other else "hidden: nothing can be said"


def strip_of(
    kind: StripKind, mass_mg: float | None, water_ml: float | None, limit_ng_ml: float | None
) -> Strip:
    """A strip that is about to be dipped."""
    return Strip(
        kind=kind,
        result="not-done",
        lot="",
        expires="",
        mass_mg=mass_mg,
        water_ml=water_ml,
        limit_ng_ml=limit_ng_ml,
    )


def _limit(strip: Strip) -> str:
    share = strip.limit_share
    return "not known" if share is None else f"{100 * share:.3g} %"
