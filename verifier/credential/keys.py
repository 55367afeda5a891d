"""ES256 keys: ECDSA on P-256 with SHA-256 (RFC 7518 section 3.4), and their JWK form.

A public key is known by its point: 64 bytes, x | y big-endian, as the issuer registry keeps it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol, Self, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from contracts.evidence.encoding import Json, b64u_decode, b64u_encode
from contracts.evidence.errors import EncodingError
from verifier.credential.errors import (
    SignatureError,
)
from verifier.errors import (
    KeyFormatError,
)

POINT_BYTES: Final = 64
SIGNATURE_BYTES: Final = 64
_HALF: Final = 32
_CURVE: Final = ec.SECP256R1()
_VERIFYING: Final = ec.ECDSA(Prehashed(hashes.SHA256()))
"""Over a digest made before: ``hashlib`` makes it sooner than the library does while verifying."""
_SIGNING: Final = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
_KEY_PREFIX: Final = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
"""SubjectPublicKeyInfo of an uncompressed P-256 point (RFC 5480) up to the point itself. A key read
from it makes its first verification sooner than one made from the bare point."""
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SEED_BYTES: Final = 48
_SIGN_BIT: Final = 0x80
_INTEGER_HEADS: Final = tuple(bytes((0x02, length)) for length in range(_HALF + 2))
_SEQUENCE_HEADS: Final = tuple(bytes((0x30, length)) for length in range(2 * _HALF + 7))
"""DER tag and length, by length."""
_FULL_HEAD: Final = _INTEGER_HEADS[_HALF]
_SIGNED_HEAD: Final = _INTEGER_HEADS[_HALF + 1] + b"\0"

Randomness = Callable[[int], bytes]
"""``rng(n)`` returns n unpredictable bytes: ``secrets.token_bytes`` in production."""


class Signer(Protocol):
    """Whoever can make ES256 signatures: a key in memory, or one inside a hardware module."""

    @property
    def point(self) -> bytes:
        """The public key, 64 bytes."""

    def sign(self, message: bytes) -> bytes:
        """The signature ``r | s``, 64 bytes."""


class PublicKey(NamedTuple):
    """A P-256 point (64 bytes) that is known to lie on the curve, and the library's key of it.

    A named tuple, because one is made for every presentation and it is the cheapest frozen value.
    """

    point: bytes
    key: ec.EllipticCurvePublicKey

    @classmethod
    def of(cls, point: bytes) -> Self:
        """Read a point of 64 bytes.

        Raises:
            KeyFormatError: wrong length, or no point of the curve.
        """
        if len(point) != POINT_BYTES:
            raise KeyFormatError(f"an ES256 public key has {POINT_BYTES} bytes")
        try:
            key = load_der_public_key(_KEY_PREFIX + point)
        except ValueError as error:
            raise KeyFormatError("the point does not lie on P-256") from error
        # The prefix says that it is an EC key on P-256; nothing else can come of it.
        return cls(point, cast("ec.EllipticCurvePublicKey", key))

    @classmethod
    def of_jwk(cls, jwk: Json) -> Self:
        """Read a public JWK (RFC 7517, RFC 7518 section 6.2.1).

        Raises:
            KeyFormatError: other type or curve, private part inside, another algorithm or use
                declared, or a malformed coordinate.
        """
        if not isinstance(jwk, dict) or (jwk.get("kty"), jwk.get("crv")) != ("EC", "P-256"):
            raise KeyFormatError("the JWK is no EC key on P-256")
        if "d" in jwk:
            raise KeyFormatError("the JWK holds a private key")
        if jwk.get("alg", "ES256") != "ES256" or jwk.get("use", "sig") != "sig":
            raise KeyFormatError("the JWK is meant for another algorithm or use")
        return cls.of(_coordinate(jwk.get("x")) + _coordinate(jwk.get("y")))

    def check(self, signature: bytes, message: bytes) -> None:
        """Check an ES256 signature ``r | s``.

        Raises:
            SignatureError: it does not verify, or has not 64 bytes.
        """
        if len(signature) != SIGNATURE_BYTES:
            raise SignatureError(f"an ES256 signature has {SIGNATURE_BYTES} bytes")
        try:
            self.key.verify(_der(signature), hashlib.sha256(message).digest(), _VERIFYING)
        except InvalidSignature as error:
            raise SignatureError("the signature does not verify under this key") from error


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An ES256 private key in memory. Signatures are deterministic (RFC 6979)."""

    _key: ec.EllipticCurvePrivateKey

    @classmethod
    def generate(cls, rng: Randomness) -> Self:
        """Make a key from 48 random bytes (FIPS 186-5 appendix A.2.1: extra random bits)."""
        secret = int.from_bytes(rng(_SEED_BYTES), "big") % (_ORDER - 1) + 1
        return cls.of_secret(secret)

    @classmethod
    def of_secret(cls, secret: int) -> Self:
        """The key of a secret scalar, ``0 < secret < order``.

        Raises:
            KeyFormatError: for any other number.
        """
        if not 0 < secret < _ORDER:
            raise KeyFormatError("a secret scalar lies between 0 and the curve's order")
        return cls(ec.derive_private_key(secret, _CURVE))

    @property
    def secret(self) -> int:
        """The secret scalar. Whoever reads it can sign: keep it where keys are kept."""
        return self._key.private_numbers().private_value

    @property
    def point(self) -> bytes:
        """The public key, 64 bytes."""
        numbers = self._key.public_key().public_numbers()
        return numbers.x.to_bytes(_HALF, "big") + numbers.y.to_bytes(_HALF, "big")

    def sign(self, message: bytes) -> bytes:
        """The ES256 signature ``r | s``, 64 bytes."""
        r, s = decode_dss_signature(self._key.sign(message, _SIGNING))
        return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


