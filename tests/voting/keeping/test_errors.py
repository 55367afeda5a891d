"""Codes of key files agree with the tree in the module, with SPEC.md, and with the Korean words."""

import re
from pathlib import Path

from voting.keeping import errors
from voting.keeping.wording import OUTCOMES, PROBLEMS, problem

SPEC = (Path(__file__).parents[3] / "voting" / "SPEC.md").read_text(encoding="utf-8")
CLASSES = errors.KeepingError.__subclasses__()


def test_every_code_is_one_check_of_the_specification() -> None:
    codes = [one.code for one in CLASSES]
    assert sorted(codes) == [f"F-{number:02}" for number in range(1, len(codes) + 1)]
    assert re.findall(r"^\| (F-\d\d) \|", SPEC, re.MULTILINE) == sorted(codes)


def test_tree_at_the_top_of_the_module_is_complete() -> None:
    drawn = dict(re.findall(r"─ (\w+Error) +(F-\d\d)", errors.__doc__ or ""))
    assert drawn == {one.__name__: one.code for one in CLASSES}


def test_every_code_that_a_command_meets_has_korean_words() -> None:
    device_only = {"F-11"}
    assert {one.code for one in CLASSES} - device_only <= PROBLEMS.keys()
    assert "3번" in problem("K-05", "text", 3, "ko")
    assert "0번" not in problem("K-14", "text", 0, "ko")
    assert problem("K-05", "text", 3, "en") == "party 3: text (K-05)"
    assert "[text]" in problem("Z-99", "text", 0, "ko")


def test_both_languages_say_the_same_facts() -> None:
    for korean, english in OUTCOMES.values():
        assert set(re.findall(r"{\w+}", korean)) == set(re.findall(r"{\w+}", english))
