"""The rules of a round applied to verified claims, with a reason for every finding.

Three values throughout. Any failed rule makes the outcome "not eligible"; otherwise any rule that
could not be verified makes it "cannot verify", which is never merged with eligible. A credential
that is missing, refused, stale, made for another day, or not shown to belong to the same person
as the others decides nothing, in either direction.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from contracts.evidence.encoding import Json
from verifier.credential.pseudonym import is_pseudonym
from verifier.eligibility.credential_types import REFERENCE_DATE_CLAIM
from verifier.eligibility.dates import korean_day
from verifier.eligibility.errors import FactsError, OutcomeError
from verifier.eligibility.facts import VerifiedClaims
from verifier.eligibility.policy import PolicyRound, Pseudonym, RoundRule, SamePersonProof
from verifier.eligibility.predicates import Truth
from verifier.eligibility.reasons import (
    CODE_OF_RESULT,
    CONDITION_HOLDS,
    PERIOD_HOLDS,
    REASONS,
    reason,
)
from verifier.eligibility.sourcing import Sourcing
from verifier.eligibility.wording import Bilingual

_ERROR_CODE: Final = re.compile(r"[a-z][a-z0-9_.-]{0,118}")

NOTHING_REFUSED: Final[Mapping[str, str]] = MappingProxyType({})


class Outcome(StrEnum):
    """What the findings together amount to."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    CANNOT_VERIFY = "cannot_verify"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one rule.

    Attributes:
        rule_id: the rule, or one of the conditions common to all credentials.
        code: why, as a stable code: ``holds``, ``does_not_hold``, or what was in the way.
        requirement: the rule as a sentence.
        reason: the finding as a sentence, without any personal data.
        sources: the legal or public sources of the rule and its values, with their marks.
    """

    rule_id: str
    predicate: str
    result: Truth
    code: str
    requirement: Bilingual
    reason: Bilingual
    sources: tuple[Bilingual, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All findings on one application."""

    service_id: str
    round_id: str
    policy_digest: bytes
    application_date: date
    findings: tuple[Finding, ...]

    @property
    def outcome(self) -> Outcome:
        """The outcome that follows from the findings."""
        return outcome_of(self.findings)


def outcome_of(findings: Sequence[Finding]) -> Outcome:
    """Any failure: not eligible; else anything unverified: cannot verify; else eligible.

    Raises:
        OutcomeError: there are no findings; nobody is eligible by the absence of rules.
    """
    results = {finding.result for finding in findings}
    if not results:
        raise OutcomeError("no findings, no outcome")
    if Truth.FAIL in results:
        return Outcome.NOT_ELIGIBLE
    return Outcome.CANNOT_VERIFY if Truth.CANNOT_VERIFY in results else Outcome.ELIGIBLE


def evaluate(
    policy: PolicyRound,
    facts: Sequence[VerifiedClaims],
    application_date: date,
    *,
    refused: Mapping[str, str] = NOTHING_REFUSED,
) -> Evaluation:
    """Apply the rules of a round to what was verified.

    Args:
        policy: the round's rules.
        facts: at most one per credential type of the round, each from a verified presentation.
        application_date: Korean calendar day on which the application was received; age,
            residence and periods are judged on it.
        refused: for credential types whose presentation did not verify, the error's stable code
            by ``vct``; it goes into the reason.

    Returns:
        One finding per condition and rule, in a fixed order.

    Raises:
        FactsError: two facts of one type, a type that the round does not ask for, one that is
            both verified and refused, or a refusal that is no stable error code.

    Not checked: anything about signatures, issuers, status or time; ``facts`` vouches for it.
    """
    given = _by_vct(policy, facts, refused)
    obstacles = _obstacles(policy, given, refused, application_date)
    findings = (
        _period(policy, application_date),
        *_freshness(policy, given),
        *_one_person(policy, given),
        *_pseudonym(policy, given),
        *(_judge(rule, given, obstacles) for rule in policy.rules),
    )
    return Evaluation(
        policy.service.id, policy.round.id, policy.service.digest, application_date, findings
    )


def _by_vct(
    policy: PolicyRound, facts: Sequence[VerifiedClaims], refused: Mapping[str, str]
) -> dict[str, VerifiedClaims]:
    given = {entry.vct: entry for entry in facts}
    asked = {kind.vct for kind in policy.credentials}
    if len(given) != len(facts):
        raise FactsError("two presentations of one credential type")
    if not (given.keys() | refused.keys()) <= asked:
        raise FactsError("a credential type that this round does not ask for")
    if given.keys() & refused.keys():
        raise FactsError("a presentation that is both verified and refused")
    if any(code in REASONS or not _ERROR_CODE.fullmatch(code) for code in refused.values()):
        raise FactsError("a refusal that is no stable error code")
    return given


def _obstacles(
    policy: PolicyRound,
    given: Mapping[str, VerifiedClaims],
    refused: Mapping[str, str],
    application_date: date,
) -> dict[str, str]:
    """For each vct that decides nothing, the code of why."""
    found = {kind.vct: "missing" for kind in policy.credentials if kind.vct not in given}
    found |= refused
    if not _shown_to_be_one_person(policy, given):
        return found | dict.fromkeys(given, "not_one_person")
    for vct, entry in given.items():
        if code := _obstacle(policy, entry, application_date):
            found[vct] = code
    return found


def _obstacle(policy: PolicyRound, entry: VerifiedClaims, application_date: date) -> str:
    conditions = policy.service.conditions
    issued_on = korean_day(entry.issued_at)
    if conditions.issued_since_notice.value and issued_on < policy.round.notice.value:
        return "issued_before_notice"
    if conditions.attested_on_application_date.value:
        if entry.claims.get(REFERENCE_DATE_CLAIM) != application_date.isoformat():
            return "other_reference_date"
        if issued_on < application_date:
            return "attested_in_advance"
    return ""


