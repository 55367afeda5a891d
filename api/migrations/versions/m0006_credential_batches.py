"""Credentials are found by the batch that they were issued in."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    op.create_index("ix_credential_copy_batch", "credential_copy", ["batch"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    op.drop_index("ix_credential_copy_batch", table_name="credential_copy")
