"""``python -m voting contest`` on the files of a contest."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.evidence.encoding import canonical
from voting.__main__ import main
from voting.contest.entries import Entry, entries_to_json
from voting.contest.judging import ScoreSheet
from voting.contest.naming import Title
from voting.contest.panel import Judge, panel_to_json
from voting.contest.poll_counts import PollCounts
from voting.contest.result import decide
from voting.contest.rules import ContestRules

ENTRIES = [
    Entry(name, Title(f"사례 {name}", f"Case {name}"), None, synthetic=True) for name in "abcd"
]
FINALISTS = ENTRIES[:3]
PANEL = [Judge(f"judge-{number}") for number in range(3)]
RULES = ContestRules()
CRITERIA = [criterion.id for criterion in RULES.judging.criteria]
SHEETS = [
    ScoreSheet(
        judge.id, {e.id: dict.fromkeys(CRITERIA, 70 + 5 * n) for n, e in enumerate(FINALISTS)}
    )
    for judge in PANEL
]
COUNTS = PollCounts(10, {"a": 10, "b": 5, "c": 5})


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    result = decide(RULES, FINALISTS, PANEL, SHEETS, COUNTS)
    files = {
        "rules": canonical(RULES.to_json()),
        "entries": canonical(entries_to_json(ENTRIES)),
        "panel": canonical(panel_to_json(PANEL)),
        "sheets": canonical([sheet.to_json() for sheet in SHEETS]),
        "counts": canonical(COUNTS.to_json()),
        "result": result.to_bytes(),
    }
    words = ["contest"]
    for name, data in files.items():
        (tmp_path / f"{name}.json").write_bytes(data)
        words += [f"--{name}", str(tmp_path / f"{name}.json")]
    return words


def test_recount_agrees_with_the_published_result(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert "사례 a" in printed
    assert "같습니다" in printed


def test_recount_prints_english(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--lang", "en"]) == 0
    assert "Case a" in capsys.readouterr().out


def test_recount_without_a_published_result_only_prints(arguments: list[str]) -> None:
    assert main(arguments[:-2]) == 0


def change(name: str, edit: Callable[[str], str], arguments: list[str]) -> None:
    path = Path(arguments[arguments.index(f"--{name}") + 1])
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")


def test_another_published_result_is_named(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    change("result", lambda text: text.replace('"voters":10', '"voters":11'), arguments)
    assert main(arguments) == 1
    assert "voters" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["rules", "entries", "panel", "sheets", "counts"])
@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"version":"x"}'])
def test_files_that_cannot_be_used_are_refused(
    arguments: list[str], name: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(name, lambda _: text, arguments)
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("voting: ")


def test_a_missing_file_is_refused(arguments: list[str]) -> None:
    Path(arguments[-1]).unlink()
    assert main(arguments) == 2


def test_sheets_may_be_given_as_openings(arguments: list[str]) -> None:
    path = Path(arguments[arguments.index("--sheets") + 1])
    opened = [{"sheet": sheet} for sheet in json.loads(path.read_text())]
    path.write_text(json.dumps(opened))
    assert main(arguments) == 0
