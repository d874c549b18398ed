"""What street samples are made of: a few bulk components, traces, sometimes a stranger.

The shape follows what drug checking services publish: cutting agents make up 30 to 95 % of the
mass, a potent component 0.5 to 20 %, and most samples hold a handful of traces beside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

LEAST_MAIN = 0.3
LEAST_BULK = 0.1
UNKNOWN_SHARES = (0.05, 0.4)
RELATIVE_SHARES = (0.02, 0.2)
TRACE_SHARES = (0.002, 0.02)


@dataclass(frozen=True, slots=True)
class Part:
    """One component: its name, its share (0 to 1), and whether the library has it."""

    substance: str
    share: float
    known: bool = True


@dataclass(frozen=True, slots=True)
class Composition:
    """The components of one sample, largest first, and what is special about it."""

    parts: tuple[Part, ...]
    target: str | None
    share: float
    unknown: bool
    relative_of: str | None


@dataclass(frozen=True, slots=True)
class Stock:
    """What samples are mixed from.

    Attributes:
        matrix: substances of the library that are neither targets nor of a target's family, with
            how often each is met (any scale).
        unknowns: substances that are in no library.
        relatives: for each target, its near relatives (of its family, or only alike).
        visible: least and most visible components, the target among them.
        traces: least and most traces.
    """

    matrix: Mapping[str, float]
    unknowns: Sequence[str]
    relatives: Mapping[str, Sequence[str]]
    visible: tuple[int, int] = (3, 6)
    traces: tuple[int, int] = (1, 5)


def draw(
    stock: Stock,
    rng: np.random.Generator,
    target: str | None,
    share: float,
    *,
    unknown: bool,
    near: str | None,
) -> Composition:
    """Draw one composition; its shares add up to 1.

    Args:
        stock: what there is.
        rng: source of chance.
        target: the watched substance to put in, or None.
        share: its share.
        unknown: put a component in that is in no library.
        near: put a near relative of this target in (when it has one).
    """
    parts = [] if target is None else [Part(target, share)]
    if unknown:
        parts.append(Part(str(rng.choice(stock.unknowns)), _between(rng, UNKNOWN_SHARES), False))
    kin = [] if near is None else list(stock.relatives.get(near, ()))
    if kin:
        parts.append(Part(str(rng.choice(kin)), _between(rng, RELATIVE_SHARES)))
    bulk = max(2, int(rng.integers(stock.visible[0], stock.visible[1] + 1)) - len(parts))
    traces = int(rng.integers(stock.traces[0], stock.traces[1] + 1))
    names = _chosen(stock.matrix, bulk + traces, rng)
    parts += [Part(name, _between(rng, TRACE_SHARES)) for name in names[bulk:]]
    parts = _room_for_bulk(parts, target, share)
    rest = 1.0 - sum(part.share for part in parts)
    shares = rest * _bulk_shares(min(bulk, len(names)), rng)
    parts += [Part(n, float(s)) for n, s in zip(names[:bulk], shares, strict=True)]
    ordered = tuple(sorted(parts, key=lambda part: -part.share))
    return Composition(ordered, target, share, unknown, near if kin else None)


def _room_for_bulk(parts: list[Part], target: str | None, share: float) -> list[Part]:
    """The same parts, all but the target made smaller where too little would be left for bulk."""
    others = sum(part.share for part in parts) - share
    fits = min(1.0, (1.0 - LEAST_BULK - share) / max(others, 1e-9))
    return [p if p.substance == target else replace(p, share=fits * p.share) for p in parts]


def _chosen(weights: Mapping[str, float], n: int, rng: np.random.Generator) -> list[str]:
    """Up to n different names, likelier ones first on average."""
    names = list(weights)
    chances = np.array([weights[name] for name in names], dtype=np.float64)
    picked = rng.choice(len(names), min(n, len(names)), replace=False, p=chances / chances.sum())
    return [names[int(k)] for k in picked]


def _bulk_shares(n: int, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Shares that add up to 1; the first has at least `LEAST_MAIN`."""
    shares = (1 - LEAST_MAIN) * rng.dirichlet(np.ones(n))
    shares[0] += LEAST_MAIN
    return np.asarray(shares, dtype=np.float64)


def _between(rng: np.random.Generator, bounds: tuple[float, float]) -> float:
    """A share, evenly spread in its logarithm."""
    low, high = np.log(bounds)
    return float(np.exp(rng.uniform(low, high)))
