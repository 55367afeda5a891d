"""Requests and answers: what is asked, every way to answer, every refusal, and replay."""

import json
from itertools import product
from typing import Any

import pytest

from api.openid.asking import RuledQuery
from contracts.evidence.encoding import b64u_decode
from tests.api.databases import START, StillClock
from tests.simulators.openid_trial import (
    KIND,
    Asked,
    SimulatedWallet,
    Trial,
    error_of,
    refuse_and_stay_open,
)
from verifier.credential.jws import parse_jws
from verifier.credential.keys import PublicKey
from verifier.credential.request import prove_consent
from verifier.eligibility.catalogue import load_catalogue
from verifier.eligibility.credential_types import SCOPE_CLAIMS

FORMS, MODES = ("reference", "value", "plain"), ("direct_post", "direct_post.jwt")
ALLOWANCE = (
    "resident-registration",
    "school-record",
    "employment-insurance",
    "health-premium",
    "benefit",
    "programme-record",
)


@pytest.mark.parametrize(("form", "mode"), list(product(FORMS, MODES)))
def test_every_form_and_mode_ends_eligible(holder: SimulatedWallet, form: str, mode: str) -> None:
    asked = holder.trial.ask(form=form, mode=mode)
    assert holder.trial.result(asked) == {"status": "waiting"}
    answer = holder.show(asked)
    assert (answer.status_code, answer.json()) == (200, {})
    result = holder.trial.result(asked)
    assert (result["status"], result["outcome"]) == ("checked", "eligible")
    assert [step["number"] for step in result["trail"]] == list(range(1, len(result["trail"]) + 1))


def test_nothing_of_the_person_but_findings_is_kept(holder: SimulatedWallet) -> None:
    asked = holder.trial.ask()
    token = holder.vp_token(asked)
    holder.trial.answer(asked, holder.body(asked, token))
    kept = json.dumps(holder.trial.result(asked))
    for part in token[KIND][0].split("~"):
        assert part not in kept


def test_several_issuers_credentials_of_one_person_are_taken_together(both: Trial) -> None:
    wallet = SimulatedWallet(both)
    for kind in ALLOWANCE:
        wallet.obtain(kind, "youth-allowance")
    asked = both.ask("youth-allowance")
    assert wallet.show(asked).status_code == 200
    result = both.result(asked)
    assert result["outcome"] == "eligible"
    assert len({one["issuer"] for one in result["credentials"]}) == 5


def test_credentials_of_two_people_are_never_merged(wallet: SimulatedWallet) -> None:
    for kind in ALLOWANCE:
        person = "synthetic-3" if kind == "benefit" else "synthetic-1"
        assert wallet.obtain(kind, "youth-allowance", person=person).status_code == 200
    asked = wallet.trial.ask("youth-allowance")
    wallet.show(asked)
    assert wallet.trial.result(asked)["outcome"] == "cannot_verify"


def test_credentials_for_another_service_do_not_show_one_person(wallet: SimulatedWallet) -> None:
    for kind in ALLOWANCE:
        service = "document-delivery" if kind == "benefit" else "youth-allowance"
        wallet.obtain(kind, service)
    asked = wallet.trial.ask("youth-allowance")
    wallet.show(asked)
    assert wallet.trial.result(asked)["outcome"] == "cannot_verify"


def test_somebody_who_is_not_entitled_is_not_eligible(wallet: SimulatedWallet) -> None:
    wallet.obtain(person="synthetic-2")
    asked = wallet.trial.ask()
    wallet.show(asked)
    assert wallet.trial.result(asked)["outcome"] == "not_eligible"


def test_the_request_is_signed_and_names_its_signer(trial: Trial) -> None:
    asked = trial.ask()
    signed = trial.http.get(f"/openid4vp/requests/{asked.id}")
    assert signed.headers["content-type"] == "application/oauth-authz-req+jwt"
    assert signed.headers["cache-control"] == "no-store"
    token = parse_jws(signed.text, max_bytes=1 << 20)
    assert token.header["typ"] == "oauth-authz-req+jwt"
    token.check(PublicKey.of(trial.ground.verifier.signer.point))
    assert token.payload["client_id"] == trial.ground.verifier.client_id
    assert token.payload["aud"] == "https://self-issued.me/v2"


