"""Statuses of copies that were given out after a database was put aside."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "status_mark",
        sa.Column("agency", sa.String(length=48), nullable=False),
        sa.Column("status_list", sa.Integer(), nullable=False),
        sa.Column("status_index", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "status_list", "status_index", name="pk_status_mark"),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("status_mark")
