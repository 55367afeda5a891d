"""Requests belong to an application from the start, and say who is told what comes of them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step.

    What was joined belongs to that application; a request that was open is told to nobody.
    """
    with op.batch_alter_table("presentation_request") as table:
        table.add_column(sa.Column("application", sa.String(19), nullable=True))
        table.add_column(
            sa.Column("reader", sa.String(12), nullable=False, server_default="nobody")
        )
        table.add_column(sa.Column("browser_hash", sa.LargeBinary(32), nullable=True))
    op.execute(
        "UPDATE presentation_request SET application = (SELECT proposal.application FROM proposal "
        "WHERE proposal.request = presentation_request.id)"
    )
    op.execute("UPDATE presentation_request SET reader = 'officer' WHERE application IS NOT NULL")
    with op.batch_alter_table("presentation_request") as table:
        table.alter_column("reader", server_default=None, existing_type=sa.String(12))
    op.create_index("ix_presentation_request_application", "presentation_request", ["application"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_presentation_request_application", table_name="presentation_request")
    with op.batch_alter_table("presentation_request") as table:
        for name in ("browser_hash", "reader", "application"):
            table.drop_column(name)
