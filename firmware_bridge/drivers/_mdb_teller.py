"""Puts what was learned on MDB into readings, and keeps the one trouble that stands."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from firmware_bridge.drivers._mdb_settings import Settings
from firmware_bridge.drivers.readings import (
    CountersReading,
    EventReading,
    Fault,
    FaultReading,
    Reading,
    VendReading,
    VendRequestReading,
)
from firmware_bridge.framing.mdb_items import minor
from firmware_bridge.framing.mdb_observer import MachineSeen, Seen, SessionSeen, VendSeen
from firmware_bridge.framing.mdb_turn import Asked, Ended, Told

Trouble = Literal["", "hello", "adapter", "bus", "error"]
"""What stands: nothing, nothing said yet, no adapter, a silent bus, or an error that may pass."""

_SESSION = ("session-begin", "session-end")


class Teller:
    """Collects the readings of one turn. A trouble is told once, and to whoever asked.

    Attributes:
        trouble: what stands now.
        asked: somebody wants to know how it stands.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings, self._items = settings, settings.items_map()
        self._readings: list[Reading] = []
        self._machine = MachineSeen("", "")
        self._last_fault = FaultReading(Fault.NO_REPLY, "", "")
        self.trouble: Trouble = "hello"
        self.asked = False

    @property
    def is_away(self) -> bool:
        """Whether the last word on the device is that it can't be reached."""
        return self.trouble in ("adapter", "bus")

    def take(self) -> tuple[Reading, ...]:
        """All that was told since; of a device that is away the fault stays the last word."""
        readings, self._readings = self._readings, []
        if self.is_away and readings and not isinstance(readings[-1], FaultReading):
            readings.append(self._last_fault)
        return tuple(readings)

    def learned(self, told: Iterable[Ended | Asked | Told | Seen]) -> None:
        """What sessions and listening brought."""
        for each in told:
            match each:
                case Ended(item=item, amount=amount, outcome=outcome, why=why):
                    seen = VendSeen(item, amount, outcome, "paid")
                    self._readings.append(self._vend(seen, reason=why, authorised=True))
                case VendSeen():
                    self._readings.append(self._vend(each))
                case Asked():
                    self._readings.append(self._request(each))
                case Told(what=what, text=text, item=item):
                    self.event(what, text, item)
                case SessionSeen(what=what, item=item):
                    self.event(what, "", item)
                case MachineSeen():
                    self._machine = each
                    self._readings += [] if self.trouble else [self._alive()]

    def event(self, what: str, text: str, item: int | None = None) -> None:
        """Something happened; nothing is told that would look like a sign of life."""
        if self.is_away:
            if what == "session-refused":
                detail = f"a code was accepted, but {text}"
                self._readings.append(replace(self._last_fault, detail=detail))
        elif what not in _SESSION or self._settings.session_events:
            selection = self._items.selection(item)
            event = EventReading(name="cashless", code=what, selection=selection, text=text)
            self._readings.append(event)

    def condition(self, what: str, *, active: bool) -> None:
        """A condition begins or ends."""
        self._readings.append(EventReading(name="cashless", code=what, active=active))

    def fault(
        self, trouble: Literal["adapter", "bus", "error"], fault: Fault, detail: str, advice: str
    ) -> None:
        """There is trouble."""
        self._last_fault = FaultReading(fault, detail, advice)
        if self.trouble != trouble or self.asked:
            self._readings.append(self._last_fault)
        self.trouble, self.asked = trouble, False

    def well(self) -> None:
        """It is heard: said after trouble, and to whoever asked."""
        if self.trouble or self.asked:
            self.trouble, self.asked = "", False
            self._readings.append(self._alive())

    def _vend(self, seen: VendSeen, *, reason: str = "", authorised: bool = False) -> VendReading:
        return VendReading(
            source="mdb",
            selection=self._items.selection(seen.item),
            outcome=seen.outcome,
            payment=seen.payment,
            price_minor=minor(seen.amount, self._settings.currency_decimals),
            authorised=authorised,
            reason=reason,
        )

    def _request(self, asked: Asked) -> VendRequestReading:
        return VendRequestReading(
            selection=self._items.selection(asked.item),
            price_minor=minor(asked.amount, self._settings.currency_decimals),
            wait_s=asked.wait_s,
        )

    def _alive(self) -> CountersReading:
        machine = self._machine
        return CountersReading(source="mdb", slots=(), serial=machine.serial, model=machine.model)
