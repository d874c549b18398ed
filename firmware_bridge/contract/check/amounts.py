"""Which amounts by an instrument's own calibration may stand on a card: the written rules. Pure.

A calibration measures as much of its substance as the spectrum looks like; it does not ask whether
the substance is there. So an amount is said only of what was identified, from spectra that could be
released, and where nothing else that is known of the sample speaks against it:

* never from a demonstration library, and never while two people's words stand side by side;
* not from a spectrum that may not be released, has a fault, or leaves a part unexplained;
* the substance itself must be shown: named by the software, or confirmed or added by a technician;
  never where a technician rejected it, or another verdict on it, or strip or laboratory, differ;
* a laboratory's amount of the substance stands above, and replaces it;
* several spectra: the mean, with an interval that covers each of theirs. Where their intervals do
  not meet, or one of them was refused for what is in it, there is no amount.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from firmware_bridge.contract.amounts import AmountFinding
from firmware_bridge.contract.check.reconcile import Group, Standing
from firmware_bridge.contract.check.record import Record
from firmware_bridge.contract.check.say.statements import Amount
from firmware_bridge.contract.check.sightings import GroupOf, Sighting
from firmware_bridge.contract.check_events import Component
from firmware_bridge.contract.messages import Findings

AGREEING = ("confirmed", "found-by-both", "found-by-spectrum")
"""Outcomes of a group with which an amount of one of its members goes together."""

OF_THE_SAMPLE = ("unknown-component", "far-from-standards", "out-of-range", "bands")
"""Refusals of a calibration that say something of what was measured, not of the settings."""

_SALTS = ("hcl", "hydrochloride", "citrate", "sulfate", "sulphate", "phosphate", "base", "freebase")
_BETWEEN = " -_'\N{RIGHT SINGLE QUOTATION MARK}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAmount:
    """Why an amount is not said, for staff.

    Attributes:
        substance: of what; "" where a calibration can't be read.
        name: of the reason; the same for ever.
        text: the reason in words, and what to do.
        calibration: the file's name; "" where the reason is none of a calibration.
        spectrum: in which spectrum; "" for the sample as a whole.
    """

    substance: str
    name: str
    text: str
    calibration: str = ""
    spectrum: str = ""


@dataclass(frozen=True, slots=True)
class Amounts:
    """What the calibrations of a sample's instruments come to.

    Attributes:
        said: what may stand on a card, the largest first.
        refused: what may not, and why.
    """

    said: tuple[Amount, ...] = ()
    refused: tuple[NoAmount, ...] = ()


_REASONS = {
    "demonstration": "The spectrum was compared with the demonstration library.",
    "conflict": "Two people entered different things of one matter. Settle it first.",
    "not-releasable": "The spectrum may not be released from. Measure again.",
    "quality": "The measurement has a fault. Measure again.",
    "unexplained": "A part of the spectrum matches nothing in the library: send a part to a "
    "laboratory.",
    "figures": "The figures of the message do not fit together. Look at the calibration.",
    "rejected": "A technician rejected the substance.",
    "not-shown": "The spectrum does not name the substance, and no technician added it. The "
    "calibration must call it what the library calls it.",
    "verdict": "The spectrum's verdict on the substance is not that it was detected. A technician "
    "may confirm it, with a reason.",
    "standing": "Strip, spectrum and laboratory do not agree on the group of the substance.",
    "laboratory-differs": "A laboratory looked for the substance and did not find it, or found "
    "others of its group only.",
    "laboratory": "A laboratory measured the substance: its answer stands above.",
    "spectrum-refused": "In another spectrum of this sample the calibration gave no amount. "
    "Measure again, or take that spectrum away where it was a mistake.",
    "spectra-disagree": "The spectra of this sample give amounts whose intervals do not meet: mix "
    "the sample well, and measure again.",
}


def amounts_of(
    record: Record, own: Sequence[Sighting], standings: Iterable[Standing], group_of: GroupOf
) -> Amounts:
    """The amounts of a sample, and those that may not be said.

    Args:
        record: of the sample.
        own: findings on its own spectra.
        standings: what is known of each group.
        group_of: which group a substance belongs to.
    """
    by_group = {one.group: one for one in standings}
    substances: dict[str, str] = {}
    for each in own:
        for found in each.findings.amounts:
            substances.setdefault(folded(found.substance), found.substance)
    judged = [
        _One(substance, record, own, by_group, group_of).judged()
        for key, substance in substances.items()
        if key
    ]
    said = sorted((a for one in judged for a in one.said), key=lambda a: (-a.percent, a.substance))
    unreadable = [
        _by_calibration(found, each.spectrum)
        for each in own
        for found in each.findings.amounts
        if not folded(found.substance)
    ]
    return Amounts(tuple(said), (*(r for one in judged for r in one.refused), *unreadable))


@dataclass(frozen=True, slots=True)
class _One:
    """One substance in one sample."""

    substance: str
    record: Record
    own: Sequence[Sighting]
    by_group: dict[Group, Standing]
    group_of: GroupOf

    def judged(self) -> Amounts:
        """Its amount, or every reason why there is none."""
        found = [(each, a) for each in self.own for a in each.findings.amounts if self._is(a)]
        whole = next(self._against_all(), "")
        refused = [_by_calibration(a, each.spectrum) for each, a in found if a.refused]
        usable: list[AmountFinding] = []
        for each, a in found:
            if a.refused:
                continue
            if reason := _against_spectrum(each.findings, a):
                refused.append(self._no(reason, a.calibration, each.spectrum))
            else:
                usable.append(a)
        if not whole and usable:
            whole = self._against_together(found, usable)
        if whole and usable:
            refused.append(self._no(whole))
        said = () if whole or not usable else (_together(self.substance, usable),)
        return Amounts(said, tuple(refused))

    def _against_all(self) -> Iterator[str]:
        """Names of reasons that hold for the whole sample, the weightiest first."""
        if any(each.findings.library_grade != "reference" for each in self.own):
            yield "demonstration"
        if self.record.conflicts:
            yield "conflict"
        if any(word.word == "rejected" and self._is_meant(word) for word in self.record.components):
            yield "rejected"
        yield from self._against_by_spectra()
        yield from self._against_by_group()
        yield from self._against_by_laboratory()

    def _against_by_spectra(self) -> Iterator[str]:
        verdicts = [
            target.verdict
            for each in self.own
            for target in each.findings.targets
            if _same(target.target, self.substance)
        ]
        named = any(is_named(each.findings, self.substance) for each in self.own)
        if not self._stood_for and not named:
            yield "not-shown"
        if not self._stood_for and verdicts and "detected" not in verdicts:
            yield "verdict"

    def _against_by_group(self) -> Iterator[str]:
        group = self.group_of(self.substance)
        standing = None if group is None else self.by_group.get(group)
        if standing is None:
            return
        if standing.outcome not in AGREEING or standing.spectrum.says != "shows":
            yield "standing"
        if standing.lab.names and not any(_same(n, self.substance) for n in standing.lab.names):
            yield "laboratory-differs"

    def _against_by_laboratory(self) -> Iterator[str]:
        answers = [
            finding
            for lab in self.record.labs
            for finding in lab.findings
            if lab.state == "complete" and _same(finding.substance, self.substance)
        ]
        if any(not answer.found for answer in answers):
            yield "laboratory-differs"
        if any(answer.amount_percent is not None for answer in answers):
            yield "laboratory"

    def _against_together(
        self, found: list[tuple[Sighting, AmountFinding]], usable: list[AmountFinding]
    ) -> str:
        """Why several spectra together give no amount; "" where they do."""
        if any(
            a.refused in OF_THE_SAMPLE for each, a in found if not _against_release(each.findings)
        ):
            return "spectrum-refused"
        if max(_known(a.low_percent) for a in usable) > min(_known(a.high_percent) for a in usable):
            return "spectra-disagree"
        return ""

    def _is(self, found: AmountFinding) -> bool:
        return _same(found.substance, self.substance)

    def _is_meant(self, word: Component) -> bool:
        """A rejected family takes its members with it; a member takes those nobody stands for."""
        group = self.group_of(self.substance)
        if _same(word.substance, self.substance) or word.substance.casefold() == group:
            return True
        return group is not None and self.group_of(word.substance) == group and not self._stood_for

    @property
    def _stood_for(self) -> bool:
        """Whether a technician named this very substance."""
        return any(
            word.word in {"confirmed", "added"} and _same(word.substance, self.substance)
            for word in self.record.components
        )

    def _no(self, name: str, calibration: str = "", spectrum: str = "") -> NoAmount:
        return NoAmount(
            substance=self.substance,
            name=name,
            text=_REASONS[name],
            calibration=calibration,
            spectrum=spectrum,
        )


def is_named(findings: Findings, substance: str) -> bool:
    """Whether the software names this very substance: as a component, or as a target detected."""
    return any(_same(part.substance, substance) for part in findings.components) or any(
        target.verdict == "detected" and _same(target.target, substance)
        for target in findings.targets
    )


def why_not_at_all(findings: Findings) -> str:
    """Why no amount of a spectrum may be shown, in words for staff; "" where it may."""
    if findings.library_grade != "reference":
        return _REASONS["demonstration"]
    name = _against_release(findings)
    return _REASONS[name] if name else ""


def in_words(amounts: Amounts) -> tuple[str, ...]:
    """Amounts and refusals for staff, a line each; English, as all that is for staff."""
    said = [
        f"{each.substance}: {_shown(each.percent)} of the weight "
        f"({_shown(each.low_percent)} to {_shown(each.high_percent)}), "
        f"by {', '.join(each.calibrations)}"
        for each in amounts.said
    ]
    return (*said, *dict.fromkeys(map(_refusal_in_words, amounts.refused)))


def folded(substance: str) -> str:
    """A name for comparing: letters' size, hyphens and the salt make no difference."""
    words = substance.casefold().replace("-", " ").split()
    kept = [word for word in words if word not in _SALTS] or words
    return "".join(letter for letter in "".join(kept) if letter not in _BETWEEN)


