"""Checks as exports and tables see them: without who entered what, and without any time of day."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from firmware_bridge.contract.check.days import day_of
from firmware_bridge.contract.check.facts import Sighting
from firmware_bridge.contract.check.record import Record
from firmware_bridge.contract.check.say import CardFacts
from hub import check_cards
from hub.store import Transaction, check_facts


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample.

    Attributes:
        site: where it was checked.
        day: of its first fact, "2026-11-27", in UTC.
        record: what is known; its trail stays inside.
        facts: what a card may say, without reasons that people wrote.
        sightings: findings on its spectra.
    """

    site: str
    day: str
    record: Record
    facts: CardFacts
    sightings: tuple[Sighting, ...]

    @property
    def may_leave(self) -> bool:
        """Whether a person released it, and it is about a real sample."""
        return bool(self.record.releases) and not self.facts.demonstration

    @property
    def laboratory(self) -> str:
        """Whether one was asked: "none", "pending" or "complete"."""
        states = {lab.state for lab in self.record.labs}
        return "pending" if "pending" in states else "complete" if states else "none"


def samples(transaction: Transaction, from_ms: int, until_ms: int) -> Iterator[Sample]:
    """Every sample whose first fact is of this time, its end excluded, by code."""
    for each in check_facts.records(transaction, from_ms, until_ms):
        facts = check_cards.facts_of(transaction, each.record)
        yield Sample(
            site=each.site,
            day=day_of(each.record.trail[0].at_ms),
            record=each.record,
            facts=replace(facts, amendments=()),
            sightings=check_cards.sightings_of(transaction, each.record),
        )
