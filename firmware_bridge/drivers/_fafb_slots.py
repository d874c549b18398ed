"""What an FA FB board has told of its slots. Pure."""

from dataclasses import replace
from typing import Any

from firmware_bridge.drivers.readings import CountersReading, EventReading, SlotCounters
from firmware_bridge.framing.fafb import Command
from firmware_bridge.framing.fafb_messages import ALL_SLOTS, TRAYS, Checked, Slot, SlotSetting

MAX_SLOTS = 1_000
"""No machine has more; rubbish must not grow the memory."""

_FIELDS = {
    Command.SET_PRICE: "price_minor",
    Command.SET_INVENTORY: "level",
    Command.SET_CAPACITY: "capacity",
    Command.SET_PRODUCT: "product",
}
_CHECKED_FINE, _CHECKED_OUT = 1, 2


class Slots:
    """Every slot that was told of.

    Args:
        levels: the board's inventory is the slot's level; False where a tablet keeps the stock and
            the board's figure means nothing.

    Attributes:
        machine_id: what the machine calls itself.
    """

    def __init__(self, *, levels: bool) -> None:
        self.machine_id = ""
        self._levels = levels
        self._slots: dict[int, SlotCounters] = {}
        self._paused: dict[int, bool] = {}

    def reading(self) -> CountersReading:
        """All of them, by selection."""
        slots = tuple(self._slots[selection] for selection in sorted(self._slots))
        return CountersReading(source="fafb", slots=slots, serial=self.machine_id)

    def price_minor(self, selection: int | None) -> int | None:
        """What a slot costs; None where it is not known."""
        slot = self._slots.get(selection or 0)
        return None if slot is None else slot.price_minor

    def told(self, slot: Slot) -> list[EventReading]:
        """The board told of one slot; gives the event of a slot that is paused, or no more.

        Boards tell of every motor that they could drive. One that holds nothing and has no
        capacity is none of the machine's slots, unless a tablet keeps the stock.
        """
        if self._levels and not slot.capacity and not slot.inventory:
            self._slots.pop(slot.selection, None)
            return []
        known = self._known(slot.selection)
        if known is None:
            return []
        empty = slot.inventory == 0
        self._slots[slot.selection] = replace(
            known,
            product=str(slot.product) if slot.product else "",
            price_minor=slot.price_minor,
            capacity=slot.capacity or None,
            level=slot.inventory if self._levels else None,
            sold_out=empty if self._levels else known.sold_out,
        )
        return self._pause(slot)

    def checked(self, checked: Checked) -> None:
        """The board answered whether a slot can be bought from."""
        known = self._slots.get(checked.selection)
        if known is not None and checked.status in (_CHECKED_FINE, _CHECKED_OUT):
            sold_out = checked.status == _CHECKED_OUT
            self._slots[checked.selection] = replace(known, sold_out=sold_out)

    def set(self, setting: SlotSetting) -> None:
        """Somebody set one thing of one, some or all slots."""
        if setting.selection == ALL_SLOTS:
            self._set(list(self._slots), setting)
        elif setting.selection in TRAYS:
            self._set_tray(setting.selection - TRAYS.start, setting)
        elif self._known(setting.selection) is not None:
            self._set([setting.selection], setting)

    def _set_tray(self, tray: int, setting: SlotSetting) -> None:
        """Trays are tens; whether 20 belongs to tray 1 or 2 differs, so its figure is unknown."""
        below_hundred = [selection for selection in self._slots if selection < 100]
        places = {each: {each // 10, (each - 1) // 10} for each in below_hundred}
        self._set([each for each, trays in places.items() if trays == {tray}], setting)
        doubtful = [each for each, trays in places.items() if len(trays) > 1 and tray in trays]
        for selection in doubtful:
            self._change(selection, setting.what, None)

    def _set(self, selections: list[int], setting: SlotSetting) -> None:
        for selection in selections:
            self._change(selection, setting.what, setting.value)

    def _change(self, selection: int, what: Command, value: int | None) -> None:
        changes: dict[str, Any] = {_FIELDS[what]: value}
        if what is Command.SET_INVENTORY:
            if not self._levels:
                return
            changes["sold_out"] = None if value is None else value == 0
        elif what is Command.SET_PRODUCT:
            changes = {"product": str(value) if value else ""}
        self._slots[selection] = replace(self._slots[selection], **changes)

    def _known(self, selection: int) -> SlotCounters | None:
        if selection not in self._slots:
            if not 0 < selection < TRAYS.start or len(self._slots) >= MAX_SLOTS:
                return None
            self._slots[selection] = SlotCounters(selection=str(selection))
        return self._slots[selection]

    def _pause(self, slot: Slot) -> list[EventReading]:
        if self._paused.get(slot.selection, False) == slot.paused:
            return []
        self._paused[slot.selection] = slot.paused
        return [
            EventReading(
                name="other",
                code="11-paused",
                selection=str(slot.selection),
                active=slot.paused,
                text="the board has paused this slot",
            )
        ]
