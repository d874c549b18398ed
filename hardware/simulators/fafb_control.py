"""What a simulated FA FB board can be told: one function per verb, found by name."""

from collections.abc import Callable, Mapping

from hardware.simulators import requests
from hardware.simulators.device import Reply, Request
from hardware.simulators.fafb_board import FafbBoard

SELL_MAX = 1000
PRICE_MAX = 1_000_000


def obey(board: FafbBoard, request: Request) -> Reply:
    """Do what the request says.

    Raises:
        RequestError: it does not fit; the message names the key and what is accepted.
    """
    return VERBS[requests.choice(request, "do", tuple(VERBS))](board, request)


def sell(board: FafbBoard, request: Request) -> Reply:
    """Somebody has "selection" turned at the machine itself, "count" times."""
    count = requests.whole(request, "count", 1, least=1, most=SELL_MAX)
    board.sell(_selection(request), count)
    return {}


def select(board: FafbBoard, request: Request) -> Reply:
    """Somebody chooses "selection" and waits for the upper computer; 0 takes it back."""
    board.select(requests.whole(request, "selection", least=0, most=999))
    return {}


def restock(board: FafbBoard, request: Request) -> Reply:
    """Fill "selection" (else all) to "level" (else to capacity); a jam is cleared."""
    slots = board.machine.slots
    chosen = [_selection(request)] if "selection" in request else list(slots)
    for number in chosen:
        slot = board.machine.slot(number)
        slot.inventory = requests.whole(
            request, "level", slot.capacity, least=0, most=slot.capacity
        )
        slot.jammed = False
    return {"levels": {str(number): slots[number].inventory for number in chosen}}


def fill(board: FafbBoard, _request: Request) -> Reply:
    """Somebody presses "fully loaded": all slots are full, and the board says so (17)."""
    for slot in board.machine.slots.values():
        slot.inventory, slot.jammed = slot.capacity, False
    board.talk.tell(0x17)
    return {}


def jam(board: FafbBoard, request: Request) -> Reply:
    """The motor of "selection" stalls."""
    board.machine.slot(_selection(request)).jammed = True
    return {}


def clear_jam(board: FafbBoard, request: Request) -> Reply:
    """The motor of "selection" is put right."""
    board.machine.slot(_selection(request)).jammed = False
    return {}


def pause(board: FafbBoard, request: Request) -> Reply:
    """The board sells nothing from "selection" any more; "paused": false ends it."""
    paused = request.get("paused", True)
    board.machine.slot(_selection(request)).paused = bool(paused)
    return {}


def price(board: FafbBoard, request: Request) -> Reply:
    """The "price" of "selection", in the smallest unit."""
    cost = requests.whole(request, "price", least=0, most=PRICE_MAX)
    board.machine.slot(_selection(request)).price = cost
    return {}


def money(board: FafbBoard, request: Request) -> Reply:
    """Somebody puts coins of "amount" in (21)."""
    amount = requests.whole(request, "amount", least=1, most=PRICE_MAX)
    board.talk.tell(0x21, b"\x02" + amount.to_bytes(4, "big"))
    return {}


def door(board: FafbBoard, request: Request) -> Reply:
    """The door's "state" becomes "open" or "closed"; nothing is sold while it is open."""
    board.machine.door_open = requests.choice(request, "state", ("open", "closed")) == "open"
    return {}


def climate(board: FafbBoard, request: Request) -> Reply:
    """The cabinet has "celsius" and "humidity"; "cooling_fault" true or false."""
    machine = board.machine
    if "celsius" in request:
        machine.temperature = requests.number(request, "celsius", least=-40, most=90)
    if "humidity" in request:
        machine.humidity = requests.number(request, "humidity", least=0, most=100)
    machine.cooling_fault = bool(request.get("cooling_fault", machine.cooling_fault))
    return {}


def selling(board: FafbBoard, request: Request) -> Reply:
    """From now on "per_hour" people come."""
    board.sell_at(requests.number(request, "per_hour", least=0, most=100_000))
    return {"per_hour": board.per_hour}


def duplicate(board: FafbBoard, request: Request) -> Reply:
    """Every packet of data is sent twice for "seconds" (5)."""
    board.duplicate(requests.number(request, "seconds", 5.0, least=0, most=86_400))
    return {}


def state(board: FafbBoard, _request: Request) -> Reply:
    """How things really stand; what a driver learns can be held against it."""
    machine = board.machine
    return {
        "kind": "fafb",
        "selections": {
            str(number): {
                "level": slot.inventory,
                "capacity": slot.capacity,
                "vended": slot.vended,
                "failed": slot.failed,
                "jammed": slot.jammed,
            }
            for number, slot in machine.slots.items()
        },
        "selected": board.selected,
        "door": "open" if machine.door_open else "closed",
        "temperature_c": machine.temperature,
        "unanswered": board.talk.unanswered,
        "lost": board.talk.lost,
        "per_hour": board.per_hour,
    }


def _selection(request: Request) -> int:
    return requests.whole(request, "selection", least=1, most=999)


VERBS: Mapping[str, Callable[[FafbBoard, Request], Reply]] = {
    "sell": sell,
    "select": select,
    "restock": restock,
    "fill": fill,
    "jam": jam,
    "clear-jam": clear_jam,
    "pause": pause,
    "price": price,
    "money": money,
    "door": door,
    "climate": climate,
    "selling": selling,
    "duplicate": duplicate,
    "state": state,
}
