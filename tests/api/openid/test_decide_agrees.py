"""What the service proposes on an answer, the offline command proposes from the answer's files."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from api.actions.errors import RoundClosedError
from api.store.database import Database
from contracts.evidence.encoding import format_time
from contracts.evidence.snapshot_file import encode_snapshot
from tests.api.databases import StillClock
from tests.simulators.openid_trial import SimulatedWallet, Trial
from verifier.__main__ import main
from verifier.credential.bundle import PresentationFile, encode_presentation
from verifier.credential.needs import needs_of
from verifier.credential.request import encode_request
from verifier.eligibility.attestation import RegisterEntry
from verifier.eligibility.cases import Case, parse_cases, register_entry
from verifier.eligibility.catalogue import load_catalogue
from verifier.eligibility.dates import KOREA
from verifier.services import SERVICE_IDS, read_service_file

CATALOGUE = load_catalogue()
PERSON = "synthetic-1"


def worked(service: str) -> list[Case]:
    """Cases whose day belongs to their round, and whose applicant has everything to show."""
    cases = parse_cases(read_service_file(f"{service}.cases.yaml"), CATALOGUE.schema)
    return [
        case
        for case in cases
        if not case.without and CATALOGUE.latest_policy(service, case.on).round.id == case.round_id
    ]


ALL = {
    f"{service}: {case.name}": (service, case)
    for service in SERVICE_IDS
    for case in worked(service)
}
FEW = {
    name: ALL[name]
    for service in SERVICE_IDS
    for outcome in ("eligible", "not_eligible")
    for name in [n for n, (s, c) in ALL.items() if (s, c.outcome.value) == (service, outcome)][-2:]
}


@dataclass(frozen=True)
class CaseRegister:
    """An issuer's register in which everybody is the applicant of a case."""

    kind: str
    case: Case

    def entry(self, person: str, on: date) -> RegisterEntry:  # noqa: ARG002 - a case has one of each
        return register_entry(self.kind, self.case, CATALOGUE.median_income)


def agree(
    service: str, case: Case, storage: Database, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = StillClock(datetime.combine(case.on, time(12), KOREA).astimezone(UTC))
    trial = Trial.start(storage, clock, folder / "keys")
    office = trial.openid.console.office
    registers = {kind: CaseRegister(kind, case) for kind in office.registers}
    object.__setattr__(office, "registers", registers)
    if case.because == {"application-period"}:
        with pytest.raises(RoundClosedError):  # the service does not even take an application
            trial.ask(service)
        return
    wallet, policy = SimulatedWallet(trial), CATALOGUE.policy(service, case.round_id)
    for kind in {rule.credential.id: None for rule in policy.rules}:
        assert wallet.obtain(kind, service, person=PERSON).status_code == 200
    asked = trial.ask(service)
    token = wallet.vp_token(asked)
    assert trial.answer(asked, wallet.body(asked, token)).status_code == 200
    told = trial.result(asked)["proposal"]
    answers = {name: tuple(texts) for name, texts in token.items()}  # type: ignore[arg-type]
    needs = needs_of([text for texts in answers.values() for text in texts])
    trial.openid.trust.material(needs, clock())
    kept = trial.openid.trust._kept
    assert kept is not None
    with storage.reading() as reading:
        found = reading.presentations.find(asked.id)
    assert found is not None
    (folder / "request").write_bytes(encode_request(found.request))
    (folder / "answer").write_bytes(encode_presentation(PresentationFile(answers, kept.bundle)))
    (folder / "snapshot").write_bytes(encode_snapshot(kept.snapshot))
    code = main(
        [
            *("decide", str(folder / "answer"), "--request", str(folder / "request"), "--json"),
            *("--snapshot", str(folder / "snapshot"), "--at", format_time(clock())),
            *("--service", service, "--round", case.round_id, "--on", case.on.isoformat()),
        ]
    )
    made = json.loads(capsys.readouterr().out)["proposal"]
    assert made | {"case_id": ""} == told | {"case_id": ""}
    assert made["outcome"] == case.outcome.value
    assert code == (0 if made["outcome"] == "eligible" else 1)


@pytest.mark.parametrize(("service", "case"), FEW.values(), ids=FEW.keys())
def test_the_service_and_the_offline_command_agree(
    service: str,
    case: Case,
    lite: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    agree(service, case, lite, tmp_path, capsys)


@pytest.mark.acceptance
@pytest.mark.parametrize(("service", "case"), ALL.values(), ids=ALL.keys())
def test_the_service_and_the_offline_command_agree_on_every_worked_case(
    service: str,
    case: Case,
    lite: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    agree(service, case, lite, tmp_path, capsys)
