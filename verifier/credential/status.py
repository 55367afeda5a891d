"""Token Status Lists (draft-ietf-oauth-status-list-21): lists, their tokens, and reading an entry.

Entry ``i`` of a list with ``b`` bits stands in byte ``i*b // 8``, least significant bits first.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol, Self

from contracts.evidence.encoding import Json, b64u_decode, b64u_encode
from contracts.evidence.errors import EncodingError
from verifier.credential.jws import parse_jws, sign_jws
from verifier.credential.keys import PublicKey, Signer, thumbprint
from verifier.credential.validity import CLOCK_TOLERANCE, numeric_date
from verifier.errors import (
    IssuanceError,
    RejectedError,
    StatusClaimError,
    StatusDoubt,
    StatusIndexError,
    StatusUndeterminedError,
)

TOKEN_TYPE: Final = "statuslist+jwt"  # noqa: S105 - the media type of a token, no secret
MAX_TOKEN_BYTES: Final = 16 << 20
MAX_LIST_BYTES: Final = 8 << 20
MAX_URI_CHARS: Final = 2048
WIDTHS: Final = (1, 2, 4, 8)
_APPLICATION: Final = (3, 12, 13, 14, 15)
_TIMES: Final = ("iat", "nbf", "exp", "ttl")


class Status(StrEnum):
    """What a status list says of a credential."""

    VALID = "valid"
    INVALID = "invalid"
    SUSPENDED = "suspended"
    APPLICATION_SPECIFIC = "application_specific"


@dataclass(frozen=True, slots=True)
class StatusReference:
    """Where a credential's status stands: 0-based index and URI of the list."""

    uri: str
    index: int

    def claim(self) -> Json:
        """The value of the credential's ``status`` claim."""
        return {"status_list": {"idx": self.index, "uri": self.uri}}


