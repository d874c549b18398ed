"""From a record and the findings on its spectra to what a card may say. Pure.

A technician's word stands above the software's: what they reject is unclear, never unseen, and what
they confirm or add is shown. Of several spectra the one that shows most counts; one that is unclear
is not made up for by another that shows nothing, until a person takes it away from the sample.
"""

from collections.abc import Iterable, Mapping

from firmware_bridge.contract.check.amounts import Amounts, amounts_of
from firmware_bridge.contract.check.reconcile import (
    GROUPS,
    Group,
    LabWord,
    SpectrumSays,
    SpectrumWord,
    Standing,
    standing,
)
from firmware_bridge.contract.check.record import Record
from firmware_bridge.contract.check.say.statements import Band, CardFacts, Named
from firmware_bridge.contract.check.sightings import GroupOf, Sighting
from firmware_bridge.contract.check_events import Component, Lab

__all__ = ["GroupOf", "Sighting", "amounts", "card_facts", "group_table", "known_groups"]

MAIN_SHARE = 0.30
MINOR_SHARE = 0.10
"""Shares of the signal from which a part is called a main or a smaller one. Words only: a share of
the signal is no amount."""

_WEIGHT: dict[SpectrumSays, int] = {"none": 0, "unseen": 1, "unclear": 2, "shows": 3}


def card_facts(
    record: Record, sightings: Iterable[Sighting], group_of: GroupOf, today: str
) -> CardFacts:
    """All that a card says of a sample.

    Args:
        record: of the sample.
        sightings: findings on spectra; those that are not of this sample are left out.
        group_of: which group a substance belongs to.
        today: "2026-11-27", for the dates of strips.
    """
    own = [each for each in sightings if each.spectrum in record.spectra]
    standings = _standings(record, own, group_of, today)
    return CardFacts(
        standings=standings,
        components=_components(own, record.components, group_of),
        has_spectrum=bool(own),
        has_unknown=any(each.has_unknown for each in own),
        labs=record.labs,
        demonstration=any(each.findings.library_grade != "reference" for each in own),
        amendments=record.amendments,
        quality=tuple(
            dict.fromkeys(
                reason.detail
                for each in own
                for reason in each.findings.quality
                if not reason.ok and reason.detail
            )
        ),
        blocked=tuple(
            dict.fromkeys(
                reason
                for each in own
                if each.findings.library_grade == "reference" and not each.findings.releasable
                for reason in (each.findings.blocked_by or ("no reason was told",))
            )
        ),
        amounts=amounts_of(record, own, standings, group_of).said,
    )


def amounts(
    record: Record, sightings: Iterable[Sighting], group_of: GroupOf, today: str
) -> Amounts:
    """The amounts that a card says, and those that it does not with the reasons, for staff.

    Args:
        record: of the sample.
        sightings: as for `card_facts`.
        group_of: which group a substance belongs to.
        today: "2026-11-27", for the dates of strips.
    """
    own = [each for each in sightings if each.spectrum in record.spectra]
    return amounts_of(record, own, _standings(record, own, group_of, today), group_of)


def _standings(
    record: Record, own: list[Sighting], group_of: GroupOf, today: str
) -> tuple[Standing, ...]:
    complete = [lab for lab in record.labs if lab.state == "complete"]
    return tuple(
        standing(
            group,
            record.strips,
            _spectrum_word(group, own, record.components, group_of),
            _lab_word(group, record.labs, complete),
            today,
        )
        for group in GROUPS
    )


def _spectrum_word(
    group: Group, own: list[Sighting], words: tuple[Component, ...], group_of: GroupOf
) -> SpectrumWord:
    said = [_by_software(group, each, words, group_of) for each in own]
    named = {word.word for word in words if _is_of(word.substance, group, group_of)}
    if own and named & {"confirmed", "added"}:
        said.append(SpectrumWord(says="shows"))
    if not said:
        return SpectrumWord(says="none")
    strongest = max(said, key=lambda word: _WEIGHT[word.says])
    limits = [word.limit for word in said if word.says == "unseen" and word.limit is not None]
    if strongest.says != "unseen":
        return strongest
    return SpectrumWord(says="unseen", limit=min(limits) if limits else None)


def _by_software(
    group: Group, sighting: Sighting, words: tuple[Component, ...], group_of: GroupOf
) -> SpectrumWord:
    verdicts = [t for t in sighting.findings.targets if _is_of(t.target, group, group_of)]
    rejected = any(
        word.word == "rejected"
        and word.spectrum in {"", sighting.spectrum}
        and _is_of(word.substance, group, group_of)
        for word in words
    )
    if any(verdict.verdict == "detected" for verdict in verdicts):
        return SpectrumWord(says="unclear" if rejected else "shows")
    lead = [v for v in verdicts if v.target == group] or verdicts
    if not lead:
        return SpectrumWord(says="none")
    if all(verdict.verdict == "not_detected" for verdict in lead):
        limits = [verdict.limit for verdict in lead if verdict.limit is not None]
        return SpectrumWord(says="unseen", limit=max(limits) if len(limits) == len(lead) else None)
    return SpectrumWord(says="unclear")


def _is_of(name: str, group: Group, group_of: GroupOf) -> bool:
    return name == group or group_of(name) == group


def _lab_word(group: Group, labs: tuple[Lab, ...], complete: list[Lab]) -> LabWord:
    findings = [(lab, f) for lab in complete for f in lab.findings if f.group == group]
    found = [(lab, finding) for lab, finding in findings if finding.found]
    # One member that was not found says nothing of the others of its group.
    whole = [(lab, f) for lab, f in findings if not f.found and f.substance.casefold() == group]
    if found:
        names = tuple(dict.fromkeys(finding.substance for _, finding in found))
        return LabWord(says="found", method=found[0][0].method, names=names)
    if whole:
        return LabWord(says="not-found", method=whole[0][0].method)
    if any(lab.state == "pending" for lab in labs):
        return LabWord(says="pending")
    return LabWord(says="not-tested" if complete else "none")


def _components(
    own: list[Sighting], words: tuple[Component, ...], group_of: GroupOf
) -> tuple[Named, ...]:
    """What was named besides the groups that have lines of their own, the largest part first."""
    bands: dict[str, Band] = {}
    by_share: dict[str, float] = {}
    for each in own:
        for part in each.findings.components:
            by_share[part.substance] = max(part.share, by_share.get(part.substance, 0.0))
    for substance, share in sorted(by_share.items(), key=lambda item: -item[1]):
        bands[substance] = (
            "main" if share >= MAIN_SHARE else "minor" if share >= MINOR_SHARE else "trace"
        )
    for word in words:
        if word.word == "rejected":
            bands.pop(word.substance, None)
        else:
            bands[word.substance] = word.band or bands.get(word.substance, "")
    return tuple(
        Named(substance=substance, band=band)
        for substance, band in bands.items()
        if group_of(substance) is None and substance not in GROUPS
    )


def group_table(rows: Iterable[tuple[str, Iterable[str]]]) -> dict[str, Group]:
    """Which group every name of a table of substances belongs to.

    Args:
        rows: the family of each substance, and all its names.
    """
    table: dict[str, Group] = {group: group for group in GROUPS}
    for family, names in rows:
        folded = [name.casefold() for name in names]
        group = next((each for each in GROUPS if each == family or each in folded), None)
        if group is not None:
            table |= dict.fromkeys(folded, group)
    return table


def known_groups(table: Mapping[str, Group]) -> GroupOf:
    """A `GroupOf` from a table of names in small letters."""
    return lambda name: table.get(name.casefold())
