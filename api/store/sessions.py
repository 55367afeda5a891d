"""The tables of invitations, ceremonies and sessions of staff."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    RowMapping,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from api.ports.accounts import Role
from api.ports.protection import ProtectionKind, ProtectiveAct
from api.ports.sessions import Ceremony, Invitation, Purpose, Session
from api.ports.unfinished import Hold, UnfinishedKind
from api.store.schema import Moment, metadata
from api.store.unfinished import Key, SqlUnfinished
from contracts.evidence.encoding import b64u_encode

MAX_NEXT: Final = 512

invitations: Final = Table(
    "staff_invitation",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("id", String(22), nullable=False),
    Column("name", String(100), nullable=False),
    Column("person", String(64), nullable=False),
    Column("roles", String(100), nullable=False),
    Column("inviter", String(32), nullable=False),
    Column("expires", Moment, nullable=False),
    Column("act", String(22), nullable=False),
    Index(None, "expires"),
)
ceremonies: Final = Table(
    "staff_ceremony",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("account", String(32), nullable=False),
    Column("invitation", LargeBinary(32), nullable=False),
    Column("next", String(MAX_NEXT), nullable=False),
    Column("expires", Moment, nullable=False),
    Index(None, "expires"),
    Index(None, "account"),
)
sessions: Final = Table(
    "staff_session",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("account", String(32), ForeignKey("staff_account.id"), nullable=False),
    Column("made", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Column("verified", Moment, nullable=False),
    Index(None, "account"),
    Index(None, "made"),
)


class SqlSessions:
    """``api.ports.sessions.Sessions`` in a transaction."""

    def __init__(
        self, connection: Connection, protective: list[ProtectiveAct] | None = None
    ) -> None:
        self._connection = connection
        self._protective = [] if protective is None else protective

    def find(self, hash_: bytes) -> Session | None:
        """The session of this token's hash, ended by time or not."""
        row = self._one(sessions, hash_)
        return None if row is None else Session(**row)

    def begin(self, session: Session) -> None:
        """Keep a new session."""
        row = {
            "hash": session.hash,
            "account": session.account,
            "made": session.made,
            "seen": session.seen,
            "verified": session.verified,
        }
        self._connection.execute(insert(sessions), row)

    def see(self, hash_: bytes, at: datetime) -> None:
        """Keep when a session was last used."""
        self._connection.execute(update(sessions).where(sessions.c.hash == hash_).values(seen=at))

    def end(self, hash_: bytes) -> None:
        """Forget a session."""
        if self._connection.execute(delete(sessions).where(sessions.c.hash == hash_)).rowcount:
            self._note(ProtectionKind.SESSION_ENDED, hash_)

    def end_all(self, account: str) -> int:
        """Forget all sessions and ceremonies of an account; returns how many sessions."""
        mine = delete(ceremonies).where(ceremonies.c.account == account)
        hashes = self._connection.scalars(mine.returning(ceremonies.c.hash)).all()
        SqlUnfinished.of(self._connection).release([_key(hash_) for hash_ in hashes])
        own = delete(sessions).where(sessions.c.account == account).returning(sessions.c.hash)
        ended = self._connection.scalars(own).all()
        for hash_ in ended:
            self._note(ProtectionKind.SESSION_ENDED, hash_)
        return len(ended)

    def open(self, ceremony: Ceremony, held: Hold) -> None:
        """Keep a ceremony, within the room for what is unfinished."""
        SqlUnfinished.of(self._connection).hold(_key(ceremony.hash), held)
        row = {
            "hash": ceremony.hash,
            "purpose": ceremony.purpose.value,
            "account": ceremony.account,
            "invitation": ceremony.invitation,
            "next": ceremony.next,
            "expires": ceremony.expires,
        }
        self._connection.execute(insert(ceremonies), row)

    def take(self, hash_: bytes) -> Ceremony | None:
        """Take a ceremony out, so that it can end once."""
        SqlUnfinished.of(self._connection).release([_key(hash_)])
        row = self._taken(ceremonies, hash_)
        return None if row is None else Ceremony(**{**row, "purpose": Purpose(row["purpose"])})

    def invite(self, invitation: Invitation) -> None:
        """Keep an invitation."""
        row = {
            "hash": invitation.hash,
            "id": invitation.id,
            "name": invitation.name,
            "person": invitation.person,
            "roles": ",".join(sorted(invitation.roles)),
            "inviter": invitation.inviter,
            "expires": invitation.expires,
            "act": invitation.act,
        }
        self._connection.execute(insert(invitations), row)

    def invitation(self, hash_: bytes) -> Invitation | None:
        """The invitation of this token's hash, ended by time or not."""
        row = self._one(invitations, hash_)
        return None if row is None else _invitation(row)

    def invitations(self) -> Sequence[Invitation]:
        """All invitations that are kept, the next to expire first."""
        query = select(invitations).order_by(invitations.c.expires)
        return [_invitation(row) for row in self._connection.execute(query).mappings()]

    def invitations_of_acts(self) -> Sequence[Invitation]:
        """The invitations that belong to acts of two people, ended by time or not."""
        query = select(invitations).where(invitations.c.act != "").order_by(invitations.c.expires)
        return [_invitation(row) for row in self._connection.execute(query).mappings()]

    def drop_invitation_of(self, act: str) -> None:
        """Forget the invitation of an act."""
        self._connection.execute(delete(invitations).where(invitations.c.act == act))

    def use(self, hash_: bytes) -> Invitation | None:
        """Take an invitation out, so that it makes one account."""
        row = self._taken(invitations, hash_)
        if row is None:
            return None
        self._note(ProtectionKind.INVITATION_ENDED, hash_)
        return _invitation(row)

    def forget(self, at: datetime, oldest: datetime, limit: int) -> int:
        """Remove what expired before ``at``, and sessions made before ``oldest``; how many."""
        removed = 0
        for table, old in (
            (invitations, invitations.c.expires < at),
            (ceremonies, ceremonies.c.expires < at),
            (sessions, sessions.c.made < oldest),
        ):
            some = select(table.c.hash).where(old).limit(limit)
            gone = self._connection.execute(delete(table).where(table.c.hash.in_(some)))
            removed += gone.rowcount
        return removed

    def _note(self, kind: ProtectionKind, hash_: bytes) -> None:
        """A token's hash says nothing of the token."""
        self._protective.append(ProtectiveAct(kind, b64u_encode(bytes(hash_))))

    def _one(self, table: Table, hash_: bytes) -> RowMapping | None:
        query = select(table).where(table.c.hash == hash_)
        return self._connection.execute(query).mappings().one_or_none()

    def _taken(self, table: Table, hash_: bytes) -> RowMapping | None:
        """Delete and return in one statement: of two that take, one gets it."""
        statement = delete(table).where(table.c.hash == hash_).returning(*table.c)
        return self._connection.execute(statement).mappings().one_or_none()


def _key(hash_: bytes) -> Key:
    return UnfinishedKind.CEREMONY, bytes(hash_).hex()


def _invitation(row: RowMapping) -> Invitation:
    told: dict[str, Any] = dict(row)
    roles = frozenset(Role(role) for role in told.pop("roles").split(",") if role)
    return Invitation(roles=roles, **told)
