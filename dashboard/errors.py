"""What can go wrong in the dashboard, apart from what the hub's own errors say.

DashboardError
|-- AssetsError        (also RuntimeError)   the front-end assets can't be brought
|-- PeopleError        (also ValueError)     the people of a table can't be read, or changed so
`-- SettingsError      (also ValueError)     the dashboard can't be started so
"""


class DashboardError(Exception):
    """Root of the dashboard's errors; each message says what to do."""


class AssetsError(DashboardError, RuntimeError):
    """The front-end assets can't be brought, or are not there."""


class PeopleError(DashboardError, ValueError):
    """The people of a table can't be read, or can't be changed in this way."""


class SettingsError(DashboardError, ValueError):
    """The dashboard can't be started with these settings."""
