"""The tables of staff's accounts, roles, passkeys and identities."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Row,
    Select,
    String,
    Table,
    and_,
    delete,
    insert,
    select,
    text,
    update,
)

from api.ports.accounts import Account, AccountState, Passkey, Role, Subject
from api.ports.protection import ProtectionKind, ProtectiveAct
from api.store.schema import Moment, metadata
from api.store.upsert import insert_if_new
from contracts.evidence.encoding import Json

MAX_CREDENTIAL: Final = 1023
_LOCK: Final = 0x7374616666
"""The advisory lock of changes to accounts: "staff" as a number."""

accounts: Final = Table(
    "staff_account",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("person", String(64), nullable=False),
    Column("state", String(8), nullable=False),
    Column("made", Moment, nullable=False),
    Column("inviter", String(32), nullable=False),
    Column("lineage", String(32), nullable=False),
    CheckConstraint("state IN ('active', 'removed')", name="state"),
)
roles: Final = Table(
    "staff_role",
    metadata,
    Column("account", String(32), ForeignKey("staff_account.id"), nullable=False),
    Column("role", String(16), nullable=False),
    Column("granted", Moment, nullable=False),
    PrimaryKeyConstraint("account", "role"),
)
passkeys: Final = Table(
    "staff_passkey",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("account", String(32), ForeignKey("staff_account.id"), nullable=False),
    Column("credential", LargeBinary(MAX_CREDENTIAL), nullable=False, unique=True),
    Column("public_key", LargeBinary(2048), nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("backed_up", Boolean, nullable=False),
    Column("label", String(100), nullable=False),
    Column("made", Moment, nullable=False),
    Column("used", Moment),
    Column("suspended", Moment),
    Index(None, "account"),
)
subjects: Final = Table(
    "staff_subject",
    metadata,
    Column("issuer", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("account", String(32), ForeignKey("staff_account.id"), nullable=False),
    PrimaryKeyConstraint("issuer", "subject"),
    Index(None, "account"),
)


class SqlAccounts:
    """``api.ports.accounts.Accounts`` in a transaction."""

    def __init__(
        self, connection: Connection, protective: list[ProtectiveAct] | None = None
    ) -> None:
        self._connection = connection
        self._protective = [] if protective is None else protective

    def alone(self) -> None:
        """Keep other changes of accounts out until the end; SQLite has one writer anyway."""
        if self._connection.dialect.name == "postgresql":
            statement = text("SELECT pg_advisory_xact_lock(:lock)")
            self._connection.execute(statement, {"lock": _LOCK})

    def find(self, account: str) -> Account | None:
        """The account with this id, removed or not."""
        row = self._connection.execute(
            select(accounts).where(accounts.c.id == account)
        ).one_or_none()
        if row is None:
            return None
        held = select(roles.c.role).where(roles.c.account == account)
        return _account(row, self._connection.scalars(held).all())

    def all(self) -> Sequence[Account]:
        """All accounts, the oldest first."""
        held: dict[str, list[str]] = defaultdict(list)
        for account, role in self._connection.execute(select(roles.c.account, roles.c.role)):
            held[account].append(role)
        rows = self._connection.execute(select(accounts).order_by(accounts.c.made, accounts.c.id))
        return [_account(row, held[row.id]) for row in rows]

    def passkeys(self, account: str) -> Sequence[Passkey]:
        """The passkeys of an account, the oldest first."""
        query = select(passkeys).where(passkeys.c.account == account)
        rows = self._connection.execute(query.order_by(passkeys.c.made, passkeys.c.id)).mappings()
        return [Passkey(**row) for row in rows]

    def passkey(self, credential: bytes) -> Passkey | None:
        """The passkey with this credential id."""
        return self._passkey(select(passkeys).where(passkeys.c.credential == credential))

    def locked_passkey(self, credential: bytes) -> Passkey | None:
        """The passkey with this credential id, its row locked."""
        query = select(passkeys).where(passkeys.c.credential == credential)
        return self._passkey(query.with_for_update())

    def of_subject(self, subject: Subject) -> str | None:
        """The account that an identity provider's subject opens."""
        same = and_(subjects.c.issuer == subject.issuer, subjects.c.subject == subject.subject)
        return self._connection.scalar(select(subjects.c.account).where(same))

    def add(self, account: Account) -> None:
        """Keep a new account with its roles."""
        row = {
            "id": account.id,
            "name": account.name,
            "person": account.person,
            "state": account.state.value,
            "made": account.made,
            "inviter": account.inviter,
            "lineage": account.lineage,
        }
        self._connection.execute(insert(accounts), row)
        for role in sorted(account.roles):
            self.grant(account.id, role, account.made)

    def grant(self, account: str, role: Role, at: datetime) -> bool:
        """Give a role; False where the account has it."""
        row = {"account": account, "role": role.value, "granted": at}
        return insert_if_new(self._connection, roles, row)

    def withdraw(self, account: str, role: Role) -> bool:
        """Take a role; False where the account does not have it."""
        same = and_(roles.c.account == account, roles.c.role == role.value)
        if self._connection.execute(delete(roles).where(same)).rowcount != 1:
            return False
        self._note(ProtectionKind.ROLE_WITHDRAWN, account, role=role.value)
        return True

    def remove(self, account: str) -> None:
        """Take roles, passkeys and identities, and close the account for good."""
        for table in (roles, passkeys, subjects):
            self._connection.execute(delete(table).where(table.c.account == account))
        closed = update(accounts).where(accounts.c.id == account)
        self._connection.execute(closed.values(state=AccountState.REMOVED.value))
        self._note(ProtectionKind.ACCOUNT_REMOVED, account)

    def add_passkey(self, passkey: Passkey) -> bool:
        """Keep a passkey; False where its credential id is known."""
        row = {
            "id": passkey.id,
            "account": passkey.account,
            "credential": passkey.credential,
            "public_key": passkey.public_key,
            "counter": passkey.counter,
            "backed_up": passkey.backed_up,
            "label": passkey.label,
            "made": passkey.made,
        }
        return insert_if_new(self._connection, passkeys, row)

    def use_passkey(self, passkey: str, counter: int, at: datetime) -> None:
        """Keep the new count."""
        self._change(passkey, {"counter": counter, "used": at})

    def suspend_passkey(self, passkey: str, at: datetime) -> None:
        """Refuse a passkey from now on."""
        self._change(passkey, {"suspended": at})
        self._note(ProtectionKind.PASSKEY_SUSPENDED, passkey, at=at.isoformat())

    def remove_passkey(self, account: str, passkey: str) -> bool:
        """Forget a passkey; False where the account has none of this id."""
        mine = and_(passkeys.c.account == account, passkeys.c.id == passkey)
        if self._connection.execute(delete(passkeys).where(mine)).rowcount != 1:
            return False
        self._note(ProtectionKind.PASSKEY_REMOVED, passkey)
        return True

    def add_subject(self, account: str, subject: Subject) -> bool:
        """Let an identity provider's subject open an account; False where it opens another."""
        row = {"issuer": subject.issuer, "subject": subject.subject, "account": account}
        return insert_if_new(self._connection, subjects, row)

    def _passkey(self, query: Select[Any]) -> Passkey | None:
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else Passkey(**row)

    def _note(self, kind: ProtectionKind, subject: str, **detail: Json) -> None:
        self._protective.append(ProtectiveAct(kind, subject, detail))

    def _change(self, passkey: str, values: dict[str, object]) -> None:
        self._connection.execute(update(passkeys).where(passkeys.c.id == passkey).values(values))


def _account(row: Row[Any], held: Sequence[str]) -> Account:
    known = frozenset(Role(role) for role in held)
    return Account(
        row.id,
        row.name,
        row.person,
        AccountState(row.state),
        known,
        row.made,
        row.inviter,
        row.lineage,
    )
