"""How instruments stand, and their performance checks.

Made from hub/store/instrument_tables.py and then left as it is, as every step that was released.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "instrument",
        sa.Column("device_id", _ID, nullable=False),
        sa.Column("said_ms", sa.BigInteger(), nullable=False),
        sa.Column("observed_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("boot", sa.String(32), nullable=False, server_default=""),
        sa.Column("seq", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("told_json", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name="fk_instrument_device_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_id", name="pk_instrument"),
    )
    op.create_table(
        "performance_check",
        sa.Column("id", _ID, nullable=False, autoincrement=True),
        sa.Column("device_id", _ID, nullable=False),
        sa.Column("serial", sa.String(200), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("observed_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("clock_sane", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        sa.Column("passed", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("told_json", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name="fk_performance_check_device_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_performance_check"),
        sa.UniqueConstraint(
            "device_id", "serial", "at_ms", name="uq_performance_check_device_id_serial_at_ms"
        ),
    )
    op.create_index(
        "ix_performance_check_device_id_serial_observed_ms",
        "performance_check",
        ["device_id", "serial", "observed_ms"],
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("performance_check")
    op.drop_table("instrument")
