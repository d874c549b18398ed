"""What each row of a library is: kept by column, made into records only when asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from analysis.reference import Reference

IntArray = NDArray[np.intp]
NO_TEXT = -1
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row of a library is; the fields are those of `Reference`, and `key`.

    Attributes:
        key: hash of the spectrum alone; entries are kept in its order.
        substance: its name.
        family: its class.
        form: salt or base.
        inchikey: identifies the substance.
        instrument: what it was measured with.
        source: where it comes from.
        licence: what may be done with it.
        cas: CAS registry number.
        pubchem: PubChem compound number.
    """

    key: str
    substance: str
    family: str
    form: str | None = None
    inchikey: str | None = None
    instrument: str | None = None
    source: str | None = None
    licence: str | None = None
    cas: str | None = None
    pubchem: str | None = None

    @classmethod
    def of(cls, reference: Reference) -> "Entry":
        """What a reference is."""
        return cls(key=reference.content_key(), **{f: getattr(reference, f) for f in TEXT_FIELDS})

    def in_order(self) -> tuple[str, ...]:
        """By what entries are sorted: the spectrum, then the names, then the rest."""
        return (self.key, *(getattr(self, field) or "" for field in TEXT_FIELDS))


TEXT_FIELDS = tuple(f.name for f in fields(Entry) if f.name != "key")


@dataclass(frozen=True, eq=False)
class TextColumn:
    """A column of texts: each different one is kept once, in alphabetical order.

    Attributes:
        codes: which text each row has, or -1 for none, int32, shape (rows,).
        ends: where each text ends in `text`, int64, shape (texts,).
        text: all of them, UTF-8, uint8.
    """

    codes: NDArray[np.int32]
    ends: NDArray[np.int64]
    text: NDArray[np.uint8]

    @classmethod
    def of(cls, texts: Sequence[str | None]) -> "TextColumn":
        """A column from one text (or None) per row."""
        table = sorted({t for t in texts if t is not None})
        at: dict[str | None, int] = {t: k for k, t in enumerate(table)}
        codes = np.array([at.get(t, NO_TEXT) for t in texts], dtype=np.int32)
        return cls._with(codes, table)

    @classmethod
    def _with(cls, codes: NDArray[np.int32], table: Sequence[str]) -> "TextColumn":
        encoded = [t.encode() for t in table]
        ends = np.cumsum([len(t) for t in encoded], dtype=np.int64)
        return cls(codes, ends, np.frombuffer(b"".join(encoded), dtype=np.uint8))

    @cached_property
    def table(self) -> tuple[str, ...]:
        """The different texts, in alphabetical order."""
        whole, stops = self.text.tobytes(), self.ends.tolist()
        starts = [0, *stops[:-1]]
        return tuple(whole[a:b].decode() for a, b in zip(starts, stops, strict=False))

    def __len__(self) -> int:
        return self.codes.size

    def __getitem__(self, row: int) -> str | None:
        code = self.codes[row]
        return None if code < 0 else self.table[code]

    def __iter__(self) -> Iterator[str | None]:
        known: tuple[str | None, ...] = (*self.table, None)  # -1 takes the last
        return (known[code] for code in self.codes.tolist())

    def taken(self, rows: IntArray) -> "TextColumn":
        """These rows; texts that none of them has are dropped."""
        codes = self.codes[rows]
        used = np.unique(codes[codes >= 0])
        new = np.full(len(self.table) + 1, NO_TEXT, dtype=np.int32)
        new[used] = np.arange(used.size, dtype=np.int32)
        return self._with(new[codes], [self.table[k] for k in used.tolist()])

    def joined(self, other: "TextColumn") -> "TextColumn":
        """The rows of both."""
        table = sorted({*self.table, *other.table})
        at = {t: k for k, t in enumerate(table)}
        parts = [
            np.array([*(at[t] for t in one.table), NO_TEXT], dtype=np.int32)[one.codes]
            for one in (self, other)
        ]
        return self._with(np.concatenate(parts), table)

    def is_sound(self, rows: int) -> bool:
        """Whether the parts fit each other and so many rows."""
        ends, codes = self.ends, self.codes
        stop = int(ends[-1]) if ends.size else 0
        return (
            codes.shape == (rows,)
            and (not rows or (int(codes.min()) >= NO_TEXT and int(codes.max()) < ends.size))
            and (not ends.size or (int(ends[0]) >= 0 and bool((np.diff(ends) >= 0).all())))
            and self.text.shape == (stop,)
        )


class Entries(Sequence[Entry]):
    """The records of a library, in the order of its rows.

    Args:
        keys: hashes of the spectra, uint8, shape (rows, 32).
        columns: one `TextColumn` for each of `TEXT_FIELDS`.
    """

    __slots__ = ("columns", "keys")

    def __init__(self, keys: NDArray[np.uint8], columns: Mapping[str, TextColumn]) -> None:
        self.keys = keys
        self.columns = columns

    @classmethod
    def of(cls, records: Sequence[Entry]) -> "Entries":
        """By column, from records."""
        joined = bytes.fromhex("".join(e.key for e in records))
        keys = np.frombuffer(joined, dtype=np.uint8).reshape(-1, KEY_BYTES)
        columns = {f: TextColumn.of([getattr(e, f) for e in records]) for f in TEXT_FIELDS}
        return cls(keys, columns)

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, at: int) -> Entry: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Entry, ...]: ...
    def __getitem__(self, at: int | slice) -> Entry | tuple[Entry, ...]:
        if isinstance(at, slice):
            return tuple(self[k] for k in range(*at.indices(len(self))))
        texts = {name: column[at] for name, column in self.columns.items()}
        return _record(self.keys[at].tobytes().hex(), texts)

    def __iter__(self) -> Iterator[Entry]:
        names = tuple(self.columns)
        whole = self.keys.tobytes().hex()
        for k, texts in enumerate(zip(*self.columns.values(), strict=True)):
            key = whole[2 * KEY_BYTES * k : 2 * KEY_BYTES * (k + 1)]
            yield _record(key, dict(zip(names, texts, strict=True)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entries):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # equal by content, which is too long to hash

    def order(self) -> IntArray:
        """The rows by key, then substance, then family: the order of every library."""
        parts = np.ascontiguousarray(self.keys).view(">u8").T[::-1]
        names = [self.columns[f].codes for f in ("family", "substance")]
        return np.lexsort([*names, *parts])

    def taken(self, rows: IntArray) -> "Entries":
        """These rows."""
        columns = {name: column.taken(rows) for name, column in self.columns.items()}
        return Entries(self.keys[rows], columns)

    def joined(self, other: "Entries") -> "Entries":
        """The rows of both."""
        columns = {n: column.joined(other.columns[n]) for n, column in self.columns.items()}
        return Entries(np.concatenate([self.keys, other.keys]), columns)


def _record(key: str, texts: Mapping[str, str | None]) -> Entry:
    named = {name: text for name, text in texts.items() if text is not None}
    return Entry(key=key, **named)
