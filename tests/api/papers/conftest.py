"""A service with papers, over SQLite."""

import pytest
from fastapi.testclient import TestClient

from api.app import Parts
from tests.api.databases import StillClock
from tests.api.papers.site import Site


@pytest.fixture
def site(people: TestClient, parts: Parts, clock: StillClock) -> Site:
    return Site(people, parts, clock)
