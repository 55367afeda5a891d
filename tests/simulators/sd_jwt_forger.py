"""SD-JWTs of any shape, sound and hostile: every part can be replaced before it is signed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from contracts.evidence.encoding import Json, b64u_encode
from verifier.credential.disclosure import digest_of
from verifier.credential.key_binding import Challenge
from verifier.credential.keys import PublicKey, SigningKey, public_jwk
from verifier.credential.sdjwt import VerifiedSdJwt, verify_sd_jwt

ISSUER = SigningKey.of_secret(0x1D05)
HOLDER = SigningKey.of_secret(0x401D)
STRANGER = SigningKey.of_secret(0xBAD)
NOW = 1_795_000_000
NONCE, AUDIENCE = "n-0S6_WzA2Mj", "https://verifier.test"
SALT = "2GLC42sKQveCfGfryNRN9w"


def encode(value: "Json | bytes") -> str:
    """base64url of JSON, or of raw bytes."""
    data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    return b64u_encode(data)


def disclose(*parts: Json) -> str:
    """A disclosure's text, of any shape."""
    return encode(list(parts))


def token(header: "Json | bytes", payload: "Json | bytes", key: SigningKey) -> str:
    """A compact JWS, whatever its header says."""
    signed = f"{encode(header)}.{encode(payload)}"
    return f"{signed}.{encode(key.sign(signed.encode()))}"


@dataclass
class Forgery:
    """A sound presentation until something is changed."""

    header: "Json | bytes" = field(default_factory=lambda: {"alg": "ES256", "typ": "test+sd-jwt"})
    payload: dict[str, Json] = field(
        default_factory=lambda: {
            "iss": "https://issuer.test",
            "iat": NOW - 3600,
            "exp": NOW + 3600,
            "_sd_alg": "sha-256",
            "cnf": {"jwk": dict(public_jwk(HOLDER.point))},
            "plain": 1,
        }
    )
    disclosures: list[str] = field(default_factory=list)
    key: SigningKey = ISSUER
    kb_header: "Json | bytes" = field(default_factory=lambda: {"alg": "ES256", "typ": "kb+jwt"})
    kb_changes: dict[str, Json] = field(default_factory=dict)
    kb_drops: Iterable[str] = ()
    kb_key: SigningKey = HOLDER

    def add(self, *texts: str) -> "Forgery":
        """Disclose texts whose digests the payload's ``_sd`` names."""
        digests = self.payload.setdefault("_sd", [])
        assert isinstance(digests, list)
        digests.extend(digest_of(text) for text in texts)
        self.disclosures.extend(texts)
        return self

    def set(self, **claims: Json) -> "Forgery":
        """Replace claims of the payload."""
        self.payload.update(claims)
        return self

    def drop(self, *names: str) -> "Forgery":
        """Leave claims out of the payload."""
        for name in names:
            del self.payload[name]
        return self

    def text(self, raw_payload: bytes | None = None) -> str:
        """The SD-JWT, without key binding."""
        jws = token(self.header, self.payload if raw_payload is None else raw_payload, self.key)
        return "~".join([jws, *self.disclosures, ""])

    def bound(self) -> str:
        """The SD-JWT with key binding."""
        return self.bind(self.text())

    def bind(self, text: str) -> str:
        """Any text with this forgery's key binding behind it."""
        payload: Mapping[str, Json] = {
            "iat": NOW,
            "nonce": NONCE,
            "aud": AUDIENCE,
            "sd_hash": digest_of(text),
            **self.kb_changes,
        }
        kept = {name: value for name, value in payload.items() if name not in set(self.kb_drops)}
        return text + token(self.kb_header, kept, self.kb_key)


AT = datetime.fromtimestamp(NOW, UTC)
CHALLENGE = Challenge(NONCE, AUDIENCE)
NAME = disclose(SALT, "given_name", "John")
AGE = disclose(SALT, "age", 30)


def sound() -> Forgery:
    """A forgery that is none: two disclosures, everything in order."""
    return Forgery().add(NAME, AGE)


def verify(text: str, challenge: Challenge | None = None, at: datetime = AT) -> VerifiedSdJwt:
    """Verify under the simulated issuer's key."""
    return verify_sd_jwt(text, PublicKey.of(ISSUER.point), challenge=challenge, at=at)
