"""Results of `bench speed` as Markdown, from plain data."""

from collections.abc import Iterator

from analysis.bench.machine import in_words
from analysis.bench.plain import Plain
from analysis.bench.report import standing_rows, table
from analysis.bench.speed_goals import OURS, speed_standings

HEAD = """# Speed: against other programs, and as libraries and batches grow

Written by `harborlight bench speed`; do not edit. All contenders of a job are timed in turn in one
process, round by round, each round on fresh spectra and from another start; one round before the
first does not count. Peers of a search are handed finished features; ours begins with raw spectra.
"Floor" is the time of the plain computation at the machine's own best, measured in the same run.
Times are of the fastest round, then the median."""


def speed_report(result: Plain) -> str:
    """The whole page."""
    standings = speed_standings(result)
    reached = sum(one.reached for one in standings)
    blocks = [
        HEAD,
        f"Measured on a {in_words(result['machine'])}; seed {result['seed']}.",
        *_missing(result),
        f"## Goals: {reached} of {len(standings)} reached",
        table(["where", "goal", "measured", "reached"], standing_rows(standings)),
        "## Jobs",
        _roofs(result),
        table(["job", "threads", "contender", "time", "Harborlight is"], list(_jobs(result))),
        "## Growth with the library, one thread",
        _growth(result),
        "## Growth with the batch, one thread, per spectrum",
        _batches(result),
    ]
    return "\n\n".join(blocks) + "\n"


def _missing(result: Plain) -> Iterator[str]:
    if result["not_built"]:
        yield f"Not built yet: {', '.join(result['not_built'])}."
    if not result["threads_limited"]:
        yield "threadpoolctl is not installed: the number of threads was left as it is."


def _roofs(result: Plain) -> str:
    lines = [
        [n, f"{r['multiply_flops'] / 1e9:.0f} GFLOP/s", f"{r['read_bytes'] / 1e9:.1f} GB/s"]
        for n, r in result["roofs"].items()
    ]
    return table(["threads", "float32 product", "reading memory"], lines)


def _jobs(result: Plain) -> Iterator[list[str]]:
    for job in result["jobs"]:
        own = next((t["least"] for t in job["timings"] if t["name"].startswith(OURS)), None)
        if own is None:
            yield [job["name"], str(job["threads"]), OURS, "not built", ""]
        for timing in job["timings"]:
            part = "" if timing["part"] == 1.0 else f" (timed on {100 * timing['part']:g} %)"
            times = f"{duration(timing['least'])}, {duration(timing['median'])}"
            mine = timing["name"].startswith(OURS) or own is None
            ratio = "" if mine else f"{timing['least'] / own:.3g} times as fast"
            yield [job["name"], str(job["threads"]), timing["name"] + part, times, ratio]
        if job["roof_s"] is not None:
            yield [job["name"], str(job["threads"]), "floor", duration(job["roof_s"]), ""]


def _growth(result: Plain) -> str:
    head = ["references", "build", "open", "one search", "one of a batch, all verdicts"]
    rows = [
        [
            f"{s['references']:,}",
            *(duration(s[k]) for k in ("build_s", "open_s", "search_s", "identify_s")),
            f"{s['file_bytes'] / 1e6:.3g} MB",
            f"{s['memory_bytes'] / 1e6:.3g} MB",
        ]
        for s in result["growth"]
    ]
    return table([*head, "file", "memory in use"], rows)


def _batches(result: Plain) -> str:
    rows = [
        [f"{b['size']:,}", duration(b["search_s"]), duration(b["identify_s"])]
        for b in result["batches"]
    ]
    return table(["spectra at once", "search", "all verdicts"], rows)


def duration(seconds: float) -> str:
    """Seconds in the unit that suits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} us"
