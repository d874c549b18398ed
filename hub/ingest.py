"""The one road from a message to the store.

Many messages are one transaction, each within a savepoint: one that can't be kept does not take the
others with it. A repeat changes nothing and is acknowledged again. Acknowledgements are handed back
only after the commit, so that a bridge lets go only of what is on disk.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import structlog

from firmware_bridge.contract.messages import Acknowledgement
from firmware_bridge.contract.topics import BridgeAddress
from hub.decoding import Place, Presence, Refused, Said, decode
from hub.delivery import Delivery
from hub.store import Store, Transaction, bridges, dead_letters, effects, kept_letters, runs
from hub.store.dead_letters import Refusal
from hub.store.moment import Moment
from hub.store.runs import Run

BATCH = 200
"""So many messages at most are one transaction."""

HELD_BACK = frozenset({"unknown-version"})
"""Where there is no more room for refused messages of a bridge, these stay with the bridge, which
has nothing else to say anyway. Others make the oldest go, as good messages come behind them."""

FUTURE_MS = 10 * 60_000
"""A bridge's clock may be ahead of the hub's by so much; beyond, the hub's own time is used."""

_log = structlog.get_logger("hub.ingest")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch.

    Attributes:
        acknowledgements: what every bridge may let go of now.
        stored: new messages kept.
        repeated: messages that were kept already.
        refused: messages that became dead letters.
    """

    acknowledgements: tuple[tuple[BridgeAddress, Acknowledgement], ...]
    stored: int
    repeated: int
    refused: int


@dataclass(slots=True)
class _Batch:
    """One transaction under way."""

    transaction: Transaction
    bridge_ids: dict[BridgeAddress, int] = field(default_factory=dict)
    runs: dict[tuple[BridgeAddress, str], Run] = field(default_factory=dict)
    heard_ms: dict[int, int] = field(default_factory=dict)
    stored: int = 0
    repeated: int = 0
    refused: int = 0


class Ingest:
    """Takes deliveries and keeps what they say."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def accept(self, deliveries: Sequence[Delivery]) -> Outcome:
        """Keep a batch of messages.

        Raises:
            StoreError: the database can't take them now. Nothing of the batch is kept, nothing may
                be acknowledged; give the same batch again.
        """
        with self._store.begin() as transaction:
            batch = _Batch(transaction)
            for delivery in deliveries:
                self._take(batch, delivery)
            for of_bridge, received_ms in batch.heard_ms.items():
                bridges.heard(transaction, of_bridge, received_ms)
            for run in batch.runs.values():
                runs.write_run(transaction, run)
        return Outcome(tuple(_acknowledged(batch)), batch.stored, batch.repeated, batch.refused)

    def _take(self, batch: _Batch, delivery: Delivery) -> None:
        said = decode(delivery)
        if isinstance(said, Said):
            self._take_message(batch, delivery, said)
        elif isinstance(said, Presence):
            of_bridge = _bridge_id(batch, said.address)
            bridges.take_status(batch.transaction, of_bridge, said.status, delivery.received_ms)
        else:
            _refuse(batch, delivery, said)

    def _take_message(self, batch: _Batch, delivery: Delivery, said: Said) -> None:
        run = _run(batch, said.place, _run_start_ms(said, delivery))
        batch.heard_ms[run.bridge_id] = delivery.received_ms
        if run.is_repeat(said.place.seq):
            batch.repeated += 1
            return
        if run.is_too_far(said.place.seq, said.place.oldest_held):
            detail = f"number {said.place.seq} comes while {run.upto + 1} is still missing"
            _keep_letter(batch, delivery, Refused("ahead", detail, said.place))
            return
        trouble = self._keep(batch, said, run, delivery)
        if trouble is None:
            run.advance(said.place.seq, said.place.oldest_held)
            batch.stored += 1
        else:
            _refuse(batch, delivery, Refused("not-kept", trouble, said.place))

    def _keep(self, batch: _Batch, said: Said, run: Run, delivery: Delivery) -> str | None:
        """Write the effect; the reason where that can't be done for this message alone."""
        try:
            with effects.separately(batch.transaction):
                moment = moment_of(said, run.first_ms, delivery)
                run.last_ms = max(run.last_ms, moment.observed_ms)
                effects.write(batch.transaction, run.bridge_id, said.envelope, moment)
        except effects.NotKeptError as error:
            _log.warning("message not kept", topic=delivery.topic, error=str(error))
            return str(error)
        return None


