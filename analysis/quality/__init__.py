"""The gate before any match: each check a name, a number and what it means.

`check` and `check_batch` hold spectra against a library's recipe; `check_wavenumbers` holds a
measurement of polystyrene or silicon against the positions of its bands; `performance` has the
other figures of an instrument's performance check.
"""

from analysis.quality.axis import LEAST_OVERLAP, comparable, overlap
from analysis.quality.gate import check, check_batch
from analysis.quality.performance import (
    carried_over,
    height,
    hundred_percent_line,
    relative_noise,
    worst_offset_cm1,
)
from analysis.quality.signal import longest_plateau, signal_to_noise
from analysis.quality.wavenumbers import check_wavenumbers

__all__ = [
    "LEAST_OVERLAP",
    "carried_over",
    "check",
    "check_batch",
    "check_wavenumbers",
    "comparable",
    "height",
    "hundred_percent_line",
    "longest_plateau",
    "overlap",
    "relative_noise",
    "signal_to_noise",
    "worst_offset_cm1",
]
