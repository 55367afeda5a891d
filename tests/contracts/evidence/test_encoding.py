"""Canonical JSON, strict parsing, tagged hashes, base64url and times."""

import hashlib
import json
import math
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.evidence.encoding import (
    MAX_JSON_DEPTH,
    b64u_decode,
    b64u_encode,
    canonical,
    evidence_hash,
    format_time,
    parse_canonical,
    parse_hash,
    parse_json,
    parse_time,
    tagged_hash,
)
from contracts.evidence.errors import EncodingError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(
    lambda text: unicodedata.normalize("NFC", text)
)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(DOCUMENTS)
def test_canonical_form_is_read_back_unchanged(value: object) -> None:
    data = canonical(value)  # type: ignore[arg-type] # hypothesis builds exactly Json
    assert parse_canonical(data) == value


def test_canonical_form_sorts_keys_by_utf16_and_drops_spaces() -> None:
    assert canonical({"b": 1, "a": [True, None], "é": "가"}) == (
        '{"a":[true,null],"b":1,"é":"가"}'.encode()
    )


@pytest.mark.parametrize(
    "value",
    [1.5, 2**53, -(2**53), "\u1100\u1161", {"\u1100\u1161": 1}, "\ud800", [[1.0]]],
    ids=["float", "too large", "too small", "not NFC", "key not NFC", "surrogate", "nested float"],
)
def test_canonical_form_refuses(value: object) -> None:
    with pytest.raises(EncodingError):
        canonical(value)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"\\u0061":2}',
        b'[{"b":{"a":1,"a":2}}]',
        b'{"a":1} ',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1e999}',
        b'{"a":"\\ud800"}',
        b'{"a":' + b"9" * 5000 + b"}",
        b"\xff",
        b"",
        b"{'a':1}",
        b"[" * 100_000,
        b"[" * (MAX_JSON_DEPTH + 1) + b"]" * (MAX_JSON_DEPTH + 1),
        b'"' + b"a" * (1 << 20) + b'"',
    ],
    ids=lambda text: repr(text[:24]),
)
def test_parsing_canonical_refuses(text: bytes) -> None:
    with pytest.raises(EncodingError):
        parse_canonical(text)


@pytest.mark.parametrize("text", [b'{"a":1} x', b'{"a":1,"a":1}', b"[1]]"])
def test_parsing_refuses_trailing_bytes_and_repeated_members(text: bytes) -> None:
    with pytest.raises(EncodingError):
        parse_json(text)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'], ids=["list", "object", "both"])
