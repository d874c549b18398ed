"""Cards of checks at the hub: from facts and findings that are kept here to sentences."""

from firmware_bridge.contract.check.card import Card, card
from firmware_bridge.contract.check.days import strips_day
from firmware_bridge.contract.check.facts import Sighting, card_facts
from firmware_bridge.contract.check.record import Record
from firmware_bridge.contract.check.say import CardFacts, Level
from firmware_bridge.contract.check_events import Language
from hub.check_groups import group_of
from hub.store import Transaction
from hub.store.views import checks


def sightings_of(transaction: Transaction, record: Record) -> tuple[Sighting, ...]:
    """What is known of the spectra of a sample."""
    found = [(name, checks.findings(transaction, name)) for name in record.spectra]
    return tuple(Sighting(name, body) for name, body in found if body is not None)


def facts_of(transaction: Transaction, record: Record) -> CardFacts:
    """All that a card of this sample says."""
    sightings = sightings_of(transaction, record)
    return card_facts(record, sightings, group_of, strips_day(record))


def card_of(
    transaction: Transaction, record: Record, language: Language, level: Level, today: str
) -> Card:
    """The card of a sample as it stands in this record."""
    return card(record, facts_of(transaction, record), language, today, level)
