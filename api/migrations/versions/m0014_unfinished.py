"""What was begun and not finished is counted, and ends.

What was there before counts as finished: an application had its log entry already, and requests go
by the retention that they were made under. Keys of requests are found by what they stand for.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "unfinished_part",
        sa.Column("pool", sa.String(16), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("held >= 0 AND held <= most", name="ck_unfinished_part_bound"),
        sa.PrimaryKeyConstraint("pool", "part", name="pk_unfinished_part"),
    )
    op.create_table(
        "unfinished_share",
        sa.Column("pool", sa.String(16), nullable=False),
        sa.Column("network", sa.LargeBinary(16), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("held >= 0", name="ck_unfinished_share_bound"),
        sa.PrimaryKeyConstraint("pool", "network", name="pk_unfinished_share"),
    )
    op.create_table(
        "unfinished",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("pool", sa.String(16), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("network", sa.LargeBinary(16), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_unfinished"),
    )
    op.create_index("ix_unfinished_ends", "unfinished", ["ends"])
    op.create_index("ix_kept_request_resource", "kept_request", ["resource"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_kept_request_resource", table_name="kept_request")
    for table in ("unfinished", "unfinished_share", "unfinished_part"):
        op.drop_table(table)
