"""Secrets of series and rounds, that can be erased alone."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "scope_secret",
        sa.Column("name", sa.String(192), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_scope_secret"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("scope_secret")
