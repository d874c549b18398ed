"""A simulated FA FB board on a line, and how it is told what to do."""

from hardware.simulators import fafb_control
from hardware.simulators.device import Reply, Request
from hardware.simulators.fafb_board import FafbBoard


class FafbDevice(FafbBoard):
    """The device that the simulator loop runs; it is made as `FafbBoard` is."""

    def control(self, request: Request, now_s: float) -> Reply:
        """Do what a control request says; see docs/hardware/simulators.md.

        Raises:
            RequestError: it does not fit.
        """
        self.time_s = now_s
        return fafb_control.obey(self, request)
