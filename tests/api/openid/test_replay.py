"""One answer is taken once: again, after a restart, by two workers, for another request."""

import json
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from api.openid import receiving
from api.openid.assembly import Ground
from api.openid.desk import Desk
from api.store.database import Database
from tests.simulators.openid_trial import SimulatedWallet, Trial, error_of

MODES = ("direct_post", "direct_post.jwt")


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_is_taken_once(both: Trial, mode: str) -> None:
    wallet = SimulatedWallet(both)
    wallet.obtain()
    asked = both.ask(mode=mode)
    body = wallet.body(asked, wallet.vp_token(asked))
    assert both.answer(asked, body).status_code == 200
    assert error_of(both.answer(asked, body)) == (400, "invalid_request")
    assert error_of(both.http.get(f"/openid4vp/requests/{asked.id}")) == (400, "invalid_request")


def test_an_answer_is_taken_once_after_a_restart(both: Trial, url: str) -> None:
    wallet = SimulatedWallet(both)
    wallet.obtain()
    asked = both.ask(mode="direct_post")
    body = wallet.body(asked, wallet.vp_token(asked))
    assert both.answer(asked, body).status_code == 200
    with closing(Database(url)) as again:
        restarted = Trial.of(_with(both, again))
        assert error_of(restarted.answer(asked, body)) == (400, "invalid_request")
        assert restarted.result(asked)["status"] == "checked"


def test_what_one_worker_issued_another_believes(both: Trial, url: str) -> None:
    wallet = SimulatedWallet(both)
    wallet.obtain(kind="benefit", service="youth-allowance")
    wallet.obtain()
    with closing(Database(url)) as beside:
        other = Trial.of(_with(both, beside))
        asked = other.ask()
        shown = other.answer(asked, wallet.body(asked, wallet.vp_token(asked)))
        assert shown.status_code == 200
        assert other.result(asked)["credentials"][0]["verified"]
        assert other.openid.demonstration is not None
        assert other.openid.demonstration._enrolled == {"district"}


def test_of_two_workers_with_one_answer_one_is_refused(
    both: Trial, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have verified it before either keeps it: only the unique constraint tells them apart."""
    wallet = SimulatedWallet(both)
    wallet.obtain()
    asked = both.ask(mode="direct_post")
    body = wallet.body(asked, wallet.vp_token(asked))
    with closing(Database(url)) as beside:
        other = Trial.of(_with(both, beside))
        answers = []

        def overtake(desk: Desk, *parts: Any) -> Any:
            if not answers:
                answers.append(None)
                answers[0] = other.answer(asked, body).status_code
            return original(desk, *parts)

        original = receiving.judge_answer
        monkeypatch.setattr(receiving, "judge_answer", overtake)
        late = both.answer(asked, body)
    assert answers == [200]
    assert error_of(late) == (400, "invalid_request")


def _with(trial: Trial, storage: Database) -> Ground:
    return replace(trial.ground, storage=storage)


def test_an_answer_to_one_request_does_not_answer_another(holder: SimulatedWallet) -> None:
    first, second = holder.trial.ask(mode="direct_post"), holder.trial.ask(mode="direct_post")
    shown = holder.vp_token(first)
    body = {"vp_token": json.dumps(shown), "state": second.parameters["state"]}
    assert holder.trial.answer(second, body).status_code == 200
    result = holder.trial.result(second)
    assert result["outcome"] == "cannot_verify"
    assert result["credentials"][0]["code"] == "key_binding.nonce"
