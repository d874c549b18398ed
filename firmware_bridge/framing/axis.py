"""From the coefficients of a calibration to the wavelength of each pixel."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import isfinite

from firmware_bridge.framing.exchange import NoiseError


def wavelengths_nm(coefficients: Sequence[float], pixels: Iterable[int]) -> tuple[float, ...]:
    """The wavelength of each pixel, in nm: the sum of c_i * pixel**i.

    Args:
        coefficients: c0, c1, ...
        pixels: the number that each pixel has in the calibration.

    Raises:
        NoiseError: the axis does not rise or fall throughout above 0 nm.
    """
    axis = tuple(
        sum(c * float(pixel) ** power for power, c in enumerate(coefficients)) for pixel in pixels
    )
    steps = [later - earlier for earlier, later in pairwise(axis)]
    is_monotone = all(step > 0 for step in steps) or all(step < 0 for step in steps)
    if not (axis and is_monotone and all(map(isfinite, axis)) and min(axis) > 0):
        raise NoiseError(f"the wavelength coefficients {list(coefficients)} give no axis")
    return axis


def numbers(texts: Iterable[str]) -> tuple[float, ...]:
    """The finite numbers that an instrument holds as texts.

    Raises:
        NoiseError: a text is none.
    """
    found = []
    for text in texts:
        try:
            found.append(float(text))
        except ValueError as problem:
            raise NoiseError(f"a coefficient is no number: {text!r}") from problem
    if not all(map(isfinite, found)):
        raise NoiseError(f"a coefficient is no finite number: {found}")
    return tuple(found)
