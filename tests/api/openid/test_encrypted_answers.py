"""Answers that are encrypted: what is opened, what is ignored beside them, and what is refused."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.simulators.openid_trial import KIND, SimulatedWallet, error_of, refuse_and_stay_open

MODES = ("direct_post", "direct_post.jwt")


def test_an_unencrypted_answer_is_refused_where_encryption_was_asked(
    holder: SimulatedWallet,
) -> None:
    asked = holder.trial.ask(mode="direct_post.jwt")
    body = {"vp_token": json.dumps({KIND: ["x~"]}), "state": asked.parameters["state"]}
    refuse_and_stay_open(holder, asked, body)


def test_an_encrypted_answer_is_refused_where_none_was_asked(holder: SimulatedWallet) -> None:
    asked = holder.trial.ask(mode="direct_post")
    refuse_and_stay_open(holder, asked, {"response": "a.b.c.d.e"})


def test_a128gcm_is_taken_as_well(holder: SimulatedWallet) -> None:
    asked = holder.trial.ask()
    payload = {"vp_token": holder.vp_token(asked), "state": asked.parameters["state"]}
    body = {"response": holder.encrypt(asked, payload, "A128GCM")}
    assert holder.trial.answer(asked, body).status_code == 200


@pytest.mark.parametrize(
    ("enc", "header"),
    [
        ("A192GCM", {}),
        ("A128CBC-HS256", {}),
        ("A256GCM", {"zip": "DEF"}),
        ("A256GCM", {"crit": ["alg"]}),
        ("A256GCM", {"crit": []}),
    ],
)
def test_other_encryption_is_refused(
    holder: SimulatedWallet, enc: str, header: dict[str, Any]
) -> None:
    asked = holder.trial.ask()
    payload = {"vp_token": holder.vp_token(asked), "state": asked.parameters["state"]}
    refuse_and_stay_open(holder, asked, {"response": holder.encrypt(asked, payload, enc, **header)})


@pytest.mark.parametrize(
    "header",
    [
        {"x-wallet": {"version": 7}},
        {"iss": "https://wallet.example", "iat": 1},
        {"jku": "https://wallet.example/keys", "typ": "JWT"},
        {"": None},
    ],
    ids=str,
)
def test_members_of_the_header_that_are_not_understood_are_ignored(
    holder: SimulatedWallet, header: dict[str, Any]
) -> None:
    """RFC 7516 section 4."""
    asked = holder.trial.ask()
    payload = {"vp_token": holder.vp_token(asked), "state": asked.parameters["state"]}
    body = {"response": holder.encrypt(asked, payload, **header)}
    assert holder.trial.answer(asked, body).status_code == 200


@pytest.mark.parametrize("mode", MODES)
def test_parameters_that_are_not_known_are_ignored(holder: SimulatedWallet, mode: str) -> None:
    asked = holder.trial.ask(mode=mode)
    body = holder.body(asked, holder.vp_token(asked))
    assert holder.trial.answer(asked, {**body, "wallet": "x", "expires_in": "7"}).status_code == 200


@pytest.mark.parametrize(
    "clear",
    [
        {"vp_token": json.dumps({KIND: ["x~"]})},
        {"id_token": "a.b.c"},
        {"code": "x"},
        {"presentation_submission": "{}"},
        {"state": "other"},
        {"state": ""},
    ],
    ids=str,
)
def test_nothing_of_a_response_stands_in_the_clear_beside_an_encrypted_one(
    holder: SimulatedWallet, clear: dict[str, str]
) -> None:
    asked = holder.trial.ask(mode="direct_post.jwt")
    body = holder.body(asked, holder.vp_token(asked))
    refuse_and_stay_open(holder, asked, {**body, **clear})


def test_the_state_may_be_repeated_beside_an_encrypted_response(holder: SimulatedWallet) -> None:
    asked = holder.trial.ask(mode="direct_post.jwt")
    body = holder.body(asked, holder.vp_token(asked))
    assert holder.trial.answer(asked, {**body, "state": asked.parameters["state"]}).is_success


@pytest.mark.parametrize("twice", ["wallet=x&wallet=x", "response=a&response=b"])
def test_a_parameter_that_stands_twice_is_refused(holder: SimulatedWallet, twice: str) -> None:
    asked = holder.trial.ask(mode="direct_post.jwt")
    form = urlencode(holder.body(asked, holder.vp_token(asked)))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    path = f"/openid4vp/requests/{asked.id}/response"
    answer = holder.trial.http.post(path, content=f"{form}&{twice}", headers=headers)
    assert error_of(answer) == (400, "invalid_request")
    assert holder.show(asked).status_code == 200


@pytest.mark.parametrize("text", ["", "a", "a.b.c.d.e", "eyJhbGciOiJkaXIifQ....", "\u00e9" * 9])
def test_what_is_no_jwe_is_refused(holder: SimulatedWallet, text: str) -> None:
    refuse_and_stay_open(holder, holder.trial.ask(), {"response": text})


def test_an_answer_to_another_requests_key_is_refused(holder: SimulatedWallet) -> None:
    asked, other = holder.trial.ask(), holder.trial.ask()
    payload = {"vp_token": {KIND: ["x~"]}, "state": asked.parameters["state"]}
    refuse_and_stay_open(holder, asked, {"response": holder.encrypt(other, payload)})
