"""Places in logs are given out at random in blocks; their leaves wait until these are sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "log_block",
        sa.Column("log", sa.String(64), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["log.name"], name="fk_log_block_log_log"),
        sa.PrimaryKeyConstraint("log", "base", name="pk_log_block"),
    )
    op.create_table(
        "log_waiting_leaf",
        sa.Column("log", sa.String(64), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["log.name"], name="fk_log_waiting_leaf_log_log"),
        sa.PrimaryKeyConstraint("log", "index", name="pk_log_waiting_leaf"),
    )


def downgrade() -> None:
    """Take it back.

    Leaves that wait would be lost, and with them what was issued since the last seal: stop the
    service after a seal first.
    """
    op.drop_table("log_waiting_leaf")
    op.drop_table("log_block")
