"""The outbox gives nothing up: messages remember since when they wait, and dead ones come back.

Messages were set aside after twenty attempts, or where a contract refused: anchorings of logs and
ends of keys among them. They wait again. What is malformed stays aside.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_outbox = sa.table(
    "outbox",
    sa.column("state", sa.String(8)),
    sa.column("attempts", sa.Integer()),
    sa.column("problem", sa.String(64)),
    sa.column("owner", sa.String(64)),
    sa.column("leased_until", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    """Make the step."""
    op.add_column("outbox", sa.Column("since", sa.DateTime(timezone=True), nullable=True))
    malformed = _outbox.c.problem.like("%.malformed")
    dead = sa.and_(_outbox.c.state == "dead", sa.or_(_outbox.c.problem.is_(None), ~malformed))
    waiting = {
        "state": "waiting",
        "attempts": 0,
        "problem": None,
        "owner": None,
        "leased_until": None,
    }
    op.execute(sa.update(_outbox).where(dead).values(waiting))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("outbox") as batch:
        batch.drop_column("since")
