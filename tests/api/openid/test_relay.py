"""A request that is passed on to a victim: what the victim sees, and what the attacker gets.

The attacker opens a request, has somebody else answer it, and wants to read what came of it or
use it for an application of his own.
"""

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from api.actions.open_application import OpenedApplication
from api.openid.comparison import comparison_word
from api.ports.applications import ApplicationState
from tests.simulators.openid_trial import (
    SERVICE,
    Asked,
    SimulatedWallet,
    Trial,
    error_of,
)

REQUESTS = "/openid4vp/requests"
TOLD_TO_NOBODY = {"outcome", "credentials", "learned", "proposal", "trail", "presentation_hash"}


def open_for_nobody(trial: Trial, **choice: str) -> Any:
    return trial.http.post(REQUESTS, json={"service": SERVICE, **choice})


def code_of_return(answer: Any) -> str:
    place: str = answer.json()["redirect_uri"]
    return place.partition("#response_code=")[2]


def join(trial: Trial, opened: OpenedApplication, asked: Asked, code: str | None = None) -> Any:
    body = {"request": asked.id, "session": asked.session}
    place = f"/api/v1/applications/{opened.application.number}/presentation"
    return trial.http.put(
        place,
        json=body if code is None else {**body, "response_code": code},
        headers={"Authorization": f"Bearer {opened.secret}", "Cookie": asked.cookie},
    )


def test_the_same_device_is_the_default(trial: Trial, holder: SimulatedWallet) -> None:
    opened = trial.apply()
    secret = {"Authorization": f"Bearer {opened.secret}"}
    body = {"application": opened.application.number}
    asked = trial.asked(trial.http.post(REQUESTS, json=body, headers=secret))
    assert code_of_return(holder.show(asked))
    assert trial.result(asked) == {"status": "waiting"}


