"""Errors of the verifier: one class per numbered check of ``SPEC.md``.

VerifierError
├── RejectedError                        the document or presentation is wrong
│   ├── PresentationTooLargeError        C-01
│   ├── PresentationFormError            C-02
│   ├── TooManyDisclosuresError          C-03
│   ├── JwsFormError                     C-04
│   ├── JwsJsonError                     C-05
│   ├── AlgorithmError                   C-06
│   ├── CriticalHeaderError              C-07
│   ├── TokenTypeError                   C-08
│   ├── SignatureError                   C-09
│   ├── HashAlgorithmError               C-10
│   ├── DisclosureEncodingError          C-11
│   ├── DisclosureShapeError             C-12
│   ├── ReservedNameError                C-13
│   ├── RepeatedDisclosureError          C-14
│   ├── DigestPlaceError                 C-15
│   ├── RepeatedDigestError              C-16
│   ├── DisclosureKindError              C-17
│   ├── NameClashError                   C-18
│   ├── UnreferencedDisclosureError      C-19
│   ├── NestingError                     C-20
│   ├── MissingClaimError                C-21
│   ├── ClaimTypeError                   C-22
│   ├── NotYetValidError                 C-23
│   ├── ExpiredError                     C-24
│   ├── ProtectedClaimError              C-25
│   ├── KeyBindingError
│   │   ├── KeyBindingMissingError       C-26
│   │   ├── HolderKeyError               C-27
│   │   ├── KeyBindingTypeError          C-28
│   │   ├── KeyBindingSignatureError     C-29
│   │   ├── KeyBindingClaimsError        C-30
│   │   ├── PresentationHashError        C-31
│   │   ├── KeyBindingTimeError          C-32
│   │   ├── NonceError                   C-33
│   │   ├── AudienceError                C-34
│   │   └── KeyBindingValidityError      C-35
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
│   └── AnswerError
│       ├── RequestTimeError             C-54
│       ├── UnansweredError              C-55
│       ├── CredentialTypeError          C-56
│       ├── RequestedClaimError          C-57
│       └── ReplayedError                C-59
├── UndeterminedError                    nothing is known either way: cannot verify
│   ├── PendingAnchorError               C-40
│   ├── InclusionUnknownError            C-41
│   ├── StatusUndeterminedError          C-49
│   └── NotOnePersonError                C-58
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


class PresentationTooLargeError(RejectedError):
    """The text is longer than the verifier reads."""

    code = "sd_jwt.size"
    check = "C-01"


class PresentationFormError(RejectedError):
    """The text is not ``<issuer JWT>~<disclosure>~...~<key binding JWT or nothing>``."""

    code = "sd_jwt.form"
    check = "C-02"


class TooManyDisclosuresError(RejectedError):
    """More disclosures than the verifier reads."""

    code = "sd_jwt.disclosure_count"
    check = "C-03"


class JwsFormError(RejectedError):
    """A token is not three non-empty canonical base64url parts."""

    code = "jws.form"
    check = "C-04"


class JwsJsonError(RejectedError):
    """A token's header or payload is no strict JSON object (duplicate members are refused)."""

    code = "jws.json"
    check = "C-05"


class AlgorithmError(RejectedError):
    """A token is signed with anything but ES256."""

    code = "jws.algorithm"
    check = "C-06"


class CriticalHeaderError(RejectedError):
    """A token's header demands an extension."""

    code = "jws.critical"
    check = "C-07"


class TokenTypeError(RejectedError):
    """The issuer-signed token is not of the expected type."""

    code = "jws.type"
    check = "C-08"


class SignatureError(RejectedError):
    """A signature does not verify under the key it should be by."""

    code = "jws.signature"
    check = "C-09"


class HashAlgorithmError(RejectedError):
    """``_sd_alg`` names a hash other than sha-256."""

    code = "sd_jwt.hash_algorithm"
    check = "C-10"


class DisclosureEncodingError(RejectedError):
    """A disclosure is not canonical base64url of strict JSON."""

    code = "disclosure.encoding"
    check = "C-11"


