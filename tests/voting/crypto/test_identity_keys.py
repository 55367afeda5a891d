"""Which identity keys a ceremony takes, and why the others are dangerous."""

import secrets

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.voting.crypto.ceremony_simulator import registrars, trustees
from voting.crypto.ceremony import Venue, registrar_ceremony, trustee_ceremony
from voting.crypto.errors import PartyListError
from voting.crypto.identity_keys import _add, _decode, is_sound_identity

FIELD = 2**255 - 19
HONEST = trustees().ceremony.identities
ORDER_EIGHT = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")


def encoded(point: tuple[int, int, int, int]) -> bytes:
    inverse = pow(point[2], -1, FIELD)
    x, y = point[0] * inverse % FIELD, point[1] * inverse % FIELD
    return (y | (x & 1) << 255).to_bytes(32, "little")


ORDER_TWO = (0, FIELD - 1, 1, 0)


def moved(key: bytes, by: tuple[int, int, int, int]) -> bytes:
    """The key plus a point of small order."""
    return encoded(_add(_decode(key), by))


UNSOUND = {
    "neutral element": b"\x01" + bytes(31),
    "neutral element with a sign": b"\x01" + bytes(30) + b"\x80",
    "order two": (FIELD - 1).to_bytes(32, "little"),
    "order four": bytes(32),
    "order four, other sign": bytes(31) + b"\x80",
    "order eight": ORDER_EIGHT,
    "y not below the modulus": (FIELD + 1).to_bytes(32, "little"),
    "order four, not canonical": FIELD.to_bytes(32, "little"),
    "not on the curve": b"\x02" + bytes(31),
    "a part of order two": moved(HONEST[0], ORDER_TWO),
    "a part of order four": moved(HONEST[0], _decode(bytes(32))),
    "a part of order eight": moved(HONEST[0], _decode(ORDER_EIGHT)),
    "short": HONEST[0][:31],
    "long": HONEST[0] + b"\x00",
}


def test_made_keys_are_sound() -> None:
    for _ in range(20):
        seed = secrets.token_bytes(32)
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        assert is_sound_identity(public), seed.hex()


def test_key_of_the_rfc_is_sound() -> None:
    """RFC 8032 section 7.1, test 1."""
    key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert is_sound_identity(bytes.fromhex(key))


@pytest.mark.parametrize("key", UNSOUND.values(), ids=UNSOUND.keys())
def test_unsound_identity_key_is_refused(key: bytes) -> None:
    """Also as the key of one party among honest ones."""
    assert not is_sound_identity(key)
    with pytest.raises(PartyListError):
        trustee_ceremony(2, 2, Venue((*HONEST[:2], key), 1, bytes(32)))
    four = registrars().ceremony.identities
    with pytest.raises(PartyListError):
        registrar_ceremony(3, 1, Venue((*four[:3], key), 1, bytes(32)))


def test_anybody_signs_for_a_key_of_small_order() -> None:
    """The reason for the check: the library takes R = key, s = 0 for any message."""
    neutral = b"\x01" + bytes(31)
    for number in range(8):
        Ed25519PublicKey.from_public_bytes(neutral).verify(neutral + bytes(32), bytes([number]))
