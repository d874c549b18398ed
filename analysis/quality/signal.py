"""Whether enough light, and not too much, came from the sample."""

import numpy as np

from analysis import words
from analysis.findings import QualityReason
from analysis.preprocess.ordinate import transmittance_fraction
from analysis.quality.rows import Column, Rows, reasons
from analysis.spectrum import FloatArray, Spectrum

LEAST_CONTACT = 0.3
PLATEAU_POINTS = 4
LEAST_SIGNAL_TO_NOISE = 5.0
POOR_SIGNAL_TO_NOISE = 15.0
MOST_SIGNAL_TO_NOISE = 1e6
LEAST_TRANSMITTED = 0.02
LEAST_OF_FULL_SCALE = 0.01
AT_FULL_SCALE = 0.995
FLAT = 1e-9
LEAST_HEIGHT = 1e-300
SIXTH_DIFFERENCE_NORM = 20.0**0.5
MAD_TO_SIGMA = 0.6745
POINTS_FOR_NOISE = 600
FULL_SCALE = "saturation_counts"


def flat(rows: Rows) -> Column:
    """A reason for each row that is the same everywhere; None for the others."""
    largest = np.abs(rows.seen).max(axis=1)
    dead = rows.height <= FLAT * np.maximum(largest, LEAST_HEIGHT)
    reason = QualityReason("signal", 0.0, 0.0, blocks=True, text=words.CONSTANT)
    return [reason if bad else None for bad in dead.tolist()]


def contact(rows: Rows) -> Column:
    """Infrared: whether the sample touches the crystal, by the height of the absorbance."""
    return reasons("contact", rows.height, LEAST_CONTACT, words.NO_CONTACT)


def plateau(rows: Rows) -> Column:
    """Neighbours that stand exactly at the highest value: the detector at its end.

    In transmittance that is the lowest value, where no light came through.
    """
    seen = rows.seen
    top = seen >= seen.max(axis=1, keepdims=True)
    lengths = np.ones(seen.shape[0])
    for row in np.flatnonzero(top.sum(axis=1) > 1):
        lengths[row] = _longest_run(top[row])
    return reasons("saturation", lengths, PLATEAU_POINTS - 1, words.SATURATED, most=True)


def full_scale(rows: Rows) -> Column:
    """Channels at the detector's full scale, for spectra that say what it is."""
    return [_full_scale(*pair) for pair in zip(rows.spectra, rows.raw, strict=True)]


def darkness(rows: Rows) -> Column:
    """How much light there was, where that is known: transmittance, counts with a full scale."""
    if rows.spectra[0].kind == "ir-transmittance":
        most = transmittance_fraction(rows.raw)[:, rows.inside].max(axis=1)
        return reasons("light", most, LEAST_TRANSMITTED, words.TOO_DARK)
    return [_darkness(*pair) for pair in zip(rows.spectra, rows.height.tolist(), strict=True)]


def noise(rows: Rows) -> Column:
    """Height over noise: below 5 it blocks, below 15 it is said."""
    ratios = np.round(signal_to_noise_rows(rows.seen), 2)
    return [
        QualityReason(
            "noise",
            ratio,
            LEAST_SIGNAL_TO_NOISE,
            blocks=ratio < LEAST_SIGNAL_TO_NOISE,
            text=words.TOO_NOISY if ratio < POOR_SIGNAL_TO_NOISE else "",
        )
        for ratio in ratios.tolist()
    ]


def signal_to_noise(values: FloatArray) -> float:
    """As `signal_to_noise_rows`, of one spectrum."""
    return float(signal_to_noise_rows(values[None])[0])


def signal_to_noise_rows(values: FloatArray) -> FloatArray:
    """Height over noise, at most a million, shape (rows,).

    Noise is the median of third differences, at 600 places or more where there are as many. Third
    differences hide slow signal; in a coarsely sampled spectrum they still hold some, so that the
    ratio errs low.

    Args:
        values: evenly spaced, shape (rows, points).
    """
    every = max(1, values.shape[1] // POINTS_FOR_NOISE)
    a, b, c, d = (values[:, k : values.shape[1] - 3 + k : every] for k in range(4))
    thirds = np.abs((d - a) - 3.0 * (c - b))
    spread = np.median(thirds, axis=1) / MAD_TO_SIGMA / SIXTH_DIFFERENCE_NORM
    height = np.ptp(values, axis=1)
    floor = np.maximum(height / MOST_SIGNAL_TO_NOISE, LEAST_HEIGHT)
    ratio: FloatArray = height / np.maximum(spread, floor)
    return ratio


def longest_plateau(values: FloatArray) -> int:
    """How many neighbours stand exactly at the highest value: a detector at its end does that."""
    return _longest_run(values >= values.max())


def _longest_run(top: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]") -> int:
    closed = np.concatenate([[False], top, [False]])
    turns = np.flatnonzero(np.diff(closed.astype(np.int8)))
    return int((turns[1::2] - turns[::2]).max())


def _scale_of(spectrum: Spectrum) -> float | None:
    """The detector's full scale, in the unit of the values; nan where it can't be read."""
    if FULL_SCALE not in spectrum.provenance:
        return None
    try:
        scale = float(spectrum.provenance[FULL_SCALE])
    except ValueError:
        return float("nan")
    return scale if np.isfinite(scale) and scale > 0 else float("nan")


def _full_scale(spectrum: Spectrum, raw: FloatArray) -> QualityReason | None:
    scale = _scale_of(spectrum)
    if scale is None:
        return None
    limit = float(PLATEAU_POINTS - 1)
    if np.isnan(scale):
        return QualityReason("full_scale", 0.0, limit, blocks=False, text=words.NO_FULL_SCALE)
    at_end = float(np.count_nonzero(raw >= AT_FULL_SCALE * scale))
    bad = at_end > limit
    return QualityReason("full_scale", at_end, limit, bad, words.SATURATED if bad else "")


def _darkness(spectrum: Spectrum, height: float) -> QualityReason | None:
    scale = _scale_of(spectrum)
    if scale is None or np.isnan(scale):
        return None
    share = round(height / scale, 4)
    text = words.TOO_DARK if share < LEAST_OF_FULL_SCALE else ""
    return QualityReason("light", share, LEAST_OF_FULL_SCALE, blocks=False, text=text)
