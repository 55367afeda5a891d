"""Answers that wait until their credentials are anchored."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    op.add_column("presentation_answer", sa.Column("held", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("presentation_answer", "held")
