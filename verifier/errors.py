"""Errors of the verifier: one class per numbered check of ``SPEC.md``.

What speaks against the document itself or its key binding (C-01 to C-35) stands in
``verifier.credential.errors`` and is marked with *; everything else stands here.

VerifierError
├── RejectedError                        the document or presentation is wrong
│   ├── PresentationTooLargeError*       C-01
│   ├── PresentationFormError*           C-02
│   ├── TooManyDisclosuresError*         C-03
│   ├── JwsFormError*                    C-04
│   ├── JwsJsonError*                    C-05
│   ├── AlgorithmError*                  C-06
│   ├── CriticalHeaderError*             C-07
│   ├── TokenTypeError*                  C-08
│   ├── SignatureError*                  C-09
│   ├── HashAlgorithmError*              C-10
│   ├── DisclosureEncodingError*         C-11
│   ├── DisclosureShapeError*            C-12
│   ├── ReservedNameError*               C-13
│   ├── RepeatedDisclosureError*         C-14
│   ├── DigestPlaceError*                C-15
│   ├── RepeatedDigestError*             C-16
│   ├── DisclosureKindError*             C-17
│   ├── NameClashError*                  C-18
│   ├── UnreferencedDisclosureError*     C-19
│   ├── NestingError*                    C-20
│   ├── MissingClaimError*               C-21
│   ├── ClaimTypeError*                  C-22
│   ├── NotYetValidError*                C-23
│   ├── ExpiredError*                    C-24
│   ├── ProtectedClaimError*             C-25
│   ├── KeyBindingError*
│   │   ├── KeyBindingMissingError*      C-26
│   │   ├── HolderKeyError*              C-27
│   │   ├── KeyBindingTypeError*         C-28
│   │   ├── KeyBindingSignatureError*    C-29
│   │   ├── KeyBindingClaimsError*       C-30
│   │   ├── PresentationHashError*       C-31
│   │   ├── KeyBindingTimeError*         C-32
│   │   ├── NonceError*                  C-33
│   │   ├── AudienceError*               C-34
│   │   └── KeyBindingValidityError*     C-35
│   ├── TrustError
│   │   ├── UnknownIssuerError           C-36
│   │   ├── UnknownKeyError              C-37
│   │   ├── EvidenceClaimError           C-38
│   │   ├── UnknownLogError              C-39
│   │   ├── NotInLogError                C-42
│   │   ├── IssuanceTimeError            C-43
│   │   ├── NotAccreditedError           C-44
│   │   ├── IssuerSuspendedError         C-45
│   │   ├── KeyCompromisedError          C-46
│   │   └── KeyNotValidError             C-47
│   ├── StatusError
│   │   ├── StatusClaimError             C-48
│   │   ├── StatusIndexError             C-50
│   │   ├── RevokedError                 C-51
│   │   ├── SuspendedError               C-52
│   │   └── ApplicationStatusError       C-53
│   ├── AnswerError
│   │   ├── RequestTimeError             C-54
│   │   ├── UnansweredError              C-55
│   │   ├── CredentialTypeError          C-56
│   │   ├── RequestedClaimError          C-57
│   │   ├── ReplayedError                C-59
│   │   ├── PseudonymFormError           C-63
│   │   ├── PseudonymScopeError          C-64
│   │   └── PseudonymIssuerError         C-65
│   └── FileError
│       ├── FileClaimError               C-60
│       └── OtherFileError               C-61
├── UndeterminedError                    nothing is known either way: cannot verify
│   ├── PendingAnchorError               C-40
│   ├── InclusionUnknownError            C-41
│   ├── StatusUndeterminedError          C-49
│   ├── NotOnePersonError                C-58
│   └── SnapshotTooOldError              C-62
└── InputError                           what the verifier itself was given cannot be used
    ├── KeyFormatError
    ├── RequestFormError
    ├── BundleFormError
    └── IssuanceError                    an issuer asked for a credential that must not exist
"""

from enum import StrEnum
from typing import ClassVar


class VerifierError(Exception):
    """Any failure of the verifier.

    ``code`` is stable and shared by API, pages and tests; ``check`` is the number in ``SPEC.md``.
    """

    code: ClassVar[str] = "verifier"
    check: ClassVar[str] = ""


class RejectedError(VerifierError):
    """A check found the document, its presentation or its issuer wrong."""

    code = "rejected"


class UndeterminedError(VerifierError):
    """A check could not be made. The document is neither accepted nor called wrong."""

    code = "undetermined"


class InputError(VerifierError):
    """A key, request or bundle that the verifier was configured with cannot be used."""

    code = "input"


class TrustError(RejectedError):
    """The registry or the log speaks against the credential."""

    code = "trust"


class UnknownIssuerError(TrustError):
    """The registry does not know the issuer."""

    code = "issuer.unknown"
    check = "C-36"


class UnknownKeyError(TrustError):
    """The registry knows no such key of the issuer."""

    code = "issuer.key_unknown"
    check = "C-37"


class EvidenceClaimError(TrustError):
    """The credential does not say where in which log it stands."""

    code = "evidence.claim"
    check = "C-38"


class UnknownLogError(TrustError):
    """The registry does not know the credential's log."""

    code = "evidence.log_unknown"
    check = "C-39"


