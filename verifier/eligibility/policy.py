"""A service as dated rules, and the policy of one of its rounds.

``service_file.parse_service`` turns a file into a ``Service``; ``bind_round`` picks the versions in
force on the day of the round's notice and ties each to the claim that attests it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from verifier.eligibility.credential_types import (
    PERSON_CLAIM,
    SCOPE_CLAIMS,
    ClaimType,
    CredentialType,
)
from verifier.eligibility.errors import ClaimMismatchError, RuleDatesError, UnknownServiceError
from verifier.eligibility.predicates import Parameters, Predicate, Scalar
from verifier.eligibility.sourcing import Sourced, Sourcing
from verifier.eligibility.wording import Bilingual


class SamePersonProof(StrEnum):
    """How several credentials may be shown to belong to one person."""

    SAME_KEY = "same_key"
    PERSON_CLAIM = "person_claim"


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A rule as it stands for notices from ``applies_from`` to ``until``, both included."""

    applies_from: date
    until: date | None
    predicate: Predicate
    credential_id: str
    claim_name: str
    basis: Sourcing
    parameters: Mapping[str, Sourced[Scalar]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule through the years; its versions never overlap."""

    id: str
    title: Bilingual
    versions: tuple[RuleVersion, ...]


@dataclass(frozen=True, slots=True)
class OverQuotaOrder:
    """Who comes first in a round with more eligible applicants than places.

    ``credential_id`` and ``claim_name`` name the claim that applicants are ordered by, low first.
    Both are empty where officers order by other papers.
    """

    applies_from: date
    until: date | None
    order: Sourced[Bilingual]
    credential_id: str = ""
    claim_name: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """A round of applications; all three days are Korean calendar days, the period inclusive."""

    id: str
    title: Bilingual
    notice: Sourced[date]
    opens: Sourced[date]
    closes: Sourced[date]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What holds for all credentials of an application together.

    ``accept_pending_anchor`` goes into the verifier's policy: whether a credential counts before
    its log is anchored. ``pseudonym`` names the claim of 32 bytes that must be shown, so that
    nobody takes part twice in a round: ``person``, or ``voter`` for a series of polls.
    """

    issued_since_notice: Sourced[bool]
    attested_on_application_date: Sourced[bool]
    one_person: Sourced[tuple[SamePersonProof, ...]]
    accept_pending_anchor: Sourced[bool]
    pseudonym: Sourced[str]


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """By what claim a round knows a person again, and what its value must have been made for."""

    claim: str
    scope_claim: str
    scope: str


@dataclass(frozen=True, slots=True)
class Payment:
    """What is granted: an amount a month, and for how many months at most."""

    amount: Sourced[int]
    at_most: Sourced[int]


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that the service keeps to, as copies a day or hours to a delivery."""

    id: str
    label: Bilingual
    at: Sourced[int]


@dataclass(frozen=True, slots=True)
class Stop:
    """Something at which the service stops, whatever was shown, and leaves it to an officer."""

    id: str
    notice: Sourced[Bilingual]


@dataclass(frozen=True, slots=True)
class Objection:
    """Days to object, to decide on the objection, and by which that may be extended once."""

    file_within: Sourced[int]
    decided_within: Sourced[int]
    extended_by: Sourced[int]


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the catalogue; ``digest`` pins every value of its file."""

    id: str
    title: Bilingual
    summary: Bilingual
    agency: Bilingual
    purpose: Sourced[Bilingual]
    rounds: Mapping[str, Round]
    conditions: Conditions
    rules: tuple[Rule, ...]
    over_quota: tuple[OverQuotaOrder, ...]
    payment: Payment | None
    limits: tuple[Limit, ...]
    stops: tuple[Stop, ...]
    decided_by: Sourced[Bilingual]
    objection: Objection
    digest: bytes


@dataclass(frozen=True, slots=True)
class RoundRule:
    """A rule in force in one round, tied to the claim that attests it."""

    id: str
    title: Bilingual
    predicate: Predicate
    parameters: Parameters
    credential: CredentialType
    claim: ClaimType
    sourcings: tuple[Sourcing, ...]

    @property
    def requirement(self) -> Bilingual:
        """The rule as a sentence for the citizen."""
        return self.predicate.requirement(self.parameters)


@dataclass(frozen=True, slots=True)
class PolicyRound:
    """What an application in one round is judged by; made by ``bind_round`` only."""

    service: Service
    round: Round
    rules: tuple[RoundRule, ...]
    over_quota: tuple[OverQuotaOrder, ...]

    @property
    def credentials(self) -> tuple[CredentialType, ...]:
        """The kinds of credential that the rules rely on, each once, in the order of the rules."""
        return tuple({rule.credential.id: rule.credential for rule in self.rules}.values())

    @property
    def pseudonym(self) -> Pseudonym:
        """By what a person is known again; the scope of ``voter`` is the credential type's series.

        Nobody who applies or issues chooses it.
        """
        name = self.service.conditions.pseudonym.value
        series = (k.claims[name].series for k in self.credentials if name in k.claims)
        scope = self.service.id if name == PERSON_CLAIM else next(series)
        return Pseudonym(name, SCOPE_CLAIMS[name], scope)


def bind_round(service: Service, round_id: str, types: Mapping[str, CredentialType]) -> PolicyRound:
    """The policy of a round: the versions in force on the day of its notice.

    Raises:
        UnknownServiceError: the service has no such round.
        RuleDatesError: no rule at all is in force on that day.
        ClaimMismatchError: a rule's credential or claim does not exist, or attests another
            statement or other parameters than the rule's; or the claim of the order over quota or
            of the pseudonym does not exist.
    """
    if round_id not in service.rounds:
        raise UnknownServiceError(f"{service.id} has no round {round_id!r}")
    chosen = service.rounds[round_id]
    day = chosen.notice.value
    rules = tuple(
        _bind(rule, version, types)
        for rule in service.rules
        for version in _in_force(rule.versions, day)
    )
    if not rules:
        raise RuleDatesError(f"{service.id}: no rule is in force on {day}")
    orders = tuple(_in_force(service.over_quota, day))
    for order in orders:
        _check_order(order, rules)
    policy = PolicyRound(service, chosen, rules, orders)
    _check_pseudonym(policy)
    return policy


def _check_order(order: OverQuotaOrder, rules: Sequence[RoundRule]) -> None:
    """The order's claim must be one of a credential that is asked for anyway."""
    claims = {rule.credential.id: rule.credential.claims for rule in rules}
    if order.claim_name and order.claim_name not in claims.get(order.credential_id, {}):
        raise ClaimMismatchError(f"over quota: {order.credential_id} has no {order.claim_name}")


def _check_pseudonym(policy: PolicyRound) -> None:
    name = policy.service.conditions.pseudonym.value
    holders = [kind for kind in policy.credentials if name in kind.claims]
    if name == PERSON_CLAIM and len(holders) < len(policy.credentials):
        raise ClaimMismatchError(f"a credential of the round has no {name}")
    if name != PERSON_CLAIM and len(holders) != 1:
        raise ClaimMismatchError(f"not one credential of the round holds {name}")


def _bind(rule: Rule, version: RuleVersion, types: Mapping[str, CredentialType]) -> RoundRule:
    credential = types.get(version.credential_id)
    claim = credential.claims.get(version.claim_name) if credential else None
    if credential is None or claim is None:
        raise ClaimMismatchError(
            f"rule {rule.id}: no claim {version.claim_name} in {version.credential_id}"
        )
    parameters = {name: value.value for name, value in version.parameters.items()}
    attested = parameters if version.predicate.attested_with_parameters else {}
    if claim.statement != version.predicate.statement or claim.parameters != attested:
        raise ClaimMismatchError(f"rule {rule.id}: claim {claim.name} attests something else")
    behind = (version.basis, *(value.sourcing for value in version.parameters.values()))
    return RoundRule(
        id=rule.id,
        title=rule.title,
        predicate=version.predicate,
        parameters=parameters,
        credential=credential,
        claim=claim,
        sourcings=tuple(dict.fromkeys(behind)),
    )


class Dated(Protocol):
    """Anything that applies from one day to another, both included, or without an end."""

    @property
    def applies_from(self) -> date:
        """The first day."""

    @property
    def until(self) -> date | None:
        """The last day, or None without an end."""


_D = TypeVar("_D", bound=Dated)


def _in_force(entries: Sequence[_D], day: date) -> list[_D]:
    return [
        entry
        for entry in entries
        if entry.applies_from <= day and (entry.until is None or day <= entry.until)
    ]
