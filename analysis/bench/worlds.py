"""A world: a library, a watch list, and samples whose composition is known."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from analysis.bench.compositions import Composition, Part, Stock, draw
from analysis.errors import AnalysisError
from analysis.reference import Reference
from analysis.spectrum import Spectrum


class Render(Protocol):
    """Turns components into a spectrum, as the sample's instrument would."""

    def __call__(self, parts: tuple[Part, ...], rng: np.random.Generator, /) -> Spectrum:
        """One measurement; the same chance gives the same one."""
        ...


@dataclass(frozen=True, slots=True)
class Sample:
    """One spectrum and the truth about it.

    Attributes:
        spectrum: as the sample's instrument gives it.
        target: the watched substance that is in it; None for a blank.
        share: its share, 0 to 1, as the world's `share_meaning` says; 0 for a blank.
        components: all that is in it, the target too, largest share first.
        unknown: whether one component is in no library.
        relative_of: the target of which a near relative is in it; None without.
    """

    spectrum: Spectrum
    target: str | None
    share: float
    components: tuple[Part, ...]
    unknown: bool
    relative_of: str | None

    @property
    def relative(self) -> bool:
        """Whether a near relative of a target is in it."""
        return self.relative_of is not None


@dataclass(frozen=True, slots=True)
class World:
    """A library, a watch list, and a source of samples.

    Attributes:
        name: one of `catalogue.WORLDS`.
        label: what is measured in it and what is simulated, for the report.
        share_meaning: what a share of 1 is.
        references: the library's entries.
        targets: names of the watched substances.
        stock: what test samples are mixed from.
        rehearsal: what a programme's own calibration blanks are mixed from; its strangers are in
            no test sample.
        render: turns components into a spectrum.
    """

    name: str
    label: str
    share_meaning: str
    references: list[Reference] = field(repr=False)
    targets: tuple[str, ...]
    stock: Stock = field(repr=False)
    rehearsal: Stock = field(repr=False)
    render: Render = field(repr=False)

    def blanks(
        self, n: int, rng: np.random.Generator, *, unknown: float = 0.3, relative: float = 0.2
    ) -> list[Sample]:
        """Samples without any target.

        Args:
            n: how many.
            rng: source of chance; another one gives other samples.
            unknown: fraction with a component that is not in the library.
            relative: fraction with a near relative of a target.
        """
        return [self._blank(self.stock, rng, unknown, relative) for _ in range(n)]

    def calibration_blanks(
        self, n: int, rng: np.random.Generator, *, unknown: float = 0.3, relative: float = 0.2
    ) -> list[Sample]:
        """Blanks such as a programme would gather for its own calibration; arguments as `blanks`.

        No stranger in them is ever met in `blanks` or `positives`.
        """
        return [self._blank(self.rehearsal, rng, unknown, relative) for _ in range(n)]

    def positives(
        self,
        n: int,
        share: float,
        rng: np.random.Generator,
        *,
        unknown: float = 0.3,
        relative: float = 0.0,
    ) -> list[Sample]:
        """Samples with one target each, every target equally often.

        Args:
            n: how many.
            share: of the target, above 0 and below 0.5.
            rng: source of chance.
            unknown: fraction with a component that is not in the library.
            relative: fraction with a near relative of that target beside it.

        Raises:
            AnalysisError: a share that no street sample could have beside its other parts.
        """
        if n < 1:
            return []
        if not 0 < share < 0.5:
            raise AnalysisError(f"share {share}: above 0 and below 0.5 is wanted")
        return [
            self._positive(target, share, rng, unknown, relative) for target in self._order(n, rng)
        ]

    def _order(self, n: int, rng: np.random.Generator) -> Iterator[str]:
        """So many targets, in a new random order each time all have had their turn."""
        turns = -(-n // len(self.targets))
        order = np.concatenate([rng.permutation(len(self.targets)) for _ in range(turns)])
        return (self.targets[int(k)] for k in order[:n])

    def _blank(
        self, stock: Stock, rng: np.random.Generator, unknown: float, relative: float
    ) -> Sample:
        with_unknown, with_relative = rng.random() < unknown, rng.random() < relative
        kin = [name for name in self.targets if stock.relatives.get(name)]
        near = str(rng.choice(kin)) if with_relative and kin else None
        made = draw(stock, rng, None, 0.0, unknown=with_unknown, near=near)
        return self._sample(made, rng)

    def _positive(
        self, target: str, share: float, rng: np.random.Generator, unknown: float, relative: float
    ) -> Sample:
        with_unknown, with_relative = rng.random() < unknown, rng.random() < relative
        near = target if with_relative else None
        return self._sample(
            draw(self.stock, rng, target, share, unknown=with_unknown, near=near), rng
        )

    def _sample(self, made: Composition, rng: np.random.Generator) -> Sample:
        spectrum = self.render(made.parts, rng)
        return Sample(spectrum, made.target, made.share, made.parts, made.unknown, made.relative_of)
