"""Registers at the counter: looked at first, then taken whole, or not at all."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from api.openid.register import (
    NotInRegisterError,
    RegisterFileError,
    RegisterUnavailableError,
    read_csv,
)
from api.ports.accounts import Role
from api.store.register_files import FileRegister, RegisterFiles
from tests.api.counter.site import CounterSite, code_of
from tests.api.databases import START, shelve
from tests.api.staff.office import API, HOME, Person

KIND = "benefit"
GOOD = b"person,basic_livelihood,near_poor\nsynthetic-7,yes,no\n"
BAD = b"person,basic_livelihood,near_poor\nsynthetic-7,yes,secret-cell\nsynthetic-8,no,no\n"


def send(clerk: Person, act: str, data: bytes, **query: str) -> Any:
    headers = {**HOME, "Content-Type": "text/csv"}
    path = f"{API}/registers/{act}"
    query = {"type": KIND, **query}
    return clerk.browser.ask("POST", path, headers=headers, params=query, content=data)


def test_a_dry_run_takes_nothing_and_tells_rows_without_their_cells(site: CounterSite) -> None:
    clerk = site.staff(Role.ISSUER)
    told = send(clerk, "dry-run", BAD).json()
    assert (told["rows"], told["error_count"], told["taken"]) == (1, 1, False)
    assert told["errors"] == [
        {"line": 2, "column": "near_poor", "problem": "is neither yes nor no"}
    ]
    assert told["digest"] == sha256(BAD).hexdigest()
    assert "secret-cell" not in str(told)
    assert (site.shelf.files, site.acts()) == ({}, [])


def test_a_file_that_was_looked_at_is_taken(site: CounterSite) -> None:
    clerk = site.staff(Role.ISSUER)
    digest = send(clerk, "dry-run", GOOD).json()["digest"]
    answer = send(clerk, "import", GOOD, digest=digest)
    assert (answer.status_code, answer.json()["taken"]) == (200, True)
    assert site.shelf.files == {KIND: GOOD}
    assert site.acts() == [("register.import", clerk.account)]


def test_a_file_that_cannot_be_taken_changes_nothing(site: CounterSite) -> None:
    clerk = site.staff(Role.ISSUER)
    for data, digest, code in (
        (BAD, sha256(BAD).hexdigest(), "register.rows"),
        (GOOD + b"synthetic-9,no,no\n", sha256(GOOD).hexdigest(), "register.changed"),
        (b"person\nx\n", sha256(b"person\nx\n").hexdigest(), "register.unreadable"),
    ):
        assert code_of(send(clerk, "import", data, digest=digest)) == (409, code)
    unknown = send(clerk, "dry-run", GOOD, type="nothing")
    assert code_of(unknown) == (409, "issuer.type_unknown")
    assert (site.shelf.files, site.acts()) == ({}, [])


def test_a_file_must_be_csv_and_bounded(site: CounterSite, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = site.staff(Role.ISSUER)
    path = f"{API}/registers/dry-run?type={KIND}"
    told = clerk.browser.ask("POST", path, json={"a": 1})
    assert code_of(told) == (415, "http.unsupported_media_type")
    monkeypatch.setattr("api.http.staff.register_routes.MAX_REGISTER_BYTES", len(GOOD))
    assert send(clerk, "dry-run", GOOD).status_code == 200
    assert code_of(send(clerk, "dry-run", GOOD + b"\n")) == (413, "http.content_too_large")


def test_files_are_counted(site: CounterSite) -> None:
    clerk = site.staff(Role.ISSUER)
    seen = [send(clerk, "dry-run", GOOD).status_code for _ in range(7)]
    assert seen == [200] * 6 + [429]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ISSUER, Role.ADMINISTRATOR}))
def test_nobody_else_imports(site: CounterSite, role: Role) -> None:
    person = site.staff(role)
    for act in ("dry-run", "import"):
        refused = send(person, act, GOOD, digest=sha256(GOOD).hexdigest())
        assert code_of(refused) == (403, "staff.role_missing")
    assert site.shelf.files == {}


def test_a_register_that_was_replaced_is_noticed(tmp_path: Path) -> None:
    shelf, day = RegisterFiles(tmp_path / "registers"), START.date()
    register = FileRegister(KIND, shelf.place(KIND))
    with pytest.raises(RegisterUnavailableError):
        register.entry("synthetic-7", day)
    shelve(shelf, KIND, GOOD)
    assert register.entry("synthetic-7", day)
    shelve(shelf, KIND, GOOD.replace(b"synthetic-7", b"synthetic-8"))
    with pytest.raises(NotInRegisterError):
        register.entry("synthetic-7", day)
    assert register.entry("synthetic-8", day)
    assert sorted(file.name for file in shelf.folder.iterdir()) == [".lock", f"{KIND}.csv"]
    assert shelf.place(KIND).stat().st_mode & 0o077 == 0


def test_a_register_that_cannot_be_read_says_later_and_the_journal_says_where(
    tmp_path: Path,
) -> None:
    shelf, day = RegisterFiles(tmp_path / "registers"), START.date()
    register = FileRegister(KIND, shelf.place(KIND))
    shelve(shelf, KIND, GOOD)
    assert register.is_readable()
    shelve(shelf, KIND, BAD)
    with capture_logs() as lines:
        for _ in range(2):
            with pytest.raises(RegisterUnavailableError):
                register.entry("synthetic-7", day)
    with pytest.raises(RegisterFileError, match=r"benefit\.csv: 1 rows.* line 2, column near_poor"):
        register.read()
    assert not register.is_readable()
    [told] = [line for line in lines if line["event"] == "register.unreadable"]
    assert (told["kind"], told["line"], told["column"]) == (KIND, 2, "near_poor")
    shelve(shelf, KIND, GOOD)
    assert register.entry("synthetic-7", day)


def test_a_register_that_is_a_folder_says_later(tmp_path: Path) -> None:
    register = FileRegister(KIND, tmp_path)
    with pytest.raises(RegisterUnavailableError):
        register.entry("synthetic-7", START.date())


def test_a_register_that_is_gone_says_later_and_invented_people_do_not_answer(
    tmp_path: Path,
) -> None:
    shelf, day = RegisterFiles(tmp_path / "registers"), START.date()
    invented = read_csv(KIND, GOOD).take()
    register = FileRegister(KIND, shelf.place(KIND), invented)
    assert register.entry("synthetic-7", day), "there never was a file"
    shelve(shelf, KIND, GOOD)
    assert register.entry("synthetic-7", day)
    shelf.place(KIND).unlink()
    with capture_logs() as lines:
        for _ in range(2):
            with pytest.raises(RegisterUnavailableError):
                register.entry("synthetic-7", day)
    assert not register.is_readable()
    assert [line["code"] for line in lines] == ["register.absent"]
    shelve(shelf, KIND, GOOD)
    assert register.entry("synthetic-7", day)
