"""Counters on SQLite, or on both engines."""

from pathlib import Path

import pytest

from api.store.database import Database
from tests.api.counter.site import CounterSite
from tests.api.databases import StillClock


@pytest.fixture
def site(lite: Database, clock: StillClock, tmp_path: Path) -> CounterSite:
    return CounterSite.start(lite, clock, tmp_path)


@pytest.fixture
def both(storage: Database, clock: StillClock, tmp_path: Path) -> CounterSite:
    """On SQLite and on PostgreSQL."""
    return CounterSite.start(storage, clock, tmp_path)
