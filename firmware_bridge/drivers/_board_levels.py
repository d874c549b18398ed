"""From load cells and distances of our own controller board to items in a slot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, Field, field_validator

from firmware_bridge.drivers.readings import LevelReading

MOVED_ITEMS = 0.5
"""A figure that moves by more than half an item moves; less is noise."""

BELOW_EMPTY_ITEMS = -0.75
"""Lower than this is no empty slot but a wrong calibration: no level is told."""


class LoadCell(BaseModel, extra="forbid", frozen=True):
    """How the load cell below a slot is to be read: items = (grams - tare) / grams per item."""

    counts_per_gram: float = Field(description="Counts of the converter for one gram.")
    grams_per_item: float = Field(gt=0, description="Weight of one item, grams.")
    tare_g: float = Field(
        default=0.0, description="What the empty slot weighs after `tare`, grams; 0 as a rule."
    )

    @field_validator("counts_per_gram")
    @classmethod
    def _is_a_slope(cls, value: float) -> float:
        if not 1e-6 <= abs(value) <= 1e9:
            raise ValueError("counts_per_gram must not be 0; negative where more weight reads less")
        return value

    def measured(self, raw: float) -> tuple[float, float]:
        """Grams, and items, of counts that the board has tared."""
        grams = raw / self.counts_per_gram
        return grams, (grams - self.tare_g) / self.grams_per_item


class Distance(BaseModel, extra="forbid", frozen=True):
    """How a distance sensor is to be read: items = (empty - measured) / depth of one item."""

    mm_empty: float = Field(gt=0, description="What it measures in an empty slot, millimetres.")
    mm_per_item: float = Field(gt=0, description="How deep one item is, millimetres.")

    def measured(self, raw: float) -> tuple[float, float]:
        """Millimetres, and items."""
        return raw, (self.mm_empty - raw) / self.mm_per_item


Method = Literal["load-cell", "distance"]


@dataclass(slots=True)
class Levels:
    """Every level sensor of one board, and whether its figure can be believed yet.

    Attributes:
        load_cells: by slot.
        distances: by slot.
        settle_s: a figure is believed when it, and the door, have rested so long.
    """

    load_cells: Mapping[str, LoadCell]
    distances: Mapping[str, Distance]
    settle_s: float
    _anchors: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    _door_open: bool = False
    _door_moved_s: float = float("-inf")

    def door(self, now_s: float, *, is_open: bool) -> None:
        """The door was opened or shut."""
        if is_open != self._door_open:
            self._door_open, self._door_moved_s = is_open, now_s

    def take(self, method: Method, slot: str, raw: float, now_s: float) -> LevelReading | None:
        """What a raw figure says; None for a slot that the settings do not know."""
        sensors: Mapping[str, LoadCell | Distance]
        sensors = self.load_cells if method == "load-cell" else self.distances
        if slot not in sensors:
            return None
        value, items = sensors[slot].measured(raw)
        return LevelReading(
            selection=slot,
            level=max(0, round(items)) if items > BELOW_EMPTY_ITEMS else None,
            method=method,
            raw=round(value, 1),
            settled=self._rests((method, slot), items, now_s),
        )

    def _rests(self, sensor: tuple[str, str], items: float, now_s: float) -> bool:
        anchor, since_s = self._anchors.get(sensor, (float("inf"), now_s))
        if abs(items - anchor) > MOVED_ITEMS:
            since_s = now_s
            self._anchors[sensor] = (items, now_s)
        resting_s = now_s - max(since_s, self._door_moved_s)
        return not self._door_open and resting_s >= self.settle_s