@pytest.mark.parametrize("form", ["reference", "value", "plain"])
def test_without_an_application_no_request_is_shown_to_another_device(
    trial: Trial, form: str
) -> None:
    answer = open_for_nobody(trial, device="other", form=form)
    assert (answer.status_code, answer.json()["code"]) == (401, "application.secret_required")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_only_the_applications_secret_opens_a_request_for_it(trial: Trial) -> None:
    opened, other = trial.apply(), trial.apply()
    body = {"application": opened.application.number, "device": "other"}
    for secret, told in (
        (None, (401, "application.secret_required")),
        ("", (401, "application.secret_required")),
        (other.secret, (404, "application.not_found")),
        ("A" * 43, (404, "application.not_found")),
    ):
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        answer = trial.http.post(REQUESTS, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == told


@pytest.mark.parametrize("change", [{"service": "citizen-poll"}, {"round": "2019"}])
def test_an_application_is_not_asked_for_another_service(
    trial: Trial, change: dict[str, str]
) -> None:
    opened = trial.apply()
    body = {"application": opened.application.number, "service": SERVICE, **change}
    headers = {"Authorization": f"Bearer {opened.secret}"}
    answer = trial.http.post(REQUESTS, json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "application.other_presentation")


@pytest.mark.parametrize("device", ["same", "other"])
def test_what_was_opened_for_one_application_joins_no_other(
    trial: Trial, holder: SimulatedWallet, device: str
) -> None:
    """The attacker's second application is as foreign as anybody's."""
    mine, other = trial.apply(), trial.apply()
    asked = trial.ask(opened=mine, device=device)
    answer = holder.show(asked)
    code = code_of_return(answer) if device == "same" else None
    assert join(trial, other, asked, code).json()["code"] == "application.other_presentation"
    assert join(trial, mine, asked, code).status_code == 200


def test_of_a_request_for_no_application_nobody_is_told_more_than_that_it_ended(
    trial: Trial, holder: SimulatedWallet
) -> None:
    asked = trial.asked(open_for_nobody(trial))
    assert "verifier_info" not in asked.parameters
    code = code_of_return(holder.show(asked))
    assert trial.result(asked) == {"status": "waiting"}
    assert trial.result(asked, code) == {"status": "checked"}
    attackers = trial.apply()
    refused = join(trial, attackers, asked, code)
    assert refused.json()["code"] == "application.other_presentation"
    with trial.ground.storage.reading() as reading:
        assert reading.proposals.find(attackers.application.number) is None


def test_wallets_get_the_application_the_purpose_and_the_word_under_the_signature(
    trial: Trial,
) -> None:
    opened = trial.apply()
    for form in ("reference", "value"):
        asked = trial.ask(opened=opened, form=form)
        assert asked.shown["application"] == opened.application.number
        assert asked.shown["purpose"]["ko"]
        assert asked.shown["purpose"]["en"]
        assert asked.shown["service"]["en"]
        assert asked.shown["comparison_word"] == asked.told["word"]
        assert asked.told["application"] == opened.application.number
        assert opened.application.number in asked.told["consent"]


def test_a_relayed_request_shows_the_victim_another_number_and_word(trial: Trial) -> None:
    victims, attackers = trial.ask(), trial.ask()
    assert victims.shown["application"] != attackers.shown["application"]
    words = {json.dumps(trial.ask().shown["comparison_word"]) for _ in range(12)}
    assert len(words) > 8


def test_the_word_is_of_application_and_nonce() -> None:
    number, nonce = "7K3M-X9QT-0A2B-HV5N", "n" * 43
    word = comparison_word(number, nonce)
    assert word == comparison_word(number, nonce)
    others = [comparison_word(number, f"{n:043}") for n in range(200)]
    others += [comparison_word(f"7K3M-X9QT-0A2B-{n:04}", nonce) for n in range(200)]
    assert len({other.ko for other in others}) > 300
    assert len({other.ko for other in others}) == len({other.en for other in others})


def test_the_number_is_part_of_what_the_wallet_signs(trial: Trial) -> None:
    """The nonce holds the hash of the consent's text, which names the application."""
    opened = trial.apply()
    asked = trial.ask(opened=opened)
    query = trial.openid.desk.query(SERVICE, None, opened.application.date)
    with trial.ground.storage.reading() as reading:
        kept = reading.presentations.find(asked.id)
    assert kept is not None
    assert kept.application == opened.application.number
    assert kept.request.consent is not None
    for number, same in ((opened.application.number, True), ("0000-0000-0000-0000", False)):
        text = query.consent_text(number)
        assert (sha256(text.encode()).digest() == kept.request.consent) is same


@pytest.mark.parametrize("way", ["no cookie", "another browser's"])
def test_a_code_from_another_browser_tells_nothing_and_ends_the_answer(
    trial: Trial, holder: SimulatedWallet, way: str
) -> None:
    """The victim's browser comes back with the code; the attacker holds session and cookie."""
    opened = trial.apply()
    attackers = trial.ask(opened=opened, device="same")
    code = code_of_return(holder.show(attackers))
    foreign = "" if way == "no cookie" else trial.ask(device="same").cookie
    victims = replace(attackers, session="", cookie=foreign)
    assert error_of(trial.look(victims, code)) == (404, "not_found")
    for given in (None, code):
        assert trial.result(attackers, given) == {"status": "relayed"}
    refused = join(trial, opened, attackers, code)
    assert refused.json()["code"] == "application.other_presentation"
    with trial.ground.storage.reading() as reading:
        kept = reading.presentations.answered(attackers.id)
    assert kept is not None
    assert kept.result == {"status": "relayed"}


def test_a_session_without_its_browser_reads_nothing(trial: Trial, holder: SimulatedWallet) -> None:
    asked = trial.ask(device="same")
    stolen = replace(asked, cookie="")
    assert error_of(trial.look(stolen)) == (404, "not_found")
    code = code_of_return(holder.show(asked))
    assert error_of(trial.look(stolen, "x" + code[1:])) == (404, "not_found")
    assert trial.result(asked, code)["status"] == "checked"


def test_guessing_a_code_ends_nothing(trial: Trial, holder: SimulatedWallet) -> None:
    asked = trial.ask(device="same")
    code = code_of_return(holder.show(asked))
    stranger = replace(asked, session="", cookie="")
    for guess in ("", "A" * 43, code[:-1]):
        assert error_of(trial.look(stranger, guess)) == (404, "not_found")
    assert trial.result(asked, code)["outcome"] == "eligible"


def test_what_is_joined_already_is_not_undone_by_its_code(
    trial: Trial, holder: SimulatedWallet
) -> None:
    opened = trial.apply()
    asked = trial.ask(opened=opened, device="same")
    code = code_of_return(holder.show(asked))
    assert join(trial, opened, asked, code).status_code == 200
    assert error_of(trial.look(replace(asked, session="", cookie=""), code)) == (404, "not_found")
    assert trial.result(asked, code)["outcome"] == "eligible"


def test_two_tabs_of_one_browser_keep_each_others_requests(
    trial: Trial, holder: SimulatedWallet
) -> None:
    first = trial.ask(device="same")
    opened = trial.apply()
    body = {"application": opened.application.number}
    headers = {"Authorization": f"Bearer {opened.secret}", "Cookie": first.cookie}
    second = trial.asked(trial.http.post(REQUESTS, json=body, headers=headers))
    assert second.cookie == first.cookie
    for asked in (first, second):
        code = code_of_return(holder.show(asked))
        assert trial.result(asked, code)["outcome"] == "eligible"


@pytest.mark.parametrize("value", ["x", "A" * 44, "A" * 42 + ";", "é"])
def test_a_browser_cannot_be_given_a_value_that_was_not_made_here(trial: Trial, value: str) -> None:
    opened = trial.apply()
    headers = {
        b"Authorization": f"Bearer {opened.secret}".encode(),
        b"Cookie": f"__Host-dojang-browser={value}".encode(),
    }
    body = {"application": opened.application.number}
    asked = trial.asked(trial.http.post(REQUESTS, json=body, headers=headers))
    assert asked.cookie.partition("=")[2] != value


def test_the_cookie_is_closed_to_scripts_and_other_sites(trial: Trial) -> None:
    opened = trial.apply()
    body = {"application": opened.application.number}
    headers = {"Authorization": f"Bearer {opened.secret}"}
    told = trial.http.post(REQUESTS, json=body, headers=headers).headers["set-cookie"]
    for word in ("__Host-", "HttpOnly", "Secure", "SameSite=strict", "Path=/", "Max-Age=900"):
        assert word in told


def test_an_unsigned_request_goes_to_another_device_on_trial_only(trial: Trial) -> None:
    opened = trial.apply()
    body = {"application": opened.application.number, "device": "other", "form": "plain"}
    headers = {"Authorization": f"Bearer {opened.secret}"}
    assert trial.http.post(REQUESTS, json=body, headers=headers).status_code == 201
    served = replace(trial.openid, desk=replace(trial.openid.desk, trial=False))
    for form, status in (("plain", 409), ("reference", 201)):
        made = trial.over(served).post(REQUESTS, json={**body, "form": form}, headers=headers)
        assert made.status_code == status


def test_a_decided_application_is_not_asked(trial: Trial) -> None:
    opened = trial.apply()
    with trial.ground.storage.work() as work:
        work.applications.close(opened.application.number, ApplicationState.DECIDED)
    body = {"application": opened.application.number}
    headers = {"Authorization": f"Bearer {opened.secret}"}
    answer = trial.http.post(REQUESTS, json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "application.decided")


@pytest.mark.parametrize("round_id", ["2019", "2020"])
def test_a_closed_round_is_not_asked(trial: Trial, round_id: str) -> None:
    answer = trial.http.post(REQUESTS, json={"service": "youth-allowance", "round": round_id})
    assert (answer.status_code, answer.json()["code"]) == (409, "service.closed")
