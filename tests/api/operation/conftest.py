"""A world of its own for each test, on each engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.operation.world import Marked, World


@pytest.fixture
def world(url: str, tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, url)
    yield made
    made.close()


@pytest.fixture
def alone(databases: object, tmp_path: Path) -> Iterator[World]:
    """On SQLite only, where the engine does not matter."""
    url = databases.migrated("sqlite")  # type: ignore[attr-defined] # of tests.api.databases
    made = World(tmp_path, url)
    yield made
    made.close()


@pytest.fixture
def marked(url: str, tmp_path: Path) -> Iterator[Marked]:
    """On each engine, with a mark by which a database that was put back is noticed."""
    made = Marked(tmp_path, url)
    made.look()
    yield made
    made.close()
