"""The curve of each named substance, as high as it stands in the sample.

An `Identification` holds shares and the whole fit, not the single curves. They are found again
from the fit: it is a sum of references, so that a non-negative fit of it by the references of the
named substances gives their amounts back.
"""

from dataclasses import dataclass

import numpy as np

from analysis.active_set import nonnegative_least_squares
from analysis.errors import LibraryError
from analysis.findings import Identification
from analysis.library import Library
from analysis.spectrum import FloatArray

TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One named substance in one sample.

    Attributes:
        substance: its name, or that of a family whose members can't be told apart.
        family: its class.
        share: share of the explained signal, as the result says it.
        curve: its references, as high as the share says, on the library's grid, shape (points,).
        fitted: True where it is part of the fit; False for a finding that the fit does not hold.
    """

    substance: str
    family: str
    share: float
    curve: FloatArray
    fitted: bool = True


def named_parts(library: Library, found: Identification) -> tuple[Part, ...]:
    """The curve of each component, and of each detected target that no component covers.

    Args:
        library: the one that the result was made with.
        found: what `Matcher.identify` answered.

    Returns:
        In the order of the components; empty where nothing was fitted.

    Raises:
        LibraryError: the result was made with another library.
    """
    check_same_library(library, found)
    named = [(c.substance, c.family, c.share, c.alike, True) for c in found.components]
    covered = {name for c in found.components for name in (c.substance, c.family)}
    for target in found.detected:
        name = target.target if target.level == "family" else target.family or target.target
        if name not in covered and target.target not in covered:
            named.append((target.target, target.family, target.share or 0.0, (), False))
            covered |= {target.target, name}
    rows = [_rows(library, name, family, alike) for name, family, _, alike, _ in named]
    return _drawn(library, found, named, rows)


def check_same_library(library: Library, found: Identification) -> None:
    """A result can be explained by the library it was made with, and by no other.

    Raises:
        LibraryError: their versions differ.
    """
    if found.library_version != library.version:
        raise LibraryError(
            f"this result was made with library {found.library_version}, not with "
            f"{library.version}: match again, or open the library it was made with"
        )


def _rows(library: Library, name: str, family: str, alike: tuple[str, ...]) -> list[int]:
    """The references that a name stands for: of the substance, or of a family's members."""
    own = [i for i, e in enumerate(library.entries) if e.substance == name]
    if own:
        return own
    return [
        i
        for i, e in enumerate(library.entries)
        if e.family == family and (not alike or e.substance in alike)
    ]


def _drawn(
    library: Library,
    found: Identification,
    named: list[tuple[str, str, float, tuple[str, ...], bool]],
    rows: list[list[int]],
) -> tuple[Part, ...]:
    flat = [i for own in rows for i in own]
    if not flat or not found.fit:
        return ()
    values = np.asarray(library.values[flat], dtype=np.float64)
    slopes = library.recipe.derivative(values)
    strengths = np.linalg.norm(slopes, axis=1) + TINY
    half = library.recipe.window // 2
    inner = slice(half, values.shape[1] - half)
    target = library.recipe.derivative(np.array(found.fit))
    signals = _amounts(slopes[:, inner] / strengths[:, None], target[inner])
    likeness = slopes @ library.recipe.derivative(np.array(found.measured)) / strengths
    heights = np.ptp(values, axis=1) + TINY
    tall = signals / strengths * heights
    per_share = float(tall.sum()) / (sum(c.share for c in found.components) or 1.0)
    parts, start = [], 0
    for (name, family, share, _, fitted), own in zip(named, rows, strict=True):
        here = slice(start, start + len(own))
        start += len(own)
        if not own:
            continue
        mix = _mix(tall[here], likeness[here])
        curve = (share * per_share * mix / heights[here]) @ values[here]
        parts.append(Part(name, family, share, curve, fitted))
    return tuple(parts)


def _amounts(atoms: FloatArray, target: FloatArray) -> FloatArray:
    """Non-negative amounts of unit-norm slopes; a straight baseline (constant slope) is free."""
    level = atoms - atoms.mean(axis=1, keepdims=True)
    return nonnegative_least_squares(level, target - target.mean())


def _mix(tall: FloatArray, likeness: FloatArray) -> FloatArray:
    """How the references of one substance share its height; the most alike, where none is used."""
    total = float(tall.sum())
    if total > TINY * max(1.0, float(np.abs(likeness).max())):
        return tall / total
    only = np.zeros(tall.size)
    only[int(likeness.argmax())] = 1.0
    return only
