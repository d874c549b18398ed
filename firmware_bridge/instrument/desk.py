"""What can be asked of instruments at the control socket: how one stands, and that it was moved."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from firmware_bridge.errors import ControlError
from firmware_bridge.instrument.book import InstrumentBook
from firmware_bridge.instrument.words import charts, check_words, has_passed


@dataclass(frozen=True, slots=True)
class InstrumentDesk:
    """Answers in plain JSON.

    Attributes:
        book: what is known.
    """

    book: InstrumentBook

    def answer(self, question: Mapping[str, object]) -> dict[str, object]:
        """Do one step.

        Raises:
            ControlError: there is no such instrument, or no such step.
            SpoolError: the disk refused.
        """
        if question.get("act") == "list":
            return {"instruments": [self._line(name) for name in self.book.natures]}
        device = str(question.get("device", ""))
        if device not in self.book.natures:
            known = ", ".join(self.book.natures) or "none"
            raise ControlError(f"no instrument {device!r} here; known are {known}")
        match question.get("act"):
            case "show":
                return self._shown(device)
            case "moved":
                self.book.note(device, moved_ms=self.book.moment().wall_ms)
                return self._shown(device)
        raise ControlError("known steps of an instrument: list, show, moved")

    def _line(self, device: str) -> dict[str, object]:
        """One instrument as far as whoever is about to measure must know it."""
        log = self.book.entry(device).log
        return {
            "device": device,
            "serial": self.book.entry(device).serial,
            "needs_background": log.needs_background,
            "background_ms": log.background_ms,
            "blocks": [asdict(each) for each in self.book.state_now(device).blocks],
        }

    def _shown(self, device: str) -> dict[str, object]:
        log, nature = self.book.log(device), self.book.natures[device]
        limits = nature.rules.limits
        newest = log.checks[-1] if log.checks else None
        told = asdict(log) | {"checks": len(log.checks)}
        return {
            "device": device,
            "serial": self.book.entry(device).serial,
            "now_ms": self.book.moment().wall_ms,
            "blocks": [asdict(each) for each in self.book.state_now(device).blocks],
            "log": told,
            "passed": None if newest is None else has_passed(log.checks, limits),
            "newest": None if newest is None else asdict(newest),
            "lines": [] if newest is None else list(check_words(log.checks, limits)),
            "limits": asdict(limits),
            "charts": [asdict(made) for _, made in charts(log.checks, limits)],
        }
