"""Reads along on an MDB bus: blocks of a VMC and its cashless devices to vends. Pure, and bounded.

It never speaks. A machine repeats a block that was not answered, and tells a cash sale to every
card reader that asked for it; each vend is told once all the same:

* a cash sale that is repeated before it was answered is the same sale (MDB/ICP 4.2 section 2.4);
* the same sale told to the other card reader within two seconds is the same sale;
* a success counts once for each request. Where the request was not heard, a success that says the
  same as the last one within the non-response time is a repetition.

What was approved and whose result is never heard (reset, next request, end of the session, or a
long silence) counts as a success, as the standard wants it, with the outcome "assumed".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from firmware_bridge.framing import mdb_cashless as cashless
from firmware_bridge.framing import mdb_values as values
from firmware_bridge.framing.mdb import NAK, NON_RESPONSE_S
from firmware_bridge.framing.mdb_lines import Sniffed

SAME_SALE_S = 2.0
"""A VMC tells both card readers of a cash sale within one round of polls."""


@dataclass(frozen=True, slots=True)
class VendSeen:
    """One vend. `amount` is what the machine asked for, in the unit of its currency."""

    item: int | None
    amount: Decimal | None
    outcome: Literal["success", "failed", "assumed"]
    payment: values.Payment


@dataclass(frozen=True, slots=True)
class SessionSeen:
    """Something else on the bus.

    Attributes:
        what: "session-begin", "session-end", "vend-denied", "vend-cancelled", "negative-vend".
        item: the item concerned, where one is.
    """

    what: str
    item: int | None = None


@dataclass(frozen=True, slots=True)
class MachineSeen:
    """Who the machine says that it is."""

    serial: str
    model: str


Seen = VendSeen | SessionSeen | MachineSeen


@dataclass(slots=True)
class _Reader:
    """One cashless device as it is seen from outside."""

    scale: int
    decimals: int
    open: bool = False
    payment: values.Payment = "paid"
    asked: values.VendRequest | None = None
    approved_at_s: float | None = None
    told_item: int | None = None
    told_at_s: float = float("-inf")
    assumed: bool = False
    sale: bytes = b""
    sale_at_s: float = float("-inf")
    sale_answered: bool = False
    sale_paired: bool = False


class Observer:
    """Watches both cashless addresses.

    Args:
        scale, decimals: how prices are counted until a device's own setup is heard.
        result_wait_s: what was approved so long ago has had its result, heard or not.
        own: the address that this bridge answers at itself, of which only cash sales are told;
            None where it only listens.

    Attributes:
        heard_at_s: when the VMC was last heard; None for never.
        damaged: how many blocks were not sound.
    """

    def __init__(
        self, *, scale: int, decimals: int, result_wait_s: float, own: int | None = None
    ) -> None:
        self._readers = {address: _Reader(scale, decimals) for address in cashless.ADDRESSES}
        self._result_wait_s, self._own = result_wait_s, own
        self._spoken_to: int | None = None
        self._identity = MachineSeen("", "")
        self.heard_at_s: float | None = None
        self.damaged = 0

    @property
    def wake_at_s(self) -> float | None:
        """When `wake` has something to do."""
        times = [each.approved_at_s for each in self._readers.values()]
        first = min((when for when in times if when is not None), default=None)
        return None if first is None else first + self._result_wait_s

    def wake(self, now_s: float) -> list[Seen]:
        """Time has passed: whatever had its result by now, heard or not."""
        return [
            seen
            for reader in self._readers.values()
            if reader.approved_at_s is not None
            and now_s >= reader.approved_at_s + self._result_wait_s
            for seen in self._assume(reader, now_s)
        ]

    def interrupted(self, now_s: float) -> list[Seen]:
        """Listening was interrupted: results of what was approved will not be heard."""
        self._spoken_to = None
        return [s for reader in self._readers.values() for s in self._assume(reader, now_s)]

    def take(self, block: Sniffed, now_s: float) -> list[Seen]:
        """Take one block; what it means."""
        if block.errors:
            self.damaged += 1
            return []
        if not block.from_master:
            return list(self._answer(block, now_s))
        self.heard_at_s = now_s
        if block.lone:
            return []
        self._spoken_to = cashless.address_of(block.data)
        command = cashless.command(block.data)
        if self._spoken_to is None or command is None:
            return []
        return list(self._command(self._spoken_to, command, block.data[1:], now_s))

    def _command(
        self, address: int, command: values.Command, data: bytes, now_s: float
    ) -> Iterator[Seen]:
        match command:
            case values.CashSale():
                yield from self._sale(address, command, data, now_s)
            case values.Identity(serial=serial, model=model):
                known, self._identity = self._identity, MachineSeen(serial, model)
                if known != self._identity:
                    yield self._identity
            case _ if address != self._own:
                yield from self._vending(self._readers[address], command, now_s)

    def _vending(self, reader: _Reader, command: values.Command, now_s: float) -> Iterator[Seen]:
        match command:
            case values.Reset():
                yield from self._assume(reader, now_s)
                reader.asked, reader.open, reader.payment = None, False, "paid"
            case values.VendRequest():
                yield from self._request(reader, command, now_s)
            case values.VendCancel() if reader.asked and reader.approved_at_s is None:
                yield SessionSeen("vend-cancelled", reader.asked.item)
                reader.asked = None
            case values.VendSuccess(item=item):
                yield from self._result(reader, item, "success", now_s)
            case values.VendFailure():
                yield from self._result(reader, None, "failed", now_s)
            case values.SessionComplete():
                yield from self._session_over(reader, now_s)

    def _request(
        self, reader: _Reader, request: values.VendRequest, now_s: float
    ) -> Iterator[Seen]:
        approved_at_s = reader.approved_at_s
        if approved_at_s is not None:
            if request == reader.asked and now_s - approved_at_s < NON_RESPONSE_S:
                return  # asked again, because the approval was not heard
            yield from self._assume(reader, now_s)
        reader.asked, reader.assumed = request, False

    def _result(
        self,
        reader: _Reader,
        item: int | None,
        outcome: Literal["success", "failed"],
        now_s: float,
    ) -> Iterator[Seen]:
        asked = reader.asked
        if asked is None and self._is_repetition(reader, item, outcome, now_s):
            return
        if item is None and asked is not None:
            item = asked.item
        amount = None if asked is None else self._money(reader, asked.price)
        reader.asked, reader.approved_at_s = None, None
        reader.told_item, reader.told_at_s = item, now_s
        yield VendSeen(item, amount, outcome, reader.payment)

    @staticmethod
    def _is_repetition(reader: _Reader, item: int | None, outcome: str, now_s: float) -> bool:
        """Whether a result without a request was told already."""
        recent = now_s - reader.told_at_s < NON_RESPONSE_S
        same = outcome == "failed" or item is None or item == reader.told_item
        assumed, reader.assumed = reader.assumed, False
        return assumed or (recent and same)

    def _assume(self, reader: _Reader, now_s: float) -> Iterator[Seen]:
        if reader.asked is None or reader.approved_at_s is None:
            return
        asked, reader.asked, reader.approved_at_s = reader.asked, None, None
        reader.told_item, reader.told_at_s, reader.assumed = asked.item, now_s, True
        amount = self._money(reader, asked.price)
        yield VendSeen(asked.item, amount, "assumed", reader.payment)

    def _session_over(self, reader: _Reader, now_s: float) -> Iterator[Seen]:
        yield from self._assume(reader, now_s)
        reader.asked = None
        if reader.open:
            reader.open, reader.payment = False, "paid"
            yield SessionSeen("session-end")

    def _answer(self, block: Sniffed, now_s: float) -> Iterator[Seen]:
        if self._spoken_to is None:
            return
        reader = self._readers[self._spoken_to]
        if not (block.lone and block.data[0] == NAK):
            reader.sale_answered = True
        reply = None if block.lone else cashless.reply(block.data)
        if isinstance(reply, values.ReaderConfig):
            reader.scale, reader.decimals = max(1, reply.scale), min(reply.decimals, 4)
        elif reply is not None and self._spoken_to != self._own:
            yield from self._said(reader, reply, now_s)

    def _said(self, reader: _Reader, reply: values.Reply, now_s: float) -> Iterator[Seen]:
        match reply:
            case values.BeginSession(payment=payment):
                if not reader.open:
                    yield SessionSeen("session-begin")
                reader.open, reader.payment = True, payment
            case values.VendApproved() if reader.asked and reader.approved_at_s is None:
                reader.approved_at_s = now_s
            case values.Plain(what="denied") if reader.asked and reader.approved_at_s is None:
                yield SessionSeen("vend-denied", reader.asked.item)
                reader.asked = None
            case values.Plain(what="end-session"):
                yield from self._session_over(reader, now_s)

    def _sale(
        self, address: int, sale: values.CashSale, data: bytes, now_s: float
    ) -> Iterator[Seen]:
        reader = self._readers[address]
        same = reader.sale == data and now_s - reader.sale_at_s < NON_RESPONSE_S
        repeated, known = same and not reader.sale_answered, self._pair(address, data, now_s)
        if not repeated:
            reader.sale_paired = known
        reader.sale, reader.sale_at_s, reader.sale_answered = data, now_s, False
        if repeated or known:
            return
        if sale.negative:
            yield SessionSeen("negative-vend", sale.item)
            return
        yield VendSeen(sale.item, self._money(reader, sale.price), "success", sale.payment)

    def _pair(self, address: int, data: bytes, now_s: float) -> bool:
        """Whether the other card reader was just told of this sale."""
        for other_address, other in self._readers.items():
            fresh = other.sale == data and now_s - other.sale_at_s < SAME_SALE_S
            if other_address != address and fresh and not other.sale_paired:
                other.sale_paired = True
                return True
        return False

    @staticmethod
    def _money(reader: _Reader, price: int | None) -> Decimal | None:
        """What a price is in the unit of the currency: P * scale / 10^decimals."""
        return None if price is None else Decimal(price * reader.scale).scaleb(-reader.decimals)
