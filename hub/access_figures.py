"""What was counted at the machines of a site in a month, from the store."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hub.access_report import Machine
from hub.errors import AccessError
from hub.store import Transaction, access_counts, access_policies
from hub.store.views import fleet

DAY_MS = 86_400_000


def machines_of(transaction: Transaction, site: str, month: str, timezone: str) -> list[Machine]:
    """Every machine of a site with its counts of a month, by the clock of its place.

    Args:
        transaction: of the store.
        site: which site.
        month: YYYY-MM.
        timezone: of machines without a policy.

    Raises:
        AccessError: the site has no machine, or the month is none.
    """
    devices = [each for each in fleet.devices(transaction, "vending") if each.site == site]
    if not devices:
        raise AccessError(f"site {site[:40]!r} has no vending machine that was heard")
    found = []
    for device in devices:
        policy = access_policies.policy_of(transaction, device.id)
        zone = ZoneInfo(policy.timezone if policy is not None else timezone)
        since_ms, until_ms = _month(month, zone)
        hours = access_counts.counts(transaction, [device.id], since_ms, until_ms)
        found.append(Machine(device.device, zone, tuple(hours)))
    return found


def _month(text: str, zone: ZoneInfo) -> tuple[int, int]:
    try:
        begin = datetime.strptime(text, "%Y-%m").replace(tzinfo=zone)
    except ValueError:
        raise AccessError(f"month {text[:20]!r}: YYYY-MM is wanted, such as 2026-11") from None
    year, month = (begin.year + 1, 1) if begin.month == 12 else (begin.year, begin.month + 1)
    end = begin.replace(year=year, month=month)
    return _ms(begin), _ms(end)


def _ms(when: datetime) -> int:
    return round(when.timestamp() * 1000)
