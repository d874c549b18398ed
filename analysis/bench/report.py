"""Results of `bench detect` as Markdown, from plain data."""

from collections.abc import Iterator, Mapping, Sequence

from analysis.bench.goals import OURS, Standing, detection_standings, per_cent
from analysis.bench.machine import in_words
from analysis.bench.plain import Plain

HEAD = """# Detection: what is found, what is missed, what is said wrongly

Written by `harborlight bench detect`; do not edit. Protocol and goals: [benchmarks](README.md).
Brackets are 95 % intervals: exact (Clopper-Pearson) for rates, bootstrap for limits of detection.
"Own" blanks are drawn from the world, with strangers that no test sample holds; "synthetic" ones
are made up by the matcher from its library alone. The baselines have own blanks, and a threshold
per target."""


def detection_report(worlds: Mapping[str, Plain]) -> str:
    """The whole page, from results by world."""
    blocks = [HEAD, *_goals(detection_standings(worlds))]
    for name, world in worlds.items():
        blocks += _world(name, world)
    return "\n\n".join(blocks) + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def standing_rows(standings: Sequence[Standing]) -> list[list[str]]:
    """A row per goal: where, what is wanted, what was measured, whether it is reached."""
    rows = []
    for one in standings:
        sign = ">=" if one.at_least else "<="
        bound = f"{one.bound:g} times" if one.ratio else per_cent(one.bound)
        rows.append(
            [one.place, f"{one.goal} {sign} {bound}", one.shown, "yes" if one.reached else "**no**"]
        )
    return rows


def _goals(standings: Sequence[Standing]) -> Iterator[str]:
    reached = sum(one.reached for one in standings)
    yield f"## Goals: {reached} of {len(standings)} reached"
    yield table(["where", "goal", "measured", "reached"], standing_rows(standings))


def _world(name: str, world: Plain) -> Iterator[str]:
    size = world["size"]
    yield f"## {name}"
    yield (
        f"{world['label'][0].upper()}{world['label'][1:]}. Share: {world['share_meaning']}.\n"
        f"{world['references']} references, {world['targets']} targets; {size['calibration']}"
        f" calibration blanks, {size['blanks']} test blanks, {size['positives']} positives at each"
        f" share; seed {world['seed']}.\nMeasured on a {in_words(world['machine'])}."
    )
    if world.get("picture"):
        yield f"![Sensitivity by share]({world['picture']})"
    yield _sensitivities(world)
    yield _false(world)
    yield from _verdicts(world)


def _sensitivities(world: Plain) -> str:
    shares = list(world["methods"][0]["sensitivity"]["at"])
    head = ["found at p <= 0.01", *(f"{100 * float(s):g} %" for s in shares), "LOD50", "LOD95"]
    rows = [
        [
            _name(m),
            *(rate(m["sensitivity"]["at"][s]) for s in shares),
            _limit(m["sensitivity"]["lod50"]),
            _limit(m["sensitivity"]["lod95"]),
        ]
        for m in world["methods"]
    ]
    return table(head, rows)


def _false(world: Plain) -> str:
    head = ["found in blanks", "all targets", "with an unknown", "worst target", "one target each"]
    head += ["with an unknown", "with its relative", "time"]
    rows = []
    for m in world["methods"]:
        f = m["false_positives"]
        worst = f"{rate(f['per_target'][f['worst']])} {f['worst']}"
        pairs = [rate(f[k]) for k in ("pairs", "pairs_unknown")]
        judged = [rate(f[k]) for k in ("overall", "unknown", "relative")]
        time = f"{1000 * m['per_spectrum_s']:.2g} ms"
        rows.append([_name(m), *pairs, worst, *judged, time])
    return table(head, rows)


def _verdicts(world: Plain) -> Iterator[str]:
    said = [(m["calibration"], m["verdicts"]) for m in world["methods"] if m["name"] == OURS]
    if not said:
        return
    shares = list(said[0][1]["detected_at"])
    head = ["verdicts", *(f"{100 * float(s):g} %" for s in shares), "all"]
    yield table(head, [row for name, v in said for row in _by_share(name, v, shares)])
    yield table(
        ["over all verdicts", *(f"{name} blanks" for name, _ in said)],
        _over_all([v for _, v in said]),
    )


def _by_share(name: str, v: Plain, shares: Sequence[str]) -> Iterator[list[str]]:
    """What a verdict is worth at each share: detected, and whether X covers the truth."""
    rows = (
        ("detected", "detected_at", None),
        ("X covers the mass", "coverage_at", v["coverage_mass"]),
        ("X covers the signal", "coverage_signal_at", v["coverage_signal"]),
    )
    for words, key, every in rows:
        yield [f"{name}: {words}", *(rate(v[key][s]) for s in shares), rate(every) if every else ""]


def _over_all(said: Sequence[Plain]) -> list[list[str]]:
    return [
        ["any false detected, whole list", *(rate(v["any_false"]) for v in said)],
        ["the same, without a relative", *(rate(v["any_false_without_relative"]) for v in said)],
        ["no p-value given", *(per_cent(v["no_p_value"]) for v in said)],
        ["median X on blanks", *(per_cent(v["median_limit"]) for v in said)],
        [
            "p-values without a relative: distance from uniform",
            *(_uniform(v["uniform"]) for v in said),
        ],
    ]


def _uniform(value: Plain) -> str:
    return (
        f"{_number(value['distance'])} (towards small {_number(value['too_small'])};"
        f" Kolmogorov-Smirnov p = {_number(value['p_value'])})"
    )


def rate(value: Plain) -> str:
    """A rate with its interval, in per cent; "-" where there was nothing to count."""
    if value is None or value["value"] is None:
        return "-"
    return f"{100 * value['value']:.3g} [{100 * value['low']:.3g}, {100 * value['high']:.3g}]"


def _limit(value: Plain) -> str:
    middle, low, high = (_bound(value[k]) for k in ("value", "low", "high"))
    return f"{middle} [{low}, {high}]"


def _bound(value: float | None) -> str:
    return "> 20" if value is None else f"{100 * value:.3g}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2g}"


def _name(method: Plain) -> str:
    own = method["name"] == OURS
    return f"**{OURS}**, {method['calibration']} blanks" if own else str(method["name"])
