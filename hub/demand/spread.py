"""Learns how much sales vary, from how far earlier forecasts would have been off.

At every few days of the past the rate known then is held against what was sold in the next 1 to 14
days in which the slot could sell. A block ends where the slot ran empty, which does no harm: what
was expected is counted up to there as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.demand.days import SlotDay
from hub.demand.rates import Belief, Seen, Spread

AHEAD = (1, 3, 7, 14)
EVERY_DAYS = 4
USUAL = Spread()
USUAL_WEIGHT = 30.0
"""The usual spread speaks as loudly as so many blocks."""


@dataclass(frozen=True, slots=True)
class Block:
    """One forecast of the past, and how it turned out."""

    mean: float
    squares: float
    doubt: float
    sold: float


def learn_spread(
    slots: Mapping[str, Sequence[SlotDay]],
    believed: Mapping[str, Belief],
    before: Spread,
    half_life_days: float,
) -> Spread:
    """The spread of a fleet.

    Args:
        slots: the days of each slot, oldest first.
        believed: what is believed of each slot.
        before: a first guess.
        half_life_days: as in `DemandSettings`.
    """
    blocks = [
        block
        for slot, days in slots.items()
        for block in _blocks(days, believed[slot], before, 0.5 ** (1 / half_life_days))
    ]
    return _fit(blocks, before)


def _blocks(
    days: Sequence[SlotDay], belief: Belief, spread: Spread, factor: float
) -> Iterator[Block]:
    sold, open_, squares = _running(days, spread.lump)
    seen = Seen()
    for index, row in enumerate(days):
        if index and index % EVERY_DAYS == 0:
            rate = seen.rate(belief, spread)
            for ahead in AHEAD:
                end = index + ahead
                if end > len(days) or not (ahead > 1 or row.sharp):
                    continue
                mean = rate.per_day * (open_[end] - open_[index])
                if mean > 0.05:
                    squared = rate.per_day**2 * (squares[end] - squares[index])
                    yield Block(mean, squared, rate.doubt, sold[end] - sold[index])
        if index:
            seen.age(factor ** (row.day - days[index - 1].day))
        seen.add(row, spread.lump)


def _running(days: Sequence[SlotDay], lump: float) -> tuple[list[float], list[float], list[float]]:
    sold, open_, squares = [0.0], [0.0], [0.0]
    for row in days:
        sold.append(sold[-1] + row.wanted(lump))
        open_.append(open_[-1] + row.could_sell)
        squares.append(squares[-1] + row.could_sell**2)
    return sold, open_, squares


def _fit(blocks: Sequence[Block], before: Spread) -> Spread:
    """Weighted least squares of squared errors, no part below zero, drawn towards the usual."""
    usual = (USUAL.lump, USUAL.daily, USUAL.slow)
    matrix = [[USUAL_WEIGHT * (row == column) for column in range(3)] for row in range(3)]
    wanted = [USUAL_WEIGHT] * 3
    for block in blocks:
        guess = before.variance(block.mean, block.squares, block.doubt) + 0.2
        parts = (block.mean, block.squares, block.mean**2)
        features = [base * part / guess for base, part in zip(usual, parts, strict=True)]
        error = (block.sold - block.mean) ** 2 - block.doubt * block.mean**2
        for row in range(3):
            wanted[row] += features[row] * error / guess
            for column in range(3):
                matrix[row][column] += features[row] * features[column]
    lump, daily, slow = (
        base * factor for base, factor in zip(usual, _not_negative(matrix, wanted), strict=True)
    )
    return Spread(max(1.0, lump), daily, slow)


def _not_negative(matrix: Sequence[Sequence[float]], wanted: Sequence[float]) -> list[float]:
    """The least squares solution without negative parts (coordinate descent)."""
    found = [1.0] * len(wanted)
    for _ in range(300):
        for row, target in enumerate(wanted):
            rest = sum(
                matrix[row][other] * found[other] for other in range(len(found)) if other != row
            )
            found[row] = max(0.0, (target - rest) / matrix[row][row])
    return found
