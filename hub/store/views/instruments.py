"""Instruments as pages show them: how each stands, and its performance checks."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from firmware_bridge.contract import codec
from firmware_bridge.contract.errors import DecodeError
from firmware_bridge.contract.instrument import PerformanceTold
from hub.instruments import Care
from hub.store import instruments as kept
from hub.store.dialect import clip
from hub.store.engine import Transaction
from hub.store.instrument_tables import performance_check
from hub.store.views import fleet
from hub.store.views.fleet import DeviceView

MOST_CHECKS = 500
"""No page and no chart shows more checks of one instrument; the newest are kept."""


@dataclass(frozen=True, slots=True)
class PerformanceView:
    """One performance check.

    Attributes:
        at_ms: when it was, as far as that is known, ms since 1970 UTC.
        is_dated: whether that is the bridge's own time of it; else it is near when it was told.
        told: its figures.
    """

    at_ms: int
    is_dated: bool
    told: PerformanceTold


@dataclass(frozen=True, slots=True)
class InstrumentView:
    """One instrument.

    Attributes:
        device: its device.
        care: how it stood when its bridge spoke of it last; None where it never did.
        check: the check that `care` speaks of; None where there is none, or its figures are not
            here.
    """

    device: DeviceView
    care: Care | None
    check: PerformanceView | None


def instruments(transaction: Transaction) -> tuple[InstrumentView, ...]:
    """Every spectrometer of every site, by site, bridge and name."""
    return _views(transaction, fleet.devices(transaction, "spectrometer"))


def find_instrument(transaction: Transaction, device_id: int) -> InstrumentView | None:
    """One instrument; None if there is none with this number."""
    device = fleet.find_device(transaction, device_id)
    if device is None or device.kind != "spectrometer":
        return None
    return _views(transaction, [device])[0]


def _views(transaction: Transaction, devices: Iterable[DeviceView]) -> tuple[InstrumentView, ...]:
    cares = kept.cares(transaction)
    return tuple(
        InstrumentView(device, cares.get(device.id), _newest(transaction, device, cares))
        for device in devices
    )


def _newest(
    transaction: Transaction, device: DeviceView, cares: dict[int, Care]
) -> PerformanceView | None:
    care = cares.get(device.id)
    if care is None or not care.has_check:
        return None
    found = performance_checks(transaction, device.id, care.serial, 1)
    return found[-1] if found and found[-1].told.at_ms == care.told_check_ms else None


def performance_checks(
    transaction: Transaction, device_id: int, serial: str, limit: int = MOST_CHECKS
) -> tuple[PerformanceView, ...]:
    """The newest checks of one instrument, oldest first; what can't be read is left out."""
    c = performance_check.c
    query = (
        select(c.observed_ms, c.clock_sane, c.told_json)
        .where(c.device_id == device_id, c.serial == clip(serial))
        .order_by(c.observed_ms.desc(), c.id.desc())
        .limit(limit)
    )
    found = []
    for at_ms, is_dated, text in transaction.execute(query):
        try:
            told = codec.decode_body(PerformanceTold, text)
        except DecodeError:
            continue
        found.append(PerformanceView(at_ms, is_dated, told))
    return tuple(reversed(found))


def serials(transaction: Transaction, device_id: int) -> dict[str, int]:
    """Which instruments stood at this place, and how many checks of each are known."""
    c = performance_check.c
    query = (
        select(c.serial, func.count()).where(c.device_id == device_id).group_by(c.serial)
    ).order_by(c.serial)
    return {serial: int(count) for serial, count in transaction.execute(query)}
