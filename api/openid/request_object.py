"""The request as a wallet sees it: signed by reference, signed by value, or plain.

OpenID4VP 1.0 sections 5 (request), 5.9 (client identifier prefixes) and 5.10 (request URI).
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from urllib.parse import quote, urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.openid.asking import AskedRequest, RequestForm, ResponseMode, RuledQuery
from api.openid.encryption import CONTENT_ALGORITHMS, encryption_jwk
from contracts.evidence.encoding import Json, b64u_encode, canonical
from verifier.credential.jws import ALGORITHM, sign_jws
from verifier.credential.keys import Signer, SigningKey
from verifier.credential.profile import PROFILE_TYPE
from verifier.eligibility.wording import Bilingual

REQUEST_TYPE: Final = "oauth-authz-req+jwt"
REQUEST_MEDIA_TYPE: Final = "application/oauth-authz-req+jwt"
SCHEME: Final = "openid4vp://"
SELF_ISSUED: Final = "https://self-issued.me/v2"
APPLICATION_FORMAT: Final = "dojang-application-v1"
_CERTIFICATE_YEARS: Final = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class VerifierIdentity:
    """Who asks: the key that signs requests, and its certificate (DER), whose hash is the name."""

    signer: Signer
    certificate: bytes

    @property
    def client_id(self) -> str:
        """The full client identifier, which is also the audience of every key binding."""
        return f"x509_hash:{b64u_encode(sha256(self.certificate).digest())}"


def client_metadata(asked: AskedRequest, name: str) -> dict[str, Json]:
    """What the wallet must know of the verifier (5.1, 11.1)."""
    algorithms: list[Json] = [ALGORITHM]
    formats: Json = {
        PROFILE_TYPE: {"sd-jwt_alg_values": algorithms, "kb-jwt_alg_values": algorithms}
    }
    metadata: dict[str, Json] = {"client_name": name, "vp_formats_supported": formats}
    if asked.mode is ResponseMode.DIRECT_POST_JWT and asked.decryption is not None:
        metadata["jwks"] = {"keys": [encryption_jwk(asked.decryption, asked.request.id)]}
        metadata["encrypted_response_enc_values_supported"] = list(CONTENT_ALGORITHMS)
    return metadata


def verifier_info(asked: AskedRequest, query: RuledQuery) -> list[Json]:
    """For the wallet's consent dialogue (5.1): which application asks, what for, and the word.

    A member of the signed request, so that its signature covers it. ``transaction_data`` is not
    used: a wallet that does not know a type of it must refuse the whole request.
    """
    word = asked.word
    if word is None:
        return []
    policy = query.policy
    data: dict[str, Json] = {
        "application": asked.application,
        "service": _both(policy.service.title),
        "round": _both(policy.round.title),
        "purpose": _both(query.plan.purpose),
        "comparison_word": _both(word),
    }
    return [{"format": APPLICATION_FORMAT, "data": data}]


def parameters(asked: AskedRequest, query: RuledQuery) -> dict[str, Json]:
    """The parameters of the authorization request, however they travel."""
    told = verifier_info(asked, query)
    return {
        "client_id": asked.request.audience,
        "response_type": "vp_token",
        "response_mode": asked.mode.value,
        "response_uri": asked.response_uri,
        "nonce": asked.request.nonce,
        "state": asked.state,
        "dcql_query": query.dcql(asked.application_date),
        "client_metadata": client_metadata(asked, query.policy.service.agency.ko),
        **({"verifier_info": told} if told else {}),
    }


def sign_request(
    asked: AskedRequest,
    query: RuledQuery,
    identity: VerifierIdentity,
    wallet_nonce: str | None = None,
) -> str:
    """The signed request object; ``wallet_nonce`` is the wallet's, if it sent one (5.10)."""
    certificate = base64.b64encode(identity.certificate).decode("ascii")
    payload: dict[str, Json] = {
        **parameters(asked, query),
        "aud": SELF_ISSUED,
        "iat": int(asked.request.issued.timestamp()),
        "exp": int(asked.request.expires.timestamp()),
        **({} if wallet_nonce is None else {"wallet_nonce": wallet_nonce}),
    }
    header: dict[str, Json] = {"typ": REQUEST_TYPE, "x5c": [certificate]}
    return sign_jws(header, payload, identity.signer)


def request_link(
    asked: AskedRequest, query: RuledQuery, identity: VerifierIdentity, request_uri: str
) -> str:
    """What the QR or the link holds."""
    if asked.form is RequestForm.PLAIN:
        fields = {name: _text(value) for name, value in parameters(asked, query).items()}
    else:
        fields = {"client_id": asked.request.audience}
        if asked.form is RequestForm.VALUE:
            fields["request"] = sign_request(asked, query, identity)
        else:
            fields |= {"request_uri": request_uri, "request_uri_method": "post"}
    return f"{SCHEME}?{urlencode(fields, quote_via=quote)}"


def certify(key: SigningKey, name: str, host: str, at: datetime) -> bytes:
    """A self-signed certificate (DER) of a verifier's key, for trials and the first start."""
    private = ec.derive_private_key(key.secret, ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    serial = int.from_bytes(sha256(key.point).digest()[:16], "big") | 1
    begin = at.astimezone(UTC).replace(microsecond=0)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(serial)
        .not_valid_before(begin)
        .not_valid_after(begin + _CERTIFICATE_YEARS)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    )
    return builder.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _both(text: Bilingual) -> Json:
    return {"ko": text.ko, "en": text.en}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else canonical(value).decode()
