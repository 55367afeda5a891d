"""``python -m verifier decide``: from files alone, what the service says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.evidence.encoding import format_time
from contracts.evidence.snapshot_file import encode_snapshot
from tests.simulators.issuer import Chain, Seeded, SimulatedIssuer, answer, ask
from verifier.__main__ import main
from verifier.credential.bundle import EvidenceBundle, PresentationFile, encode_presentation
from verifier.credential.issuance import Hidden
from verifier.credential.keys import SigningKey
from verifier.credential.request import PresentationRequest, encode_request
from verifier.eligibility.cases import Case, attest_case, parse_cases
from verifier.eligibility.catalogue import load_catalogue
from verifier.eligibility.credential_types import REFERENCE_DATE_CLAIM
from verifier.eligibility.dates import KOREA
from verifier.eligibility.policy import PolicyRound
from verifier.eligibility.queries import request_queries
from verifier.services import SERVICE_IDS, read_service_file

CATALOGUE = load_catalogue()
CASES = {
    f"{service}: {case.name}": (service, case)
    for service in SERVICE_IDS
    for case in parse_cases(read_service_file(f"{service}.cases.yaml"), CATALOGUE.schema)
}
REVOKED = 1


@dataclass
class Applicant:
    """A case's applicant: with a credential of every issuer, shown at noon of the case's day."""

    service: str
    case: Case
    policy: PolicyRound
    chain: Chain
    holder: SigningKey
    issuers: Mapping[str, SimulatedIssuer]

    @classmethod
    def of(cls, service: str, case: Case) -> "Applicant":
        noon = datetime.combine(case.on, time(12), KOREA).astimezone(UTC)
        chain = Chain(noon - timedelta(hours=1))
        policy = CATALOGUE.policy(service, case.round_id)
        kinds = {rule.credential.id: rule.credential for rule in policy.rules}
        issuers = {
            name: SimulatedIssuer(chain, f"https://issuer.test/{name}", kind.vct)
            for name, kind in kinds.items()
        }
        made = cls(service, case, policy, chain, SigningKey.generate(Seeded(b"holder")), issuers)
        chain.now = noon
        return made

    def request(self) -> PresentationRequest:
        made = ask(self.chain, [])
        known = {name: issuer.iss for name, issuer in self.issuers.items()}
        return replace(made, queries=request_queries(self.policy, known))

    def presentation(self, request: PresentationRequest) -> PresentationFile:
        """What the wallet answers; what the applicant of the case lacks was revoked."""
        answers: dict[str, tuple[str, ...]] = {}
        for query in request.queries:
            issuer, kind = self.issuers[query.id], CATALOGUE.credential_type(query.vct)
            claims = attest_case(kind, self.case, self.service, CATALOGUE.median_income)
            hidden = {n: v if n == REFERENCE_DATE_CLAIM else Hidden(v) for n, v in claims.items()}
            credential = issuer.issue(hidden, self.holder)
            if query.id in self.case.without:
                issuer.set_status(credential, REVOKED)
            issuer.anchor()
            text = answer(credential, self.holder, request, query.claims, self.chain.now)
            answers[query.id] = (text,)
        found = [issuer.evidence() for issuer in self.issuers.values()]
        return PresentationFile(
            answers,
            EvidenceBundle(
                tuple(tile for one in found for tile in one.tiles),
                (),
                tuple(status for one in found for status in one.status_lists),
            ),
        )

    def command(self, folder: Path) -> list[str]:
        """Write the files, and the command that reads them."""
        request = self.request()
        (folder / "answer").write_bytes(encode_presentation(self.presentation(request)))
        (folder / "request").write_bytes(encode_request(request))
        (folder / "snapshot").write_bytes(encode_snapshot(self.chain.snapshot()))
        day = self.case.on.isoformat()
        return [
            *("decide", str(folder / "answer"), "--request", str(folder / "request")),
            *("--snapshot", str(folder / "snapshot"), "--at", format_time(self.chain.now)),
            *("--service", self.service, "--round", self.case.round_id, "--on", day),
        ]


def proposed(capsys: pytest.CaptureFixture[str], command: list[str]) -> tuple[int, Any]:
    code = main([*command, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("service", "case"), CASES.values(), ids=CASES.keys())
def test_every_worked_case_comes_out_as_it_is_named(
    service: str, case: Case, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, made = proposed(capsys, Applicant.of(service, case).command(tmp_path))
    proposal = made["proposal"]
    assert proposal["outcome"] == case.outcome.value
    decisive = "fail" if case.outcome.value == "not_eligible" else "cannot_verify"
    because = {f["rule_id"] for f in proposal["findings"] if f["result"] == decisive}
    assert because == case.because
    assert code == (0 if case.outcome.value == "eligible" else 1)


def chosen(part: str) -> Applicant:
    [(service, case)] = [found for name, found in CASES.items() if part in name]
    return Applicant.of(service, case)


def test_the_words_give_each_condition_and_the_outcome(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    command = chosen("earns a won more than 150 percent in 2023").command(tmp_path)
    assert main(command) == 1
    korean = capsys.readouterr().out
    assert korean.splitlines()[-1] == "=> 받을 수 없음"
    assert "충족하지 않음" in korean
    assert main([*command, "--lang", "en"]) == 1
    english = capsys.readouterr().out.splitlines()
    assert english[-1] == "=> not eligible"
    assert sum("does not hold" in line for line in english) == 1


def test_what_stood_in_the_way_is_told_with_its_check(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    applicant = chosen("works exactly 30 hours a week in 2023")
    without = frozenset({"employment-insurance"})
    applicant.case = replace(applicant.case, without=without)
    command = applicant.command(tmp_path)
    code, made = proposed(capsys, command)
    [obstacle] = made["obstacles"]
    assert (obstacle["code"], obstacle["check"]) == ("status.revoked", "C-51")
    assert (code, made["proposal"]["outcome"]) == (1, "cannot_verify")
    assert main(command) == 1
    assert "[C-51 status.revoked]" in capsys.readouterr().out


def test_a_request_for_something_else_decides_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Asked for less, or without binding a value to the service, anybody might be eligible."""
    applicant = chosen("works exactly 30 hours a week in 2023")
    command = applicant.command(tmp_path)
    request = applicant.request()
    unbound = tuple(replace(query, pseudonym=None) for query in request.queries)
    for queries in (request.queries[:-1], unbound):
        (tmp_path / "request").write_bytes(encode_request(replace(request, queries=queries)))
        assert main(command) == 2
        told = capsys.readouterr()
        assert (told.out, "something else" in told.err) == ("", True)


def test_a_request_that_is_not_open_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    applicant = chosen("works exactly 30 hours a week in 2023")
    command = applicant.command(tmp_path)
    late = format_time(applicant.chain.now + timedelta(minutes=10))
    command[command.index("--at") + 1] = late
    assert main(command) == 1
    assert json.loads(capsys.readouterr().err)["check"] == "C-54"


def test_cases_of_a_service_are_told_and_a_changed_rule_is_seen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["cases", "youth-allowance"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("0 otherwise than named")
    real = read_service_file("youth-allowance.cases.yaml")
    changed = real.replace(b"outcome: eligible }", b"outcome: not_eligible, because: [age] }", 1)
    monkeypatch.setattr("verifier.offline.read_service_file", lambda _name: changed)
    assert main(["cases", "youth-allowance"]) == 1
    assert "OTHERWISE: " in capsys.readouterr().out
    assert main(["cases", "nothing"]) == 2
