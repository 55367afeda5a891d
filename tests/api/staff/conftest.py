"""An office over the people's application, with a still clock."""

import pytest
from fastapi.testclient import TestClient

from api.app import Parts
from tests.api.databases import StillClock
from tests.api.staff.office import Office


@pytest.fixture
def office(parts: Parts, people: TestClient, clock: StillClock) -> Office:
    return Office(people, parts.means, clock)
