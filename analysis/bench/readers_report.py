"""Results of `bench readers` as Markdown, from plain data."""

from collections import Counter
from collections.abc import Iterator

from analysis.bench.machine import in_words
from analysis.bench.plain import Plain
from analysis.bench.reader_judge import EMPTY, REFUSED, RIGHT, UNJUDGED, WRONG
from analysis.bench.reader_peers import OURS
from analysis.bench.report import table
from analysis.bench.speed_report import duration

HEAD = """# File readers: what is read right, what is refused, how fast

Written by `harborlight bench readers`; do not edit. The judge is each file itself: its number of
points, the ends of its axis, and its smallest and largest value where it has them, found without
any reader. *Right*: all rows that came back agree with that. *Wrong*: something came back that does
not. *Empty*: nothing came back, and no error. Harborlight reads infrared, Raman and near-infrared
spectra and refuses others by name; "numbers of any technique" is its decoding alone, before that
choice, to be held against readers that make none. Files are timed that all readers of a format
read right, in turn in one process; times are of the fastest round. *Imported* is made into
references of a library, names looked up and twins found; the others only read those files."""

GOAL_S = 0.02
GOAL_FILES_A_MINUTE = 1_000
_VERDICTS = (RIGHT, REFUSED, EMPTY, WRONG, UNJUDGED)


def readers_report(result: Plain) -> str:
    """The whole page."""
    blocks = [
        HEAD,
        f"Measured on a {in_words(result['machine'])}; seed {result['seed']}.",
        *([] if result["surveys"] else ["The folder of measured data was not there."]),
        "## Files",
        survey_table(result),
        "## Speed",
        goals(result),
        pace_table(result),
        *_files(result),
    ]
    return "\n\n".join(blocks) + "\n"


def survey_table(result: Plain) -> str:
    """A row per format and reader: how many files came to which verdict."""
    rows = []
    for one in result["surveys"]:
        counts = Counter(one["verdicts"].values())
        shown = [str(counts[name]) for name in _VERDICTS]
        rows.append([one["format"], one["reader"], str(len(one["verdicts"])), *shown])
    return table(["format", "reader", "files", *_VERDICTS], rows)


def pace_table(result: Plain) -> str:
    """A row per job and reader."""
    rows = []
    for job in result["paces"]:
        own = _own_s(job)
        for timing in job["timings"]:
            least = timing["least"]
            ratio = "" if timing["name"] == OURS else f"{least / own:.3g} times as fast"
            pace = f"{60 * job['files'] / least:,.0f}"
            files = str(job["files"])
            rows.append([job["name"], files, timing["name"], duration(least), pace, ratio])
    head = ["what", "files", "reader", "time", "files per minute", "Harborlight is"]
    return table(head, rows)


def goals(result: Plain) -> str:
    """A line per goal of speed: what is wanted and what was measured."""
    wanted = f"one compressed JCAMP-DX file of 14,000 points in less than {duration(GOAL_S)}"
    compressed = f"{duration(_own_s(result['paces'][0]))}, {_verdict(reached(result))}"
    pace = imported_a_minute(result)
    imported = "not measured"
    if pace is not None:
        imported = f"{pace:,.0f}, {_verdict(pace >= GOAL_FILES_A_MINUTE)}"
    return (
        f"* {wanted}: {compressed}\n* {GOAL_FILES_A_MINUTE:,} files imported a minute: {imported}"
    )


def imported_a_minute(result: Plain) -> float | None:
    """How many files of a folder we import in a minute; None where that was not measured."""
    jobs = [job for job in result["paces"] if job["name"].endswith(", imported")]
    return 60 * jobs[0]["files"] / _own_s(jobs[0]) if jobs else None


def _own_s(job: Plain) -> float:
    return float(next(t["least"] for t in job["timings"] if t["name"] == OURS))


def _verdict(is_reached: bool) -> str:  # noqa: FBT001 - a yes or no
    return "reached" if is_reached else "missed"


def reached(result: Plain) -> bool:
    """Whether the compressed file of 14,000 points is read within the goal."""
    return _own_s(result["paces"][0]) < GOAL_S


def _files(result: Plain) -> Iterator[str]:
    """A table per format: each file, what every reader made of it, and why we refuse it."""
    formats = dict.fromkeys(one["format"] for one in result["surveys"])
    for name in formats:
        surveys = [one for one in result["surveys"] if one["format"] == name]
        reasons = next(one["reasons"] for one in surveys if one["reader"] == OURS)
        rows = []
        for file in surveys[0]["verdicts"]:
            given = [one["verdicts"][file] for one in surveys]
            rows.append([f"`{file}`", *given, reasons.get(file, "").replace("|", "/")])
        yield f"## Files of {name}"
        yield table(["file", *(one["reader"] for one in surveys), "why Harborlight refuses"], rows)
