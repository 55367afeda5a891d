"""``dojang admin invite``: a link for each of the first two administrators."""

import re
from pathlib import Path

import pytest

from api.staff_commands import invite_administrator


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'd.sqlite'}")
    monkeypatch.setenv("DOJANG_PEOPLE_ORIGIN", "https://dojang.example")
    return tmp_path


def test_it_prints_a_link_and_nothing_else(
    machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invite_administrator("[시험] 관리자", "A-1") == 0
    told = capsys.readouterr()
    assert re.fullmatch(r"https://dojang\.example/staff/invitation#[A-Za-z0-9_-]{43}\n", told.out)
    assert told.err == ""
    token = told.out.strip().partition("#")[2].encode()
    assert not [path for path in machine.iterdir() if token in path.read_bytes()]


@pytest.mark.parametrize(("name", "person"), [("", "A-1"), ("가\n나", "A-1"), ("가", "A 1")])
@pytest.mark.usefixtures("machine")
def test_a_name_that_cannot_be_is_misuse(name: str, person: str) -> None:
    assert invite_administrator(name, person) == 2


@pytest.mark.usefixtures("machine")
def test_without_an_origin_nobody_knows_where_the_service_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DOJANG_PEOPLE_ORIGIN")
    monkeypatch.setenv("PORT", "0")
    assert invite_administrator("[시험] 관리자", "A-1") == 1
    assert "DOJANG_PEOPLE_ORIGIN" in capsys.readouterr().err