def _same(one: str, other: str) -> bool:
    return folded(one) == folded(other)


def _against_spectrum(findings: Findings, found: AmountFinding) -> str:
    """Why this spectrum's amount does not count; "" where it does."""
    figures = (found.low_percent, found.percent, found.high_percent)
    if None in figures or not 0 <= _known(figures[0]) <= _known(figures[1]) <= _known(figures[2]):
        return "figures"
    if _known(found.high_percent) > 100:
        return "figures"
    return _against_release(findings)


def _against_release(findings: Findings) -> str:
    if not findings.releasable:
        return "not-releasable"
    if not all(each.ok for each in findings.quality):
        return "quality"
    return "unexplained" if Sighting("", findings).has_unknown else ""


def _together(substance: str, usable: Sequence[AmountFinding]) -> Amount:
    percents = [_known(a.percent) for a in usable]
    return Amount(
        substance=substance,
        percent=sum(percents) / len(percents),
        low_percent=min(_known(a.low_percent) for a in usable),
        high_percent=max(_known(a.high_percent) for a in usable),
        calibrations=tuple(
            dict.fromkeys(f"{a.calibration} {a.calibration_hash[:16]}".strip() for a in usable)
        ),
    )


def _known(figure: float | None) -> float:
    """A figure that was looked at before; one that is none fails every comparison."""
    return float("nan") if figure is None else figure


def _by_calibration(found: AmountFinding, spectrum: str) -> NoAmount:
    return NoAmount(
        substance=found.substance,
        name=found.refused or "unreadable",
        text=found.reason,
        calibration=found.calibration,
        spectrum=spectrum,
    )


def _refusal_in_words(refused: NoAmount) -> str:
    by = f", by {refused.calibration}" if refused.calibration else ""
    where = f", spectrum {refused.spectrum[:8]}" if refused.spectrum else ""
    of = f" of {refused.substance}" if refused.substance else ""
    return f"no amount{of} ({refused.name}{by}{where}): {refused.text}"


def _shown(percent: float) -> str:
    return f"{percent:.3g} %"
