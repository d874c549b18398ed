"""What people do to machines: restocks, entries, lots, and versions of the planogram.

Rules as in `hub.store.tables`, which hands these tables on. Rows of `stock_entry` are never
deleted: what corrects one names it.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, UniqueConstraint

from hub.store.columns import flag, long, metadata, ms, of, row_id, short

planogram_version = Table(
    "planogram_version",
    metadata,
    row_id(),
    of("device"),
    Column("selection", String(200), nullable=False),
    short("product"),
    Column("capacity", BigInteger),
    Column("par", BigInteger),
    Column("minimum", BigInteger),
    short("vend_order", 10),
    flag("swaps", default=False),
    ms("made_ms"),
    short("by_person"),
    ms("effective_ms", null=True),
    ms("service_ms", null=True),
    ms("dropped_ms", null=True),
    Index(None, "device_id", "selection", "effective_ms"),
)
"""Every plan a slot ever had. `effective_ms` is null while it waits for the next service, and
`dropped_ms` is set where another took its place meanwhile; `service_ms` is when the restock began
at whose close it took effect. `vend_order` is "fifo" or "lifo". `swaps` says that
another product lies in the slot from then on, not only another name for it."""

restock_session = Table(
    "restock_session",
    metadata,
    row_id(),
    of("device"),
    Column("key", String(64)),
    short("opened_by", 10),
    short("person"),
    ms("opened_ms"),
    ms("closed_ms", null=True),
    short("closed_by"),
    long("note"),
    long("result_json"),
    UniqueConstraint("device_id", "key"),
    Index(None, "device_id", "opened_ms"),
)
"""A visit to a machine. `opened_by` is "door" or "staff"; `result_json` is what its close found."""

stock_entry = Table(
    "stock_entry",
    metadata,
    row_id(),
    of("device"),
    Column("selection", String(200), nullable=False),
    of("restock_session", null=True),
    Column("key", String(64)),
    short("kind", 10),
    Column("count", Integer),
    short("reason", 20),
    long("note"),
    ms("observed_ms"),
    ms("recorded_ms"),
    short("by_person"),
    Column("corrects", String(64)),
    Column("counter_then", BigInteger),
    UniqueConstraint("device_id", "key"),
    Index(None, "device_id", "selection", "observed_ms"),
)
"""What a person entered of a slot: "count", "add", "remove", "fill" or "void". `key` is the name
that whoever entered it gave it, so that it can come twice; `corrects` names another entry.
`counter_then` is what the machine's counter had last shown, for people who read the trail."""

lot = Table(
    "lot",
    metadata,
    row_id(),
    of("stock_entry"),
    Column("number", String(60), nullable=False),
    short("expires", 10),
    Column("count", Integer, nullable=False),
    Index(None, "number"),
    Index(None, "stock_entry_id"),
)
"""How many of an entry's items were of which lot. `expires` is a date, "2027-05-31", or ''."""
