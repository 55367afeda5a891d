"""Believing a presentation: fixed, numbered stages from bytes to ``VerifiedPresentation``.

Everything is fetched before and nothing during verification. One precise error per check; the
numbers are those of ``verifier/SPEC.md``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final, Self

from contracts.evidence.encoding import Json, b64u_decode, evidence_hash
from verifier.credential.answering import check_answer, check_request
from verifier.credential.credential_evidence import CredentialEvidence, evidence_of
from verifier.credential.inclusion import LogPlace
from verifier.credential.key_binding import Challenge, Holder, check_key_binding
from verifier.credential.keys import thumbprint
from verifier.credential.profile import PROTECTED_CLAIMS
from verifier.credential.pseudonym import is_pseudonym
from verifier.credential.request import CredentialQuery, PresentationRequest
from verifier.credential.sdjwt import SdJwt
from verifier.credential.standing import Believed, PersonProof, Policy, Standing
from verifier.credential.status import Status, StatusReference, parse_status_claim
from verifier.credential.trust import Issuance, TrustMaterial
from verifier.credential.validity import numeric_date
from verifier.errors import NotOnePersonError, ReplayedError, VerifierError

PERSON_CLAIM: Final = "person"
TECHNICAL_CLAIMS: Final = PROTECTED_CLAIMS | {"iat"}
"""Claims about the credential, not about the person: kept out of what rules are applied to."""


@dataclass(frozen=True, slots=True)
class VerifiedCredential:
    """A credential that passed every check at the moment of verification.

    ``claims`` holds what was disclosed about the person and nothing else. ``status`` is None if
    the credential has none and the policy allows that. ``issued`` and its ``checkpoint`` are the
    chain's, see ``Issuance``. ``evidence`` is what it can be judged by again (``Standing``).
    """

    query: str
    vct: str
    issuer: str
    claims: Mapping[str, Json]
    issued: datetime
    expires: datetime
    status: Status | None
    issuance: Issuance
    place: LogPlace
    holder: bytes
    person: bytes | None
    presentation_hash: bytes
    evidence: CredentialEvidence

    @property
    def holder_thumbprint(self) -> bytes:
        """The RFC 7638 thumbprint of the holder's key, 32 bytes."""
        return b64u_decode(thumbprint(self.holder))


@dataclass(frozen=True, slots=True)
class VerifiedPresentation:
    """The answer to one request, by one person. Burn ``replay_key`` before acting on it."""

    request: str
    credentials: tuple[VerifiedCredential, ...]
    person_proof: PersonProof | None
    replay_key: bytes
    presentation_hash: bytes
    verified_at: datetime

    def credential(self, query: str) -> VerifiedCredential:
        """The credential that answers a query of the request.

        Raises:
            KeyError: the request had no such query.
        """
        return {entry.query: entry for entry in self.credentials}[query]


@dataclass(frozen=True, slots=True)
class BurntNonces:
    """Answered requests as a value, for checks of a whole file at once."""

    keys: frozenset[bytes] = frozenset()

    def burn(self, replay_key: bytes) -> Self:
        """The set with a replay key added.

        Raises:
            ReplayedError: it is there already (C-59).
        """
        if replay_key in self.keys:
            raise ReplayedError("the request was answered before")
        return type(self)(self.keys | {replay_key})


@dataclass(frozen=True, slots=True)
class Examined:
    """What became of one credential of an answer."""

    query: CredentialQuery
    result: VerifiedCredential | VerifierError

    def believed(self) -> VerifiedCredential:
        """The credential.

        Raises:
            VerifierError: the first check that failed.
        """
        if isinstance(self.result, VerifierError):
            raise self.result
        return self.result