class DisclosureShapeError(RejectedError):
    """A disclosure is not ``[salt, name, value]`` or ``[salt, value]``."""

    code = "disclosure.shape"
    check = "C-12"


class ReservedNameError(RejectedError):
    """A disclosure names a claim ``_sd``, ``...`` or ``_sd_alg``."""

    code = "disclosure.reserved_name"
    check = "C-13"


class RepeatedDisclosureError(RejectedError):
    """A disclosure is presented twice."""

    code = "disclosure.repeated"
    check = "C-14"


class DigestPlaceError(RejectedError):
    """``_sd``, ``...`` or ``_sd_alg`` stands where it does not carry digests."""

    code = "sd_jwt.digest_place"
    check = "C-15"


class RepeatedDigestError(RejectedError):
    """A digest occurs twice."""

    code = "sd_jwt.repeated_digest"
    check = "C-16"


class DisclosureKindError(RejectedError):
    """An element's disclosure was referenced as a member, or the other way round."""

    code = "disclosure.kind"
    check = "C-17"


class NameClashError(RejectedError):
    """A disclosed claim has a name that its object already has."""

    code = "disclosure.name_clash"
    check = "C-18"


class UnreferencedDisclosureError(RejectedError):
    """A disclosure belongs to no digest of the credential."""

    code = "disclosure.unreferenced"
    check = "C-19"


class NestingError(RejectedError):
    """The disclosed payload nests deeper than the verifier reads."""

    code = "sd_jwt.nesting"
    check = "C-20"


class MissingClaimError(RejectedError):
    """A claim that decides on validity is missing."""

    code = "claims.missing"
    check = "C-21"


class ClaimTypeError(RejectedError):
    """A claim that decides on validity has the wrong type."""

    code = "claims.type"
    check = "C-22"


class NotYetValidError(RejectedError):
    """The credential is used before ``nbf``, or says that it was issued in the future."""

    code = "claims.not_yet_valid"
    check = "C-23"


class ExpiredError(RejectedError):
    """The credential is used at or after ``exp``."""

    code = "claims.expired"
    check = "C-24"


class ProtectedClaimError(RejectedError):
    """A claim is selectively disclosable that must always be visible."""

    code = "vc.protected_claim"
    check = "C-25"


class KeyBindingError(RejectedError):
    """The holder did not show, for this request, that the credential is theirs."""

    code = "key_binding"


class KeyBindingMissingError(KeyBindingError):
    """Key binding is required and there is none."""

    code = "key_binding.missing"
    check = "C-26"


class HolderKeyError(KeyBindingError):
    """The credential is bound to no key that the verifier can use."""

    code = "key_binding.holder_key"
    check = "C-27"


class KeyBindingTypeError(KeyBindingError):
    """The last part is not of type ``kb+jwt``."""

    code = "key_binding.type"
    check = "C-28"


class KeyBindingSignatureError(KeyBindingError):
    """The key binding is not signed by the holder's key."""

    code = "key_binding.signature"
    check = "C-29"


class KeyBindingClaimsError(KeyBindingError):
    """The key binding lacks a required claim, or one has the wrong type."""

    code = "key_binding.claims"
    check = "C-30"


class PresentationHashError(KeyBindingError):
    """The key binding was made for other disclosures or another credential."""

    code = "key_binding.sd_hash"
    check = "C-31"


class KeyBindingTimeError(KeyBindingError):
    """The key binding was made too long ago, or in the future."""

    code = "key_binding.time"
    check = "C-32"


class NonceError(KeyBindingError):
    """The key binding answers another request."""

    code = "key_binding.nonce"
    check = "C-33"


class AudienceError(KeyBindingError):
    """The key binding was made for another verifier."""

    code = "key_binding.audience"
    check = "C-34"


class KeyBindingValidityError(KeyBindingError):
    """The key binding's own ``exp`` or ``nbf`` excludes this moment."""

    code = "key_binding.validity"
    check = "C-35"


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
