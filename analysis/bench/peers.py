"""Other programs that do the same jobs. None is needed at run time; what is absent is left out."""

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from analysis.bench.timing import Contender
from analysis.identify import Matcher
from analysis.library import Library
from analysis.spectrum import FloatArray, Spectrum

TOP = 10
OURS = "Harborlight"
ARPLS_HOMES = (
    ("analysis.preprocess.baseline", "arpls"),
    ("analysis.preprocess.baselines", "arpls"),
    ("analysis.preprocess.arpls", "arpls"),
)
"""Where our batched arPLS may be: it takes rows of values, shape (spectra, channels)."""
NNLS_PART = 0.05


def searchers(matcher: Matcher, features: np.ndarray, n: int) -> list[Contender]:
    """Exact top 10 by cosine. Ours starts from raw spectra; peers are handed finished features.

    Args:
        matcher: of the library.
        features: of the library, float32, unit norm, shape (references, channels).
        n: queries at once.
    """
    recipe = matcher.library.recipe

    def ready(spectra: Sequence[Spectrum]) -> np.ndarray:
        rows = np.array([recipe.on_grid(s) for s in spectra])
        return recipe.features(rows).astype(np.float32)

    found = [*own_search(matcher, n), Contender("numpy", _by_numpy(features), ready)]
    found += [Contender(name, work, ready) for name, work in _by_packages(features)]
    return found


def own_search(matcher: Matcher, n: int) -> Iterator[Contender]:
    """Our search of n queries: alone, as a batch, or one by one where there is no batch."""
    batch: Callable[..., object] | None = getattr(matcher, "search_batch", None)
    if n == 1:
        yield Contender(OURS, lambda spectra: matcher.search(spectra[0], TOP))
    elif batch is not None:
        yield Contender(OURS, lambda spectra: batch(spectra, TOP))
    else:
        yield Contender(
            f"{OURS}, one by one", lambda spectra: [matcher.search(s, TOP) for s in spectra]
        )


def _by_numpy(features: np.ndarray) -> Callable[[np.ndarray], object]:
    def work(rows: np.ndarray) -> object:
        scores = rows @ features.T
        best = np.argpartition(-scores, TOP, axis=1)[:, :TOP]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1)
        return np.take_along_axis(best, order, axis=1)

    return work


def _by_packages(features: np.ndarray) -> Iterator[tuple[str, Callable[[np.ndarray], object]]]:
    try:
        faiss = import_module("faiss")
    except ModuleNotFoundError:
        pass
    else:
        index = faiss.IndexFlatIP(features.shape[1])
        index.add(np.ascontiguousarray(features))
        yield "FAISS flat", lambda rows: index.search(rows, TOP)
    try:
        neighbours = import_module("sklearn.neighbors")
    except ModuleNotFoundError:
        return
    near = neighbours.NearestNeighbors(n_neighbors=TOP, algorithm="brute", metric="cosine")
    near.fit(features)
    yield "scikit-learn", near.kneighbors


def detectors(matcher: Matcher, library: Library) -> list[Contender]:
    """All verdicts of a batch, against plain unmixing by scipy on features that are finished.

    `scipy nnls` is run to its end, on a twentieth of the spectra: it takes one at a time.
    """
    atoms = np.ascontiguousarray(library.features().T, dtype=np.float64)
    recipe = library.recipe

    def ready(spectra: Sequence[Spectrum]) -> FloatArray:
        return recipe.features(np.array([recipe.on_grid(s) for s in spectra]))

    def unmix(rows: FloatArray) -> object:
        from scipy.optimize import nnls  # noqa: PLC0415 - start-up time

        return [nnls(atoms, row)[0] for row in rows]

    return [
        Contender(OURS, verdicts_by(matcher)),
        Contender("scipy nnls", unmix, ready, NNLS_PART),
    ]


def verdicts_by(matcher: Matcher) -> Callable[[Sequence[Spectrum]], object]:
    """All verdicts of a matcher: they are asked for, as a result makes them only then."""

    def verdicts(spectra: Sequence[Spectrum]) -> object:
        return [found.targets for found in matcher.identify_batch(spectra)]

    return verdicts


def smoothers(axis: FloatArray) -> list[Contender]:
    """Baselines by arPLS of rows of values, shape (spectra, channels)."""
    found = [Contender(OURS, own)] if (own := own_arpls()) is not None else []
    try:
        fitter: Any = import_module("pybaselines").Baseline(x_data=axis)
    except ModuleNotFoundError:
        return found

    def each(rows: FloatArray) -> object:
        return [fitter.arpls(row)[0] for row in rows]

    return [*found, Contender("pybaselines", each, part=0.2)]


def own_arpls() -> Callable[[FloatArray], object] | None:
    """Our batched arPLS; None while there is none."""
    for home, name in ARPLS_HOMES:
        try:
            found: Callable[[FloatArray], object] | None = getattr(import_module(home), name, None)
        except ModuleNotFoundError:
            continue
        if found is not None:
            return found
    return None