def parse_status_claim(claim: Json) -> StatusReference:
    """Read a credential's ``status`` claim (C-48).

    Raises:
        StatusClaimError: no ``status_list`` with a non-negative ``idx`` and a text ``uri``.
    """
    entry = claim.get("status_list") if isinstance(claim, dict) else None
    index = entry.get("idx") if isinstance(entry, dict) else None
    uri = entry.get("uri") if isinstance(entry, dict) else None
    if isinstance(index, bool) or not isinstance(index, int) or index < 0:
        raise StatusClaimError("status.status_list.idx is no index")
    if not isinstance(uri, str) or not 0 < len(uri) <= MAX_URI_CHARS:
        raise StatusClaimError("status.status_list.uri is no URI")
    return StatusReference(uri, index)


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list of entries of 1, 2, 4 or 8 bits, packed."""

    bits: int
    packed: bytes

    @classmethod
    def empty(cls, size: int, bits: int = 1) -> Self:
        """A list of at least ``size`` entries, all 0 (valid).

        Raises:
            IssuanceError: a width that does not exist, or a size beyond ``MAX_LIST_BYTES``.
        """
        length = -(-size * bits // 8)
        if bits not in WIDTHS or not 0 < length <= MAX_LIST_BYTES:
            raise IssuanceError(f"a list has entries of {WIDTHS} bits and {MAX_LIST_BYTES} bytes")
        return cls(bits, bytes(length))

    @classmethod
    def parse(cls, claim: Json) -> Self:
        """Read the ``status_list`` member of a token, inflating within ``MAX_LIST_BYTES``.

        Raises:
            StatusUndeterminedError: wrong width or member, no zlib data, more than the bound,
                nothing at all, or bytes after the end.
        """
        packed = PackedList.of_claim(claim)
        return cls(packed.bits, _inflate(packed.deflated))

    @property
    def size(self) -> int:
        """Number of entries, those that only fill the last byte included."""
        return len(self.packed) * 8 // self.bits

    def value(self, index: int) -> int:
        """The entry at a 0-based index.

        Raises:
            StatusIndexError: the index lies outside the list (C-50).
        """
        if not 0 <= index < self.size:
            raise StatusIndexError(f"index {index} lies outside a list of {self.size}")
        at, offset = divmod(index * self.bits, 8)
        return (self.packed[at] >> offset) & ((1 << self.bits) - 1)

    def replace(self, values: Mapping[int, int]) -> Self:
        """The list with some entries changed.

        Raises:
            StatusIndexError: an index outside the list.
            IssuanceError: a value that does not fit.
        """
        packed = bytearray(self.packed)
        mask = (1 << self.bits) - 1
        for index, value in values.items():
            self.value(index)
            if not 0 <= value <= mask:
                raise IssuanceError(f"status {value} does not fit into {self.bits} bits")
            at, offset = divmod(index * self.bits, 8)
            packed[at] = packed[at] & ~(mask << offset) & 0xFF | value << offset
        return type(self)(self.bits, bytes(packed))

    def claim(self) -> dict[str, Json]:
        """The ``status_list`` member of a token: zlib level 9, base64url."""
        return {"bits": self.bits, "lst": b64u_encode(zlib.compress(self.packed, 9))}


@dataclass(frozen=True, slots=True)
class PackedList:
    """A list that is not inflated yet: that may cost a thousandfold."""

    bits: int
    deflated: bytes

    @classmethod
    def of_claim(cls, claim: Json) -> Self:
        """Read the ``status_list`` member of a token in JSON.

        Raises:
            StatusUndeterminedError: wrong width or member.
        """
        bits = claim.get("bits") if isinstance(claim, dict) else None
        lst = claim.get("lst") if isinstance(claim, dict) else None
        try:
            return cls.of(bits, b64u_decode(lst) if isinstance(lst, str) else None)
        except EncodingError as error:
            raise malformed("lst is no base64url") from error

    @classmethod
    def of(cls, bits: object, deflated: object) -> Self:
        """A list of the parts that a token gives.

        Raises:
            StatusUndeterminedError: a width that does not exist, or no bytes.
        """
        if isinstance(bits, bool) or bits not in WIDTHS or not isinstance(bits, int):
            raise malformed("bits is none of 1, 2, 4, 8")
        if not isinstance(deflated, bytes):
            raise malformed("lst is no text or byte string")
        return cls(bits, deflated)

    def inflate(self) -> StatusList:
        """The list, within ``MAX_LIST_BYTES``.

        Raises:
            StatusUndeterminedError: no zlib data, more than the bound, nothing at all, or bytes
                after the end.
        """
        return StatusList(self.bits, _inflate(self.deflated))


def status_meaning(value: int) -> Status:
    """What an entry means (section 7.1).

    Raises:
        StatusUndeterminedError: a value that nobody has given a meaning.
    """
    if value in _APPLICATION:
        return Status.APPLICATION_SPECIFIC
    try:
        return (Status.VALID, Status.INVALID, Status.SUSPENDED)[value]
    except IndexError as error:
        message = f"status {value} has no meaning"
        raise StatusUndeterminedError(StatusDoubt.UNASSIGNED, message) from error


class Signed(Protocol):
    """Something signed that knows what was signed: a JWS or a COSE_Sign1 message."""

    def check(self, key: PublicKey) -> None:
        """Check the signature; raises ``SignatureError``."""


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What a status list token says beside its list, each time in seconds since 1970.

    ``kid`` says whose the signature should be; it is empty where the token does not tell.
    """

    uri: str
    kid: str
    issued: float
    starts: float | None
    expires: float | None
    ttl: float | None


@dataclass(frozen=True, slots=True)
class StatusToken:
    """A parsed status list token. Its signature is not checked."""

    facts: TokenFacts
    signed: Signed
    entries: StatusList


@dataclass(frozen=True, slots=True)
class PackedStatusToken:
    """A status list token whose list is not inflated yet."""

    facts: TokenFacts
    signed: Signed
    packed: PackedList

    def inflate(self) -> StatusToken:
        """The token with its list.

        Raises:
            StatusUndeterminedError: the list is malformed or too long.
        """
        return StatusToken(self.facts, self.signed, self.packed.inflate())


