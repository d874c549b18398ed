"""Temperatures that a machine states in its audit; the standard has no segment for them.

AMS (Sensit 3 manual, page 48): MA5*TEMP*<Fahrenheit>*<Celsius>; and each door event EA1*EGS
carries the cabinet temperature as its user text, in Fahrenheit.
"""

from collections.abc import Iterable

from firmware_bridge.evadts.audit import Identity, Temperature
from firmware_bridge.evadts.deviations import DeviationLog
from firmware_bridge.evadts.fields import Fields
from firmware_bridge.evadts.segments import Segment

MAX_TEMPERATURES = 200
_PLAUSIBLE_C = (-60.0, 100.0)
_ROUNDING_C = 1.0


def temperatures(
    segments: Iterable[Segment], identity: Identity, fields: Fields, log: DeviationLog
) -> tuple[Temperature, ...]:
    """Every temperature stated, in order; one that contradicts itself is noted and left out."""
    ams = is_ams(identity)
    found: list[Temperature] = []
    for segment in segments:
        stated = None
        if segment.name == "MA5" and segment.raw(1).strip() == b"TEMP":
            stated = _of_ma5(segment, fields, log)
        elif ams and segment.name == "EA1" and segment.raw(1).strip() == b"EGS":
            stated = _of_door_event(segment, fields, log)
        if stated is not None and _is_plausible(stated, segment, log):
            found.append(stated)
    return tuple(found[:MAX_TEMPERATURES])


def is_ams(identity: Identity) -> bool:
    """Whether the machine names AMS as its maker."""
    return any(
        text.upper().startswith("AMS")
        for text in (identity.comm_id, identity.serial, identity.model)
    )


def celsius(fahrenheit: float) -> float:
    """Degrees Fahrenheit as degrees Celsius."""
    return (fahrenheit - 32.0) / 1.8


def _of_ma5(segment: Segment, fields: Fields, log: DeviationLog) -> Temperature | None:
    in_f, in_c = fields.decimal(segment, 2), fields.decimal(segment, 3)
    if in_c is None:
        return None if in_f is None else Temperature("MA5*TEMP", round(celsius(in_f), 1))
    if in_f is not None and abs(celsius(in_f) - in_c) > _ROUNDING_C:
        detail = f"MA5*TEMP says {in_f} F and {in_c} C, which is not the same; neither is used"
        log.note("temperature-contradiction", detail, segment.line)
        return None
    return Temperature("MA5*TEMP", in_c)


def _of_door_event(segment: Segment, fields: Fields, log: DeviationLog) -> Temperature | None:
    in_f = fields.decimal(segment, 6)
    if in_f is None:
        return None
    log.note("temperature-unit-assumed", "EA106 of a door event read as Fahrenheit", segment.line)
    at = f"{fields.text(segment, 2)} {fields.text(segment, 3)}".strip()
    return Temperature("EA1*EGS", round(celsius(in_f), 1), at)


def _is_plausible(stated: Temperature, segment: Segment, log: DeviationLog) -> bool:
    if _PLAUSIBLE_C[0] <= stated.temperature_c <= _PLAUSIBLE_C[1]:
        return True
    log.note("temperature-implausible", f"{stated.temperature_c} C is not used", segment.line)
    return False
