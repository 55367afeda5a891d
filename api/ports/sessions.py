"""What lets somebody in, and for how long: invitations, ceremonies at the door, sessions.

Each is named by the hash of a random token that only the browser (or the link) holds, so that a
copy of the database opens nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from api.ports.accounts import Role
from api.ports.unfinished import Hold


@dataclass(frozen=True, slots=True)
class Invitation:
    """Leave to make one account.

    Args:
        hash: 32 bytes, of the link's token.
        id: 22 characters, random; what evidence tells of it.
        name: of whom it is for.
        person: their staff number.
        roles: what they will be.
        inviter: id of an account; ``console`` for the command line.
        expires: when it ends, UTC.
        act: id of the two people's act that it belongs to; empty for an ordinary one.
    """

    hash: bytes = field(repr=False)
    id: str
    name: str = field(repr=False)
    person: str = field(repr=False)
    roles: frozenset[Role]
    inviter: str
    expires: datetime
    act: str = ""


class Purpose(StrEnum):
    """What a ceremony is for."""

    SIGN_IN = "sign_in"
    JOIN = "join"
    ADD_PASSKEY = "add_passkey"
    PROVIDER = "provider"
    CITIZEN = "citizen"


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A sign-in or a registration that has begun in one browser, and can end there once.

    Args:
        hash: 32 bytes, of the browser's token; challenge, state and nonce follow from the token.
        purpose: what it is for.
        account: id of the account that it will make or that it belongs to; empty at sign-in.
        invitation: 32 bytes, the invitation's hash; empty where there is none.
        next: path to go to afterwards; a citizen's says what they chose.
        expires: when it ends.
    """

    hash: bytes = field(repr=False)
    purpose: Purpose
    account: str
    invitation: bytes = field(repr=False)
    next: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody is signed in with one browser.

    Args:
        hash: 32 bytes, of the cookie's token.
        account: id of the account.
        made: when the session began; it ends a fixed time later.
        seen: when it was last used, to the minute; it ends when it idles.
        verified: when the person was last seen at the door.
    """

    hash: bytes = field(repr=False)
    account: str
    made: datetime
    seen: datetime
    verified: datetime


class SessionReader(Protocol):
    """Looking sessions up."""

    def find(self, hash_: bytes) -> Session | None:
        """The session of this token's hash, ended by time or not."""

    def invitation(self, hash_: bytes) -> Invitation | None:
        """The invitation of this token's hash, ended by time or not."""

    def invitations_of_acts(self) -> Sequence[Invitation]:
        """The invitations that belong to acts of two people, ended by time or not."""


class Sessions(SessionReader, Protocol):
    """Keeping sessions, ceremonies and invitations."""

    def begin(self, session: Session) -> None:
        """Keep a new session."""

    def see(self, hash_: bytes, at: datetime) -> None:
        """Keep when a session was last used."""

    def end(self, hash_: bytes) -> None:
        """Forget a session."""

    def end_all(self, account: str) -> int:
        """Forget all sessions and ceremonies of an account; returns how many sessions."""

    def open(self, ceremony: Ceremony, held: Hold) -> None:
        """Keep a ceremony.

        Raises:
            NoRoomError: too many were begun; nothing may be kept of the transaction.
        """

    def take(self, hash_: bytes) -> Ceremony | None:
        """Take a ceremony out, so that it can end once."""

    def invite(self, invitation: Invitation) -> None:
        """Keep an invitation."""

    def use(self, hash_: bytes) -> Invitation | None:
        """Take an invitation out, so that it makes one account."""

    def drop_invitation_of(self, act: str) -> None:
        """Forget the invitation of an act."""

    def forget(self, at: datetime, oldest: datetime, limit: int) -> int:
        """Remove what expired before ``at``, and sessions made before ``oldest``; how many."""

    def invitations(self) -> Sequence[Invitation]:
        """All invitations that are kept."""
