"""How far a database has come in the ledger of acts that protect."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step: nothing of the ledger was followed yet."""
    op.create_table(
        "protection_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_protection_head"),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("protection_head")
