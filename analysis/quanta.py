"""Rows of numbers in two bytes each: 65,535 steps over the range of each row.

A step is 1.5e-5 of the row's range, far below what any detector tells apart; a library takes half
the room of float32 for it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.spectrum import FloatArray

STEPS = 65534
LARGEST = 1e30
SMALLEST_RANGE = 1e-30

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class QuantisedRows:
    """Rows as steps from their middle.

    Attributes:
        steps: int16, shape (rows, points).
        scales: size of a step per row, float32, shape (rows,).
        offsets: middle of each row, float32, shape (rows,).
        release: called when rows of a mapped file have been read: their pages may go.
    """

    steps: NDArray[np.int16]
    scales: Float32Array
    offsets: Float32Array
    release: Callable[[], None] | None = None

    @classmethod
    def of(cls, values: FloatArray) -> "QuantisedRows":
        """Quantise rows, shape (rows, points), each by its own range.

        Raises:
            ValueError: a number is not finite, or above 1e30.
        """
        if not (np.abs(values) <= LARGEST).all():
            raise ValueError(f"values above {LARGEST:g}, or not finite")
        low, high = values.min(axis=1), values.max(axis=1)
        flat = high - low < SMALLEST_RANGE
        offsets = ((low + high) / 2).astype(np.float32)
        scales = np.where(flat, 0.0, (high - low) / STEPS).astype(np.float32)
        apart = (values - offsets[:, None].astype(np.float64)) / np.where(flat, 1.0, scales)[
            :, None
        ]
        steps = np.clip(np.rint(apart), -32768, 32767).astype(np.int16)
        steps[flat] = 0
        return cls(steps, scales, offsets)

    def __len__(self) -> int:
        return len(self.steps)

    def taken(self, rows: IntArray) -> "QuantisedRows":
        """These rows, still quantised."""
        return QuantisedRows(self.steps[rows], self.scales[rows], self.offsets[rows])

    def joined(self, other: "QuantisedRows") -> "QuantisedRows":
        """The rows of both."""
        return QuantisedRows(
            np.concatenate([self.steps, other.steps]),
            np.concatenate([self.scales, other.scales]),
            np.concatenate([self.offsets, other.offsets]),
        )

    def values(self, rows: IntArray | slice) -> Float32Array:
        """These rows as numbers, shape (rows taken, points)."""
        numbers = self.steps[rows].astype(np.float32)
        numbers *= self.scales[rows, None]
        numbers += self.offsets[rows, None]
        if self.release is not None:
            self.release()
        return numbers

    def is_sound(self, rows: int, points: int) -> bool:
        """Whether the parts fit each other, and so many rows of so many points."""
        heads = (self.scales, self.offsets)
        return (
            self.steps.shape == (rows, points)
            and self.steps.dtype == np.int16
            and all(h.shape == (rows,) and bool(np.isfinite(h).all()) for h in heads)
        )

    def row_bytes(self, row: int) -> bytes:
        """One row as it is kept, little-endian, for hashing."""
        head = np.array([self.scales[row], self.offsets[row]], dtype="<f4")
        steps = self.steps[row].astype("<i2", copy=False)
        return bytes(head.tobytes() + steps.tobytes())
