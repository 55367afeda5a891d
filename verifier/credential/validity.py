"""When a credential may be used: ``nbf``, ``exp`` and ``iat`` (RFC 7519, RFC 9901 section 9.7)."""

from datetime import UTC, datetime, timedelta
from typing import Final

from contracts.evidence.encoding import Json
from verifier.credential.errors import (
    ClaimTypeError,
    ExpiredError,
    MissingClaimError,
    NotYetValidError,
)

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far ``iat`` may lie in the future; ``nbf`` and ``exp`` are exact."""
_TOLERANCE_SECONDS: Final = CLOCK_TOLERANCE.total_seconds()

_STARTS: Final = ("validFrom", "issuanceDate")
_ENDS: Final = ("validUntil", "expirationDate")


def check_validity(claims: dict[str, Json], at: datetime) -> None:
    """Check that a processed payload says until when it is valid, and that ``at`` lies within.

    A payload of the W3C data model (``@context``) may say so by ``validUntil`` or
    ``expirationDate`` instead of ``exp``.

    Raises:
        MissingClaimError: no end of validity is visible, for instance because it was kept back
            (C-21).
        ClaimTypeError: a time is no number, or no RFC 3339 text where W3C names are used (C-22).
        NotYetValidError: ``at < nbf``, or ``iat`` lies more than five minutes ahead (C-23).
        ExpiredError: ``exp <= at`` (C-24).
    """
    now = at.timestamp()
    starts, ends = [now], []
    if "exp" in claims:
        ends.append(numeric_date(claims, "exp"))
    if "nbf" in claims:
        starts.append(numeric_date(claims, "nbf"))
    if "iat" in claims:
        starts.append(numeric_date(claims, "iat") - _TOLERANCE_SECONDS)
    if "@context" in claims:
        ends += [_text_date(claims, name) for name in _ENDS if name in claims]
        starts += [_text_date(claims, name) for name in _STARTS if name in claims]
    if not ends:
        raise MissingClaimError("the payload does not say until when it is valid (exp)")
    if now < max(starts):
        raise NotYetValidError("the credential is not valid yet")
    if min(ends) <= now:
        raise ExpiredError("the credential has expired")


def numeric_date(claims: dict[str, Json], name: str) -> float:
    """A NumericDate (seconds since 1970) of a claim that is present.

    Raises:
        ClaimTypeError: it is no number within the years a time can have.
    """
    value = claims[name]
    if not (type(value) is int or type(value) is float):  # a bool is an int, and no time
        raise ClaimTypeError(f"{name} is no number")
    if not 0 <= value < _FAR_FUTURE:
        raise ClaimTypeError(f"{name} lies outside the years 1970 to 9999")
    return value


def _text_date(claims: dict[str, Json], name: str) -> float:
    value = claims[name]
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError as error:
        raise ClaimTypeError(f"{name} is no RFC 3339 time") from error
    if moment is None or moment.tzinfo is None:
        raise ClaimTypeError(f"{name} is no RFC 3339 time with a zone")
    return moment.timestamp()


_FAR_FUTURE: Final = datetime(9999, 12, 31, tzinfo=UTC).timestamp()
