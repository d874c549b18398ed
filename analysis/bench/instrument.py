"""Two laws of how a second instrument sees a substance, and what a detector adds.

A law says how far the same substance, measured elsewhere, differs: that, and not noise, limits
what can be found in a mixture. The "open" law moves and scales each band by itself; the "other"
law works by smooth random fields, and is 1.3 times as strong.
"""

from dataclasses import dataclass, replace

import numpy as np

from analysis.bench.bands import Bands, curve
from analysis.spectrum import FloatArray

MEDIAN_HEIGHT = 0.8
"""Absorbance of the strongest band of a median sample: a technician presses until 0.3 is passed."""


@dataclass(frozen=True, slots=True)
class Law:
    """How far a measurement may differ from the library's. Standard deviations, where not said.

    Attributes:
        height: of the logarithm of a band's height, per component.
        jitter_cm1: of a band's position, per component.
        width: of the logarithm of a band's width, per component.
        shift_cm1: of the whole axis, per sample.
        local_shift_cm1: of a slow wave along the axis, per sample.
        broadening_cm1: most that the slit adds (in quadrature), per sample, evenly from 0.
        tilt: of the exponent of the wavenumber (penetration depth), per sample.
        saturation: most that the strongest band is bent down, evenly from 0.
        dispersive: of the weight of the refractive part.
        baseline: of a parabola's terms, as a fraction of the highest point.
        scatter: of the logarithm of a slow multiplicative wave, per sample.
        noise: of each channel, as a fraction of the highest point, at the median sample.
        shot: fraction of the noise's variance that grows with the signal.
        fields: heights and positions follow smooth random fields instead of band by band.
    """

    height: float = 0.22
    jitter_cm1: float = 0.8
    width: float = 0.08
    shift_cm1: float = 1.0
    local_shift_cm1: float = 0.5
    broadening_cm1: float = 4.0
    tilt: float = 0.15
    saturation: float = 0.1
    dispersive: float = 0.05
    baseline: float = 0.03
    scatter: float = 0.0
    noise: float = 0.0015
    shot: float = 0.0
    fields: bool = False

    def scaled(self, factor: float) -> "Law":
        """The same law, with every mismatch that many times as large (noise as it is)."""
        return replace(
            self,
            height=factor * self.height,
            jitter_cm1=factor * self.jitter_cm1,
            width=factor * self.width,
            shift_cm1=factor * self.shift_cm1,
            local_shift_cm1=factor * self.local_shift_cm1,
            broadening_cm1=factor * self.broadening_cm1,
            tilt=factor * self.tilt,
            saturation=factor * self.saturation,
            dispersive=factor * self.dispersive,
            baseline=factor * self.baseline,
            scatter=factor * self.scatter,
        )


OPEN_LAW = Law()
OTHER_LAW = Law(
    dispersive=0.0, saturation=0.05, scatter=0.1, noise=0.002, shot=0.5, fields=True
).scaled(1.3)
LIBRARY_LAW = Law(0, 0.05, 0, 0.05, 0, 0, 0, 0, 0, 0.005, 0, 0.0004)
"""The library's own instrument: close to the truth, a little noise."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How the instrument stands while one sample is measured (drawn once per sample)."""

    shift_cm1: float
    wave: FloatArray
    broadening_cm1: float
    tilt: float
    saturation: float
    dispersive: float


def set_up(law: Law, rng: np.random.Generator) -> Setting:
    """Draw how the instrument stands for one sample."""
    return Setting(
        shift_cm1=law.shift_cm1 * rng.normal(),
        wave=np.array(
            [law.local_shift_cm1 * np.sqrt(2), rng.uniform(300, 900), rng.uniform(0, 6.28)]
        ),
        broadening_cm1=law.broadening_cm1 * rng.random(),
        tilt=law.tilt * rng.normal(),
        saturation=law.saturation * rng.random(),
        dispersive=law.dispersive * rng.normal(),
    )


def moved(axis: FloatArray, setting: Setting) -> FloatArray:
    """How far each point of the axis is moved by the sample's instrument, cm-1."""
    height, length, phase = setting.wave
    far: FloatArray = setting.shift_cm1 + height * np.sin(2 * np.pi * axis / length + phase)
    return far


def field(
    axis: FloatArray, sd: float, length: float, rng: np.random.Generator, terms: int = 16
) -> FloatArray:
    """A smooth random curve of a standard deviation and a correlation length."""
    pace = rng.normal(size=terms) / length
    phase = rng.uniform(0, 2 * np.pi, terms)
    waves = np.cos(axis[:, None] * pace + phase)
    smooth: FloatArray = sd * np.sqrt(2.0 / terms) * waves.sum(axis=1)
    return smooth


def perturbed(bands: Bands, law: Law, setting: Setting, rng: np.random.Generator) -> Bands:
    """One component's bands as the second instrument has them."""
    n = bands.centre.size
    if law.fields:
        louder = field(bands.centre, law.height, 40.0, rng)
        jitter = field(bands.centre, law.jitter_cm1, 60.0, rng)
    else:
        louder, jitter = law.height * rng.normal(size=n), law.jitter_cm1 * rng.normal(size=n)
    width = bands.width * np.exp(law.width * rng.normal(size=n))
    wider = np.hypot(width, setting.broadening_cm1)
    return Bands(
        bands.centre + jitter + moved(bands.centre, setting),
        wider,
        bands.height * np.exp(louder) * width / wider,
    )


def seen_bands(
    parts: list[tuple[Bands, float]],
    axis: FloatArray,
    law: Law,
    rng: np.random.Generator,
    *,
    gaussian: bool,
) -> FloatArray:
    """A mixture of band tables as the second instrument sees it, shape of `axis`."""
    setting = set_up(law, rng)
    tables = [(perturbed(bands, law, setting, rng), share) for bands, share in parts]
    all_bands = Bands(
        np.concatenate([b.centre for b, _ in tables]),
        np.concatenate([b.width for b, _ in tables]),
        np.concatenate([share * b.height for b, share in tables]),
    )
    pure = curve(all_bands, axis, gaussian=gaussian, dispersive=setting.dispersive)
    return detected(pure, axis, law, setting, rng)


def detected(
    pure: FloatArray, axis: FloatArray, law: Law, setting: Setting, rng: np.random.Generator
) -> FloatArray:
    """What contact, detector and baseline make of the summed absorbance, shape of `axis`."""
    tilted = pure * (float(axis.mean()) / axis) ** setting.tilt
    if law.scatter:
        tilted = tilted * np.exp(field(axis, law.scatter, 300.0, rng))
    top = float(np.abs(tilted).max())
    bent = tilted / (1.0 + setting.saturation * tilted / top)
    where = np.linspace(-1, 1, axis.size)
    floor = np.vander(where, 3) @ (law.baseline * top * rng.normal(size=3))
    spread = law.noise * top * np.exp(0.4 * rng.normal())
    grows = np.sqrt(1 - law.shot + law.shot * np.clip(bent / top, 0, None) * 4)
    contact = float(np.exp(rng.normal(np.log(MEDIAN_HEIGHT), 0.25))) / top
    seen: FloatArray = contact * (bent + floor + spread * grows * rng.normal(size=axis.size))
    return seen
