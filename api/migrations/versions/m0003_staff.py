"""Staff: accounts, roles, passkeys, sessions and what leads to them, acts of two people."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    _make_accounts()
    _make_recognising()
    _make_sessions()
    _make_acts()


def downgrade() -> None:
    """Take it back."""
    for table in (
        "administrative_entry",
        "two_person_act",
        "staff_session",
        "staff_ceremony",
        "staff_invitation",
        "staff_subject",
        "staff_passkey",
        "staff_role",
        "staff_account",
    ):
        op.drop_table(table)


def _make_accounts() -> None:
    op.create_table(
        "staff_account",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('active', 'removed')", name="ck_staff_account_state"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_account"),
    )
    op.create_table(
        "staff_role",
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("granted", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["staff_account.id"], name="fk_staff_role_account_staff_account"
        ),
        sa.PrimaryKeyConstraint("account", "role", name="pk_staff_role"),
    )


def _make_recognising() -> None:
    op.create_table(
        "staff_passkey",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("credential", sa.LargeBinary(1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(2048), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.DateTime(timezone=True)),
        sa.Column("suspended", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["account"], ["staff_account.id"], name="fk_staff_passkey_account_staff_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_staff_passkey"),
        sa.UniqueConstraint("credential", name="uq_staff_passkey_credential"),
    )
    op.create_index("ix_staff_passkey_account", "staff_passkey", ["account"])
    op.create_table(
        "staff_subject",
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["staff_account.id"], name="fk_staff_subject_account_staff_account"
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_staff_subject"),
    )
    op.create_index("ix_staff_subject_account", "staff_subject", ["account"])


def _make_sessions() -> None:
    op.create_table(
        "staff_invitation",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("roles", sa.String(100), nullable=False),
        sa.Column("inviter", sa.String(32), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_staff_invitation"),
    )
    op.create_index("ix_staff_invitation_expires", "staff_invitation", ["expires"])
    op.create_table(
        "staff_ceremony",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("invitation", sa.LargeBinary(32), nullable=False),
        sa.Column("next", sa.String(512), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_staff_ceremony"),
    )
    op.create_index("ix_staff_ceremony_account", "staff_ceremony", ["account"])
    op.create_index("ix_staff_ceremony_expires", "staff_ceremony", ["expires"])
    op.create_table(
        "staff_session",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["staff_account.id"], name="fk_staff_session_account_staff_account"
        ),
        sa.PrimaryKeyConstraint("hash", name="pk_staff_session"),
    )
    op.create_index("ix_staff_session_account", "staff_session", ["account"])
    op.create_index("ix_staff_session_made", "staff_session", ["made"])


def _make_acts() -> None:
    op.create_table(
        "two_person_act",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("object", sa.String(64), nullable=False),
        sa.Column("detail", sa.LargeBinary(), nullable=False),
        sa.Column("proposer", sa.String(32), nullable=False),
        sa.Column("proposed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("decider", sa.String(32)),
        sa.Column("decided", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'withdrawn')", name="ck_two_person_act_state"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_two_person_act"),
    )
    op.create_index(
        "ix_two_person_act_kind_object_state", "two_person_act", ["kind", "object", "state"]
    )
    op.create_index("ix_two_person_act_proposed", "two_person_act", ["proposed"])
    op.create_table(
        "administrative_entry",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("object", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_administrative_entry"),
    )
    op.create_index("ix_administrative_entry_at", "administrative_entry", ["at"])
