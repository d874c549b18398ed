"""Vends, levels and measurements; who counted; when a bridge was last heard in each run.

Made from hub/store/tables.py and then left as it is, as every step that was released.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    _counters()
    _vend()
    _slot_level()
    _measurement()


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
