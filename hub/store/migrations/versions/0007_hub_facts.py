"""Facts of checks that are entered at the hub.

Made from hub/store/check_tables.py and then left as it is, as every step that was released.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say which facts the hub made itself, and which of them their bridge has."""
    for name in ("from_hub", "echoed"):
        default = sa.text("false")
        op.add_column(
            "check_fact", sa.Column(name, sa.Boolean(), nullable=False, server_default=default)
        )
    op.create_index("ix_check_fact_from_hub_echoed", "check_fact", ["from_hub", "echoed"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_check_fact_from_hub_echoed", "check_fact")
    for name in ("from_hub", "echoed"):
        op.drop_column("check_fact", name)
