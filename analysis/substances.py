"""The substance table: names, synonyms, classes, and what infrared can be expected to see.

The table is data (`analysis/data/substances.toml`); nothing in the matching depends on it but the
default watch list and the finding of a target by another of its names.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

DEFAULT_WATCH = (
    "fentanyls",
    "nitazenes",
    "benzodiazepines",
    "xylazine",
    "medetomidine",
    "BTMPS",
)


@dataclass(frozen=True, slots=True)
class Substance:
    """One row of the table.

    Attributes:
        slug: short name, for files.
        name: name to show.
        family: its class.
        synonyms: other names in use.
        inchikey: identifies it; "" when not known.
        watch: on the default watch list.
        ir_at_street_levels: "often", "partly", "rarely" seen by infrared at usual shares, or ""
            when not judged.
    """

    slug: str
    name: str
    family: str
    synonyms: tuple[str, ...] = ()
    inchikey: str = ""
    watch: bool = False
    ir_at_street_levels: str = ""


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A name for comparing: case, spaces, hyphens and underscores make no difference."""
    return "".join(c for c in name.casefold() if c not in " -_'\u2019")


@lru_cache(maxsize=1)
def substances() -> Mapping[str, Substance]:
    """The whole table by slug, in the order of the file."""
    text = files("analysis").joinpath("data/substances.toml").read_text("utf-8")
    rows = tomllib.loads(text)
    return MappingProxyType({slug: _row(slug, row) for slug, row in rows.items()})


def _row(slug: str, row: Mapping[str, object]) -> Substance:
    synonyms = row.get("synonyms", [])
    return Substance(
        slug=slug,
        name=str(row["name"]),
        family=str(row["family"]),
        synonyms=tuple(str(s) for s in synonyms) if isinstance(synonyms, list) else (),
        inchikey=str(row.get("inchikey", "")),
        watch=row.get("watch") is True,
        ir_at_street_levels=str(row.get("ir_at_street_levels", "")),
    )


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, Substance]:
    found: dict[str, Substance] = {}
    for row in substances().values():
        for name in (row.slug, row.name, *row.synonyms):
            found.setdefault(folded(name), row)
    return MappingProxyType(found)


def find_substance(name: str) -> Substance | None:
    """The row that goes by this name, slug or synonym; None when the table has none."""
    return _by_name().get(folded(name))


def names_of(name: str) -> frozenset[str]:
    """All names of the substance that goes by this one, folded, and the name itself."""
    row = find_substance(name)
    known = () if row is None else (row.slug, row.name, *row.synonyms)
    return frozenset(folded(n) for n in (name, *known))
