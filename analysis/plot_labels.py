"""Where the name of each curve stands, so that it is read with its curve and no other."""

from dataclasses import dataclass

import numpy as np

from analysis.spectrum import FloatArray

CROWDED = 0.14
LIFT_POINTS = 9.0
STEP_POINTS = 11.0


@dataclass(frozen=True, slots=True)
class LabelPlace:
    """Where one label goes.

    Attributes:
        channel: it points to the curve there.
        lift_points: how far above the curve it stands, in points of the page.
    """

    channel: int
    lift_points: float


def label_places(curves: list[FloatArray], measured: FloatArray) -> tuple[LabelPlace, ...]:
    """A place for each curve's label: a high point, away from the other labels.

    Worth of a channel: the curve's height there, less where other curves are higher, less near a
    label that has a place already, and nothing at the very ends.

    Args:
        curves: each of shape (points,).
        measured: the curve that lies above all, shape (points,).
    """
    points = measured.size
    free = np.ones(points)
    edge = max(2, points // 14)
    free[:edge] = free[points - edge :] = 0.0
    places: list[LabelPlace] = []
    for k, curve in enumerate(curves):
        others = [other for j, other in enumerate(curves) if j != k]
        highest = np.max(others, axis=0) if others else np.zeros(points)
        worth = curve / (curve + highest + 0.05 * float(measured.max()) + 1e-12)
        best = int((worth * free * (curve > 0.5 * curve.max()) + 1e-6 * worth * free).argmax())
        places.append(LabelPlace(best, LIFT_POINTS))
        distance = np.abs(np.arange(points) - best) / points
        free *= np.clip(distance / CROWDED, 0.0, 1.0) ** 2
    return tuple(places)
