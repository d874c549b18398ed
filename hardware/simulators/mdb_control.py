"""What a simulated machine on MDB can be told: one function per verb, found by name."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from hardware.simulators import requests
from hardware.simulators.device import Reply, Request
from hardware.simulators.mdb_adapter import Stand
from hardware.simulators.mdb_vmc import Vmc

COUNT_MAX = 1000
PAYMENTS = ("none", "cash", "card", "free-card", "free", "test")
_CARD_KINDS = {"card": 0, "free-card": 0x80}


def obey(vmc: Vmc, request: Request) -> Reply:
    """Do what the request says.

    Raises:
        RequestError: it does not fit; the message names the key and what is accepted.
    """
    return VERBS[requests.choice(request, "do", tuple(VERBS))](vmc, request)


def sell(vmc: Vmc, request: Request) -> Reply:
    """Somebody takes "selection" "count" times, paid by "pay": cash, card, free, none ..."""
    selection = requests.text(request, "selection")
    count = requests.whole(request, "count", 1, least=1, most=COUNT_MAX)
    pay = requests.choice(request, "pay", PAYMENTS, "cash")
    vmc.machine.column(selection)
    outcomes = [_sell_one(vmc, selection, pay) for _turn in range(count)]
    counts = {outcome: outcomes.count(outcome) for outcome in dict.fromkeys(outcomes)}
    return {"level": vmc.machine.column(selection).level, **counts}


def _sell_one(vmc: Vmc, selection: str, pay: str) -> str:
    if pay == "none":
        return vmc.choose(selection)
    if pay in _CARD_KINDS:
        return vmc.card(selection, _CARD_KINDS[pay])
    return vmc.cash(selection, "paid" if pay == "cash" else pay)


def restock(vmc: Vmc, request: Request) -> Reply:
    """Fill "selection" (else all) to "level" (else to capacity)."""
    level = requests.whole(request, "level", least=0, most=999) if "level" in request else None
    chosen = list(vmc.machine.planogram)
    if "selection" in request:
        chosen = [requests.text(request, "selection")]
    now = datetime.fromtimestamp(0, UTC)
    return {"levels": {name: vmc.machine.restock(name, now, level) for name in chosen}}


def jam(vmc: Vmc, request: Request) -> Reply:
    """The motor of "selection" stalls: its vends fail."""
    vmc.machine.jam(requests.text(request, "selection"), datetime.fromtimestamp(0, UTC))
    return {}


def clear_jam(vmc: Vmc, request: Request) -> Reply:
    """The motor of "selection" is put right."""
    vmc.machine.clear_jam(requests.text(request, "selection"), datetime.fromtimestamp(0, UTC))
    return {}


def reset(vmc: Vmc, request: Request) -> Reply:
    """The controller is reset; what was under way drops, unless "drops" is "no"."""
    vmc.restart(drops=requests.choice(request, "drops", ("yes", "no"), "yes") == "yes")
    return {}


def return_lever(vmc: Vmc, _request: Request) -> Reply:
    """Somebody presses the return lever: request or session end."""
    vmc.cancel()
    vmc.complete()
    return {}


def reader(vmc: Vmc, request: Request) -> Reply:
    """The machine switches its card reader: "state" is "enabled" or "disabled"."""
    vmc.enable(on=requests.choice(request, "state", ("enabled", "disabled")) == "enabled")
    return {}


def power(vmc: Vmc, request: Request) -> Reply:
    """The machine is switched "on" or "off" ("state"); the adapter has its own supply."""
    vmc.power(on=requests.choice(request, "state", ("on", "off")) == "on")
    return {}


def restart_adapter(vmc: Vmc, _request: Request) -> Reply:
    """The adapter restarts by itself and forgets its settings; a vend under way goes on."""
    vmc.adapter.restart()
    return {"restarts": vmc.adapter.restarts}


def say(vmc: Vmc, request: Request) -> Reply:
    """The adapter says "line", whatever it is; with "end" "no" as a half line."""
    line = requests.text(request, "line").encode("ascii", "replace")
    ended = requests.choice(request, "end", ("yes", "no"), "yes") == "yes"
    vmc.adapter.out += line + (b"\r\n" if ended else b"")
    return {}


def state(vmc: Vmc, _request: Request) -> Reply:
    """How things really stand; what a driver learns can be held against it."""
    adapter, machine = vmc.adapter, vmc.machine
    return {
        "kind": "mdb",
        "adapter": adapter.stand.value,
        "sniffing": adapter.sniffing,
        "settings": dict(adapter.settings),
        "restarts": adapter.restarts,
        "busy": adapter.stand in (Stand.IDLE, Stand.VEND, Stand.APPROVED),
        "taken": list(vmc.ledger.taken),
        "failed": list(vmc.ledger.failed),
        "heard": list(adapter.heard[-20:]),
        "selections": {
            name: {
                "item": vmc.item(name),
                "level": machine.column(name).level,
                "price_cents": row.price_cents,
                "jammed": machine.column(name).jammed,
            }
            for name, row in machine.planogram.items()
        },
    }


VERBS: Mapping[str, Callable[[Vmc, Request], Reply]] = {
    "sell": sell,
    "restock": restock,
    "jam": jam,
    "clear-jam": clear_jam,
    "reset": reset,
    "return-lever": return_lever,
    "reader": reader,
    "power": power,
    "restart-adapter": restart_adapter,
    "say": say,
    "state": state,
}
