"""What is kept as it comes: machine events, temperatures, and checks of samples."""

import json
import re
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, insert, select, update

from firmware_bridge.contract.messages import Findings, MachineEvent, SpectrumTaken, Temperature
from hub.store.dialect import clip
from hub.store.moment import Moment
from hub.store.tables import drug_check, machine_event, temperature

_ADD_EVENT = insert(machine_event)
_ADD_TEMPERATURE = insert(temperature)
_CHECK_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}")


class ForeignCheckError(ValueError):
    """A check's id can't be taken: malformed, or another device's."""


def take_event(transaction: Connection, of_device: int, body: MachineEvent, moment: Moment) -> None:
    """Keep a machine's event."""
    transaction.execute(
        _ADD_EVENT,
        {
            "device_id": of_device,
            "observed_ms": moment.observed_ms,
            "received_ms": moment.received_ms,
            "clock_sane": moment.clock_sane,
            "boot": moment.boot,
            "seq": moment.seq,
            "code": clip(body.code),
            "name": clip(body.name, 60),
            "selection": None if body.selection is None else clip(body.selection),
            "active": body.active,
            "count": body.count,
            "text": body.text,
        },
    )


def take_temperature(
    transaction: Connection, of_device: int, body: Temperature, moment: Moment
) -> None:
    """Keep a temperature."""
    transaction.execute(
        _ADD_TEMPERATURE,
        {
            "device_id": of_device,
            "probe": clip(body.probe),
            "observed_ms": moment.observed_ms,
            "received_ms": moment.received_ms,
            "clock_sane": moment.clock_sane,
            "temperature_c": body.temperature_c,
        },
    )


def take_spectrum(
    transaction: Connection, of_device: int, body: SpectrumTaken, moment: Moment
) -> None:
    """Keep a sample's spectrum; the first one of a check stays.

    Raises:
        ForeignCheckError: the check's id can't be taken.
    """
    row = _check(transaction, of_device, body.check, moment)
    if row.spectrum_json is None:
        _set(transaction, body.check, spectrum_json=_json(body))


def take_findings(transaction: Connection, of_device: int, body: Findings, moment: Moment) -> None:
    """Keep what the matcher found. Findings made anew replace the older ones, whatever comes first.

    Raises:
        ForeignCheckError: the check's id can't be taken.
    """
    row = _check(transaction, of_device, body.check, moment)
    if row.findings_ms is None or row.findings_ms <= moment.observed_ms:
        _set(
            transaction,
            body.check,
            findings_json=_json(body),
            findings_ms=moment.observed_ms,
        )


def _check(transaction: Connection, of_device: int, check: str, moment: Moment) -> Any:  # noqa: ANN401 - a row
    """The row of a check, made where it has none."""
    if not _CHECK_ID.fullmatch(check):
        raise ForeignCheckError(f"check id {check[:80]!r}: 1 to 64 letters and digits are wanted")
    row = transaction.execute(select(drug_check).where(drug_check.c.id == check)).first()
    if row is not None and row.device_id != of_device:
        raise ForeignCheckError(f"check {check!r} belongs to another device")
    if row is not None:
        return row
    values = {
        "id": check,
        "device_id": of_device,
        "observed_ms": moment.observed_ms,
        "received_ms": moment.received_ms,
        "clock_sane": moment.clock_sane,
    }
    transaction.execute(insert(drug_check).values(values))
    return transaction.execute(select(drug_check).where(drug_check.c.id == check)).one()


def _set(transaction: Connection, check: str, **values: object) -> None:
    transaction.execute(update(drug_check).where(drug_check.c.id == check).values(**values))


def _json(body: SpectrumTaken | Findings) -> str:
    return json.dumps(asdict(body), ensure_ascii=False, separators=(",", ":"))
