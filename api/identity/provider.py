"""Sign-in at an OpenID Connect provider: authorization code with PKCE, state and nonce.

Sources: OpenID Connect Core 1.0, Discovery 1.0, RFC 7636 (PKCE, S256), RFC 9207 (``iss`` in the
answer), RFC 9700 (best practice). One provider is known, so no answer can be mixed up with
another's; ``iss`` is looked at all the same.

Whatever is asked of the provider for one step is asked behind its bulkhead: few at once, all of it
within one deadline, and nothing while the provider is silent.
"""

import hmac
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, TypeVar
from urllib.parse import urlencode, urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.identity.id_token import FRESH, SUBJECT, Expected, check_id_token, key_id
from api.identity.provider_documents import MAX_SECONDS, Documents, check_address
from api.ports.accounts import Subject
from api.ports.door import (
    DoorError,
    ProviderAnswer,
    ProviderDeclinedError,
    ProviderSecrets,
    ProviderUnavailableError,
)
from api.waiting.bulkhead import Bulkhead, NeighbourError
from contracts.evidence.encoding import Json, b64u_encode

DISCOVERY: Final = "/.well-known/openid-configuration"
KEPT_SECONDS: Final = 3600.0
REFETCH_SECONDS: Final = 60.0
"""An unknown key is asked for at most this often: a stranger cannot make us call the provider."""
MAX_KEYS: Final = 32
OPENID: Final = "openid"
T = TypeVar("T")
_STOPPED: Final = frozenset({"access_denied", "consent_required", "interaction_required"})
"""Errors that mean the person did not go on (RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6)."""
_LATER: Final = frozenset({"server_error", "temporarily_unavailable"})


@dataclass(frozen=True, slots=True)
class Client:
    """What the provider knows us by.

    Args:
        issuer: the provider's address, without a slash at the end.
        name: our client id.
        secret: empty for a public client.
        redirect: our address that the browser comes back to.
        scope: words separated by spaces, ``openid`` among them.
        claim: of the ID token, by which we know the person.
    """

    issuer: str
    name: str
    secret: str = field(repr=False)
    redirect: str
    scope: str = OPENID
    claim: str = SUBJECT


@dataclass(frozen=True, slots=True)
class Discovered:
    """What the provider says of itself, and when it was asked (monotonic seconds)."""

    authorization: str
    token: str
    keys: KeySet = field(repr=False)
    tells_issuer: bool
    at: float


