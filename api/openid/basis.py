"""What stands behind an answer that was checked: who, by which copies, and how to judge it again.

It is made while the presentation is there, and sealed beside its outcome. Nobody's value is in it:
a person is a digest under the round's own secret, and once that is erased nothing can be joined.
"""

import hmac
import json
from dataclasses import dataclass
from typing import Final

from api.openid.office_secrets import OfficeSecrets
from api.openid.scope_secrets import Scope, ScopeErasedError, ScopeSecrets, seal, unseal
from api.ports.proposals import SpentCopy
from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, parse_hash, parse_json, tagged_hash
from contracts.evidence.errors import EncodingError
from verifier.check import CheckedAnswer
from verifier.credential.credential_evidence import CredentialEvidence, read_evidence
from verifier.eligibility.policy import PolicyRound

COPIES: Final = "spent-copies"
MAX_CREDENTIALS: Final = 16
_TAG: Final = "dojang-basis-v1/"


@dataclass(frozen=True, slots=True)
class Basis:
    """What an application claims by an answer, and what its credentials are judged by again.

    Args:
        persons: digests under the round's secret; None where that was erased: the round is over.
        copies: of the credentials that were believed.
        evidence: of the same.
    """

    persons: tuple[bytes, ...] | None
    copies: tuple[SpentCopy, ...]
    evidence: tuple[CredentialEvidence, ...]


def basis_of(checked: CheckedAnswer, policy: PolicyRound, secrets: ScopeSecrets) -> Basis:
    """The basis of an answer, in the transaction that keeps it.

    Args:
        checked: the answer; only what was believed counts.
        policy: of the round that was asked for.
        secrets: where the round's secret is; it is made by the first answer.
    """
    evidence = tuple(credential.evidence for credential in checked.verified)
    key = secrets.office.of(COPIES)
    copies = tuple(SpentCopy(_mac(key, "copy", one.leaf), one.expires) for one in evidence)
    return Basis(_persons(checked, policy, secrets), copies, evidence)


def round_name(service: str, round_id: str) -> str:
    """Under what a round's secret is kept."""
    return f"{service}/{round_id}"


def _persons(
    checked: CheckedAnswer, policy: PolicyRound, secrets: ScopeSecrets
) -> tuple[bytes, ...] | None:
    claim = policy.pseudonym.claim
    values = {str(fact.claims[claim]) for fact in checked.facts if claim in fact.claims}
    name = round_name(policy.service.id, policy.round.id)
    try:
        key = secrets.of(Scope.ROUND, name)
    except ScopeErasedError:
        return None
    return tuple(sorted(_mac(key, "person", value.encode()) for value in values))


def _mac(key: bytes, use: str, data: bytes) -> bytes:
    return hmac.digest(key, tagged_hash(_TAG + use, data), "sha256")


def seal_basis(basis: Basis, request: str, secrets: ScopeSecrets) -> bytes:
    """Sealed for one request: nobody can pass one off as another's."""
    persons: Json = None
    if basis.persons is not None:
        persons = [person.hex() for person in basis.persons]
    credentials: list[Json] = [
        {**one.as_json(), "copy": copy.digest.hex()}
        for one, copy in zip(basis.evidence, basis.copies, strict=True)
    ]
    document = json.dumps({"persons": persons, "credentials": credentials}).encode()
    return seal(secrets.office, _place(request), document, secrets.rng)


def open_basis(office: OfficeSecrets, request: str, sealed: bytes) -> Basis:
    """What ``seal_basis`` sealed.

    Raises:
        SealError: another request, another master secret, or damaged.
        EncodingError: another version's.
    """
    part = Document.of(parse_json(unseal(office, _place(request), sealed)), "basis")
    told = part.take("persons")
    persons = None if told is None else tuple(parse_hash(_text(value)) for value in _list(told))
    found = [_credential(value) for value in part.values("credentials", MAX_CREDENTIALS)]
    part.close()
    return Basis(persons, tuple(copy for copy, _ in found), tuple(one for _, one in found))


def _credential(value: Json) -> tuple[SpentCopy, CredentialEvidence]:
    if not isinstance(value, dict) or "copy" not in value:
        raise EncodingError("a credential of a basis names its copy")
    told = dict(value)
    digest = parse_hash(_text(told.pop("copy")))
    evidence = read_evidence(told)
    return SpentCopy(digest, evidence.expires), evidence


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise EncodingError("no list")
    return value


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise EncodingError("no text")
    return value


def _place(request: str) -> str:
    return f"answer/{request}"
