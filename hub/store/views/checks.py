"""Checks of samples: the list, and one with its spectrum and findings."""

import json
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select

from firmware_bridge.contract import codec
from firmware_bridge.contract.errors import DecodeError
from firmware_bridge.contract.messages import SCHEMA_VERSION, Findings, SpectrumTaken
from hub.store.engine import Transaction
from hub.store.tables import bridge, device, drug_check

Body = TypeVar("Body", SpectrumTaken, Findings)


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check in a list.

    Attributes:
        id: the random id of the check.
        findings_ms: when its findings came; None while they have not.
    """

    id: str
    device_id: int
    device: str
    site: str
    observed_ms: int
    findings_ms: int | None


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check with what has come of it; `spectrum` and `findings` come in either order."""

    row: CheckRow
    spectrum: SpectrumTaken | None
    findings: Findings | None


_TITLE = device.c.title
_ROW = (
    drug_check.c.id,
    drug_check.c.device_id,
    device.c.device,
    bridge.c.site,
    drug_check.c.observed_ms,
    drug_check.c.findings_ms,
)


def checks(
    transaction: Transaction, limit: int = 25, before_ms: int | None = None
) -> tuple[CheckRow, ...]:
    """The newest checks (those before a time), newest first; their curves are not read."""
    query = (
        select(*_ROW)
        .join_from(drug_check, device)
        .join(bridge)
        .order_by(drug_check.c.observed_ms.desc(), drug_check.c.id)
        .limit(limit)
    )
    if before_ms is not None:
        query = query.where(drug_check.c.observed_ms < before_ms)
    return tuple(CheckRow(*row) for row in transaction.execute(query))


def find_check(transaction: Transaction, check: str) -> CheckView | None:
    """One check; None if there is none with this id."""
    query = (
        select(*_ROW, drug_check.c.spectrum_json, drug_check.c.findings_json)
        .join_from(drug_check, device)
        .join(bridge)
        .where(drug_check.c.id == check)
    )
    row = transaction.execute(query).first()
    if row is None:
        return None
    *head, spectrum, findings = row
    return CheckView(CheckRow(*head), body(SpectrumTaken, spectrum), body(Findings, findings))


def findings(transaction: Transaction, check: str) -> Findings | None:
    """A check's findings; None while they have not come."""
    query = select(drug_check.c.findings_json).where(drug_check.c.id == check)
    return body(Findings, transaction.scalar(query))


def body(kind: type[Body], text: str | None) -> Body | None:
    """A message's body as it was stored; None where none is there, or it can't be read.

    It is read by the contract's own codec, so that a page shows only what a message may say.
    """
    if not text:
        return None
    head = {
        "v": SCHEMA_VERSION,
        "kind": kind.KIND,
        **dict.fromkeys(("site", "bridge", "device"), "stored"),
        **dict.fromkeys(("seq", "oldest_held"), 1),
        **dict.fromkeys(("device_time_ms", "monotonic_ms"), 0),
        "boot": "0" * 32,
        "clock_sane": True,
    }
    payload = f'{json.dumps(head)[:-1]}, "body": {text}}}'
    try:
        found = codec.decode(payload.encode("utf-8", "replace")).body
    except DecodeError:
        return None
    return found if isinstance(found, kind) else None


def instruments(transaction: Transaction) -> dict[str, str]:
    """By the id of each check: at which device its spectrum was measured."""
    query = (
        select(drug_check.c.id, bridge.c.site, device.c.device)
        .join_from(drug_check, device)
        .join(bridge)
    )
    return {row.id: f"{row.site}/{row.device}" for row in transaction.execute(query)}
