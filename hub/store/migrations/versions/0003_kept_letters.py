"""Refused messages are kept whole, so that their bridge may let them go.

Made from hub/store/tables.py and then left as it is, as every step that was released.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of whole messages."""
    row = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "kept_letter",
        sa.Column("dead_letter_id", row, nullable=False),
        sa.Column("bridge_id", row, nullable=False),
        sa.Column("size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dead_letter_id"],
            ["dead_letter.id"],
            name=op.f("fk_kept_letter_dead_letter_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["bridge_id"],
            ["bridge.id"],
            name=op.f("fk_kept_letter_bridge_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dead_letter_id", name=op.f("pk_kept_letter")),
    )
    op.create_index(
        op.f("ix_kept_letter_bridge_id_dead_letter_id_size"),
        "kept_letter",
        ["bridge_id", "dead_letter_id", "size"],
    )
