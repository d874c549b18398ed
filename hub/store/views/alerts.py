"""Alerts as pages show them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select

from hub.store.engine import Transaction
from hub.store.tables import alert, alert_history, device

OPEN = ("firing", "acknowledged")
"""States of alerts that people have been told of and that still stand."""


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert; `state` is "pending", "firing", "acknowledged" or "resolved"."""

    id: int
    key: str
    rule: str
    severity: str
    site: str
    device_id: int | None
    subject: str
    title: str
    detail: str
    advice: str
    state: str
    opened_ms: int
    firing_ms: int | None
    acknowledged_ms: int | None
    acknowledged_by: str
    resolved_ms: int | None
    last_true_ms: int | None
    device_kind: str | None

    @property
    def check(self) -> str | None:
        """The check that it is about; None where it is about something else."""
        return self.key.rsplit("/", 1)[-1] if self.rule == "target-detected" else None


@dataclass(frozen=True, slots=True)
class AlertStep:
    """One step of an alert's life."""

    at_ms: int
    from_state: str
    to_state: str
    by_person: str
    note: str


_COLUMNS = [alert.c[name] for name in AlertView.__dataclass_fields__ if name != "device_kind"]
_ALERTS: Select[Any] = select(*_COLUMNS, device.c.kind).join_from(alert, device, isouter=True)
_RANK = case((alert.c.severity == "critical", 0), (alert.c.severity == "warning", 1), else_=2)


def open_alerts(transaction: Transaction, limit: int = 500) -> tuple[AlertView, ...]:
    """What stands now: unacknowledged first, then by severity, newest first."""
    query = (
        _ALERTS.where(alert.c.state.in_(OPEN))
        .order_by(alert.c.state.desc(), _RANK, alert.c.opened_ms.desc())
        .limit(limit)
    )
    return tuple(AlertView(*row) for row in transaction.execute(query))


def past_alerts(transaction: Transaction, limit: int = 100) -> tuple[AlertView, ...]:
    """What is over, newest first; what never was told to anybody is left out."""
    query = (
        _ALERTS.where(alert.c.state == "resolved", alert.c.firing_ms.is_not(None))
        .order_by(alert.c.resolved_ms.desc(), alert.c.id.desc())
        .limit(limit)
    )
    return tuple(AlertView(*row) for row in transaction.execute(query))


def find_alert(transaction: Transaction, alert_id: int) -> AlertView | None:
    """One alert; None if there is none with this number."""
    row = transaction.execute(_ALERTS.where(alert.c.id == alert_id)).first()
    return None if row is None else AlertView(*row)


def steps(transaction: Transaction, alert_id: int) -> tuple[AlertStep, ...]:
    """Every step of one alert, oldest first."""
    names = AlertStep.__dataclass_fields__
    query = (
        select(*[alert_history.c[name] for name in names])
        .where(alert_history.c.alert_id == alert_id)
        .order_by(alert_history.c.at_ms, alert_history.c.id)
    )
    return tuple(AlertStep(*row) for row in transaction.execute(query))


def count_unacknowledged(transaction: Transaction) -> int:
    """How many alerts wait for somebody."""
    query = select(func.count()).select_from(alert).where(alert.c.state == "firing")
    return transaction.scalar(query) or 0
