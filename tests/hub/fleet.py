"""A small fleet in a real store, for tests of the judge and the workers."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import insert, select, update

from firmware_bridge.contract.clock import HandClock
from hub.alerts import Alert
from hub.export.settings import InfluxSettings
from hub.judge import Judge
from hub.notify.settings import NotifyChannel
from hub.rules.settings import RuleSettings
from hub.store import Store, alerts, tables

START_MS = 1_800_000_000_000


@dataclass(frozen=True)
class Config:
    """What the judge wants of a configuration."""

    rules: RuleSettings = field(default_factory=RuleSettings)
    notify: tuple[NotifyChannel, ...] = ()
    influx: InfluxSettings = field(default_factory=InfluxSettings)


class Fleet:
    """One site, one bridge, machines with slots 1 to n."""

    def __init__(self, folder: Path, config: Config | None = None, store_url: str = "") -> None:
        self.clock = HandClock(wall_ms=START_MS)
        self.store = Store.open(store_url or f"sqlite:///{folder / 'hub.db'}", self.clock)
        self.config = config or Config()
        self.judge = Judge(self.store, self.config, self.clock)

    def add_bridge(self, name: str = "pi-1") -> None:
        with self.store.begin() as transaction:
            transaction.execute(
                insert(tables.bridge).values(
                    site="north",
                    bridge=name,
                    state="online",
                    last_heard_ms=START_MS + 10**9,
                    heartbeat_s=60,
                    spool_depth=3,
                )
            )

    def add_machine(self, name: str = "lobby", slots: int = 2, bridge_id: int = 1) -> int:
        with self.store.begin() as transaction:
            of = {"bridge_id": bridge_id, "device": name, "kind": "vending", "state": "ok"}
            row = transaction.execute(
                insert(tables.device).values(audit_ms=START_MS, **of).returning(tables.device.c.id)
            )
            device_id = int(row.scalar_one())
            plan = {"device_id": device_id, "product": "Naloxone", "capacity": 20, "minimum": 4}
            lines = [{"selection": str(n), **plan} for n in range(1, slots + 1)]
            transaction.execute(insert(tables.slot), lines)
        return device_id

    def count(self, device_id: int, selection: str, counted: int, dispensed: int) -> None:
        values = {"counted": counted, "dispensed_at": dispensed, "observed_ms": self.clock.now_ms()}
        with self.store.begin() as transaction:
            place = {"device_id": device_id, "selection": selection}
            transaction.execute(insert(tables.anchor).values(**place, **values))

    def sell(self, device_id: int, selection: str, dispensed: int, **more: object) -> None:
        now_ms = self.clock.now_ms()
        times = {"observed_ms": now_ms, "received_ms": now_ms}
        with self.store.begin() as transaction:
            place = {"device_id": device_id, "selection": selection, "dispensed": dispensed}
            transaction.execute(insert(tables.counter).values(**place, **times, **more))
            of = tables.device.c.id == device_id
            transaction.execute(update(tables.device).where(of).values(audit_ms=now_ms))

    def warm(self, device_id: int, temperature_c: float, at_ms: int | None = None) -> None:
        at_ms = self.clock.now_ms() if at_ms is None else at_ms
        times = {"observed_ms": at_ms, "received_ms": self.clock.now_ms()}
        value = {"device_id": device_id, "probe": "cabinet", "temperature_c": temperature_c}
        with self.store.begin() as transaction:
            transaction.execute(insert(tables.temperature).values(**value, **times))

    def find(self, device_id: int, check: str, *detected: str) -> None:
        targets = [
            {"target": name, "level": "substance", "verdict": "detected"} for name in detected
        ]
        body = {"targets": targets, "library_grade": "demonstration"}
        now_ms = self.clock.now_ms()
        times = {"observed_ms": now_ms, "received_ms": now_ms, "findings_ms": now_ms}
        with self.store.begin() as transaction:
            value = {"id": check, "device_id": device_id, "findings_json": json.dumps(body)}
            transaction.execute(insert(tables.drug_check).values(**value, **times))

    def open(self) -> dict[str, Alert]:
        with self.store.read() as transaction:
            return alerts.open_alerts(transaction)

    def rules(self) -> list[str]:
        return sorted(alert.condition.rule for alert in self.open().values())

    def words(self, channel: str = "log") -> list[str]:
        c = tables.notification.c
        with self.store.read() as transaction:
            query = select(c.subject).where(c.channel == channel).order_by(c.id)
            return list(transaction.execute(query).scalars())
