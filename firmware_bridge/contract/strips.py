"""Test strips: what the lines mean, and how little of a substance one can show at a dilution.

ONE LINE IS POSITIVE. These strips compete for the line: where the drug is, the test line stays
away. It is the opposite of a pregnancy or COVID test, and mistaking it is the worst mistake that a
form can invite; so a form asks for lines, never for a result.

Limits are those of published studies, by kind of strip (docs/strips.md lists them with their
sources); a lot may be better or worse, and what its maker or a laboratory says of it goes first.
"""

import math
from dataclasses import dataclass
from typing import Literal

StripKind = Literal["fentanyl", "nitazene", "benzodiazepine", "xylazine", "medetomidine"]
StripResult = Literal["positive", "negative", "invalid", "not-done"]

KINDS: tuple[StripKind, ...] = (
    "fentanyl",
    "nitazene",
    "benzodiazepine",
    "xylazine",
    "medetomidine",
)

LIMITS_NG_ML: dict[StripKind, tuple[float, float] | None] = {
    "fentanyl": (200.0, 200.0),
    "nitazene": (2000.0, 3000.0),
    "benzodiazepine": None,
    "xylazine": (1000.0, 2500.0),
    "medetomidine": (500.0, 2000.0),
}
"""Least concentrations that were seen, and seen every time. None: no figure that we know of.

Fentanyl: Park 2022 (PMC9588631). Nitazene: De Vrieze 2024, isotonitazene, by lot. Xylazine: Sisco
2023 saw 0.5 ug/mL and every one from 2.5. Medetomidine: Amate & Lieberman 2026, by lot."""

FALSE_POSITIVE_MG_ML = 1.0
"""From here methamphetamine, MDMA and diphenhydramine can make a fentanyl strip positive
(Harm Reduct J 2021, 10.1186/s12954-021-00478-4)."""

MOST_MG = 10_000.0
MOST_ML = 10_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One strip that was dipped, or one that was not.

    Attributes:
        kind: which.
        result: what it showed.
        lot: of the strip, as printed; "" where it was not noted.
        expires: "2027-03" or "2027-03-31", as printed; "" where it was not noted.
        mass_mg: of sample, that was dissolved; None where it was not weighed.
        water_ml: that it was dissolved in; None where it was not measured.
        limit_ng_ml: what this lot surely shows, where it is known better than in general.
    """

    kind: StripKind
    result: StripResult
    lot: str
    expires: str
    mass_mg: float | None
    water_ml: float | None
    limit_ng_ml: float | None

    @property
    def dilution_mg_ml(self) -> float | None:
        """How much sample is in each millilitre; None where it is not known."""
        if self.mass_mg is None or self.water_ml is None:
            return None
        if not (0 < self.mass_mg <= MOST_MG and 0 < self.water_ml <= MOST_ML):
            return None
        return self.mass_mg / self.water_ml

    @property
    def limit_share(self) -> float | None:
        """The part of the sample's mass from which the strip shows it every time.

        LOD (ng/mL) / (1,000,000 x dilution (mg/mL)). None where limit or dilution is not known.
        """
        known = LIMITS_NG_ML[self.kind]
        limit = self.limit_ng_ml or (None if known is None else known[1])
        dilution = self.dilution_mg_ml
        if limit is None or not dilution:
            return None
        share = limit / (1e6 * dilution)
        return share if 0 < share < math.inf else None

    @property
    def may_be_false(self) -> bool:
        """Whether so much was dissolved that other drugs can make it positive."""
        dilution = self.dilution_mg_ml
        return self.kind == "fentanyl" and (dilution is None or dilution >= FALSE_POSITIVE_MG_ML)

    def is_expired(self, today: str) -> bool:
        """Whether its date has passed; a month counts to its end.

        Args:
            today: "2026-11-27".
        """
        if not self.expires:
            return False
        return self.expires[:7] < today[:7] if len(self.expires) == 7 else self.expires < today


def result_of(*, control_line: bool, test_line: bool) -> StripResult:
    """What the lines say: one line (the control) is positive, two are negative.

    However faint the second line is, it is a line. Without the control line the strip has failed.
    """
    if not control_line:
        return "invalid"
    return "negative" if test_line else "positive"
