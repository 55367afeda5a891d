"""Token Status Lists: the draft's vectors, and hostile lists and tokens."""

import json
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.encoding import Json, b64u_decode, b64u_encode
from tests.simulators.sd_jwt_forger import token as sign
from verifier.credential.errors import (
    SignatureError,
)
from verifier.credential.keys import PublicKey, SigningKey
from verifier.credential.status import (
    MAX_LIST_BYTES,
    Status,
    StatusList,
    StatusReference,
    StatusTerms,
    check_token_time,
    issue_status_token,
    parse_status_claim,
    parse_status_token,
    status_meaning,
)
from verifier.errors import (
    IssuanceError,
    StatusClaimError,
    StatusDoubt,
    StatusIndexError,
    StatusUndeterminedError,
)

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "status_list.json").read_text(encoding="utf-8")
)
KEY = SigningKey.of_secret(0x57A7)
AT = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
TERMS = StatusTerms(
    "https://issuer.test", "https://issuer.test/s/1", timedelta(days=7), timedelta(hours=12)
)


@pytest.mark.parametrize("vector", VECTORS["short"], ids=lambda v: v["title"])
def test_a_short_list_of_the_draft_is_read_and_written(vector: dict[str, Any]) -> None:
    entries = StatusList.parse({"bits": vector["bits"], "lst": vector["lst"]})
    assert [entries.value(i) for i in range(entries.size)] == vector["values"]
    assert entries.packed == bytes(int(text, 16) for text in vector["byte_array"])
    values = dict(enumerate(vector["values"]))
    written = StatusList.empty(len(values), vector["bits"]).replace(values)
    assert written == entries
    assert written.claim()["lst"] == vector["lst"]


@pytest.mark.parametrize("vector", VECTORS["long"], ids=lambda v: v["title"])
def test_a_list_of_2_to_the_20_entries_is_read_and_written(vector: dict[str, Any]) -> None:
    entries = StatusList.parse(vector["json"])
    expected = {int(index): value for index, value in vector["statuses"].items()}
    assert entries.size == vector["size"] == 1 << 20
    assert {index: entries.value(index) for index in expected} == expected
    written = StatusList.empty(1 << 20, vector["bits"]).replace(expected)
    assert written.claim() == {"bits": vector["bits"], "lst": vector["json"]["lst"]}
    assert vector["cbor_hex"].endswith(b64u_decode(vector["json"]["lst"]).hex())


def test_the_token_of_the_draft_is_parsed() -> None:
    token = parse_status_token(VECTORS["status_list_jwt"])
    assert token.facts.uri == "https://example.com/statuslists/1"
    assert (token.facts.issued, token.facts.expires, token.facts.ttl) == (
        1686920170,
        2291720170,
        43200,
    )
    assert [token.entries.value(i) for i in range(16)] == VECTORS["short"][0]["values"]


@given(
    st.sampled_from([1, 2, 4, 8]),
    st.dictionaries(st.integers(0, 999), st.integers(0, 255), max_size=40),
)
def test_what_is_written_is_read_and_nothing_else_changes(
    bits: int, values: dict[int, int]
) -> None:
    fitting = {index: value % (1 << bits) for index, value in values.items()}
    entries = StatusList.parse(StatusList.empty(1000, bits).replace(fitting).claim())
    assert all(entries.value(i) == fitting.get(i, 0) for i in range(1000))


def test_an_index_lies_inside_the_list() -> None:
    entries = StatusList.empty(8)
    assert entries.value(7) == 0
    for index in (8, -1, 1 << 60):
        with pytest.raises(StatusIndexError):
            entries.value(index)
        with pytest.raises(StatusIndexError):
            entries.replace({index: 1})
    with pytest.raises(IssuanceError):
        entries.replace({0: 2})


def lst(data: bytes) -> str:
    return b64u_encode(data)


HOSTILE_LISTS: dict[str, Json] = {
    "no object": [],
    "no bits": {"lst": lst(zlib.compress(b"a"))},
    "three bits": {"bits": 3, "lst": lst(zlib.compress(b"a"))},
    "bits true": {"bits": True, "lst": lst(zlib.compress(b"a"))},
    "bits a text": {"bits": "1", "lst": lst(zlib.compress(b"a"))},
    "bits a float": {"bits": 1.0, "lst": lst(zlib.compress(b"a"))},
    "no lst": {"bits": 1},
    "lst a list": {"bits": 1, "lst": [1]},
    "lst padded": {"bits": 1, "lst": lst(zlib.compress(b"abcd")) + "="},
    "no zlib data": {"bits": 1, "lst": lst(b"abcd")},
    "raw deflate": {"bits": 1, "lst": lst(zlib.compress(b"abcd")[2:-4])},
    "cut off": {"bits": 1, "lst": lst(zlib.compress(b"abcd")[:-1])},
    "wrong checksum": {"bits": 1, "lst": lst(zlib.compress(b"abcd")[:-1] + b"x")},
    "bytes behind": {"bits": 1, "lst": lst(zlib.compress(b"abcd") + b"x")},
    "a second stream": {"bits": 1, "lst": lst(zlib.compress(b"ab") + zlib.compress(b"cd"))},
    "nothing inside": {"bits": 1, "lst": lst(zlib.compress(b""))},
    "a bomb": {"bits": 1, "lst": lst(zlib.compress(bytes(MAX_LIST_BYTES + 1)))},
}


