"""Heat and cold that each lot of naloxone had in machines, from ledgers and readings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from hub.exposure import ExposureSettings, LotReview, Reading, Stay, review_lots
from hub.rules.settings import StockSettings
from hub.rules.stock_words import is_naloxone
from hub.stock.stays import lot_stays
from hub.store import Transaction, slot_events, stock_facts, temperatures
from hub.store.views import fleet
from hub.store.views.fleet import DeviceView

HOUR_MS = 3_600_000
THINNED_GAP_MS = 2 * HOUR_MS
"""Of an old hour only the lowest and the highest reading are kept: two can be so far apart."""


def reviews(
    transaction: Transaction,
    now_ms: int,
    stock: StockSettings,
    *,
    keep_raw_days: int,
    lot: str = "",
    settings: ExposureSettings | None = None,
) -> list[LotReview]:
    """What every lot had at worst, and what to do.

    Args:
        transaction: what to read in.
        now_ms: the time, ms since 1970 UTC.
        stock: what is naloxone.
        keep_raw_days: older temperatures are thinned.
        lot: only this one, of whatever product; "" for every lot of naloxone.
        settings: see there.
    """
    stays: list[Stay] = []
    names: dict[str, str] = {}
    readings: dict[str, Sequence[Reading]] = {}
    for device in fleet.devices(transaction, "vending"):
        of_machine = list(_stays(transaction, device, now_ms, stock, lot))
        if not of_machine:
            continue
        first_ms = min(stay.from_ms for stay in of_machine) - HOUR_MS
        probes = temperatures.between(transaction, device.id, first_ms, now_ms)
        told = {
            probe: _whole(rows, now_ms - keep_raw_days * 24 * HOUR_MS)
            for probe, rows in probes.items()
        }
        for stay in of_machine:
            name = names.setdefault(stay.lot.casefold(), stay.lot)
            stays += _by_probe(replace(stay, lot=name), told)
        readings |= {f"{stay_machine(device)} {probe}": rows for probe, rows in told.items()}
    return review_lots(stays, readings, settings)


def stay_machine(device: DeviceView) -> str:
    """A machine's name."""
    return f"{device.site}/{device.device}"


def _stays(
    transaction: Transaction, device: DeviceView, now_ms: int, stock: StockSettings, lot: str
) -> Iterator[Stay]:
    products = {
        row.slot[1]: row.product
        for row in stock_facts.slots(transaction)
        if row.slot[0] == device.id
    }
    for selection, events in slot_events.all_events(transaction, device.id).items():
        product = products.get(selection, "")
        if not lot and product and not is_naloxone(product, stock):
            continue
        for stay in lot_stays(events):
            if not lot or stay.lot.casefold() == lot.casefold():
                to_ms = now_ms if stay.to_ms is None else stay.to_ms
                yield Stay(stay.lot, stay_machine(device), selection, stay.from_ms, to_ms)


def _by_probe(stay: Stay, probes: Mapping[str, Sequence[Reading]]) -> list[Stay]:
    """The stay as each probe that was there saw it; the worst of them will count.

    A probe that told less than half as often as the best one was not there all the time.
    """
    told = {
        probe: sum(stay.from_ms <= each.at_ms <= stay.to_ms for each in readings)
        for probe, readings in probes.items()
    }
    best = max(told.values(), default=0)
    if not best:
        return [stay]
    seen = [probe for probe, count in sorted(told.items()) if 2 * count >= best]
    return [replace(stay, machine=f"{stay.machine} {probe}") for probe in seen]


def _whole(rows: Sequence[tuple[int, float]], thinned_ms: int) -> list[Reading]:
    """Readings; where all but two an hour were thinned away, the line between two is a reading."""
    found = [Reading(*rows[0])] if rows else []
    for (before_ms, before_c), (at_ms, at_c) in pairwise(rows):
        if at_ms <= thinned_ms and HOUR_MS < at_ms - before_ms <= THINNED_GAP_MS:
            found.append(Reading((before_ms + at_ms) // 2, (before_c + at_c) / 2))
        found.append(Reading(at_ms, at_c))
    return found
