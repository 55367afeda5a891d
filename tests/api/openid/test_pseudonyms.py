"""One citizen has one ``voter`` a series and one ``person`` a service, whatever anybody chooses."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from api.openid.office_secrets import OfficeSecrets
from api.openid.register import NotYetKnownError, Register
from api.openid.scope_secrets import (
    Scope,
    ScopeErasedError,
    ScopeSecrets,
    scope_name,
)
from api.ports.destruction import RecordKind
from api.ports.errors import SealError
from tests.api.databases import START
from tests.simulators.openid_trial import SimulatedWallet, Trial, body_with, error_of
from verifier.credential.keys import SigningKey
from verifier.credential.sdjwt import parse_sd_jwt
from verifier.eligibility.attestation import RegisterEntry
from verifier.services import SERVICE_IDS

SERIES = "seoul-citizen-polls-2026"


def claims_of(wallet: SimulatedWallet) -> list[dict[str, Any]]:
    return [dict(parse_sd_jwt(text).reveal()) for text, _ in wallet.held]


def test_the_service_of_an_offer_gives_nobody_another_voter_value(both: Trial) -> None:
    beside = SimulatedWallet(Trial.of(both.ground))
    wallet = SimulatedWallet(both)
    for one in (wallet, beside):
        for service in SERVICE_IDS:
            assert one.obtain("voter", service, copies=2).status_code == 200
    stranger = SimulatedWallet(both)
    assert stranger.obtain("voter", "citizen-poll", person="synthetic-2").status_code == 200
    held = claims_of(wallet) + claims_of(beside)
    assert len(held) == 16
    assert {one["voter_series"] for one in held} == {SERIES}
    values = {one["voter"] for one in held}
    assert len(values) == 1
    assert {one["voter"] for one in claims_of(stranger)}.isdisjoint(values)


def test_a_person_value_says_for_which_service_and_is_refused_in_another(trial: Trial) -> None:
    wallet = SimulatedWallet(trial)
    assert wallet.obtain(service="youth-allowance").status_code == 200
    assert wallet.obtain(service="document-delivery").status_code == 200
    other, own = claims_of(wallet)
    assert (other["person_service"], own["person_service"]) == (
        "youth-allowance",
        "document-delivery",
    )
    assert other["person"] != own["person"]
    foreign = trial.ask()
    assert wallet.show(foreign).status_code == 200
    seen = trial.result(foreign)
    assert seen["outcome"] == "cannot_verify"
    assert (seen["credentials"][0]["code"], seen["credentials"][0]["check"]) == (
        "pseudonym.scope",
        "C-64",
    )
    asked = trial.ask()
    assert wallet.show(asked).status_code == 200
    assert trial.result(asked)["outcome"] == "eligible"


def test_the_query_says_what_the_value_must_have_been_made_for(trial: Trial) -> None:
    claims = trial.ask("citizen-poll").parameters["dcql_query"]["credentials"][0]["claims"]
    assert {"path": ["voter"]} in claims
    assert {"path": ["voter_series"], "values": [SERIES]} in claims


def test_a_series_is_erased_alone_and_never_made_again(both: Trial) -> None:
    wallet = SimulatedWallet(both)
    assert wallet.obtain("voter", "citizen-poll").status_code == 200
    storage = both.ground.storage
    with storage.work() as work:
        assert list(work.destruction.subjects(RecordKind.SCOPE_SECRET, "", 9)) == [
            f"series/{SERIES}"
        ]
        assert work.destruction.destroy(RecordKind.SCOPE_SECRET, f"series/{SERIES}")
        assert not work.destruction.destroy(RecordKind.SCOPE_SECRET, f"series/{SERIES}")
        assert list(work.destruction.subjects(RecordKind.SCOPE_SECRET, "", 9)) == []
    refused = wallet.obtain("voter", "citizen-poll")
    assert error_of(refused) == (400, "credential_request_denied")
    assert wallet.obtain().status_code == 200  # other types go on


def test_secrets_are_drawn_each_by_itself_and_sealed(both: Trial) -> None:
    office, storage = OfficeSecrets(bytes(32)), both.ground.storage

    def draw(name: str) -> bytes:
        with storage.work() as work:
            made = ScopeSecrets(office, work.scope_secrets, secrets.token_bytes, START)
            return made.of(Scope.SERIES, name)

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(draw, ["a"] * 8))) == 1
    assert len({draw("a"), draw("b"), draw("c")}) == 3
    with storage.work() as work:
        kept = work.scope_secrets.find(scope_name(Scope.SERIES, "a"))
        assert kept is not None
        assert kept.sealed is not None
        own = ScopeSecrets(office, work.scope_secrets, secrets.token_bytes, START)
        assert own.of(Scope.SERIES, "a") not in kept.sealed
        foreign = replace(own, office=OfficeSecrets(b"\1" * 32))
        with pytest.raises(SealError):
            foreign.of(Scope.SERIES, "a")
        work.destruction.destroy(RecordKind.SCOPE_SECRET, "series/a")
        with pytest.raises(ScopeErasedError):
            own.of(Scope.SERIES, "a")


@dataclass
class Busy:
    """A register that knows when it is asked again."""

    register: Register
    asked: int = 0

    def entry(self, person: str, on: date) -> RegisterEntry:
        self.asked += 1
        if self.asked == 2:  # the first look is the offer's
            raise NotYetKnownError("to be asked again")
        return self.register.entry(person, on)


def test_a_deferred_credential_has_the_same_value(trial: Trial) -> None:
    wallet = SimulatedWallet(trial)
    assert wallet.obtain("voter", "citizen-poll").status_code == 200
    office = trial.openid.console.office
    busy = {**office.registers, "voter": Busy(office.registers["voter"])}
    object.__setattr__(office, "registers", busy)
    offered, key = trial.offer("voter", "bulk-issuance"), SigningKey.generate(secrets.token_bytes)
    token = wallet.access(offered)
    proof = wallet.proof(offered.issuer, key)
    body = body_with(proof, credential_configuration_id="voter")
    waiting = wallet.request(offered, token, body)
    assert waiting.status_code == 202
    again = {"transaction_id": waiting.json()["transaction_id"]}
    made = wallet.request(offered, token, again, "deferred").json()["credentials"][0]["credential"]
    wallet.held.append((made, key))
    assert len({one["voter"] for one in claims_of(wallet)}) == 1
