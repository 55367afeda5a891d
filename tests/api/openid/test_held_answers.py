"""Who applies right after issuing waits for the anchor; the attempt is not spent (C7)."""

import multiprocessing
import os
import signal
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from api.actions.open_application import OpenedApplication
from api.openid import holding
from api.openid.answer import WalletAnswer
from api.openid.asking import AskedRequest, RuledQuery
from api.openid.desk import Desk
from api.openid.holding import LONGEST_WAIT, judge_all_held
from api.openid.judging import JudgedAnswer
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


def damage(applicant: Slow, name: str) -> None:
    with applicant.trial.openid.desk.storage.work() as work:
        held = answers.update().where(answers.c.request == name).values(held=b"damaged" * 9)
        work.connection.execute(held)  # type: ignore[attr-defined] # of SqlWork


def test_what_cannot_be_judged_for_a_day_is_forgotten_and_told(
    applicant: Slow, clock: StillClock
) -> None:
    _, asked = applicant.show_at_once()
    applicant.anchor()
    damage(applicant, asked.id)
    clock.forward(seconds=LONGEST_WAIT.total_seconds() - 1)
    assert (applicant.judge(), applicant.trial.result(asked)["status"]) == (0, "recording")
    clock.forward(seconds=1)
    assert (applicant.judge(), applicant.trial.result(asked)["status"]) == (1, "unjudged")
    assert applicant.held(asked) is None
    assert applicant.judge() == 0


def test_rules_that_are_gone_stop_no_other_answer(
    applicant: Slow, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version of the services was installed while answers waited."""
    asked = [applicant.show_at_once()[1] for _ in range(3)]
    applicant.anchor()
    clock.forward(seconds=10)
    first, real = min(one.id for one in asked), holding.judge_answer

    def judge(
        desk: Desk, one: AskedRequest, answer: WalletAnswer, at: datetime, shown: datetime
    ) -> JudgedAnswer:
        gone = replace(one, round="gone") if one.request.id == first else one
        return real(desk, gone, answer, at, shown)

    monkeypatch.setattr(holding, "judge_answer", judge)
    assert applicant.judge() == 2
    for one in asked:
        status = applicant.trial.result(one)["status"]
        assert status == ("recording" if one.id == first else "checked")


@pytest.mark.parametrize("other", ["gone", "2020"])
def test_an_answer_by_rules_that_are_gone_is_refused_as_such(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    wallet = SimulatedWallet(trial)
    assert wallet.obtain().status_code == 200
    asked, real = trial.ask(), Desk.query

    def query(self: Desk, service: str, _round: str | None, on: date) -> RuledQuery:
        return real(self, service if other == "gone" else "youth-allowance", other, on)

    monkeypatch.setattr(Desk, "query", query)
    refused = wallet.show(asked)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")


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
