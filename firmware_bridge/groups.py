"""Which substances belong to the groups that every card speaks of, by the table of substances."""

from functools import cache

from firmware_bridge.contract.check.facts import group_table
from firmware_bridge.contract.check.reconcile import Group


def group_of(name: str) -> Group | None:
    """Which group a substance or family belongs to; None for any other."""
    return _table().get(name.casefold())


@cache
def _table() -> dict[str, Group]:
    """Every name in the table of substances; the analysis is loaded when it is first asked for."""
    from analysis.substances import substances  # noqa: PLC0415 - numpy only where there is a check

    rows = substances().values()
    return group_table((row.family, (row.slug, row.name, *row.synonyms)) for row in rows)
