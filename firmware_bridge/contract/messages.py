"""What a bridge can say: frozen values, one class per kind of message.

There is no field for a person who uses a machine or brings a sample, and none may be added.
A field's absence is an error; what is unknown is sent as null. A field added later carries
`since` in its metadata and a default, and may be missing from older bridges.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from firmware_bridge.contract.amounts import AmountFinding, Correction
from firmware_bridge.contract.check_events import CheckEvent
from firmware_bridge.contract.instrument import (
    InstrumentTold,
    PerformanceFigure,
    PerformanceTold,
)
from firmware_bridge.contract.vending import (
    AccessCounts,
    MachineEvent,
    Measurement,
    RefusalCount,
    SelectionCount,
    SlotLevel,
    Temperature,
    Vend,
    VendingAudit,
)

__all__ = [
    "BODIES",
    "BRIDGE_DEVICE",
    "SCHEMA_VERSION",
    "AccessCounts",
    "Acknowledgement",
    "AmountFinding",
    "Body",
    "BridgeHealth",
    "BridgeStatus",
    "CheckEvent",
    "ComponentFinding",
    "Correction",
    "DeviceState",
    "Envelope",
    "Findings",
    "HitFinding",
    "InstrumentTold",
    "MachineEvent",
    "Measurement",
    "PerformanceFigure",
    "PerformanceTold",
    "Position",
    "QualityFinding",
    "RefusalCount",
    "SelectionCount",
    "SlotLevel",
    "SpectrumTaken",
    "TargetFinding",
    "Temperature",
    "Vend",
    "VendingAudit",
]

SCHEMA_VERSION = 1
"""Version of the envelope and of every body in this file."""

BRIDGE_DEVICE = "bridge"
"""The device name under which a bridge speaks of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceState:
    """Whether a device can be heard. Sent on every change, and with every heartbeat.

    Attributes:
        state: "ok", "fault" (it talks, but not so that it can be understood) or "unreachable".
        fault: which kind of trouble, "" when ok.
        detail: what was wrong, for a person.
        advice: what to do about it.
        faults: how many faults since the bridge started.
        last_heard_ms: when it was last understood (device time), None if never since the start.
    """

    KIND: ClassVar[str] = "device-state"

    state: Literal["ok", "fault", "unreachable"]
    fault: str
    detail: str
    advice: str
    faults: int
    last_heard_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeHealth:
    """A bridge's own condition; its heartbeat.

    Attributes:
        software: version of the bridge's software.
        spool_depth: messages that the hub has not yet acknowledged.
        spool_dropped: messages dropped because the spool was full, since it was made.
        disk_free_mb: free space where the spool lies.
        heartbeat_s: the next one comes within this many seconds.
        cpu_temperature_c: of the processor, where it can be read.
        undervoltage: whether the power supply was too weak since start, where it can be read.
    """

    KIND: ClassVar[str] = "bridge-health"

    software: str
    spool_depth: int
    spool_dropped: int
    disk_free_mb: int
    heartbeat_s: int
    cpu_temperature_c: float | None
    undervoltage: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpectrumTaken:
    """A sample's spectrum as it went into the matcher.

    Attributes:
        check: random id of the check, made by the bridge; the findings carry the same.
        technique: "ir", "raman", "nir" or "uv-vis".
        quantity: what `values` are, such as "absorbance" or "counts".
        axis_unit: unit of `axis`.
        axis: one number per point, rising.
        values: one number per point.
        instrument: serial number or name of the instrument.
        integration_time_us: per scan; None where the instrument does not say.
        scans: scans added or averaged; None where the instrument does not say.
        background_age_s: age of the background that was divided by; None if none was.
        source: file name for a dropped file, else "".
        corrections: what was mended in the counts, and what was not and why; empty where the
            instrument's own program made the spectrum, or an older bridge sent it.
    """

    KIND: ClassVar[str] = "spectrum"

    check: str
    technique: Literal["ir", "raman", "nir", "uv-vis"]
    quantity: str
    axis_unit: str
    axis: tuple[float, ...]
    values: tuple[float, ...]
    instrument: str
    integration_time_us: int | None
    scans: int | None
    background_age_s: int | None
    source: str
    corrections: tuple[Correction, ...] = field(default=(), metadata={"since": 1})


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFinding:
    """The verdict on one substance or family of the watch list.

    `share` and `limit` are fractions of the spectrum's signal, not of mass: they say nothing of
    potency. `limit` belongs to "not_detected" and must be shown with it.
    """

    target: str
    level: Literal["substance", "family"]
    verdict: Literal["detected", "not_detected", "inconclusive"]
    p_value: float | None
    share: float | None
    share_low: float | None
    share_high: float | None
    limit: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentFinding:
    """One reference that helps to explain the spectrum; shares are of signal, not of mass."""

    substance: str
    share: float
    share_low: float | None
    share_high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HitFinding:
    """One hit of the classic library search."""

    substance: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFinding:
    """One named property of the measurement, with its number."""

    name: str
    value: float
    limit: float | None
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakFinding:
    """One band that a named substance should show.

    Attributes:
        position: where its reference has it, in the unit of the findings' axis.
        height: as a share of the substance's highest band, 0 to 1.
        seen: "seen", "missing" (it should stand clear, and does not), or "hidden": nothing can be
            said.
        explained_by: another named substance whose band lies there and is as strong; "" for none.
    """

    position: float
    height: float
    seen: Literal["seen", "missing", "hidden"]
    explained_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakEvidence:
    """Peak by peak, what speaks for one name; for a technician, who confirms or rejects it."""

    substance: str
    peaks: tuple[PeakFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the matcher says of one spectrum.

    Attributes:
        check: id of the check; the same as the spectrum's.
        targets: one verdict per family and substance of the watch list.
        components: what explains the spectrum, largest first.
        unexplained: fraction of the signal that nothing explains.
        hits: the classic hit list, best first.
        quality: the quality gate, each with its number.
        library_name: which library.
        library_version: its content hash.
        library_grade: "demonstration" (never to be released) or "reference".
        releasable: whether a result may be released to a person at all.
        blocked_by: why it may not, in words.
        recipe: hash of the preprocessing recipe.
        axis: of the three curves below.
        measured: the spectrum as compared.
        fit: the sum of the components.
        residual: measured minus fit.
        evidence: peak by peak, for each name in it.
        amounts: of each calibration of this instrument: an amount, or why there is none.
    """

    KIND: ClassVar[str] = "findings"

    check: str
    targets: tuple[TargetFinding, ...]
    components: tuple[ComponentFinding, ...]
    unexplained: float | None
    hits: tuple[HitFinding, ...]
    quality: tuple[QualityFinding, ...]
    library_name: str
    library_version: str
    library_grade: Literal["demonstration", "reference"]
    releasable: bool
    blocked_by: tuple[str, ...]
    recipe: str
    axis_unit: str
    axis: tuple[float, ...]
    measured: tuple[float, ...]
    fit: tuple[float, ...]
    residual: tuple[float, ...]
    evidence: tuple[PeakEvidence, ...] = field(default=(), metadata={"since": 1})
    amounts: tuple[AmountFinding, ...] = field(default=(), metadata={"since": 1})


Body = (
    VendingAudit
    | Vend
    | SlotLevel
    | MachineEvent
    | Temperature
    | Measurement
    | AccessCounts
    | DeviceState
    | BridgeHealth
    | SpectrumTaken
    | Findings
    | CheckEvent
    | PerformanceTold
    | InstrumentTold
)

BODIES: dict[str, type[Body]] = {
    body.KIND: body
    for body in (
        VendingAudit,
        Vend,
        SlotLevel,
        MachineEvent,
        Temperature,
        Measurement,
        AccessCounts,
        DeviceState,
        BridgeHealth,
        SpectrumTaken,
        Findings,
        CheckEvent,
        PerformanceTold,
        InstrumentTold,
    )
}
"""Every kind of message, by its name in topics and envelopes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One message with its address, its place in the bridge's order and its times.

    Attributes:
        site: where; part of the topic.
        bridge: who; part of the topic.
        device: of which device; part of the topic.
        boot: id of the bridge's run, new at every start (32 hexadecimal digits).
        seq: 1, 2, 3, ... within the run. (bridge, boot, seq) is unique for ever.
        oldest_held: the lowest seq of this run that the bridge still holds; what is below was
            acknowledged or given up, and the hub must not wait for it.
        device_time_ms: the bridge's wall clock when it learned this, ms since 1970 UTC.
        monotonic_ms: the bridge's monotonic clock at the same moment.
        clock_sane: whether that wall clock can be believed.
        body: what is said.
    """

    site: str
    bridge: str
    device: str
    boot: str
    seq: int
    oldest_held: int
    device_time_ms: int
    monotonic_ms: int
    clock_sane: bool
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The place of a message in its bridge's order; the same fields as in `Envelope`."""

    site: str
    bridge: str
    boot: str
    seq: int
    oldest_held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeStatus:
    """The retained word on whether a bridge is connected; "offline" is its last will."""

    state: Literal["online", "offline"]
    boot: str
    software: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """The hub has stored every message of this run up to and including `upto`."""

    boot: str
    upto: int
