"""What rules judge: everything the hub knows now, as frozen values. No rule sees a database.

All times are ms since 1970 UTC.
"""

from dataclasses import dataclass, field

from hub.instruments import Care
from hub.stock import StockFigure


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeFact:
    """One bridge, as it was last heard; see `BridgeHealth` for the meaning of each figure."""

    site: str
    bridge: str
    state: str = ""
    status_ms: int | None = None
    last_heard_ms: int | None = None
    heartbeat_s: int | None = None
    spool_depth: int | None = None
    spool_dropped: int | None = None
    disk_free_mb: int | None = None
    undervoltage: bool | None = None
    clock_sane: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFact:
    """One device behind a bridge, as it was last heard.

    Attributes:
        device_id: the store's row number.
        device: its name in topics.
        title: what people call it; may be "".
        state: "ok", "fault", "unreachable" or "unknown".
        bridge: the bridge that speaks for it.
    """

    device_id: int
    device: str
    kind: str
    bridge: BridgeFact
    title: str = ""
    state: str = "unknown"
    fault: str = ""
    detail: str = ""
    advice: str = ""
    last_heard_ms: int | None = None

    @property
    def name(self) -> str:
        """What to call it before people."""
        return self.title or self.device

    @property
    def site(self) -> str:
        """Where it stands."""
        return self.bridge.site


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotFact:
    """One slot of a vending machine."""

    device: DeviceFact
    selection: str
    product: str
    figure: StockFigure
    days_to_empty: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureFact:
    """The newest reading of one probe."""

    device: DeviceFact
    probe: str
    observed_ms: int
    temperature_c: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcursionFact:
    """Readings of one probe outside the limits that came late, after the time for an alert.

    Attributes:
        first_ms: the earliest of them.
        last_ms: the latest of them.
        coldest_c: the lowest of them.
        warmest_c: the highest of them.
    """

    device: DeviceFact
    probe: str
    first_ms: int
    last_ms: int
    coldest_c: float
    warmest_c: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFact:
    """The newest event of one code (and selection) of one machine."""

    device: DeviceFact
    observed_ms: int
    code: str
    name: str
    selection: str | None = None
    active: bool | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFact:
    """A check in which targets of the watch list were detected.

    Attributes:
        check: the random id of the check.
        observed_ms: when it was measured.
        received_ms: when the hub heard of it, maybe days later.
        detected: names of the targets whose verdict is "detected".
        library_grade: "demonstration" or "reference".
    """

    device: DeviceFact
    check: str
    observed_ms: int
    received_ms: int
    detected: tuple[str, ...]
    library_grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentFact:
    """One instrument, and how it stood when its bridge spoke of it last."""

    device: DeviceFact
    care: Care


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterFact:
    """Messages refused for one reason within the rule's window."""

    reason: str
    messages: int
    last_ms: int
    topic: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredFact:
    """Words or figures that did not reach their receiver.

    Attributes:
        channel: the channel's name, or "influx" for the export.
        failed: how many were given up.
        late: how many are still being tried, without success so far.
        last_error: what the receiver or the network said.
    """

    channel: str
    failed: int
    late: int
    last_error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything at one moment.

    Attributes:
        open_keys: keys of the alerts that are open, for rules with hysteresis.
    """

    bridges: tuple[BridgeFact, ...] = ()
    devices: tuple[DeviceFact, ...] = ()
    slots: tuple[SlotFact, ...] = ()
    temperatures: tuple[TemperatureFact, ...] = ()
    excursions: tuple[ExcursionFact, ...] = ()
    events: tuple[EventFact, ...] = ()
    checks: tuple[CheckFact, ...] = ()
    instruments: tuple[InstrumentFact, ...] = ()
    dead_letters: tuple[DeadLetterFact, ...] = ()
    undelivered: tuple[UndeliveredFact, ...] = ()
    open_keys: frozenset[str] = field(default_factory=frozenset)
