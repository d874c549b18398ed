"""From what an instrument measured to the figures that are kept of it. Pure.

numpy comes in with the first spectrum and not before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firmware_bridge.instrument.performance import PerformanceCheck
from firmware_bridge.instrument.wishes import Standard

if TYPE_CHECKING:
    from analysis import Spectrum

FULL_ABSORBANCE = 1.0
"""An instrument's range where it measures absorbance: on a crystal little is more."""

Beam = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Light:
    """What is known of the light besides the spectrum.

    Attributes:
        beams: the last two backgrounds less dark, older first; fewer where there are fewer.
        full_scale: the largest count; None where it is not known.
        largest: the largest count of the measurement itself; None where it is not known.
        wants_beams: whether the instrument measures against a background that the bridge takes.
    """

    beams: tuple[Beam, ...] = ()
    full_scale: float | None = None
    largest: float | None = None
    wants_beams: bool = False


def performance_check(
    spectrum: "Spectrum", standard: Standard, light: Light, at_ms: int
) -> PerformanceCheck:
    """The check that a measurement of a standard makes.

    Raises:
        SpectrumError: the axis covers no band of it, or a background has no light.
    """
    from analysis import quality  # noqa: PLC0415 - numpy only where there is a spectrum

    noise, line = quality.relative_noise(spectrum), None
    if len(light.beams) == 2:
        flat = quality.hundred_percent_line(*light.beams)
        noise, line = flat.noise, flat.largest
    return PerformanceCheck(
        at_ms=at_ms,
        standard=standard,
        peak_offset_cm1=quality.worst_offset_cm1(spectrum, standard),
        energy=_energy(light),
        noise=noise,
        line=line,
    )


def _energy(light: Light) -> float | None:
    top = max(light.beams[-1]) if light.beams else light.largest
    if top is None or not light.full_scale:
        return None
    return top / light.full_scale


def strength(spectrum: "Spectrum", light: Light) -> float | None:
    """How strong a sample is, as a part of the instrument's range; None where it is not known."""
    from analysis import quality  # noqa: PLC0415 - as above

    if spectrum.kind == "ir-absorbance":
        return quality.height(spectrum) / FULL_ABSORBANCE
    if light.largest is None or not light.full_scale:
        return None
    return light.largest / light.full_scale


def blank_share(blank: "Spectrum", strong: Sequence[float]) -> float:
    """How much of the strong sample before a blank still shows.

    Where that sample's curve is not known (or had another axis) everything in the blank counts.
    """
    from analysis import SpectrumError, quality  # noqa: PLC0415 - as above

    try:
        return quality.carried_over(blank, strong)
    except SpectrumError:
        return quality.height(blank)
