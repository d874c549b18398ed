"""Cards of checks at the hub: from facts and findings that are kept here to sentences."""

from dataclasses import replace

from firmware_bridge.contract.check.card import Card, Line, card, marked_draft
from firmware_bridge.contract.check.days import day_of, strips_day
from firmware_bridge.contract.check.facts import Sighting, card_facts
from firmware_bridge.contract.check.record import Record, as_released
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


def as_handed_out(transaction: Transaction, then: Record, language: Language, level: Level) -> Card:
    """The card of a release, in this language where its sentences can be said in it as released.

    They are said in another language or level only where the facts still give the very sentences
    that were released: findings can be made anew, and a card says what it said.

    Args:
        transaction: to look in.
        then: the record as the release saw it (`record.as_released`).
        language: that is wanted.
        level: that is wanted; a release keeps the full one.
    """
    release, day = then.releases[-1], day_of(released_ms(then))
    facts = facts_of(transaction, then)
    own = card(then, facts, release.language, day, "full")
    if tuple(line.text for line in own.lines) == release.words:
        return card(then, facts, language, day, level)
    weights = {line.text: line.weight for line in own.lines}
    lines = tuple(Line(weights.get(text, "plain"), text) for text in release.words)
    return replace(own, lines=lines)


def card_now(
    transaction: Transaction, found: Record, language: Language, level: Level, today: str
) -> Card:
    """The card to look at or to print: as released, or marked that nobody has released it."""
    then = as_released(found)
    if then is not None and not is_draft(found):
        return as_handed_out(transaction, then, language, level)
    return marked_draft(card_of(transaction, found, language, level, today))


def is_draft(found: Record) -> bool:
    """Whether the card as it stands now was released by nobody."""
    return found.state != "released" or bool(found.conflicts)


def released_ms(then: Record) -> int:
    """When the newest release of a record was, ms since 1970 UTC."""
    return max(event.at_ms for event in then.trail if event.release is not None)
