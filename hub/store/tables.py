"""Every table of the hub, as SQLAlchemy Core knows it.

Times are whole milliseconds since 1970 UTC and end in `_ms`. `observed_ms` is the bridge's own time
where its clock could be believed (`clock_sane`), else the time at which the hub received the
message. JSON is text that the code makes itself. The migrations make the same tables; a test
compares the two.

No table and no column is for a person who uses a machine or brings a sample, and none may be
added. `person` is staff of the programme.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hub.store import columns, machine_tables, stock_tables
from hub.store.columns import count as _count
from hub.store.columns import flag as _flag
from hub.store.columns import long as _long
from hub.store.columns import ms as _ms
from hub.store.columns import of as _of
from hub.store.columns import row_id as _id
from hub.store.columns import short as _text

metadata = columns.metadata
"""All tables; see `hub.store.columns`."""

bridge = Table(
    "bridge",
    metadata,
    _id(),
    _text("site", 40),
    _text("bridge", 40),
    _text("state", 10),
    _text("boot", 32),
    _text("software", 200),
    _ms("status_ms", null=True),
    _ms("last_heard_ms", null=True),
    Column("heartbeat_s", BigInteger),
    Column("spool_depth", BigInteger),
    Column("spool_dropped", BigInteger),
    Column("disk_free_mb", BigInteger),
    Column("cpu_temperature_c", Float),
    Column("undervoltage", Boolean),
    Column("clock_sane", Boolean),
    _text("health_boot", 32),
    _count("health_seq"),
    UniqueConstraint("site", "bridge"),
)
"""One bridge. `state` is "online", "offline" or "" (never said); `last_heard_ms` is the hub's own
time of the last message; the rest comes from the newest heartbeat (`health_boot`, `health_seq`)."""

progress = Table(
    "progress",
    metadata,
    _of("bridge", primary_key=True),
    Column("boot", String(32), primary_key=True),
    Column("upto", BigInteger, nullable=False),
    _ms("first_ms"),
    _ms("last_ms", null=True),
)
"""How far each run of each bridge is stored without a gap; `first_ms` orders the runs, `last_ms` is
the newest time that was said in it. Between two runs a bridge was away."""

ahead = Table(
    "ahead",
    metadata,
    _of("bridge", primary_key=True),
    Column("boot", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
)
"""Messages that are stored beyond `progress.upto`, because they came before an earlier one."""

device = Table(
    "device",
    metadata,
    _id(),
    _of("bridge"),
    _text("device", 40),
    _text("kind", 20),
    _text("title"),
    _text("serial"),
    _text("model"),
    _text("board"),
    _text("state", 20),
    _text("fault"),
    _long("detail"),
    _long("advice"),
    _count("faults"),
    _ms("state_ms", null=True),
    _ms("last_heard_ms", null=True),
    _ms("audit_ms", null=True),
    _text("state_boot", 32),
    _count("state_seq"),
    _text("audit_boot", 32),
    _count("audit_seq"),
    UniqueConstraint("bridge_id", "device"),
)
"""One device behind a bridge. `kind` is "vending", "spectrometer" or "other"; `state` is "ok",
"fault", "unreachable" or "unknown". `last_heard_ms` is when the device itself was last understood;
`audit_ms` when its counters were last read. The `*_boot`, `*_seq` say which message was newest."""

counter = Table(
    "counter",
    metadata,
    _id(),
    _of("device"),
    Column("selection", String(200), nullable=False),
    _ms("observed_ms"),
    _ms("received_ms"),
    _flag("clock_sane", default=True),
    _text("boot", 32),
    _count("seq"),
    Column("dispensed", BigInteger),
    Column("paid", BigInteger),
    Column("free", BigInteger),
    Column("test", BigInteger),
    Column("since_reset", BigInteger),
    Column("presses_sold_out", BigInteger),
    Column("sold_out", Boolean),
    Column("machine_level", BigInteger),
    _text("board"),
    Column("failed", BigInteger),
    _text("source", 10),
    Column("resets", BigInteger),
    _ms("unchanged_ms", null=True),
    Index(None, "device_id", "selection", "observed_ms"),
    Index(None, "observed_ms"),
)
"""A selection's counters, one row for each change. `board` is the control board that counted, as
far as the machine ever said (CB1): another one may count from elsewhere. `source` is who counted
("dex", "mdb", ...; "" in rows from before it was kept). `resets` is kept only where a machine has
no lasting counters. Until `unchanged_ms` the row before still stood, as far as is known."""

slot = Table(
    "slot",
    metadata,
    _of("device", primary_key=True),
    Column("selection", String(200), primary_key=True),
    _text("product"),
    Column("capacity", BigInteger),
    Column("par", BigInteger),
    Column("minimum", BigInteger),
    Column("price_minor", BigInteger),
    _text("source", 10),
)
"""The planogram. `source` is "machine" (from the audit's PA1) or "staff", which an audit never
overwrites."""

anchor = Table(
    "anchor",
    metadata,
    _id(),
    _of("device"),
    Column("selection", String(200), nullable=False),
    Column("counted", Integer, nullable=False),
    Column("dispensed_at", BigInteger),
    _ms("observed_ms"),
    _text("by_person"),
    _long("reason"),
    Index(None, "device_id", "selection", "observed_ms"),
)
"""Counts of earlier versions; new ones are kept in `stock_entry`. `dispensed_at` is the counter
then."""

machine_event = Table(
    "machine_event",
    metadata,
    _id(),
    _of("device"),
    _ms("observed_ms"),
    _ms("received_ms"),
    _flag("clock_sane", default=True),
    _text("boot", 32),
    _count("seq"),
    _text("code"),
    _text("name", 60),
    Column("selection", String(200)),
    Column("active", Boolean),
    Column("count", BigInteger),
    _long("text"),
    Index(None, "device_id", "observed_ms"),
    Index(None, "observed_ms"),
)
"""What a machine reported of itself."""

temperature = Table(
    "temperature",
    metadata,
    _id(),
    _of("device"),
    _text("probe"),
    _ms("observed_ms"),
    _ms("received_ms"),
    _flag("clock_sane", default=True),
    Column("temperature_c", Float, nullable=False),
    Index(None, "device_id", "probe", "observed_ms"),
    Index(None, "observed_ms"),
)
"""Temperatures, degrees Celsius."""

drug_check = Table(
    "drug_check",
    metadata,
    Column("id", String(64), primary_key=True),
    _of("device"),
    _ms("observed_ms"),
    _ms("received_ms"),
    _flag("clock_sane", default=True),
    Column("spectrum_json", Text),
    Column("findings_json", Text),
    _ms("findings_ms", null=True),
    Index(None, "device_id", "observed_ms"),
    Index(None, "observed_ms"),
)
"""One check of one sample. Spectrum and findings come as two messages, in either order; either
column is null until it came. The JSON is the message's body."""

alert = Table(
    "alert",
    metadata,
    _id(),
    _text("key", 400),
    _text("rule", 60),
    _text("severity", 20),
    _text("site", 40),
    _of("device", null=True),
    _text("subject", 400),
    _text("title", 400),
    _long("detail"),
    _long("advice"),
    _text("state", 20),
    _ms("opened_ms"),
    _ms("firing_ms", null=True),
    _ms("acknowledged_ms", null=True),
    _text("acknowledged_by"),
    _ms("resolved_ms", null=True),
    _ms("last_true_ms", null=True),
    Index(
        "uq_alert_open",
        "key",
        unique=True,
        sqlite_where=text("state <> 'resolved'"),
        postgresql_where=text("state <> 'resolved'"),
    ),
    Index(None, "state", "opened_ms"),
)
"""One alert from its first sign to its end; a key is open once at a time. `state` is "pending",
"firing", "acknowledged" or "resolved"."""

alert_history = Table(
    "alert_history",
    metadata,
    _id(),
    _of("alert"),
    _ms("at_ms"),
    _text("from_state", 20),
    _text("to_state", 20),
    _text("by_person"),
    _long("note"),
    Index(None, "alert_id", "at_ms"),
)
"""Every step of every alert."""

notification = Table(
    "notification",
    metadata,
    _id(),
    _of("alert", null=True),
    _text("channel"),
    _text("subject", 400),
    _long("body"),
    _ms("due_ms"),
    _ms("made_ms"),
    _count("tries"),
    _text("state", 10),
    _long("last_error"),
    Index(None, "state", "due_ms"),
)
"""The outbox of words to people. `state` is "waiting", "sent" or "failed"."""

export_row = Table(
    "export_row",
    metadata,
    _id(),
    _text("measurement"),
    _long("line_json"),
    _count("tries"),
)
"""The outbox of the time series export."""

dead_letter = Table(
    "dead_letter",
    metadata,
    _id(),
    _text("topic", 400),
    _text("reason", 60),
    _text("payload_hash", 64),
    _long("payload_head"),
    _count("size"),
    _long("detail"),
    _ms("first_ms"),
    _ms("last_ms"),
    _count("times"),
    UniqueConstraint("topic", "reason", "payload_hash"),
    Index(None, "last_ms"),
)
"""What could not be taken, why, and how often: at most 10,000 rows, and those of `kept_letter`."""

kept_letter = Table(
    "kept_letter",
    metadata,
    _of("dead_letter", primary_key=True),
    _of("bridge"),
    _count("size"),
    Column("payload", LargeBinary, nullable=False),
    Index(None, "bridge_id", "dead_letter_id", "size"),
)
"""Refused messages that their bridge was allowed to let go: here they are whole."""

person = Table(
    "person",
    metadata,
    _id(),
    Column("name", String(200), nullable=False, unique=True),
    _text("role", 20),
    _text("password_hash", 400),
    _ms("created_ms"),
    _flag("disabled", default=False),
)
"""Staff of the programme who sign in. `role` is one of hub.access.ROLES."""

invitation = Table(
    "invitation",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    _text("role", 20),
    _ms("created_ms"),
    _ms("expires_ms"),
    _ms("used_ms", null=True),
)
"""One-time links; only the SHA-256 of the token is kept."""

trail = Table(
    "trail",
    metadata,
    _id(),
    _ms("at_ms"),
    _text("person"),
    _text("act", 60),
    _text("subject", 400),
    _long("detail"),
    Index(None, "at_ms"),
)
"""Who did what, for ever."""

bridge_credential = Table(
    "bridge_credential",
    metadata,
    Column("username", String(100), primary_key=True),
    _text("site", 40),
    _text("bridge", 40),
    _text("password_hash", 400),
    _text("nats_hash", 400),
    _ms("created_ms"),
    _ms("revoked_ms", null=True),
)
"""What each bridge may sign in to the broker with; only hashes."""

vend = machine_tables.vend
slot_level = machine_tables.slot_level
measurement = machine_tables.measurement
planogram_version = stock_tables.planogram_version
restock_session = stock_tables.restock_session
stock_entry = stock_tables.stock_entry
lot = stock_tables.lot
