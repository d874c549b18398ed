"""The goals of speed, as ratios: absolute times say more about the machine than about the code."""

from collections.abc import Iterator
from itertools import pairwise
from math import log2

from analysis.bench.goals import Standing
from analysis.bench.plain import Plain

OURS = "Harborlight"
MEMORY = 160e6


def speed_standings(result: Plain) -> list[Standing]:
    """How one result of `bench speed`, as plain data, stands against the goals."""
    return [*_against_peers(result), *_growth(result), *_batches(result)]


def _against_peers(result: Plain) -> Iterator[Standing]:
    """On one thread, best round against best round."""
    wanted = (
        ("search 1 x", "FAISS flat", 8.0),
        ("search 1,", "FAISS flat", 1.9),
        ("search 100 x", "FAISS flat", 1.9),
        ("detect ", "scipy nnls", 100.0),
        ("arPLS ", "pybaselines", 1.0),
    )
    for job in result["jobs"]:
        for start, peer, bound in wanted:
            if job["threads"] == 1 and job["name"].startswith(start):
                ratio = ratio_to(job, peer)
                words = f"times as fast as {peer}"
                yield _standing(f"{job['name']}, 1 thread", words, bound, ratio, at_least=True)


def ratio_to(job: Plain, peer: str) -> float | None:
    """How many times as fast as a peer we are; None where either is not there."""
    best = {t["name"].split(",")[0]: t["least"] for t in job["timings"]}
    return best[peer] / best[OURS] if {peer, OURS} <= best.keys() else None


def _growth(result: Plain) -> Iterator[Standing]:
    steps = result["growth"]
    for small, large in pairwise(steps):
        doublings = log2(large["references"] / small["references"])
        per_doubling = (large["search_s"] / small["search_s"]) ** (1 / doublings)
        place = f"search, {small['references']:,} to {large['references']:,}"
        yield _standing(place, "time per doubling", 2.1, per_doubling, at_least=False)
    first, last = steps[0], steps[-1]
    place = f"detection, {first['references']:,} to {last['references']:,}"
    ratio = last["identify_s"] / first["identify_s"]
    yield _standing(place, "time", 3.0, ratio, at_least=False)
    if last["references"] == 50_000:
        share = last["memory_bytes"] / MEMORY
        words = "memory, of 160 MB"
        yield _standing("50,000 references", words, 1.0, share, at_least=False)


def _batches(result: Plain) -> Iterator[Standing]:
    first, last = result["batches"][0], result["batches"][-1]
    for what in ("search", "identify"):
        ratio = last[f"{what}_s"] / first[f"{what}_s"]
        words = f"cost per spectrum, of {first['size']:,}"
        yield _standing(f"{what}, batch of {last['size']:,}", words, 0.25, ratio, at_least=False)


def _standing(
    place: str, words: str, bound: float, ratio: float | None, *, at_least: bool
) -> Standing:
    shown = "not measured" if ratio is None else f"{ratio:.3g} times"
    return Standing(place, words, bound, ratio, at_least, shown, ratio=True)
