"""Spectra made from band tables: Lorentzian bands over a linear floor."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hardware.errors import RequestError, SimulatorError

Array = npt.NDArray[np.float64]
UNKNOWN_BANDS = 28
UNKNOWN_RANGE_CM1 = (680.0, 1780.0)
FLOOR_FROM_CM1, FLOOR_SPAN_CM1 = 1900.0, 1250.0


@dataclass(frozen=True, slots=True)
class Substance:
    """One substance as a table.

    Attributes:
        bands: shape (bands, 3): centre per centimetre, full width at half height per centimetre,
            height.
        floor: a and b of a + b * (1900 - x) / 1250.
    """

    bands: Array
    floor: tuple[float, float] = (0.0, 0.0)

    def curve(self, axis_cm1: Array) -> Array:
        """Relative absorbance on an axis of wavenumbers; the strongest band is about 1."""
        centre, width, height = (self.bands[:, [column]] for column in range(3))
        lorentz = height / (1 + (2 * (axis_cm1[np.newaxis, :] - centre) / width) ** 2)
        slope = (FLOOR_FROM_CM1 - axis_cm1) / FLOOR_SPAN_CM1
        summed: Array = lorentz.sum(axis=0) + self.floor[0] + self.floor[1] * slope
        return summed


def load(path: Path) -> dict[str, Substance]:
    """The substances of a band table file, by slug.

    The file is a JSON list of objects with "slug", "bands" (rows of centre, width, height) and
    "floor" (two numbers), or an object that holds that list under "substances".

    Raises:
        SimulatorError: it can't be read, or a substance does not fit; the message names it.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        rows = document["substances"] if isinstance(document, dict) else document
        return {str(row["slug"]): _substance(path, row) for row in rows}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SimulatorError(f"{path}: is no band table: {error!r}") from error


def unknown(seed: int) -> Substance:
    """A substance that is in no library: random bands, the same for the same seed."""
    rng = np.random.default_rng([seed, UNKNOWN_BANDS])
    centre = rng.uniform(*UNKNOWN_RANGE_CM1, UNKNOWN_BANDS)
    width = rng.uniform(8.0, 30.0, UNKNOWN_BANDS)
    height = np.clip(rng.lognormal(-1.7, 0.8, UNKNOWN_BANDS), 0.02, 1.0)
    height[int(rng.integers(UNKNOWN_BANDS))] = 1.0
    return Substance(np.column_stack([centre, width, height]))


def mixture(table: Mapping[str, Substance], parts: Mapping[str, float], axis_cm1: Array) -> Array:
    """The relative absorbance of a mixture: the sum of its parts by mass fraction (Beer's law).

    Raises:
        RequestError: a substance is not in the table.
    """
    summed = np.zeros_like(axis_cm1)
    for slug, fraction in parts.items():
        if slug not in table:
            known = ", ".join(sorted(table)) or "none: start with --bands FILE"
            raise RequestError(f"no substance {slug!r} in the band table; there are {known}")
        summed += fraction * table[slug].curve(axis_cm1)
    return summed


def _substance(path: Path, row: Mapping[str, object]) -> Substance:
    bands = np.asarray(row["bands"], dtype=np.float64)
    floor = np.asarray(row.get("floor", [0.0, 0.0]), dtype=np.float64)
    if bands.ndim != 2 or bands.shape[1] != 3 or floor.shape != (2,):
        raise SimulatorError(f"{path}: {row['slug']}: bands must be rows of three, floor of two")
    if not (np.isfinite(bands).all() and (bands[:, 1] > 0).all()):
        raise SimulatorError(
            f"{path}: {row['slug']}: widths must be above zero, all numbers finite"
        )
    return Substance(bands, (float(floor[0]), float(floor[1])))
