"""Simulated months as the hub would know them, with the truth beside: for tests of the forecast."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hardware.simulators.fleet.play import DAY_MS, MINUTE_MS, play
from hardware.simulators.fleet.setup import FleetSetup
from hub.demand import CounterPoint, SlotHistory
from hub.demand.values import State


@dataclass
class SlotStory:
    """What was heard of one slot, and what really went on."""

    slot: str
    site: str
    product: str
    points: list[CounterPoint] = field(default_factory=list)
    wanted_ms: list[int] = field(default_factory=list)
    filled: list[tuple[int, int]] = field(default_factory=list)
    missed: int = 0

    def known_at(self, now_ms: int, heard_ms: int) -> SlotHistory:
        """Its history as it could be known at a moment."""
        upto = bisect_right(self.points, now_ms, key=lambda point: point.at_ms)
        return SlotHistory(
            slot=self.slot,
            site=self.site,
            product=self.product,
            points=self.points[:upto],
            until_ms=min(now_ms, heard_ms),
        )

    def really_left(self, now_ms: int) -> int:
        """What really lies in it, as far as wishes that were met tell; 0 before it was filled."""
        filled_ms, level = next(
            (each for each in reversed(self.filled) if each[0] <= now_ms), (now_ms, 0)
        )
        gone = bisect_left(self.wanted_ms, now_ms) - bisect_left(self.wanted_ms, filled_ms)
        return max(0, level - gone)

    def really_empty_ms(self, level: int, from_ms: int) -> int | None:
        """When so many items would have been taken if nobody had filled it; None: not in the play.

        A service ends what can be seen of the machine, not the truth: people went on to want.
        """
        index = bisect_left(self.wanted_ms, from_ms) + level - 1
        return self.wanted_ms[index] if index < len(self.wanted_ms) else None


@dataclass
class World:
    """All slots of a fleet, and when each machine was heard."""

    slots: dict[str, SlotStory] = field(default_factory=dict)
    reads: dict[str, list[int]] = field(default_factory=dict)
    start_ms: int = 0
    end_ms: int = 0

    def histories(self, now_ms: int) -> list[SlotHistory]:
        return [
            story.known_at(now_ms, self.heard_ms(name, now_ms))
            for name, story in self.there(now_ms)
        ]

    def there(self, now_ms: int) -> Iterator[tuple[str, SlotStory]]:
        for name, story in self.slots.items():
            if story.points and story.points[0].at_ms <= now_ms:
                yield name, story

    def heard_ms(self, slot: str, now_ms: int) -> int:
        times = self.reads[slot.partition("/")[0]]
        return times[bisect_right(times, now_ms) - 1]


def live(setup: FleetSetup) -> World:
    """Play a fleet, and keep what the hub would keep (counters at changes) and the truth."""
    world = World()
    jammed: set[str] = set()
    for line in play(setup):
        world.start_ms = world.start_ms or line["t"]
        world.end_ms = line["t"]
        _TAKES.get(line["kind"], _nothing)(world, jammed, line)
    return world


def _nothing(_world: World, _jammed: set[str], _line: dict[str, Any]) -> None:
    return


def _machine(world: World, _jammed: set[str], line: dict[str, Any]) -> None:
    world.reads[line["machine"]] = []
    for each in line["slots"]:
        slot = f"{line['machine']}/{each['selection']}"
        world.slots[slot] = SlotStory(slot, line["site"], each["product"])


def _counters(world: World, jammed: set[str], line: dict[str, Any]) -> None:
    world.reads[line["machine"]].append(line["t"])
    for selection, said in line["slots"].items():
        slot = f"{line['machine']}/{selection}"
        state: State = "blocked" if slot in jammed else "sold-out" if said["sold_out"] else "open"
        world.slots[slot].points.append(
            CounterPoint(
                at_ms=line["t"],
                dispensed=said["paid"] + said["free"] + said["test"],
                state=state,
                presses=said["presses"],
                board=line["board"],
                since_ms=line["since"],
            )
        )


def _event(world: World, jammed: set[str], line: dict[str, Any]) -> None:
    if line["name"] != "jam":
        return
    slot = f"{line['machine']}/{line['selection']}"
    (jammed.add if line["active"] else jammed.discard)(slot)
    if (points := world.slots[slot].points) and points[-1].at_ms <= line["t"]:
        last = points[-1]
        state: State = "blocked" if line["active"] else "open"
        points.append(
            CounterPoint(
                at_ms=line["t"] + 1,
                dispensed=last.dispensed,
                state=state,
                presses=last.presses,
                board=last.board,
            )
        )


def _service(world: World, _jammed: set[str], line: dict[str, Any]) -> None:
    for selection, level in line["really"].items():
        world.slots[f"{line['machine']}/{selection}"].filled.append((line["t"], level))


def _truth(world: World, _jammed: set[str], line: dict[str, Any]) -> None:
    midnight_ms = line["t"] // DAY_MS * DAY_MS
    for selection, count in line["missed"].items():
        world.slots[f"{line['machine']}/{selection}"].missed += count
    for selection, minutes in line["wanted"].items():
        story = world.slots[f"{line['machine']}/{selection}"]
        story.wanted_ms += sorted(round(midnight_ms + each * MINUTE_MS) for each in minutes)


_TAKES = {
    "machine": _machine,
    "counters": _counters,
    "event": _event,
    "service": _service,
    "truth": _truth,
}
