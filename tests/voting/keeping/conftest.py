import pytest

from tests.voting.keeping.desk import Desk
from tests.voting.keeping.held_poll import HeldPoll, hold_poll


@pytest.fixture(scope="session")
def poll(tmp_path_factory: pytest.TempPathFactory) -> HeldPoll:
    """Closed, its record without tally and result; nobody decrypted anything yet."""
    return hold_poll(Desk(tmp_path_factory.mktemp("poll")))
