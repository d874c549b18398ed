"""An audit as bytes into an `Audit`: tolerant in what it takes, strict in what it claims.

Source: EVA-DTS 6.1.1, chapters 2 (syntax) and 4 (segments).
"""

from collections import Counter
from dataclasses import replace

from firmware_bridge.evadts.audit import Audit, Identity, Totals
from firmware_bridge.evadts.checks import check_clock, check_count, check_envelope, check_sum
from firmware_bridge.evadts.deviations import DeviationLog
from firmware_bridge.evadts.events import events
from firmware_bridge.evadts.fields import Fields
from firmware_bridge.evadts.segments import Segment, split
from firmware_bridge.evadts.selections import SelectionReader
from firmware_bridge.evadts.temperatures import temperatures

DEFAULT_DECIMAL_PLACES = 2


def parse_audit(raw: bytes, *, ended: bool = False, text_encoding: str = "latin-1") -> Audit:
    """What the audit says, every deviation from the standard named in `Audit.warnings`.

    Args:
        raw: the audit as it came from the machine or from a file.
        ended: the sender is known to have come to its end (DEX: the ETX block was taken), so
            that a last line without a line end is not a cut one.
        text_encoding: what bytes above 7F mean in product texts, such as "cp1251".

    Raises:
        EvaDtsError: empty, larger than 1 MiB, or nothing in it is an EVA-DTS segment.
    """
    log = DeviationLog()
    segments = split(raw, log, ended=ended)
    fields = Fields(log, text_encoding)
    check_envelope(segments, fields, log)
    check_count(segments, fields, log)
    return _Assembly(segments, fields, log).audit(check_sum(raw, segments, log))


class _Assembly:
    """Finds single segments by name and fills the audit from them."""

    def __init__(self, segments: list[Segment], fields: Fields, log: DeviationLog) -> None:
        self._segments = segments
        self._fields = fields
        self._log = log
        self._first: dict[str, Segment] = {}
        for segment in segments:
            self._first.setdefault(segment.name, segment)

    def audit(self, checksum_ok: bool | None) -> Audit:  # noqa: FBT001 - handed on as it is
        selections = SelectionReader(self._fields, self._log, self._segments).result()
        identity = self._identity()
        found = Audit(
            identity=identity,
            decimal_places=self._decimal_places(),
            currency=self._text("ID4", 3) or self._text("ID4", 2),
            clock_date=self._clock_date(),
            clock_time=self._text("ID5", 2),
            selections=selections,
            events=events(self._segments, self._fields, self._log),
            temperatures_c=temperatures(self._segments, identity, self._fields, self._log),
            totals=self._totals(),
            reads=self._number("EA3", 9),
            reads_with_reset=self._number("EA3", 1),
            resets=self._number("EA3", 10),
            power_outages=self._number("EA7", 2),
            power_outages_since_reset=self._number("EA7", 1),
            checksum_ok=checksum_ok,
            segments=dict(Counter(segment.name for segment in self._segments)),
        )
        self._reconcile(found)
        return replace(found, warnings=self._log.result())

    def _text(self, name: str, number: int) -> str:
        segment = self._first.get(name)
        return self._fields.text(segment, number) if segment else ""

    def _number(self, name: str, number: int) -> int | None:
        segment = self._first.get(name)
        return self._fields.integer(segment, number) if segment else None

    def _identity(self) -> Identity:
        return Identity(
            comm_id=self._text("DXS", 1),
            version=self._text("DXS", 3),
            serial=self._text("ID1", 1),
            model=self._text("ID1", 2),
            build=self._text("ID1", 3),
            asset=self._text("ID1", 6),
            board_serial=self._text("CB1", 1),
            board_model=self._text("CB1", 2),
            board_software=self._text("CB1", 3),
        )

    def _decimal_places(self) -> int:
        places = self._number("ID4", 1)
        if places is not None and places > 4:
            self._log.note("decimal-places", f"ID401 says {places}, 2 is used")
            return DEFAULT_DECIMAL_PLACES
        return DEFAULT_DECIMAL_PLACES if places is None else places

    def _clock_date(self) -> str:
        day = self._text("ID5", 1)
        if day:
            check_clock(day, self._first["ID5"].line, self._log)
        return day

    def _totals(self) -> Totals:
        return Totals(
            paid_vends=self._number("VA1", 2),
            test_vends=self._number("VA2", 2),
            free_vends=self._number("VA3", 2),
        )

    def _reconcile(self, audit: Audit) -> None:
        """Compare the paid vends of the machine with the sum over its selections."""
        paid = [s.paid_vends for s in audit.selections if s.paid_vends is not None]
        total = audit.totals.paid_vends
        if paid and total is not None and sum(paid) != total:
            detail = f"VA102 says {total} paid vends, the selections say {sum(paid)}"
            self._log.note("totals-disagree", detail)
