"""Run by alembic for every upgrade; the connection comes from hub.store.migrate."""

from alembic import context

from hub.store import (  # noqa: F401 - their tables belong to it too
    access_tables,
    check_tables,
    instrument_tables,
)
from hub.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
