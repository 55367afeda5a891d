"""Check an applicant's answer against a round's rules: verify each credential, then evaluate.

A credential that is rejected or cannot be checked decides nothing; the rules that needed it end as
"cannot verify" with the precise code, so that an officer sees which check of ``verifier/SPEC.md``
stood in the way, and the applicant can bring another credential.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from contracts.evidence.encoding import Json, b64u_decode, b64u_encode, evidence_hash
from verifier.credential.answering import check_request
from verifier.credential.key_binding import Challenge
from verifier.credential.keys import thumbprint
from verifier.credential.request import CredentialQuery, PresentationRequest, PseudonymQuery
from verifier.credential.trust import TrustMaterial
from verifier.credential.verification import (
    PERSON_CLAIM,
    Examination,
    VerifiedCredential,
)
from verifier.eligibility.disclosure import PlannedCredential, plan
from verifier.eligibility.evaluation import Evaluation, evaluate
from verifier.eligibility.facts import VerifiedClaims
from verifier.eligibility.policy import PolicyRound
from verifier.eligibility.verification_policy import verification_policy
from verifier.errors import UndeterminedError, VerifierError


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a credential decides nothing: stable code, check number, and of which kind it is."""

    code: str
    check: str
    undetermined: bool


@dataclass(frozen=True, slots=True)
class EligibilityCheck:
    """What an answer is checked under.

    Args:
        request: what was asked; made from ``policy`` (``request_queries``).
        policy: the round's rules.
        material: the trust snapshot and the evidence, assembled.
        at: the moment of checking, aware.
        application_date: Korean calendar day on which the application was received.
        shown: when the answer came, where it was held and is judged later; the request must have
            been open then.
    """

    request: PresentationRequest
    policy: PolicyRound
    material: TrustMaterial
    at: datetime
    application_date: date
    shown: datetime | None = None


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """The outcome: findings on every rule, what was seen, and what stood in the way by ``vct``.

    ``verified`` are the credentials behind ``facts``, in the same order.
    """

    evaluation: Evaluation
    facts: tuple[VerifiedClaims, ...]
    verified: tuple[VerifiedCredential, ...]
    obstacles: Mapping[str, Obstacle]
    presentation_hash: bytes
    replay_key: bytes


def request_queries(policy: PolicyRound, issuers: Mapping[str, str]) -> tuple[CredentialQuery, ...]:
    """The queries that the round's rules need, and nothing more.

    Args:
        policy: the round.
        issuers: by id of a credential type, whose values show a person again (``iss``). A type
            without one is asked for of nobody: what it shows is refused (C-65).
    """
    return tuple(
        CredentialQuery(
            entry.credential.id,
            entry.credential.vct,
            tuple((planned.claim.name,) for planned in entry.claims),
            _pseudonym(policy, entry, issuers.get(entry.credential.id, NOBODY)),
        )
        for entry in plan(policy).credentials
    )


NOBODY: Final = "urn:dojang:nobody"
"""An issuer that no registry knows."""


def _pseudonym(policy: PolicyRound, entry: PlannedCredential, issuer: str) -> PseudonymQuery | None:
    known = policy.pseudonym
    if known.claim not in entry.credential.claims:
        return None
    return PseudonymQuery(known.claim, known.scope_claim, known.scope, issuer)


def check_eligibility(
    answers: Mapping[str, Sequence[str]], check: EligibilityCheck
) -> CheckedAnswer:
    """Verify every credential of an answer and evaluate the rules on those that hold.

    Raises:
        AnswerError: the request is not open, or not answered query by query.
        FactsError: the request asks for other credentials than the round.

    Not checked: whether the request was answered before. The caller burns ``replay_key`` first.
    """
    check_request(answers, check.request, check.shown or check.at)
    challenge = Challenge(check.request.nonce, check.request.audience)
    policy = verification_policy(check.policy.service.conditions)
    examination = Examination(challenge, check.material, check.at, policy, check.shown)
    verified: list[VerifiedCredential] = []
    obstacles: dict[str, Obstacle] = {}
    for query in check.request.queries:
        try:
            credential = examination.examine(answers[query.id][0], query)
        except VerifierError as error:
            undetermined = isinstance(error, UndeterminedError)
            obstacles[query.vct] = Obstacle(error.code, error.check, undetermined)
        else:
            verified.append(credential)
    facts = [_claims(credential) for credential in verified]
    refused = {vct: obstacle.code for vct, obstacle in obstacles.items()}
    evaluation = evaluate(check.policy, facts, check.application_date, refused=refused)
    texts = [answers[query.id][0].encode() for query in check.request.queries]
    return CheckedAnswer(
        evaluation=evaluation,
        facts=tuple(facts),
        verified=tuple(verified),
        obstacles=obstacles,
        presentation_hash=evidence_hash("answers", *texts),
        replay_key=check.request.replay_key(),
    )


def _claims(credential: VerifiedCredential) -> VerifiedClaims:
    """What rules may be applied to; this is the only place that vouches for it."""
    person: dict[str, Json] = {}
    if credential.person is not None:
        person[PERSON_CLAIM] = b64u_encode(credential.person)
    return VerifiedClaims(
        vct=credential.vct,
        issuer=credential.issuer,
        claims={**credential.claims, **person},
        issued_at=credential.issued,
        holder_key=b64u_decode(thumbprint(credential.holder)),
    )
