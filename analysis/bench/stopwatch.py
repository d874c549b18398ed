"""Where the benchmark reads the time."""

from collections.abc import Callable
from time import perf_counter

Clock = Callable[[], float]

seconds: Clock = perf_counter
"""Seconds from any start, rising; for differences."""
