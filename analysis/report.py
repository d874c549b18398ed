"""A result as lines of text, for a terminal and for the side of a picture."""

from collections.abc import Iterator
from dataclasses import dataclass

from analysis import words
from analysis.explain import SubstanceEvidence
from analysis.findings import Identification, TargetVerdict, Verdict
from analysis.hit_peaks import HitPeaks
from analysis.refutation import Refutation
from analysis.subtraction import Subtraction

HITS_SHOWN = 5
MANY_ALIKE = 4


@dataclass(frozen=True, slots=True)
class WatchLine:
    """One line of the watch list.

    Attributes:
        verdict: what it says.
        member: True for a member that stands below its family.
        text: the sentence.
    """

    verdict: Verdict
    member: bool
    text: str


def watch_lines(found: Identification) -> tuple[WatchLine, ...]:
    """Families and single substances; members only of a family that was detected.

    Members that were not themselves detected share one line, with the highest of their limits; so
    do those that are inconclusive for one reason.
    """
    families = {t.target: t.verdict for t in found.targets if t.level == "family"}
    lines: list[WatchLine] = []
    for t in found.targets:
        if t.level == "family" or t.family not in families:
            lines.append(WatchLine(t.verdict, member=False, text=_sentence(t)))
        if t.level == "family" and t.verdict == "detected":
            lines.extend(_members(found, t.target))
    return tuple(lines)


def _members(found: Identification, family: str) -> Iterator[WatchLine]:
    own = [t for t in found.targets if t.level == "substance" and t.family == family]
    for t in own:
        if t.verdict == "detected":
            yield WatchLine(t.verdict, member=True, text=_sentence(t))
    undecided: dict[str, list[TargetVerdict]] = {}
    for t in own:
        if t.verdict == "inconclusive":
            undecided.setdefault(t.reason, []).append(t)
    for reason, alike in undecided.items():
        if len(alike) < MANY_ALIKE:
            yield from (WatchLine(t.verdict, member=True, text=_sentence(t)) for t in alike)
        else:
            text = words.undecided_members_line(len(alike), reason)
            yield WatchLine("inconclusive", member=True, text=text)
    limits = [t.limit for t in own if t.verdict == "not_detected" and t.limit is not None]
    if limits:
        text = words.members_line(len(limits), max(limits))
        yield WatchLine("not_detected", member=True, text=text)


def _sentence(t: TargetVerdict) -> str:
    return words.verdict_line(t.target, t.verdict, t.share, t.limit, t.reason)


def quality_lines(found: Identification) -> tuple[str, ...]:
    """The quality checks that ask for something."""
    return tuple(f"{q.name} {q.value:g}. {q.text}" for q in found.quality if q.text)


def component_lines(found: Identification) -> Iterator[str]:
    """What explains the spectrum, with intervals, and what nothing explains."""
    for c in found.components:
        alike = f" (or {', '.join(c.alike)})" if c.alike else ""
        low, high = (words.per_cent(part) for part in c.interval)
        yield f"{c.substance}{alike}: {words.per_cent(c.share)} ({low} to {high})"
    if found.unexplained is not None:
        yield f"unexplained: {words.per_cent(found.unexplained)}"
        yield words.SHARE_NOTE


def result_lines(
    found: Identification, refuted: tuple[Refutation, ...] = (), hits: tuple[HitPeaks, ...] = ()
) -> Iterator[str]:
    """One result for a person.

    Args:
        found: the result.
        refuted: named substances that the residual speaks against.
        hits: band counts of the hits; none are printed where this is empty.
    """
    if not found.releasable:
        yield words.DEMONSTRATION_NOTE
    yield from (f"quality: {line}" for line in quality_lines(found))
    yield "Watch list (each member of a family: --json)"
    yield from (f"{'    ' if w.member else '  '}{w.text}" for w in watch_lines(found))
    if found.components:
        yield "What explains the spectrum"
    yield from (f"  {line}" for line in component_lines(found))
    yield from (f"  {one.text}" for one in refuted)
    if found.hits:
        yield "Library search (a likeness, not a finding)"
    counts = {h.reference: h for h in hits}
    for hit in found.hits[:HITS_SHOWN]:
        line = f"  {hit.score:.3f}  {hit.substance}"
        if hit.reference in counts:
            matched, missed = counts[hit.reference].matched, counts[hit.reference].missed
            line += f", {words.hit_bands(len(matched), len(matched) + len(missed))}"
        yield line


def peak_lines(evidence: tuple[SubstanceEvidence, ...], unit: str) -> Iterator[str]:
    """Each named substance, band by band."""
    yield "Bands of what was named"
    for one in evidence:
        yield f"  {words.bands_line(one.substance, one.seen, one.missing, one.hidden)}"
        for p in one.peaks:
            yield f"    {words.band_line(p.position, unit, p.seen, p.explained_by)}"


def step_lines(done: Subtraction) -> Iterator[str]:
    """A subtraction, step by step, and why it ended."""
    yield "Step-by-step subtraction"
    shares = done.shares()
    for number, step in enumerate(done.steps, start=1):
        over = ", ".join(step.passed_over)
        share = shares[step.substance]
        yield f"  {words.step_line(number, step.substance, step.score, share, over)}"
    yield f"  ended: {words.STOPS[done.stop]}"
    yield f"  {words.STEPS_NOTE}"
