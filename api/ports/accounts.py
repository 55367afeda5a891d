"""Accounts of staff: who works here, with which roles, and by what they are known at the door."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What an account may do."""

    ISSUER = "issuer"
    OFFICER = "officer"
    JUDGE = "judge"
    ORGANISER = "organiser"
    TRUSTEE = "trustee"
    REGISTRAR = "registrar"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class AccountState(StrEnum):
    """Where an account stands; a removed one never comes back."""

    ACTIVE = "active"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Account:
    """One account.

    Args:
        id: 32 hexadecimal digits, random; all that logs and evidence tell of it.
        name: as colleagues know the person.
        person: the person's staff number; two accounts of one person are one person.
        state: whether it may be used.
        roles: what it may do.
        made: whole seconds, UTC.
        inviter: id of the account that invited it; ``console`` for the command line, empty where
            nobody knows any more.
        lineage: id of the account at the head of its line of invitations, which the command line
            invited: all that one administrator invites, and what those invite, is one lineage.
            Empty where nobody knows; such an account is independent of none.
    """

    id: str
    name: str = field(repr=False)
    person: str = field(repr=False)
    state: AccountState
    roles: frozenset[Role]
    made: datetime
    inviter: str = ""
    lineage: str = ""

    def holds(self, role: Role) -> bool:
        """Whether the account may be used, and in this role."""
        return self.state is AccountState.ACTIVE and role in self.roles

    def is_same_person(self, other: "Account") -> bool:
        """Whether both accounts are of one person, as far as staff numbers tell."""
        return self.id == other.id or self.person.casefold() == other.person.casefold()

    def is_of_same_lineage(self, other: "Account") -> bool:
        """Whether one administrator may stand behind both; so where a lineage is unknown."""
        return not self.lineage or not other.lineage or self.lineage == other.lineage

    def is_independent_of(self, other: "Account") -> bool:
        """Whether the two accounts can be the two people of an act (decision 0013)."""
        return not self.is_same_person(other) and not self.is_of_same_lineage(other)


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey of an account.

    Args:
        id: 22 characters, random; the credential's own id stays between browser and server.
        account: whose it is.
        credential: the credential's id, at most 1023 bytes.
        public_key: COSE key.
        counter: the authenticator's count when it was last used; 0 where it does not count.
        backed_up: whether it is copied to other devices.
        label: how its owner calls it.
        made: when.
        used: when last.
        suspended: when its counter went back; it is refused since.
    """

    id: str
    account: str
    credential: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    counter: int
    backed_up: bool
    label: str = field(repr=False)
    made: datetime
    used: datetime | None = None
    suspended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Who somebody is at an identity provider: its address, and what it calls them for ever."""

    issuer: str
    subject: str = field(repr=False)


class AccountReader(Protocol):
    """Looking accounts up."""

    def find(self, account: str) -> Account | None:
        """The account with this id, removed or not."""

    def all(self) -> Sequence[Account]:
        """All accounts, the oldest first."""

    def passkeys(self, account: str) -> Sequence[Passkey]:
        """The passkeys of an account, the oldest first."""

    def passkey(self, credential: bytes) -> Passkey | None:
        """The passkey with this credential id."""

    def of_subject(self, subject: Subject) -> str | None:
        """The account that an identity provider's subject opens."""


class Accounts(AccountReader, Protocol):
    """Keeping accounts."""

    def alone(self) -> None:
        """Wait until no other transaction changes accounts or acts, and keep them out."""

    def add(self, account: Account) -> None:
        """Keep a new account with its roles."""

    def grant(self, account: str, role: Role, at: datetime) -> bool:
        """Give a role; False where the account has it."""

    def withdraw(self, account: str, role: Role) -> bool:
        """Take a role; False where the account does not have it."""

    def remove(self, account: str) -> None:
        """Take roles, passkeys and identities, and close the account for good."""

    def add_passkey(self, passkey: Passkey) -> bool:
        """Keep a passkey; False where its credential id is known."""

    def locked_passkey(self, credential: bytes) -> Passkey | None:
        """The passkey with this credential id, which nobody else changes until the end."""

    def use_passkey(self, passkey: str, counter: int, at: datetime) -> None:
        """Keep the new count."""

    def suspend_passkey(self, passkey: str, at: datetime) -> None:
        """Refuse a passkey from now on."""

    def remove_passkey(self, account: str, passkey: str) -> bool:
        """Forget a passkey; False where the account has none of this id."""

    def add_subject(self, account: str, subject: Subject) -> bool:
        """Let an identity provider's subject open an account; False where it opens another."""
