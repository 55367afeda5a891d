"""Believing a presentation: fixed, numbered stages from bytes to ``VerifiedPresentation``.

Everything is fetched before and nothing during verification. One precise error per check; the
numbers are those of ``verifier/SPEC.md``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol, Self

from contracts.evidence.encoding import Json, b64u_decode, evidence_hash
from contracts.evidence.snapshot import AnchoredCheckpoint
from verifier.credential.answering import check_answer, check_request
from verifier.credential.credential_evidence import CredentialEvidence, evidence_of
from verifier.credential.errors import ExpiredError, MissingClaimError
from verifier.credential.inclusion import LogPlace, parse_evidence_claim
from verifier.credential.key_binding import DEFAULT_WINDOW, Challenge, check_key_binding
from verifier.credential.keys import thumbprint
from verifier.credential.profile import PROTECTED_CLAIMS, check_profile, check_profile_type
from verifier.credential.pseudonym import is_pseudonym
from verifier.credential.request import CredentialQuery, PresentationRequest
from verifier.credential.sdjwt import SdJwt, parse_sd_jwt
from verifier.credential.status import Status, StatusReference, parse_status_claim
from verifier.credential.status_anchor import read_status
from verifier.credential.trust import Issuance, RegisteredKey, TrustMaterial, judge_issuance
from verifier.credential.validity import check_validity, numeric_date
from verifier.errors import (
    ApplicationStatusError,
    NotOnePersonError,
    PendingAnchorError,
    ReplayedError,
    RevokedError,
    SnapshotTooOldError,
    StatusClaimError,
    SuspendedError,
    VerifierError,
)

PERSON_CLAIM: Final = "person"
MAX_SNAPSHOT_AGE: Final = timedelta(days=1)
TECHNICAL_CLAIMS: Final = PROTECTED_CLAIMS | {"iat"}
"""Claims about the credential, not about the person: kept out of what rules are applied to."""


class PersonProof(StrEnum):
    """What shows that several credentials are about one person."""

    SAME_KEY = "same_key"
    PERSON_CLAIM = "person_claim"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the verifier insists on. The defaults are the strict ones.

    ``person_proofs`` may be empty: then no two credentials can ever be taken together.
    ``max_snapshot_age`` is how long before the moment of use the snapshot's head may lie; None
    takes a snapshot of any age, and with it what was revoked or withdrawn since.
    """

    key_binding_window: timedelta = DEFAULT_WINDOW
    accept_pending_anchor: bool = False
    require_status: bool = True
    max_snapshot_age: timedelta | None = MAX_SNAPSHOT_AGE
    person_proofs: frozenset[PersonProof] = frozenset(PersonProof)


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


