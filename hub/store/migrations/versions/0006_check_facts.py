"""The facts of checks.

Made from hub/store/check_tables.py and then left as it is, as every step that was released.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "check_fact",
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column(
            "bridge_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("fact_json", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bridge_id"], ["bridge.id"], name="fk_check_fact_bridge_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event", name="pk_check_fact"),
    )
    op.create_index("ix_check_fact_code", "check_fact", ["code"])
    op.create_index("ix_check_fact_received_ms", "check_fact", ["received_ms"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("check_fact")
