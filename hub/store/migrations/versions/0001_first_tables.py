"""The first tables.

Made by alembic from hub/store/tables.py and then left as it is: a step that was released is never
edited, whatever the tables become.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, each after those that it names."""
    _bridge()
    _bridge_credential()
    _dead_letter()
    _invitation()
    _person()
    _trail()
    _ahead()
    _device()
    _progress()
    _anchor()
    _counter()
    _drug_check()
    _machine_event()
    _slot()
    _temperature()


def _bridge() -> None:
    op.create_table(
        "bridge",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("site", sa.String(length=40), server_default="", nullable=False),
        sa.Column("bridge", sa.String(length=40), server_default="", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="", nullable=False),
        sa.Column("boot", sa.String(length=32), server_default="", nullable=False),
        sa.Column("software", sa.String(length=200), server_default="", nullable=False),
        sa.Column("status_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_heard_ms", sa.BigInteger(), nullable=True),
        sa.Column("heartbeat_s", sa.BigInteger(), nullable=True),
        sa.Column("spool_depth", sa.BigInteger(), nullable=True),
        sa.Column("spool_dropped", sa.BigInteger(), nullable=True),
        sa.Column("disk_free_mb", sa.BigInteger(), nullable=True),
        sa.Column("cpu_temperature_c", sa.Float(), nullable=True),
        sa.Column("undervoltage", sa.Boolean(), nullable=True),
        sa.Column("clock_sane", sa.Boolean(), nullable=True),
        sa.Column("health_boot", sa.String(length=32), server_default="", nullable=False),
        sa.Column("health_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bridge"),
        sa.UniqueConstraint("site", "bridge", name="uq_bridge_site_bridge"),
    )


def _bridge_credential() -> None:
    op.create_table(
        "bridge_credential",
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.Column("site", sa.String(length=40), server_default="", nullable=False),
        sa.Column("bridge", sa.String(length=40), server_default="", nullable=False),
        sa.Column("password_hash", sa.String(length=400), server_default="", nullable=False),
        sa.Column("nats_hash", sa.String(length=400), server_default="", nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("username", name="pk_bridge_credential"),
    )


def _dead_letter() -> None:
    op.create_table(
        "dead_letter",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("topic", sa.String(length=400), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=60), server_default="", nullable=False),
        sa.Column("payload_hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("payload_head", sa.Text(), server_default="", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dead_letter"),
        sa.UniqueConstraint(
            "topic", "reason", "payload_hash", name="uq_dead_letter_topic_reason_payload_hash"
        ),
    )
    op.create_index("ix_dead_letter_last_ms", "dead_letter", ["last_ms"], unique=False)


def _invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=20), server_default="", nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_invitation"),
    )


def _person() -> None:
    op.create_table(
        "person",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), server_default="", nullable=False),
        sa.Column("password_hash", sa.String(length=400), server_default="", nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("name", name="uq_person_name"),
    )


def _trail() -> None:
    op.create_table(
        "trail",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(length=200), server_default="", nullable=False),
        sa.Column("act", sa.String(length=60), server_default="", nullable=False),
        sa.Column("subject", sa.String(length=400), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trail"),
    )
    op.create_index("ix_trail_at_ms", "trail", ["at_ms"], unique=False)


