"""What drivers learn: frozen values, no identity of the site or the bridge in them."""

from dataclasses import dataclass, field
from enum import StrEnum

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
    """

    audit: Audit
    raw: bytes


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


@dataclass(frozen=True, slots=True)
class FaultReading:
    """A device could not be heard or understood.

    Attributes:
        fault: which kind of trouble.
        detail: what was wrong and where, for a person.
        advice: what to do about it.
        measurement: what was being measured and will not come now; "" for none.
    """

    fault: Fault
    detail: str
    advice: str = ""
    measurement: str = ""


Reading = AuditReading | SpectrumReading | FaultReading
