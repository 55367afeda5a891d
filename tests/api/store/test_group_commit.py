"""Several works in one commit: each whole or not at all, nobody answered before the commit."""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from api.ports.errors import StorageConflictError, StorageError, StorageUnavailableError
from api.store.database import Database
from tests.api.databases import Databases
from tests.api.store.test_database import APPLICATION

SECONDS = 20


class Queue:
    """Threads that get into one group: the first holds its work open until all others wait."""

    def __init__(self, storage: Database) -> None:
        self.storage = storage
        self.outcomes: dict[int, str] = {}
        self._first_is_in = threading.Event()
        self._threads: list[threading.Thread] = []

    def run(self, *members: Callable[[Database], None]) -> dict[int, str]:
        """Do the first member's work, then the others', in one group; returns who got what."""
        group = self.storage._group
        assert group is not None
        first = threading.Thread(target=self._lead, args=(members[0], len(members) - 1))
        first.start()
        assert self._first_is_in.wait(SECONDS)
        others = [
            threading.Thread(target=self._follow, args=(number, member))
            for number, member in enumerate(members[1:], 1)
        ]
        for thread in others:
            thread.start()
        for thread in (first, *others):
            thread.join(SECONDS)
            assert not thread.is_alive()
        return self.outcomes

    def _lead(self, member: Callable[[Database], None], others: int) -> None:
        group = self.storage._group
        assert group is not None

        def wait_for_others() -> None:
            self._first_is_in.set()
            while group._waiting < others:
                threading.Event().wait(0.001)

        self._note(0, lambda: member_of(self.storage, member, wait_for_others))

    def _follow(self, number: int, member: Callable[[Database], None]) -> None:
        self._note(number, lambda: member_of(self.storage, member, lambda: None))

    def _note(self, number: int, act: Callable[[], None]) -> None:
        try:
            act()
        except (StorageError, ZeroDivisionError) as error:
            self.outcomes[number] = type(error).__name__
        else:
            self.outcomes[number] = "kept"


def member_of(
    storage: Database, member: Callable[[Database], None], first: Callable[[], None]
) -> None:
    with storage.work() as work:
        first()
        member(work)  # type: ignore[arg-type] # a member gets the work


def writes(number: int) -> Callable[..., None]:
    return lambda work: work.applications.add(replace(APPLICATION, number=f"{number:04d}"))


def writes_and_fails(number: int) -> Callable[..., None]:
    def member(work: object) -> None:
        writes(number)(work)
        raise ZeroDivisionError

    return member


def breaks(work: object) -> None:
    writes(99)(work)
    raise OperationalError("COMMIT", {}, OSError("the disk is full"))


def kept(storage: Database) -> set[str]:
    with storage.reading() as reading:
        rows = reading.connection.execute(text("SELECT number FROM application"))
        return {row.number for row in rows}


@pytest.fixture
def commits(lite: Database) -> list[int]:
    """How often the writer committed."""
    from sqlalchemy import event

    seen: list[int] = []
    event.listen(lite._writer, "commit", lambda _connection: seen.append(1))
    return seen


def test_those_who_wait_share_one_commit(lite: Database, commits: list[int]) -> None:
    assert set(Queue(lite).run(*(writes(n) for n in range(5))).values()) == {"kept"}
    assert kept(lite) == {f"{n:04d}" for n in range(5)}
    assert len(commits) == 1


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_who_fails_is_taken_back_alone(lite: Database, failing: int) -> None:
    members = [writes_and_fails(n) if n == failing else writes(n) for n in range(3)]
    outcomes = Queue(lite).run(*members)
    assert outcomes.pop(failing) == "ZeroDivisionError"
    assert set(outcomes.values()) == {"kept"}
    assert kept(lite) == {f"{n:04d}" for n in range(3) if n != failing}


def test_a_conflict_within_a_group_is_the_second_ones(lite: Database) -> None:
    outcomes = Queue(lite).run(writes(1), writes(1), writes(2))
    assert sorted(outcomes.values()) == ["StorageConflictError", "kept", "kept"]
    assert kept(lite) == {"0001", "0002"}


@pytest.mark.parametrize("breaking", [0, 1])
def test_a_failing_database_fails_everybody_before_it(lite: Database, breaking: int) -> None:
    members: list[Callable[..., None]] = [writes(0), writes(1)]
    members[breaking] = breaks
    outcomes = Queue(lite).run(*members)
    numbers = {f"{n:04d}" for n, outcome in outcomes.items() if outcome == "kept"}
    assert outcomes[breaking] == "StorageUnavailableError"
    assert kept(lite) == numbers
    if breaking == 1:
        assert outcomes[0] == "StorageUnavailableError"
    with lite.work() as work:
        writes(7)(work)
    assert "0007" in kept(lite)


def test_a_commit_that_fails_is_told_to_all(
    lite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import Connection

    def fail(_connection: Connection) -> None:
        raise OperationalError("COMMIT", {}, OSError("the disk is full"))

    with monkeypatch.context() as patched:
        patched.setattr(Connection, "commit", fail)
        outcomes = Queue(lite).run(writes(0), writes(1), writes(2))
    assert set(outcomes.values()) == {"StorageUnavailableError"}
    assert kept(lite) == set()


def test_a_group_is_bounded(lite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.store import group_commit

    monkeypatch.setattr(group_commit, "MAX_MEMBERS", 2)
    assert set(Queue(lite).run(*(writes(n) for n in range(5))).values()) == {"kept"}
    assert len(kept(lite)) == 5


def test_work_that_holds_the_turn_too_long_is_told_to_the_others(lite: Database) -> None:
    group = lite._group
    assert group is not None
    group._seconds = 0.01
    with lite.work():
        outcome: list[str] = []

        def other() -> None:
            try:
                with lite.work():
                    pass
            except StorageUnavailableError as error:
                outcome.append(str(error))

        thread = threading.Thread(target=other)
        thread.start()
        thread.join(SECONDS)
    assert "too long" in outcome[0]


def test_another_process_waits_and_then_writes(databases: Databases) -> None:
    url = databases.migrated("sqlite")
    path = Path(make_url(url).database or "")
    with closing(Database(url)) as here, closing(Database(url)) as there:
        assert path.with_name(path.name + ".write-lock").exists()
        started = threading.Event()

        def other() -> None:
            started.set()
            with there.work() as work:
                writes(2)(work)

        with here.work() as work:
            thread = threading.Thread(target=other)
            thread.start()
            assert started.wait(SECONDS)
            writes(1)(work)
        thread.join(SECONDS)
        assert kept(here) == {"0001", "0002"}


def test_a_conflict_is_a_conflict_also_alone(lite: Database) -> None:
    with lite.work() as work:
        writes(1)(work)
    with pytest.raises(StorageConflictError), lite.work() as work:
        writes(1)(work)
