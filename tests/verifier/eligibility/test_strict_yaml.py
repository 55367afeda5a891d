from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.encoding import canonical
from verifier.eligibility.errors import ServiceYamlError
from verifier.eligibility.strict_yaml import MAX_DEPTH, MAX_FILE_BYTES, parse_yaml

REFUSED = {
    "a key that stands twice": b"a: 1\na: 2\n",
    "a nested key that stands twice": b"a:\n  b: 1\n  b: 1\n",
    "a key that stands twice in flow style": b"{a: 1, a: 1}",
    "a number as key": b"1: a\n",
    "a truth value as key": b"true: a\n",
    "a list as key": b"? [a]\n: b\n",
    "an anchor": b"a: &x 1\n",
    "an anchor on a mapping": b"a: &x {b: 1}\n",
    "an alias": b"a: &x 1\nb: *x\n",
    "an alias bomb": b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "an alias without anchor": b"a: *x\n",
    "an explicit tag": b"a: !!str 1\n",
    "a tag that makes an object": b"a: !!python/object/apply:os.getcwd []\n",
    "the non-specific tag": b"a: ! b\n",
    "a second document": b"a: 1\n---\nb: 2\n",
    "bytes that are no UTF-8": b"a: \xff\n",
    "UTF-16": "a: 1\n".encode("utf-16"),
    "a control character": b"a: \x01\n",
    "text not in form C": "a: \u1100\u1161\n".encode(),
    "a byte-order mark": b"\xef\xbb\xbfa: 1\n",
    "an escape beyond Unicode": b'a: "\\U00110000"',
    "an escape beyond an integer": b'a: "\\UFFFFFFFF"',
    "an escaped surrogate": b'a: "\\uD800"',
    "an escape that is no number": b'a: "\\xZZ"',
    "an unclosed list": b"a: [1\n",
    "a tab as indentation": b"a:\n\tb: 1\n",
    "an unknown directive version": b"%YAML 9.9\n---\na: 1\n",
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_yaml_is_refused_with(data: bytes) -> None:
    with pytest.raises(ServiceYamlError):
        parse_yaml(data)


READ = {
    "a date stays text": (b"a: 2020-03-30", "2020-03-30"),
    "a time stays text": (b"a: 1:30", "1:30"),
    "Norway stays text": (b"a: no", "no"),
    "on stays text": (b"a: on", "on"),
    "True in capitals stays text": (b"a: True", "True"),
    "true is a truth value": (b"a: true", True),
    "false is a truth value": (b"a: false", False),
    "a decimal number": (b"a: 150", 150),
    "a negative number": (b"a: -1", -1),
    "zero": (b"a: 0", 0),
    "a leading zero stays text": (b"a: 010", "010"),
    "hexadecimal stays text": (b"a: 0x10", "0x10"),
    "a fraction stays text": (b"a: 1.5", "1.5"),
    "an underscore stays text": (b"a: 1_000", "1_000"),
    "sixteen digits stay text": (b"a: 1234567890123456", "1234567890123456"),
    "a quoted number stays text": (b'a: "2020"', "2020"),
    "nothing is empty text": (b"a:", ""),
    "a tilde stays text": (b"a: ~", "~"),
    "null stays text": (b"a: null", "null"),
}


@pytest.mark.parametrize(("data", "expected"), READ.values(), ids=READ.keys())
def test_scalar_is_read_as_written(data: bytes, expected: object) -> None:
    value = parse_yaml(data)
    assert isinstance(value, dict)
    assert value["a"] == expected
    assert type(value["a"]) is type(expected)


def test_merge_key_is_an_ordinary_key() -> None:
    assert parse_yaml(b"<<: a\n") == {"<<": "a"}


def test_depth_at_the_bound_is_read_and_beyond_it_refused() -> None:
    assert parse_yaml(b"[" * (MAX_DEPTH - 1) + b"a" + b"]" * (MAX_DEPTH - 1))
    with pytest.raises(ServiceYamlError, match="deeper"):
        parse_yaml(b"[" * MAX_DEPTH + b"a" + b"]" * MAX_DEPTH)


def test_many_siblings_are_no_depth() -> None:
    assert parse_yaml(b"[" + b"[a]," * (MAX_DEPTH * 3) + b"]") == [["a"]] * (MAX_DEPTH * 3)


def test_size_at_the_bound_is_read_and_beyond_it_refused() -> None:
    assert parse_yaml(b"a" * MAX_FILE_BYTES) == "a" * MAX_FILE_BYTES
    with pytest.raises(ServiceYamlError, match="bytes"):
        parse_yaml(b"a" * (MAX_FILE_BYTES + 1))


@given(st.binary(max_size=200) | st.text(alphabet="abUxF0:{}[]&*!-? \n'\"#|>\\%", max_size=60))
def test_arbitrary_input_is_read_or_refused_with_the_documented_error(data: bytes | str) -> None:
    with suppress(ServiceYamlError):
        canonical(parse_yaml(data if isinstance(data, bytes) else data.encode()))
