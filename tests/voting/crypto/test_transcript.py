import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.crypto.errors import OperandCountError
from voting.crypto.randomness import Hedge, draw_bytes, random_scalar
from voting.crypto.transcript import ORDER, challenge, transcript_hash, u16, u32, u64, u256


def test_transcript_hash_is_the_formula_of_the_specification() -> None:
    tag = b"dojang-poll-v1/y"
    data = bytes([len(tag)]) + tag + b"\x02" + b"\x00\x00\x00\x03abc" + b"\x00\x00\x00\x00"
    assert transcript_hash("y", b"abc", b"") == hashlib.sha256(data).digest()


@given(st.lists(st.binary(max_size=8), max_size=4), st.lists(st.binary(max_size=8), max_size=4))
def test_transcript_hash_tells_lists_of_parts_apart(one: list[bytes], other: list[bytes]) -> None:
    assert (transcript_hash("a", *one) == transcript_hash("a", *other)) == (one == other)


def test_transcript_hash_differs_by_name() -> None:
    assert transcript_hash("a", b"x") != transcript_hash("b", b"x")


def test_challenge_is_48_bytes_reduced() -> None:
    digest = hashlib.sha256(b"d").digest()
    h1 = int.from_bytes(hashlib.sha256(b"\x01" + digest).digest(), "big")
    h2 = int.from_bytes(hashlib.sha256(b"\x02" + digest).digest(), "big")
    # The right side is what the contract computes with mulmod and addmod.
    assert challenge(digest) == (h1 * 2**128 % ORDER + (h2 >> 128)) % ORDER


@pytest.mark.parametrize(("encode", "size"), [(u16, 2), (u32, 4), (u64, 8), (u256, 32)])
def test_integers_are_big_endian_and_never_cut(encode: Callable[[int], bytes], size: int) -> None:
    assert encode(258) == bytes(size - 2) + b"\x01\x02"
    for number in (-1, 1 << (8 * size)):
        with pytest.raises(OverflowError):
            encode(number)


def test_random_scalar_is_never_zero() -> None:
    assert random_scalar(bytes) == 1
    assert random_scalar(lambda n: (ORDER - 1).to_bytes(n, "big")) == 1
    assert random_scalar(lambda n: (ORDER - 2).to_bytes(n, "big")) == ORDER - 1


def test_source_that_gives_too_few_bytes_is_refused() -> None:
    with pytest.raises(OperandCountError):
        draw_bytes(lambda n: bytes(n - 1), 48)


def test_hedged_scalars_differ_by_seed_source_context_label_and_index() -> None:
    base = Hedge(bytes(32), b"context", bytes)
    values = {
        base.scalar("r"),
        base.scalar("s"),
        base.scalar("r", 1),
        Hedge(b"\x01" * 32, b"context", bytes).scalar("r"),
        Hedge(bytes(32), b"other", bytes).scalar("r"),
        Hedge(bytes(32), b"context", lambda n: b"\x01" * n).scalar("r"),
    }
    assert len(values) == 6
    assert base.scalar("r") == Hedge(bytes(32), b"context", bytes).scalar("r")


def test_hedged_scalar_is_hkdf_of_rfc_5869() -> None:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = transcript_hash("hedge", b"context", b"r", u32(7))
    wide = HKDF(SHA256(), 48, salt=b"\x05" * 32, info=info).derive(b"\x09" * 48)
    expected = 1 + int.from_bytes(wide, "big") % (ORDER - 1)
    assert Hedge(b"\x05" * 32, b"context", lambda n: b"\x09" * n).scalar("r", 7) == expected


def test_seed_of_wrong_length_is_refused() -> None:
    with pytest.raises(OperandCountError):
        Hedge(bytes(31), b"", bytes).scalar("r")
