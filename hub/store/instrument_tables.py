"""How instruments stand, and their performance checks, which never change and are never deleted."""

from sqlalchemy import Column, Index, String, Table, Text, UniqueConstraint

from hub.store.columns import count, flag, metadata, ms, of, row_id, short

instrument = Table(
    "instrument",
    metadata,
    of("device", primary_key=True),
    ms("said_ms"),
    ms("observed_ms"),
    ms("received_ms"),
    short("boot", 32),
    count("seq"),
    Column("told_json", Text, nullable=False),
)
"""How the instrument of a device stood when its bridge spoke of it last: the JSON is the message's
body. `said_ms` is the bridge's own clock, right or wrong; times in the JSON are by that clock."""

performance_check = Table(
    "performance_check",
    metadata,
    row_id(),
    of("device"),
    Column("serial", String(200), nullable=False),
    ms("at_ms"),
    ms("observed_ms"),
    ms("received_ms"),
    flag("clock_sane", default=True),
    flag("passed", default=False),
    Column("told_json", Text, nullable=False),
    UniqueConstraint("device_id", "serial", "at_ms"),
    Index(None, "device_id", "serial", "observed_ms"),
)
"""One performance check. `at_ms` is the bridge's own time of it, right or wrong, and with `serial`
its name; `observed_ms` is when it was as far as that is known. The JSON is the message's body."""
