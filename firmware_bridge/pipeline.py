"""From readings to messages: pure. What was already said of a device is handed in and out as text.

A machine's audit is sent when its counters changed, its events when they are new, its temperature
when it moved. All of it can be said again after a restart without doubling anything, because the
memory of what was said is committed together with the messages.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from firmware_bridge.contract.messages import (
    DeviceState,
    SelectionCount,
    Temperature,
    VendingAudit,
)
from firmware_bridge.drivers.readings import AuditReading, Fault, FaultReading
from firmware_bridge.evadts.audit import Audit, Selection
from firmware_bridge.events import Known, look, machine_event, merged
from firmware_bridge.spool import Draft, Moment, remembered
from firmware_bridge.text import told

TEMPERATURE_STEP_C = 0.5
"""A temperature that moved less is said again only after `REPEAT_MS`."""

REPEAT_MS = 15 * 60 * 1000
"""An unchanged temperature is repeated this often, so that a chart has points."""

AUDIT_REPEAT_MS = 6 * 3600 * 1000
"""Unchanged counters are repeated this often."""


@dataclass(slots=True)
class StateKeeper:
    """Whether a device can be heard: one message a change, one with every heartbeat."""

    faults: int = 0
    last_heard_ms: int | None = None
    said: tuple[str, str, str] = ("", "", "")
    advice: str = ""

    def heard(self, moment: Moment) -> list[Draft]:
        """A device was understood."""
        self.last_heard_ms = moment.wall_ms
        return self._say(("ok", "", ""), "")

    def trouble(self, reading: FaultReading) -> list[Draft]:
        """A device could not be heard or understood."""
        self.faults += 1
        away = reading.fault in {Fault.NO_REPLY, Fault.PORT_LOST}
        state = "unreachable" if away else "fault"
        return self._say(
            (state, reading.fault.value, told(reading.detail, 400)), told(reading.advice, 400)
        )

    @property
    def is_away(self) -> bool:
        """Whether nothing was heard yet, or the last word was that it can't be reached."""
        return self.said[0] in {"", "unreachable"}

    def body(self) -> DeviceState | None:
        """The state as it was last said; None before anything is known."""
        state, fault, detail = self.said
        if state not in {"ok", "fault", "unreachable"}:
            return None
        return DeviceState(
            state=state,  # type: ignore[arg-type]  # just looked at
            fault=fault,
            detail=detail,
            advice=self.advice,
            faults=self.faults,
            last_heard_ms=self.last_heard_ms,
        )

    def _say(self, words: tuple[str, str, str], advice: str) -> list[Draft]:
        changed = words[:2] != self.said[:2]
        self.said, self.advice = words, advice
        body = self.body()
        return [Draft("", body, event=True)] if changed and body is not None else []


@dataclass(slots=True)
class VendingPipeline:
    """One vending machine's readings to messages.

    Attributes:
        device: its name in topics.
        memory: what was said before, as `remember` gave it; "" for a new machine.
    """

    device: str
    memory: str = ""
    keeper: StateKeeper = field(default_factory=StateKeeper)
    _said: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._said = remembered(self.memory)

    def take(self, reading: AuditReading | FaultReading, moment: Moment) -> list[Draft]:
        """The messages that one reading is worth, in order."""
        if isinstance(reading, FaultReading):
            return [self._mine(draft) for draft in self.keeper.trouble(reading)]
        drafts = [*self.keeper.heard(moment), *self._audit(reading.audit, moment)]
        drafts += self._events(reading.audit)
        drafts += self._temperatures(reading.audit, moment)
        return [self._mine(draft) for draft in drafts]

    def remember(self) -> str:
        """What to keep in the same commit as the messages of the last `take`."""
        return json.dumps(self._said, separators=(",", ":"))

    def _mine(self, draft: Draft) -> Draft:
        return Draft(self.device, draft.body, event=draft.event)

    def _audit(self, audit: Audit, moment: Moment) -> Iterator[Draft]:
        if not audit.selections:
            return
        body = vending_audit(audit)
        key, at_ms = repr(body), self._number("audit_ms")
        changed = self._said.get("audit") != _digest(key)
        if changed or moment.wall_ms - at_ms >= AUDIT_REPEAT_MS or moment.wall_ms < at_ms:
            self._said.update(audit=_digest(key), audit_ms=moment.wall_ms)
            yield Draft("", body, event=changed)

    def _events(self, audit: Audit) -> Iterator[Draft]:
        before = _known(self._said.get("events"))
        selections = frozenset(selection.selection_id for selection in audit.selections)
        news, now = look(audit.events, before)
        known = merged(before, now) if audit.events_only else now
        self._said["events"] = {"happened": sorted(known.happened), "states": dict(known.states)}
        for each in news:
            yield Draft("", machine_event(each, selections), event=True)

    def _temperatures(self, audit: Audit, moment: Moment) -> Iterator[Draft]:
        for temperature in audit.temperatures_c:
            if temperature.at:
                continue
            probe = "cabinet"
            said_c, said_ms = self._number(f"{probe}_c", -1e9), self._number(f"{probe}_ms")
            moved = abs(temperature.temperature_c - said_c) >= TEMPERATURE_STEP_C
            if moved or not 0 <= moment.wall_ms - said_ms < REPEAT_MS:
                self._said |= {
                    f"{probe}_c": temperature.temperature_c,
                    f"{probe}_ms": moment.wall_ms,
                }
                yield Draft("", Temperature(probe=probe, temperature_c=temperature.temperature_c))

    def _number(self, name: str, default: float = 0) -> float:
        value = self._said.get(name, default)
        return value if isinstance(value, int | float) else default


def vending_audit(audit: Audit) -> VendingAudit:
    """The message for an audit's counters."""
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


def _known(said: object) -> Known | None:
    """What was remembered of event lines; None where there is nothing, or it is damaged."""
    try:
        happened, states = said["happened"], said["states"].items()  # type: ignore[index]  # tried
        return Known(
            frozenset(map(str, happened)),
            {str(code): (active, count) for code, (active, count) in states},
        )
    except (TypeError, KeyError, AttributeError, ValueError):
        return None


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
