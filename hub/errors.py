"""The errors of the hub.

HubError                        everything that the hub raises on purpose
├── ConfigError                 the configuration can't be used (also ValueError)
├── StoreError                  the database can't be reached or won't take it now (also OSError)
│   └── MigrationError          the database is not of a version that this program can use
├── BenchError                  something can't be measured (also RuntimeError)
├── BrokerError                 no MQTT broker can be had (also ConnectionError)
├── TableError                  a table that a person gave can't be read (also ValueError)
└── AccessError                 a person or a bridge may not, or the wish can't be met (ValueError)
    └── FieldError              one field of what was entered can't be used
"""


class HubError(Exception):
    """Everything that the hub raises on purpose."""


class ConfigError(HubError, ValueError):
    """The configuration can't be used: the message names file, key, value, and what is accepted."""


class StoreError(HubError, OSError):
    """The database can't be reached, or won't take it now; the same may work later."""


class MigrationError(StoreError):
    """The database is not of a version that this program can use."""


class BenchError(HubError, RuntimeError):
    """Something can't be measured; says what is missing."""


class BrokerError(HubError, ConnectionError):
    """No MQTT broker can be had; the message says what was tried and what to do."""


class AccessError(HubError, ValueError):
    """A name, a role, a password or an invitation can't be used."""


class FieldError(AccessError):
    """One field of what was entered can't be used; the message is whole without the field.

    Attributes:
        field: its name; rows of a list are "findings 0", "findings 1" ...
    """

    def __init__(self, field: str, message: str) -> None:
        """An error about this field."""
        super().__init__(message)
        self.field = field


class TableError(HubError, ValueError):
    """A table that a person gave can't be read: the message names file, line and what is wanted."""
