"""SD-JWT and SD-JWT+KB in compact form (RFC 9901): parsing, and verification for any ``typ``.

The form is ``<issuer JWT>~<disclosure 1>~...~<disclosure n>~[<key binding JWT>]``.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from contracts.evidence.encoding import Json
from verifier.credential.disclosure import HASH_NAME, Disclosure, parse_disclosure
from verifier.credential.errors import (
    HashAlgorithmError,
    PresentationFormError,
    PresentationTooLargeError,
    TokenTypeError,
    TooManyDisclosuresError,
)
from verifier.credential.jws import Jws, parse_jws
from verifier.credential.key_binding import (
    Challenge,
    Holder,
    check_key_binding,
    check_unasked_key_binding,
)
from verifier.credential.keys import PublicKey
from verifier.credential.profile import PROFILE_TYPE, check_profile
from verifier.credential.reveal import reveal
from verifier.credential.validity import check_validity

MAX_PRESENTATION_CHARS: Final = 1 << 18
MAX_PAYLOAD_BYTES: Final = 1 << 17
MAX_KEY_BINDING_BYTES: Final = 1 << 13
MAX_DISCLOSURES: Final = 512
HASH_ALGORITHM: Final = "sha-256"
_KEY_BINDING_TYPE: Final = "kb+jwt"


class SdJwt(NamedTuple):
    """A parsed SD-JWT that nobody has verified.

    ``presented`` is everything up to and including the last ``~``: what ``sd_hash`` covers.
    """

    issuer_jwt: str
    jws: Jws
    disclosures: tuple[Disclosure, ...]
    presented: str
    key_binding: Jws | None

    def reveal(self) -> dict[str, Json]:
        """The payload with the disclosed claims in their places (C-10, C-14 to C-20).

        Raises:
            RejectedError: any rule of RFC 9901 section 7.1 step 3 to 5 is broken.

        Not checked: the signature, so that nothing of this may be believed yet.
        """
        if self.jws.payload.get(HASH_NAME, HASH_ALGORITHM) != HASH_ALGORITHM:
            raise HashAlgorithmError(f"digests are made with {HASH_ALGORITHM}")
        return reveal(self.jws.payload, self.disclosures)


class VerifiedSdJwt(NamedTuple):
    """A presentation that passed: the disclosed payload, and who showed to hold it, if asked."""

    header: Mapping[str, Json]
    claims: dict[str, Json]
    holder: Holder | None


def parse_sd_jwt(text: str) -> SdJwt:
    """Parse a compact SD-JWT or SD-JWT+KB.

    Raises:
        PresentationTooLargeError: longer than ``MAX_PRESENTATION_CHARS`` (C-01).
        PresentationFormError: no ``~``, or an empty part (C-02).
        TooManyDisclosuresError: more than ``MAX_DISCLOSURES`` (C-03).
        RejectedError: C-04 to C-07 for both tokens, C-11 to C-13 for the disclosures.

    Not checked: any signature, digest or claim.
    """
    if len(text) > MAX_PRESENTATION_CHARS:
        raise PresentationTooLargeError(f"at most {MAX_PRESENTATION_CHARS} characters are read")
    issuer_jwt, first, rest = text.partition("~")
    inner, last, key_binding = rest.rpartition("~")
    disclosures = inner.split("~") if last else []
    if not first or not issuer_jwt or not all(disclosures):
        raise PresentationFormError("an SD-JWT is a token and disclosures, a ~ after each")
    if len(disclosures) > MAX_DISCLOSURES:
        raise TooManyDisclosuresError(f"at most {MAX_DISCLOSURES} disclosures are read")
    bound = parse_jws(key_binding, max_bytes=MAX_KEY_BINDING_BYTES) if key_binding else None
    jws = parse_jws(issuer_jwt, max_bytes=MAX_PAYLOAD_BYTES)
    parsed = tuple([parse_disclosure(part) for part in disclosures])
    return SdJwt(issuer_jwt, jws, parsed, text[: len(text) - len(key_binding)], bound)


def verify_sd_jwt(
    text: str, issuer: PublicKey, *, challenge: Challenge | None, at: datetime
) -> VerifiedSdJwt:
    """Verify an SD-JWT of any ``typ`` under a given issuer key (RFC 9901 sections 7.1 and 7.3).

    Args:
        text: the compact form, nothing before or after it.
        issuer: the key that the issuer's token must be signed with.
        challenge: what the key binding must answer; None if this verifier requires no key binding.
            That choice is the verifier's and is never read from the presentation.
        at: the moment of use, aware.

    Returns:
        The processed payload. With ``typ`` ``dc+sd-jwt`` it also keeps the rules of SD-JWT VC.

    Raises:
        RejectedError: the first of the checks C-01 to C-35 that fails.

    Not checked: whether the key belongs to an issuer to be trusted, status, replay. A key binding
    that was not required must be sound (C-27 to C-31), but its time, nonce and audience are not
    looked at.
    """
    presentation = parse_sd_jwt(text)
    check_type(presentation)
    presentation.jws.check(issuer)
    claims = presentation.reveal()
    if presentation.jws.header.get("typ") == PROFILE_TYPE:
        check_profile(presentation.jws.payload, claims)
    check_validity(claims, at)
    holder = check_holder(presentation, claims, challenge, at)
    return VerifiedSdJwt(presentation.jws.header, claims, holder)


def check_type(presentation: SdJwt) -> None:
    """Refuse an issuer token that says it is a key binding, or whose type is no text (C-08).

    Raises:
        TokenTypeError: as said.
    """
    typ = presentation.jws.header.get("typ", "")
    if typ == PROFILE_TYPE:
        return
    if not isinstance(typ, str) or typ.lower().removeprefix("application/") == _KEY_BINDING_TYPE:
        raise TokenTypeError("the issuer's token is of a type that no issuer signs")


def check_holder(
    presentation: SdJwt, claims: dict[str, Json], challenge: Challenge | None, at: datetime
) -> Holder | None:
    """Check the key binding as far as the verifier's policy requires (C-26 to C-35).

    Returns:
        Who holds the credential; None if the presentation has no key binding and needs none.

    Raises:
        KeyBindingError: as ``check_key_binding``.
    """
    bound, presented = presentation.key_binding, presentation.presented
    if challenge is not None:
        return check_key_binding(bound, presented, claims, challenge, at)
    return None if bound is None else check_unasked_key_binding(bound, presented, claims)
