"""A world of its own for each test, on each engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.store.database import Database
from tests.api.operation.world import World


@pytest.fixture
def world(url: str, tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, Database(url, threads=8))
    yield made
    made.close()


@pytest.fixture
def alone(databases: object, tmp_path: Path) -> Iterator[World]:
    """On SQLite only, where the engine does not matter."""
    url = databases.migrated("sqlite")  # type: ignore[attr-defined] # of tests.api.databases
    made = World(tmp_path, Database(url, threads=8))
    yield made
    made.close()
