"""What drivers learn: frozen values, no identity of the site or the bridge in them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from firmware_bridge.evadts.audit import Audit


class Fault(StrEnum):
    """Why a device could not be heard. The words are those of the contract and of the docs."""

    NO_REPLY = "no-reply"
    LINE_NOISE = "line-noise"
    BAD_CHECKSUM = "bad-checksum"
    OVERSIZED_FRAME = "oversized-frame"
    PROTOCOL = "protocol"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    PORT_LOST = "port-lost"


class Purpose(StrEnum):
    """What a spectrum was taken of."""

    SAMPLE = "sample"
    BACKGROUND = "background"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class AuditReading:
    """One whole audit of a vending machine (EVA-DTS).

    Attributes:
        audit: what the audit says, with named warnings for every deviation.
        raw: the bytes as received, so that a better parser can read them again.
        source: the protocol by which it was read.
    """

    audit: Audit
    raw: bytes
    source: Literal["dex", "ddcmp"] = "dex"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotCounters:
    """One slot as a device tells of it; None is what the device does not say.

    The names and their meanings are those of `SelectionCount` in the contract.
    """

    selection: str
    product: str = ""
    price_minor: int | None = None
    capacity: int | None = None
    par: int | None = None
    level: int | None = None
    minimum: int | None = None
    dispensed: int | None = None
    paid: int | None = None
    free: int | None = None
    test: int | None = None
    failed: int | None = None
    presses_sold_out: int | None = None
    sold_out: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountersReading:
    """All that a device other than a DEX machine tells of its slots, whole each time.

    Attributes:
        source: the protocol: "mdb", "fafb" or "board".
        slots: every slot it has told of so far.
        serial: of the machine, "" where it does not say.
        model: as `serial`.
        board: who keeps the counters, where the device keeps any; another one counts anew.
    """

    source: Literal["mdb", "fafb", "board"]
    slots: tuple[SlotCounters, ...]
    serial: str = ""
    model: str = ""
    board: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendReading:
    """One vend. Fields as in the message `Vend`.

    Attributes:
        counted: True where the device has lasting counters of its own and counts this vend in
            them; False where the bridge must count it.
    """

    source: Literal["mdb", "fafb", "board"]
    selection: str | None
    outcome: Literal["success", "failed", "assumed"]
    payment: Literal["paid", "free", "test", "unknown"] = "unknown"
    price_minor: int | None = None
    authorised: bool = False
    reason: str = ""
    counted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReading:
    """Something that happened to the machine. Fields as in the message `MachineEvent`.

    Attributes:
        name: one of `firmware_bridge.events.EVENT_NAMES`.
        code: the device's own word for it.
    """

    name: str
    code: str = ""
    selection: str | None = None
    active: bool | None = None
    count: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelReading:
    """What a level sensor sees in a slot. Fields as in the message `SlotLevel`."""

    selection: str
    level: int | None
    method: Literal["load-cell", "distance"]
    raw: float
    settled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorReading:
    """A number from a sensor.

    Attributes:
        sensor: its name, such as "cabinet" or "room".
        quantity: "temperature" (degrees Celsius), or as in the message `Measurement`.
        value: in `unit`.
        unit: "C", "%", "V", "deg" or "".
    """

    sensor: str
    quantity: Literal[
        "temperature",
        "humidity",
        "battery-voltage",
        "supply-voltage",
        "battery-charge",
        "tilt",
        "other",
    ]
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendRequestReading:
    """A person chose a selection first, and the machine waits for "approve" or "deny".

    Attributes:
        selection: which; None where the machine does not say.
        price_minor: what it asks for.
        wait_s: an answer after this many seconds is too late.
    """

    selection: str | None
    price_minor: int | None
    wait_s: float


@dataclass(frozen=True, slots=True)
class CodeReading:
    """A code that was typed at the machine.

    It goes to the gate of `firmware_bridge.access` and nowhere else: never into a message, a log
    or a file.
    """

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What an instrument tells of itself that its spectra can be mended with.

    Attributes:
        nonlinearity: c0, c1, ... of the factor by which counts above the dark are divided; () where
            it tells none.
        stray_light: its stray light coefficients; () where it tells none or they are not wanted.
        laser_wavelength_nm: of its own laser; None where it does not say.
        scans_added: so many scans are summed in each value (1 where they are averaged).
    """

    nonlinearity: tuple[float, ...] = ()
    stray_light: tuple[float, ...] = ()
    laser_wavelength_nm: float | None = None
    scans_added: int = 1


@dataclass(frozen=True, slots=True)
class SpectrumReading:
    """One spectrum as an instrument sent it, before any correction.

    Attributes:
        axis: one number per pixel, in `axis_unit`, strictly monotone.
        values: one number per pixel (detector counts).
        axis_unit: "nm", "cm-1" or "pixel" (no calibration was found).
        purpose: what it was taken of.
        integration_time_us: per scan, in microseconds.
        scans: how many scans were added or averaged into it.
        saturated_pixels: how many pixels stood at the top of the converter's range.
        serial: the instrument's serial number, or "" when it did not say.
        details: further facts of the device, by name.
        calibration: what the instrument tells of itself.
        full_scale: the largest count that a pixel can have; None where it is not known.
    """

    axis: tuple[float, ...]
    values: tuple[float, ...]
    axis_unit: str
    purpose: Purpose
    integration_time_us: int
    scans: int = 1
    saturated_pixels: int = 0
    serial: str = ""
    details: dict[str, str] = field(default_factory=dict)
    calibration: Calibration = field(default_factory=Calibration)
    full_scale: float | None = None


@dataclass(frozen=True, slots=True)
class FaultReading:
    """A device could not be heard or understood.

    Attributes:
        fault: which kind of trouble.
        detail: what was wrong and where, for a person.
        advice: what to do about it.
        measurement: what was being measured and will not come now; "" for none.
        raw: what could not be parsed, as received; b"" where nothing came.
    """

    fault: Fault
    detail: str
    advice: str = ""
    measurement: str = ""
    raw: bytes = field(default=b"", repr=False)


MachineReading = CountersReading | VendReading | EventReading | LevelReading | SensorReading
"""What a machine tells besides an audit."""

AccessReading = VendRequestReading | CodeReading
"""What asks for a decision, and is never sent on."""

Reading = AuditReading | MachineReading | AccessReading | SpectrumReading | FaultReading
