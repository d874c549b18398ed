"""What happens to a check: small facts that are only ever added, never changed.

Each names the facts that its author had seen (`after`), so that two people at one table, or a table
and an office without a network between them, can both go on; where they said different things of
one matter without knowing of each other, both stay, and the record shows the conflict.

No field is for the person who brought the sample. `by` is a member of staff as the programme knows
them, is kept in the trail, and never leaves the system on a card or in an export.
"""

from dataclasses import dataclass, fields
from typing import ClassVar, Literal

from firmware_bridge.contract.strips import Strip

Language = Literal["en", "es", "fr"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What is known of a sample before it is looked at; all of it may be empty.

    Attributes:
        expected: what it was sold or believed to be.
        form: powder, crystals, tar, pill, plant, liquid, residue ...
        colour: in words.
        texture: in words.
        packaging: in words; no brand with a place.
        effects: what was felt, in words; about the sample, never about a person.
    """

    expected: str
    form: str
    colour: str
    texture: str
    packaging: str
    effects: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A spectrum is of this sample, or is no longer held to be.

    Attributes:
        spectrum: id of the spectrum and its findings.
        linked: False takes it away again; it stays in the trail.
        reason: why it was taken away ("" when linked).
    """

    spectrum: str
    linked: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A technician's word on one component.

    Attributes:
        spectrum: in which spectrum; "" for the sample as a whole.
        substance: or family.
        word: "confirmed", "rejected" (the software named it), or "added" (it did not).
        band: "main", "minor", "trace" or "" (not said): never a number, as no share of a signal is
            an amount.
        reason: which peaks speak for or against; required when rejected or added.
    """

    spectrum: str
    substance: str
    word: Literal["confirmed", "rejected", "added"]
    band: Literal["main", "minor", "trace", ""]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabFinding:
    """One substance in a laboratory's answer.

    Attributes:
        substance: as the laboratory named it.
        group: of `reconcile.Group`, or "" for another substance.
        found: whether it was found.
        amount_percent: by mass, where the laboratory measured it.
        low_percent: lower end of its interval.
        high_percent: upper end.
        limit_percent: what its method would have found; None where not told.
    """

    substance: str
    group: str
    found: bool
    amount_percent: float | None
    low_percent: float | None
    high_percent: float | None
    limit_percent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """A laboratory: asked, or its answer.

    Attributes:
        split: id of the split that was sent.
        state: "pending" or "complete".
        name: of the laboratory.
        method: such as "GC-MS" or "qNMR".
        findings: empty while pending.
    """

    split: str
    state: Literal["pending", "complete"]
    name: str
    method: str
    findings: tuple[LabFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A person lets the card go.

    Attributes:
        language: of the card.
        overridden: named reasons that stood in the way and were set aside.
        reason: why; required where any was.
        words: the sentences as they were released, so that what was handed out stays known.
    """

    language: Language
    overridden: tuple[str, ...]
    reason: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """Why something is changed after the card was released."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A person decides between things that were said side by side.

    Attributes:
        matter: which (`record.Conflict.matter`).
        event: the fact that stands.
    """

    matter: str
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A fact was entered by mistake, or of another sample; it stays in the trail.

    Attributes:
        event: the fact that no longer counts.
        reason: why.
    """

    event: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckEvent:
    """One fact of one check. Exactly one of the fields from `intake` on is set.

    Attributes:
        check: the sample's code (`code.new_code`).
        event: id of the fact, 32 hexadecimal digits by chance.
        after: ids of the newest facts that its author had seen.
        at_ms: when it was entered, by the clock of where it was.
        by: member of staff.
    """

    KIND: ClassVar[str] = "check-event"

    check: str
    event: str
    after: tuple[str, ...]
    at_ms: int
    by: str
    intake: Intake | None = None
    attachment: Attachment | None = None
    strip: Strip | None = None
    component: Component | None = None
    lab: Lab | None = None
    release: Release | None = None
    amendment: Amendment | None = None
    settlement: Settlement | None = None
    withdrawal: Withdrawal | None = None

    @property
    def what(self) -> str:
        """Which of its fields is set; "" where none is, or several are."""
        told = [name for name in WHAT if getattr(self, name) is not None]
        return told[0] if len(told) == 1 else ""


WHAT: tuple[str, ...] = tuple(field.name for field in fields(CheckEvent))[5:]
"""The kinds of fact."""
