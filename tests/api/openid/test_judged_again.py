"""What was shown is judged again when it is joined and when it is decided (C9)."""

from dataclasses import replace

import pytest

from api.actions.decide_application import DecisionOrder, decide_application
from api.actions.issue_paper import PaperDesk
from api.actions.open_application import OpenedApplication
from api.actions.paper_errors import (
    EvidenceChangedError,
    EvidenceUndeterminedError,
    WithdrawnError,
    WrittenReasonMissingError,
)
from api.actions.withdraw_application import withdraw_application
from api.openid.console import CopyStatus
from api.papers.press import Press
from contracts.evidence.errors import LedgerUnavailableError
from contracts.evidence.names import credential_type_id, issuer_id
from contracts.evidence.snapshot import Ending
from tests.api.databases import StillClock
from tests.api.openid.test_one_application import Applicant, code
from tests.api.papers.site import OFFICER
from tests.simulators.openid_trial import AGENCY, KIND, Trial
from verifier.eligibility.evaluation import Outcome

PERSON = "synthetic-1"


@pytest.fixture
def applicant(trial: Trial) -> Applicant:
    return Applicant(trial)


def mark(trial: Trial, status: CopyStatus) -> None:
    trial.openid.console.mark(AGENCY, PERSON, KIND, status, trial.ground.clock())


def desk_of(applicant: Applicant) -> PaperDesk:
    return PaperDesk(
        applicant.means, Press(), "http://localhost:8000", applicant.trial.openid.judge_again
    )


def decide(applicant: Applicant, opened: OpenedApplication, reason: str = "") -> Outcome:
    order = DecisionOrder(opened.application.number, Outcome.ELIGIBLE, reason)
    return decide_application(desk_of(applicant), OFFICER, order).outcome


def codes(applicant: Applicant, opened: OpenedApplication) -> set[str]:
    from api.openid.rejudging import read_proposal

    with applicant.means.storage.reading() as reading:
        kept = reading.proposals.find(opened.application.number)
    assert kept is not None
    return {finding.code for finding in read_proposal(kept.proposal).findings}


def test_what_was_revoked_since_it_was_shown_is_not_joined_as_eligible(
    applicant: Applicant,
) -> None:
    opened = applicant.open()
    asked = applicant.shown(applicant.wallet(), opened)
    assert applicant.trial.result(asked)["outcome"] == "eligible"
    mark(applicant.trial, CopyStatus.REVOKED)
    assert code(applicant.join(opened, asked)) == "cannot_verify"
    assert "status.revoked" in codes(applicant, opened)
    with pytest.raises(WrittenReasonMissingError):
        decide(applicant, opened)


def test_what_was_revoked_since_it_was_joined_is_not_decided(both: Trial) -> None:
    applicant = Applicant(both)
    opened, joined = applicant.apply()
    assert code(joined) == "eligible"
    mark(both, CopyStatus.REVOKED)
    with pytest.raises(EvidenceChangedError):
        decide(applicant, opened)
    assert "status.revoked" in codes(applicant, opened)
    with pytest.raises(WrittenReasonMissingError):
        decide(applicant, opened)


def test_what_is_good_again_counts_again(applicant: Applicant) -> None:
    opened, _ = applicant.apply()
    mark(applicant.trial, CopyStatus.SUSPENDED)
    with pytest.raises(EvidenceChangedError):
        decide(applicant, opened)
    assert "status.suspended" in codes(applicant, opened)
    mark(applicant.trial, CopyStatus.VALID)
    with pytest.raises(EvidenceChangedError):
        decide(applicant, opened)
    assert decide(applicant, opened) is Outcome.ELIGIBLE


def test_what_the_registry_says_is_looked_at_again(applicant: Applicant) -> None:
    opened, _ = applicant.apply()
    agency = applicant.trial.openid.console.office.agencies[AGENCY]
    ledger = applicant.trial.ground.ledger
    vct = agency.types[KIND].vct
    ledger.withdraw(issuer_id(agency.uri), credential_type_id(vct), Ending.COMPROMISED)
    with pytest.raises(EvidenceChangedError):
        decide(applicant, opened)
    assert "issuer.not_accredited" in codes(applicant, opened)


def test_an_expired_credential_decides_nothing(applicant: Applicant, clock: StillClock) -> None:
    opened, _ = applicant.apply()
    clock.forward(days=91)
    with pytest.raises(EvidenceChangedError):
        decide(applicant, opened)
    assert "claims.expired" in codes(applicant, opened)


def test_what_cannot_be_determined_now_is_refused_as_such(
    applicant: Applicant, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = applicant.open()
    asked = applicant.shown(applicant.wallet(), opened)

    def away() -> None:
        raise LedgerUnavailableError("the chain's owner does not answer")

    with monkeypatch.context() as cut:
        cut.setattr(applicant.trial.openid.trust.ledger, "snapshot", away)
        assert code(applicant.join(opened, asked)) == "application.evidence_undetermined"
    assert code(applicant.join(opened, asked)) == "eligible"
    with monkeypatch.context() as cut:
        trust = applicant.trial.openid.trust
        cut.setattr(trust, "own", replace(trust.own, list_bases=frozenset()))
        with pytest.raises(EvidenceUndeterminedError):
            decide(applicant, opened)
    assert decide(applicant, opened) is Outcome.ELIGIBLE
    with applicant.means.storage.reading() as reading:
        kept = reading.proposals.find(opened.application.number)
    assert kept is not None
    assert kept.basis is None


def test_a_proposal_of_before_is_shown_again(applicant: Applicant) -> None:
    opened, _ = applicant.apply()
    number = opened.application.number
    with applicant.means.storage.reading() as reading:
        kept = reading.proposals.find(number)
        application = reading.applications.find(number)
    assert kept is not None
    assert application is not None
    for old in (
        replace(kept, basis=None),
        replace(kept, shown=None),
        replace(kept, basis=b"x" * 40),
    ):
        with pytest.raises(EvidenceUndeterminedError):
            applicant.trial.openid.judge_again(application, old, applicant.means.now())


def test_a_withdrawn_application_is_not_decided(applicant: Applicant) -> None:
    opened, _ = applicant.apply()
    withdraw_application(applicant.means, opened.application.number, opened.secret)
    with pytest.raises(WithdrawnError):
        decide(applicant, opened)


def test_what_is_kept_to_judge_again_says_nothing_of_the_person(applicant: Applicant) -> None:
    from api.openid.basis import open_basis

    opened, _ = applicant.apply()
    with applicant.means.storage.reading() as reading:
        kept = reading.proposals.find(opened.application.number)
    assert kept is not None
    assert kept.basis is not None
    office = applicant.trial.openid.console.office
    basis = open_basis(office.secrets, kept.request, kept.basis)
    [evidence] = basis.evidence
    assert evidence.as_json().keys() == {
        "vct",
        "iss",
        "kid",
        "iat",
        "exp",
        "evidence",
        "leaf",
        "status",
    }
    assert basis.persons is not None
    value = office.persons.value("person", "document-delivery", PERSON)
    assert value not in basis.persons
    assert value.hex().encode() not in kept.basis
