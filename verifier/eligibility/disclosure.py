"""What an agency asks for: the claims that the rules of a round need, and nothing more.

The query language is DCQL of OpenID for Verifiable Presentations 1.0, section 6.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.evidence.encoding import Json
from verifier.eligibility.credential_types import (
    PERSON_CLAIM,
    REFERENCE_DATE_CLAIM,
    ClaimType,
    CredentialType,
)
from verifier.eligibility.errors import ClaimMismatchError
from verifier.eligibility.facts import VerifiedClaims
from verifier.eligibility.policy import PolicyRound, SamePersonProof
from verifier.eligibility.sourcing import Sourcing
from verifier.eligibility.wording import Bilingual, Language


@dataclass(frozen=True, slots=True)
class PlannedClaim:
    """A claim that is asked for, and why: the rules that need it and their sources.

    ``values`` are those that would do; empty for any.
    """

    claim: ClaimType
    needed_for: tuple[Bilingual, ...]
    sourcings: tuple[Sourcing, ...]
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedCredential:
    """A kind of credential with the claims asked for, in the order of the rules."""

    credential: CredentialType
    claims: tuple[PlannedClaim, ...]

    @property
    def not_asked(self) -> tuple[ClaimType, ...]:
        """Claims that such a credential can carry and that stay with the holder."""
        asked = {planned.claim.name for planned in self.claims}
        return tuple(c for name, c in self.credential.claims.items() if name not in asked)


@dataclass(frozen=True, slots=True)
class DisclosurePlan:
    """All that is asked of an applicant in one round."""

    service_title: Bilingual
    agency: Bilingual
    purpose: Bilingual
    credentials: tuple[PlannedCredential, ...]

    def to_dcql(self, application_date: date | None = None) -> dict[str, Json]:
        """The ``dcql_query`` of an OpenID4VP request; all its credentials are required.

        Args:
            application_date: if given, a wallet with credentials of several days can pick the
                right one: the always visible reference date must be this day.
        """
        return {"credentials": [_query(entry, application_date) for entry in self.credentials]}

    def text(self, lang: Language) -> str:
        """What is asked, why, and what is not asked, for the page where the citizen consents."""
        return "\n".join(_text_lines(self, lang))


@dataclass(frozen=True, slots=True)
class Learned:
    """What an agency learned from one credential, and what it did not."""

    credential: CredentialType
    learned: tuple[Bilingual, ...]
    not_learned: tuple[Bilingual, ...]


def plan(policy: PolicyRound, *, over_quota: bool = False) -> DisclosurePlan:
    """The least disclosure that lets the rules of a round be evaluated.

    Args:
        policy: the round.
        over_quota: whether the round has more eligible applicants than places. Only then is the
            claim asked for by which they are ordered.

    The claim by which a round knows a person again is asked for with the claim that says what it
    was made for; ``person`` as well if several credentials are needed and the service accepts it
    as proof that they belong to one person.

    Raises:
        ClaimMismatchError: ``person`` would be needed of a credential type that has none.
    """
    conditions = policy.service.conditions
    with_person = (
        len(policy.credentials) > 1
        and conditions.pseudonym.value != PERSON_CLAIM
        and SamePersonProof.PERSON_CLAIM in conditions.one_person.value
    )
    return DisclosurePlan(
        policy.service.title,
        policy.service.agency,
        policy.service.purpose.value,
        tuple(
            _planned(
                policy,
                kind,
                [
                    *(_ranking(policy, kind) if over_quota else []),
                    *_pseudonym(policy, kind),
                    *(_person(policy, kind) if with_person else []),
                ],
            )
            for kind in policy.credentials
        ),
    )


def learned(asked: DisclosurePlan, facts: Sequence[VerifiedClaims]) -> tuple[Learned, ...]:
    """What the agency saw and did not see of each credential, by what was in fact disclosed."""
    given = {entry.vct: entry.claims for entry in facts}
    return tuple(
        _learned(entry.credential, given.get(entry.credential.vct, {}))
        for entry in asked.credentials
    )


def _planned(
    policy: PolicyRound, kind: CredentialType, more: Sequence[PlannedClaim]
) -> PlannedCredential:
    rules = [rule for rule in policy.rules if rule.credential.id == kind.id]
    claims = [
        PlannedClaim(
            claim,
            tuple(rule.title for rule in rules if rule.claim is claim),
            tuple(s for rule in rules if rule.claim is claim for s in rule.sourcings),
        )
        for claim in {rule.claim.name: rule.claim for rule in rules}.values()
    ]
    return PlannedCredential(kind, (*claims, *more))


def _person(policy: PolicyRound, kind: CredentialType) -> list[PlannedClaim]:
    if PERSON_CLAIM not in kind.claims:
        raise ClaimMismatchError(f"{kind.id} has no claim {PERSON_CLAIM}")
    why = Bilingual("여러 증명이 한 사람의 것인지 확인", "showing that all belong to one person")
    sourcing = policy.service.conditions.one_person.sourcing
    return [PlannedClaim(kind.claims[PERSON_CLAIM], (why,), (sourcing,))]


def _pseudonym(policy: PolicyRound, kind: CredentialType) -> list[PlannedClaim]:
    asked, known = policy.service.conditions.pseudonym, policy.pseudonym
    if known.claim not in kind.claims:
        return []
    why = Bilingual(
        "한 사람이 두 번 참여하지 않았는지 확인", "showing that nobody takes part twice"
    )
    return [
        PlannedClaim(kind.claims[known.claim], (why,), (asked.sourcing,)),
        PlannedClaim(kind.claims[known.scope_claim], (why,), (asked.sourcing,), (known.scope,)),
    ]


def _ranking(policy: PolicyRound, kind: CredentialType) -> list[PlannedClaim]:
    why = Bilingual("선발 인원을 넘은 모집의 순서", "the order in a round over quota")
    return [
        PlannedClaim(kind.claims[order.claim_name], (why,), (order.order.sourcing,))
        for order in policy.over_quota
        if order.credential_id == kind.id
    ]


def _query(entry: PlannedCredential, application_date: date | None) -> dict[str, Json]:
    day: dict[str, Json] = {"path": [REFERENCE_DATE_CLAIM]}
    if application_date is not None:
        day["values"] = [application_date.isoformat()]
    claims: list[Json] = [_claim_query(planned) for planned in entry.claims]
    return {
        "id": entry.credential.id,
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [entry.credential.vct]},
        "claims": [day, *claims],
    }


def _claim_query(planned: PlannedClaim) -> Json:
    query: dict[str, Json] = {"path": [planned.claim.name]}
    if planned.values:
        query["values"] = list(planned.values)
    return query


def _learned(kind: CredentialType, claims: Mapping[str, Json]) -> Learned:
    seen = tuple(claim.label for name, claim in kind.claims.items() if name in claims)
    unseen = tuple(claim.label for name, claim in kind.claims.items() if name not in claims)
    return Learned(kind, seen, (*unseen, *kind.never_contains))


_TITLE = Bilingual("요청하는 기관", "Who asks")
_PURPOSE = Bilingual("목적", "Purpose")
_ASKED = Bilingual("요청", "asked")
_VISIBLE = Bilingual("모든 증명에서 항상 보임", "Always visible in every credential")
_NOT_ASKED = Bilingual("요청하지 않음", "not asked")
_NOT_CONTAINED = Bilingual("증명에 없음", "not in the credential")


def _text_lines(asked: DisclosurePlan, lang: Language) -> list[str]:
    lines = [
        f"{_TITLE.of(lang)}: {asked.agency.of(lang)}",
        f"{_PURPOSE.of(lang)}: {asked.purpose.of(lang)}",
    ]
    for entry in asked.credentials:
        kind = entry.credential
        lines += ["", f"{kind.title.of(lang)} ({kind.issuer.of(lang)})"]
        lines += [_claim_line(planned, lang) for planned in entry.claims]
        lines += [f"  - {_NOT_ASKED.of(lang)}: {claim.label.of(lang)}" for claim in entry.not_asked]
        lines += [f"  - {_NOT_CONTAINED.of(lang)}: {text.of(lang)}" for text in kind.never_contains]
    visible = asked.credentials[0].credential.always_disclosed.values()
    return [*lines, "", f"{_VISIBLE.of(lang)}: {', '.join(label.of(lang) for label in visible)}"]


def _claim_line(planned: PlannedClaim, lang: Language) -> str:
    reasons = ", ".join(title.of(lang) for title in planned.needed_for)
    sources = "; ".join(dict.fromkeys(cite(sourcing, lang) for sourcing in planned.sourcings))
    return f"  + {_ASKED.of(lang)}: {planned.claim.label.of(lang)} ← {reasons} ({sources})"


def cite(sourcing: Sourcing, lang: Language) -> str:
    """A source with its mark, as in ``[L] 행정기본법 제20조(자동적 처분)``."""
    return f"[{sourcing.mark}] {sourcing.text.of(lang)}"
