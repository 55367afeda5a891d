"""Who applies right after issuing waits for the anchor; the attempt is not spent (C7)."""

import multiprocessing
import os
import signal
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from api.actions.open_application import OpenedApplication
from api.openid.holding import LONGEST_WAIT, judge_all_held
from api.openid.outcome import AnswerKind
from api.store.database import Database
from api.store.presentations import answers
from contracts.evidence.errors import LedgerUnavailableError
from tests.api.databases import Databases, StillClock
from tests.api.openid.test_one_application import Applicant, code
from tests.simulators.openid_trial import Asked, SimulatedWallet, Trial

SERVICE, KIND = "citizen-poll", "voter"


class Slow(Applicant):
    """At a service whose logs are not anchored as soon as somebody asks."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.trial.openid.trust.before = None

    def begin(self) -> "Slow":
        """The log is on chain, with a credential of somebody else."""
        assert SimulatedWallet(self.trial).obtain(KIND, SERVICE).status_code == 200
        self.anchor()
        return self

    def show_at_once(self) -> tuple[OpenedApplication, Asked]:
        wallet = SimulatedWallet(self.trial)
        assert wallet.obtain(KIND, SERVICE).status_code == 200
        opened = self.trial.apply(SERVICE)
        asked = self.trial.ask(SERVICE, opened)
        assert wallet.show(asked).status_code == 200
        return opened, asked

    def anchor(self) -> None:
        assert self.trial.openid.demonstration is not None
        self.trial.openid.demonstration.anchor(self.trial.ground.clock())

    def held(self, asked: Asked) -> bytes | None:
        with self.trial.ground.storage.reading() as reading:
            answered = reading.presentations.answered(asked.id)
        assert answered is not None
        return answered.held

    def judge(self) -> int:
        return judge_all_held(self.trial.openid.desk, self.trial.ground.clock())


@pytest.fixture
def applicant(both: Trial) -> Slow:
    return Slow(both).begin()


def test_the_first_credential_of_a_log_waits_as_well(trial: Trial, clock: StillClock) -> None:
    applicant = Slow(trial)
    opened, asked = applicant.show_at_once()
    assert trial.result(asked)["status"] == "recording"
    applicant.anchor()
    clock.forward(seconds=10)
    assert code(applicant.join(opened, asked)) == "eligible"


def test_an_answer_waits_and_is_judged_when_the_anchor_is_there(
    applicant: Slow, clock: StillClock
) -> None:
    opened, asked = applicant.show_at_once()
    told = applicant.trial.result(asked)
    assert told["status"] == "recording"
    assert "기다립니다" in told["text"]["ko"]
    assert code(applicant.join(opened, asked)) == "application.recording"
    assert applicant.judge() == 0
    clock.forward(minutes=30)  # longer than the request was open, and than a key binding is young
    applicant.anchor()
    clock.forward(seconds=10)
    assert applicant.judge() == 1
    assert applicant.judge() == 0
    assert applicant.held(asked) is None
    told = applicant.trial.result(asked)
    assert (told["status"], told["outcome"]) == ("checked", "eligible")
    assert code(applicant.join(opened, asked)) == "eligible"


def test_whoever_looks_has_it_judged_without_a_worker(applicant: Slow, clock: StillClock) -> None:
    opened, asked = applicant.show_at_once()
    applicant.anchor()
    clock.forward(seconds=10)
    assert code(applicant.join(opened, asked)) == "eligible"
    assert applicant.trial.result(asked)["outcome"] == "eligible"


def test_after_a_day_it_waits_no_more(applicant: Slow, clock: StillClock) -> None:
    _, asked = applicant.show_at_once()
    clock.now += LONGEST_WAIT - timedelta(seconds=1)
    assert applicant.judge() == 0
    clock.forward(seconds=1)
    assert applicant.judge() == 1
    told = applicant.trial.result(asked)
    assert told["outcome"] == "cannot_verify"
    assert told["credentials"][0]["code"] == "evidence.pending_anchor"
    assert applicant.held(asked) is None


def test_while_the_chain_is_away_it_goes_on_waiting(
    applicant: Slow, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, asked = applicant.show_at_once()
    applicant.anchor()
    clock.forward(minutes=10)

    def away() -> None:
        raise LedgerUnavailableError("the chain's owner does not answer")

    with monkeypatch.context() as cut:
        cut.setattr(applicant.trial.openid.trust.ledger, "snapshot", away)
        assert applicant.trial.result(asked)["status"] == "recording"
        with pytest.raises(LedgerUnavailableError):
            applicant.judge()
    assert applicant.trial.result(asked)["outcome"] == "eligible"


def test_an_answer_that_cannot_be_opened_keeps_no_other_waiting(
    applicant: Slow, clock: StillClock
) -> None:
    asked = [applicant.show_at_once()[1] for _ in range(3)]
    applicant.anchor()
    clock.forward(seconds=10)
    desk = applicant.trial.openid.desk
    with desk.storage.work() as work:
        connection = work.connection  # type: ignore[attr-defined] # of SqlWork
        damaged = min(one.id for one in asked)
        held = answers.update().where(answers.c.request == damaged).values(held=b"damaged" * 9)
        connection.execute(held)
    assert applicant.judge() == 2


def test_a_process_that_is_killed_while_it_judges_loses_nothing(
    databases: Databases, clock: StillClock, tmp_path: Path
) -> None:
    url = databases.migrated("sqlite")
    applicant = Slow(Trial.start(Database(url, 4), clock, tmp_path))
    _, asked = applicant.show_at_once()
    applicant.anchor()
    clock.forward(seconds=10)

    def die() -> None:
        with closing(Database(url, 2)) as own, own.work() as work:
            answered = work.presentations.answered(asked.id)
            assert answered is not None
            done = replace(answered, kind=AnswerKind.CHECKED, result={}, held=None)
            assert work.presentations.settle_held(done)
            os.kill(os.getpid(), signal.SIGKILL)

    killed = multiprocessing.get_context("fork").Process(target=die)
    killed.start()
    killed.join(20)
    assert killed.exitcode == -signal.SIGKILL
    assert applicant.held(asked) is not None
    assert applicant.judge() == 1
    assert applicant.trial.result(asked)["outcome"] == "eligible"