@pytest.mark.parametrize("case", HOSTILE_LISTS)
def test_a_hostile_list_says_nothing(case: str) -> None:
    with pytest.raises(StatusUndeterminedError) as caught:
        StatusList.parse(HOSTILE_LISTS[case])
    assert caught.value.doubt is StatusDoubt.MALFORMED


def test_the_largest_list_is_read() -> None:
    entries = StatusList.parse(StatusList.empty(MAX_LIST_BYTES, 8).claim())
    assert entries.size == MAX_LIST_BYTES


def test_a_token_is_signed_for_its_list() -> None:
    entries = StatusList.empty(16).replace({3: 1})
    token = parse_status_token(issue_status_token(entries, TERMS, KEY, AT))
    token.signed.check(PublicKey.of(KEY.point))
    assert (token.facts.uri, token.entries) == (TERMS.uri, entries)
    with pytest.raises(SignatureError):
        token.signed.check(PublicKey.of(SigningKey.of_secret(1).point))
    check_token_time(token, AT + timedelta(days=7) - timedelta(seconds=1))
    check_token_time(token, AT - timedelta(minutes=5))
    for moment in (AT + timedelta(days=7), AT - timedelta(minutes=5, seconds=1)):
        with pytest.raises(StatusUndeterminedError):
            check_token_time(token, moment)


def sound_payload() -> dict[str, Json]:
    return {"sub": TERMS.uri, "iat": 1, "status_list": StatusList.empty(8).claim()}


def test_a_token_needs_neither_exp_nor_ttl() -> None:
    token = parse_status_token(
        sign({"alg": "ES256", "typ": "statuslist+jwt"}, sound_payload(), KEY)
    )
    assert (token.facts.expires, token.facts.ttl) == (None, None)


@pytest.mark.parametrize(
    "change",
    [
        {"sub": None},
        {"sub": 1},
        {"iat": None},
        {"iat": "1"},
        {"exp": "1"},
        {"exp": True},
        {"ttl": 0},
        {"ttl": -1},
        {"ttl": "1"},
        {"status_list": None},
        {"status_list": {"bits": 1}},
    ],
)
def test_a_token_with_a_wrong_claim_says_nothing(change: dict[str, Json]) -> None:
    header: Json = {"alg": "ES256", "typ": "statuslist+jwt"}
    with pytest.raises(StatusUndeterminedError):
        parse_status_token(sign(header, {**sound_payload(), **change}, KEY))


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "ES256"},
        {"alg": "ES256", "typ": "JWT"},
        {"alg": "none", "typ": "statuslist+jwt"},
        {"alg": "ES256", "typ": "statuslist+jwt", "crit": ["x"]},
        {"alg": "ES256", "typ": "statuslist+jwt", "kid": 1},
    ],
)
def test_a_token_with_a_wrong_header_says_nothing(header: dict[str, Json]) -> None:
    with pytest.raises(StatusUndeterminedError):
        parse_status_token(sign(header, sound_payload(), KEY))


def test_values_mean_what_the_draft_says() -> None:
    assert [status_meaning(v) for v in range(4)] == list(Status)
    assert {status_meaning(v) for v in range(12, 16)} == {Status.APPLICATION_SPECIFIC}
    for value in (4, 11, 16, 255):
        with pytest.raises(StatusUndeterminedError) as caught:
            status_meaning(value)
        assert caught.value.doubt is StatusDoubt.UNASSIGNED


def test_a_status_claim_names_list_and_index() -> None:
    reference = StatusReference("https://s.test", 7)
    assert parse_status_claim(reference.claim()) == reference
    for claim in (
        None,
        [],
        {},
        {"status_list": []},
        {"status_list": {"uri": "https://s.test"}},
        {"status_list": {"uri": "https://s.test", "idx": -1}},
        {"status_list": {"uri": "https://s.test", "idx": "7"}},
        {"status_list": {"uri": "https://s.test", "idx": True}},
        {"status_list": {"uri": "https://s.test", "idx": 1.0}},
        {"status_list": {"uri": "", "idx": 1}},
        {"status_list": {"uri": 1, "idx": 1}},
    ):
        with pytest.raises(StatusClaimError):
            parse_status_claim(claim)
