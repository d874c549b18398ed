"""Access to machines: policies, sheets of codes (hashes only), what bridges were sent, counts.

Made by alembic from hub/store/access_tables.py and then left as it is: a step that was released is
never edited, whatever the tables become.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    _access_policy()
    _access_batch()
    _access_code()
    _access_sent()
    _access_count()


def _access_policy() -> None:
    op.create_table(
        "access_policy",
        sa.Column(
            "device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("hours_json", sa.Text(), server_default="[]", nullable=False),
        sa.Column("timezone", sa.String(length=60), server_default="UTC", nullable=False),
        sa.Column("items_per_session", sa.Integer(), nullable=False),
        sa.Column("quota_items", sa.Integer(), nullable=True),
        sa.Column("quota_period_s", sa.Integer(), nullable=False),
        sa.Column("code_alphabet", sa.String(length=10), nullable=False),
        sa.Column("code_length", sa.Integer(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name="fk_access_policy_device_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_id", name="pk_access_policy"),
    )


def _access_batch() -> None:
    op.create_table(
        "access_batch",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("codes", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=True),
        sa.Column("valid_from_ms", sa.BigInteger(), nullable=True),
        sa.Column("valid_until_ms", sa.BigInteger(), nullable=True),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name="fk_access_batch_device_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_access_batch"),
    )
    op.create_index(
        "ix_access_batch_device_id_made_ms", "access_batch", ["device_id", "made_ms"], unique=False
    )


def _access_code() -> None:
    op.create_table(
        "access_code",
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["access_batch.id"], name="fk_access_code_batch_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "digest", name="pk_access_code"),
    )


def _access_sent() -> None:
    op.create_table(
        "access_sent",
        sa.Column(
            "bridge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["bridge_id"], ["bridge.id"], name="fk_access_sent_bridge_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bridge_id", name="pk_access_sent"),
    )


def _access_count() -> None:
    op.create_table(
        "access_count",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("period_s", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("granted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("items", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refused_json", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name="fk_access_count_device_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_access_count"),
    )
    op.create_index(
        "ix_access_count_device_id_from_ms", "access_count", ["device_id", "from_ms"], unique=False
    )
