"""A simulated fleet's story (JSON lines) as the messages that its bridges would send. Pure.

The lines are those of `harborlight simulate fleet` (docs/hardware/simulators.md). What staff write
down, and the truth, are no messages; they are left out here.
"""

import heapq
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from firmware_bridge.contract.codec import encode
from firmware_bridge.contract.errors import ContractError
from firmware_bridge.contract.messages import (
    Body,
    DeviceState,
    Envelope,
    MachineEvent,
    SelectionCount,
    Temperature,
    VendingAudit,
)
from firmware_bridge.contract.topics import BridgeAddress, MessageTopic, require_name
from firmware_bridge.errors import FeedError

MINUTE_MS = 60_000
_CODES = {
    "sold-out": "ELB",
    "jam": "EJB",
    "door-open": "EGS",
    "door-closed": "EGT",
    "power-outage": "EA7",
}

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """Something that a bridge tells of one device.

    Attributes:
        bridge: which bridge.
        device: of which device.
        at_ms: when it was learned.
        sent_ms: when it could be sent; later where the bridge was offline.
        body: what is told.
        event: whether it must not wait for others in the bridge's spool.
    """

    bridge: BridgeAddress
    device: str
    at_ms: int
    sent_ms: int
    body: Body
    event: bool = False


@dataclass(slots=True)
class _Machine:
    bridge: BridgeAddress
    slots: dict[str, Line]
    counts: dict[str, Line] = field(default_factory=dict)
    offline: tuple[int, int] = (0, 0)


def read_lines(text: Iterable[str]) -> Iterator[Line]:
    """The lines of a file.

    Raises:
        FeedError: one is not a JSON object with a kind and a time.
    """
    for number, row in enumerate(text, 1):
        try:
            line = json.loads(row)
        except ValueError as error:
            raise FeedError(f"line {number} is not JSON: {error}") from error
        if not isinstance(line, dict) or not isinstance(line.get("t"), int) or "kind" not in line:
            raise FeedError(f'line {number}: an object with "kind" and "t" is wanted: {row[:80]!r}')
        yield line


def told(lines: Iterable[Line]) -> Iterator[Told]:
    """What the bridges tell, in the order in which it is sent.

    Raises:
        FeedError: a line does not fit; the message says which.
    """
    machines: dict[str, _Machine] = {}
    waiting: list[tuple[int, int, Told]] = []
    order = count()
    for line in lines:
        while waiting and waiting[0][0] <= line["t"]:
            yield heapq.heappop(waiting)[2]
        for each in _understood(machines, line):
            heapq.heappush(waiting, (each.sent_ms, next(order), each))
    while waiting:
        yield heapq.heappop(waiting)[2]


def messages(
    said: Iterable[Told], boot_of: Callable[[BridgeAddress], str], shift_ms: int = 0
) -> Iterator[tuple[str, bytes, int]]:
    """Topic, payload and time of sending of each message, numbered as each bridge would.

    Args:
        said: what the bridges tell, in order.
        boot_of: the id of each bridge's run; asked once for each.
        shift_ms: move all times by so much.
    """
    runs: dict[BridgeAddress, tuple[str, Iterator[int]]] = {}
    for each in said:
        if each.bridge not in runs:
            runs[each.bridge] = (boot_of(each.bridge), count(1))
        boot, numbers = runs[each.bridge]
        envelope = Envelope(
            site=each.bridge.site,
            bridge=each.bridge.bridge,
            device=each.device,
            boot=boot,
            seq=next(numbers),
            oldest_held=1,
            device_time_ms=each.at_ms + shift_ms,
            monotonic_ms=each.at_ms,
            clock_sane=True,
            body=each.body,
        )
        topic = MessageTopic(each.bridge.site, each.bridge.bridge, each.device, each.body.KIND)
        yield str(topic), encode(envelope), each.sent_ms + shift_ms


def _understood(machines: dict[str, _Machine], line: Line) -> Iterator[Told]:
    if line["kind"] not in _READERS:
        return
    try:
        if line["kind"] == "machine":
            machines[line["machine"]] = _machine(line)
        elif line["machine"] not in machines:
            raise FeedError(f"machine {line['machine']!r} is not introduced by a line of its own")
        machine = machines[line["machine"]]
        for at_ms, body in _READERS[line["kind"]](machine, line):
            start_ms, until_ms = machine.offline
            sent_ms = until_ms if start_ms <= at_ms < until_ms else at_ms
            event = isinstance(body, MachineEvent)
            yield Told(machine.bridge, line["machine"], at_ms, sent_ms, body, event)
    except (
        ArithmeticError,
        AttributeError,
        ContractError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        if isinstance(error, FeedError):
            raise
        raise FeedError(
            f"line of kind {line['kind']} at {line['t']} does not fit: {error!r}"
        ) from error


def _machine(line: Line) -> _Machine:
    require_name(line["machine"], "machine")
    address = BridgeAddress(
        require_name(line["site"], "site"), require_name(line["bridge"], "bridge")
    )
    return _Machine(address, {each["selection"]: each for each in line["slots"]})


def _introduction(_machine: _Machine, line: Line) -> Iterator[tuple[int, Body]]:
    heard = DeviceState(
        state="ok", fault="", detail="", advice="", faults=0, last_heard_ms=line["t"]
    )
    yield line["t"], heard


def _offline(machine: _Machine, line: Line) -> Iterator[tuple[int, Body]]:
    machine.offline = (line["t"], line["until"])
    yield from ()


def _counters(machine: _Machine, line: Line) -> Iterator[tuple[int, Body]]:
    """Lines tell of slots that changed, an audit of all."""
    machine.counts.update(line["slots"])
    yield (
        line["t"],
        VendingAudit(
            serial=line["machine"],
            model="simulated",
            board=line["board"],
            selections=tuple(_selection(each, machine) for each in machine.slots.values()),
            power_outages=line["outages"],
            resets=None,
            warnings=(),
        ),
    )


def _selection(slot: Line, machine: _Machine) -> SelectionCount:
    said = machine.counts[slot["selection"]]
    return SelectionCount(
        selection=slot["selection"],
        product=slot["product"],
        price_minor=0,
        capacity=slot["capacity"],
        par=slot["par"],
        level=None,
        minimum=slot["minimum"],
        dispensed=said["paid"] + said["free"] + said["test"],
        paid=said["paid"],
        free=said["free"],
        test=said["test"],
        dispensed_since_reset=None,
        presses_sold_out=said["presses"],
        sold_out=said["sold_out"],
        failed=said["failed"],
    )


def _event(_machine: _Machine, line: Line) -> Iterator[tuple[int, Body]]:
    selection = line["selection"]
    code = _CODES.get(line["name"], str(line["name"]))
    yield (
        line["t"],
        MachineEvent(
            code=f"{code}_{selection}" if selection else code,
            name=line["name"],
            selection=selection,
            active=line["active"],
            count=None,
            text=line["name"],
        ),
    )


def _temperatures(_machine: _Machine, line: Line) -> Iterator[tuple[int, Body]]:
    for number, celsius in enumerate(line["c"]):
        if celsius is not None and math.isfinite(celsius):
            at_ms = line["t"] + number * line["step_min"] * MINUTE_MS
            yield at_ms, Temperature(probe="cabinet", temperature_c=float(celsius))


_READERS: dict[str, Callable[[_Machine, Line], Iterator[tuple[int, Body]]]] = {
    "machine": _introduction,
    "offline": _offline,
    "counters": _counters,
    "event": _event,
    "temperatures": _temperatures,
}
