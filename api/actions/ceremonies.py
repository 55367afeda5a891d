"""Ceremonies at the door: begun in one browser by a random cookie, ended there, once and soon.

Challenge, state, nonce and code verifier follow from the browser's token. The database holds the
token's hash only, so neither a copy of it nor another browser can end a ceremony.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from api.actions.forget_unfinished import with_room
from api.actions.staff_errors import SignInRefusedError
from api.ports.door import ProviderSecrets
from api.ports.means import Means
from api.ports.sessions import Ceremony, Purpose
from api.ports.unfinished import ROW_BYTES, Pool, hold
from contracts.evidence.encoding import b64u_encode, tagged_hash

CEREMONY_TIME: Final = timedelta(minutes=5)
TOKEN_BYTES: Final = 32
HOME: Final = "/staff"
MAX_NEXT: Final = 512
_ANYBODYS: Final = frozenset({Purpose.SIGN_IN, Purpose.PROVIDER, Purpose.CITIZEN})
"""What somebody begins who has shown nothing; the others follow an invitation or a session."""
_DOMAIN: Final = "dojang-staff-v1"
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/=&?")


def new_token(means: Means) -> str:
    """A token with 256 random bits."""
    return b64u_encode(means.rng(TOKEN_BYTES))


def hash_token(kind: str, token: str) -> bytes:
    """What is kept of a token; it has 256 random bits, so no slow hash is needed."""
    return tagged_hash(f"{_DOMAIN}/{kind}", token.encode("utf-8", "replace"))


def challenge_of(token: str) -> bytes:
    """The challenge of a ceremony, 32 bytes."""
    return hash_token("challenge", token)


def provider_secrets(token: str) -> ProviderSecrets:
    """What binds a provider's answer to the browser that began."""
    state, nonce, verifier = (
        b64u_encode(hash_token(name, token)) for name in ("state", "nonce", "verifier")
    )
    return ProviderSecrets(state, nonce, verifier)


def own_path(text: str) -> str:
    """A path below ``/staff`` to go to after signing in; anything else becomes ``/staff``.

    Nobody is sent to another site: no scheme, no host, no double or backward slash gets through.
    """
    inside = text == HOME or text.startswith((f"{HOME}/", f"{HOME}?"))
    plain = len(text) <= MAX_NEXT and _PLAIN.issuperset(text) and "//" not in text
    return text if inside and plain else HOME


@dataclass(frozen=True, slots=True)
class Begun:
    """A ceremony that began, and the token for the browser's cookie."""

    token: str = field(repr=False)
    ceremony: Ceremony


def begin(means: Means, purpose: Purpose, **facts: object) -> Begun:
    """Keep a new ceremony.

    Args:
        means: storage, clock and randomness.
        purpose: what it is for.
        facts: fields of ``Ceremony`` that belong to the purpose.

    Raises:
        NoRoomError: too many were begun by people who are not known yet.
    """
    token = new_token(means)
    plain = Ceremony(
        hash_token("ceremony", token), purpose, "", b"", HOME, means.now() + CEREMONY_TIME
    )
    ceremony = replace(plain, **facts)  # type: ignore[arg-type] # each purpose has its own facts
    with_room(means.storage, means.now(), lambda: _open(means, ceremony))
    return Begun(token, ceremony)


def _open(means: Means, ceremony: Ceremony) -> None:
    pool = Pool.SIGN_INS if ceremony.purpose in _ANYBODYS else Pool.STAFF
    held = hold(pool, len(ceremony.next) + ROW_BYTES, ceremony.expires)
    with means.storage.work() as work:
        work.sessions.open(ceremony, held)


def take(means: Means, token: str, purpose: Purpose) -> Ceremony:
    """Take the ceremony of a browser's token; it is gone whatever is found of the answer.

    Raises:
        SignInRefusedError: there is none, it was taken, is of another purpose or too old.
    """
    with means.storage.work() as work:
        ceremony = work.sessions.take(hash_token("ceremony", token))
    if ceremony is None or ceremony.purpose is not purpose or ceremony.expires <= means.now():
        raise SignInRefusedError("the ceremony is unknown, was ended, or is too old")
    return ceremony