@dataclass(slots=True)
class OidcProvider:
    """``api.ports.door.IdentityProvider`` at one provider. Shared by all threads."""

    client: Client
    documents: Documents = field(default_factory=Documents)
    ticks: Callable[[], float] = time.monotonic
    calls: Bulkhead = field(default_factory=lambda: Bulkhead("provider", MAX_SECONDS), repr=False)
    _found: Discovered | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def address(self, secrets: ProviderSecrets) -> str:
        """Where to send the browser; the person is asked to sign in anew.

        Raises:
            ProviderUnavailableError: the provider cannot be asked.
        """
        found = self._call(lambda deadline: self._discovered(KEPT_SECONDS, deadline))
        query = {
            "response_type": "code",
            "client_id": self.client.name,
            "redirect_uri": self.client.redirect,
            "scope": self.client.scope,
            "state": secrets.state,
            "nonce": secrets.nonce,
            "code_challenge": _code_challenge(secrets.verifier),
            "code_challenge_method": "S256",
            "max_age": str(int(FRESH.total_seconds())),
        }
        mark = "&" if urlsplit(found.authorization).query else "?"
        return f"{found.authorization}{mark}{urlencode(query)}"

    def identify(self, answer: ProviderAnswer, secrets: ProviderSecrets, at: datetime) -> Subject:
        """Who came back.

        Raises:
            DoorError: state, issuer, code or token does not hold.
            ProviderDeclinedError: the person stopped at the provider.
            ClaimMissingError: the provider does not tell the claim that we know people by.
            ProviderUnavailableError: the provider cannot be asked, or says so.
        """
        if not hmac.compare_digest(answer.state.encode(), secrets.state.encode()):
            raise DoorError("the answer is of another browser or sign-in")
        if not answer.code:
            raise _refusal(answer.error)
        return self._call(lambda deadline: self._identify(answer, secrets, at, deadline))

    def _call(self, ask: Callable[[float], T]) -> T:
        """Ask behind the bulkhead; what is asked is given its deadline (monotonic seconds)."""
        deadline = time.monotonic() + self.calls.seconds
        try:
            return self.calls.ask(lambda: ask(deadline))
        except NeighbourError as error:
            raise ProviderUnavailableError("the provider does not answer now") from error

    def _identify(
        self, answer: ProviderAnswer, secrets: ProviderSecrets, at: datetime, deadline: float
    ) -> Subject:
        found = self._discovered(KEPT_SECONDS, deadline)
        if answer.issuer != self.client.issuer and (answer.issuer or found.tells_issuer):
            raise DoorError("the answer is of another issuer")
        token = self._token(found, answer.code, secrets, deadline)
        if key_id(token) not in {key.kid or "" for key in found.keys.keys}:
            found = self._discovered(REFETCH_SECONDS, deadline)
        client = self.client
        expected = Expected(client.issuer, client.name, secrets.nonce, at, client.claim)
        return Subject(self.client.issuer, check_id_token(token, found.keys, expected))

    def _token(
        self, found: Discovered, code: str, secrets: ProviderSecrets, deadline: float
    ) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect,
            "client_id": self.client.name,
            "code_verifier": secrets.verifier,
        }
        known = (self.client.name, self.client.secret) if self.client.secret else None
        token = self.documents.post(found.token, form, known, deadline).get("id_token")
        if not isinstance(token, str):
            raise DoorError("the provider gave no token")
        return token

    def _discovered(self, oldest: float, deadline: float) -> Discovered:
        """What was found not longer ago than so many seconds; asked by one thread at a time."""
        if not self._lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise ProviderUnavailableError("others wait for the provider's answer")
        try:
            found = self._found
            if found is None or self.ticks() - found.at >= oldest:
                found = self._discover(deadline)
                self._found = found
            return found
        finally:
            self._lock.release()

    def _discover(self, deadline: float) -> Discovered:
        told = self.documents.get(self.client.issuer + DISCOVERY, deadline)
        if told.get("issuer") != self.client.issuer:
            raise ProviderUnavailableError("the provider says it is another")
        return Discovered(
            authorization=_address(told, "authorization_endpoint"),
            token=_address(told, "token_endpoint"),
            keys=_keys(self.documents.get(_address(told, "jwks_uri"), deadline)),
            tells_issuer=told.get("authorization_response_iss_parameter_supported") is True,
            at=self.ticks(),
        )


def _refusal(error: str) -> DoorError | ProviderUnavailableError:
    """What an answer without a code means; its word is believed to choose a page, no more."""
    if error in _STOPPED:
        return ProviderDeclinedError("the person did not go on at the provider")
    if error in _LATER:
        return ProviderUnavailableError("the provider says that it cannot answer now")
    return DoorError("the provider did not let the person in")


def _address(told: dict[str, Json], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str):
        raise ProviderUnavailableError(f"the provider names no {name}")
    return check_address(value)


def _keys(told: dict[str, Any]) -> KeySet:
    """Keys for signatures; those of other kinds are passed over."""
    listed = told.get("keys")
    if not isinstance(listed, list) or len(listed) > MAX_KEYS:
        raise ProviderUnavailableError("the provider names no keys")
    fitting = [
        entry
        for entry in listed
        if isinstance(entry, dict)
        and entry.get("kty") in {"EC", "RSA", "OKP"}
        and entry.get("use", "sig") == "sig"
    ]
    try:
        return KeySet.import_key_set({"keys": fitting})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        # joserfc raises plain errors for malformed members of a key.
        raise ProviderUnavailableError("the provider's keys cannot be read") from error


def _code_challenge(verifier: str) -> str:
    """S256 of RFC 7636 section 4.2."""
    return b64u_encode(sha256(verifier.encode("ascii")).digest())
