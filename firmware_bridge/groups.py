"""Which substances belong to the groups that every card speaks of, by the table of substances."""

from functools import cache

from firmware_bridge.contract.check.reconcile import GROUPS, Group


def group_of(name: str) -> Group | None:
    """Which group a substance or family belongs to; None for any other."""
    return _table().get(name.casefold())


@cache
def _table() -> dict[str, Group]:
    """Every name in the table of substances; the analysis is loaded when it is first asked for."""
    from analysis.substances import substances  # noqa: PLC0415 - numpy only where there is a check

    table: dict[str, Group] = {group: group for group in GROUPS}
    for row in substances().values():
        names = [name.casefold() for name in (row.slug, row.name, *row.synonyms)]
        group = next((each for each in GROUPS if each == row.family or each in names), None)
        if group is not None:
            table |= dict.fromkeys(names, group)
    return table
