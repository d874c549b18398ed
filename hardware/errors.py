"""The errors of the hardware package.

HardwareError                   everything this package raises on purpose
├── ProfileError                a profile is missing or does not fit (also ValueError)
└── SimulatorError              a simulator can't do what it was asked (also RuntimeError)
    ├── RequestError            a control request does not fit (also ValueError)
    └── ControlError            a running simulator refused, or could not be reached
"""


class HardwareError(Exception):
    """Everything that this package raises on purpose."""


class ProfileError(HardwareError, ValueError):
    """A profile is missing or wrong; the message names file, key, value and what is accepted."""


class SimulatorError(HardwareError, RuntimeError):
    """A simulator can't start or go on; the message says what to do about it."""


class RequestError(SimulatorError, ValueError):
    """A control request does not fit; the message names the key and what is accepted."""


class ControlError(SimulatorError):
    """A running simulator refused a request, or could not be reached."""
