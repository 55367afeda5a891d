"""The trial service and a wallet at it, on both engines or on SQLite only."""

from pathlib import Path

import pytest

from api.store.database import Database
from tests.api.databases import StillClock
from tests.simulators.openid_trial import Offered, SimulatedWallet, Trial


@pytest.fixture
def trial(lite: Database, clock: StillClock, tmp_path: Path) -> Trial:
    return Trial.start(lite, clock, tmp_path)


@pytest.fixture
def wallet(trial: Trial) -> SimulatedWallet:
    return SimulatedWallet(trial)


@pytest.fixture
def both(storage: Database, clock: StillClock, tmp_path: Path) -> Trial:
    """On SQLite and on PostgreSQL."""
    return Trial.start(storage, clock, tmp_path)


@pytest.fixture
def offered(trial: Trial) -> Offered:
    return trial.offer()


@pytest.fixture
def token(wallet: SimulatedWallet, offered: Offered) -> str:
    return wallet.access(offered)


@pytest.fixture
def holder(wallet: SimulatedWallet) -> SimulatedWallet:
    """A wallet with a batch of ten."""
    assert wallet.obtain(copies=10).status_code == 200
    return wallet