class PendingAnchorError(UndeterminedError):
    """No anchored checkpoint covers the credential yet."""

    code = "evidence.pending_anchor"
    check = "C-40"


class InclusionUnknownError(UndeterminedError):
    """Neither a sound tile nor a sound receipt shows what stands at the credential's place."""

    code = "evidence.unavailable"
    check = "C-41"


class SnapshotTooOldError(UndeterminedError):
    """The snapshot is so old that what was revoked or withdrawn since may not be in it."""

    code = "evidence.snapshot_too_old"
    check = "C-62"


class NotInLogError(TrustError):
    """Something else stands at the place of the log that the credential names."""

    code = "evidence.not_in_log"
    check = "C-42"


class IssuanceTimeError(TrustError):
    """``iat`` is too far from the time at which the credential was anchored."""

    code = "evidence.issuance_time"
    check = "C-43"


class NotAccreditedError(TrustError):
    """The issuer had no leave to issue this type when it issued the credential."""

    code = "issuer.not_accredited"
    check = "C-44"


class IssuerSuspendedError(TrustError):
    """The issuer was suspended when it issued the credential."""

    code = "issuer.suspended"
    check = "C-45"


class KeyCompromisedError(TrustError):
    """The issuer's key was withdrawn as compromised."""

    code = "issuer.key_compromised"
    check = "C-46"


class KeyNotValidError(TrustError):
    """The issuer's key was not in force when the credential was issued."""

    code = "issuer.key_not_valid"
    check = "C-47"


class StatusError(RejectedError):
    """The issuer's status list speaks against the credential."""

    code = "status"


class StatusClaimError(StatusError):
    """The credential's ``status`` is missing where it is required, or malformed."""

    code = "status.claim"
    check = "C-48"


class StatusDoubt(StrEnum):
    """Why a status could not be determined."""

    UNAVAILABLE = "unavailable"
    MALFORMED = "malformed"
    SIGNATURE = "signature"
    SUBJECT = "subject"
    EXPIRED = "expired"
    TOO_OLD = "too_old"
    NOT_ANCHORED = "not_anchored"
    REPLACED = "replaced"
    UNASSIGNED = "unassigned"


class StatusUndeterminedError(UndeterminedError):
    """The status is not known; ``doubt`` says why. Never read as valid, never as revoked."""

    code = "status.undetermined"
    check = "C-49"

    def __init__(self, doubt: StatusDoubt, message: str) -> None:
        super().__init__(message)
        self.doubt = doubt


class StatusIndexError(StatusError):
    """The credential's index lies outside its status list."""

    code = "status.index"
    check = "C-50"


class RevokedError(StatusError):
    """The issuer revoked the credential (status 1)."""

    code = "status.revoked"
    check = "C-51"


class SuspendedError(StatusError):
    """The issuer suspended the credential for the time being (status 2)."""

    code = "status.suspended"
    check = "C-52"


class ApplicationStatusError(StatusError):
    """The issuer gave the credential a status whose meaning is its own (status 3, 12 to 15)."""

    code = "status.application_specific"
    check = "C-53"


class AnswerError(RejectedError):
    """What was presented does not answer what was asked."""

    code = "request"


class RequestTimeError(AnswerError):
    """The request is not open at this moment."""

    code = "request.time"
    check = "C-54"


class UnansweredError(AnswerError):
    """A query has no answer, or an answer has no query."""

    code = "request.unanswered"
    check = "C-55"


class CredentialTypeError(AnswerError):
    """A credential of another type was asked for."""

    code = "request.credential_type"
    check = "C-56"


class RequestedClaimError(AnswerError):
    """A claim that was asked for is not disclosed."""

    code = "request.claim"
    check = "C-57"


class NotOnePersonError(UndeterminedError):
    """Several credentials are not shown to be about one person."""

    code = "person.not_shown"
    check = "C-58"


class ReplayedError(AnswerError):
    """The request was answered before."""

    code = "request.replayed"
    check = "C-59"


class PseudonymFormError(AnswerError):
    """The value that shows one person again is not of its one form."""

    code = "pseudonym.form"
    check = "C-63"


class PseudonymScopeError(AnswerError):
    """The value was made for another service or series: one person would have two."""

    code = "pseudonym.scope"
    check = "C-64"


class PseudonymIssuerError(AnswerError):
    """The value is another issuer's: one person would have two."""

    code = "pseudonym.issuer"
    check = "C-65"


class FileError(RejectedError):
    """The credential does not stand for the file."""

    code = "file"


class FileClaimError(FileError):
    """The credential discloses no salted digest of a file."""

    code = "file.claim"
    check = "C-60"


class OtherFileError(FileError):
    """File and salt do not lead to the digest that the issuer signed."""

    code = "file.digest"
    check = "C-61"


class KeyFormatError(InputError):
    """A key is no P-256 public key."""

    code = "input.key"


class RequestFormError(InputError):
    """A presentation request is malformed."""

    code = "input.request"


class BundleFormError(InputError):
    """An evidence bundle or a presentation file is malformed."""

    code = "input.bundle"


class IssuanceError(InputError):
    """A credential was asked for that this verifier would refuse."""

    code = "input.issuance"
