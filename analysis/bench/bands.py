"""Made-up substances: tables of bands, in families that share a core.

Sisters of a family are alike to about 0.5 to 0.9 (cosine of first derivatives).
"""

from dataclasses import dataclass, replace

import numpy as np

from analysis.spectrum import FloatArray

BUSY_CM1 = (700, 750, 830, 1030, 1110, 1170, 1250, 1370, 1450, 1490, 1600, 1650, 1720)
"""Where organic solids absorb most often (rings, C-O, C-N, CH, C=O)."""
BUSY_FRACTION = 0.65
BUSY_SPREAD_CM1 = 28.0
ALIKE = (0.5, 0.9)
LOOKALIKE = (0.5, 0.8)
_FINE = np.arange(600.0, 1800.0, 1.0)


@dataclass(frozen=True, slots=True)
class Bands:
    """A table of bands, arrays of one shape (bands,).

    Attributes:
        centre: positions, cm-1.
        width: full widths at half height, cm-1.
        height: heights; the sum of the bands has a peak of 1 once `normalised`.
    """

    centre: FloatArray
    width: FloatArray
    height: FloatArray


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A substance that does not exist."""

    substance: str
    family: str
    bands: Bands


@dataclass(frozen=True, slots=True)
class Style:
    """How a world's substances look.

    Attributes:
        gaussian: Gaussian bands instead of Lorentzian ones.
        bands: least and most bands of a family's core, and of a member's own.
        width_cm1: median full width.
        width_spread: standard deviation of its logarithm.
        busy: fraction of bands near `BUSY_CM1`.
    """

    gaussian: bool = False
    bands: tuple[int, int] = (12, 24)
    width_cm1: float = 12.0
    width_spread: float = 0.45
    busy: float = BUSY_FRACTION


def curve(bands: Bands, axis: FloatArray, *, gaussian: bool, dispersive: float = 0.0) -> FloatArray:
    """The sum of the bands, shape of `axis`.

    Args:
        bands: the table.
        axis: cm-1, shape (points,).
        gaussian: Gaussian bands instead of Lorentzian ones.
        dispersive: weight of the refractive part of a Lorentzian, as attenuated total reflection
            mixes it in.
    """
    x = (axis[None, :] - bands.centre[:, None]) / (0.5 * bands.width[:, None])
    if gaussian:
        shapes = np.exp(-np.log(2.0) * x * x)
        slanted = -x * shapes
    else:
        shapes = 1.0 / (1.0 + x * x)
        slanted = -x * shapes
    total: FloatArray = bands.height @ (shapes + dispersive * slanted)
    return total


def normalised(bands: Bands, *, gaussian: bool) -> Bands:
    """The same table with a peak of 1."""
    top = float(curve(bands, _FINE, gaussian=gaussian).max())
    return replace(bands, height=bands.height / top)


def random_bands(rng: np.random.Generator, style: Style) -> Bands:
    """A table of random bands, not normalised."""
    n = int(rng.integers(style.bands[0], style.bands[1] + 1))
    busy = rng.choice(BUSY_CM1, n) + BUSY_SPREAD_CM1 * rng.normal(size=n)
    centre = np.where(rng.random(n) < style.busy, busy, rng.uniform(610, 1790, n))
    width = style.width_cm1 * np.exp(style.width_spread * rng.normal(size=n))
    height = np.exp(0.8 * rng.normal(size=n))
    return Bands(np.clip(centre, 605, 1795), np.clip(width, 5, 80), height)


def sharp_bands(rng: np.random.Generator) -> Bands:
    """Three to six sharp bands and nothing else, as of an inorganic salt."""
    n = int(rng.integers(3, 7))
    return Bands(rng.uniform(620, 1780, n), rng.uniform(5, 9, n), np.exp(0.4 * rng.normal(size=n)))


def joined(first: Bands, second: Bands) -> Bands:
    """Both tables in one."""
    return Bands(
        np.concatenate([first.centre, second.centre]),
        np.concatenate([first.width, second.width]),
        np.concatenate([first.height, second.height]),
    )


def sister(core: Bands, likeness: float, rng: np.random.Generator, style: Style) -> Bands:
    """A table that is as like the core as asked for.

    Args:
        core: the bands that all sisters share.
        likeness: fraction of the first derivative's energy that comes from the core; between two
            sisters of the same likeness it is about the cosine of their derivatives.
        rng: source of chance.
        style: of the bands of its own.
    """
    n = core.centre.size
    shared = Bands(
        core.centre + rng.normal(0, 0.8, n), core.width, core.height * np.exp(rng.normal(0, 0.1, n))
    )
    own = random_bands(rng, style)
    strength = (
        np.sqrt((1 - likeness) / likeness) * _steepness(shared, style) / _steepness(own, style)
    )
    return normalised(
        joined(shared, replace(own, height=own.height * strength)), gaussian=style.gaussian
    )


def made_up_families(n: int, rng: np.random.Generator, style: Style, families: int) -> list[MadeUp]:
    """Substances in families of 2 and more; names carry no meaning.

    Args:
        n: how many substances.
        rng: source of chance.
        style: how they look.
        families: how many families; at most half of `n`.
    """
    sizes = 2 + rng.multinomial(n - 2 * families, rng.dirichlet(np.full(families, 1.5)))
    found: list[MadeUp] = []
    for number, size in enumerate(sizes):
        core = random_bands(rng, style)
        for _ in range(size):
            bands = sister(core, float(rng.uniform(*ALIKE)), rng, style)
            found.append(MadeUp(f"substance {len(found):04d}", f"family {number:03d}", bands))
    return found


def lookalike(of: MadeUp, name: str, rng: np.random.Generator, style: Style) -> MadeUp:
    """A substance of another family that looks much like one: a near relative by chance."""
    bands = sister(of.bands, float(rng.uniform(*LOOKALIKE)), rng, style)
    return MadeUp(name, f"only {name}", bands)


def _steepness(bands: Bands, style: Style) -> float:
    return float(np.linalg.norm(np.diff(curve(bands, _FINE, gaussian=style.gaussian)))) + 1e-12
