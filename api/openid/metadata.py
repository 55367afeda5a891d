"""What an issuer says of itself, in Korean and English (OpenID4VCI 1.0, 12.2; RFC 8414)."""

from typing import Final

from api.openid.agencies import Agency
from api.openid.credential_request import batch_size
from api.openid.offering import PRE_AUTHORIZED
from contracts.evidence.encoding import Json
from verifier.credential.jws import ALGORITHM
from verifier.credential.profile import PROFILE_TYPE
from verifier.eligibility.credential_types import CredentialType
from verifier.eligibility.wording import Bilingual

ISSUER_PATH: Final = "/.well-known/openid-credential-issuer"
SERVER_PATH: Final = "/.well-known/oauth-authorization-server"
_LOCALES: Final = (("ko", "ko-KR"), ("en", "en-US"))


def issuer_metadata(agency: Agency) -> dict[str, Json]:
    """The Credential Issuer Metadata."""
    return {
        "credential_issuer": agency.uri,
        "authorization_servers": [agency.uri],
        "credential_endpoint": agency.endpoint("credential"),
        "nonce_endpoint": agency.endpoint("nonce"),
        "deferred_credential_endpoint": agency.endpoint("deferred"),
        "notification_endpoint": agency.endpoint("notification"),
        "batch_credential_issuance": {"batch_size": batch_size(agency.terms.copies)},
        "display": _display(agency.title),
        "credential_configurations_supported": {
            name: _configuration(kind) for name, kind in agency.types.items()
        },
    }


def server_metadata(agency: Agency) -> dict[str, Json]:
    """The Authorization Server Metadata: the agency is its own server."""
    return {
        "issuer": agency.uri,
        "token_endpoint": agency.endpoint("token"),
        "grant_types_supported": [PRE_AUTHORIZED],
        "token_endpoint_auth_methods_supported": ["none"],
        "response_types_supported": [],
        "pre-authorized_grant_anonymous_access_supported": True,
        "authorization_details_types_supported": ["openid_credential"],
    }


def _configuration(kind: CredentialType) -> dict[str, Json]:
    visible: list[Json] = [
        {"path": [name], "mandatory": True, "display": _display(label)}
        for name, label in kind.always_disclosed.items()
    ]
    claims: list[Json] = [
        {"path": [claim.name], "display": _display(claim.label)} for claim in kind.claims.values()
    ]
    return {
        "format": PROFILE_TYPE,
        "vct": kind.vct,
        "scope": kind.id,
        "cryptographic_binding_methods_supported": ["jwk"],
        "credential_signing_alg_values_supported": [ALGORITHM],
        "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": [ALGORITHM]}},
        "credential_metadata": {
            "display": _display(kind.title, kind.replaces),
            "claims": [*visible, *claims],
        },
    }


def _display(name: Bilingual, description: Bilingual | None = None) -> list[Json]:
    return [
        {
            "name": getattr(name, short),
            "locale": locale,
            **({} if description is None else {"description": getattr(description, short)}),
        }
        for short, locale in _LOCALES
    ]
