"""What the chain acknowledged is kept for good, and when the chain was last seen.

Filled from what is known: every published version of a status list, and every key that two people
ended as compromised and that was ended. The rest is taken from the chain at the first start.
"""

import json
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

from contracts.evidence.encoding import Json, canonical
from contracts.evidence.names import status_list_id

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_PAGE = 200
_chain_act = sa.table(
    "chain_act",
    sa.column("subject", sa.String(96)),
    sa.column("step", sa.BigInteger()),
    sa.column("act", sa.String(24)),
    sa.column("arguments", sa.LargeBinary()),
    sa.column("at", sa.DateTime(timezone=True)),
)
_release = sa.table(
    "status_release",
    sa.column("uri", sa.String(512)),
    sa.column("version", sa.BigInteger()),
    sa.column("token", sa.Text()),
    sa.column("made", sa.DateTime(timezone=True)),
)
_outbox = sa.table(
    "outbox",
    sa.column("kind", sa.String(32)),
    sa.column("key", sa.String(128)),
    sa.column("state", sa.String(8)),
)
_two_people = sa.table(
    "two_person_act",
    sa.column("id", sa.String(22)),
    sa.column("kind", sa.String(32)),
    sa.column("state", sa.String(16)),
    sa.column("detail", sa.LargeBinary()),
    sa.column("decided", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "chain_act",
        sa.Column("subject", sa.String(96), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.String(24), nullable=False),
        sa.Column("arguments", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", "step", name="pk_chain_act"),
    )
    op.create_index("ix_chain_act_act_at", "chain_act", ["act", "at"], unique=False)
    op.add_column("known_chain", sa.Column("head", sa.BigInteger(), nullable=True))
    op.add_column("known_chain", sa.Column("answered", sa.DateTime(timezone=True), nullable=True))
    op.add_column("known_chain", sa.Column("behind", sa.DateTime(timezone=True), nullable=True))
    op.add_column("known_chain", sa.Column("refused", sa.Integer(), nullable=True))
    _fill_lists()
    _fill_compromised_keys()


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("known_chain") as batch:
        for column in ("refused", "behind", "answered", "head"):
            batch.drop_column(column)
    op.drop_table("chain_act")


def _fill_lists() -> None:
    connection, place = op.get_bind(), ("", 0)
    while True:
        key = sa.tuple_(_release.c.uri, _release.c.version)
        query = sa.select(_release).where(key > sa.tuple_(*map(sa.literal, place)))
        rows = connection.execute(
            query.order_by(_release.c.uri, _release.c.version).limit(_PAGE)
        ).all()
        if not rows:
            return
        connection.execute(sa.insert(_chain_act), [_list_row(row) for row in rows])
        place = (rows[-1].uri, rows[-1].version)


def _list_row(row: sa.Row[Any]) -> dict[str, object]:
    name, digest = status_list_id(row.uri).hex(), sha256(row.token.encode("ascii")).hexdigest()
    told: dict[str, Json] = {"status_list": name, "version": row.version, "digest": digest}
    return _row(f"status/{name}", row.version, "publish_status", told, row.made)


def _fill_compromised_keys() -> None:
    connection, made = op.get_bind(), {}
    undone = sa.and_(_outbox.c.kind == "issuer.end_key", _outbox.c.state != "done")
    acknowledged = _two_people.c.id.not_in(sa.select(_outbox.c.key).where(undone))
    confirmed = sa.and_(_two_people.c.kind == "issuer.revoke_key", _two_people.c.state == "done")
    revoked = sa.and_(confirmed, acknowledged)
    for row in connection.execute(sa.select(_two_people).where(revoked)):
        told = json.loads(row.detail)
        if told.get("ending") == "compromised":
            issuer, point = str(told["issuer"]), str(told["point"])
            name = sha256(bytes.fromhex(issuer + point)).hexdigest()
            for one in (
                _row(f"issuer/{issuer}", 0, "register_issuer", {"issuer": issuer}, row.decided),
                _row(f"key/{name}", 0, "add_key", {"issuer": issuer, "point": point}, row.decided),
                _row(f"key/{name}", 2, "end_key", told, row.decided),
            ):
                made[one["subject"], one["step"]] = one
    if made:
        connection.execute(sa.insert(_chain_act), list(made.values()))


def _row(subject: str, step: int, act: str, told: dict[str, Json], at: object) -> dict[str, object]:
    return {"subject": subject, "step": step, "act": act, "arguments": canonical(told), "at": at}
