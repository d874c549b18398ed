"""Which substances belong to the groups that every card speaks of, by the table of substances."""

from functools import cache

from firmware_bridge.contract.check.facts import group_table
from firmware_bridge.contract.check.reconcile import Group

_STEMS: tuple[tuple[str, Group], ...] = (
    ("fentanyl", "fentanyls"),
    ("fentanil", "fentanyls"),
    ("nitazen", "nitazenes"),
    ("azolam", "benzodiazepines"),
    ("azepam", "benzodiazepines"),
    ("medetomidin", "medetomidine"),
    ("xylazin", "xylazine"),
)


def group_of(name: str) -> Group | None:
    """Which group a substance or family belongs to; None for any other."""
    from analysis.substances import find_substance  # noqa: PLC0415 - as below

    plain = " ".join(name.split()).casefold()
    row = find_substance(plain)
    return _table().get(plain if row is None else row.slug.casefold())


def likely_group_of(name: str) -> Group | None:
    """As `group_of`, and by the stem of a name that the table does not know.

    Only for what was found: a new member of a strong group must not go unsaid because of its name.
    """
    from analysis.substances import find_substance  # noqa: PLC0415 - as below

    if find_substance(name) is not None or group_of(name) is not None:
        return group_of(name)
    plain = name.casefold()
    return next((group for stem, group in _STEMS if stem in plain), None)


@cache
def _table() -> dict[str, Group]:
    """Every name in the table of substances; the analysis is loaded when it is first asked for."""
    from analysis.substances import substances  # noqa: PLC0415 - numpy only where there is a check

    rows = substances().values()
    return group_table((row.family, (row.slug, row.name, *row.synonyms)) for row in rows)
