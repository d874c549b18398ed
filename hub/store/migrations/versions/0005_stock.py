"""Vends, levels, measurements; restocks, entries, lots, planogram versions; who counted.

Made from hub/store/tables.py and then left as it is, as every step that was released.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    _counters()
    _vend()
    _slot_level()
    _measurement()
    _planogram_version()
    _restock_session()
    _stock_entry()
    _lot()


def _row() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _counters() -> None:
    with op.batch_alter_table("counter") as table:
        table.add_column(sa.Column("failed", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("source", sa.String(10), server_default="", nullable=False))
        table.add_column(sa.Column("resets", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("unchanged_ms", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("progress") as table:
        table.add_column(sa.Column("last_ms", sa.BigInteger(), nullable=True))


def _of_device(table: str, *columns: sa.Column[object]) -> None:
    """A table of what a device said, newest found by device and by time."""
    op.create_table(
        table,
        sa.Column("id", _row(), autoincrement=True, nullable=False),
        sa.Column("device_id", _row(), nullable=False),
        *columns,
        sa.Column("observed_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("clock_sane", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["device.id"],
            name=op.f(f"fk_{table}_device_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_observed_ms"), table, ["observed_ms"])


def _text(name: str, length: int) -> sa.Column[object]:
    return sa.Column(name, sa.String(length), server_default="", nullable=False)


def _vend() -> None:
    _of_device(
        "vend",
        sa.Column("selection", sa.String(200), nullable=True),
        _text("boot", 32),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        _text("outcome", 10),
        _text("payment", 10),
        sa.Column("price_minor", sa.BigInteger(), nullable=True),
        sa.Column("authorised", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _text("reason", 60),
    )
    op.create_index(op.f("ix_vend_device_id_observed_ms"), "vend", ["device_id", "observed_ms"])


def _slot_level() -> None:
    _of_device(
        "slot_level",
        sa.Column("selection", sa.String(200), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=True),
        _text("method", 20),
        sa.Column("raw", sa.Float(), nullable=False),
        sa.Column("settled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
    )
    op.create_index(
        op.f("ix_slot_level_device_id_selection_observed_ms"),
        "slot_level",
        ["device_id", "selection", "observed_ms"],
    )


def _measurement() -> None:
    _of_device(
        "measurement",
        _text("sensor", 200),
        _text("quantity", 20),
        sa.Column("value", sa.Float(), nullable=False),
        _text("unit", 10),
    )
    op.create_index(
        op.f("ix_measurement_device_id_sensor_quantity_observed_ms"),
        "measurement",
        ["device_id", "sensor", "quantity", "observed_ms"],
    )


def _id() -> sa.Column[object]:
    return sa.Column("id", _row(), autoincrement=True, nullable=False)


def _long(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _of(table: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [f"{parent}_id"],
        [f"{parent}.id"],
        name=op.f(f"fk_{table}_{parent}_id"),
        ondelete="CASCADE",
    )


def _planogram_version() -> None:
    op.create_table(
        "planogram_version",
        _id(),
        sa.Column("device_id", _row(), nullable=False),
        sa.Column("selection", sa.String(200), nullable=False),
        _text("product", 200),
        sa.Column("capacity", sa.BigInteger(), nullable=True),
        sa.Column("par", sa.BigInteger(), nullable=True),
        sa.Column("minimum", sa.BigInteger(), nullable=True),
        _text("vend_order", 10),
        sa.Column("swaps", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        _text("by_person", 200),
        sa.Column("effective_ms", sa.BigInteger(), nullable=True),
        sa.Column("service_ms", sa.BigInteger(), nullable=True),
        sa.Column("dropped_ms", sa.BigInteger(), nullable=True),
        _of("planogram_version", "device"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planogram_version")),
    )
    op.create_index(
        op.f("ix_planogram_version_device_id_selection_effective_ms"),
        "planogram_version",
        ["device_id", "selection", "effective_ms"],
    )


def _restock_session() -> None:
    op.create_table(
        "restock_session",
        _id(),
        sa.Column("device_id", _row(), nullable=False),
        sa.Column("key", sa.String(64), nullable=True),
        _text("opened_by", 10),
        _text("person", 200),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        _text("closed_by", 200),
        _long("note"),
        _long("result_json"),
        _of("restock_session", "device"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restock_session")),
        sa.UniqueConstraint("device_id", "key", name=op.f("uq_restock_session_device_id_key")),
    )
    op.create_index(
        op.f("ix_restock_session_device_id_opened_ms"),
        "restock_session",
        ["device_id", "opened_ms"],
    )


def _stock_entry() -> None:
    op.create_table(
        "stock_entry",
        _id(),
        sa.Column("device_id", _row(), nullable=False),
        sa.Column("selection", sa.String(200), nullable=False),
        sa.Column("restock_session_id", _row(), nullable=True),
        sa.Column("key", sa.String(64), nullable=True),
        _text("kind", 10),
        sa.Column("count", sa.Integer(), nullable=True),
        _text("reason", 20),
        _long("note"),
        sa.Column("observed_ms", sa.BigInteger(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        _text("by_person", 200),
        sa.Column("corrects", sa.String(64), nullable=True),
        sa.Column("counter_then", sa.BigInteger(), nullable=True),
        _of("stock_entry", "device"),
        _of("stock_entry", "restock_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_entry")),
        sa.UniqueConstraint("device_id", "key", name=op.f("uq_stock_entry_device_id_key")),
    )
    op.create_index(
        op.f("ix_stock_entry_device_id_selection_observed_ms"),
        "stock_entry",
        ["device_id", "selection", "observed_ms"],
    )


def _lot() -> None:
    op.create_table(
        "lot",
        _id(),
        sa.Column("stock_entry_id", _row(), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        _text("expires", 10),
        sa.Column("count", sa.Integer(), nullable=False),
        _of("lot", "stock_entry"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
    )
    op.create_index(op.f("ix_lot_number"), "lot", ["number"])
    op.create_index(op.f("ix_lot_stock_entry_id"), "lot", ["stock_entry_id"])
