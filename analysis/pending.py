"""A result whose evidence has been weighed, and whose words and curves are made when asked for."""

from dataclasses import fields
from typing import Any, Protocol

from analysis.findings import Identification, TargetVerdict


class Source(Protocol):
    """Makes the parts of a result when they are asked for, each once."""

    @property
    def verdicts(self) -> tuple[TargetVerdict, ...]:
        """The verdicts alone."""

    @property
    def whole(self) -> Identification:
        """All of it."""


class PendingIdentification(Identification):
    """An `Identification` that is made when one of its attributes is first read.

    In a batch of thousands most results are asked for their verdicts only, or not at all. Reading
    from several threads at once is harmless: each would make the same.
    """

    _source: Source

    def __new__(cls, *parts: Any, **named: Any) -> Any:  # noqa: ANN401 - as dataclasses.replace calls it
        """A plain `Identification` where its parts are given."""
        return Identification(*parts, **named)

    @classmethod
    def of(cls, source: Source) -> "PendingIdentification":
        """One that is made when asked for."""
        pending: PendingIdentification = object.__new__(cls)
        object.__setattr__(pending, "_source", source)
        return pending

    def verdicts(self) -> tuple[TargetVerdict, ...]:
        """The verdicts, without the rest where that can be."""
        return self._source.verdicts

    def whole(self) -> Identification:
        """The plain result."""
        made = self._source.whole
        object.__setattr__(self, "_source", _Made(made))  # lets go of the batch
        return made

    def __eq__(self, other: object) -> bool:
        return self.whole() == (other.whole() if isinstance(other, type(self)) else other)

    __hash__ = Identification.__hash__

    def __repr__(self) -> str:
        return repr(self.whole())


class _Made:
    """A result that is there."""

    def __init__(self, whole: Identification) -> None:
        self.whole = whole

    @property
    def verdicts(self) -> tuple[TargetVerdict, ...]:
        return self.whole.targets


def _part(name: str) -> property:
    def read(pending: PendingIdentification) -> object:
        part: object = getattr(pending.whole(), name)
        return part

    return property(read)


for _field in fields(Identification):
    setattr(PendingIdentification, _field.name, _part(_field.name))
PART = "targets"
setattr(PendingIdentification, PART, property(PendingIdentification.verdicts))
