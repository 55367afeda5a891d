"""The identity step before anything is issued: at a desk, or by an OpenID Connect provider.

Both end in a ``VerifiedIdentity``, the only thing an offer is made for. The demonstration has one
of its own, and says so wherever it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.openid.errors import IdentityError
from contracts.evidence.encoding import Json, parse_json
from contracts.evidence.errors import EncodingError

MAX_PERSON: Final = 64
MAX_OFFICER: Final = 100
MAX_ID_TOKEN: Final = 1 << 14
ID_TOKEN_ALGORITHMS: Final = ("ES256", "PS256", "RS256", "EdDSA")
_LEEWAY: Final = timedelta(seconds=60)


class IdentityMethod(StrEnum):
    """How somebody was identified."""

    DESK = "desk"
    OIDC = "oidc"
    DEMONSTRATION = "demonstration"


@dataclass(frozen=True, slots=True)
class VerifiedIdentity:
    """Who was identified, how, by whom (an officer or a provider), and when.

    ``person`` is the register's own id, never a resident number.
    """

    person: str
    method: IdentityMethod
    by: str
    at: datetime

    def __post_init__(self) -> None:
        if not 0 < len(self.person) <= MAX_PERSON or not 0 < len(self.by) <= MAX_OFFICER:
            raise IdentityError("a person's id and who vouches for it are short texts")


class PersonDirectory(Protocol):
    """Whom an identity provider's subject stands for in the registers."""

    def person_of(self, provider: str, subject: str) -> str | None:
        """The register's id of a provider's subject; None if nobody is known."""


def identify_at_desk(
    person: str, officer: str, *, card_checked: bool, at: datetime
) -> VerifiedIdentity:
    """An officer looked at the identity card and found the person in the register.

    Raises:
        IdentityError: the officer did not confirm that the card was checked, or left a name out.
    """
    if not card_checked:
        raise IdentityError("the officer has not confirmed that the identity card was checked")
    return VerifiedIdentity(person, IdentityMethod.DESK, officer, at)


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """An OpenID Connect provider as configured: issuer, our client id, its public keys."""

    issuer: str
    client_id: str
    keys: KeySet
    directory: PersonDirectory

    def identify(self, id_token: str, nonce: str, at: datetime) -> VerifiedIdentity:
        """Believe an ID token (OpenID Connect Core 1.0 section 3.1.3.7).

        Raises:
            IdentityError: not signed by the provider, of another issuer, audience, nonce or time,
                or about nobody whom the registers know.
        """
        claims = self._claims(id_token)
        audience = claims.get("aud")
        if claims.get("iss") != self.issuer or audience not in (self.client_id, [self.client_id]):
            raise IdentityError("the ID token is of another provider or for somebody else")
        if claims.get("nonce") != nonce or not nonce:
            raise IdentityError("the ID token answers another sign-in")
        _check_times(claims, at)
        subject = claims.get("sub")
        person = (
            self.directory.person_of(self.issuer, subject) if isinstance(subject, str) else None
        )
        if person is None:
            raise IdentityError("the registers know nobody of that account")
        return VerifiedIdentity(person, IdentityMethod.OIDC, self.issuer, at)

    def _claims(self, id_token: str) -> Mapping[str, Json]:
        if len(id_token) > MAX_ID_TOKEN:
            raise IdentityError("the ID token is too long")
        try:
            opened = jws.deserialize_compact(
                id_token, self.keys, algorithms=list(ID_TOKEN_ALGORITHMS)
            )
            claims = parse_json(opened.payload)
        except (JoseError, EncodingError, ValueError) as error:
            raise IdentityError("the ID token is not the provider's") from error
        if not isinstance(claims, dict):
            raise IdentityError("the ID token holds no claims")
        return claims


def _check_times(claims: Mapping[str, Json], at: datetime) -> None:
    now, leeway = at.timestamp(), _LEEWAY.total_seconds()
    expires, issued = claims.get("exp"), claims.get("iat")
    if not isinstance(expires, (int, float)) or not isinstance(issued, (int, float)):
        raise IdentityError("the ID token says not when it was made and ends")
    if expires <= now - leeway or issued > now + leeway:
        raise IdentityError("the ID token has expired or is not valid yet")
