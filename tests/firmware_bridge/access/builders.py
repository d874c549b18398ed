"""Policies, moments and a driver that does as it is told, for tests of access."""

import hashlib
from dataclasses import replace

from firmware_bridge.contract import access_codes
from firmware_bridge.contract.access import AccessTable, CodeGroup, DeviceAccess
from firmware_bridge.drivers.base import Step
from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.readings import CodeReading, Reading, VendReading, VendRequestReading
from firmware_bridge.spool import Moment

START_MS = 1_795_176_000_000
"""Friday, 2026-11-20, 12:00 UTC."""

KEY = bytes(range(32))
CODES = tuple(
    access_codes.with_check(stem, "letters") for stem in ("k7m2p9wx", "r4t6vwx8", "n3p5r7tv")
)


def digest(code: str) -> str:
    """Quick, for tests of the gate; as unlike the code as the real one."""
    return hashlib.blake2b(code.encode(), digest_size=16).hexdigest()


def at(seconds: float = 0, *, sane: bool = True, monotonic_s: float | None = None) -> Moment:
    monotonic = seconds if monotonic_s is None else monotonic_s
    return Moment(START_MS + round(seconds * 1000), round(monotonic * 1000), sane=sane)


def group(*codes: str, uses: int | None = 1, until_ms: int | None = None) -> CodeGroup:
    digests = tuple(digest(code) for code in codes or CODES)
    return CodeGroup(digests=digests, uses=uses, valid_from_ms=None, valid_until_ms=until_ms)


def policy(**changes: object) -> DeviceAccess:
    made = DeviceAccess(
        device="machine-1",
        mode="issued",
        paused=False,
        hours=(),
        timezone="UTC",
        items_per_session=1,
        quota_items=None,
        quota_period_s=7 * 86_400,
        codes=(group(),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the caller names fields of it


def table(*policies: DeviceAccess, version: int = 1) -> AccessTable:
    return AccessTable(
        site="harbour-street", bridge="pi-1", version=version, devices=policies or (policy(),)
    )


def real_table(*, key: bytes = KEY, version: int = 1, **changes: object) -> AccessTable:
    """With the hashes that the real road makes."""
    digests = tuple(access_codes.digest_of(key, code) for code in CODES)
    codes = CodeGroup(digests=digests, uses=1, valid_from_ms=None, valid_until_ms=None)
    return table(policy(codes=(codes,), **changes), version=version)


class ObedientDriver:
    """A machine that gives what it is told to give, and remembers what it was told.

    Bytes that arrive are lines: "code CODE" was typed, "choose SELECTION" was pressed. After
    "approve" or "begin N" items come by themselves, as many as `gives` says at most.
    """

    def __init__(self, gives: int = 99, wait_s: float = 10.0) -> None:
        self.told: list[str] = []
        self.gives, self.wait_s = gives, wait_s
        self.refuses = False

    def opened(self, now_s: float) -> Step:
        return Step(wake_at_s=now_s + 3600)

    def feed(self, data: bytes, now_s: float) -> Step:  # noqa: ARG002 - as a driver is asked
        readings: list[Reading] = []
        for line in data.decode("ascii", "replace").splitlines():
            word, _, rest = line.partition(" ")
            if word == "code":
                readings.append(CodeReading(rest))
            elif word == "choose":
                readings.append(_chosen(rest, self.wait_s))
        return Step(readings=tuple(readings))

    def wake(self, now_s: float) -> Step:
        return Step(wake_at_s=now_s + 3600)

    def request(self, what: str, now_s: float) -> Step:  # noqa: ARG002 - as above
        self.told.append(what)
        if self.refuses:
            raise UnknownRequestError("this machine is busy")
        word, _, number = what.partition(" ")
        wanted = {"begin": int(number or 0), "approve": 1}.get(word, 0)
        given = min(wanted, self.gives)
        return Step(readings=(vend(),) * given)


def _chosen(selection: str, wait_s: float) -> VendRequestReading:
    return VendRequestReading(selection=selection, price_minor=1, wait_s=wait_s)


def vend(outcome: str = "success", *, authorised: bool = True) -> VendReading:
    return VendReading(
        source="mdb",
        selection="11",
        outcome=outcome,  # type: ignore[arg-type]  # one of its words
        payment="free",
        authorised=authorised,
    )
