"""All checks of spectra against one library; spectra that share an axis are checked together."""

from collections.abc import Iterator, Sequence

from analysis.findings import QualityReason
from analysis.preprocess.recipe import Recipe, alike
from analysis.quality.air import carbon_dioxide, water_vapour
from analysis.quality.axis import LEAST_POINTS, of_axis
from analysis.quality.fluorescence import fluorescence
from analysis.quality.rows import Column, Rows, stacked
from analysis.quality.signal import contact, darkness, flat, full_scale, noise, plateau
from analysis.spectrum import Spectrum

ROWS_AT_ONCE = 128


def check(spectrum: Spectrum, recipe: Recipe) -> tuple[QualityReason, ...]:
    """All checks of one spectrum against one library; none raises."""
    return check_batch([spectrum], recipe)[0]


def check_batch(
    spectra: Sequence[Spectrum], recipe: Recipe
) -> tuple[tuple[QualityReason, ...], ...]:
    """`check` of each, in order."""
    found: list[tuple[QualityReason, ...]] = [()] * len(spectra)
    for members in alike(spectra, ROWS_AT_ONCE):
        answers = _of_alike([spectra[k] for k in members], recipe)
        for k, answer in zip(members, answers, strict=True):
            found[k] = answer
    return tuple(found)


def _of_alike(spectra: Sequence[Spectrum], recipe: Recipe) -> Iterator[tuple[QualityReason, ...]]:
    shared = of_axis(spectra[0], recipe)
    if {q.name for q in shared if q.blocks} & {"technique", "overlap"}:
        return iter([shared] * len(spectra))
    rows = stacked(spectra, recipe)
    if rows.seen.shape[1] < LEAST_POINTS:
        return iter([shared] * len(spectra))
    dead = flat(rows)
    columns = list(_columns(rows))
    return (
        (*shared, signal) if signal is not None else (*shared, *(q for q in row if q is not None))
        for signal, *row in zip(dead, *columns, strict=True)
    )


def _columns(rows: Rows) -> Iterator[Column]:
    """One column per check, each with one reason, or None, per spectrum."""
    if rows.recipe.kind == "infrared":
        yield contact(rows)
    yield plateau(rows)
    yield full_scale(rows)
    yield darkness(rows)
    yield noise(rows)
    if rows.recipe.axis_unit != "cm-1":
        return
    if rows.recipe.kind == "infrared":
        yield water_vapour(rows)
        yield carbon_dioxide(rows)
    elif rows.recipe.kind in {"raman", "counts"}:
        yield fluorescence(rows)
