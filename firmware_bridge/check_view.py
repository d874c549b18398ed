"""A check as plain data for whoever stands at the table: screens, commands and programs. Pure.

Everything that a card would say comes with it, so that whoever enters a strip sees at once what
follows from it, and the ids of the newest facts, so that the next entry can say what it had seen.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from firmware_bridge.contract import codec
from firmware_bridge.contract.check.amounts import Amounts, in_words
from firmware_bridge.contract.check.card import Card
from firmware_bridge.contract.check.facts import GroupOf, Sighting
from firmware_bridge.contract.check.record import Conflict, Record
from firmware_bridge.contract.check.release import Block
from firmware_bridge.contract.check_events import CheckEvent
from firmware_bridge.contract.messages import Findings
from firmware_bridge.contract.strips import Strip
from firmware_bridge.sighting_book import Taken

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that a screen about one check is made from.

    Attributes:
        record: of the sample.
        card: what it would say now.
        blocks: what stands in the way of its release.
        sightings: what is known of its spectra.
        amounts: what the instruments' own calibrations come to, and why some may not be said.
        taken: by which instrument a spectrum was taken, and when; None where not known.
        group_of: which group a substance belongs to.
        today: "2026-11-27", for the dates of strips.
    """

    record: Record
    card: Card
    blocks: Sequence[Block]
    sightings: Sequence[Sighting]
    amounts: Amounts
    taken: Callable[[str], Taken | None]
    group_of: GroupOf
    today: str


def view(seen: Seen) -> Plain:
    """The whole of a check."""
    found = seen.record
    return {
        "code": found.code,
        "state": found.state,
        "changed": list(found.changed),
        "heads": list(found.heads),
        "says": [line.text for line in seen.card.lines],
        "lines": [asdict(line) for line in seen.card.lines],
        "blocks": [asdict(block) for block in seen.blocks],
        "conflicts": [_conflict(each) for each in found.conflicts],
        "intake": asdict(found.intake),
        "spectra": list(found.spectra),
        "sightings": [_sighting(each, seen.taken) for each in seen.sightings],
        "strips": [
            _strip(event, event.strip, seen.today)
            for event in counting(found.trail)
            if event.strip is not None
        ],
        "readings": [asdict(word) for word in found.components],
        "proposals": list(proposals(found, seen.sightings, seen.group_of)),
        "amounts": list(in_words(seen.amounts)),
        "labs": [asdict(lab) for lab in found.labs],
        "releases": [asdict(each) for each in found.releases],
        "trail": [
            {
                "event": e.event,
                "what": e.what,
                "by": e.by,
                "at_ms": e.at_ms,
                "says": codec.encode_body(e),
            }
            for e in found.trail
        ],
    }


def counting(trail: Iterable[CheckEvent]) -> tuple[CheckEvent, ...]:
    """The facts that nobody has withdrawn, oldest first."""
    known = tuple(trail)
    gone = {event.withdrawal.event for event in known if event.withdrawal is not None}
    return tuple(event for event in known if event.event not in gone)


def proposals(
    record: Record, sightings: Iterable[Sighting], group_of: GroupOf
) -> tuple[Plain, ...]:
    """What the software named and no technician has spoken of yet, what was found first.

    A family is named only where none of its substances is: a person confirms the nearest name.
    """
    spoken = {word.substance.casefold() for word in record.components}
    named: dict[str, Plain] = {}
    for each in sightings:
        if each.spectrum in record.spectra:
            for substance, how in _named(each.findings, group_of):
                named.setdefault(
                    substance, {"substance": substance, "spectrum": each.spectrum, "how": how}
                )
    return tuple(one for name, one in named.items() if name.casefold() not in spoken)


def _named(findings: Findings, group_of: GroupOf) -> list[tuple[str, str]]:
    found = [each for each in findings.targets if each.verdict == "detected"]
    single = [each.target for each in found if each.level == "substance"]
    covered = {group_of(name) for name in single}
    families = [t.target for t in found if t.level == "family" and t.target not in covered]
    parts = [part.substance for part in findings.components]
    names = dict.fromkeys([*single, *families], "detected") | {
        part: "component" for part in parts if part not in single
    }
    return list(names.items())


def _conflict(conflict: Conflict) -> Plain:
    return {
        "matter": conflict.matter,
        "events": [
            {"event": e.event, "by": e.by, "at_ms": e.at_ms, "says": codec.encode_body(e)}
            for e in conflict.events
        ],
    }


def _sighting(sighting: Sighting, taken: Callable[[str], Taken | None]) -> Plain:
    when = taken(sighting.spectrum)
    bare = replace(sighting.findings, axis=(), measured=(), fit=(), residual=())
    return {
        "spectrum": sighting.spectrum,
        "device": when.device if when else "",
        "at_ms": when.at_ms if when else 0,
        "findings": codec.encode_body(bare),
    }


def _strip(event: CheckEvent, strip: Strip, today: str) -> Plain:
    return {
        "event": event.event,
        "by": event.by,
        "at_ms": event.at_ms,
        **asdict(strip),
        "limit_share": strip.limit_share,
        "may_be_false": strip.may_be_false,
        "expired": strip.is_expired(today),
    }
