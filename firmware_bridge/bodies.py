"""The message for each thing that a machine told, texts cut to their length. Pure."""

from typing import Literal

from firmware_bridge.contract.messages import MachineEvent, SelectionCount, Vend, VendingAudit
from firmware_bridge.drivers.readings import (
    CountersReading,
    EventReading,
    SlotCounters,
    VendReading,
)
from firmware_bridge.evadts.audit import Audit, Selection
from firmware_bridge.events import EVENT_NAMES
from firmware_bridge.text import told


def vend(reading: VendReading, reason: str) -> Vend:
    """The message for one vend; `reason` is why it failed."""
    return Vend(
        selection=None if reading.selection is None else told(reading.selection, 40),
        outcome=reading.outcome,
        payment=reading.payment,
        price_minor=reading.price_minor,
        authorised=reading.authorised,
        reason=told(reason, 60),
    )


def event(reading: EventReading) -> MachineEvent:
    """The message for something that happened to a machine."""
    return MachineEvent(
        code=told(reading.code or reading.name, 80),
        name=reading.name if reading.name in EVENT_NAMES else "other",
        selection=None if reading.selection is None else told(reading.selection, 40),
        active=reading.active,
        count=reading.count,
        text=told(reading.text or reading.name, 400),
    )


def counters_audit(
    reading: CountersReading, slots: tuple[SlotCounters, ...], board: str
) -> VendingAudit:
    """The message for what a device other than a DEX machine tells of its slots."""
    return VendingAudit(
        serial=told(reading.serial, 80),
        model=told(reading.model, 80),
        board=told(board, 240),
        selections=tuple(map(_slot_count, slots)),
        power_outages=None,
        resets=None,
        warnings=(),
        source=reading.source,
    )


def _slot_count(slot: SlotCounters) -> SelectionCount:
    return SelectionCount(
        selection=told(slot.selection, 40),
        product=told(slot.product, 80),
        price_minor=slot.price_minor,
        capacity=slot.capacity,
        par=slot.par,
        level=slot.level,
        minimum=slot.minimum,
        dispensed=slot.dispensed,
        paid=slot.paid,
        free=slot.free,
        test=slot.test,
        dispensed_since_reset=None,
        presses_sold_out=slot.presses_sold_out,
        sold_out=slot.sold_out,
        failed=slot.failed,
    )


def vending_audit(audit: Audit, source: Literal["dex", "ddcmp"] = "dex") -> VendingAudit:
    """The message for an audit's counters; `source` is the protocol by which it was read."""
    who = audit.identity
    sold_out = {event.suffix: event.active for event in audit.events if event.base == "ELB"}
    return VendingAudit(
        serial=told(who.serial, 80),
        model=told(who.model, 80),
        board=told(f"{who.board_serial} {who.board_model} {who.board_software}".strip(), 240),
        selections=tuple(
            _selection_count(selection, sold_out.get(selection.selection_id))
            for selection in audit.selections
        ),
        power_outages=audit.power_outages,
        resets=audit.resets,
        warnings=tuple(sorted({warning.name for warning in audit.warnings})),
        source=source,
    )


def _selection_count(selection: Selection, sold_out: bool | None) -> SelectionCount:  # noqa: FBT001 - a yes, a no, or unknown
    return SelectionCount(
        selection=told(selection.selection_id, 40),
        product=told(selection.product, 80),
        price_minor=selection.price_minor,
        capacity=selection.capacity,
        par=selection.par,
        level=selection.level,
        minimum=selection.minimum,
        dispensed=selection.dispensed,
        paid=selection.paid_vends,
        free=selection.free_vends,
        test=selection.test_vends,
        dispensed_since_reset=_since_reset(selection),
        presses_sold_out=selection.sold_out_presses,
        sold_out=sold_out,
    )


def _since_reset(selection: Selection) -> int | None:
    parts = (
        selection.paid_vends_since_reset,
        selection.free_vends_since_reset,
        selection.test_vends_since_reset,
    )
    return None if all(part is None for part in parts) else sum(part or 0 for part in parts)
