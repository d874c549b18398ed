"""Events into the order in which they happened: repeats out, corrections in place of mistakes."""

from collections.abc import Iterable

from hub.stock.events import Away, Entry, Event, Level, PlanChange, Reading, VendSeen, Word

_RANK = {Word: 0, VendSeen: 0, Away: 1, Reading: 2, Level: 3, Entry: 4, PlanChange: 5}
"""At the same millisecond, what was read stands before what a person then did."""


def at_ms(event: Event) -> int:
    """When it happened."""
    return event.observed_ms if isinstance(event, Reading) else event.at_ms


def in_order(events: Iterable[Event]) -> list[Event]:
    """Each event once, oldest first, mistakes replaced by what corrects them."""
    once = dict.fromkeys(events)
    entries = [event for event in once if type(event) is Entry]
    others = [event for event in once if type(event) is not Entry]
    return sorted([*others, *standing(entries)], key=_place)


def _place(event: Event) -> tuple[int, int, int]:
    if type(event) is Reading:
        return event.observed_ms, 2, event.seq
    recorded = event.recorded_ms if type(event) is Entry else 0
    return at_ms(event), _RANK[type(event)], recorded


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that stand after corrections, each id once.

    An entry that comes twice stands as it came first. Of an entry and all its corrections, and the
    corrections of these, the one that was recorded last stands; "void" leaves nothing.
    """
    known: dict[str, Entry] = {}
    stands: list[Entry] = []
    for entry in sorted(entries, key=lambda one: (one.recorded_ms, one.at_ms)):
        if entry.entry_id:
            known.setdefault(entry.entry_id, entry)
        else:
            stands.append(entry)
    last: dict[str, tuple[int, int, str]] = {}
    for name, entry in known.items():
        root, depth = _root(known, name)
        last[root] = max(last.get(root, (-1, -1, "")), (entry.recorded_ms, depth, name))
    stands += [known[name] for _, _, name in last.values()]
    return [entry for entry in stands if entry.kind != "void"]


def _root(known: dict[str, Entry], name: str) -> tuple[str, int]:
    """What is corrected in the end, which may not have come yet, and how many steps away it is."""
    seen = [name]
    while (entry := known.get(seen[-1])) is not None and entry.corrects:
        if entry.corrects in seen:  # a ring: nobody means that, but it must not hang
            return min(seen), len(seen)
        seen.append(entry.corrects)
    return seen[-1], len(seen)
