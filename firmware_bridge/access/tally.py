"""How often a machine let somebody in, by the hour: counts, never a code. Pure."""

from dataclasses import dataclass, field

from firmware_bridge.contract.access import Mode
from firmware_bridge.contract.messages import AccessCounts
from firmware_bridge.contract.vending import RefusalCount

HOUR_MS = 3_600_000
MODES: tuple[Mode, ...] = ("open", "shared", "issued")


@dataclass(slots=True)
class _Hour:
    from_ms: int
    mode: Mode
    granted: int = 0
    items: int = 0
    refused: dict[str, int] = field(default_factory=dict)

    def message(self) -> AccessCounts:
        refused = sorted(self.refused.items())
        return AccessCounts(
            from_ms=self.from_ms,
            period_s=HOUR_MS // 1000,
            mode=self.mode,
            granted=self.granted,
            items=self.items,
            refused=tuple(RefusalCount(reason=name, count=count) for name, count in refused),
        )


@dataclass(slots=True)
class Tally:
    """The present hour, and those that have not been told yet."""

    _hours: list[_Hour] = field(default_factory=list)

    def grant(self, mode: Mode, wall_ms: int) -> None:
        """Somebody was let in."""
        self._hour(mode, wall_ms).granted += 1

    def item(self, mode: Mode, wall_ms: int) -> None:
        """An item left the machine."""
        self._hour(mode, wall_ms).items += 1

    def refuse(self, reason: str, mode: Mode, wall_ms: int) -> None:
        """Somebody was not let in."""
        refused = self._hour(mode, wall_ms).refused
        refused[reason] = refused.get(reason, 0) + 1

    def told(self, mode: Mode | None, wall_ms: int) -> list[AccessCounts]:
        """The hours that are over, once; hours in which nothing happened are not told."""
        over = [each for each in self._hours if not _is_of(each, mode, wall_ms)]
        self._hours = [each for each in self._hours if _is_of(each, mode, wall_ms)]
        return [each.message() for each in over]

    def _hour(self, mode: Mode, wall_ms: int) -> _Hour:
        for each in self._hours:
            if _is_of(each, mode, wall_ms):
                return each
        self._hours.append(_Hour(wall_ms // HOUR_MS * HOUR_MS, mode))
        return self._hours[-1]

    def remember(self) -> list[object]:
        """All of it as JSON can hold it."""
        return [
            [each.from_ms, each.mode, each.granted, each.items, each.refused]
            for each in self._hours
        ]

    @classmethod
    def recalled(cls, said: object) -> "Tally":
        """What `remember` gave; what is damaged of it is left out."""
        rows = said if isinstance(said, list) else []
        return cls([hour for row in rows if (hour := _recalled(row)) is not None])


def _is_of(hour: _Hour, mode: Mode | None, wall_ms: int) -> bool:
    return hour.mode == mode and hour.from_ms == wall_ms // HOUR_MS * HOUR_MS


def _recalled(row: object) -> _Hour | None:
    match row:
        case [int(from_ms), str(name), int(granted), int(items), dict(refused)]:
            (mode,) = [known for known in MODES if known == name] or ["issued"]
            counts = {str(reason): count for reason, count in refused.items()}
            return _Hour(from_ms, mode, granted, items, counts)
    return None
