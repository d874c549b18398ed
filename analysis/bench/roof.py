"""What the machine itself can do, measured in the same run: no method can be faster."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Roof:
    """Best of several rounds.

    Attributes:
        multiply_flops: floating-point operations per second of a large float32 product.
        read_bytes: bytes per second read by a float32 matrix times a vector, from main memory.
    """

    multiply_flops: float
    read_bytes: float

    def product_s(self, rows: int, columns: int, depth: int) -> float:
        """Seconds that a product of that size can't fall below."""
        return 2.0 * rows * columns * depth / self.multiply_flops

    def scan_s(self, rows: int, columns: int) -> float:
        """Seconds that one reading of a float32 array can't fall below."""
        return 4.0 * rows * columns / self.read_bytes


def measured_roof(clock: Callable[[], float], rng: np.random.Generator, rounds: int = 5) -> Roof:
    """Measure both. Needs about 150 MB.

    Args:
        clock: seconds, rising.
        rng: for the numbers that are multiplied.
        rounds: the best of so many counts.
    """
    wide = rng.random((16000, 1800), dtype=np.float32)
    square, vector = np.ascontiguousarray(wide[:1800, :1800]), wide[0].copy()
    multiply = _best(lambda: square @ square, clock, rounds)
    read = _best(lambda: wide @ vector, clock, rounds)
    return Roof(2.0 * 1800**3 / multiply, wide.nbytes / read)


def _best(work: Callable[[], object], clock: Callable[[], float], rounds: int) -> float:
    taken = []
    for _ in range(rounds + 1):
        begun = clock()
        work()
        taken.append(clock() - begun)
    return min(taken[1:])
