"""One place a person and round, copies that are spent once, and what is judged again."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step. Proposals of before have no basis: their presentation is shown again."""
    op.create_table(
        "round_place",
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("round", sa.String(64), nullable=False),
        sa.Column("person", sa.LargeBinary(32), nullable=False),
        sa.Column("application", sa.String(19), nullable=True),
        sa.PrimaryKeyConstraint("service", "round", "person", name="pk_round_place"),
    )
    op.create_index("ix_round_place_application", "round_place", ["application"])
    op.create_table(
        "spent_copy",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("application", sa.String(19), nullable=True),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_spent_copy"),
    )
    op.create_index("ix_spent_copy_application", "spent_copy", ["application"])
    op.create_index("ix_spent_copy_expires", "spent_copy", ["expires"])
    op.add_column("presentation_answer", sa.Column("basis", sa.LargeBinary(), nullable=True))
    op.add_column("proposal", sa.Column("shown", sa.LargeBinary(), nullable=True))
    op.add_column("proposal", sa.Column("basis", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("proposal", "basis")
    op.drop_column("proposal", "shown")
    op.drop_column("presentation_answer", "basis")
    op.drop_table("spent_copy")
    op.drop_table("round_place")
