"""Papers, and proposals that decisions are made from."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "paper",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("application", sa.String(19), nullable=True),
        sa.Column("issuer_ko", sa.String(200), nullable=False),
        sa.Column("issuer_en", sa.String(200), nullable=False),
        sa.Column("issued", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.LargeBinary(32), nullable=False),
        sa.Column("content_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("file_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("revoked", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_paper"),
        sa.UniqueConstraint("application", "kind", name="uq_paper_application_kind"),
    )
    op.create_index("ix_paper_file_digest", "paper", ["file_digest"], unique=True)
    op.create_table(
        "proposal",
        sa.Column("application", sa.String(19), nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("proposal", sa.LargeBinary(), nullable=False),
        sa.Column("attached", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("application", name="pk_proposal"),
        sa.UniqueConstraint("request", name="uq_proposal_request"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("proposal")
    op.drop_table("paper")