@dataclass(frozen=True, slots=True)
class Examination:
    """What one answer is examined under: its request, and by what each credential is judged.

    ``shown`` is when the answer came, where that is earlier than ``standing.at``: the request and
    the holder's binding are judged by it, and all else by ``standing.at``. The one examination:
    ``verify``, the report and ``verifier.check`` are views of it.
    """

    request: PresentationRequest
    standing: Standing
    shown: datetime

    @classmethod
    def of(
        cls,
        request: PresentationRequest,
        material: TrustMaterial,
        at: datetime,
        policy: Policy,
        shown: datetime | None = None,
    ) -> Self:
        """The examination of an answer that came now, or earlier."""
        return cls(request, Standing(material, at, policy), shown or at)

    def check_request(self, answers: Mapping[str, Sequence[str]]) -> None:
        """Stage 1: the request was open, and each query has its one answer (C-54, C-55).

        Raises:
            AnswerError: it was not, or has not.
        """
        check_request(answers, self.request, self.shown)

    def each(self, answers: Mapping[str, Sequence[str]]) -> Iterator[Examined]:
        """Stages 2 to 9 for each query that has one answer, in the request's order."""
        for query in self.request.queries:
            texts = answers.get(query.id, ())
            if len(texts) == 1:
                yield Examined(query, self._result(texts[0], query))

    def _result(self, text: str, query: CredentialQuery) -> VerifiedCredential | VerifierError:
        try:
            return self._examine(text, query)
        except VerifierError as error:
            return error

    def _examine(self, text: str, query: CredentialQuery) -> VerifiedCredential:
        believed = self.standing.believe(text, self._check_holder)
        check_answer(believed.claims, query)  # stage 9: C-56, C-57, C-63 to C-65
        return _verified(believed, query, evidence_hash("presentation", text.encode("ascii")))

    def _check_holder(self, presentation: SdJwt, claims: dict[str, Json]) -> Holder:
        window = self.standing.policy.key_binding_window
        challenge = Challenge(self.request.nonce, self.request.audience, window)
        return check_key_binding(
            presentation.key_binding, presentation.presented, claims, challenge, self.shown
        )


def _verified(
    believed: Believed[Holder], query: CredentialQuery, presentation_hash: bytes
) -> VerifiedCredential:
    claims, issuance = believed.claims, believed.issuance
    kept = evidence_of(believed.presentation, claims, believed.place)
    return VerifiedCredential(
        query=query.id,
        vct=query.vct,
        issuer=str(claims["iss"]),
        claims=_about_the_person(claims),
        issued=issuance.time,
        expires=datetime.fromtimestamp(numeric_date(claims, "exp"), UTC),
        status=believed.status,
        issuance=issuance,
        place=believed.place,
        holder=believed.holder.point,
        person=_person(claims),
        presentation_hash=presentation_hash,
        evidence=replace(kept, status=_reference(claims)),
    )


def verify(
    answers: Mapping[str, Sequence[str]],
    request: PresentationRequest,
    material: TrustMaterial,
    at: datetime,
    policy: Policy,
) -> VerifiedPresentation:
    """Verify the answer to a request.

    Args:
        answers: for each query's id, its presentations: exactly one SD-JWT+KB.
        request: what was asked; its nonce and audience must be answered by every credential.
        material: the trust snapshot and fetched evidence, assembled.
        at: the moment of use, aware.
        policy: what this verifier insists on.

    Raises:
        RejectedError: a check found something wrong.
        UndeterminedError: something could not be checked; neither believed nor called wrong.

    Not checked: whether the request was answered before. The caller burns ``replay_key``.
    """
    examination = Examination.of(request, material, at, policy)
    examination.check_request(answers)
    verified = tuple(one.believed() for one in examination.each(answers))
    hashes = [credential.presentation_hash for credential in verified]
    return VerifiedPresentation(
        request=request.id,
        credentials=verified,
        person_proof=prove_one_person(verified, policy),
        replay_key=request.replay_key(),
        presentation_hash=evidence_hash("presentations", *hashes),
        verified_at=at,
    )


def prove_one_person(
    credentials: Sequence[VerifiedCredential], policy: Policy
) -> PersonProof | None:
    """Stage 10: several credentials are shown to be about one person (C-58).

    Returns:
        The proof that holds for all of them; None for a single credential, which needs none.

    Raises:
        NotOnePersonError: no accepted proof holds, or the credentials name different persons,
            whatever the keys: two people may share a wallet. They are never merged then.
    """
    if len(credentials) == 1:
        return None
    holders = {credential.holder for credential in credentials}
    persons = {credential.person for credential in credentials}
    if len(persons - {None}) > 1:
        raise NotOnePersonError("the credentials name different persons")
    if PersonProof.SAME_KEY in policy.person_proofs and len(holders) == 1:
        return PersonProof.SAME_KEY
    by_claim = PersonProof.PERSON_CLAIM in policy.person_proofs
    if by_claim and len(persons) == 1 and None not in persons:
        return PersonProof.PERSON_CLAIM
    raise NotOnePersonError("the credentials are not shown to be about one person")


def _reference(claims: dict[str, Json]) -> StatusReference | None:
    return parse_status_claim(claims["status"]) if "status" in claims else None


def _about_the_person(claims: dict[str, Json]) -> Mapping[str, Json]:
    return MappingProxyType(
        {name: value for name, value in claims.items() if name not in TECHNICAL_CLAIMS}
    )


def _person(claims: dict[str, Json]) -> bytes | None:
    """The ``person`` claim: 32 bytes in base64url. Any other value shows nothing."""
    value = claims.get(PERSON_CLAIM)
    return b64u_decode(value) if isinstance(value, str) and is_pseudonym(value) else None
