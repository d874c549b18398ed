"""From a delivery to what it says; pure. What can't be taken gets a reason that never changes.

Reasons are those of contract/errors.py, and "address" (topic and envelope disagree).
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from firmware_bridge.contract import codec, topics
from firmware_bridge.contract.errors import (
    ContractError,
    FieldError,
    UnknownKindError,
)
from firmware_bridge.contract.messages import SCHEMA_VERSION, BridgeStatus, Envelope
from firmware_bridge.contract.topics import BridgeAddress, MessageTopic
from hub.delivery import Delivery

_BOOT = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a message in its bridge's order."""

    address: BridgeAddress
    boot: str
    seq: int
    oldest_held: int


@dataclass(frozen=True, slots=True)
class Said:
    """A message that was understood."""

    place: Place
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Presence:
    """A bridge's status that was understood."""

    address: BridgeAddress
    status: BridgeStatus


@dataclass(frozen=True, slots=True)
class Refused:
    """What can't be taken.

    Attributes:
        reason: a short word.
        detail: what was wrong, for a person.
        place: where it stands in its bridge's order, if that could still be read. It will never be
            understood, so the bridge must not hold it, and all that follows it, for ever.
    """

    reason: str
    detail: str
    place: Place | None = None


def decode(delivery: Delivery) -> Said | Presence | Refused:
    """What a delivery says."""
    try:
        topic = topics.parse(delivery.topic)
        if isinstance(topic, BridgeAddress):
            return Presence(topic, codec.decode_status(delivery.payload))
        return _message(topic, codec.decode(delivery.payload))
    except (FieldError, UnknownKindError) as error:
        return Refused(error.reason, str(error), _salvaged(delivery))
    except ContractError as error:
        return Refused(error.reason, str(error))


def _message(topic: MessageTopic, envelope: Envelope) -> Said | Refused:
    said = MessageTopic(envelope.site, envelope.bridge, envelope.device, envelope.body.KIND)
    if said != topic:
        return Refused("address", f"the topic says {topic}, the message says {said}")
    address = BridgeAddress(topic.site, topic.bridge)
    return Said(Place(address, envelope.boot, envelope.seq, envelope.oldest_held), envelope)


def _salvaged(delivery: Delivery) -> Place | None:
    """The place of a message whose body is not understood, if its envelope is sound."""
    try:
        topic = topics.parse(delivery.topic)
        document = json.loads(delivery.payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(topic, MessageTopic) or not _agrees(topic, document):
        return None
    boot, seq, oldest = (document.get(name) for name in ("boot", "seq", "oldest_held"))
    if not isinstance(boot, str) or not _BOOT.fullmatch(boot):
        return None
    if not _whole(seq) or not _whole(oldest) or not 1 <= oldest <= seq <= codec.MAX_INTEGER:
        return None
    return Place(BridgeAddress(topic.site, topic.bridge), boot, seq, oldest)


def _agrees(topic: MessageTopic, document: dict[str, Any]) -> bool:
    """Nobody advances another bridge's order."""
    said = tuple(document.get(name) for name in ("site", "bridge", "device", "kind"))
    wanted = (topic.site, topic.bridge, topic.device, topic.kind)
    return document.get("v") == SCHEMA_VERSION and said == wanted


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
