"""A passkey authenticator in software, with its browser: honest, or wrong in one chosen way."""

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256

from contracts.evidence.encoding import b64u_decode, b64u_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Wrong:
    """What the browser or the authenticator does differently; nothing by default."""

    origin: str | None = None
    relying_party: str | None = None
    challenge: bytes | None = None
    kind: str | None = None
    unverified: bool = False
    absent: bool = False
    framed: bool = False
    user: bytes | None = None
    key: EllipticCurvePrivateKey | None = None


@dataclass
class Authenticator:
    """One device with one passkey."""

    origin: str
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    counter: int = 0
    user: bytes = b""

    def create(
        self, options: dict[str, Any], wrong: Wrong | None = None, label: str = "[시험] 열쇠"
    ) -> dict[str, str]:
        """Answer ``navigator.credentials.create``."""
        wrong = wrong or Wrong()
        self.user = b64u_decode(options["user"]["id"])
        client = self._client_data("webauthn.create", options["challenge"], wrong)
        data = self._data(options["rp"]["id"], wrong, self._attested())
        statement = {"fmt": "none", "attStmt": {}, "authData": data}
        return {
            "id": b64u_encode(self.credential),
            "client_data": b64u_encode(client),
            "attestation": b64u_encode(cbor2.dumps(statement)),
            "label": label,
        }

    def get(self, options: dict[str, Any], wrong: Wrong | None = None) -> dict[str, str]:
        """Answer ``navigator.credentials.get``."""
        wrong = wrong or Wrong()
        self.counter += 1
        client = self._client_data("webauthn.get", options["challenge"], wrong)
        data = self._data(options["rpId"], wrong)
        signature = (wrong.key or self.key).sign(data + sha256(client).digest(), ECDSA(SHA256()))
        return {
            "id": b64u_encode(self.credential),
            "client_data": b64u_encode(client),
            "authenticator_data": b64u_encode(data),
            "signature": b64u_encode(signature),
            "user": b64u_encode(self.user if wrong.user is None else wrong.user),
        }

    def _client_data(self, kind: str, challenge: str, wrong: Wrong) -> bytes:
        told = challenge if wrong.challenge is None else b64u_encode(wrong.challenge)
        return json.dumps(
            {
                "type": wrong.kind or kind,
                "challenge": told,
                "origin": wrong.origin or self.origin,
                "crossOrigin": wrong.framed,
            }
        ).encode()

    def _data(self, relying_party: str, wrong: Wrong, attested: bytes = b"") -> bytes:
        flags = ATTESTED if attested else 0
        flags |= 0 if wrong.absent else PRESENT
        flags |= 0 if wrong.unverified else VERIFIED
        name = sha256((wrong.relying_party or relying_party).encode()).digest()
        return name + bytes([flags]) + self.counter.to_bytes(4, "big") + attested

    def _attested(self) -> bytes:
        point = self.key.public_key().public_numbers()
        cose = {
            1: 2,
            3: -7,
            -1: 1,
            -2: point.x.to_bytes(32, "big"),
            -3: point.y.to_bytes(32, "big"),
        }
        length = len(self.credential).to_bytes(2, "big")
        return bytes(16) + length + self.credential + cbor2.dumps(cose)
