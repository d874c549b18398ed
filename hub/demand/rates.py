"""How fast a slot empties, drawn towards its site and product where it has sold little.

Credibility (H. Bühlmann, 1967): what a slot sold counts the more, the more there is of it, beside
how much slots of one kind differ from each other at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.demand.days import SlotDay

PRODUCT_DAYS = 10.0
"""A product's rate is drawn towards that of all products as if by so many slot-days."""

SITE_ITEMS = 15.0
"""A site's factor is drawn towards 1 as if by so many items."""

LEAST_BETWEEN, MOST_BETWEEN, USUAL_BETWEEN = 0.05, 1.5, 0.4
"""Bounds of how much slots of one kind differ (relative variance), and what is taken without peers.
"""


@dataclass(frozen=True, slots=True)
class Spread:
    """How much more sales vary than independent ones would.

    The variance of what leaves in some days, where `m` is expected and `q` is the sum of the
    squares of what is expected on each day: lump * m + daily * q + slow * m squared.

    Attributes:
        lump: 1 if everybody took one item; more where people take several.
        daily: relative variance from day to day (weather, a pay-day).
        slow: relative variance of what lasts (a season, news, and what the model does not know).
    """

    lump: float = 1.4
    daily: float = 0.12
    slow: float = 0.08

    def variance(self, mean: float, squares: float, doubt: float = 0.0) -> float:
        """Of a count; `doubt` is the relative variance of the rate itself."""
        return self.lump * mean + self.daily * squares + (self.slow + doubt) * mean * mean


@dataclass(frozen=True, slots=True)
class Rate:
    """Items a day on the average of a week.

    Attributes:
        per_day: the estimate.
        doubt: relative variance of it.
        own: how much of it is the slot's own sales, 0 to 1.
    """

    per_day: float
    doubt: float
    own: float


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of a slot before its own sales are looked at.

    Attributes:
        per_day: items a day.
        between: relative variance between slots of the kind.
    """

    per_day: float
    between: float


@dataclass(slots=True)
class Seen:
    """A slot's sales with older days counting less.

    Attributes:
        sold: items, weighted.
        days: days on which it could sell, weighted.
        days_noise: the same, weights squared.
        squares_noise: squares of the days, weights squared.
    """

    sold: float = 0.0
    days: float = 0.0
    days_noise: float = 0.0
    squares_noise: float = 0.0

    def add(self, day: SlotDay, lump: float) -> None:
        """One day more."""
        self.sold += day.wanted(lump)
        self.days += day.could_sell
        self.days_noise += day.could_sell
        self.squares_noise += day.could_sell**2

    def age(self, factor: float) -> None:
        """All that is known grows old by a factor below 1."""
        self.sold *= factor
        self.days *= factor
        self.days_noise *= factor * factor
        self.squares_noise *= factor * factor

    def rate(self, belief: Belief, spread: Spread) -> Rate:
        """The rate that follows."""
        expected = belief.per_day * self.days
        if expected <= 0:
            return Rate(belief.per_day, belief.between, 0.0)
        noise = spread.lump * belief.per_day * self.days_noise
        noise += spread.daily * belief.per_day**2 * self.squares_noise
        own = belief.between * expected**2
        own /= own + noise
        ratio = max(0.02, 1 + own * (self.sold / expected - 1))
        # The relative variance of a rate that turned out low is greater: as of a gamma law.
        return Rate(belief.per_day * ratio, belief.between * (1 - own) / ratio, own)


def look(days: Sequence[SlotDay], last_day: int, half_life_days: float, lump: float) -> Seen:
    """A slot's days up to one, older ones counting less; `lump` as in `Spread`."""
    seen, factor = Seen(), 0.5 ** (1 / half_life_days)
    at = days[0].day if days else last_day
    for row in days:
        seen.age(factor ** (row.day - at))
        seen.add(row, lump)
        at = row.day
    seen.age(factor ** max(0, last_day - at))
    return seen


def beliefs(
    kinds: Mapping[str, tuple[str, str]], seen: Mapping[str, Seen], spread: Spread
) -> dict[str, Belief]:
    """What to believe of every slot: its product's rate in the fleet times its site's factor.

    Args:
        kinds: site and product of each slot.
        seen: what was seen of each slot.
        spread: how much sales vary.
    """
    products = _product_rates(kinds, seen)
    expected = {slot: seen[slot].days * products[product] for slot, (_, product) in kinds.items()}
    sold_at, expected_at = dict[str, float](), dict[str, float]()
    for slot, (site, _) in kinds.items():
        sold_at[site] = sold_at.get(site, 0.0) + seen[slot].sold
        expected_at[site] = expected_at.get(site, 0.0) + expected[slot]
    factors = {
        site: (sold_at[site] + SITE_ITEMS) / (expected_at[site] + SITE_ITEMS) for site in sold_at
    }
    rates = {slot: products[product] * factors[site] for slot, (site, product) in kinds.items()}
    between = _between(rates, seen, spread)
    return {slot: Belief(rate, between) for slot, rate in rates.items()}


def _product_rates(
    kinds: Mapping[str, tuple[str, str]], seen: Mapping[str, Seen]
) -> dict[str, float]:
    sold, days = sum(each.sold for each in seen.values()), sum(each.days for each in seen.values())
    overall = (sold + 0.5) / (days + 0.5)
    of_product: dict[str, tuple[float, float]] = {}
    for slot, (_, product) in kinds.items():
        before = of_product.get(product, (0.0, 0.0))
        of_product[product] = (before[0] + seen[slot].sold, before[1] + seen[slot].days)
    return {
        product: (sold + PRODUCT_DAYS * overall) / (days + PRODUCT_DAYS)
        for product, (sold, days) in of_product.items()
    }


def _between(rates: Mapping[str, float], seen: Mapping[str, Seen], spread: Spread) -> float:
    """How much slots differ beyond what chance makes of equal ones (method of moments)."""
    above = below = 0.0
    for slot, rate in rates.items():
        one = seen[slot]
        expected = rate * one.days
        noise = spread.lump * rate * one.days_noise + spread.daily * rate**2 * one.squares_noise
        above += (one.sold - expected) ** 2 - noise
        below += expected**2
    if len(rates) < 4 or below <= 0:
        return USUAL_BETWEEN
    return min(MOST_BETWEEN, max(LEAST_BETWEEN, above / below))
