"""The ground: applications, kept requests, the outbox and evidence logs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    _make_applications()
    _make_outbox()
    _make_logs()


def downgrade() -> None:
    """Take it back."""
    for table in (
        "log_tile",
        "log_place",
        "log_anchor",
        "log",
        "outbox",
        "kept_request",
        "application",
    ):
        op.drop_table(table)


def _make_applications() -> None:
    op.create_table(
        "application",
        sa.Column("number", sa.String(19), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("round", sa.String(64), nullable=False),
        sa.Column("service_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("trial", sa.Boolean(), nullable=False),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_application"),
    )
    op.create_index(
        "ix_application_service_round_received", "application", ["service", "round", "received"]
    )
    op.create_table(
        "kept_request",
        sa.Column("scope", sa.String(32), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("resource", sa.String(64), nullable=False),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key_hash", name="pk_kept_request"),
    )
    op.create_index("ix_kept_request_at", "kept_request", ["at"])


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(64)),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("problem", sa.String(64)),
        sa.Column("done", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('waiting', 'done', 'dead')", name=op.f("ck_outbox_state")),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("kind", "key", name="uq_outbox_kind_key"),
    )
    op.create_index("ix_outbox_state_kind_due", "outbox", ["state", "kind", "due"])


def _make_logs() -> None:
    op.create_table(
        "log",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_log"),
    )
    op.create_table(
        "log_anchor",
        sa.Column("log", sa.String(64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("block", sa.BigInteger()),
        sa.Column("time", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["log"], ["log.name"], name="fk_log_anchor_log_log"),
        sa.PrimaryKeyConstraint("log", "sequence", name="pk_log_anchor"),
    )
    op.create_table(
        "log_place",
        sa.Column("log", sa.String(64), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["log.name"], name="fk_log_place_log_log"),
        sa.PrimaryKeyConstraint("log", "key", name="pk_log_place"),
    )
    op.create_table(
        "log_tile",
        sa.Column("log", sa.String(64), nullable=False),
        sa.Column("path", sa.String(128), nullable=False),
        sa.Column("hashes", sa.LargeBinary(8192), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["log.name"], name="fk_log_tile_log_log"),
        sa.PrimaryKeyConstraint("log", "path", name="pk_log_tile"),
    )
