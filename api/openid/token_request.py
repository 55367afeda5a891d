"""The token endpoint's messages (OpenID4VCI 1.0 section 6, RFC 6749, RFC 9396)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.openid.errors import (
    AuthorizationDetailsError,
    InvalidTokenRequestError,
    UnsupportedGrantTypeError,
)
from api.openid.forms import parse_form
from api.openid.offering import PRE_AUTHORIZED
from api.openid.secret_words import MAX_WORD
from contracts.evidence.encoding import Json, parse_json
from contracts.evidence.errors import EncodingError

ACCESS: Final = "access"
MAX_TOKEN_REQUEST: Final = 1 << 14
MAX_TX_CODE: Final = 64
MAX_CLIENT: Final = 256
MAX_DETAILS: Final = 16


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A wallet's wish for an access token.

    ``details`` are the configurations asked for by ``authorization_details``, empty without.
    """

    code: str
    tx_code: str
    client: str | None
    details: tuple[str, ...]

    def __repr__(self) -> str:
        return "TokenRequest(...)"


@dataclass(frozen=True, slots=True)
class Access:
    """An access token as kept, by its hash.

    ``identifiers`` maps the credential identifiers given out to configurations; empty if none
    were asked for. ``client`` is the name the wallet gave itself; None if it stayed anonymous.
    """

    token_hash: bytes
    offer: str
    agency: str
    client: str | None
    identifiers: Mapping[str, str]
    expires: datetime


def parse_token_request(body: bytes) -> TokenRequest:
    """Read a token request.

    Raises:
        InvalidTokenRequestError: a parameter is missing, empty, too long or given twice.
        UnsupportedGrantTypeError: another grant type.
        AuthorizationDetailsError: ``authorization_details`` are malformed.
    """
    try:
        fields = parse_form(body, max_bytes=MAX_TOKEN_REQUEST)
    except EncodingError as error:
        raise InvalidTokenRequestError(str(error)) from error
    if "grant_type" not in fields:
        raise InvalidTokenRequestError("grant_type is missing")
    if fields["grant_type"] != PRE_AUTHORIZED:
        raise UnsupportedGrantTypeError("only the pre-authorised code is served")
    client = _field(fields, "client_id", MAX_CLIENT) if "client_id" in fields else None
    details = fields.get("authorization_details")
    return TokenRequest(
        code=_field(fields, "pre-authorized_code", MAX_WORD),
        tx_code=_field(fields, "tx_code", MAX_TX_CODE),
        client=client,
        details=() if details is None else parse_details(details),
    )


def parse_details(text: str) -> tuple[str, ...]:
    """The configurations in ``authorization_details`` (OpenID4VCI 1.0 section 5.1.1).

    Raises:
        AuthorizationDetailsError: no list of objects of type ``openid_credential`` that each name
            a configuration, or one named twice (RFC 9396 section 5).
    """
    try:
        value = parse_json(text.encode("utf-8", "surrogatepass"))
    except EncodingError as error:
        raise AuthorizationDetailsError(f"authorization_details: {error}") from error
    if not isinstance(value, list) or not 0 < len(value) <= MAX_DETAILS:
        raise AuthorizationDetailsError("authorization_details is a list, not empty")
    names = tuple(_detail(entry) for entry in value)
    if len(set(names)) < len(names):
        raise AuthorizationDetailsError("authorization_details name a configuration twice")
    return names


def token_response(
    token: str, access: Access, lifetime_seconds: int, configurations: Mapping[str, str]
) -> dict[str, Json]:
    """A successful answer (6.2); ``configurations`` maps identifiers to configuration ids."""
    answer: dict[str, Json] = {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": lifetime_seconds,
    }
    if access.identifiers:
        answer["authorization_details"] = [
            {
                "type": "openid_credential",
                "credential_configuration_id": configuration,
                "credential_identifiers": [identifier],
            }
            for identifier, configuration in configurations.items()
        ]
    return answer


def _field(fields: Mapping[str, str], name: str, limit: int) -> str:
    value = fields.get(name, "")
    if not 0 < len(value) <= limit:
        raise InvalidTokenRequestError(f"{name} is missing or too long")
    return value


def _detail(entry: Json) -> str:
    name = entry.get("credential_configuration_id") if isinstance(entry, dict) else None
    kind = entry.get("type") if isinstance(entry, dict) else None
    if kind != "openid_credential" or not isinstance(name, str):
        raise AuthorizationDetailsError("a detail is of type openid_credential with an id")
    return name
