"""The errors of drivers.

BridgeError                     everything this package raises
├── DriverNotFoundError         no driver of that name (also LookupError)
├── DriverSettingsError         a driver's settings do not fit (also ValueError)
└── UnknownRequestError         the driver cannot do what it was asked (also ValueError)

Trouble on the line is not an error but a `FaultReading`: a device that talks rubbish is an
expected fact of the field, and is shown to people.
"""

from firmware_bridge.errors import BridgeError


class DriverNotFoundError(BridgeError, LookupError):
    """No driver of that name is installed."""


class DriverSettingsError(BridgeError, ValueError):
    """The settings of a driver do not fit; says which, where, and what is accepted."""


class UnknownRequestError(BridgeError, ValueError):
    """A driver was asked for something that it does not do."""
