"""Messages as a bridge would send them, for tests of the hub."""

from dataclasses import replace

from firmware_bridge.contract import codec
from firmware_bridge.contract.clock import RELEASED_MS
from firmware_bridge.contract.messages import (
    Body,
    BridgeHealth,
    BridgeStatus,
    DeviceState,
    Envelope,
    Findings,
    MachineEvent,
    Measurement,
    SelectionCount,
    SlotLevel,
    SpectrumTaken,
    Temperature,
    Vend,
    VendingAudit,
)
from firmware_bridge.contract.topics import BridgeAddress, MessageTopic
from hub.delivery import Delivery

BOOT = "0" * 31 + "1"
LATER_BOOT = "0" * 31 + "2"
NORTH = BridgeAddress("north", "bridge-1")
T0 = RELEASED_MS + 86_400_000


def envelope(
    body: Body,
    seq: int = 1,
    *,
    boot: str = BOOT,
    oldest_held: int = 1,
    device: str = "machine-1",
    at_ms: int = T0,
    sane: bool = True,
    bridge: BridgeAddress = NORTH,
) -> Envelope:
    return Envelope(
        site=bridge.site,
        bridge=bridge.bridge,
        device=device,
        boot=boot,
        seq=seq,
        oldest_held=oldest_held,
        device_time_ms=at_ms,
        monotonic_ms=seq * 1000,
        clock_sane=sane,
        body=body,
    )


def delivery(said: Envelope, received_ms: int = T0 + 1000) -> Delivery:
    topic = MessageTopic(said.site, said.bridge, said.device, said.body.KIND)
    return Delivery(str(topic), codec.encode(said), received_ms)


def status(
    state: str = "online", boot: str = BOOT, received_ms: int = T0, bridge: BridgeAddress = NORTH
) -> Delivery:
    said = BridgeStatus(state="offline", boot=boot, software="0.1")
    if state == "online":
        said = replace(said, state="online")
    return Delivery(bridge.status_topic, codec.encode_status(said), received_ms, retained=True)


def event(count: int = 1) -> MachineEvent:
    return MachineEvent(
        code="EJ", name="jam", selection="A1", active=True, count=count, text="spiral"
    )


def temperature(celsius: float = 21.5) -> Temperature:
    return Temperature(probe="cabinet", temperature_c=celsius)


def vend(selection: str | None = "A1", **other: str) -> Vend:
    made = Vend(
        selection=selection,
        outcome="success",
        payment="free",
        price_minor=0,
        authorised=True,
        reason="",
    )
    return replace(made, **other)  # type: ignore[arg-type] # the caller names fields of the class


def level(items: int | None = 7, *, selection: str = "A1", settled: bool = True) -> SlotLevel:
    return SlotLevel(
        selection=selection, level=items, method="load-cell", raw=412.5, settled=settled
    )


def measurement(value: float = 61.5) -> Measurement:
    return Measurement(sensor="room", quantity="humidity", value=value, unit="%")


def state(word: str = "ok", fault: str = "") -> DeviceState:
    made = DeviceState(state="ok", fault=fault, detail="", advice="", faults=0, last_heard_ms=None)
    if word == "fault":
        return replace(made, state="fault")
    return replace(made, state="unreachable") if word == "unreachable" else made


def health(spool_depth: int = 0) -> BridgeHealth:
    return BridgeHealth(
        software="0.1",
        spool_depth=spool_depth,
        spool_dropped=0,
        disk_free_mb=900,
        heartbeat_s=30,
        cpu_temperature_c=None,
        undervoltage=None,
    )


def selection(name: str = "A1", dispensed: int = 10, **other: int | str | bool) -> SelectionCount:
    made = SelectionCount(
        selection=name,
        product="Naloxone",
        price_minor=0,
        capacity=20,
        par=18,
        level=None,
        minimum=None,
        dispensed=dispensed,
        paid=dispensed,
        free=0,
        test=0,
        dispensed_since_reset=None,
        presses_sold_out=0,
        sold_out=False,
    )
    return replace(made, **other)  # type: ignore[arg-type] # the caller names fields of the class


def audit(*selections: SelectionCount, serial: str = "S1") -> VendingAudit:
    return VendingAudit(
        serial=serial,
        model="M",
        board="B",
        selections=selections or (selection(),),
        power_outages=0,
        resets=0,
        warnings=(),
    )


def spectrum(check: str = "k1") -> SpectrumTaken:
    return SpectrumTaken(
        check=check,
        technique="ir",
        quantity="absorbance",
        axis_unit="cm-1",
        axis=(600.0, 601.0),
        values=(0.1, 0.2),
        instrument="I1",
        integration_time_us=None,
        scans=16,
        background_age_s=60,
        source="",
    )


def findings(check: str = "k1", unexplained: float = 0.1) -> Findings:
    return Findings(
        check=check,
        targets=(),
        components=(),
        unexplained=unexplained,
        hits=(),
        quality=(),
        library_name="demo",
        library_version="1",
        library_grade="demonstration",
        releasable=False,
        blocked_by=("demonstration library",),
        recipe="r",
        axis_unit="cm-1",
        axis=(600.0, 601.0),
        measured=(0.1, 0.2),
        fit=(0.1, 0.2),
        residual=(0.0, 0.0),
    )
