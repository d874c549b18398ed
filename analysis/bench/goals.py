"""The goals, and how a result stands against them. Works on results as plain data."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.bench.plain import Plain

OURS = "Harborlight"
BY_HAND = "subtraction, 5 rounds"
WORSE_IN_OTHER = 1.3


@dataclass(frozen=True, slots=True)
class Standing:
    """One goal beside what was measured.

    Attributes:
        place: the world and the calibration, or the job and the threads.
        goal: what is wanted, in words.
        bound: the number it is held against.
        measured: the number found; None where it was not reached or not measured.
        at_least: whether more is better.
        shown: the measured number, as it is shown.
        ratio: whether it is a ratio ("times") and not a fraction.
    """

    place: str
    goal: str
    bound: float
    measured: float | None
    at_least: bool
    shown: str
    ratio: bool = False

    @property
    def reached(self) -> bool:
        """Whether the goal is reached; what was not measured is not."""
        if self.measured is None:
            return False
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound


Take = Callable[[Plain], float | None]


@dataclass(frozen=True, slots=True)
class Goal:
    """One line of the goals: in words, the bound, its direction, and where the number stands."""

    words: str
    bound: float
    at_least: bool
    take: Take
    worlds: tuple[str, ...] | None = None


def _at(share: str) -> Take:
    return lambda m: _value(m["sensitivity"]["at"].get(share))


def _value(rate: Plain) -> float | None:
    return None if rate is None or rate["value"] is None else float(rate["value"])


def _worst(method: Plain) -> float | None:
    positives = method["false_positives"]
    return _value(positives["per_target"][positives["worst"]])


SIMULATED = ("open-sim", "other-sim", "open-ir", "other-ir")
GOALS: Sequence[Goal] = (
    Goal("found at 2 % share", 0.65, True, _at("0.02"), SIMULATED),
    Goal("found at 5 % share", 0.93, True, _at("0.05"), SIMULATED),
    Goal("LOD95", 0.055, False, lambda m: m["sensitivity"]["lod95"]["value"], SIMULATED),
    Goal("found at 2 % share", 0.55, True, _at("0.02"), ("raman",)),
    Goal("found at 5 % share", 0.85, True, _at("0.05"), ("raman",)),
    Goal("found at 10 % share", 0.95, True, _at("0.1"), ("raman",)),
    Goal("FPR over all targets", 0.01, False, lambda m: m["false_positives"]["pairs"]["value"]),
    Goal("its upper bound", 0.014, False, lambda m: m["false_positives"]["pairs"]["high"]),
    Goal(
        "FPR, one target per blank, 20 % with its relative",
        0.01,
        False,
        lambda m: _value(m["false_positives"]["overall"]),
    ),
    Goal("its upper bound", 0.014, False, lambda m: m["false_positives"]["overall"]["high"]),
    Goal(
        "FPR with an unknown",
        0.015,
        False,
        lambda m: m["false_positives"]["pairs_unknown"]["value"],
    ),
    Goal("FPR of the worst target", 0.025, False, _worst),
    Goal("any false detected", 0.02, False, lambda m: _value(m["verdicts"]["any_false"])),
    Goal("X covers, by mass", 0.95, True, lambda m: _value(m["verdicts"]["coverage_mass"])),
    Goal("X covers, by signal", 0.95, True, lambda m: _value(m["verdicts"]["coverage_signal"])),
)


def detection_standings(worlds: Mapping[str, Plain]) -> list[Standing]:
    """How results of `bench detect`, by world, stand against the goals."""
    found = [s for name, world in worlds.items() for s in _of_world(name, world)]
    for kind in ("sim", "ir"):
        pair = (worlds.get(f"open-{kind}"), worlds.get(f"other-{kind}"))
        if all(pair):
            found += _other_against_open(kind, *pair)
    return found


def _of_world(name: str, world: Plain) -> Iterator[Standing]:
    rival = next((m for m in world["methods"] if m["name"] == BY_HAND), None)
    for method in ours(world):
        place = f"{name}, {method['calibration']} blanks"
        for goal in GOALS:
            if goal.worlds is None or name in goal.worlds:
                measured = goal.take(method)
                missed = goal.words == "LOD95" and measured is None
                shown = "not reached" if missed else per_cent(measured)
                yield Standing(place, goal.words, goal.bound, measured, goal.at_least, shown)
        if rival is not None:
            yield from _against(place, method, rival)


def _against(place: str, method: Plain, rival: Plain) -> Iterator[Standing]:
    """How many times lower our limits are; a rival's that was not reached counts as the highest."""
    for name, bound in (("lod50", 5.0), ("lod95", 3.0)):
        own, other = (m["sensitivity"][name]["value"] for m in (method, rival))
        top = max(float(share) for share in method["sensitivity"]["at"])
        ratio = None if own is None else (top if other is None else other) / own
        more = ratio is not None and other is None
        shown = "not reached" if ratio is None else f"{'> ' if more else ''}{ratio:.1f} times"
        words = f"{name.upper()} lower than by subtraction"
        yield Standing(place, words, bound, ratio, True, shown, ratio=True)


def _other_against_open(kind: str, known: Plain, other: Plain) -> Iterator[Standing]:
    for mine in ours(known):
        for theirs in ours(other):
            if mine["calibration"] != theirs["calibration"]:
                continue
            a, b = (m["sensitivity"]["lod95"]["value"] for m in (mine, theirs))
            ratio = None if a is None or b is None else b / a
            shown = "not reached" if ratio is None else f"{ratio:.2f} times"
            place = f"other-{kind} against open-{kind}, {mine['calibration']} blanks"
            yield Standing(place, "LOD95, ratio", WORSE_IN_OTHER, ratio, False, shown, ratio=True)


def ours(world: Plain) -> list[Plain]:
    """The results of the matcher, one per calibration."""
    return [method for method in world["methods"] if method["name"] == OURS]


def per_cent(value: float | None) -> str:
    """A fraction as a percentage with three digits."""
    if value is None:
        return "not measured"
    return f"{100 * value:.3g} %"
