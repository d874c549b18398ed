"""What stands in the way of a card's release, by name, and who may set it aside. Pure.

Nothing here says that a result is right. It says which of the known mistakes could have been made:
the list is that of the field (domain rules, section 8), and each reason tells what to do.
"""

from dataclasses import dataclass
from typing import Literal

from firmware_bridge.contract.check.record import Record
from firmware_bridge.contract.check.say.statements import CardFacts

Who = Literal["technician", "coordinator", "nobody"]


@dataclass(frozen=True, slots=True)
class Block:
    """One reason not to release.

    Attributes:
        name: of the reason; the same for ever.
        text: what it is and what to do, for the technician.
        override: the least role that may release all the same, with a reason; "nobody" for never.
    """

    name: str
    text: str
    override: Who


_RANK = {"technician": 1, "coordinator": 2}


def may_set_aside(override: str, role: str) -> bool:
    """Whether somebody at the table may release in spite of a reason, telling why.

    Args:
        override: of the reason; what is not known may be set aside by nobody.
        role: theirs; one that is not known counts as a technician's.
    """
    return override in _RANK and _RANK[override] <= _RANK.get(role, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentState:
    """What is known of the instrument that took a spectrum.

    Attributes:
        blocks: its own reasons: performance check overdue or failed, background too old, no blank
            after a strong sample, not warmed up; see `firmware_bridge.instrument`.
    """

    blocks: tuple[Block, ...] = ()


_BLOCKS = (
    Block(
        "conflict",
        "Two people entered different things of one matter. Look at both and settle it.",
        "nobody",
    ),
    Block("nothing-tested", "There is neither a spectrum nor a strip. Do at least one.", "nobody"),
    Block(
        "demonstration-library",
        "The result comes from the demonstration library. Match with a library of measured "
        "spectra.",
        "nobody",
    ),
    Block(
        "no-findings",
        "A spectrum of this sample has no findings yet. Wait for them, or take it away.",
        "technician",
    ),
    Block("strip-invalid", "A strip failed. Dip another one, or say why not.", "technician"),
    Block(
        "no-fentanyl-strip",
        "No fentanyl strip was dipped. A spectrum misses about a third of fentanyl. Dip one, or "
        "say why not.",
        "technician",
    ),
    Block(
        "not-read",
        "Nobody has read the spectrum: confirm or reject what the software named.",
        "technician",
    ),
)
_BY_NAME = {each.name: each for each in _BLOCKS}


def block(name: str) -> Block:
    """A reason of this table.

    Raises:
        KeyError: there is none of that name.
    """
    return _BY_NAME[name]


def blocks(
    record: Record, facts: CardFacts, findings: int, instruments: tuple[InstrumentState, ...]
) -> tuple[Block, ...]:
    """All reasons not to release now, those that nobody may set aside first.

    Args:
        record: of the sample.
        facts: what its card would say.
        findings: of how many of its spectra findings are known.
        instruments: those that took its spectra.
    """
    names = []
    tested = [strip for strip in record.strips if strip.result in {"positive", "negative"}]
    if record.conflicts:
        names.append("conflict")
    if not record.spectra and not tested:
        names.append("nothing-tested")
    if facts.demonstration:
        names.append("demonstration-library")
    if findings < len(record.spectra):
        names.append("no-findings")
    by_group = {one.group: one.strip for one in facts.standings}
    if "invalid" in by_group.values():
        names.append("strip-invalid")
    if by_group.get("fentanyls") == "not-done":
        names.append("no-fentanyl-strip")
    if record.spectra and not record.components and (facts.components or _shows(facts)):
        names.append("not-read")
    found = [block(name) for name in names]
    found += [Block("spectrum-blocked", _blocked(reason), "nobody") for reason in facts.blocked]
    found += [each for state in instruments for each in state.blocks]
    return tuple(sorted(dict.fromkeys(found), key=lambda each: each.override != "nobody"))


def _blocked(reason: str) -> str:
    return f"{reason.rstrip('.')}. Measure again, and take this spectrum away."


def _shows(facts: CardFacts) -> bool:
    return any(one.spectrum.says == "shows" for one in facts.standings)
