"""Thinning: totals and excursions stay."""

from pathlib import Path

from sqlalchemy import select

from firmware_bridge.contract.clock import HandClock
from firmware_bridge.contract.messages import Body
from hub.ingest import Ingest
from hub.store import Store, tables
from hub.store.retention import HOUR_MS
from hub.upkeep import DAY_MS, Thinner
from tests.hub import builders as b

START_MS = b.T0 - b.T0 % DAY_MS


def filled(store_url: str) -> Store:
    """Two days: a count and a temperature every twenty minutes."""
    store = Store.open(store_url, HandClock())
    batch = []
    for number in range(2 * 24 * 3):
        at_ms = START_MS + number * HOUR_MS // 3
        warm = 41.5 if number == 20 else 20 + number % 3
        audit = b.audit(b.selection(dispensed=number))
        batch.append(b.delivery(b.envelope(audit, 2 * number + 1, at_ms=at_ms), at_ms))
        said = b.envelope(b.temperature(warm), 2 * number + 2, at_ms=at_ms)
        batch.append(b.delivery(said, at_ms))
    Ingest(store).accept(batch)
    return store


def test_old_figures_are_thinned_and_totals_and_excursions_stay(store_url: str) -> None:
    store = filled(store_url)
    clock = HandClock(wall_ms=START_MS + (90 + 1) * DAY_MS)
    gone = Thinner(store, 90, clock).run_once()
    with store.read() as transaction:
        counts = transaction.scalars(
            select(tables.counter.c.dispensed).order_by(tables.counter.c.observed_ms)
        ).all()
        warm = transaction.scalars(select(tables.temperature.c.temperature_c)).all()
    store.close()
    assert counts[:24] == [3 * hour + 2 for hour in range(24)]
    assert counts[24:] == list(range(72, 144))
    assert max(warm) == 41.5
    assert len(warm) == 24 * 2 + 72
    assert gone == 2 * 144 - len(counts) - len(warm)


def test_vends_go_and_levels_and_measurements_keep_what_matters(store_url: str) -> None:
    store = Store.open(store_url, HandClock())
    said: list[tuple[int, Body]] = [(minute, b.vend()) for minute in (1, 2, 70)]
    said += [(minute, b.level(9 - minute, settled=minute < 3)) for minute in (1, 2, 3)]
    said += [(minute, b.measurement(value)) for minute, value in ((1, 50), (2, 40), (3, 45))]
    batch = [
        b.delivery(b.envelope(body, seq, at_ms=START_MS + minute * 60_000))
        for seq, (minute, body) in enumerate(said, 1)
    ]
    Ingest(store).accept(batch)
    clock = HandClock(wall_ms=START_MS + 91 * DAY_MS)
    assert Thinner(store, 90, clock).run_once() == 3 + 2 + 1
    with store.read() as transaction:
        assert transaction.scalars(select(tables.slot_level.c.level)).all() == [7]
        assert sorted(transaction.scalars(select(tables.measurement.c.value))) == [40, 50]
        assert transaction.scalars(select(tables.vend.c.id)).all() == []
    store.close()


def test_readings_around_an_entry_are_all_kept(store_url: str) -> None:
    store = filled(store_url)
    hour = START_MS + 10 * HOUR_MS
    with store.begin() as transaction:
        place = {"device_id": 1, "selection": "A1", "kind": "count", "count": 3}
        times = {"observed_ms": hour, "recorded_ms": hour}
        transaction.execute(tables.stock_entry.insert().values(**place, **times))
    Thinner(store, 90, HandClock(wall_ms=START_MS + 91 * DAY_MS)).run_once()
    with store.read() as transaction:
        kept = transaction.scalars(
            select(tables.counter.c.observed_ms).where(
                tables.counter.c.observed_ms < START_MS + DAY_MS
            )
        ).all()
    store.close()
    near = [at_ms for at_ms in kept if abs(at_ms - hour) <= 2 * HOUR_MS]
    assert len(near) == 4 * 3 + 1
    assert len(kept) - len(near) == 24 - 4


def test_thinning_again_takes_no_more(tmp_path: Path) -> None:
    store = filled(f"sqlite:///{tmp_path / 'hub.db'}")
    clock = HandClock(wall_ms=START_MS + 200 * DAY_MS)
    assert Thinner(store, 90, clock).run_once() > 0
    assert Thinner(store, 90, clock).run_once() == 0
    store.close()
