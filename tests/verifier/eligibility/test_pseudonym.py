"""The claim ``voter``: one value a person and series, over devices and credentials issued again."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.encoding import Json, b64u_decode, b64u_encode
from verifier.credential.pseudonym import is_pseudonym
from verifier.eligibility.errors import AttestationError
from verifier.eligibility.pseudonym import voter_value

SERIES = bytes(range(32))


def test_the_value_is_the_hmac_of_the_person_under_the_secret_of_the_series() -> None:
    expected = hmac.new(SERIES, b"person-1", hashlib.sha256).digest()
    assert b64u_decode(voter_value(SERIES, b"person-1")) == expected


@given(st.binary(min_size=1, max_size=40), st.binary(min_size=1, max_size=40))
def test_two_people_never_share_a_value_and_one_person_has_one(one: bytes, two: bytes) -> None:
    assert (voter_value(SERIES, one) == voter_value(SERIES, two)) == (one == two)


def test_another_series_gives_another_value() -> None:
    assert voter_value(SERIES, b"person-1") != voter_value(bytes(32), b"person-1")


@pytest.mark.parametrize(
    ("secret", "person"),
    [(b"", b"p"), (bytes(31), b"p"), (bytes(33), b"p"), (SERIES, b""), (SERIES, bytes(257))],
)
def test_a_short_secret_or_no_person_is_refused(secret: bytes, person: bytes) -> None:
    with pytest.raises(AttestationError):
        voter_value(secret, person)


def test_only_32_bytes_in_base64url_are_a_pseudonym() -> None:
    assert is_pseudonym(voter_value(SERIES, b"person-1"))
    others: tuple[Json, ...] = (None, 1, "", "=", b64u_encode(bytes(31)), b64u_encode(bytes(33)))
    assert not any(is_pseudonym(value) for value in others)