def test_a_wallets_nonce_is_signed_back(trial: Trial) -> None:
    path = f"/openid4vp/requests/{trial.ask().id}"
    for form, expected in (({"wallet_nonce": "abc", "wallet_metadata": "{}"}, "abc"), ({}, None)):
        payload = parse_jws(trial.http.post(path, data=form).text, max_bytes=1 << 20).payload
        assert payload.get("wallet_nonce") == expected
    refused = trial.http.post(path, data={"wallet_nonce": "x" * 513})
    assert error_of(refused) == (400, "invalid_request")


@pytest.mark.parametrize("form", ["value", "plain"])
def test_a_request_by_value_cannot_be_fetched(trial: Trial, form: str) -> None:
    asked = trial.ask(form=form)
    assert error_of(trial.http.get(f"/openid4vp/requests/{asked.id}")) == (404, "not_found")


def test_every_request_has_nonce_state_and_key_of_its_own(trial: Trial) -> None:
    asked = [trial.ask().parameters for _ in range(5)]
    for name in ("nonce", "state", "response_uri"):
        assert len({one[name] for one in asked}) == 5
    keys = {one["client_metadata"]["jwks"]["keys"][0]["x"] for one in asked}
    assert len(keys) == 5


def test_the_nonce_proves_the_consent(trial: Trial) -> None:
    made = trial.ask()
    with trial.ground.storage.reading() as reading:
        kept = reading.presentations.find(made.id)
    assert kept is not None
    prove_consent(kept.request, kept.randomness)
    assert kept.request.nonce == made.parameters["nonce"]


@pytest.mark.parametrize(
    "service", ["youth-allowance", "document-delivery", "bulk-issuance", "citizen-poll"]
)
def test_a_query_asks_for_what_the_rules_need_and_nothing_more(trial: Trial, service: str) -> None:
    policy = load_catalogue().latest_policy(service, START.date())
    needed = {(rule.credential.vct, rule.claim.name) for rule in policy.rules}
    query = trial.ask(service).parameters["dcql_query"]
    asked = {
        (entry["meta"]["vct_values"][0], claim["path"][0])
        for entry in query["credentials"]
        for claim in entry["claims"]
    }
    extra = {name for vct, name in asked - needed}
    assert needed <= asked
    assert extra <= {*SCOPE_CLAIMS, *SCOPE_CLAIMS.values(), "reference_date"}
    assert "credential_sets" not in query


@pytest.mark.parametrize(
    "more",
    [
        {"credentials": ["benefit"]},
        {"claims": [["household_size"]]},
        {"dcql_query": {"credentials": []}},
        {"response_uri": "https://other.example"},
    ],
)
def test_a_page_cannot_ask_for_anything_else(trial: Trial, more: dict[str, Any]) -> None:
    body = {"service": "document-delivery", "device": "same", **more}
    assert trial.http.post("/openid4vp/requests", json=body).status_code == 422


def test_a_ruled_query_has_no_place_for_a_claim() -> None:
    assert list(RuledQuery.__dataclass_fields__) == ["policy", "issuers"]


@pytest.mark.parametrize("service", ["nobody", "youth-allowance-2"])
def test_an_unknown_service_is_refused(trial: Trial, service: str) -> None:
    assert trial.http.post("/openid4vp/requests", json={"service": service}).status_code == 404


@pytest.mark.parametrize("mode", MODES)
def test_the_citizens_refusal_is_a_normal_outcome(trial: Trial, mode: str) -> None:
    asked = trial.ask(mode=mode)
    body = {"error": "access_denied", "state": asked.parameters["state"]}
    assert trial.answer(asked, body).status_code == 200
    result = trial.result(asked)
    assert (result["status"], result["error"]) == ("refused", "access_denied")
    assert error_of(trial.answer(asked, body)) == (400, "invalid_request")


def test_a_refusal_may_come_encrypted(wallet: SimulatedWallet) -> None:
    asked = wallet.trial.ask()
    payload = {"error": "access_denied", "state": asked.parameters["state"]}
    body = {"response": wallet.encrypt(asked, payload)}
    assert wallet.trial.answer(asked, body).status_code == 200
    assert wallet.trial.result(asked)["status"] == "refused"


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("invalid_request", "invalid_request"),
        ("invalid_client", "invalid_client"),
        ("vp_formats_not_supported", "vp_formats_not_supported"),
        ("invalid_request_uri_method", "invalid_request_uri_method"),
        ("invalid_transaction_data", "invalid_transaction_data"),
        ("wallet_unavailable", "wallet_unavailable"),
        ("<script>", "other"),
    ],
)
def test_a_wallets_error_is_told_as_such(trial: Trial, word: str, told: str) -> None:
    asked = trial.ask()
    trial.answer(asked, {"error": word, "state": asked.parameters["state"]})
    result = trial.result(asked)
    assert (result["status"], result["error"]) == ("wallet_error", told)


