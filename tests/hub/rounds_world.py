"""A simulated town in a real store, by the road that messages take; with what staff wrote down."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from firmware_bridge.contract.clock import HandClock
from firmware_bridge.contract.messages import DeviceState, Temperature, VendingAudit
from firmware_bridge.fleet_feed import Told, messages, told
from hardware.simulators.fleet.play import play
from hardware.simulators.fleet.setup import FleetSetup
from hub.delivery import Delivery
from hub.ingest import BATCH, Ingest
from hub.stock import LotCount
from hub.store import Store, Transaction, restocks
from hub.store.restocks import NewEntry
from hub.store.views import fleet
from hub.store.views.fleet import DeviceView

DAY_MS = 86_400_000
SETUP = FleetSetup(machines=3, months=0.8, seed=4, late_share=0)
HOT, GAP, FINE = "machine-01", "machine-02", "machine-03"
ODD_DAYS = range(3, 6)
CALLED_BACK = "CB77"
EXPIRES = "2027-05-31"


@dataclass(frozen=True)
class Town:
    """The store, and the lines that it was told."""

    folder: Path
    store: Store
    lines: list[Mapping[str, Any]]
    start_ms: int
    end_ms: int

    def device(self, transaction: Transaction, name: str) -> DeviceView:
        (found,) = [each for each in fleet.devices(transaction) if each.device == name]
        return found


def build(folder: Path) -> Town:
    """Play it, send it, and enter the counts of every visit."""
    lines = [_weather(line) for line in play(SETUP)]
    start_ms, end_ms = lines[0]["t"], lines[-1]["t"]
    (folder / "data").mkdir()
    store = Store.open(f"sqlite:///{folder / 'data' / 'hub.db'}", HandClock(wall_ms=end_ms))
    boots: dict[object, str] = {}
    sent = messages(_heard(lines), lambda at: boots.setdefault(at, f"{len(boots) + 1:032x}"))
    waiting = [Delivery(topic, payload, at_ms) for topic, payload, at_ms in sent]
    ingest = Ingest(store)
    for first in range(0, len(waiting), BATCH):
        outcome = ingest.accept(waiting[first : first + BATCH])
        assert outcome.refused == 0
    town = Town(folder, store, lines, start_ms, end_ms)
    visits = [line for line in lines if line["kind"] == "service"]
    with store.begin() as transaction:
        for line in visits:
            of_machine = [each["t"] for each in visits if each["machine"] == line["machine"]]
            device_id = town.device(transaction, line["machine"]).id
            _count(transaction, device_id, line, _lots(line, of_machine))
    return town


def _lots(line: Mapping[str, Any], visits: list[int]) -> Mapping[str, str]:
    """A lot of naloxone from the first visit on; one that is called back since the last."""
    named = {"A2": line["machine"].upper()} if line["t"] == visits[0] else {}
    return named | ({"A4": CALLED_BACK} if line["t"] == visits[-1] else {})


def _weather(line: dict[str, Any]) -> Mapping[str, Any]:
    """Even warmth; one machine has three hot days, another three days without readings."""
    if line["kind"] != "temperatures":
        return line
    first = SETUP.first_day.toordinal() - 719163
    told: list[float | None] = [22.0] * len(line["c"])
    if line["t"] // DAY_MS - first in ODD_DAYS and line["machine"] in {HOT, GAP}:
        told = [44.0 if line["machine"] == HOT else None] * len(told)
    return line | {"c": told}


def _heard(lines: Iterable[Mapping[str, Any]]) -> Iterator[Told]:
    """What bridges tell; before each audit, that the machine was heard at the read before."""
    lines = list(lines)
    since = {(each["machine"], each["t"]): each["since"] for each in lines if "since" in each}
    for each in sorted(map(_after_audits, told(lines)), key=lambda each: each.sent_ms):
        if isinstance(each.body, VendingAudit) and (before := since[each.device, each.at_ms]):
            said = DeviceState(
                state="ok", fault="", detail="", advice="", faults=0, last_heard_ms=before
            )
            yield replace(each, at_ms=before, body=said)
        yield each


def _after_audits(each: Told) -> Told:
    """What is heard at the moment of an audit says nothing of the time before it."""
    if not isinstance(each.body, Temperature):
        return each
    return replace(each, at_ms=each.at_ms + 1, sent_ms=each.sent_ms + 1)


def _count(
    transaction: Transaction, device_id: int, line: Mapping[str, Any], lots: Mapping[str, str]
) -> None:
    for selection, count in line["counted"].items():
        of = (
            [LotCount(lot=lots[selection], expires=EXPIRES, count=count)]
            if selection in lots
            else []
        )
        entry = NewEntry(
            device_id=device_id,
            selection=selection,
            kind="count",
            count=count,
            observed_ms=line["t"],
            recorded_ms=line["t"],
            by_person="staff",
            lots=of,
        )
        restocks.add_entry(transaction, entry)
