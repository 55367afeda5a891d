"""Offers to invented people: who is refused at once, and that docs/wallets.md is true."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from api.openid.agencies import DEFAULT_COPIES, IssuanceTerms
from api.openid.asking import REQUEST_LIFETIME
from api.openid.demo_commands import DEFAULT_PERSON, DEFAULT_SERVICE, PEOPLE, TYPES
from api.openid.demonstration import DEFAULT_PERSON as ROUTE_PERSON
from api.openid.demonstration import DEFAULT_SERVICE as ROUTE_SERVICE
from api.openid.demonstration import REGISTERS
from api.openid.nonces import NONCE_LIFETIME
from api.openid.proof import PROOF_WINDOW
from contracts.evidence.errors import LedgerUnavailableError
from tests.simulators.openid_trial import AGENCY, KIND, SERVICE, SimulatedWallet, Trial, error_of
from verifier.credential.key_binding import DEFAULT_WINDOW
from verifier.eligibility.catalogue import load_catalogue
from verifier.services import SERVICE_IDS

PAGE: Final = (Path(__file__).parents[3] / "docs" / "wallets.md").read_text(encoding="utf-8")
OFFERS: Final = "/demo/openid/offers"
PAYS: Final = re.findall(
    r"^\| `([\w-]+)` \| (.+) \| (\w+) \| (\w+) \| (\w+) \|$", PAGE, re.MULTILINE
)


def order(**change: str) -> dict[str, str]:
    return {"type": KIND, "service": SERVICE, "person": "synthetic-1", **change}


def test_an_unknown_type_is_refused_with_the_list_of_types(trial: Trial) -> None:
    answer = trial.http.post(OFFERS, json=order(type="passport"))
    assert error_of(answer) == (400, "unknown_credential_configuration")
    told = answer.json()["error_description"]
    assert all(kind in told for kind in load_catalogue().credential_types)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"service": "passport-office"}, "service.unknown"),
        ({"person": "synthetic-4"}, "issuer.person_unknown"),
        ({"type": "bulk-agreement", "person": "synthetic-3"}, "issuer.person_unknown"),
    ],
)
def test_an_unknown_service_or_person_is_refused_at_the_offer(
    trial: Trial, change: dict[str, str], code: str
) -> None:
    answer = trial.http.post(OFFERS, json=order(**change))
    assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert trial.http.post(OFFERS, json=order()).status_code == 201


class OutOfReach:
    """A ledger that nobody answers for."""

    def register_issuer(self, _issuer: bytes) -> None:
        raise LedgerUnavailableError("the chain's owner does not answer")


def test_without_a_job_worker_an_offer_is_refused_for_the_time_being(trial: Trial) -> None:
    demonstration = trial.openid.demonstration
    assert demonstration is not None
    console = demonstration.console
    demonstration.console = replace(console, ledger=OutOfReach())  # type: ignore[arg-type] # one act of it
    answer = trial.http.post(OFFERS, json=order())
    assert (answer.status_code, answer.json()["code"]) == (503, "ledger.unavailable")
    assert answer.headers["retry-after"]
    demonstration.console = console
    assert trial.http.post(OFFERS, json=order()).status_code == 201


def test_the_route_says_in_its_description_what_it_refuses(trial: Trial) -> None:
    told = trial.http.get("/openapi.json").json()["paths"][OFFERS]["post"]["responses"]
    problems = told["503"]["content"]["application/problem+json"]["examples"]
    assert "ledger.unavailable" in problems
    assert {"404", "422"} <= told.keys()


def test_commands_name_what_there_is() -> None:
    assert set(TYPES) == set(load_catalogue().credential_types) == set(REGISTERS)
    named = {line.split(",")[0] for text in REGISTERS.values() for line in text.splitlines()[1:]}
    assert set(PEOPLE) == named
    assert (DEFAULT_PERSON, DEFAULT_SERVICE) == (ROUTE_PERSON, ROUTE_SERVICE)


def test_the_page_names_every_type_and_service_once() -> None:
    assert [row[0] for row in PAYS] == [*SERVICE_IDS]
    kinds = [kind for row in PAYS for kind in re.findall(r"`([\w-]+)`", row[1])]
    assert sorted(kinds) == sorted(TYPES)


@pytest.mark.parametrize("row", PAYS, ids=[row[0] for row in PAYS])
@pytest.mark.parametrize("person", PEOPLE)
def test_what_the_page_says_of_a_person_comes_about(
    trial: Trial, row: tuple[str, ...], person: str
) -> None:
    wallet, told = SimulatedWallet(trial), row[2 + PEOPLE.index(person)]
    kinds = re.findall(r"`([\w-]+)`", row[1])
    if told == "unknown":
        answers = [trial.http.post(OFFERS, json=order(type=k, person=person)) for k in kinds]
        assert {answer.status_code for answer in answers} == {404}
        return
    got = {wallet.obtain(kind, row[0], person=person).status_code for kind in kinds}
    if told == "denied":
        assert got == {400}
        return
    assert got == {200}
    asked = trial.ask(row[0])
    assert wallet.show(asked).status_code == 200
    assert trial.result(asked)["outcome"] == told


def test_numbers_of_the_page_are_those_of_the_source() -> None:
    terms = IssuanceTerms()
    for words, number in (
        (r"(\d+) copies", DEFAULT_COPIES),
        (r"(\d+) tries", terms.tx_attempts),
        (r"(\d+) digits", terms.tx_digits),
        (r"offer: (\d+) minutes", terms.offer_lifetime.total_seconds() / 60),
        (r"access token: (\d+) minutes", terms.token_lifetime.total_seconds() / 60),
        (r"`c_nonce`: (\d+) minutes", NONCE_LIFETIME.total_seconds() / 60),
        (r"proof's `iat`: (\d+) minutes", PROOF_WINDOW.total_seconds() / 60),
        (r"credential: (\d+) days", terms.lifetime.days),
        (r"deferred issuance: (\d+) days", terms.deferral.days),
        (r"request: (\d+) minutes", REQUEST_LIFETIME.total_seconds() / 60),
        (r"KB-JWT's `iat`: (\d+) minutes", DEFAULT_WINDOW.total_seconds() / 60),
    ):
        found = re.findall(words, PAGE)
        assert {float(one) for one in found} == {number}, words


def test_addresses_of_the_page_exist(trial: Trial) -> None:
    described = trial.http.get("/openapi.json").json()["paths"]
    named = re.findall(r"^ +(GET|POST) +(/\S+)", PAGE, re.MULTILINE)
    assert len(named) >= 10
    for method, path in named:
        shape = re.sub(r"<\w+>", "{}", path.split("?")[0])
        known = {re.sub(r"\{\w+\}", "{}", one): acts for one, acts in described.items()}
        assert method.lower() in known[shape], path
    assert AGENCY in PAGE
