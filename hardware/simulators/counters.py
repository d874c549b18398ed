"""What a simulated machine counts and remembers: everything that outlives its power cord."""

from datetime import datetime

from pydantic import BaseModel

from hardware.simulators.events import Events


class Count(BaseModel):
    """One thing that is counted twice: since initialisation, and since the last reset."""

    since_init: int = 0
    since_reset: int = 0
    value_since_init: int = 0
    value_since_reset: int = 0

    def add(self, value_cents: int = 0) -> None:
        """One more, of this value."""
        self.since_init += 1
        self.since_reset += 1
        self.value_since_init += value_cents
        self.value_since_reset += value_cents

    def cleared(self) -> None:
        """A reset of the interval."""
        self.since_reset = self.value_since_reset = 0


class Column(BaseModel):
    """One selection as the machine knows it.

    Attributes:
        level: how many are really in it; most machines do not tell.
        paid, free, test: vends of each kind (PA2, PA4, PA3).
        presses: how often it was chosen while sold out (PA503).
        sold_out_at: when it last sold out (PA501, PA502).
        jammed: nothing comes out until it is cleared.
    """

    level: int
    paid: Count = Count()
    free: Count = Count()
    test: Count = Count()
    presses: int = 0
    sold_out_at: datetime | None = None
    jammed: bool = False


class Memory(BaseModel):
    """Everything a machine keeps through a power cut.

    Attributes:
        board: serial number of the control board (CB1); another one means new counters.
        reads_with_reset: EA301. reads: EA309. resets: EA310, by the machine's own menu.
        last_read, previous_read: EA302/03 and EA305/06.
        outages: EA7.
        door_open: the door stands open.
        temperature_c: what the cabinet drifts towards, Celsius.
    """

    board: int = 1
    columns: dict[str, Column] = {}
    events: Events = Events()
    outages: Count = Count()
    reads_with_reset: int = 0
    reads: int = 0
    resets: int = 0
    last_read: datetime | None = None
    previous_read: datetime | None = None
    interval_mode: str = "AUTO"
    door_open: bool = False
    temperature_c: float = 21.0

    def clear_interval(self) -> None:
        """Interval counters and finished events begin anew."""
        for column in self.columns.values():
            for count in (column.paid, column.free, column.test):
                count.cleared()
        self.outages.cleared()
        self.events.cleared()
