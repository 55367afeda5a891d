"""Accounts say who invited them, and invitations which act they belong to.

What older databases say of it stands in their administrative entries: who joined by which
invitation, and who made that. An account of which they say nothing keeps an empty lineage, and can
then be neither of the two people of an act.
"""

import json
from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_CONSOLE: Final = "console"


def upgrade() -> None:
    """Make the step."""
    for column in ("inviter", "lineage"):
        added = sa.Column(column, sa.String(32), nullable=False, server_default="")
        op.add_column("staff_account", added)
    act = sa.Column("act", sa.String(22), nullable=False, server_default="")
    op.add_column("staff_invitation", act)
    connection = op.get_bind()
    inviters = _inviters(connection)
    changed = sa.text(
        "UPDATE staff_account SET inviter = :inviter, lineage = :lineage WHERE id = :id"
    )
    for account, inviter in inviters.items():
        told = {"id": account, "inviter": inviter, "lineage": _head(account, inviters)}
        connection.execute(changed, told)


def downgrade() -> None:
    """Take it back."""
    op.drop_column("staff_invitation", "act")
    for column in ("lineage", "inviter"):
        op.drop_column("staff_account", column)


def _inviters(connection: sa.Connection) -> dict[str, str]:
    """Who invited whom, by account."""
    entries = "SELECT object, account, detail FROM administrative_entry WHERE act = :act"
    made = connection.execute(sa.text(entries), {"act": "account.invite"})
    inviters = {row.object: row.account for row in made}
    joined = connection.execute(sa.text(entries), {"act": "account.join"})
    found = {row.object: inviters.get(_invitation(row.detail), "") for row in joined}
    return {account: inviter for account, inviter in found.items() if inviter}


def _invitation(detail: bytes) -> str:
    """The invitation that an entry names; empty where its detail was erased."""
    try:
        told = json.loads(bytes(detail))
    except ValueError:
        return ""
    return str(told.get("invitation", "")) if isinstance(told, dict) else ""


def _head(account: str, inviters: dict[str, str]) -> str:
    """The head of an account's line of invitations; empty where the line is broken."""
    for _ in range(len(inviters) + 1):
        inviter = inviters.get(account, "")
        if inviter in {"", _CONSOLE}:
            return account if inviter else ""
        account = inviter
    return ""
