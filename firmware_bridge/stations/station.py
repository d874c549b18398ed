"""What the bridge asks of every device, and what stations on a serial line share."""

from typing import Protocol

from firmware_bridge.asking import Desk, Outcome
from firmware_bridge.contract.messages import DeviceState
from firmware_bridge.errors import ControlError
from firmware_bridge.instrument.wishes import driver_word
from firmware_bridge.transport import Line


class Station(Protocol):
    """A device as the bridge sees it."""

    name: str

    def run(self) -> None:
        """Watch the device until `stop` is called."""

    def stop(self) -> None:
        """End `run`."""

    def ask(self, what: str) -> int:
        """Ask the device for something now.

        Returns:
            The number under which `desk` will say what came of it.

        Raises:
            ControlError: it can't be asked.
        """

    @property
    def desk(self) -> Desk:
        """Where what was asked is answered."""

    def state(self) -> DeviceState | None:
        """Its state as last said; None before anything is known."""


def ask_line(name: str, line: Line, desk: Desk, what: str) -> int:
    """Have what is at the line do something, and open the question on the desk.

    Returns:
        The number under which the desk will say what came of it.

    Raises:
        ControlError: the port is not there.
    """
    require_open(name, line)
    number = desk.open(what)
    word = driver_word(what)
    if not line.request(word, lambda reason: desk.settle(Outcome(done=False, lines=(reason,)))):
        desk.settle(Outcome(done=False, lines=("too much is asked for already",)))
    return number


def require_open(name: str, line: Line) -> None:
    """Refuse where the port is not there.

    Raises:
        ControlError: it is not; the text says where to look.
    """
    if not line.is_open:
        raise ControlError(
            f"{name} can't be asked: its port is not there; look at the cable, its power and "
            "`ls -l /dev/serial/by-id`"
        )


def settle(desk: Desk, outcome: Outcome | None) -> None:
    """Answer what was asked, if this was the answer."""
    if outcome is not None:
        desk.settle(outcome)
