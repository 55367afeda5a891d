"""The specification against the code: its example and the numbers of its checks."""

import inspect
import re

from tests.voting.crypto.worked_example import SPECIFICATION, replaced
from voting.crypto import errors

TEXT = SPECIFICATION.read_text(encoding="utf-8")
NUMBER = re.compile(r"[A-Z]-\d\d")


def codes() -> dict[str, type[errors.CryptoError]]:
    classes = [item for _, item in inspect.getmembers(errors, inspect.isclass)]
    return {item.code: item for item in classes if NUMBER.fullmatch(item.code)}


def test_worked_example_is_what_the_code_makes() -> None:
    message = "run python -m tests.voting.crypto.worked_example"
    assert replaced(TEXT) == TEXT, message


def test_every_numbered_check_of_the_code_stands_in_the_specification() -> None:
    described = set(re.findall(r"^\| ([A-Z]-\d\d) \|", TEXT, flags=re.MULTILINE))
    assert set(codes()) <= described


def test_every_error_of_a_check_stands_in_the_tree() -> None:
    for code, error in codes().items():
        assert re.search(rf"{error.__name__} +{code}", errors.__doc__ or ""), code


def test_every_check_has_its_own_number() -> None:
    classes = [item for _, item in inspect.getmembers(errors, inspect.isclass)]
    numbers = [item.code for item in classes if NUMBER.fullmatch(item.code)]
    assert len(numbers) == len(set(numbers)) > 40


def test_specification_says_that_nobody_outside_has_reviewed_it() -> None:
    assert "not yet reviewed by outsiders" in TEXT