def public_jwk(point: bytes) -> dict[str, Json]:
    """The public JWK of a point (64 bytes), with the members of its thumbprint only."""
    x, y = b64u_encode(point[:_HALF]), b64u_encode(point[_HALF:])
    return {"crv": "P-256", "kty": "EC", "x": x, "y": y}


def thumbprint(point: bytes) -> str:
    """The RFC 7638 thumbprint of a public key, base64url: the ``kid`` of issuers' tokens."""
    x, y = b64u_encode(point[:_HALF]), b64u_encode(point[_HALF:])
    text = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
    return b64u_encode(hashlib.sha256(text.encode("ascii")).digest())


def _der(signature: bytes) -> bytes:
    """``r | s`` as the DER sequence of two integers that the library asks for (RFC 3279, 2.2.3).

    Written out, because two numbers of known size need no general encoder: contents stay below the
    128 bytes that a length of one byte can tell.
    """
    contents = _der_integer(signature[:_HALF]) + _der_integer(signature[_HALF:])
    return _SEQUENCE_HEADS[len(contents)] + contents


def _der_integer(number: bytes) -> bytes:
    """A non-negative number (big-endian) as DER: shortest form, the first bit being the sign."""
    if number[0]:  # All but one in 256 fill their bytes.
        return (_SIGNED_HEAD if number[0] >= _SIGN_BIT else _FULL_HEAD) + number
    digits = number.lstrip(b"\0")
    if not digits or digits[0] >= _SIGN_BIT:
        digits = b"\0" + digits
    return _INTEGER_HEADS[len(digits)] + digits


def _coordinate(value: Json) -> bytes:
    try:
        data = b64u_decode(value) if isinstance(value, str) else b""
    except EncodingError as error:
        raise KeyFormatError("a coordinate of the JWK is not base64url") from error
    if len(data) != _HALF:
        raise KeyFormatError(f"a coordinate of P-256 has {_HALF} bytes")
    return data
