"""The audit that a simulated machine sends: EVA-DTS 6.1.1 segments, in the shape of real ones.

DXS..  ST..  ID1 ID4 ID5 CB1  VA1 VA2 VA3  PA1 PA2 PA3 PA4 PA5 per selection
EA1 per occurrence, EA2 per event, EA3 EA7  MA5  SD1  G85 SE DXE
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from hardware.errors import SimulatorError
from hardware.profile import VendingSimulation
from hardware.simulators.counters import Column, Count
from hardware.simulators.dex_wire import DLE, SYN, crc16
from hardware.simulators.machine import Machine, fahrenheit
from hardware.simulators.planogram import Selection

ASSET = "HL"
CURRENCY = "1840"


def compose(machine: Machine, habits: VendingSimulation, now: datetime, celsius: float) -> bytes:
    """The whole audit, CR LF line ends, with true SE01 and G85.

    Args:
        machine: whose counters.
        habits: what this make sends, and how.
        now: the machine's own clock.
        celsius: cabinet temperature.
    """
    body = list(_segments(machine, habits, now, celsius))
    head = f"DXS*{habits.comm_id}*VA*{habits.audit_version}*1"
    covered = _lines(["ST*001*0001", *body])
    tail = _lines([f"G85*{crc16(covered):04X}", f"SE*{len(body) + 3}*0001", "DXE*1*1"])
    return _lines([head]) + covered + tail


def events_alone(machine: Machine, habits: VendingSimulation, now: datetime) -> bytes:
    """What a machine pushes by itself: its event lines, without any envelope."""
    return _lines(_events(machine, habits, now))


def lowercase_checksum(raw: bytes) -> bytes:
    """The audit with the figures of its G85 in small letters."""
    return re.sub(rb"(?<=G85\*)[0-9A-F]{4}", lambda found: found.group().lower(), raw)


def prepared(raw: bytes, name: str) -> bytes:
    """An audit file as it goes over the line: CR LF line ends.

    Raises:
        SimulatorError: it is empty, or has bytes that a DEX block can't carry.
    """
    text = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if not text:
        raise SimulatorError(f"{name}: is empty; nothing to serve")
    for byte in (DLE, SYN):
        if (place := text.find(byte)) >= 0:
            raise SimulatorError(
                f"{name}: byte {byte:#04x} at {place} can't be sent in a DEX block"
            )
    return text


def _lines(segments: Iterable[str]) -> bytes:
    return "".join(f"{segment}\r\n" for segment in segments).encode("ascii", "replace")


def _segments(
    machine: Machine, habits: VendingSimulation, now: datetime, celsius: float
) -> Iterator[str]:
    memory = machine.memory
    day, hour = _when(now, habits)
    yield _segment("ID1", f"{memory.board:08d}", "HL-SIM", "0100", "", "", ASSET)
    yield _segment("ID4", 2, CURRENCY)
    yield _segment("ID5", day, hour)
    yield _segment("CB1", f"CB{memory.board:06d}", "HL-SIM", "0100")
    yield from _totals(machine)
    for name, row in machine.planogram.items():
        yield from _selection(row, memory.columns[name], habits)
    yield from _events(machine, habits, now)
    yield from _reads(machine, habits, now)
    yield _segment("EA7", memory.outages.since_reset, memory.outages.since_init)
    if habits.sends_temperature:
        yield _segment("MA5", "TEMP", f"{fahrenheit(celsius):.0f}", f"{celsius:.0f}")
    yield _segment("SD1", "", "", "", "", memory.interval_mode, memory.interval_mode)


def _totals(machine: Machine) -> Iterator[str]:
    """VA1 paid, VA2 test, VA3 free: value and number since initialisation, and since reset."""
    columns = machine.memory.columns.values()
    kinds = {
        "VA1": [column.paid for column in columns],
        "VA2": [column.test for column in columns],
        "VA3": [column.free for column in columns],
    }
    for name, counts in kinds.items():
        yield _segment(
            name,
            sum(count.value_since_init for count in counts),
            sum(count.since_init for count in counts),
            sum(count.value_since_reset for count in counts),
            sum(count.since_reset for count in counts),
        )


def _selection(row: Selection, column: Column, habits: VendingSimulation) -> Iterator[str]:
    levels: tuple[object, ...] = ()
    if habits.sends_levels:
        levels = (row.capacity, row.par, 1, 0, column.level, row.minimum)
    yield _segment("PA1", row.selection, row.price_cents, row.product, *levels)
    yield _vends("PA2", column.paid, habits)
    yield _segment("PA3", column.test.since_init, column.test.since_reset)
    yield _vends("PA4", column.free, habits)
    if column.sold_out_at is not None:
        day, hour = _when(column.sold_out_at, habits)
        yield _segment("PA5", day, hour, column.presses)


def _vends(name: str, count: Count, habits: VendingSimulation) -> str:
    if habits.interval_only:
        return _segment(name, "", "", count.since_reset, count.value_since_reset)
    return _segment(
        name,
        count.since_init,
        count.value_since_init,
        count.since_reset,
        count.value_since_reset,
    )


def _events(machine: Machine, habits: VendingSimulation, now: datetime) -> Iterator[str]:
    events = machine.memory.events
    for entry in events.log:
        user = entry.user if habits.sends_temperature else ""
        yield _segment("EA1", entry.code, *_when(entry.at, habits), "", "", user)
    for code, row in events.table.items():
        active = 1 if row.active else 0
        minutes = row.lasted_min(now)
        yield _segment("EA2", code, row.since_reset, row.since_init, "", active, minutes)
    if habits.sends_low_change:
        yield _segment("EA2", "LOWCHANGE", 0, 1, "", 0)


def _reads(machine: Machine, habits: VendingSimulation, now: datetime) -> Iterator[str]:
    """EA3 with this read counted already, as real machines send it."""
    memory = machine.memory
    clears = 0 if memory.interval_mode == "SAVE" else 1
    before = ("", "") if memory.last_read is None else _when(memory.last_read, habits)
    yield _segment(
        "EA3",
        memory.reads_with_reset + clears,
        *_when(now, habits),
        "",
        *before,
        "",
        "",
        memory.reads + 1,
        memory.resets,
    )


def _when(moment: datetime, habits: VendingSimulation) -> tuple[str, str]:
    if habits.long_dates:
        return moment.strftime("%Y%m%d"), moment.strftime("%H%M%S")
    return moment.strftime("%y%m%d"), moment.strftime("%H%M")


def _segment(name: str, *elements: object) -> str:
    """One segment; empty elements at its end are dropped, as the standard allows."""
    return "*".join([name, *map(str, elements)]).rstrip("*")
