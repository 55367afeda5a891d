"""What is asked of a wallet for a service's rules: the queries, and nothing more."""

from collections.abc import Mapping
from typing import Final

from verifier.credential.request import CredentialQuery, PseudonymQuery
from verifier.eligibility.disclosure import PlannedCredential, plan
from verifier.eligibility.policy import PolicyRound

NOBODY: Final = "urn:dojang:nobody"
"""An issuer that no registry knows."""


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


def _pseudonym(policy: PolicyRound, entry: PlannedCredential, issuer: str) -> PseudonymQuery | None:
    known = policy.pseudonym
    if known.claim not in entry.credential.claims:
        return None
    return PseudonymQuery(known.claim, known.scope_claim, known.scope, issuer)
