"""What an audit of a vending machine says (EVA-DTS 6.1.1): frozen values, nothing guessed.

None means that the machine did not say: an empty field is not a zero (EVA-DTS 6.1.1 chapter 2).
Counters without further words are those since initialisation, which a read does not clear.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Deviation:
    """One place where an audit departs from the standard, or from itself.

    Attributes:
        name: which deviation, one of the words listed in `docs/drivers/dex.md`.
        detail: what was found and what was expected, for a person.
        line: line of the audit, counted from 1; 0 when the whole audit is meant.
    """

    name: str
    detail: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the machine says it is; empty where it does not say.

    A change of board, model or software means that counters may have started again.

    Attributes:
        comm_id: communication identifier, maker's letters first (DXS01).
        version: version of the standard that the machine claims, such as "V0/6" (DXS03).
        serial: machine serial number (ID101).
        model: machine model (ID102).
        build: build standard (ID103).
        asset: asset number (ID106).
        board_serial: control board serial number (CB101).
        board_model: control board model (CB102).
        board_software: control board software revision (CB103).
    """

    comm_id: str = ""
    version: str = ""
    serial: str = ""
    model: str = ""
    build: str = ""
    asset: str = ""
    board_serial: str = ""
    board_model: str = ""
    board_software: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """One selection of the machine.

    Attributes:
        selection_id: as printed on the machine (PA101), such as "501" or "COL 1".
        product: product text (PA103), or the product number where only that is sent.
        price_minor: price in the currency's minor units, as sent (PA102).
        capacity: how many fit (PA104).
        par: standard filling level (PA105).
        minimum: minimum level (PA109).
        level: how many are in it by the machine's own count (PA108).
        motor_absent: True when the machine finds no motor (PA107 = 1); says nothing on stock.
        paid_vends: PA201 if sent, else the sum of PA705; a vend at price zero is a paid one.
        free_vends: vends in a free mode (PA401).
        test_vends: test vends (PA301); they take stock as well.
        paid_vends_since_reset: PA203 if sent, else the sum of PA707; a read may clear it.
        free_vends_since_reset: PA403; a read may clear it.
        test_vends_since_reset: PA303; a read may clear it.
        sold_out_presses: how often it was pressed while sold out (PA503).
        last_sold_out: date and time as sent (PA501, PA502): of selling out, or with some makers
            of the last sale.
    """

    selection_id: str
    product: str = ""
    price_minor: int | None = None
    capacity: int | None = None
    par: int | None = None
    minimum: int | None = None
    level: int | None = None
    motor_absent: bool | None = None
    paid_vends: int | None = None
    free_vends: int | None = None
    test_vends: int | None = None
    paid_vends_since_reset: int | None = None
    free_vends_since_reset: int | None = None
    test_vends_since_reset: int | None = None
    sold_out_presses: int | None = None
    last_sold_out: str = ""

    @property
    def dispensed(self) -> int | None:
        """Everything that left the selection since initialisation; None if paid is not known.

        Free and test vends that the machine does not count add nothing.
        """
        if self.paid_vends is None:
            return None
        return self.paid_vends + (self.free_vends or 0) + (self.test_vends or 0)


@dataclass(frozen=True, slots=True)
class Event:
    """One event line (EA1: it happened; EA2: how often, and whether it still stands).

    Attributes:
        segment: "EA1" or "EA2".
        code: as sent, such as "ELB_501".
        base: the code without its suffix, such as "ELB".
        suffix: selection or index behind the underscore, or "".
        name: what it means in plain words, or "" for a code that we do not know.
        active: True while it stands (EA205), None when the machine does not say.
        count: how often since initialisation (EA203).
        count_since_reset: how often since the last reset (EA202).
        date: as sent (EA102).
        time: as sent (EA103).
        duration_min: how long it stood, in minutes (EA104, EA206).
        text: the maker's own text (EA106, EA204).
        line: line of the audit, counted from 1.
    """

    segment: str
    code: str
    base: str
    suffix: str = ""
    name: str = ""
    active: bool | None = None
    count: int | None = None
    count_since_reset: int | None = None
    date: str = ""
    time: str = ""
    duration_min: int | None = None
    text: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Temperature:
    """One temperature that the machine stated.

    Attributes:
        source: the segment it stood in, such as "MA5*TEMP".
        temperature_c: degrees Celsius.
        at: date and time as sent, or "" for the time of the read.
    """

    source: str
    temperature_c: float
    at: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """Vends of the whole machine since initialisation (VA102, VA202, VA302)."""

    paid_vends: int | None = None
    test_vends: int | None = None
    free_vends: int | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit, whole or (when a machine pushed it) only its events.

    Attributes:
        identity: who the machine says it is.
        decimal_places: digits behind the point in prices (ID401, 2 when not sent).
        currency: numeric or letter currency code as sent (ID402, ID403), or "".
        clock_date: the machine's date as sent (ID501); may be absurd.
        clock_time: the machine's time as sent (ID502).
        selections: in the order of the audit, each identifier once.
        events: in the order of the audit.
        temperatures_c: what the machine said of its temperature.
        totals: vends of the whole machine.
        reads: reads of any kind (EA309).
        reads_with_reset: reads that cleared the interval counters (EA301).
        resets: resets since initialisation (EA310); an unexpected rise is somebody's reset.
        power_outages: since initialisation (EA702).
        power_outages_since_reset: since the last reset (EA701).
        checksum_ok: G85 agrees; None when the audit has none.
        warnings: every deviation, in the order found.
        segments: how many segments of each name, by name.
    """

    identity: Identity = field(default_factory=Identity)
    decimal_places: int = 2
    currency: str = ""
    clock_date: str = ""
    clock_time: str = ""
    selections: tuple[Selection, ...] = ()
    events: tuple[Event, ...] = ()
    temperatures_c: tuple[Temperature, ...] = ()
    totals: Totals = field(default_factory=Totals)
    reads: int | None = None
    reads_with_reset: int | None = None
    resets: int | None = None
    power_outages: int | None = None
    power_outages_since_reset: int | None = None
    checksum_ok: bool | None = None
    warnings: tuple[Deviation, ...] = ()
    segments: dict[str, int] = field(default_factory=dict)

    @property
    def events_only(self) -> bool:
        """Whether this says nothing of the stock: a machine pushed its events and no more."""
        return bool(self.events) and not self.selections and self.totals == Totals()
