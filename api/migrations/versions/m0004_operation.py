"""Operation: who read what, alarms, the known chain and halted logs."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    _make_access_log()
    op.create_table(
        "known_chain",
        sa.Column("chain_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("genesis", sa.LargeBinary(32), nullable=False),
        sa.Column("contracts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", name="pk_known_chain"),
    )
    op.create_table(
        "log_halt",
        sa.Column("log", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("log", name="pk_log_halt"),
    )


def downgrade() -> None:
    """Take it back."""
    for table in ("log_halt", "known_chain", "export_alarm", "personal_access"):
        op.drop_table(table)


def _make_access_log() -> None:
    op.create_table(
        "personal_access",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_personal_access"),
    )
    op.create_index("ix_personal_access_actor_at", "personal_access", ["actor", "at"])
    op.create_index("ix_personal_access_kind_subject", "personal_access", ["kind", "subject"])
    op.create_index("ix_personal_access_at", "personal_access", ["at"])
    op.create_table(
        "export_alarm",
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("actor", "hour", name="pk_export_alarm"),
    )
