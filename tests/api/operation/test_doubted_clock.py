"""A wrong time of day: nothing is issued that nobody would believe, and all goes on by itself."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from api.store.database import Database
from tests.api.databases import StillClock
from tests.api.operation.city import City
from tests.api.operation.test_outages import apply
from tests.simulators.ledger import SimulatedLedger
from tests.simulators.openid_trial import SimulatedWallet, Trial, body_with
from verifier.credential.keys import SigningKey

MINUTE, DAY = 60, 86_400


@dataclass
class Time:
    """The service's clock, which can be set, and the chain's, which cannot."""

    clock: StillClock
    wrong: float = 0.0
    noticed: float = 0.0

    def set_clock(self, seconds: float) -> None:
        self.clock.now += timedelta(seconds=seconds)
        self.wrong += seconds
        self.noticed += seconds

    def chain(self) -> int:
        return int(self.clock().timestamp() - self.wrong)

    def shift(self) -> float:
        """What this process noticed of it."""
        return self.noticed


@dataclass
class Town:
    """A service with credentials on chain, whose clock is right so far."""

    city: City
    time: Time
    wallet: SimulatedWallet

    def ask(self) -> tuple[int, str]:
        """What a wallet is answered that asks for a copy, and the token it may ask again with."""
        answer = self.wallet.obtain()
        return answer.status_code, answer.json().get("transaction_id", "")

    def shown(self) -> str | None:
        """Why the newest copy is not believed; None where it is."""
        del self.wallet.held[:-1]
        asked = self.city.trial.ask()
        assert self.wallet.show(asked).status_code == 200
        [one] = self.city.trial.result(asked)["credentials"]
        found: str | None = one.get("code")
        return found


@pytest.fixture
def town(storage: Database, clock: StillClock, tmp_path: Path) -> Town:
    time = Time(clock)
    city = City(storage, clock, tmp_path, SimulatedLedger(time.chain))
    city.trial = Trial.of(replace(city.trial.ground, shift=time.shift))
    made = Town(city, time, SimulatedWallet(city.trial))
    assert made.ask()[0] == 200
    city.work(2)
    return made


@pytest.mark.parametrize(
    "seconds", [-400 * DAY, -DAY, -20 * MINUTE, 20 * MINUTE, 2 * 60 * MINUTE, 3650 * DAY]
)
def test_nothing_is_issued_by_a_clock_that_is_wrong(town: Town, seconds: float) -> None:
    town.time.set_clock(seconds)
    assert town.ask()[0] == 202
    town.city.work(3)
    assert town.ask()[0] == 202, "the chain says another time"
    town.time.set_clock(-seconds)
    town.city.work(2)
    assert town.ask()[0] == 200
    town.city.work(2)
    assert town.shown() is None


@pytest.mark.parametrize("seconds", [-4 * MINUTE, 0, 4 * MINUTE])
def test_what_a_time_service_corrects_holds_nothing_up(town: Town, seconds: float) -> None:
    town.time.set_clock(seconds)
    assert town.ask()[0] == 200
    town.city.work(2)
    assert town.shown() is None


def test_a_clock_behind_the_chain_is_noticed_without_having_been_seen_to_jump(town: Town) -> None:
    town.time.set_clock(-DAY)
    town.time.noticed = 0.0
    assert town.ask()[0] == 202


def test_a_clock_that_jumped_is_believed_when_a_block_says_the_same(town: Town) -> None:
    """It had been behind all the time, or the machine was off for a day."""
    town.time.set_clock(DAY)
    town.time.wrong = 0.0
    assert town.ask()[0] == 202, "no block says so yet"
    apply(town.city)
    town.city.work(2)
    assert town.ask()[0] == 200
    town.city.work(2)
    assert town.shown() is None


def test_a_deferred_credential_is_signed_when_the_clock_is_right(town: Town) -> None:
    trial, wallet = town.city.trial, town.wallet
    town.time.set_clock(-DAY)
    offered, key = trial.offer(), SigningKey.generate(trial.ground.rng)
    token = wallet.access(offered)
    waiting = wallet.request(offered, token, body_with(wallet.proof(offered.issuer, key)))
    assert waiting.status_code == 202
    town.time.set_clock(DAY)
    name = {"transaction_id": waiting.json()["transaction_id"]}
    assert wallet.request(offered, token, name, "deferred").status_code == 200
