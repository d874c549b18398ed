"""What must be said about a sample, as keys with figures; in no language yet. Pure.

The order is that of a card: what was found, what is unclear, what was not seen (each with what
could have been seen), what nobody tested, and then what must stand on every card.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from firmware_bridge.contract.check.reconcile import (
    OPIOIDS,
    PRESENT,
    SEDATIVES,
    Standing,
)
from firmware_bridge.contract.check_events import Lab, LabFinding

Value = str | float | None
Band = Literal["main", "minor", "trace", ""]


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing to say.

    Attributes:
        key: which sentence.
        values: figures and names in it, by name; None where a figure is not known.
    """

    key: str
    values: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A component that a person stands for, or that the software needs to explain the spectrum.

    Attributes:
        substance: or family.
        band: how large a part of what is visible; never a number.
        alike: others that can't be told from it here.
    """

    substance: str
    band: Band
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """An amount from a validated calibration of this instrument, never from a spectrum alone.

    Attributes:
        substance: of what.
        percent: of the weight.
        low_percent: lower end of the 95 % interval, sampling included.
        high_percent: its upper end.
        calibrations: name and hash of each that it comes from; for staff and programs.
    """

    substance: str
    percent: float
    low_percent: float
    high_percent: float
    calibrations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """All that a card is made from.

    Attributes:
        standings: one for each of `reconcile.GROUPS`.
        components: what else was named.
        has_spectrum: whether any spectrum was taken.
        has_unknown: whether a part of a spectrum matches nothing.
        labs: splits sent and answered.
        demonstration: whether any result comes from a demonstration library.
        amendments: reasons why the card was changed since it was first released.
        quality: named faults of the measurement that the reader must know of.
        blocked: why a spectrum may not be released from, as its findings say.
        amounts: from validated calibrations (`analysis.amounts`); empty without them.
    """

    standings: tuple[Standing, ...]
    components: tuple[Named, ...]
    has_spectrum: bool
    has_unknown: bool
    labs: tuple[Lab, ...]
    demonstration: bool
    amendments: tuple[str, ...]
    quality: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    amounts: tuple[Amount, ...] = ()


_RANK = {
    "confirmed": 0,
    "found-by-both": 1,
    "found-by-strip": 2,
    "found-by-spectrum": 3,
    "found-against-strip": 4,
    "lab-differs": 5,
    "unclear": 6,
    "unclear-strip-negative": 7,
    "not-seen-by-either": 8,
    "not-seen-by-strip": 9,
    "not-seen-by-spectrum": 10,
    "lab-not-found": 11,
    "not-tested": 12,
}
_UNCLEAR = frozenset({"unclear", "unclear-strip-negative"})


def statements(facts: CardFacts) -> tuple[Statement, ...]:
    """Everything that must be said, in order, each thing once."""
    return tuple(dict.fromkeys(_all(facts)))


def _all(facts: CardFacts) -> Iterator[Statement]:
    if facts.demonstration:
        yield Statement("demonstration")
    for reason in facts.amendments:
        yield _with("amended", reason=reason)
    ordered = sorted(facts.standings, key=lambda one: _RANK[one.outcome])
    for one in ordered:
        yield _group(one)
        if one.outcome == "found-by-strip" and one.may_be_false:
            yield Statement("strip-may-be-false")
    yield from _lab_amounts(facts.labs)
    yield from _components(facts)
    if not facts.demonstration:
        yield from map(_amount, facts.amounts)
    yield from _advice(facts)
    for fault in facts.quality:
        yield _with("quality", fault=fault)
    yield from _always(facts)


def _with(key: str, **values: Value) -> Statement:
    return Statement(key, tuple(values.items()))


def _group(one: Standing) -> Statement:
    return _with(
        f"group-{one.outcome}",
        group=one.group,
        strip=one.strip,
        strip_limit=one.strip_limit,
        spectrum=one.spectrum.says,
        spectrum_limit=one.spectrum.limit,
        method=one.lab.method or None,
        names=", ".join(each for each in one.lab.names if each.casefold() != one.group) or None,
    )


def _lab_amounts(labs: tuple[Lab, ...]) -> Iterator[Statement]:
    for lab in labs:
        for finding in lab.findings:
            if lab.state == "complete" and finding.found:
                yield _lab_amount(lab, finding)


def _lab_amount(lab: Lab, finding: LabFinding) -> Statement:
    """An amount only with its interval: a bare number would say more than was measured."""
    known = (finding.amount_percent, finding.low_percent, finding.high_percent)
    if None in known:
        key = "lab-found" if finding.amount_percent is None else "lab-found-alone"
        return _with(key, substance=finding.substance, method=lab.method or None)
    return _with(
        "lab-found-amount",
        substance=finding.substance,
        method=lab.method or None,
        amount=finding.amount_percent,
        low=finding.low_percent,
        high=finding.high_percent,
    )


def _amount(amount: Amount) -> Statement:
    """Always with its interval, and said of this part of the sample."""
    return _with(
        "amount-calibrated",
        substance=amount.substance,
        amount=amount.percent,
        low=amount.low_percent,
        high=amount.high_percent,
    )


def _components(facts: CardFacts) -> Iterator[Statement]:
    for named in facts.components:
        if named.alike:
            yield _with("component-alike", substance=named.substance, alike=" / ".join(named.alike))
        else:
            yield _with(f"component-{named.band or 'seen'}", substance=named.substance)
    if (
        facts.has_spectrum
        and not facts.components
        and not any(one.spectrum.says == "shows" for one in facts.standings)
    ):
        yield Statement("nothing-named")
    if facts.has_unknown:
        yield Statement("unknown-part")
    if facts.components:
        yield Statement("share-not-strength")


def _advice(facts: CardFacts) -> Iterator[Statement]:
    by_group = {one.group: one for one in facts.standings}
    if any(_may_be_there(by_group[group].outcome) for group in SEDATIVES if group in by_group):
        yield Statement("sedative")
    fentanyl = by_group.get("fentanyls")
    if fentanyl is not None and fentanyl.strip == "negative":
        yield Statement("carfentanil-not-excluded")
    if any(by_group[group].outcome in PRESENT for group in OPIOIDS if group in by_group):
        yield Statement("opioid-present")
    yield Statement("naloxone")


def _may_be_there(outcome: str) -> bool:
    return outcome in PRESENT or outcome in _UNCLEAR


def _always(facts: CardFacts) -> Iterator[Statement]:
    yield Statement("small-sample")
    states = {lab.state for lab in facts.labs}
    key = "lab-pending" if "pending" in states else "lab-none" if not states else "lab-complete"
    yield Statement(key)
    yield Statement("not-everything")
    yield Statement("no-certificate")
