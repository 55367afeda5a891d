"""The bytes of a key file: every change is refused, and a passphrase opens its own file only."""

import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voting.keeping.errors import KeyFileFormError, PassphraseError
from voting.keeping.sealing import (
    HEADER_BYTES,
    LOG_N,
    MAGIC,
    MAX_LOG_N,
    MIN_LOG_N,
    Seal,
    check_new_passphrase,
    new_seal,
    seal,
    unseal,
)

RNG = secrets.token_bytes
LOCK = new_seal("synthetic passphrase", RNG, MIN_LOG_N)
BODY = b"synthetic secrets"
DATA = seal(LOCK, 7, BODY, RNG)


def test_sealed_body_opens_with_its_passphrase() -> None:
    assert unseal(DATA, "synthetic passphrase") == (LOCK, 7, BODY)


@pytest.mark.parametrize("passphrase", ["", "synthetic passphras", "Synthetic passphrase"])
def test_another_passphrase_opens_nothing(passphrase: str) -> None:
    with pytest.raises(PassphraseError):
        unseal(DATA, passphrase)


def test_keyboards_that_compose_letters_differently_type_the_same_passphrase() -> None:
    lock = new_seal("각각의 자판", RNG, MIN_LOG_N)
    decomposed = "\u1100\u1161\u11a8\u1100\u1161\u11a8의 자판"
    assert unseal(seal(lock, 1, BODY, RNG), decomposed)[2] == BODY


@settings(max_examples=30, deadline=None)
@given(place=st.integers(0, len(DATA) - 1), bit=st.integers(0, 7))
def test_every_changed_bit_is_refused(place: int, bit: int) -> None:
    changed = bytearray(DATA)
    changed[place] ^= 1 << bit
    with pytest.raises((PassphraseError, KeyFileFormError)):
        unseal(bytes(changed), "synthetic passphrase")


@pytest.mark.parametrize(
    "data",
    [b"", MAGIC, DATA[: HEADER_BYTES + 15], MAGIC[:-1] + b"\x02" + DATA[len(MAGIC) :]],
    ids=["nothing", "magic alone", "too short", "another version"],
)
def test_other_bytes_are_no_key_file(data: bytes) -> None:
    with pytest.raises(KeyFileFormError):
        unseal(data, "synthetic passphrase")


@pytest.mark.parametrize("log_n", [0, MIN_LOG_N - 1, MAX_LOG_N + 1, 255])
def test_cost_out_of_range_is_refused_before_anything_is_computed(log_n: int) -> None:
    place = len(MAGIC)
    with pytest.raises(KeyFileFormError):
        unseal(DATA[:place] + bytes([log_n]) + DATA[place + 1 :], "synthetic passphrase")


def test_new_files_cost_a_guesser_at_least_128_mebibytes() -> None:
    assert 128 * 8 * (1 << LOG_N) >= 1 << 27
    assert MIN_LOG_N < LOG_N <= MAX_LOG_N


def test_no_nonce_is_used_twice() -> None:
    assert len({seal(LOCK, 7, BODY, RNG)[:HEADER_BYTES] for _ in range(50)}) == 50


def test_short_passphrase_is_refused_when_a_file_is_made() -> None:
    check_new_passphrase("열두 글자가 넘는 문장")
    for short in ("", "elevenchars", " " * 20):
        with pytest.raises(PassphraseError):
            check_new_passphrase(short)


def test_stretched_key_is_not_shown() -> None:
    shown = repr(Seal(14, bytes(32), b"\x01secret"))
    assert "secret" not in shown
