"""What a simulated vending machine can be told: one function per verb, found by name."""

from collections.abc import Callable, Mapping
from pathlib import Path

from hardware.simulators import requests
from hardware.simulators.device import Reply, Request
from hardware.simulators.dex_quirks import QUIRKS
from hardware.simulators.vending_world import VendingWorld

SELL_MAX = 1000
DAY_S = 86_400


def obey(world: VendingWorld, request: Request) -> Reply:
    """Do what the request says.

    Raises:
        RequestError: it does not fit; the message names the key and what is accepted.
    """
    return VERBS[requests.choice(request, "do", tuple(VERBS))](world, request)


def sell(world: VendingWorld, request: Request) -> Reply:
    """Somebody presses "selection", "count" times."""
    selection = requests.text(request, "selection")
    count = requests.whole(request, "count", 1, least=1, most=SELL_MAX)
    outcomes = [world.machine.press(selection, world.now()) for _turn in range(count)]
    counts = {outcome.value: outcomes.count(outcome) for outcome in dict.fromkeys(outcomes)}
    return {"level": world.machine.column(selection).level, **counts}


def test_vend(world: VendingWorld, request: Request) -> Reply:
    """A technician tries "selection"."""
    selection = requests.text(request, "selection")
    outcome = world.machine.test_vend(selection, world.now())
    return {"outcome": outcome.value, "level": world.machine.column(selection).level}


def restock(world: VendingWorld, request: Request) -> Reply:
    """Open the door, fill "selection" (else all) to "level" (else to capacity), shut the door."""
    machine = world.machine
    level = requests.whole(request, "level", least=0, most=999) if "level" in request else None
    chosen = list(machine.planogram)
    if "selection" in request:
        chosen = [requests.text(request, "selection")]
    was_open = machine.memory.door_open
    machine.door(world.now(), world.time_s, is_open=True)
    try:
        return {"levels": {name: machine.restock(name, world.now(), level) for name in chosen}}
    finally:
        machine.door(world.now(), world.time_s, is_open=was_open)


def jam(world: VendingWorld, request: Request) -> Reply:
    """The motor of "selection" stalls."""
    world.machine.jam(requests.text(request, "selection"), world.now())
    return {}


def clear_jam(world: VendingWorld, request: Request) -> Reply:
    """The motor of "selection" is put right."""
    world.machine.clear_jam(requests.text(request, "selection"), world.now())
    return {}


def door(world: VendingWorld, request: Request) -> Reply:
    """The door's "state" becomes "open" or "closed"."""
    state = requests.choice(request, "state", ("open", "closed"))
    world.machine.door(world.now(), world.time_s, is_open=state == "open")
    return {}


def temperature(world: VendingWorld, request: Request) -> Reply:
    """The cabinet drifts to "celsius" within "over_s" seconds (20)."""
    celsius = requests.number(request, "celsius", least=-40, most=90)
    over_s = requests.number(request, "over_s", 20.0, least=0, most=DAY_S)
    world.machine.warm(celsius, over_s, world.time_s)
    return {"temperature_c": round(world.machine.temperature_c(world.time_s), 2)}


def power(world: VendingWorld, request: Request) -> Reply:
    """The mains fails for "seconds" (0): one outage more, and silence that long."""
    world.cut_power(requests.number(request, "seconds", 0.0, least=0, most=DAY_S))
    return {"outages": world.machine.memory.outages.since_init}


def selling(world: VendingWorld, request: Request) -> Reply:
    """From now on "per_hour" people come."""
    world.sell_at(requests.number(request, "per_hour", least=0, most=100_000))
    return {"per_hour": world.per_hour}


def reset(world: VendingWorld, _request: Request) -> Reply:
    """Somebody clears the interval counters in the machine's menu."""
    world.machine.reset_interval()
    return {}


def board(world: VendingWorld, _request: Request) -> Reply:
    """The control board is changed."""
    world.machine.new_board()
    return {"board": world.machine.memory.board}


def quirk(world: VendingWorld, request: Request) -> Reply:
    """From now on it does (or, with "on" false, does no more) what "name" says."""
    name = requests.choice(request, "name", tuple(QUIRKS))
    if request.get("on", True) is False:
        world.quirks.discard(name)
    else:
        world.quirks.add(name)
    return {"quirks": sorted(world.quirks)}


def push(world: VendingWorld, _request: Request) -> Reply:
    """It calls by itself now, and sends its events alone."""
    world.call_at_s = world.time_s
    return {}


def serve(world: VendingWorld, request: Request) -> Reply:
    """Serve the audit "file" from now on; without one, the machine's own again."""
    file = requests.text(request, "file", "")
    world.serve(Path(file) if file else None)
    return {"bytes": len(world.audit())}


def audit(world: VendingWorld, _request: Request) -> Reply:
    """The audit that a read would get now."""
    return {"audit": world.audit().decode("latin-1")}


def state(world: VendingWorld, _request: Request) -> Reply:
    """How things really stand; what a driver learns can be held against it."""
    memory = world.machine.memory
    return {
        "kind": "vending",
        "selections": {name: _column(world, name) for name in world.machine.planogram},
        "active": [code for code, row in memory.events.table.items() if row.active],
        "door": "open" if memory.door_open else "closed",
        "temperature_c": round(world.machine.temperature_c(world.time_s), 2),
        "outages": memory.outages.since_init,
        "reads": memory.reads,
        "per_hour": world.per_hour,
        "quirks": sorted(world.quirks),
    }


def _column(world: VendingWorld, name: str) -> Mapping[str, object]:
    column, row = world.machine.column(name), world.machine.planogram[name]
    return {
        "product": row.product,
        "level": column.level,
        "capacity": row.capacity,
        "paid": column.paid.since_init,
        "free": column.free.since_init,
        "test": column.test.since_init,
        "presses": column.presses,
        "jammed": column.jammed,
    }


VERBS: Mapping[str, Callable[[VendingWorld, Request], Reply]] = {
    "sell": sell,
    "test-vend": test_vend,
    "restock": restock,
    "jam": jam,
    "clear-jam": clear_jam,
    "door": door,
    "temperature": temperature,
    "power": power,
    "selling": selling,
    "reset": reset,
    "board": board,
    "quirk": quirk,
    "push": push,
    "serve": serve,
    "audit": audit,
    "state": state,
}