def parse_status_token(token: str) -> StatusToken:
    """Parse a status list token (section 5.1 and steps 3 to 5 of section 8.3), list and all.

    Raises:
        StatusUndeterminedError: it is malformed in any way; nothing is known then.

    Not checked: signature, times, whether ``sub`` is the list that was asked for.
    """
    return parse_packed_token(token).inflate()


def parse_packed_token(token: str) -> PackedStatusToken:
    """Parse everything of a status list token but the list in it.

    Raises:
        StatusUndeterminedError: it is malformed; nothing is known then.
    """
    try:
        jws = parse_jws(token, max_bytes=MAX_TOKEN_BYTES)
    except RejectedError as error:
        raise malformed(str(error)) from error
    if jws.header.get("typ") != TOKEN_TYPE:
        raise malformed(f"it is not of type {TOKEN_TYPE}")
    facts = read_facts(jws.payload, jws.header.get("kid", ""))
    return PackedStatusToken(facts, jws, PackedList.of_claim(jws.payload.get("status_list")))


def read_facts(claims: dict[str, Json], kid: Json) -> TokenFacts:
    """The facts of a token by the names of their claims in JSON.

    Raises:
        StatusUndeterminedError: ``sub``, ``iat`` or ``kid`` is missing or of another kind, a time
            is no number, or ``ttl`` is not positive.
    """
    try:
        times = {name: numeric_date(claims, name) for name in _TIMES if name in claims}
    except RejectedError as error:
        raise malformed(str(error)) from error
    uri, ttl = claims.get("sub"), times.get("ttl")
    if not isinstance(uri, str) or not isinstance(kid, str) or "iat" not in times or ttl == 0:
        raise malformed("sub, iat, ttl or kid is missing or wrong")
    return TokenFacts(uri, kid, times["iat"], times.get("nbf"), times.get("exp"), ttl)


def check_token_time(token: StatusToken, at: datetime) -> None:
    """Check that a status list token may be used at a moment.

    Raises:
        StatusUndeterminedError: it was made more than five minutes later, is not valid yet, or has
            expired.

    Not checked: ``ttl``, which counts from when the token was fetched.
    """
    now, facts = at.timestamp(), token.facts
    if facts.issued > now + CLOCK_TOLERANCE.total_seconds():
        raise StatusUndeterminedError(StatusDoubt.EXPIRED, "the status list is from the future")
    if facts.starts is not None and now < facts.starts:
        raise StatusUndeterminedError(StatusDoubt.EXPIRED, "the status list is not valid yet")
    if facts.expires is not None and facts.expires <= now:
        raise StatusUndeterminedError(StatusDoubt.EXPIRED, "the status list has expired")


@dataclass(frozen=True, slots=True)
class StatusTerms:
    """Whose list it is (``iss``), where it is found, how long a token is good and may be cached."""

    issuer: str
    uri: str
    lifetime: timedelta
    ttl: timedelta


def issue_status_token(
    entries: StatusList, terms: StatusTerms, signer: Signer, at: datetime
) -> str:
    """Sign a status list token; its SHA-256 is what gets anchored as the list's next version."""
    issued = int(at.timestamp())
    payload: dict[str, Json] = {
        "iss": terms.issuer,
        "sub": terms.uri,
        "iat": issued,
        "exp": issued + int(terms.lifetime.total_seconds()),
        "ttl": int(terms.ttl.total_seconds()),
        "status_list": entries.claim(),
    }
    return sign_jws({"typ": TOKEN_TYPE, "kid": thumbprint(signer.point)}, payload, signer)


def _inflate(deflated: bytes) -> bytes:
    try:
        inflater = zlib.decompressobj()
        packed = inflater.decompress(deflated, MAX_LIST_BYTES)
    except zlib.error as error:
        raise malformed("lst is no zlib data") from error
    if not inflater.eof:
        raise malformed(f"lst is cut off or inflates to more than {MAX_LIST_BYTES} bytes")
    if inflater.unused_data or not packed:
        raise malformed("lst is empty or has bytes after its end")
    return packed


def malformed(message: str) -> StatusUndeterminedError:
    """Nothing is known, because the token or the list in it is malformed."""
    return StatusUndeterminedError(StatusDoubt.MALFORMED, f"the status list token: {message}")