def _ahead() -> None:
    op.create_table(
        "ahead",
        sa.Column(
            "bridge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("boot", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["bridge_id"], ["bridge.id"], name="fk_ahead_bridge_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bridge_id", "boot", "seq", name="pk_ahead"),
    )


def _device() -> None:
    op.create_table(
        "device",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "bridge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("device", sa.String(length=40), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=20), server_default="", nullable=False),
        sa.Column("title", sa.String(length=200), server_default="", nullable=False),
        sa.Column("serial", sa.String(length=200), server_default="", nullable=False),
        sa.Column("model", sa.String(length=200), server_default="", nullable=False),
        sa.Column("board", sa.String(length=200), server_default="", nullable=False),
        sa.Column("state", sa.String(length=20), server_default="", nullable=False),
        sa.Column("fault", sa.String(length=200), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("advice", sa.Text(), server_default="", nullable=False),
        sa.Column("faults", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("state_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_heard_ms", sa.BigInteger(), nullable=True),
        sa.Column("audit_ms", sa.BigInteger(), nullable=True),
        sa.Column("state_boot", sa.String(length=32), server_default="", nullable=False),
        sa.Column("state_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("audit_boot", sa.String(length=32), server_default="", nullable=False),
        sa.Column("audit_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["bridge_id"], ["bridge.id"], name="fk_device_bridge_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
        sa.UniqueConstraint("bridge_id", "device", name="uq_device_bridge_id_device"),
    )


def _progress() -> None:
    op.create_table(
        "progress",
        sa.Column(
            "bridge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("boot", sa.String(length=32), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bridge_id"], ["bridge.id"], name="fk_progress_bridge_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bridge_id", "boot", name="pk_progress"),
    )


def _anchor() -> None:
    op.create_table(
        "anchor",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("selection", sa.String(length=200), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("dispensed_at", sa.BigInteger(), nullable=True),
        sa.Column("observed_ms", sa.BigInteger(), nullable=False),
        sa.Column("by_person", sa.String(length=200), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name="fk_anchor_device_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_anchor"),
    )
    op.create_index(
        "ix_anchor_device_id_selection_observed_ms",
        "anchor",
        ["device_id", "selection", "observed_ms"],
        unique=False,
    )


def _counter() -> None:
    op.create_table(
        "counter",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("selection", sa.String(length=200), nullable=False),
        sa.Column("observed_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("clock_sane", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("boot", sa.String(length=32), server_default="", nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("dispensed", sa.BigInteger(), nullable=True),
        sa.Column("paid", sa.BigInteger(), nullable=True),
        sa.Column("free", sa.BigInteger(), nullable=True),
        sa.Column("test", sa.BigInteger(), nullable=True),
        sa.Column("since_reset", sa.BigInteger(), nullable=True),
        sa.Column("presses_sold_out", sa.BigInteger(), nullable=True),
        sa.Column("sold_out", sa.Boolean(), nullable=True),
        sa.Column("machine_level", sa.BigInteger(), nullable=True),
        sa.Column("board", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name="fk_counter_device_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_counter"),
    )
    op.create_index(
        "ix_counter_device_id_selection_observed_ms",
        "counter",
        ["device_id", "selection", "observed_ms"],
        unique=False,
    )
    op.create_index("ix_counter_observed_ms", "counter", ["observed_ms"], unique=False)


def _drug_check() -> None:
    op.create_table(
        "drug_check",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column(
            "device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("observed_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("clock_sane", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("spectrum_json", sa.Text(), nullable=True),
        sa.Column("findings_json", sa.Text(), nullable=True),
        sa.Column("findings_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name="fk_drug_check_device_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_drug_check"),
    )
    op.create_index(
        "ix_drug_check_device_id_observed_ms",
        "drug_check",
        ["device_id", "observed_ms"],
        unique=False,
    )
    op.create_index("ix_drug_check_observed_ms", "drug_check", ["observed_ms"], unique=False)


def _machine_event() -> None:
    op.create_table(
        "machine_event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("observed_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("clock_sane", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("boot", sa.String(length=32), server_default="", nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("code", sa.String(length=200), server_default="", nullable=False),
        sa.Column("name", sa.String(length=60), server_default="", nullable=False),
        sa.Column("selection", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("count", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name="fk_machine_event_device_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_machine_event"),
    )
    op.create_index(
        "ix_machine_event_device_id_observed_ms",
        "machine_event",
        ["device_id", "observed_ms"],
        unique=False,
    )
    op.create_index("ix_machine_event_observed_ms", "machine_event", ["observed_ms"], unique=False)


def _slot() -> None:
    op.create_table(
        "slot",
        sa.Column(
            "device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("selection", sa.String(length=200), nullable=False),
        sa.Column("product", sa.String(length=200), server_default="", nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=True),
        sa.Column("par", sa.BigInteger(), nullable=True),
        sa.Column("minimum", sa.BigInteger(), nullable=True),
        sa.Column("price_minor", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=10), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name="fk_slot_device_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_id", "selection", name="pk_slot"),
    )


def _temperature() -> None:
    op.create_table(
        "temperature",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("probe", sa.String(length=200), server_default="", nullable=False),
        sa.Column("observed_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("clock_sane", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("temperature_c", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name="fk_temperature_device_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_temperature"),
    )
    op.create_index(
        "ix_temperature_device_id_probe_observed_ms",
        "temperature",
        ["device_id", "probe", "observed_ms"],
        unique=False,
    )
    op.create_index("ix_temperature_observed_ms", "temperature", ["observed_ms"], unique=False)
