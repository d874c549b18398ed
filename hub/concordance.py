"""How often strip, spectrum and laboratory say the same, by site, instrument and group. Pure.

A laboratory is the measure of strip and spectrum, and a strip that of the spectrum. Rates are told
only from enough samples on, with Wilson's interval of 95 % (Wilson, J. Am. Stat. Assoc. 22 (1927)
209), which holds for few samples and for none or all of them.

What is counted is not a trial: which samples get a strip or go to a laboratory was chosen, and a
technician may have read a spectrum after the laboratory answered.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from firmware_bridge.contract.check.reconcile import Standing
from hub.check_samples import Sample

Pair = Literal["strip-laboratory", "spectrum-laboratory", "spectrum-strip"]
Said = Literal["yes", "no", "unclear", ""]
PAIRS: tuple[Pair, ...] = ("strip-laboratory", "spectrum-laboratory", "spectrum-strip")
Z_95 = 1.959964
ALL = "all"

_STRIP: Mapping[str, Said] = {"positive": "yes", "negative": "no"}
_SPECTRUM: Mapping[str, Said] = {"shows": "yes", "unseen": "no", "unclear": "unclear"}
_LAB: Mapping[str, Said] = {"found": "yes", "not-found": "no"}


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of samples with its interval; `share` and ends are None where n is too small."""

    n: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Table:
    """Two methods on the same samples of one group.

    Attributes:
        site: "all" for every site.
        instrument: "all" for every one, "none" where there was no spectrum.
        group: of substances.
        pair: the method that is looked at, and the one it is measured by.
        both: both say yes.
        missed: only the measure says yes.
        extra: only the method says yes.
        neither: both say no.
        unclear: the method could not tell.
        sensitivity: of those where the measure says yes, how often the method did. What is unclear
            counts as missed.
        specificity: of those where the measure says no, how often the method did. What is unclear
            is left out.
    """

    site: str
    instrument: str
    group: str
    pair: Pair
    both: int
    missed: int
    extra: int
    neither: int
    unclear: int
    sensitivity: Rate
    specificity: Rate

    @property
    def n(self) -> int:
        """Samples on which both were used."""
        return self.both + self.missed + self.extra + self.neither + self.unclear


def tables(samples: Iterable[Sample], instruments: Mapping[str, str], least: int) -> list[Table]:
    """Every table that has samples.

    Args:
        samples: those with a conflict are left out.
        instruments: of each spectrum, by its id.
        least: rates are told from this many samples on.
    """
    counted: dict[tuple[str, str, str, Pair], Counter[tuple[Said, Said]]] = {}
    for sample in samples:
        if sample.record.conflicts or sample.facts.demonstration:
            continue
        named = {instruments.get(name, "") for name in sample.record.spectra}
        instrument = " + ".join(sorted(filter(None, named))) or "none"
        for one in sample.facts.standings:
            for pair in PAIRS:
                said = _said(one, pair)
                if "" in said:
                    continue
                for place in {(ALL, ALL), (sample.site, ALL), (sample.site, instrument)}:
                    counted.setdefault((*place, one.group, pair), Counter())[said] += 1
    return [_table(key, counts, least) for key, counts in sorted(counted.items())]


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The interval of 95 % of a share."""
    share, square = hits / n, Z_95 * Z_95
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z_95 / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def _said(one: Standing, pair: Pair) -> tuple[Said, Said]:
    strip, spectrum = _STRIP.get(one.strip, ""), _SPECTRUM.get(one.spectrum.says, "")
    laboratory = _LAB.get(one.lab.says, "")
    if pair == "strip-laboratory":
        return strip, laboratory
    return (spectrum, laboratory) if pair == "spectrum-laboratory" else (spectrum, strip)


def _table(
    key: tuple[str, str, str, Pair], counts: Counter[tuple[Said, Said]], least: int
) -> Table:
    site, instrument, group, pair = key
    both, missed = counts["yes", "yes"], counts["no", "yes"]
    extra, neither = counts["yes", "no"], counts["no", "no"]
    unclear_yes, unclear_no = counts["unclear", "yes"], counts["unclear", "no"]
    return Table(
        site=site,
        instrument=instrument,
        group=group,
        pair=pair,
        both=both,
        missed=missed,
        extra=extra,
        neither=neither,
        unclear=unclear_yes + unclear_no,
        sensitivity=_rate(both, both + missed + unclear_yes, least),
        specificity=_rate(neither, neither + extra, least),
    )


def _rate(hits: int, n: int, least: int) -> Rate:
    if n < max(1, least):
        return Rate(n, None, None, None)
    low, high = wilson(hits, n)
    return Rate(n, hits / n, low, high)
