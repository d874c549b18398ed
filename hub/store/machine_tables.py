"""What a vending machine tells besides counters and events: vends, levels, measurements.

Rules as in `hub.store.tables`, which hands these tables on. A vend has no field for who took it,
and none may be added.
"""

from sqlalchemy import BigInteger, Column, Float, Index, String, Table

from hub.store.columns import count, flag, metadata, ms, of, row_id, short

vend = Table(
    "vend",
    metadata,
    row_id(),
    of("device"),
    Column("selection", String(200)),
    ms("observed_ms"),
    ms("received_ms"),
    flag("clock_sane", default=True),
    short("boot", 32),
    count("seq"),
    short("outcome", 10),
    short("payment", 10),
    Column("price_minor", BigInteger),
    flag("authorised", default=False),
    short("reason", 60),
    Index(None, "device_id", "observed_ms"),
    Index(None, "observed_ms"),
)
"""Single vends. They explain; stock goes by the counters. They go after `keep_raw_days`: what was
dispensed stays in the counters."""

slot_level = Table(
    "slot_level",
    metadata,
    row_id(),
    of("device"),
    Column("selection", String(200), nullable=False),
    ms("observed_ms"),
    ms("received_ms"),
    flag("clock_sane", default=True),
    Column("level", BigInteger),
    short("method", 20),
    Column("raw", Float, nullable=False),
    flag("settled", default=True),
    Index(None, "device_id", "selection", "observed_ms"),
    Index(None, "observed_ms"),
)
"""What level sensors saw. `level` is null while the sensor could not say; what is not `settled` was
still moving."""

measurement = Table(
    "measurement",
    metadata,
    row_id(),
    of("device"),
    short("sensor"),
    short("quantity", 20),
    ms("observed_ms"),
    ms("received_ms"),
    flag("clock_sane", default=True),
    Column("value", Float, nullable=False),
    short("unit", 10),
    Index(None, "device_id", "sensor", "quantity", "observed_ms"),
    Index(None, "observed_ms"),
)
"""Sensors other than thermometers, in `unit`."""
