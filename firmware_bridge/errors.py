"""The errors of the bridge.

BridgeError                     everything this package raises
├── ConfigError                 the configuration does not fit (also ValueError)
├── SpoolError                  the outbox on disk can't be used (also OSError)
├── FeedError                   a simulated fleet's story can't be played (also ValueError)
├── BenchError                  something can't be measured (also RuntimeError)
├── ControlError                a running bridge can't be asked, or refused (also RuntimeError)
│   ├── NobodyError             no bridge runs there
│   └── BusyError               something else was asked for before, and is not done
└── (drivers/errors.py, evadts/errors.py: the leaves of those folders)
"""


class BridgeError(Exception):
    """Everything that the bridge raises on purpose."""


class ConfigError(BridgeError, ValueError):
    """The configuration does not fit; names file, key, value and what is accepted."""


class SpoolError(BridgeError, OSError):
    """The outbox on disk can't be used; says where and why."""


class FeedError(BridgeError, ValueError):
    """A simulated fleet's story can't be played; says which line, and why."""


class BenchError(BridgeError, RuntimeError):
    """Something can't be measured; says what is missing."""


class ControlError(BridgeError, RuntimeError):
    """A running bridge can't be asked, or refused; says why."""


class NobodyError(ControlError):
    """No bridge answers."""


class BusyError(ControlError):
    """Something else was asked of this device before, and is not done."""
