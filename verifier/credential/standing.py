"""What a credential is worth by itself: stages 2 to 8 of ``verifier/SPEC.md``, whoever shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Generic, TypeAlias, TypeVar

from contracts.evidence.encoding import Json
from contracts.evidence.snapshot import AnchoredCheckpoint
from verifier.credential.credential_evidence import CredentialEvidence, evidence_of
from verifier.credential.errors import ExpiredError, MissingClaimError
from verifier.credential.inclusion import LogPlace, parse_evidence_claim
from verifier.credential.key_binding import DEFAULT_WINDOW
from verifier.credential.profile import check_profile, check_profile_type
from verifier.credential.sdjwt import SdJwt, parse_sd_jwt
from verifier.credential.status import Status, StatusReference, parse_status_claim
from verifier.credential.status_anchor import read_status
from verifier.credential.trust import Issuance, RegisteredKey, TrustMaterial, judge_issuance
from verifier.credential.validity import check_validity
from verifier.errors import (
    ApplicationStatusError,
    PendingAnchorError,
    RevokedError,
    SnapshotTooOldError,
    StatusClaimError,
    SuspendedError,
    VerifierError,
)

MAX_SNAPSHOT_AGE: Final = timedelta(days=1)
H = TypeVar("H")


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
class Believed(Generic[H]):
    """A credential that passed stages 2 to 8, and what its holder's check gave."""

    presentation: SdJwt
    claims: dict[str, Json]
    holder: H
    place: LogPlace
    issuance: Issuance
    status: Status | None


CheckHolder: TypeAlias = Callable[[SdJwt, dict[str, Json]], H]
"""Stage 6 for somebody who answers a request, or for a file that anybody may show."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a credential is worth by itself, whoever shows it: trust, moment and policy."""

    material: TrustMaterial
    at: datetime
    policy: Policy

    def believe(self, text: str, check_holder: CheckHolder[H]) -> Believed[H]:
        """Stages 2 to 8 for one credential, in this order; the numbers are those of SPEC.md.

        Raises:
            VerifierError: the first check that fails.
        """
        presentation = parse_sd_jwt(text)  # stage 2: C-01 to C-08, C-11 to C-13
        check_profile_type(presentation.jws.header)
        registered = self.issuer_key(presentation)  # stage 3: C-36, C-37, C-09
        claims = presentation.reveal()  # stage 4: C-10, C-14 to C-20
        check_profile(presentation.jws.payload, claims)  # stage 5: C-21 to C-25
        check_validity(claims, self.at)
        holder = check_holder(presentation, claims)  # stage 6: C-26 to C-35
        place, issuance = self.issuance(presentation, claims, registered)  # 7: C-38 to C-47, C-62
        status = self.status(claims, registered)  # stage 8: C-48 to C-53
        return Believed(presentation, claims, holder, place, issuance, status)

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


_STATUS_ERRORS: Final[Mapping[Status, type[VerifierError]]] = {
    Status.INVALID: RevokedError,
    Status.SUSPENDED: SuspendedError,
    Status.APPLICATION_SPECIFIC: ApplicationStatusError,
}
