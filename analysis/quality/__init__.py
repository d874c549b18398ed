"""The gate before any match: each check a name, a number and what it means.

`check` and `check_batch` hold spectra against a library's recipe; `check_wavenumbers` holds a
measurement of polystyrene or silicon against the positions of its bands.
"""

from analysis.quality.axis import LEAST_OVERLAP, comparable, overlap
from analysis.quality.gate import check, check_batch
from analysis.quality.signal import longest_plateau, signal_to_noise
from analysis.quality.wavenumbers import check_wavenumbers

__all__ = [
    "LEAST_OVERLAP",
    "check",
    "check_batch",
    "check_wavenumbers",
    "comparable",
    "longest_plateau",
    "overlap",
    "signal_to_noise",
]
