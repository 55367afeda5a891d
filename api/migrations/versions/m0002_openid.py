"""Any wallet: offers, access tokens, copies and status lists; requests for presentations."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    _make_granting()
    _make_copies()
    _make_presenting()


def downgrade() -> None:
    """Take it back."""
    for table in (
        "presentation_answer",
        "presentation_request",
        "status_release",
        "credential_deferral",
        "credential_copy",
        "credential_batch",
        "used_nonce",
        "access_token",
        "credential_offer",
    ):
        op.drop_table(table)


def _make_granting() -> None:
    op.create_table(
        "access_token",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("offer", sa.String(32), nullable=False),
        sa.Column("agency", sa.String(48), nullable=False),
        sa.Column("client", sa.String(256)),
        sa.Column("identifiers", sa.Text(), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_access_token"),
    )
    op.create_index("ix_access_token_expires", "access_token", ["expires"])
    op.create_table(
        "credential_offer",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("agency", sa.String(48), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("identified_by", sa.String(100), nullable=False),
        sa.Column("identified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("tx_mac", sa.LargeBinary(32), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("copies", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_credential_offer"),
        sa.UniqueConstraint("code_hash", name="uq_credential_offer_code_hash"),
    )
    op.create_index("ix_credential_offer_expires", "credential_offer", ["expires"])
    op.create_table(
        "used_nonce",
        sa.Column("nonce_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce_hash", name="pk_used_nonce"),
    )
    op.create_index("ix_used_nonce_until", "used_nonce", ["until"])


def _make_copies() -> None:
    op.create_table(
        "credential_batch",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("offer", sa.String(32), nullable=False),
        sa.Column("agency", sa.String(48), nullable=False),
        sa.Column("configuration", sa.String(64), nullable=False),
        sa.Column("notification_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(24)),
        sa.PrimaryKeyConstraint("id", name="pk_credential_batch"),
        sa.UniqueConstraint("notification_hash", name="uq_credential_batch_notification_hash"),
    )
    op.create_table(
        "credential_copy",
        sa.Column("agency", sa.String(48), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("batch", sa.String(32), nullable=False),
        sa.Column("configuration", sa.String(64), nullable=False),
        sa.Column("subject", sa.LargeBinary(32), nullable=False),
        sa.Column("status_index", sa.BigInteger(), nullable=False),
        sa.Column("issued", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "index", name="pk_credential_copy"),
        sa.UniqueConstraint(
            "agency", "status_index", name="uq_credential_copy_agency_status_index"
        ),
    )
    op.create_index("ix_credential_copy_agency_subject", "credential_copy", ["agency", "subject"])
    op.create_table(
        "credential_deferral",
        sa.Column("transaction_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("offer", sa.String(32), nullable=False),
        sa.Column("agency", sa.String(48), nullable=False),
        sa.Column("configuration", sa.String(64), nullable=False),
        sa.Column("points", sa.LargeBinary(), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("transaction_hash", name="pk_credential_deferral"),
    )
    op.create_table(
        "status_release",
        sa.Column("uri", sa.String(512), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("uri", "version", name="pk_status_release"),
    )


def _make_presenting() -> None:
    op.create_table(
        "presentation_request",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("round", sa.String(64), nullable=False),
        sa.Column("form", sa.String(12), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("device", sa.String(8), nullable=False),
        sa.Column("response_uri", sa.String(512), nullable=False),
        sa.Column("application_date", sa.Date(), nullable=False),
        sa.Column("consent_text", sa.Text(), nullable=False),
        sa.Column("session_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("randomness", sa.LargeBinary(32), nullable=False),
        sa.Column("decryption", sa.LargeBinary(32)),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_presentation_request"),
    )
    op.create_index("ix_presentation_request_expires", "presentation_request", ["expires"])
    op.create_table(
        "presentation_answer",
        sa.Column("request", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("presentation_hash", sa.LargeBinary(32)),
        sa.Column("replay_key", sa.LargeBinary(32), nullable=False),
        sa.Column("response_code_hash", sa.LargeBinary(32)),
        sa.ForeignKeyConstraint(
            ["request"],
            ["presentation_request.id"],
            name="fk_presentation_answer_request_presentation_request",
        ),
        sa.PrimaryKeyConstraint("request", name="pk_presentation_answer"),
        sa.UniqueConstraint("replay_key", name="uq_presentation_answer_replay_key"),
    )
