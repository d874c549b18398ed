"""The tables of access to machines, beside those of `hub.store.tables`, by the same rules.

A code is here only as its keyed hash; the key is not in the database. Nothing says to whom a code
was given, and there is no place for it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from hub.store.columns import BigId, metadata

_NONE = text("0")


def _device() -> Column[int]:
    return Column("device_id", BigId, ForeignKey("device.id", ondelete="CASCADE"), nullable=False)


access_policy = Table(
    "access_policy",
    metadata,
    Column("device_id", BigId, ForeignKey("device.id", ondelete="CASCADE"), primary_key=True),
    Column("mode", String(10), nullable=False),
    Column("paused", Boolean, nullable=False, server_default=text("false")),
    Column("hours_json", Text, nullable=False, server_default="[]"),
    Column("timezone", String(60), nullable=False, server_default="UTC"),
    Column("items_per_session", Integer, nullable=False),
    Column("quota_items", Integer),
    Column("quota_period_s", Integer, nullable=False),
    Column("code_alphabet", String(10), nullable=False),
    Column("code_length", Integer, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)
"""Who may use a machine; fields as in the contract's `DeviceAccess`. `hours_json` is a list of
[weekday, from_min, to_min]; the codes to be issued are made as `code_*` say."""

access_batch = Table(
    "access_batch",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    _device(),
    Column("made_ms", BigInteger, nullable=False),
    Column("codes", Integer, nullable=False),
    Column("uses", Integer),
    Column("valid_from_ms", BigInteger),
    Column("valid_until_ms", BigInteger),
    Column("revoked_ms", BigInteger),
    Index(None, "device_id", "made_ms"),
)
"""One sheet of codes. `codes` is how many; `uses` null is without limit."""

access_code = Table(
    "access_code",
    metadata,
    Column("batch_id", BigId, ForeignKey("access_batch.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", String(32), primary_key=True),
)
"""One code of a sheet, by its keyed hash."""

access_sent = Table(
    "access_sent",
    metadata,
    Column("bridge_id", BigId, ForeignKey("bridge.id", ondelete="CASCADE"), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("content_hash", String(64), nullable=False),
)
"""The version of the table that each bridge was sent last, and what it said."""

access_count = Table(
    "access_count",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    _device(),
    Column("from_ms", BigInteger, nullable=False),
    Column("period_s", Integer, nullable=False),
    Column("mode", String(10), nullable=False),
    Column("granted", BigInteger, nullable=False, server_default=_NONE),
    Column("items", BigInteger, nullable=False, server_default=_NONE),
    Column("refused_json", Text, nullable=False, server_default="{}"),
    Index(None, "device_id", "from_ms"),
)
"""How often a machine let somebody in within one hour: counts by which nobody can be told apart.
They are shown to people only with small cells suppressed (`hub.small_cells`)."""
