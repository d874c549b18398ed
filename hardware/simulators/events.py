"""The event log and the state table of a simulated machine (EVA-DTS 6.1.1, EA1 and EA2)."""

from datetime import datetime

from pydantic import BaseModel

LOG_MAX = 200


class Occurrence(BaseModel):
    """One line of EA1: an event that happened."""

    code: str
    at: datetime
    user: str = ""


class Standing(BaseModel):
    """One line of EA2: how often an event happened, and whether it still stands.

    Attributes:
        since_reset: how often since the last read with reset.
        since_init: how often ever.
        active: it stands now.
        began: when it last became active.
        minutes: how long it stood the last time, when it stands no more.
    """

    since_reset: int = 0
    since_init: int = 0
    active: bool = False
    began: datetime | None = None
    minutes: int = 0

    def lasted_min(self, now: datetime) -> int:
        """How long it has stood, or stood the last time, in whole minutes."""
        if not self.active or self.began is None:
            return self.minutes
        return max(0, int((now - self.began).total_seconds() // 60))


class Events(BaseModel):
    """All events of one machine."""

    log: list[Occurrence] = []
    table: dict[str, Standing] = {}

    @property
    def total(self) -> int:
        """How many ever happened."""
        return sum(row.since_init for row in self.table.values())

    def happened(self, code: str, at: datetime, *, stays: bool = False, user: str = "") -> None:
        """Note an occurrence; `stays` makes it active until `ended`."""
        self.log.append(Occurrence(code=code, at=at, user=user))
        del self.log[:-LOG_MAX]
        row = self.table.setdefault(code, Standing())
        row.since_reset += 1
        row.since_init += 1
        if stays:
            row.active, row.began = True, at

    def ended(self, code: str, at: datetime) -> None:
        """It stands no more."""
        row = self.table.get(code)
        if row is not None and row.active:
            row.minutes = row.lasted_min(at)
            row.active = False

    def is_active(self, code: str) -> bool:
        """Whether it stands now."""
        row = self.table.get(code)
        return row is not None and row.active

    def cleared(self) -> None:
        """A read with reset: finished events leave the log, counts since reset begin anew."""
        self.log = [entry for entry in self.log if self.is_active(entry.code)]
        for row in self.table.values():
            row.since_reset = 0
