"""What a simulated controller board can be told: one function per verb, found by name."""

from collections.abc import Callable, Mapping
from typing import Protocol

from hardware.simulators import requests
from hardware.simulators.board_world import SWITCHES, BoardWorld
from hardware.simulators.device import Reply, Request

PRESSES_MAX = 1000
PROBES = ("cabinet", "outside")


class Board(Protocol):
    """What of a board is worked here."""

    world: BoardWorld
    boots: int

    def boot(self) -> None:
        """Start anew."""

    def press(self, name: str) -> str:
        """A button; what came of it."""

    def code(self, code: str) -> None:
        """A code on the keypad."""

    def event(self, name: str, *, on: bool, selection: str = "", what: str = "") -> None:
        """A condition begins or ends."""

    def switch(self, name: str, *, on: bool) -> None:
        """One of the switches changes."""

    def tell_levels(self) -> None:
        """Tell what the level sensors see."""


def obey(board: Board, request: Request) -> Reply:
    """Do what the request says.

    Raises:
        RequestError: it does not fit; the message names the key and what is accepted.
    """
    return VERBS[requests.choice(request, "do", tuple(VERBS))](board, request)


def press(board: Board, request: Request) -> Reply:
    """Somebody presses the button of "selection", "count" times."""
    name = requests.text(request, "selection")
    count = requests.whole(request, "count", 1, least=1, most=PRESSES_MAX)
    return {"outcomes": [board.press(name) for _turn in range(count)]}


def code(board: Board, request: Request) -> Reply:
    """Somebody types "code" on the keypad."""
    board.code(requests.text(request, "code"))
    return {}


def restock(board: Board, request: Request) -> Reply:
    """Fill "selection" (else all) to "level" (else to capacity)."""
    chosen = list(board.world.planogram)
    if "selection" in request:
        chosen = [requests.text(request, "selection")]
    for name in chosen:
        most = board.world.planogram[name].capacity if name in board.world.planogram else 0
        board.world.slot(name).level = requests.whole(request, "level", most, least=0, most=999)
    board.tell_levels()
    return {"levels": {name: board.world.slot(name).level for name in chosen}}


def jam(board: Board, request: Request) -> Reply:
    """The motor of "selection" sticks from now on."""
    board.world.slot(requests.text(request, "selection")).jammed = True
    return {}


def clear_jam(board: Board, request: Request) -> Reply:
    """The motor of "selection" is put right."""
    name = requests.text(request, "selection")
    if board.world.slot(name).jammed:
        board.world.slot(name).jammed = False
        board.event("jam", on=False, selection=name)
    return {}


def switch(board: Board, request: Request) -> Reply:
    """The switch "name" (door, tamper, tilt, mains-lost) is "on" 1 or 0."""
    name = requests.choice(request, "name", SWITCHES)
    board.switch(name, on=bool(requests.whole(request, "on", least=0, most=1)))
    return {"on": [each for each, on in board.world.on.items() if on]}


def drop_sensor(board: Board, request: Request) -> Reply:
    """The light curtain is "broken" 1 or 0."""
    broken = bool(requests.whole(request, "broken", least=0, most=1))
    if broken != board.world.beam_broken:
        board.world.beam_broken = broken
        board.event("drop-sensor", on=broken)
    return {}


def sensor(board: Board, request: Request) -> Reply:
    """Set "cabinet", "outside" (Celsius), "humidity" (%), "supply" or "battery" (V)."""
    world = board.world
    for name in PROBES:
        if name in request:
            world.celsius[name] = requests.number(request, name, least=-55, most=125)
    world.humidity = requests.number(request, "humidity", world.humidity, least=0, most=100)
    world.supply = requests.number(request, "supply", world.supply, least=0, most=60)
    world.battery = requests.number(request, "battery", world.battery, least=0, most=60)
    return {"temperatures_c": dict(world.celsius)}


def dead_probe(board: Board, request: Request) -> Reply:
    """The probe "name" does not answer any more."""
    name = requests.choice(request, "name", PROBES)
    board.world.celsius[name] = None
    board.event("probe", on=True, what=f"temp {name}")
    return {}


def power(board: Board, _request: Request) -> Reply:
    """The power goes and comes back: another boot, the same counters."""
    board.boot()
    return {"boots": board.boots}


def board_change(board: Board, _request: Request) -> Reply:
    """Another board is put in: counters at zero."""
    board.world.new_board()
    board.boot()
    return {}


def state(board: Board, _request: Request) -> Reply:
    """How things really stand; what a driver learns can be held against it."""
    world = board.world
    return {
        "kind": "board",
        "selections": {name: slot.model_dump() for name, slot in world.kept.slots.items()},
        "on": [name for name, on in world.on.items() if on],
        "temperatures_c": dict(world.celsius),
        "boots": board.boots,
    }


VERBS: Mapping[str, Callable[[Board, Request], Reply]] = {
    "press": press,
    "code": code,
    "restock": restock,
    "jam": jam,
    "clear-jam": clear_jam,
    "switch": switch,
    "drop-sensor": drop_sensor,
    "sensor": sensor,
    "dead-probe": dead_probe,
    "power": power,
    "board": board_change,
    "state": state,
}
