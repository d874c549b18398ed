"""A machine that calls by itself: master of the first handshake (EVA-DTS 6.1.1 chapter 7).

    machine                      carrier
    ENQ                     ->
                            <-   DLE 0
    DLE SOH id S rev ..     ->                 it wants to send
                            <-   DLE 1
    EOT                     ->
                            <-   ENQ           after 100 ms or more
    DLE 0                   ->
                            <-   DLE SOH 00 id rev ..
    DLE 1                   ->
                            <-   EOT
    ENQ                     ->                 after 100 ms or more; then as in every read

When both call at once the machine does not give way: its second ENQ wins.
"""

from collections.abc import Callable

from hardware.simulators.dex_slave import INACTIVE_S, REPLY_S, DexSlave, Phase
from hardware.simulators.dex_wire import SOH, Block, Signal

CALL_PHASES = (Phase.CALLING, Phase.SENT_CALL, Phase.AWAITING_REPLY, Phase.HEARD_REPLY)
REPLY_BYTES = 18


class DexCaller(DexSlave):
    """As `DexSlave`, and it can call."""

    def call(self, now_s: float, what: Callable[[], bytes], sent: Callable[[], None]) -> bytes:
        """Call the carrier, to send something; nothing happens amid a session.

        Args:
            now_s: monotonic seconds.
            what: gives what is sent.
            sent: called when the carrier took it all.
        """
        if self.phase is not Phase.IDLE:
            return b""
        self._quiet()
        self._serve, self._served = what, sent
        self.phase, self.wake_at_s = Phase.CALLING, now_s + REPLY_S
        return self._enquire()

    def _enq(self, now_s: float) -> bytes:
        if self.phase is Phase.CALLING:
            return b""
        if self.phase in (Phase.AWAITING_REPLY, Phase.HEARD_REPLY):
            heard = self.phase is Phase.HEARD_REPLY
            return (Signal.ACK1 if heard else Signal.ACK0).encode()
        if "bid" in self.quirks and self.phase is Phase.IDLE:
            return self.call(now_s, self._audit, self._on_read)
        return super()._enq(now_s)

    def _block(self, heard: Block) -> bytes:
        if self.phase not in (Phase.AWAITING_REPLY, Phase.HEARD_REPLY):
            return super()._block(heard)
        if not heard.intact or heard.start != SOH or len(heard.data) < REPLY_BYTES:
            return Signal.NAK.encode()
        self._result = heard.data[:2].decode("ascii", "replace")
        self.phase = Phase.HEARD_REPLY
        return Signal.ACK1.encode()

    def _eot(self, now_s: float) -> bytes:
        if self.phase is not Phase.HEARD_REPLY:
            return super()._eot(now_s)
        if self._result == "00":
            self._offer(Phase.OFFERING_DATA, now_s)
        else:
            self._quiet()
        return b""

    def _acknowledged(self, ack: Signal, now_s: float) -> bytes:
        if self.phase not in CALL_PHASES:
            return super()._acknowledged(ack, now_s)
        self.wake_at_s = now_s + REPLY_S
        if self.phase is Phase.CALLING and ack is Signal.ACK0:
            self.phase, self._tries = Phase.SENT_CALL, 0
            return self._send(self._call_text())
        if self.phase is Phase.SENT_CALL and ack is Signal.ACK0:
            return self._send(self._last_sent)
        if self.phase is Phase.SENT_CALL:
            self.phase, self.wake_at_s = Phase.AWAITING_REPLY, now_s + INACTIVE_S
            self.sessions += 1
            return Signal.EOT.encode()
        return b""

    def _call_text(self) -> bytes:
        return f"{self._manners.comm_id}S{self._manners.revision}".encode("ascii")
