"""Between a machine's readings, its gate and its driver: asks the one, tells the other.

A driver takes "begin N" (somebody may take N items), "approve" and "deny" (of the choice that
waits), and "cancel" (the session is called off). Codes are hashed in a thread of their own, as that
takes some tenths of a second and the line must not wait. They are never kept, logged or sent.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import structlog

from firmware_bridge.access.decision import Decision
from firmware_bridge.access.gate import Gate
from firmware_bridge.contract.access import DeviceAccess
from firmware_bridge.drivers.readings import (
    CodeReading,
    FaultReading,
    Reading,
    VendReading,
    VendRequestReading,
)
from firmware_bridge.errors import ControlError
from firmware_bridge.spool import Draft, Moment

TURN_S = 1.0
"""So often it is looked whether something is due."""

ANSWER_WITHIN_S = 0.5
"""A choice that waits is answered so long before the machine gives up."""

SAVE_EVERY_MS = 15 * 60_000
MOST_WAITING = 4
"""So many codes may wait to be looked at; a line full of rubbish must not grow the memory."""

Digest = Callable[[str], str]
Request = Callable[[str, Callable[[str], None]], bool]
Record = Callable[[list[Draft], dict[str, str], Moment], None]
_log = structlog.get_logger("bridge.access")


class AccessDesk:
    """The desk of one machine. Every method may be called from any thread.

    Args:
        device: the machine's name.
        memory: what its gate remembered.
        moment: what the clocks say now.
        request: asks the driver; False when too much is asked for already.
        record: keeps messages and memory together.
        flush: puts what was recorded on disk at once.
    """

    def __init__(
        self,
        device: str,
        memory: str,
        moment: Callable[[], Moment],
        request: Request,
        record: Record,
        flush: Callable[[], None],
    ) -> None:
        self._device, self._moment, self._request = device, moment, request
        self._record, self._flush = record, flush
        self._gate = Gate(memory)
        self._digest: Digest | None = None
        self._lock, self._one_by_one = threading.RLock(), threading.Lock()
        self._typed: queue.Queue[CodeReading | None] = queue.Queue(MOST_WAITING)
        self._choice_until_s: float | None = None
        self._saved_ms = 0
        self._stop = threading.Event()

    @staticmethod
    def memory_name(device: str) -> str:
        """Under which name the spool remembers a gate."""
        return f"access.{device}"

    def set_policy(self, policy: DeviceAccess | None, digest: Digest | None) -> None:
        """Take what the hub says of this machine, and what makes hashes of codes here."""
        with self._lock:
            self._digest = digest
            moment = self._moment()
            self._gate.set_policy(policy, moment)
            self._save(moment)
        if policy is not None and policy.mode != "open" and digest is None:
            _log.error("codes can't be checked: set access_key_file", device=self._device)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Look at typed codes and at what is due, in a thread of its own."""
        self._stop.clear()
        thread = threading.Thread(target=self._run, name=f"{self._device} access", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            with suppress(queue.Full):
                self._typed.put_nowait(None)
            thread.join(timeout=3)
            with self._lock:
                self._record([], self._memory(), self._moment())

    def take(self, reading: Reading, moment: Moment) -> dict[str, str]:
        """Take a reading of the machine.

        Returns:
            What to remember in the same commit as the messages that the reading is worth.
        """
        if isinstance(reading, CodeReading):
            with suppress(queue.Full):
                self._typed.put_nowait(reading)
            return {}
        with self._lock:
            if isinstance(reading, VendRequestReading):
                self._chosen(reading, moment)
            elif isinstance(reading, VendReading) and reading.authorised:
                self._gate.vended(success=reading.outcome != "failed", moment=moment)
                return self._memory()
            elif isinstance(reading, FaultReading):
                self._gate.doubt()
        return {}

    def enter(self, code: str, *, at_machine: bool = False) -> Decision:
        """Decide on a code, and tell the driver.

        Args:
            code: as typed.
            at_machine: whether it was typed at the machine itself, which then shows a refusal.

        Raises:
            ControlError: the machine can't be asked now, or codes can't be checked here.
        """
        with self._one_by_one:
            decision = self._decided(code)
            with self._lock:
                moment = self._moment()
                self._save(moment)
                self._tell(decision, moment, at_machine=at_machine)
        return decision

    def turn(self) -> None:
        """Do what is due: answer a choice that waited, end a session, tell the counts."""
        with self._lock:
            moment = self._moment()
            if self._choice_until_s is not None and not self._choice_waits(moment):
                self._choice_until_s = None
                self._ask("deny")
            due = self._gate.overdue(moment)
            if due == "cancel":
                self._ask("cancel")
            elif due == "end":
                self._gate.end()
            drafts = [Draft(self._device, body) for body in self._gate.counts(moment)]
            if due or drafts or moment.monotonic_ms - self._saved_ms >= SAVE_EVERY_MS:
                self._saved_ms = moment.monotonic_ms
                self._record(drafts, self._memory(), moment)

    def _run(self) -> None:
        while not self._stop.is_set():
            reading: CodeReading | None = None
            with suppress(queue.Empty):
                reading = self._typed.get(timeout=TURN_S / 4 if self._choice_until_s else TURN_S)
            try:
                if reading is not None:
                    self.enter(reading.code, at_machine=True)
                self.turn()
            except ControlError as error:
                _log.warning("a code can't be checked", device=self._device, error=str(error))
                self._ask("deny")
            except Exception as error:  # noqa: BLE001 - see below
                # The desk must stay open. Only the kind is told: a traceback may show a code.
                _log.error("access desk", device=self._device, kind=type(error).__name__)

    def _decided(self, code: str) -> Decision:
        with self._lock:
            first = self._gate.read(code, self._moment())
            digest = self._digest
        if isinstance(first, Decision):
            return first
        if digest is None:
            raise ControlError(
                f"{self._device}: codes can't be checked here; give access_key_file in bridge.toml "
                "(the file that `harborlight hub enrol` wrote)"
            )
        hashed = digest(first)
        with self._lock:
            return self._gate.decide(hashed, self._moment())

    def _chosen(self, choice: VendRequestReading, moment: Moment) -> None:
        """Somebody chose first: let it happen, refuse it, or wait for a code."""
        policy = self._gate.policy
        if self._gate.choose():
            self._save(moment)
            self._ask("approve")
        elif policy is not None and policy.mode == "open":
            decision = self._gate.decide_open(moment, 1)
            approved = decision.granted and self._gate.choose()
            self._save(moment)
            self._let_in("approve", decision) if approved else self._ask("deny")
        elif self._gate.knock(moment) is not None:
            self._ask("deny")
        else:
            wait_s = max(0.0, choice.wait_s - ANSWER_WITHIN_S)
            self._choice_until_s = moment.monotonic_ms / 1000 + wait_s

    def _tell(self, decision: Decision, moment: Moment, *, at_machine: bool) -> None:
        waits = self._choice_waits(moment)
        if waits and decision.refusal == "mistyped":
            return  # there is time to type it again
        self._choice_until_s = None
        if decision.granted and not waits:
            self._let_in(f"begin {decision.items}", decision)
        elif decision.granted and self._gate.choose():
            self._save(moment)
            self._let_in("approve", decision)
        elif waits or at_machine:
            self._ask("deny")

    def _let_in(self, what: str, decision: Decision) -> None:
        def refused(reason: str) -> None:
            _log.warning("the machine did not let in", device=self._device, reason=reason)
            if not decision.resumed:
                self._withdraw()

        if not self._request(what, refused):
            refused("too much is asked of it")

    def _withdraw(self) -> None:
        """The driver never let anybody in: nothing was used."""
        with self._lock:
            self._gate.end()
            self._save(self._moment())

    def _ask(self, what: str) -> None:
        def refused(reason: str) -> None:
            _log.warning("the machine was not told", device=self._device, reason=reason)

        if not self._request(what, refused):
            refused("too much is asked of it")

    def _choice_waits(self, moment: Moment) -> bool:
        until_s = self._choice_until_s
        return until_s is not None and moment.monotonic_ms / 1000 < until_s

    def _memory(self) -> dict[str, str]:
        return {self.memory_name(self._device): self._gate.remember()}

    def _save(self, moment: Moment) -> None:
        """On disk before anything may leave the machine: a power cut must not give it back."""
        self._record([], self._memory(), moment)
        self._flush()
