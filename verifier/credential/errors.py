"""Errors of documents and key bindings: checks C-01 to C-35. The tree: ``verifier.errors``."""

from verifier.errors import RejectedError


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
