"""The ingest thread: takes what came, has it stored, acknowledges, and never gives a batch up."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from firmware_bridge.contract.messages import Acknowledgement
from firmware_bridge.contract.topics import BridgeAddress
from hub.delivery import Delivery, Intake
from hub.errors import StoreError
from hub.ingest import BATCH, Ingest, Outcome

GATHER_S = 0.05
"""After the first message of a batch, others are waited for so long: one commit serves them all."""

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0
_log = structlog.get_logger("hub.feeding")


class Acknowledger(Protocol):
    """Where acknowledgements go."""

    def done_with(self, delivery: Delivery) -> None:
        """Tell the broker that a message is stored."""

    def acknowledge(self, bridge: BridgeAddress, ack: Acknowledgement) -> None:
        """Tell a bridge what is stored."""


@dataclass(slots=True)
class Tally:
    """What came since the start; `trouble` says why nothing can be stored now, "" when it can."""

    stored: int = 0
    repeated: int = 0
    refused: int = 0
    last_message_ms: int | None = None
    trouble: str = ""


class Feeder:
    """Feeds the ingest from the intake.

    Args:
        intake: where deliveries wait.
        ingest: what keeps them.
        acknowledger: who is told.
        stored: called after every commit that stored something.
    """

    def __init__(
        self,
        intake: Intake,
        ingest: Ingest,
        acknowledger: Acknowledger,
        stored: Callable[[], None],
    ) -> None:
        self.tally = Tally()
        self._intake, self._ingest, self._acknowledger = intake, ingest, acknowledger
        self._stored = stored
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch under way and end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=1.5)

    def _run(self) -> None:
        while not self._stop.is_set():
            batch = self._intake.take(BATCH, 0.25)
            if batch:
                self._feed(self._gathered(batch))

    def _gathered(self, batch: list[Delivery]) -> list[Delivery]:
        """Wait a moment for more, unless the batch is full already."""
        if len(batch) < BATCH:
            self._stop.wait(GATHER_S)
            batch += self._intake.take(BATCH - len(batch), 0.0)
        return batch

    def _feed(self, batch: list[Delivery]) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stop.is_set():
            try:
                outcome = self._ingest.accept(batch)
            except StoreError as error:
                self.tally.trouble = str(error)
                _log.error("nothing can be stored", error=str(error), again_in_s=pause_s)
                self._stop.wait(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            else:
                self._stand_by(batch, outcome)
                return

    def _stand_by(self, batch: list[Delivery], outcome: Outcome) -> None:
        """It is on disk: say so."""
        for delivery in batch:
            self._acknowledger.done_with(delivery)
        for bridge, ack in outcome.acknowledgements:
            self._acknowledger.acknowledge(bridge, ack)
        tally = self.tally
        tally.stored += outcome.stored
        tally.repeated += outcome.repeated
        tally.refused += outcome.refused
        tally.last_message_ms = batch[-1].received_ms
        tally.trouble = ""
        self._stored()