def test_deep_nesting_is_refused_before_anything_recurses(opening: bytes) -> None:
    import subprocess
    import sys

    # A process with a huge recursion limit must not be ended by a text of 900 kB.
    script = (
        "import sys; sys.setrecursionlimit(10**9)\n"
        "from contracts.evidence.encoding import parse_json\n"
        "from contracts.evidence.errors import EncodingError\n"
        f"try: parse_json({opening!r} * {900_000 // len(opening)})\n"
        "except EncodingError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.stdout.strip() == b"refused", done


def test_a_string_that_never_ends_is_refused_in_linear_time() -> None:
    # With a pattern that starts anew at every quote this text took minutes.
    with pytest.raises(EncodingError):
        parse_json(b"[" * 33 + b'"' + b'\\"' * 450_000)


@pytest.mark.parametrize(
    "text",
    [b'["' + b"[" * 100 + b'"]', b'["\\"' + b"[" * 100 + b'"]', b"[" + b"[]," * 100 + b"[]]"],
    ids=["in a string", "after an escaped quote", "beside each other"],
)
def test_brackets_that_do_not_nest_are_accepted(text: bytes) -> None:
    assert parse_json(text)


def test_parsing_accepts_the_deepest_allowed_nesting() -> None:
    assert parse_json(b"[" * MAX_JSON_DEPTH + b"]" * MAX_JSON_DEPTH)


def test_parsing_accepts_what_only_canonical_form_refuses() -> None:
    assert parse_json(b' {"b": 1.5, "a": "x"} ') == {"b": 1.5, "a": "x"}


SPACES = st.sampled_from(["", "", "", "", " ", "\n", "\t\r"])
SPELLINGS = st.sampled_from(
    [
        "0",
        "-0",
        "-0.0",
        "1.0",
        "0.1",
        "1e5",
        "1e16",
        "1E+2",
        "1e400",
        "1e-400",
        "5e-324",
        "01",
        "1.",
        "+1",
        "10000000000000000.0",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775809",
        "true",
        "null",
        "nul",
        "NaN",
        "Infinity",
        "-Infinity",
        "'a'",
        '"',
        '""',
        '"a:b"',
        '"\\":"',
        '"\\u0061"',
        '"\\/"',
        '"\\n"',
        '"\\u0000"',
        '"\\x"',
        '"[[[{{{"',
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"\\udead\\ud83d"',
        '"가\u200b"',
    ]
)
NAMES = st.sampled_from(['"a"', '"a"', '"b"', '"\\u0061"', '"a\\""', '""', '"가"', "a", "1"])


def _spelled(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    item = st.tuples(SPACES, inner, SPACES).map("".join)
    member = st.tuples(SPACES, NAMES, SPACES, st.just(":"), item).map("".join)
    lists = st.lists(item, max_size=4).map(lambda parts: f"[{','.join(parts)}]")
    return lists | st.lists(member, max_size=4).map(lambda parts: f"{{{','.join(parts)}}}")


SPELLED = st.recursive(
    SPELLINGS | st.floats().map(repr) | st.integers().map(str) | st.text().map(json.dumps),
    _spelled,
    max_leaves=12,
)
NESTED = st.builds(
    lambda depth, inner, ends: ends[0] * depth + inner + ends[1] * depth,
    st.integers(MAX_JSON_DEPTH - 3, MAX_JSON_DEPTH + 2),
    SPELLED,
    st.sampled_from([("[", "]"), ('{"a":', "}"), ('[1,{"b":2,"a":', "}]"), ("[ ", "]")]),
)


def _reference(data: bytes) -> str | None:
    """What the strict rules make of a text, by the standard library alone; None if it is refused.

    As ``repr``, which tells 1 from 1.0 and from True, and 0.0 from -0.0.
    """

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len({name for name, _ in pairs}) == len(pairs)
        return dict(pairs)

    def number(read: Callable[[str], float]) -> Callable[[str], float]:
        def short(text: str) -> float:
            assert len(text) <= 40
            assert math.isfinite(float(text))
            return read(text)

        return short

    def depth(value: object) -> int:
        if not isinstance(value, dict | list):
            return 1  # A leaf is a level of its own.
        children = value.values() if isinstance(value, dict) else value
        return 1 + max((depth(child) for child in children), default=0)

    try:
        value = json.loads(
            data.decode(),
            object_pairs_hook=once,
            parse_int=number(int),
            parse_float=number(float),
            parse_constant=number(float),
        )
        json.dumps(value, ensure_ascii=False).encode()
        assert depth(value) <= MAX_JSON_DEPTH
    except (ValueError, AssertionError):
        return None
    return repr(value)


@given((SPELLED | NESTED).map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary())
@example(b'{"a":1,"a":1}')
@example(b'{"a":{"b":[{"c":1,"c":1}]}}')
@example(b"[" * (MAX_JSON_DEPTH + 1) + b"]" * (MAX_JSON_DEPTH + 1))
@example(b'{"a":' * MAX_JSON_DEPTH + b"[]" + b"}" * MAX_JSON_DEPTH)
@example(b"[" * MAX_JSON_DEPTH + b"0" + b"]" * MAX_JSON_DEPTH)
@example(b"[" * (MAX_JSON_DEPTH - 1) + b"0" + b"]" * (MAX_JSON_DEPTH - 1))
@example(b"1" * 40)
@example(b"1" * 41)
@example(b'["\n"]')
@example(b'"\xed\xa0\x80"')
def test_parsing_agrees_with_the_strict_reference(data: bytes) -> None:
    try:
        found = repr(parse_json(data))
    except EncodingError:
        found = None
    assert found == _reference(data)


def test_tagged_hash_is_the_documented_byte_string() -> None:
    expected = hashlib.sha256(
        bytes([20]) + b"dojang-evidence-v1/x" + bytes([2]) + b"\0\0\0\x01a" + b"\0\0\0\0"
    ).digest()
    assert (
        evidence_hash("x", b"a", b"") == expected == tagged_hash("dojang-evidence-v1/x", b"a", b"")
    )


def test_tagged_hash_separates_tags_and_part_boundaries() -> None:
    same_bytes = {
        tagged_hash("t", b"ab"),
        tagged_hash("t", b"a", b"b"),
        tagged_hash("t", b"", b"ab"),
        tagged_hash("ta", b"b"),
        tagged_hash("t", b"ab", b""),
    }
    assert len(same_bytes) == 5


@pytest.mark.parametrize("tag", ["", "x" * 256])
def test_tagged_hash_refuses_tags_of_other_lengths(tag: str) -> None:
    with pytest.raises(EncodingError):
        tagged_hash(tag)


@given(st.binary(max_size=64))
def test_base64url_is_read_back(data: bytes) -> None:
    assert b64u_decode(b64u_encode(data)) == data


@pytest.mark.parametrize("text", ["AA==", "AB", "A", "A+", "A/", "AA\n", " AA", "가", "AAB"])
def test_base64url_refuses(text: str) -> None:
    with pytest.raises(EncodingError):
        b64u_decode(text)


@pytest.mark.parametrize("text", ["ab" * 31, "AB" * 32, "0x" + "ab" * 31, "ab " * 32, "ab" * 33])
def test_hash_text_refuses(text: str) -> None:
    with pytest.raises(EncodingError):
        parse_hash(text)


def test_hash_text_is_read() -> None:
    assert parse_hash("ab" * 32) == bytes([0xAB]) * 32


def test_times_are_read_back_in_utc() -> None:
    seoul = datetime(2026, 11, 20, 16, 0, tzinfo=timezone(timedelta(hours=9)))
    assert format_time(seoul) == "2026-11-20T07:00:00Z"
    assert parse_time("2026-11-20T07:00:00Z") == seoul


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T07:00:00",
        "2026-11-20T07:00:00+00:00",
        "2026-02-30T00:00:00Z",
        "2026-1-1T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:60Z",
        "0999-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z\n",
    ],
)
def test_times_refuse_other_spellings(text: str) -> None:
    with pytest.raises(EncodingError):
        parse_time(text)


@pytest.mark.parametrize(
    "moment",
    [datetime(2026, 1, 1), datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)],  # noqa: DTZ001 # a time without zone is the case
)
def test_times_refuse_missing_zone_and_fractions(moment: datetime) -> None:
    with pytest.raises(EncodingError):
        format_time(moment)
