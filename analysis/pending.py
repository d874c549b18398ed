"""A result whose evidence has been weighed, and whose words and curves are made when asked for."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from analysis.findings import Identification, TargetVerdict


class PendingIdentification(Identification):
    """An `Identification` that is made when one of its attributes is first read.

    In a batch of thousands most results are asked for their verdicts only, or not at all. Reading
    from several threads at once is harmless: each would make the same.
    """

    _make: Callable[[], Identification]
    _judge: Callable[[], tuple[TargetVerdict, ...] | None]

    def __new__(cls, *parts: Any, **named: Any) -> Any:  # noqa: ANN401 - as dataclasses.replace calls it
        """A plain `Identification` where its parts are given."""
        return Identification(*parts, **named)

    @classmethod
    def of(
        cls,
        make: Callable[[], Identification],
        judge: Callable[[], tuple[TargetVerdict, ...] | None],
    ) -> "PendingIdentification":
        """One that is made when asked for.

        Args:
            make: gives the whole result.
            judge: gives its verdicts alone, where the rest does not bear on them; else None.
        """
        pending: PendingIdentification = object.__new__(cls)
        object.__setattr__(pending, "_make", make)
        object.__setattr__(pending, "_judge", judge)
        return pending

    def verdicts(self) -> tuple[TargetVerdict, ...]:
        """The verdicts, without the rest where that can be."""
        known: tuple[TargetVerdict, ...] | None = self.__dict__.get("_verdicts")
        if known is None:
            whole = self.__dict__.get("_whole")
            known = None if whole else self._judge()
            known = self.whole().targets if known is None else known
            object.__setattr__(self, "_verdicts", known)
        return known

    def whole(self) -> Identification:
        """The plain result."""
        known: Identification | None = self.__dict__.get("_whole")
        if known is None:
            made = known = self._make()
            object.__setattr__(self, "_whole", known)
            # Lets go of the batch.
            object.__setattr__(self, "_make", lambda: made)
            object.__setattr__(self, "_judge", lambda: made.targets)
        return known

    def __eq__(self, other: object) -> bool:
        return self.whole() == (other.whole() if isinstance(other, type(self)) else other)

    __hash__ = Identification.__hash__

    def __repr__(self) -> str:
        return repr(self.whole())


def _part(name: str) -> property:
    def read(pending: PendingIdentification) -> object:
        part: object = getattr(pending.whole(), name)
        return part

    return property(read)


for _field in fields(Identification):
    setattr(PendingIdentification, _field.name, _part(_field.name))
PART = "targets"
setattr(PendingIdentification, PART, property(PendingIdentification.verdicts))
