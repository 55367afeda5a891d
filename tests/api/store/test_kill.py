"""A process killed while many threads write: what it acknowledged is there, and nothing is half."""

import signal
import subprocess
import sys
from contextlib import closing

import pytest
from sqlalchemy import text

from api.store.database import Database
from tests.api.databases import Databases
from tests.architecture.sources import ROOT

ENOUGH = 60


@pytest.mark.parametrize("round_", range(2))
def test_a_killed_writer_loses_nothing_it_acknowledged(
    databases: Databases, engine: str, round_: int
) -> None:
    url = databases.migrated(engine)
    numbers = kill_after(url, ENOUGH + 25 * round_)
    with closing(Database(url)) as storage, storage.reading() as reading:
        rows = reading.connection.execute(text("SELECT number FROM application"))
        kept = {row.number for row in rows}
        query = text("SELECT id FROM unfinished WHERE kind = 'application'")
        unfinished = set(reading.connection.scalars(query))
        keys = reading.connection.execute(text("SELECT key FROM outbox"))
        errands = {row.key.removeprefix("applications/") for row in keys}
    assert len(numbers) >= ENOUGH
    assert numbers <= kept
    assert kept == errands | unfinished
    assert not errands & unfinished
    assert numbers <= errands
    with closing(Database(url)) as storage, storage.work() as work:
        assert work.applications.find(next(iter(numbers))) is not None


def kill_after(url: str, count: int) -> set[str]:
    """Let a process write until it has acknowledged so many, then kill it."""
    command = [sys.executable, "-m", "tests.api.store.restless_writer", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(count)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    return {line.decode().strip() for line in lines if line.endswith(b"\n")}
