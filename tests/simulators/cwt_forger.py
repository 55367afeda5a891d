"""Status list tokens in CBOR of any shape, written with the library and no code of the product."""

import base64
import zlib
from dataclasses import dataclass, field
from typing import Any

import cbor2

from verifier.credential.keys import SigningKey, thumbprint

KEY = SigningKey.of_secret(0xC0DE)
URI = "https://issuer.test/s/1"
ISSUED = 1_795_158_000


def key_id(key: SigningKey) -> bytes:
    """The 32 bytes of a key's thumbprint."""
    return base64.urlsafe_b64decode(thumbprint(key.point) + "=")


def list_of(packed: bytes, bits: int = 1) -> dict[str, Any]:
    """A ``StatusList`` structure."""
    return {"bits": bits, "lst": zlib.compress(packed, 9)}


@dataclass
class ForgedCwt:
    """A sound token until something is changed."""

    protected: Any = field(default_factory=lambda: {1: -7, 16: "application/statuslist+cwt"})
    unprotected: Any = field(default_factory=lambda: {4: key_id(KEY)})
    claims: Any = field(
        default_factory=lambda: {
            2: URI,
            6: ISSUED,
            4: ISSUED + 86400,
            65534: 43200,
            65533: list_of(b"\x08\x00", 1),
        }
    )
    key: SigningKey = KEY
    tag: bytes = b"\xd2"

    def token(self) -> bytes:
        """The signed message."""
        protected = self.protected
        if not isinstance(protected, bytes):
            protected = cbor2.dumps(protected)
        payload = self.claims if isinstance(self.claims, bytes) else cbor2.dumps(self.claims)
        signature = self.key.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
        return self.tag + cbor2.dumps([protected, self.unprotected, payload, signature])

    def with_claims(self, **changes: Any) -> bytes:
        """The token with claims replaced by number (as ``c6``); ``...`` leaves one out."""
        for name, value in changes.items():
            number = int(name[1:])
            self.claims = {key: item for key, item in self.claims.items() if key != number}
            if value is not ...:
                self.claims[number] = value
        return self.token()
