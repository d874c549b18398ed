"""Whether a device can be heard, and when to say so. Pure."""

from dataclasses import dataclass

from firmware_bridge.contract.messages import DeviceState
from firmware_bridge.drivers.readings import Fault, FaultReading
from firmware_bridge.spool import Draft, Moment
from firmware_bridge.text import told


@dataclass(slots=True)
class StateKeeper:
    """Whether a device can be heard: one message a change, one with every heartbeat."""

    faults: int = 0
    last_heard_ms: int | None = None
    said: tuple[str, str, str] = ("", "", "")
    advice: str = ""

    def heard(self, moment: Moment) -> list[Draft]:
        """A device was understood."""
        self.last_heard_ms = moment.wall_ms
        return self._say(("ok", "", ""), "")

    def trouble(self, reading: FaultReading) -> list[Draft]:
        """A device could not be heard or understood."""
        self.faults += 1
        away = reading.fault in {Fault.NO_REPLY, Fault.PORT_LOST}
        state = "unreachable" if away else "fault"
        return self._say(
            (state, reading.fault.value, told(reading.detail, 400)), told(reading.advice, 400)
        )

    @property
    def is_away(self) -> bool:
        """Whether nothing was heard yet, or the last word was that it can't be reached."""
        return self.said[0] in {"", "unreachable"}

    def body(self) -> DeviceState | None:
        """The state as it was last said; None before anything is known."""
        state, fault, detail = self.said
        if state not in {"ok", "fault", "unreachable"}:
            return None
        return DeviceState(
            state=state,  # type: ignore[arg-type]  # just looked at
            fault=fault,
            detail=detail,
            advice=self.advice,
            faults=self.faults,
            last_heard_ms=self.last_heard_ms,
        )

    def _say(self, words: tuple[str, str, str], advice: str) -> list[Draft]:
        changed = words[:2] != self.said[:2]
        self.said, self.advice = words, advice
        body = self.body()
        return [Draft("", body, event=True)] if changed and body is not None else []
