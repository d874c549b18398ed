"""The parts of a library as the named arrays of its file, and the other way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.container import AnyArray, Container
from analysis.entries import KEY_BYTES, TEXT_FIELDS, Entries, TextColumn
from analysis.identity import DIGEST_BYTES
from analysis.preprocess.recipe import Recipe
from analysis.projection import Coordinates, Projection
from analysis.quanta import QuantisedRows

FORMAT = "harborlight-library"
CALIBRATION = "calibration/"


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What a library is made of, but for its calibration; as in `Library`."""

    entries: Entries
    quantised: QuantisedRows
    digests: NDArray[np.uint8]
    recipe: Recipe
    projection: Projection | None


def packed(parts: Parts, calibration: Mapping[str, AnyArray]) -> dict[str, AnyArray]:
    """All arrays by name."""
    rows, found = parts.quantised, parts.projection
    arrays: dict[str, AnyArray] = {
        "steps": rows.steps,
        "scales": rows.scales,
        "offsets": rows.offsets,
        "keys": parts.entries.keys,
        "digests": parts.digests,
    }
    for name, column in parts.entries.columns.items():
        arrays[f"{name}/codes"] = column.codes
        arrays[f"{name}/ends"] = column.ends
        arrays[f"{name}/text"] = column.text
    if found is not None:
        arrays["search/basis"] = found.basis
        arrays |= {f"search/{name}": part for name, part in found.at.parts().items()}
    return arrays | {CALIBRATION + name: array for name, array in calibration.items()}


def unpacked(container: Container) -> Parts:
    """The parts of a library.

    Raises:
        KeyError, TypeError, ValueError: they do not fit each other.
    """
    meta, arrays = container.meta, container.arrays
    _require("format", sound=meta.get("format") == FORMAT)
    recipe = Recipe(**meta["recipe"])
    count = len(arrays["keys"])
    rows = QuantisedRows(
        arrays["steps"], arrays["scales"], arrays["offsets"], container.release("steps")
    )
    _require("spectra", sound=count > 0 and rows.is_sound(count, recipe.points))
    _require("keys", sound=arrays["keys"].shape == (count, KEY_BYTES))
    _require("digests", sound=arrays["digests"].shape == (count, DIGEST_BYTES))
    columns = {name: _column(arrays, name, count) for name in TEXT_FIELDS}
    for name in ("substance", "family"):
        _require(name, sound=bool((columns[name].codes >= 0).all()))
    search: dict[str, Any] = container.group("search/")
    found = Projection(search.pop("basis"), Coordinates(**search)) if search else None
    _require("search", sound=found is None or found.is_sound(count, recipe.points))
    return Parts(Entries(arrays["keys"], columns), rows, arrays["digests"], recipe, found)


def _column(arrays: Mapping[str, AnyArray], name: str, count: int) -> TextColumn:
    column = TextColumn(*(arrays[f"{name}/{part}"] for part in ("codes", "ends", "text")))
    _require(name, sound=column.is_sound(count))
    return column


def _require(part: str, *, sound: bool) -> None:
    if not sound:
        raise ValueError(part)
