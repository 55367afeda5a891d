"""Judge a proposal again: what was shown may have been revoked, suspended or withdrawn since.

A credential that is not good any more decides nothing, as if it had not been believed when it was
shown; what cannot be determined now is neither.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from api.actions.paper_errors import EvidenceUndeterminedError
from api.openid.basis import Basis, open_basis
from api.openid.desk import Desk
from api.openid.judging import judge_again
from api.ports.applications import Application
from api.ports.errors import SealError
from api.ports.proposals import KeptProposal
from contracts.evidence.encoding import canonical, parse_canonical
from contracts.evidence.errors import EncodingError, LedgerUnavailableError
from verifier.eligibility.decision import DecisionProposal
from verifier.eligibility.decision_file import parse_proposal
from verifier.eligibility.evaluation import Finding, outcome_of
from verifier.eligibility.policy import PolicyRound
from verifier.eligibility.predicates import Truth
from verifier.eligibility.reasons import reason
from verifier.errors import UndeterminedError

MAX_PROPOSAL_BYTES = 256 * 1024


def judge_case_again(
    desk: Desk, application: Application, proposal: KeptProposal, at: datetime
) -> bytes:
    """What is proposed now on an application, from what its presentation was judged as at first.

    Raises:
        EvidenceUndeterminedError: it cannot be determined now, or nothing is known of what stands
            behind it, as of proposals that were kept before this was looked at.
    """
    if proposal.shown is None or proposal.basis is None:
        raise EvidenceUndeterminedError("nothing is known of what stands behind the proposal")
    basis = read_basis(desk, proposal.request, proposal.basis)
    return judge_proposal(desk, application, proposal.shown, basis, at)


def judge_proposal(
    desk: Desk, application: Application, shown: bytes, basis: Basis, at: datetime
) -> bytes:
    """A proposal on what chain and status lists say now; the same bytes where nothing changed.

    Args:
        desk: of the verifier.
        application: whose rules count.
        shown: the proposal as it was when the presentation was checked, canonical.
        basis: what stood behind it.
        at: now.

    Raises:
        EvidenceUndeterminedError: a credential cannot be determined now.
    """
    policy = desk.query(application.service, application.round, application.date).policy
    try:
        against = judge_again(desk, policy, basis.evidence, at)
    except (UndeterminedError, LedgerUnavailableError) as error:
        raise EvidenceUndeterminedError(error.code) from error
    if not against:
        return shown
    return canonical(_without(read_proposal(shown), policy, against).as_json())


def read_basis(desk: Desk, request: str, sealed: bytes) -> Basis:
    """The basis of an answer.

    Raises:
        EvidenceUndeterminedError: it cannot be opened, as under another master secret.
    """
    try:
        return open_basis(desk.secrets, request, sealed)
    except (SealError, EncodingError) as error:
        raise EvidenceUndeterminedError("what was kept of the answer cannot be read") from error


def outcome_in(proposal: bytes) -> str:
    """The outcome that a kept proposal names."""
    return read_proposal(proposal).outcome.value


def read_proposal(proposal: bytes) -> DecisionProposal:
    """A kept proposal."""
    return parse_proposal(parse_canonical(proposal, max_bytes=MAX_PROPOSAL_BYTES))


def _without(
    proposal: DecisionProposal, policy: PolicyRound, against: Mapping[str, str]
) -> DecisionProposal:
    """The proposal when some credentials, by type, are believed no more, for the reason of a code.

    Conditions that all credentials share stay as they were found: they are of the past.
    """
    codes = {rule.id: against.get(rule.credential.vct, "") for rule in policy.rules}
    findings = tuple(_found(one, codes.get(one.rule_id, "")) for one in proposal.findings)
    return replace(proposal, findings=findings, outcome=outcome_of(findings))


def _found(finding: Finding, code: str) -> Finding:
    if not code:
        return finding
    return replace(finding, result=Truth.CANNOT_VERIFY, code=code, reason=reason(code))