def _shown_to_be_one_person(policy: PolicyRound, given: Mapping[str, VerifiedClaims]) -> bool:
    entries = list(given.values())
    accepted = policy.service.conditions.one_person.value
    if len(entries) == 1:
        return True
    persons = {entry.person for entry in entries}
    if len(persons - {None}) > 1:  # Two people may share a wallet's key.
        return False
    if SamePersonProof.SAME_KEY in accepted and len({e.holder_key for e in entries}) == 1:
        return True
    return SamePersonProof.PERSON_CLAIM in accepted and len(persons) == 1 and None not in persons


def _judge(
    rule: RoundRule, given: Mapping[str, VerifiedClaims], obstacles: Mapping[str, str]
) -> Finding:
    code = obstacles.get(rule.credential.vct, "")
    result = Truth.CANNOT_VERIFY
    if not code:
        claims = given[rule.credential.vct].claims
        if rule.claim.name in claims:
            result = rule.predicate.judge(claims[rule.claim.name], rule.parameters)
            code = CODE_OF_RESULT[result]
        else:
            code = "claim_not_disclosed"
    return Finding(
        rule_id=rule.id,
        predicate=rule.predicate.name,
        result=result,
        code=code,
        requirement=rule.requirement,
        reason=reason(code),
        sources=_cited(*rule.sourcings),
    )


def _period(policy: PolicyRound, application_date: date) -> Finding:
    opens, closes = policy.round.opens, policy.round.closes
    inside = opens.value <= application_date <= closes.value
    code = CODE_OF_RESULT[Truth.PASS if inside else Truth.FAIL]
    return Finding(
        rule_id="application-period",
        predicate="applied_between",
        result=Truth.PASS if inside else Truth.FAIL,
        code=code,
        requirement=Bilingual(
            f"{opens.value}부터 {closes.value}까지 신청해야 합니다.",
            f"You must apply from {opens.value} to {closes.value}, both included.",
        ),
        reason=PERIOD_HOLDS[inside],
        sources=_cited(opens.sourcing, closes.sourcing),
    )


def _freshness(policy: PolicyRound, given: Mapping[str, VerifiedClaims]) -> list[Finding]:
    condition = policy.service.conditions.issued_since_notice
    if not condition.value:
        return []
    notice = policy.round.notice
    fresh = all(korean_day(entry.issued_at) >= notice.value for entry in given.values())
    code = "holds" if given and fresh else "issued_before_notice" if given else "missing"
    requirement = Bilingual(
        f"증명은 공고일({notice.value}) 이후에 발급된 것이어야 합니다.",
        f"Credentials must have been issued on or after the day of the notice ({notice.value}).",
    )
    sources = _cited(condition.sourcing, notice.sourcing)
    return [_condition("issued-since-notice", "issued_since", code, requirement, sources)]


def _one_person(policy: PolicyRound, given: Mapping[str, VerifiedClaims]) -> list[Finding]:
    if len(policy.credentials) == 1:
        return []
    shown = _shown_to_be_one_person(policy, given)
    code = "missing" if not given else "holds" if shown else "not_one_person"
    requirement = Bilingual(
        "모든 증명이 한 사람의 것이어야 합니다.", "All credentials must belong to one person."
    )
    sources = _cited(policy.service.conditions.one_person.sourcing)
    return [_condition("one-person", "one_person", code, requirement, sources)]


def _pseudonym(policy: PolicyRound, given: Mapping[str, VerifiedClaims]) -> list[Finding]:
    known = policy.pseudonym
    vcts = [kind.vct for kind in policy.credentials if known.claim in kind.claims]
    holders = [given[vct].claims for vct in vcts if vct in given]
    codes = {_known_code(claims, known) for claims in holders} or {"missing"}
    code = next(code for code in _WORST_FIRST if code in codes)
    requirement = Bilingual(
        "한 사람은 한 번만 참여할 수 있습니다. 이 확인값은 다시 발급받아도 같습니다.",
        "Everybody takes part once. The value that shows it stays the same when issued again.",
    )
    cited = _cited(policy.service.conditions.pseudonym.sourcing)
    return [_condition("once", "pseudonym_shown", code, requirement, cited)]


_WORST_FIRST: Final = ("claim_malformed", "other_scope", "claim_not_disclosed", "missing", "holds")


def _known_code(claims: Mapping[str, Json], known: Pseudonym) -> str:
    """What a credential's value shows: it has the form, and was made for this round's scope."""
    if not {known.claim, known.scope_claim} <= claims.keys():
        return "claim_not_disclosed"
    if not is_pseudonym(claims[known.claim]):
        return "claim_malformed"
    return "holds" if claims[known.scope_claim] == known.scope else "other_scope"


def _condition(
    rule_id: str,
    predicate: str,
    code: str,
    requirement: Bilingual,
    sources: tuple[Bilingual, ...],
) -> Finding:
    """A condition that holds or cannot be verified; it never makes anybody ineligible."""
    result = Truth.PASS if code == "holds" else Truth.CANNOT_VERIFY
    words = CONDITION_HOLDS if code == "holds" else reason(code)
    return Finding(rule_id, predicate, result, code, requirement, words, sources)


def _cited(*sourcings: Sourcing) -> tuple[Bilingual, ...]:
    return tuple(
        Bilingual(f"[{s.mark}] {s.text.ko}", f"[{s.mark}] {s.text.en}")
        for s in dict.fromkeys(sourcings)
    )
