"""Alerts and their history, read and written."""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import Row, delete, func, insert, select, update

from hub.alerts import Alert, State, Transition, acknowledge
from hub.rules.base import Condition, Severity
from hub.store.engine import Transaction
from hub.store.tables import alert, alert_history

TOLD = "told"
"""Mark in the history's note of a step of which people were told."""


def open_alerts(transaction: Transaction) -> dict[str, Alert]:
    """Every alert that is not resolved, by key."""
    c = alert.c
    rows = transaction.execute(select(alert).where(c.state != "resolved").order_by(c.id)).all()
    told = _told_ms(transaction, [row.id for row in rows]) if rows else {}
    return {row.key: _alert(row, told.get(row.id)) for row in rows}


def firings_since(transaction: Transaction, since_ms: int) -> dict[str, int]:
    """How often each key has fired since a time."""
    c = alert.c
    rows = transaction.execute(
        select(c.key, func.count()).where(c.firing_ms >= since_ms).group_by(c.key)
    )
    return dict(rows.all())


def save(transaction: Transaction, transition: Transition, now_ms: int) -> int:
    """Write one step of one alert; returns the alert's row number.

    An alert that ends before anybody was told leaves no trace: it was no more than a flicker.
    """
    alert_id = transition.alert.alert_id
    if alert_id is None:
        alert_id = _insert(transaction, transition.alert)
    elif transition.before == "pending" and transition.alert.state == "resolved":
        transaction.execute(delete(alert).where(alert.c.id == alert_id))
        return alert_id
    else:
        values = _values(transition.alert)
        transaction.execute(update(alert).where(alert.c.id == alert_id).values(**values))
    if transition.note:
        note(transaction, alert_id, transition, now_ms)
    return alert_id


def note(transaction: Transaction, alert_id: int, transition: Transition, now_ms: int) -> None:
    """Add a line to an alert's history."""
    told = f"; {TOLD}: {transition.tell}" if transition.tell else ""
    transaction.execute(
        insert(alert_history).values(
            alert_id=alert_id,
            at_ms=now_ms,
            from_state=transition.before,
            to_state=transition.alert.state,
            by_person=transition.alert.acknowledged_by if _by_person(transition) else "",
            note=transition.note + told,
        )
    )


def acknowledge_alert(transaction: Transaction, alert_id: int, person: str, now_ms: int) -> bool:
    """Write that somebody has seen an alert; False where it is not open or was seen already."""
    row = transaction.execute(select(alert).where(alert.c.id == alert_id)).one_or_none()
    if row is None:
        return False
    transition = acknowledge(_alert(row, None), person, now_ms)
    if transition is None:
        return False
    save(transaction, transition, now_ms)
    return True


def count_open(transaction: Transaction) -> dict[tuple[str, str], int]:
    """How many alerts are firing or acknowledged, by site and severity."""
    c = alert.c
    rows = transaction.execute(
        select(c.site, c.severity, func.count())
        .where(c.state.in_(["firing", "acknowledged"]))
        .group_by(c.site, c.severity)
    )
    return {(site, severity): times for site, severity, times in rows}


def _by_person(transition: Transition) -> bool:
    return transition.alert.state == "acknowledged" and transition.before != "acknowledged"


def _told_ms(transaction: Transaction, alert_ids: Iterable[int]) -> dict[int, int]:
    c = alert_history.c
    open_rows = select(alert.c.id).where(alert.c.state != "resolved")
    rows = transaction.execute(
        select(c.alert_id, func.max(c.at_ms))
        .where(c.alert_id.in_(open_rows), c.note.contains(f"; {TOLD}: "))
        .group_by(c.alert_id)
    )
    wanted = set(alert_ids)
    return {alert_id: at_ms for alert_id, at_ms in rows if alert_id in wanted}


def _alert(row: Row[Any], told_ms: int | None) -> Alert:
    condition = Condition(
        key=row.key,
        rule=row.rule,
        severity=cast("Severity", row.severity),
        site=row.site,
        device_id=row.device_id,
        subject=row.subject,
        title=row.title,
        detail=row.detail,
        advice=row.advice,
    )
    return Alert(
        condition=condition,
        state=cast("State", row.state),
        opened_ms=row.opened_ms,
        alert_id=row.id,
        firing_ms=row.firing_ms,
        acknowledged_ms=row.acknowledged_ms,
        acknowledged_by=row.acknowledged_by,
        resolved_ms=row.resolved_ms,
        quiet_since_ms=row.last_true_ms,
        told_ms=told_ms,
    )


def _insert(transaction: Transaction, new: Alert) -> int:
    row = transaction.execute(insert(alert).values(**_values(new)).returning(alert.c.id)).one()
    return int(row.id)


def _values(changed: Alert) -> dict[str, Any]:
    condition = changed.condition
    return {
        "key": condition.key,
        "rule": condition.rule,
        "severity": condition.severity,
        "site": condition.site,
        "device_id": condition.device_id,
        "subject": condition.subject[:400],
        "title": condition.title[:400],
        "detail": condition.detail,
        "advice": condition.advice,
        "state": changed.state,
        "opened_ms": changed.opened_ms,
        "firing_ms": changed.firing_ms,
        "acknowledged_ms": changed.acknowledged_ms,
        "acknowledged_by": changed.acknowledged_by,
        "resolved_ms": changed.resolved_ms,
        "last_true_ms": changed.quiet_since_ms,
    }
