"""Secrets are known by name and fingerprint; the first start names those that are there."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "known_key",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_known_key"),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("known_key")
