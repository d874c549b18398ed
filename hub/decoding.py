"""From a delivery to what it says; pure. What can't be taken gets a reason that never changes.

Reasons are those of contract/errors.py, and "address" (topic and envelope disagree).
"""

from dataclasses import dataclass

from firmware_bridge.contract import codec, topics
from firmware_bridge.contract.errors import ContractError
from firmware_bridge.contract.messages import BridgeStatus, Envelope, Position
from firmware_bridge.contract.topics import BridgeAddress, MessageTopic
from hub.delivery import Delivery


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
        place: where it stands in its bridge's order, if that could still be read. The bridge is
            then told to let it go once it is kept whole here: it would else be held, and all that
            follows it, for as long as this hub does not understand it.
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
    except ContractError as error:
        return Refused(error.reason, str(error), _salvaged(delivery))


def _message(topic: MessageTopic, envelope: Envelope) -> Said | Refused:
    said = MessageTopic(envelope.site, envelope.bridge, envelope.device, envelope.body.KIND)
    if said != topic:
        return Refused(
            "address",
            f"the topic says {topic}, the message says {said}",
            _place(topic, _position(envelope)),
        )
    address = BridgeAddress(topic.site, topic.bridge)
    return Said(Place(address, envelope.boot, envelope.seq, envelope.oldest_held), envelope)


def _position(envelope: Envelope) -> Position:
    return Position(
        site=envelope.site,
        bridge=envelope.bridge,
        boot=envelope.boot,
        seq=envelope.seq,
        oldest_held=envelope.oldest_held,
    )


def _salvaged(delivery: Delivery) -> Place | None:
    """The place of a message that is not understood; it is read alike in all versions."""
    try:
        topic = topics.parse(delivery.topic)
    except ContractError:
        return None
    position = codec.decode_position(delivery.payload)
    return None if position is None else _place(topic, position)


def _place(topic: MessageTopic | BridgeAddress, position: Position) -> Place | None:
    """The place, if topic and message name one bridge: nobody advances another bridge's order."""
    address = BridgeAddress(position.site, position.bridge)
    if not isinstance(topic, MessageTopic) or address != BridgeAddress(topic.site, topic.bridge):
        return None
    return Place(address, position.boot, position.seq, position.oldest_held)
