"""The worlds by name."""

from pathlib import Path

from analysis.bench.measured import infrared_world
from analysis.bench.simulated import simulated_world
from analysis.bench.two_instruments import raman_world
from analysis.bench.worlds import World
from analysis.errors import AnalysisError

WORLDS = ("open-sim", "other-sim", "open-ir", "other-ir", "raman")
"""Names that `build` knows. "open" worlds are for tuning; "other" ones are for the proof."""
NEEDS_DATA = ("open-ir", "other-ir", "raman")


def build(
    name: str,
    *,
    seed: int = 1,
    targets: int = 30,
    references: int = 500,
    replicates: int = 1,
    data: Path | None = None,
) -> World:
    """Make a world.

    Args:
        name: one of `WORLDS`.
        seed: of its substances, its watch list and what is left out of its library.
        targets: how many substances are watched, where the world has that many.
        references: how many substances a simulated library has.
        replicates: references per substance of a simulated library, each of another instrument.
        data: folder of the measured data, for the worlds of `NEEDS_DATA`.

    Raises:
        AnalysisError: no such world, or the measured data it needs is not there.
    """
    if name not in WORLDS:
        raise AnalysisError(f"world {name!r} is not known; one of {', '.join(WORLDS)} is wanted")
    if name not in NEEDS_DATA:
        return simulated_world(
            name, seed=seed, targets=targets, references=references, replicates=replicates
        )
    if data is None or not data.is_dir():
        raise AnalysisError(
            f"world {name} needs the measured data, and there is none at {data}: give --data"
            " FOLDER, or set HARBORLIGHT_SHARED_DATA"
        )
    if name == "raman":
        return raman_world(seed=seed, targets=targets, data=data)
    return infrared_world(name, seed=seed, targets=targets, data=data)
