"""The language of answers: Korean unless English is preferred; nonsense is Korean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.languages import preferred_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ko"),
        ("en", "en"),
        ("en-GB,ko;q=0.9", "en"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        ("fr,en;q=0.5", "en"),
        ("fr", "ko"),
        ("en;q=0", "ko"),
        ("ko;q=0.3, en;q=0.7", "en"),
        ("*", "ko"),
        ("en;q=nonsense", "ko"),
        ("EN", "en"),
    ],
)
def test_preference_is_followed(header: str, language: str) -> None:
    assert preferred_language(header) == language


@given(st.text())
def test_any_header_has_a_language(header: str) -> None:
    assert preferred_language(header) in {"ko", "en"}