class UsedNonces(Protocol):
    """Where answered requests are remembered until they expire. Burning must be atomic."""

    def burn(self, replay_key: bytes, until: datetime) -> None:
        """Remember a 32-byte replay key at least until then (C-59).

        Raises:
            ReplayedError: it was burnt before.
        """


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
    check_request(answers, request, at)
    challenge = Challenge(request.nonce, request.audience, policy.key_binding_window)
    examination = Examination(challenge, material, at, policy)
    verified = tuple(examination.examine(answers[query.id][0], query) for query in request.queries)
    hashes = [credential.presentation_hash for credential in verified]
    return VerifiedPresentation(
        request=request.id,
        credentials=verified,
        person_proof=prove_one_person(verified, policy),
        replay_key=request.replay_key(),
        presentation_hash=evidence_hash("presentations", *hashes),
        verified_at=at,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What a credential is worth by itself, whoever shows it: trust, moment and policy."""

    material: TrustMaterial
    at: datetime
    policy: Policy

    def issuer_key(self, presentation: SdJwt) -> RegisteredKey:
        """The registered key that signed the token (C-36, C-37, C-09).

        Raises:
            RejectedError: unknown issuer or key, or not signed by it.
        """
        jws = presentation.jws
        issuer = jws.payload.get("iss")
        if not isinstance(issuer, str):
            raise MissingClaimError("the credential names no issuer (iss)")
        registered = self.material.issuer_key(issuer, jws.header.get("kid"))
        jws.check(registered.key)
        return registered

    def judge_again(self, evidence: CredentialEvidence) -> None:
        """What was believed once is good now (C-24, C-36, C-37, C-39 to C-47, C-49 to C-53, C-62).

        Raises:
            RejectedError: it has expired, or registry, log or issuer speak against it meanwhile.
            UndeterminedError: it cannot be determined now.

        Not checked: signature, holder and claims, which do not change; whoever kept the evidence
        vouches that they were checked.
        """
        if evidence.expires <= self.at:
            raise ExpiredError("the credential has expired")
        registered = self.material.issuer_key(evidence.issuer, evidence.kid)
        self._judge(evidence, registered)
        if evidence.status is not None:
            self._read_status(evidence.status, registered)

    def issuance(
        self, presentation: SdJwt, claims: dict[str, Json], registered: RegisteredKey
    ) -> tuple[LogPlace, Issuance]:
        """Where the credential stands in its log, and its issuance's worth (C-38 to C-47, C-62).

        Raises:
            VerifierError: the first of these checks that fails.
        """
        for name in ("iat", "exp"):
            if name not in claims:
                raise MissingClaimError(f"a credential says when it was issued and ends ({name})")
        place = parse_evidence_claim(claims.get("evidence"))
        return place, self._judge(evidence_of(presentation, claims, place), registered)

    def _judge(self, evidence: CredentialEvidence, registered: RegisteredKey) -> Issuance:
        place, checkpoint = evidence.place, self._checkpoint(evidence.place)
        if checkpoint is not None:
            self.material.check_inclusion(evidence.leaf, place, checkpoint)
        moment = self.at if checkpoint is None else checkpoint.time
        issuance = Issuance(moment, evidence.issued, place.log, checkpoint)
        judge_issuance(self.material, issuance, registered, evidence.vct)
        self._check_snapshot_age()
        return issuance

    def _check_snapshot_age(self) -> None:
        """Last of its stage: what an old snapshot already speaks against stays rejected."""
        limit = self.policy.max_snapshot_age
        if limit is not None and self.at - self.material.snapshot.head.time > limit:
            raise SnapshotTooOldError("the trust snapshot is too old for this moment")

    def _checkpoint(self, place: LogPlace) -> AnchoredCheckpoint | None:
        try:
            return self.material.checkpoint_of(place, self.at)
        except PendingAnchorError:
            if self.policy.accept_pending_anchor:
                return None
            raise

    def status(self, claims: dict[str, Json], registered: RegisteredKey) -> Status | None:
        """The status, which is valid or None (C-48 to C-53).

        Raises:
            VerifierError: the first of these checks that fails.
        """
        if "status" not in claims:
            if self.policy.require_status:
                raise StatusClaimError("the credential has no status")
            return None
        return self._read_status(parse_status_claim(claims["status"]), registered)

    def _read_status(self, reference: StatusReference, registered: RegisteredKey) -> Status:
        known = self.material.status_lists.get(reference.uri)
        status = read_status(known, reference, registered.issuer, self.at)
        if status is not Status.VALID:
            raise _STATUS_ERRORS[status](f"the credential's status is {status}")
        return status


@dataclass(frozen=True, slots=True)
class Examination:
    """What one answer is examined under: challenge, trust, moment and policy.

    ``shown`` is when the answer came, where that is earlier than ``at``: the holder's binding is
    judged by it, and all else by ``at``.
    """

    challenge: Challenge
    material: TrustMaterial
    at: datetime
    policy: Policy
    shown: datetime | None = None

    def examine(self, text: str, query: CredentialQuery) -> VerifiedCredential:
        """Stages 2 to 9 for one credential, in this order.

        2 read (C-01 to C-08, C-11 to C-13); 3 issuer's key and signature (C-36, C-37, C-09);
        4 disclosures (C-10, C-14 to C-20); 5 profile and validity (C-21 to C-25);
        6 holder (C-26 to C-35); 7 log and issuance (C-38 to C-47, C-62); 8 status (C-48 to C-53);
        9 what was asked (C-56, C-57, C-63 to C-65).

        Raises:
            VerifierError: the first check that fails.
        """
        standing = Standing(self.material, self.at, self.policy)
        presentation = parse_sd_jwt(text)
        check_profile_type(presentation.jws.header)
        registered = standing.issuer_key(presentation)
        claims = presentation.reveal()
        check_profile(presentation.jws.payload, claims)
        check_validity(claims, self.at)
        holder = check_key_binding(
            presentation.key_binding,
            presentation.presented,
            claims,
            self.challenge,
            self.shown or self.at,
        )
        place, issuance = standing.issuance(presentation, claims, registered)
        status = standing.status(claims, registered)
        check_answer(claims, query)
        kept = evidence_of(presentation, claims, place)
        return VerifiedCredential(
            query=query.id,
            vct=query.vct,
            issuer=str(claims["iss"]),
            claims=_about_the_person(claims),
            issued=issuance.time,
            expires=datetime.fromtimestamp(numeric_date(claims, "exp"), UTC),
            status=status,
            issuance=issuance,
            place=place,
            holder=holder.point,
            person=_person(claims),
            presentation_hash=evidence_hash("presentation", text.encode("ascii")),
            evidence=replace(kept, status=_reference(claims)),
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


_STATUS_ERRORS: Final[Mapping[Status, type[VerifierError]]] = {
    Status.INVALID: RevokedError,
    Status.SUSPENDED: SuspendedError,
    Status.APPLICATION_SPECIFIC: ApplicationStatusError,
}
