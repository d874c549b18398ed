"""What a bridge says of a vending machine: its counters, its vends, its events, its surroundings.

As in `firmware_bridge.contract.messages`: no field is for a person, what is unknown is null, and a
field added later carries `since`.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

CounterSource = Literal["dex", "ddcmp", "mdb", "fafb", "board"]
"""Who counted: the machine's audit over DEX or DDCMP, the bridge itself by listening to MDB or to
FA FB, or our controller board."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionCount:
    """One selection of a vending machine, as its own counters tell (EVA-DTS PA1 to PA5).

    Attributes:
        selection: the machine's own id of the selection (PA101).
        product: the product text that the machine holds, often empty (PA103).
        price_minor: price in the smallest unit of the machine's currency (PA102).
        capacity: how many fit (PA104).
        par: the standard fill (PA105).
        level: what the machine itself believes is left (PA108); most machines do not say.
        minimum: the machine's own low mark (PA109).
        dispensed: items that left since the counters were made: paid + free + test. Never resets.
        paid: of these, paid vends; a vend at price zero is paid.
        free: of these, free vends.
        test: of these, test vends; they move stock too.
        dispensed_since_reset: the same from counters that a read can reset; used only where a
            machine has no others.
        presses_sold_out: how often the selection was asked for while it was empty (PA503).
        sold_out: whether the machine reports it sold out now.
        failed: vends that failed (jam, empty, drop not seen) since the counters were made. They
            are not in `dispensed`.
    """

    selection: str
    product: str
    price_minor: int | None
    capacity: int | None
    par: int | None
    level: int | None
    minimum: int | None
    dispensed: int | None
    paid: int | None
    free: int | None
    test: int | None
    dispensed_since_reset: int | None
    presses_sold_out: int | None
    sold_out: bool | None
    failed: int | None = field(default=None, metadata={"since": 1})


@dataclass(frozen=True, slots=True, kw_only=True)
class VendingAudit:
    """A vending machine's counters at one moment.

    Attributes:
        serial: machine serial number (ID101).
        model: machine model (ID102).
        board: control board serial, model and software (CB1), or whoever else keeps the counters;
            a change can restart counters.
        selections: every selection in the audit.
        power_outages: outages since the counters were made (EA702).
        resets: how often the resettable counters were reset (EA310).
        warnings: named deviations of the audit from the standard.
        source: who counted.
    """

    KIND: ClassVar[str] = "vending-audit"

    serial: str
    model: str
    board: str
    selections: tuple[SelectionCount, ...]
    power_outages: int | None
    resets: int | None
    warnings: tuple[str, ...]
    source: CounterSource = field(default="dex", metadata={"since": 1})


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineEvent:
    """Something that a machine reports of itself (EVA-DTS EA1 and EA2).

    Attributes:
        code: the event code as the machine sent it.
        name: what it means: "sold-out", "low-level", "vend-failed", "jam", "door-open",
            "door-closed", "temperature-sensor", "cooling-fault", "power-outage", ... or "other".
        selection: the selection concerned, where the event names one.
        active: whether the condition stands now; None for something that happened once.
        count: how often since the counters were made.
        text: the machine's own words.
    """

    KIND: ClassVar[str] = "machine-event"

    code: str
    name: str
    selection: str | None
    active: bool | None
    count: int | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Temperature:
    """A temperature inside a machine or a room, degrees Celsius."""

    KIND: ClassVar[str] = "temperature"

    probe: str
    temperature_c: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Vend:
    """One vend as it happened. It explains; the counters of `VendingAudit` are what stock goes by.

    Attributes:
        selection: which; None where the machine does not say (MDB item number FFFF).
        outcome: "success"; "failed": nothing left the machine; "assumed": the machine was reset
            between approval and result, which the standard counts as a success (MDB/ICP 4.2).
        payment: how the machine booked it.
        price_minor: what it asked for, in the smallest unit of its currency.
        authorised: whether the bridge let it happen on a code or in an open hour. Never which.
        reason: why it failed, in the words of `MachineEvent.name`; "" otherwise.
    """

    KIND: ClassVar[str] = "vend"

    selection: str | None
    outcome: Literal["success", "failed", "assumed"]
    payment: Literal["paid", "free", "test", "unknown"]
    price_minor: int | None
    authorised: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotLevel:
    """What a level sensor sees in a slot.

    Attributes:
        selection: which slot.
        level: how many items lie there; None while the sensor can't say.
        method: "load-cell" (weight) or "distance" (time of flight).
        raw: grams or millimetres, as `method` measures.
        settled: False while the door is open or the figure still moves: not to be believed yet.
    """

    KIND: ClassVar[str] = "slot-level"

    selection: str
    level: int | None
    method: Literal["load-cell", "distance"]
    raw: float
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A reading of a sensor that is not a temperature.

    Attributes:
        sensor: its name.
        quantity: "humidity" (percent), "battery-voltage" or "supply-voltage" (V), "battery-charge"
            (percent), "tilt" (degrees) or "other".
        value: in `unit`.
        unit: "%", "V", "deg" or "".
    """

    KIND: ClassVar[str] = "measurement"

    sensor: str
    quantity: Literal[
        "humidity", "battery-voltage", "supply-voltage", "battery-charge", "tilt", "other"
    ]
    value: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalCount:
    """How often access was refused for one reason.

    Attributes:
        reason: "unknown-code", "mistyped" (its check character does not fit), "used-up", "quota",
            "closed", "expired", "too-many-tries" or "paused".
        count: how often in the period.
    """

    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCounts:
    """How often a machine let somebody in, and did not, in one period. Counts, never a code.

    Attributes:
        from_ms: start of the period, ms since 1970 UTC; a whole hour.
        period_s: its length.
        mode: of the policy: "open", "shared", "issued".
        granted: sessions that were let in.
        items: items that left the machine in them.
        refused: by reason.
    """

    KIND: ClassVar[str] = "access-counts"

    from_ms: int
    period_s: int
    mode: Literal["open", "shared", "issued"]
    granted: int
    items: int
    refused: tuple[RefusalCount, ...]