@pytest.mark.parametrize(
    "vp_token",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"delivery-entitlement":[]}',
        '{"delivery-entitlement":"x~"}',
        '{"delivery-entitlement":["x~"],"delivery-entitlement":["y~"]}',
        '{"other":["x~"]}',
        '{"delivery-entitlement":["x~"],"other":["y~"]}',
        '{"delivery-entitlement":["x~","y~"]}',
        '{"delivery-entitlement":[7]}',
        '{"delivery-entitlement":["\\u00e9"]}',
        "[" * 5000,
    ],
)
def test_a_malformed_answer_leaves_the_request_open(holder: SimulatedWallet, vp_token: str) -> None:
    asked = holder.trial.ask(mode="direct_post")
    body = {"vp_token": vp_token, "state": asked.parameters["state"]}
    refuse_and_stay_open(holder, asked, body)


@pytest.mark.parametrize("state", [None, "", "other", "\ud7ff"])
@pytest.mark.parametrize("mode", MODES)
def test_an_answer_with_another_state_is_refused(
    holder: SimulatedWallet, mode: str, state: str | None
) -> None:
    asked = holder.trial.ask(mode=mode)
    given = {} if state is None else {"state": state}
    if mode == "direct_post":
        body = {"vp_token": json.dumps({KIND: ["x~"]}), **given}
    else:
        body = {"response": holder.encrypt(asked, {"vp_token": {KIND: ["x~"]}, **given})}
    refuse_and_stay_open(holder, asked, body)
    refuse_and_stay_open(holder, holder.trial.ask(mode=mode), {"error": "access_denied", **given})


def test_an_expired_request_takes_no_answer(holder: SimulatedWallet, clock: StillClock) -> None:
    asked = holder.trial.ask()
    body = holder.body(asked, holder.vp_token(asked))
    clock.forward(minutes=10)
    assert error_of(holder.trial.answer(asked, body)) == (400, "invalid_request")
    assert holder.trial.result(asked) == {"status": "expired"}


def test_the_decryption_key_is_gone_with_the_answer(holder: SimulatedWallet) -> None:
    asked = holder.trial.ask()
    holder.show(asked)
    with holder.trial.ground.storage.reading() as reading:
        kept = reading.presentations.find(asked.id)
    assert kept is not None
    assert kept.decryption is None


def test_on_the_same_device_the_result_needs_the_response_code(holder: SimulatedWallet) -> None:
    asked = holder.trial.ask(device="same")
    redirect = holder.show(asked).json()["redirect_uri"]
    code = redirect.partition("#response_code=")[2]
    assert len(b64u_decode(code)) == 32
    assert holder.trial.result(asked) == {"status": "waiting"}
    assert holder.trial.result(asked, "other") == {"status": "waiting"}
    assert holder.trial.result(asked, code)["status"] == "checked"


@pytest.mark.parametrize("session", ["", "other", "x" * 600])
def test_the_result_is_for_the_page_that_asked(holder: SimulatedWallet, session: str) -> None:
    asked = holder.trial.ask()
    holder.show(asked)
    stranger = Asked(asked.id, session, asked.link, asked.parameters)
    headers = {"Authorization": f"Bearer {stranger.session}"}
    answer = holder.trial.http.get(f"/openid4vp/requests/{asked.id}/result", headers=headers)
    assert error_of(answer) == (404, "not_found")


@pytest.mark.parametrize("name", ["nobody", "x" * 65, "%00"])
def test_an_unknown_request_is_refused(trial: Trial, name: str) -> None:
    path = f"/openid4vp/requests/{name}"
    assert error_of(trial.http.get(path)) == (404, "not_found")
    assert error_of(trial.http.post(f"{path}/response", data={"a": "b"})) == (404, "not_found")
    assert error_of(trial.http.get(f"{path}/result")) == (404, "not_found")


def test_a_secret_of_a_request_is_in_no_repr(trial: Trial) -> None:
    asked = trial.ask()
    with trial.ground.storage.reading() as reading:
        kept = reading.presentations.find(asked.id)
    assert kept is not None
    assert str(kept.decryption) not in repr(kept)
