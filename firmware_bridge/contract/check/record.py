"""The record of one check: all facts put together, whatever the order in which they came.

The facts form a graph (each names those its author had seen). Of one matter the newest that no
other has seen stands; where several stand side by side and say different things, that is a
conflict: it is shown, it blocks release, and a person settles it. Nothing is ever lost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from firmware_bridge.contract.check_events import (
    CheckEvent,
    Component,
    Intake,
    Lab,
    Release,
)
from firmware_bridge.contract.strips import Strip

EMPTY_INTAKE = Intake(expected="", form="", colour="", texture="", packaging="", effects="")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Facts about one matter that were entered without knowing of each other.

    Attributes:
        matter: what they are about.
        events: the facts, oldest first.
    """

    matter: str
    events: tuple[CheckEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of one sample.

    Attributes:
        code: of the sample.
        intake: what was known before.
        spectra: ids of the spectra that are of this sample.
        strips: those that count.
        components: the technicians' words, the standing one of each.
        labs: each split's newest state; all of those that stand side by side until it is settled,
            so that what any of them found is said.
        releases: every release, oldest first.
        amendments: reasons given for changes after a release, oldest first.
        conflicts: what a person must settle.
        changed: kinds of fact that came after the newest release, without those it had seen.
        heads: ids of the facts that no other has seen: what the next fact comes after.
        trail: every fact, oldest first.
    """

    code: str
    intake: Intake
    spectra: tuple[str, ...]
    strips: tuple[Strip, ...]
    components: tuple[Component, ...]
    labs: tuple[Lab, ...]
    releases: tuple[Release, ...]
    amendments: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    changed: tuple[str, ...]
    heads: tuple[str, ...]
    trail: tuple[CheckEvent, ...]

    @property
    def state(self) -> str:
        """Whether it is "open", "released", or "amended": facts came after the newest release."""
        if not self.releases:
            return "open"
        return "amended" if self.changed else "released"

    def seen_by(self, heads: Iterable[str]) -> frozenset[str]:
        """The ids of all facts that somebody knows who has these newest ones on their screen."""
        known = {event.event: event for event in self.trail}
        seen = _seen(known)
        shown = [head for head in heads if head in known]
        return frozenset(shown).union(*(seen[head] for head in shown))


def record(events: Iterable[CheckEvent]) -> Record:
    """Put the facts of one check together; repeats count once, the order does not matter.

    Raises:
        ValueError: there are no facts, or they are of several checks.
    """
    known = {event.event: event for event in sorted(events, key=_age)}
    codes = {event.check for event in known.values()}
    if len(codes) != 1:
        raise ValueError(f"facts of one check are wanted, not of {len(codes)}")
    seen = _seen(known)
    withdrawn = {e.withdrawal.event for e in known.values() if e.withdrawal is not None}
    counting = [e for e in known.values() if e.event not in withdrawn]
    standing, conflicts = _standing(counting, seen)
    newest = _newest_release(counting)
    after = [e for e in known.values() if newest and _is_news(e, newest, seen)]
    return Record(
        code=codes.pop(),
        intake=_intake(standing),
        spectra=tuple(
            e.attachment.spectrum for e in standing if e.attachment and e.attachment.linked
        ),
        strips=tuple(e.strip for e in counting if e.strip),
        components=tuple(e.component for e in standing if e.component),
        labs=tuple(e.lab for e in standing if e.lab),
        releases=tuple(e.release for e in counting if e.release),
        amendments=tuple(e.amendment.reason for e in counting if e.amendment),
        conflicts=conflicts,
        changed=tuple(dict.fromkeys(e.what for e in after)),
        heads=tuple(e.event for e in _heads(list(known.values()), seen)),
        trail=tuple(known.values()),
    )


def as_released(record_now: Record) -> Record | None:
    """The record as the newest release saw it, that release included; None before any."""
    known = {event.event: event for event in record_now.trail}
    gone = {event.withdrawal.event for event in record_now.trail if event.withdrawal is not None}
    standing = [event for name, event in known.items() if event.release and name not in gone]
    newest = standing[-1] if standing else None
    if newest is None:
        return None
    seen = _seen(known)[newest.event]
    return record([newest, *(event for name, event in known.items() if name in seen)])


def _age(event: CheckEvent) -> tuple[int, str]:
    return event.at_ms, event.event


def _seen(known: Mapping[str, CheckEvent]) -> dict[str, frozenset[str]]:
    """What each fact's author had seen, and what those had, and so on; a ring harms nothing."""
    found: dict[str, frozenset[str]] = {}
    for name in known:
        reached: set[str] = set()
        todo = list(known[name].after)
        while todo:
            other = todo.pop()
            if other in known and other not in reached and other != name:
                reached.add(other)
                todo.extend(known[other].after)
        found[name] = frozenset(reached)
    return found


def _matter(event: CheckEvent) -> str:
    """What a fact is about, where one fact about it replaces another; "" where each counts."""
    if event.intake is not None:
        return "intake"
    if event.attachment is not None:
        return f"spectrum {event.attachment.spectrum}"
    if event.component is not None:
        return f"component {event.component.spectrum} {event.component.substance}"
    if event.lab is not None:
        return f"laboratory {event.lab.split}"
    return ""


def _standing(
    counting: list[CheckEvent], seen: Mapping[str, frozenset[str]]
) -> tuple[list[CheckEvent], tuple[Conflict, ...]]:
    """The fact that stands for each matter, and the conflicts."""
    by_matter: dict[str, list[CheckEvent]] = {}
    for event in counting:
        if matter := _matter(event):
            by_matter.setdefault(matter, []).append(event)
    settled = {e.settlement.matter: e for e in counting if e.settlement is not None}
    standing, conflicts = [], []
    for matter, events in by_matter.items():
        heads = _heads(events, seen)
        decision = settled.get(matter)
        chosen = [e for e in heads if _is_chosen(e, decision, seen)]
        differing = {_said(e) for e in chosen or heads}
        side_by_side = chosen or heads
        if len(differing) > 1:
            conflicts.append(Conflict(matter, tuple(side_by_side)))
        if len(differing) > 1 and side_by_side[0].lab is not None:
            standing += side_by_side  # each may have found what the other did not
        else:
            standing.append(_safest(side_by_side))
    return standing, tuple(conflicts)


def _is_chosen(
    event: CheckEvent, decision: CheckEvent | None, seen: Mapping[str, frozenset[str]]
) -> bool:
    """Whether a settlement lets a fact stand: it chose it, or had not seen it."""
    if decision is None or decision.settlement is None:
        return True
    return event.event == decision.settlement.event or event.event not in seen[decision.event]


def _heads(events: list[CheckEvent], seen: Mapping[str, frozenset[str]]) -> list[CheckEvent]:
    older: set[str] = set()
    for event in events:
        older |= seen[event.event]
    return [event for event in events if event.event not in older] or events[-1:]


def _said(event: CheckEvent) -> CheckEvent:
    """What a fact says, without who said it when."""
    return replace(event, event="", after=(), at_ms=0, by="")


def _safest(heads: list[CheckEvent]) -> CheckEvent:
    """Until a person has settled it: what speaks for a substance before what speaks against it."""
    return max(heads, key=lambda event: (_speaks_for(event), *_age(event)))


def _speaks_for(event: CheckEvent) -> bool:
    if event.component is not None:
        return event.component.word != "rejected"
    if event.attachment is not None:
        return event.attachment.linked
    return False


def _intake(standing: list[CheckEvent]) -> Intake:
    return next((e.intake for e in standing if e.intake is not None), EMPTY_INTAKE)


def _newest_release(counting: list[CheckEvent]) -> CheckEvent | None:
    released = [event for event in counting if event.release is not None]
    return released[-1] if released else None


def _is_news(event: CheckEvent, release: CheckEvent, seen: Mapping[str, frozenset[str]]) -> bool:
    """Whether the release had not seen a fact that bears on the card."""
    if event.event == release.event or event.event in seen[release.event]:
        return False
    return event.what not in {"release", "amendment", ""}
