"""What an instrument's own calibration can mend in its counts: pure arithmetic.

Non-linearity: the maker gives a polynomial (of order 7 as a rule) whose value at the counts above
the dark is the factor by which these counts are to be divided (Ocean Optics, Loading Non-Linearity
Correction Coefficients Instructions). It is about 1; a polynomial that leaves 0.5 to 1.5 over the
counts at hand is no calibration and is not used.

Stray light: the maker's sheets name a coefficient but not how it is applied. Taken here as the part
of the mean light that falls on every pixel. It is used only where it was asked for by a setting.
"""

from collections.abc import Sequence

LEAST_FACTOR, MOST_FACTOR = 0.5, 1.5
STRAY_MAX = 0.1


def nonlinearity_fits(coefficients: Sequence[float], light: Sequence[float]) -> bool:
    """Whether the coefficients are a calibration for counts like these."""
    if not coefficients or not light:
        return False
    least, most = min(0.0, *light), max(light)
    grid = [least + (most - least) * step / 64 for step in range(65)]
    return all(LEAST_FACTOR <= _value(coefficients, count) <= MOST_FACTOR for count in grid)


def linearised(light: Sequence[float], coefficients: Sequence[float]) -> tuple[float, ...]:
    """Counts above the dark, of one scan, as a linear detector would have given them."""
    return tuple(count / _value(coefficients, count) for count in light)


def stray_light_fits(coefficients: Sequence[float]) -> bool:
    """Whether the first coefficient is a part that stray light can have."""
    return bool(coefficients) and 0 < coefficients[0] <= STRAY_MAX


def without_stray_light(light: Sequence[float], part: float) -> tuple[float, ...]:
    """Counts above the dark, less the part of their mean that falls on every pixel."""
    stray = part * sum(light) / len(light)
    return tuple(count - stray for count in light)


def _value(coefficients: Sequence[float], count: float) -> float:
    total = 0.0
    for coefficient in reversed(coefficients):
        total = total * count + coefficient
    return total
