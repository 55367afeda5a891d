"""Names and remarks: what is shown is what was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from api.http.text import ShortText, check_text

SHORT = TypeAdapter(ShortText)


@pytest.mark.parametrize("text", ["홍길동", "김 하늘", "O'Neill", "Zoë", "नमस्ते", "漢字", "a"])
def test_a_name_is_taken_as_it_is(text: str) -> None:
    assert SHORT.validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        " 홍길동",
        "홍길동\n",
        "홍\x00길동",
        "홍\u202e길동",
        "홍\u2066길동\u2069",
        "홍\u200b길동",
        "홍\ufeff길동",
        "\u200d홍",
        "\ud800",
        "\uffff",
        "\ue000",
        "a\u2028b",
        "a\x1b[2Jb",
        "\u1112\u1169\u11bc",
        "Zoe\u0308",
        "a" * 101,
    ],
    ids=ascii,
)
def test_text_that_is_not_what_it_seems_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        SHORT.validate_python(text)


@given(st.text())
def test_what_is_taken_can_be_shown(text: str) -> None:
    try:
        taken = check_text(text)
    except ValueError:
        return
    assert taken == text
    assert taken.encode()
    assert taken.isprintable() or any(c in "\u200c\u200d" or c.isspace() for c in taken)
