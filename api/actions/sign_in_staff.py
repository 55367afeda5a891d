"""Sign staff in by passkey. The browser finds the passkey, so nobody names an account first."""

from dataclasses import dataclass, field

from api.actions.ceremonies import Begun, begin, challenge_of, own_path, take
from api.actions.keep_session import Entrance, begin_session
from api.actions.record_administration import Deed, record_administration
from api.actions.staff_errors import SignInRefusedError
from api.ports.accounts import Account, AccountState, Passkey
from api.ports.door import Assertion, Door, DoorError
from api.ports.means import Means
from api.ports.sessions import Ceremony, Purpose
from api.ports.storage import Work
from contracts.evidence.encoding import Json


@dataclass(frozen=True, slots=True)
class SigningIn:
    """What the browser needs to find a passkey, and the token for its cookie."""

    begun: Begun
    options: dict[str, Json] = field(repr=False)


def begin_sign_in(door: Door, next_: str) -> SigningIn:
    """Begin a sign-in that leads to a path of ours."""
    begun = begin(door.means, Purpose.SIGN_IN, next=own_path(next_))
    return SigningIn(begun, door.passkeys.request(challenge_of(begun.token)))


def finish_sign_in(door: Door, token: str, answer: Assertion, old_session: str) -> Entrance:
    """Recognise somebody by a passkey, and begin a session under a new token.

    Args:
        door: passkeys, storage, clock and randomness.
        token: the ceremony's, from the browser's cookie.
        answer: the browser's.
        old_session: what the browser sent as its session, which ends.

    Raises:
        SignInRefusedError: whatever the reason.
    """
    means = door.means
    ceremony = take(means, token, Purpose.SIGN_IN)
    with means.storage.reading() as reading:
        known = reading.accounts.passkey(answer.credential)
    if known is None:
        raise SignInRefusedError("no passkey has this id")
    try:
        counter = door.passkeys.verify(answer, known, challenge_of(token))
    except DoorError as error:
        raise SignInRefusedError("the passkey's answer does not hold") from error
    return _enter(means, answer.credential, counter, ceremony, old_session)


def _enter(
    means: Means, credential: bytes, counter: int, ceremony: Ceremony, old_session: str
) -> Entrance:
    """Compare the count, and let the owner in; a suspension outlives the refusal."""
    with means.storage.work() as work:
        passkey = work.accounts.locked_passkey(credential)
        if passkey is None or passkey.suspended is not None:
            raise SignInRefusedError("the passkey was removed or is suspended")
        if went_back(passkey, counter):
            _suspend(work, means, passkey, counter)
            entrance = None
        else:
            account = active(work, passkey.account)
            work.accounts.use_passkey(passkey.id, counter, means.now())
            session = begin_session(work, means, account.id, old_session)
            entrance = Entrance(account, session, ceremony.next)
    if entrance is None:
        raise SignInRefusedError("the passkey's counter went back: there is a copy of it")
    return entrance


def went_back(passkey: Passkey, counter: int) -> bool:
    """Whether a count did not grow (WebAuthn level 2, section 7.2 step 21): a copied passkey.

    Authenticators that do not count say 0 every time.
    """
    return (counter > 0 or passkey.counter > 0) and counter <= passkey.counter


def active(work: Work, identifier: str) -> Account:
    """The account, if it may be used.

    Raises:
        SignInRefusedError: it was removed.
    """
    account = work.accounts.find(identifier)
    if account is None or account.state is not AccountState.ACTIVE:
        raise SignInRefusedError("the account was removed")
    return account


def _suspend(work: Work, means: Means, passkey: Passkey, counter: int) -> None:
    """A copy may be signed in already, so every session of the account ends."""
    at = means.now()
    work.accounts.suspend_passkey(passkey.id, at)
    work.sessions.end_all(passkey.account)
    told: dict[str, Json] = {"kept": passkey.counter, "told": counter}
    deed = Deed("passkey.suspend", passkey.account, passkey.id, told)
    record_administration(work, deed, at, means.rng)