def _bridge_id(batch: _Batch, address: BridgeAddress) -> int:
    if address not in batch.bridge_ids:
        batch.bridge_ids[address] = bridges.bridge_id(batch.transaction, address)
    return batch.bridge_ids[address]


def _run(batch: _Batch, place: Place, start_ms: int) -> Run:
    """What is known of the message's run; a run that is new begins here."""
    key = (place.address, place.boot)
    if key not in batch.runs:
        of_bridge = _bridge_id(batch, place.address)
        known = runs.read_run(batch.transaction, of_bridge, place.boot)
        if known is None:
            known = Run(of_bridge, place.boot, 0, start_ms)
            runs.write_run(batch.transaction, known)
        batch.runs[key] = known
    return batch.runs[key]


def _refuse(batch: _Batch, delivery: Delivery, refused: Refused) -> None:
    """Keep a dead letter, and let the bridge go on where the message's place is known."""
    if (place := refused.place) is not None:
        run = _run(batch, place, delivery.received_ms)
        if run.is_repeat(place.seq):
            batch.repeated += 1
            return
        if not run.is_too_far(place.seq, place.oldest_held):
            _refuse_in_place(batch, delivery, refused, run, place)
            return
    _keep_letter(batch, delivery, refused)


def _refuse_in_place(
    batch: _Batch, delivery: Delivery, refused: Refused, run: Run, place: Place
) -> None:
    if not _room(batch, run, delivery, refused):
        detail = f"{refused.detail}; no more are kept here, so its bridge keeps this one"
        _keep_letter(batch, delivery, replace(refused, detail=detail))
        return
    letter = _keep_letter(batch, delivery, refused)
    kept_letters.hold(batch.transaction, letter, run.bridge_id, delivery.payload)
    run.advance(place.seq, place.oldest_held)


def _room(batch: _Batch, run: Run, delivery: Delivery, refused: Refused) -> bool:
    """Whether the whole message can be kept here, so that its bridge may let it go."""
    size = len(delivery.payload)
    if refused.reason in HELD_BACK:
        return kept_letters.has_room(batch.transaction, run.bridge_id, size)
    kept_letters.make_room(batch.transaction, run.bridge_id, size, delivery.received_ms)
    return True


def _keep_letter(batch: _Batch, delivery: Delivery, refused: Refused) -> int:
    batch.refused += 1
    _log.warning("message refused", topic=delivery.topic[:200], reason=refused.reason)
    place = f"{refused.place.boot}/{refused.place.seq}" if refused.place else ""
    refusal = Refusal(
        delivery.topic,
        delivery.payload,
        refused.reason,
        refused.detail,
        delivery.received_ms,
        place,
    )
    return dead_letters.keep(batch.transaction, refusal)


def _acknowledged(batch: _Batch) -> Iterator[tuple[BridgeAddress, Acknowledgement]]:
    for (address, boot), run in batch.runs.items():
        yield address, Acknowledgement(boot=boot, upto=run.upto)


def _believable(said: Said, delivery: Delivery) -> bool:
    envelope = said.envelope
    return envelope.clock_sane and envelope.device_time_ms <= delivery.received_ms + FUTURE_MS


def _run_start_ms(said: Said, delivery: Delivery) -> int:
    """What orders a run that is heard for the first time."""
    return said.envelope.device_time_ms if _believable(said, delivery) else delivery.received_ms


def moment_of(said: Said, run_ms: int, delivery: Delivery) -> Moment:
    """When and where in its bridge's order a message was said; `run_ms` orders the runs."""
    envelope, sane = said.envelope, _believable(said, delivery)
    return Moment(
        observed_ms=envelope.device_time_ms if sane else delivery.received_ms,
        received_ms=delivery.received_ms,
        clock_sane=sane,
        said_sane=envelope.clock_sane,
        boot=envelope.boot,
        seq=envelope.seq,
        run_ms=run_ms,
    )
