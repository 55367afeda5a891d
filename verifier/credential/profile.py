"""The SD-JWT VC profile (draft-ietf-oauth-sd-jwt-vc-25): which claims must be there and visible."""

from collections.abc import Mapping
from typing import Final

from contracts.evidence.encoding import Json
from verifier.credential.errors import (
    ClaimTypeError,
    MissingClaimError,
    ProtectedClaimError,
    TokenTypeError,
)

PROFILE_TYPE: Final = "dc+sd-jwt"
PROTECTED_CLAIMS: Final = frozenset(
    {"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status", "evidence"}
)
"""Never selectively disclosable, nor anything inside them. ``evidence`` is this product's own."""


def check_profile_type(header: Mapping[str, Json]) -> None:
    """Check that the issuer's token calls itself an SD-JWT VC (C-08).

    Raises:
        TokenTypeError: ``typ`` is not exactly ``dc+sd-jwt``.
    """
    if header.get("typ") != PROFILE_TYPE:
        raise TokenTypeError(f"the issuer's token is not of type {PROFILE_TYPE}")


def check_profile(payload: dict[str, Json], claims: dict[str, Json]) -> None:
    """Check the rules of SD-JWT VC on a signed payload and what was disclosed of it.

    Args:
        payload: as signed, with digests.
        claims: the processed payload.

    Raises:
        ProtectedClaimError: a protected claim was disclosed, or holds digests inside (C-25).
        MissingClaimError: there is no ``vct`` (C-21).
        ClaimTypeError: ``vct`` or ``iss`` is no non-empty text (C-22).
    """
    for name in PROTECTED_CLAIMS.intersection(claims):
        shown = claims[name]
        if name not in payload or (payload[name] is not shown and payload[name] != shown):
            raise ProtectedClaimError(f"{name} is selectively disclosable")
    if "vct" not in claims:
        raise MissingClaimError("an SD-JWT VC names its type (vct)")
    for name in ("vct", "iss"):
        value = claims.get(name, "-")
        if not isinstance(value, str) or not value:
            raise ClaimTypeError(f"{name} is no text")
