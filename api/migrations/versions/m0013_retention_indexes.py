"""What retention looks for is found by an index: applications by receipt, errands by their end."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    op.create_index("ix_application_received", "application", ["received"])
    op.create_index("ix_outbox_done", "outbox", ["done"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_outbox_done", "outbox")
    op.drop_index("ix_application_received", "application")
