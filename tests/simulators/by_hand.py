"""Presentations made by hand from RFC 9901: json, base64 and hashlib, signed with the library.

Nothing of the product makes them, so that they can be held against it.
"""

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

AT, NOW = "2026-11-20T07:00:00Z", 1795158000
NONCE, AUDIENCE = "once", "https://shop.test"
ISSUER = ec.derive_private_key(0xA11CE, ec.SECP256R1())
HOLDER = ec.derive_private_key(0xB0B, ec.SECP256R1())
OTHER = ec.derive_private_key(0xE7E, ec.SECP256R1())


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def js(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    point = key.public_key().public_numbers()
    x, y = (b64(n.to_bytes(32, "big")) for n in (point.x, point.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def jwt(header: Any, payload: Any, key: ec.EllipticCurvePrivateKey = ISSUER) -> str:
    parts = [part if isinstance(part, bytes) else js(part) for part in (header, payload)]
    signed = ".".join(map(b64, parts))
    return f"{signed}.{b64(sign(key, signed.encode()))}"


def digest(text: str) -> str:
    return b64(hashlib.sha256(text.encode()).digest())


def show(*parts: Any) -> str:
    return b64(js(list(parts)))


HEADER = {"alg": "ES256", "typ": "example+sd-jwt"}
NAME, CITY = show("c2FsdA", "name", "[test] Kim"), show("cGVwcGVy", "city", "서울")
ITEM = show("aXRlbQ", "KR")
CLAIMS: dict[str, Any] = {
    "iss": "https://issuer.test",
    "exp": NOW + 60,
    "cnf": {"jwk": jwk(HOLDER)},
    "_sd_alg": "sha-256",
    "_sd": [digest(NAME), digest(CITY)],
    "nationalities": [{"...": digest(ITEM)}, "DE"],
}


def sdjwt(
    *shown: str, header: Any = HEADER, key: Any = ISSUER, drop: tuple[str, ...] = (), **claims: Any
) -> str:
    """An SD-JWT with claims replaced; all three disclosures unless others are named."""
    payload = {name: v for name, v in {**CLAIMS, **claims}.items() if name not in drop}
    return "~".join([jwt(header, payload, key), *(shown or (NAME, CITY, ITEM)), ""])


def raw(payload: bytes, *shown: str) -> str:
    return "~".join([jwt(HEADER, payload), *shown, ""])


def bound(
    text: str | None = None, *, header: Any = None, key: Any = HOLDER, drop: Any = (), **claims: Any
) -> str:
    """An SD-JWT with a key binding, of which parts are replaced."""
    text = sdjwt() if text is None else text
    payload: dict[str, Any] = {"iat": NOW, "nonce": NONCE, "aud": AUDIENCE}
    payload = {**payload, "sd_hash": digest(text), **claims}
    payload = {name: value for name, value in payload.items() if name not in drop}
    return text + jwt(header or {"alg": "ES256", "typ": "kb+jwt"}, payload, key)


def flip(text: str, at: int) -> str:
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


def again(inner: str) -> str:
    """A disclosure inside a disclosure."""
    return show("b3V0ZXI", "address", {"_sd": [digest(inner)], "zip": 1})
