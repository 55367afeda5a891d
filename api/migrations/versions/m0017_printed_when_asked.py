"""Papers are printed when somebody asks for them; those kept as files stay as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    op.add_column("paper", sa.Column("sheet", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take it back: papers without a file can be checked, and not be handed out any more."""
    with op.batch_alter_table("paper") as table:
        table.drop_column("sheet")
