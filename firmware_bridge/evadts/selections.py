"""The selections of an audit: PA (or PC) blocks put together, one value for each selection.

A block begins with PA1 and goes on to the next one; PA7 names its selection itself (EVA-DTS 6.1.1
chapter 4). Where an audit contradicts itself the figure becomes unknown: a wrong count would be
worse than none.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from firmware_bridge.evadts.audit import Selection
from firmware_bridge.evadts.deviations import DeviationLog
from firmware_bridge.evadts.fields import Fields
from firmware_bridge.evadts.segments import Segment

MAX_SELECTIONS = 1000
MAX_SELECTION_ID_LENGTH = 32

STANDARD_ID_LENGTH = 6
"""EVA-DTS 6.1.1 chapter 4: PA101 has at most six characters."""

_NUMBERS = {
    "PA1": {"price_minor": 2, "capacity": 4, "par": 5, "level": 8, "minimum": 9},
    "PA2": {"paid_vends": 1, "paid_vends_since_reset": 3},
    "PA3": {"test_vends": 1, "test_vends_since_reset": 3},
    "PA4": {"free_vends": 1, "free_vends_since_reset": 3},
    "PA5": {"sold_out_presses": 3},
}
# Two different figures for one of these make it unknown; for others the first one stays.
_COUNTERS = frozenset(
    name for segment in ("PA2", "PA3", "PA4", "PA5") for name in _NUMBERS[segment]
)


@dataclass(slots=True)
class _Block:
    """What has been found of one selection."""

    selection_id: str
    line: int
    product: str = ""
    last_sold_out: str = ""
    motor_absent: bool | None = None
    numbers: dict[str, int] = field(default_factory=dict)
    contradicted: set[str] = field(default_factory=set)
    devices_contradict: bool = False
    # (device, price list) -> paid vends since initialisation and since reset (PA705, PA707)
    by_device: dict[tuple[str, str], tuple[int | None, int | None]] = field(default_factory=dict)


class SelectionReader:
    """Puts PA and PC segments together; hand them over in order, then take `result`."""

    def __init__(self, fields: Fields, log: DeviationLog, segments: Sequence[Segment]) -> None:
        self._fields = fields
        self._log = log
        self._blocks: dict[str, _Block] = {}
        self._current: _Block | None = None
        self._fallback_is_unique = _fallback_is_unique(fields, segments)
        self._unnamed = 0
        self._unnamed_lists = 0
        for segment in segments:
            self._take(segment)
        self._look_at_all()

    def result(self) -> tuple[Selection, ...]:
        """Every selection, in the order of the audit."""
        return tuple(self._selection(block) for block in self._blocks.values())

    def _look_at_all(self) -> None:
        """Name what only shows over all selections together."""
        if self._unnamed_lists:
            detail = f"{self._unnamed_lists} PA7 have no price list (PA703 empty or 0)"
            self._log.note("price-list-unnamed", detail)
        interval = [b for b in self._blocks.values() if "paid_vends_since_reset" in b.numbers]
        interval = [b for b in interval if "paid_vends" not in b.numbers and not b.by_device]
        if interval:
            detail = f"{len(interval)} selections have counts since the last reset alone (PA203)"
            self._log.note("interval-counts-only", f"{detail}, which a read may clear")
        if missing := _missing_numbers(list(self._blocks)):
            detail = f"selections are numbered from 1, but {missing} are not in the audit"
            self._log.note("selection-numbers-missing", detail)

    def _take(self, segment: Segment) -> None:
        if segment.name in {"LS", "LE"}:
            self._current = None
        elif segment.name in {"PA1", "PC1"}:
            self._begin(segment)
        elif segment.name == "PA7":
            self._take_device(segment)
        elif segment.name in _NUMBERS:
            self._take_numbers(segment)

    def _begin(self, segment: Segment) -> None:
        selection_id = self._selection_id(segment)
        known = selection_id in self._blocks
        if known:
            self._log.note(
                "duplicate-selection", f"{selection_id!r} has a second PA1", segment.line
            )
        self._current = self._block(selection_id, segment)
        if self._current is None:
            return
        block = self._current
        block.product = block.product or self._fields.text(segment, 3)
        if block.motor_absent is None:
            block.motor_absent = {b"1": True, b"0": False}.get(segment.raw(7).strip())
        self._put_numbers(block, segment, "PA1", skip_price=not segment.raw(1).strip())

    def _selection_id(self, segment: Segment) -> str:
        """PA101; where it is empty (Necta) the number in PA102, or the place in the audit."""
        selection_id = self._fields.text(segment, 1)
        if len(selection_id) > MAX_SELECTION_ID_LENGTH:
            self._log.note("selection-id-too-long", f"{selection_id[:40]!r}", segment.line)
            return selection_id[:MAX_SELECTION_ID_LENGTH]
        if len(selection_id) > STANDARD_ID_LENGTH or " " in selection_id:
            what = f"{selection_id!r} has a blank or more than {STANDARD_ID_LENGTH} characters"
            self._log.note("selection-id-unusual", what, segment.line)
        if selection_id:
            return selection_id
        self._unnamed += 1
        fallback = self._fields.text(segment, 2) if self._fallback_is_unique else ""
        chosen = fallback or f"#{self._unnamed}"
        self._log.note("selection-id-empty", f"PA101 is empty, {chosen!r} is used", segment.line)
        return chosen

    def _block(self, selection_id: str, segment: Segment) -> _Block | None:
        if selection_id not in self._blocks and len(self._blocks) >= MAX_SELECTIONS:
            self._log.note("too-many-selections", f"only {MAX_SELECTIONS} are used", segment.line)
            return None
        return self._blocks.setdefault(selection_id, _Block(selection_id, segment.line))

    def _take_numbers(self, segment: Segment) -> None:
        if self._current is None:
            self._log.note("orphan-segment", f"{segment.name} without a PA1", segment.line)
            return
        self._put_numbers(self._current, segment, segment.name, skip_price=False)
        if segment.name == "PA5" and not self._current.last_sold_out:
            when = f"{self._fields.text(segment, 1)} {self._fields.text(segment, 2)}"
            self._current.last_sold_out = when.strip()

    def _put_numbers(
        self, block: _Block, segment: Segment, layout: str, *, skip_price: bool
    ) -> None:
        for name, number in _NUMBERS[layout].items():
            if skip_price and name == "price_minor":
                continue
            value = self._fields.integer(segment, number)
            if value is not None and block.numbers.setdefault(name, value) != value:
                self._contradict(block, name, segment)

    def _contradict(self, block: _Block, name: str, segment: Segment) -> None:
        what = "unknown" if name in _COUNTERS else "the first is used"
        self._log.note(
            "contradiction",
            f"{block.selection_id!r} has two figures for {name}: {what}",
            segment.line,
        )
        if name in _COUNTERS:
            block.contradicted.add(name)

    def _take_device(self, segment: Segment) -> None:
        """PA7: paid vends of one selection by one device and price list (since EVA-DTS 6.1)."""
        selection_id = self._fields.text(segment, 1)[:MAX_SELECTION_ID_LENGTH]
        block = self._current
        if selection_id and (block is None or selection_id != block.selection_id):
            if selection_id not in self._blocks:
                self._log.note("selection-without-pa1", f"{selection_id!r}", segment.line)
            block = self._block(selection_id, segment)
        if block is None:
            self._log.note("orphan-segment", "PA7 without a selection", segment.line)
            return
        key = (self._fields.text(segment, 2), self._fields.text(segment, 3))
        self._unnamed_lists += key[1] in {"", "0"}
        counts = (self._fields.integer(segment, 5), self._fields.integer(segment, 7))
        if block.by_device.setdefault(key, counts) != counts:
            block.devices_contradict = True
            detail = f"{block.selection_id!r} has two PA7 for {key}: no PA7 of it is used"
            self._log.note("contradiction", detail, segment.line)

    def _selection(self, block: _Block) -> Selection:
        numbers = dict(block.numbers)
        for place, name in enumerate(("paid_vends", "paid_vends_since_reset")):
            counts = [pair[place] for pair in block.by_device.values()]
            self._add_device_sum(block, numbers, name, counts)
        self._check_reset(block, numbers)
        known = {name: value for name, value in numbers.items() if name not in block.contradicted}
        return Selection(
            selection_id=block.selection_id,
            product=block.product,
            motor_absent=block.motor_absent,
            last_sold_out=block.last_sold_out,
            **known,
        )

    def _add_device_sum(
        self, block: _Block, numbers: dict[str, int], name: str, counts: Iterable[int | None]
    ) -> None:
        stated = [count for count in counts if count is not None]
        if not stated or block.devices_contradict:
            return
        total = sum(stated)
        if numbers.setdefault(name, total) != total:
            detail = f"{block.selection_id!r}: PA2 says {numbers[name]}, the sum of PA7 is {total}"
            self._log.note("paid-disagrees", f"{detail}; PA2 is used", block.line)

    def _check_reset(self, block: _Block, numbers: dict[str, int]) -> None:
        for name in ("paid_vends", "free_vends", "test_vends"):
            lifetime, interval = numbers.get(name), numbers.get(f"{name}_since_reset")
            if lifetime is not None and interval is not None and interval > lifetime:
                detail = f"{block.selection_id!r}: {name} {lifetime}, since reset {interval}"
                self._log.note("since-reset-exceeds-lifetime", detail, block.line)


def _missing_numbers(selection_ids: Sequence[str]) -> str:
    """Which numbers are left out where selections are simply counted from 1; "" for none.

    Where they are named by their place (A1, or 10, 12, 20 by tray) a gap means nothing.
    """
    if not selection_ids or not all(text.isdecimal() and text.isascii() for text in selection_ids):
        return ""
    numbers = {int(text) for text in selection_ids}
    highest = max(numbers)
    if min(numbers) != 1 or highest > 2 * len(numbers):
        return ""
    return ", ".join(str(number) for number in range(1, highest) if number not in numbers)[:80]


def _fallback_is_unique(fields: Fields, segments: Iterable[Segment]) -> bool:
    """Whether PA102 can stand in for an empty PA101: it must tell the selections apart."""
    unnamed = (s for s in segments if s.name in {"PA1", "PC1"} and not s.raw(1).strip())
    counts = Counter(fields.text(segment, 2) for segment in unnamed)
    return all(value and count == 1 for value, count in counts.items())
