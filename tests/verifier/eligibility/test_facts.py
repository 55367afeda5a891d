from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.evidence.encoding import b64u_encode
from verifier.eligibility.errors import FactsError
from verifier.eligibility.facts import VerifiedClaims

PERSON = bytes(range(32))


def claims_with(**claims: Any) -> VerifiedClaims:  # hostile values of every kind
    return VerifiedClaims("vct", "issuer", claims, datetime(2020, 3, 30, tzinfo=UTC), bytes(32))


def test_person_is_the_32_bytes_of_the_claim() -> None:
    assert claims_with(person=b64u_encode(PERSON)).person == PERSON


NO_PERSON: dict[str, Any] = {
    "a byte short": b64u_encode(PERSON[:-1]),
    "a byte long": b64u_encode(PERSON + b"x"),
    "empty": "",
    "no base64url": "!" * 43,
    "padded": b64u_encode(PERSON) + "=",
    "a number": 1,
    "a list": [b64u_encode(PERSON)],
    "null": None,
}


@pytest.mark.parametrize("value", NO_PERSON.values(), ids=NO_PERSON.keys())
def test_person_is_none_where_the_claim_is(value: object) -> None:
    assert claims_with(person=value).person is None


def test_person_is_none_where_it_was_not_disclosed() -> None:
    assert claims_with().person is None


def test_time_without_zone_is_refused() -> None:
    with pytest.raises(FactsError, match="zone"):
        VerifiedClaims("vct", "issuer", {}, datetime(2020, 3, 30), bytes(32))  # noqa: DTZ001 # the defect


@pytest.mark.parametrize("length", [0, 31, 33])
def test_key_thumbprint_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(FactsError, match="32"):
        VerifiedClaims("vct", "issuer", {}, datetime(2020, 3, 30, tzinfo=UTC), bytes(length))
