"""Sessions of staff: begun at the door under a new token, looked at with every request, ended."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from api.actions.ceremonies import hash_token, new_token
from api.actions.recover_account import end_recovery_of
from api.actions.staff_errors import SessionEndedError
from api.ports.accounts import Account, AccountState
from api.ports.means import Means
from api.ports.sessions import Session
from api.ports.storage import Storage, Work

IDLE_TIME: Final = timedelta(minutes=30)
LONGEST_TIME: Final = timedelta(hours=10)
RECENT_TIME: Final = timedelta(minutes=5)
"""How long ago the person may have been seen at the door before a dangerous act."""
SEEN_STEP: Final = timedelta(minutes=1)
"""A session's use is kept to the minute: a write for every reading request would be too much."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in."""

    account: Account
    session: Session

    def is_recent(self, at: datetime) -> bool:
        """Whether the person was seen at the door just now."""
        return at - self.session.verified < RECENT_TIME


@dataclass(frozen=True, slots=True)
class Entrance:
    """A new session: the account, the token for the cookie, and where to go."""

    account: Account
    token: str = field(repr=False)
    next: str


def hash_session(token: str) -> bytes:
    """What is kept of a session's token."""
    return hash_token("session", token)


def begin_session(work: Work, means: Means, account: str, old_token: str) -> str:
    """Begin a session under a new token; the browser's old one ends, whoever's it was.

    A recovery of the account ends: whoever signs in did not lose it.

    Args:
        work: the transaction in which the person was recognised.
        means: clock and randomness.
        account: whose session it is.
        old_token: what the browser sent as its cookie; never used again.

    Returns:
        The new token.
    """
    token, at = new_token(means), means.now()
    work.sessions.end(hash_session(old_token))
    end_recovery_of(work, means, account)
    work.sessions.begin(Session(hash_session(token), account, at, at, at))
    return token


def look_at_session(means: Means, token: str) -> SignedIn:
    """Who is signed in with a token.

    Raises:
        SessionEndedError: nobody, or no longer.
    """
    at = means.now()
    with means.storage.reading() as reading:
        session = reading.sessions.find(hash_session(token))
        account = reading.accounts.find(session.account) if session else None
    if session is None or account is None or account.state is not AccountState.ACTIVE:
        raise SessionEndedError("no session has this token")
    if at - session.seen >= IDLE_TIME or at - session.made >= LONGEST_TIME:
        raise SessionEndedError("the session's time is over")
    if at - session.seen >= SEEN_STEP:
        with means.storage.work() as work:
            work.sessions.see(session.hash, at)
    return SignedIn(account, session)


def end_session(means: Means, token: str) -> None:
    """Sign this browser out; nothing happens where it is not signed in."""
    with means.storage.work() as work:
        work.sessions.end(hash_session(token))


def end_all_sessions(means: Means, account: str) -> int:
    """Sign an account out everywhere; returns how many sessions ended."""
    with means.storage.work() as work:
        return work.sessions.end_all(account)


def forget_sessions(storage: Storage, at: datetime, limit: int = 1000) -> int:
    """Remove what ended by time: sessions, ceremonies, invitations; returns how many."""
    with storage.work() as work:
        return work.sessions.forget(at, at - LONGEST_TIME, limit)
