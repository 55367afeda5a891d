"""The door: from an answer's bytes to findings on every rule, and the only way there.

A credential that is rejected or cannot be checked decides nothing; the rules that needed it end as
"cannot verify" with the precise code, so that an officer sees which check of ``verifier/SPEC.md``
stood in the way, and the applicant can bring another credential.

Nothing is fetched here and no clock is read: the trust snapshot and the evidence are values. Nobody
else makes ``VerifiedClaims``, so that no rule is ever applied to what was not checked::

    question = Question(request, policy, material, at, application_date)
    checked = check(answers, question)
    proposal = propose(policy, checked.evaluation, case_id)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from contracts.evidence.encoding import Json, b64u_decode, b64u_encode, evidence_hash
from verifier.credential.credential_evidence import CredentialEvidence
from verifier.credential.keys import thumbprint
from verifier.credential.request import PresentationRequest
from verifier.credential.standing import Standing
from verifier.credential.trust import TrustMaterial
from verifier.credential.verification import PERSON_CLAIM, Examination, VerifiedCredential
from verifier.eligibility.evaluation import Evaluation, evaluate
from verifier.eligibility.facts import VerifiedClaims
from verifier.eligibility.policy import PolicyRound
from verifier.eligibility.verification_policy import verification_policy
from verifier.errors import RejectedError, UndeterminedError, VerifierError


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a credential decides nothing: stable code, check number, and of which kind it is."""

    code: str
    check: str
    undetermined: bool

    @classmethod
    def of(cls, error: VerifierError) -> "Obstacle":
        """What an error stands for; what could not be determined is never merged with the rest."""
        return cls(error.code, error.check, isinstance(error, UndeterminedError))


@dataclass(frozen=True, slots=True)
class Question:
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


def check(answers: Mapping[str, Sequence[str]], question: Question) -> CheckedAnswer:
    """Verify every credential of an answer and evaluate the rules on those that hold.

    Args:
        answers: for each query's id, its presentations: exactly one SD-JWT+KB.
        question: what was asked, by whom and when.

    Raises:
        AnswerError: the request is not open, or not answered query by query (C-54, C-55).
        FactsError: the request asks for other credentials than the round.

    Not checked: whether the request was answered before. The caller burns ``replay_key`` (C-59).
    """
    request, rules = question.request, question.policy
    policy = verification_policy(rules.service.conditions)
    examination = Examination.of(request, question.material, question.at, policy, question.shown)
    examination.check_request(answers)
    verified: list[VerifiedCredential] = []
    obstacles: dict[str, Obstacle] = {}
    for one in examination.each(answers):
        if isinstance(one.result, VerifierError):
            obstacles[one.query.vct] = Obstacle.of(one.result)
        else:
            verified.append(one.result)
    facts = [_claims(credential) for credential in verified]
    refused = {vct: obstacle.code for vct, obstacle in obstacles.items()}
    evaluation = evaluate(rules, facts, question.application_date, refused=refused)
    texts = [answers[query.id][0].encode() for query in request.queries]
    return CheckedAnswer(
        evaluation=evaluation,
        facts=tuple(facts),
        verified=tuple(verified),
        obstacles=obstacles,
        presentation_hash=evidence_hash("answers", *texts),
        replay_key=request.replay_key(),
    )


def check_again(
    evidence: Sequence[CredentialEvidence],
    policy: PolicyRound,
    material: TrustMaterial,
    at: datetime,
) -> dict[str, str]:
    """Judge credentials that were believed, on what chain and status lists say now.

    Returns:
        By type, the code of what speaks against a credential now; empty where nothing does.

    Raises:
        UndeterminedError: one cannot be determined now.

    Not checked: what cannot change since, see ``Standing.judge_again``.
    """
    standing = Standing(material, at, verification_policy(policy.service.conditions))
    against: dict[str, str] = {}
    for one in evidence:
        try:
            standing.judge_again(one)
        except RejectedError as error:
            against[one.vct] = error.code
    return against


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
