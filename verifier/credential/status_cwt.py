"""Status list tokens in CBOR: CWTs (draft-ietf-oauth-status-list-21 section 5.2, RFC 8392).

They are checked as the JWTs are, and a doubt about one is the same kind of doubt.
"""

from typing import Final

from contracts.evidence.encoding import Json
from contracts.evidence.errors import EncodingError
from verifier.credential.cbor import Cbor, labelled, parse_cbor, parse_cbor_map
from verifier.credential.cose import SIGN1_TAG, parse_sign1
from verifier.credential.status import (
    MAX_TOKEN_BYTES,
    PackedList,
    PackedStatusToken,
    malformed,
    parse_packed_token,
    read_facts,
)

CWT_TYPE: Final = "application/statuslist+cwt"
_CLAIMS: Final = {2: "sub", 4: "exp", 5: "nbf", 6: "iat", 65534: "ttl"}
_STATUS_LIST: Final = 65533


def is_cwt(token: bytes) -> bool:
    """Whether fetched bytes are to be read as a CWT; a JWT begins with a letter."""
    return token[:1] == bytes([SIGN1_TAG])


def parse_fetched_token(token: str | bytes) -> PackedStatusToken:
    """Parse everything of a status list token, a JWT (text) or a CWT (bytes), but the list in it.

    Raises:
        StatusUndeterminedError: it is malformed; nothing is known then.

    Not checked: signature, times, whether ``sub`` is the list that was asked for.
    """
    return parse_packed_token(token) if isinstance(token, str) else parse_packed_cwt(token)


def parse_packed_cwt(token: bytes) -> PackedStatusToken:
    """Parse everything of a status list token in CBOR but the list in it.

    Raises:
        StatusUndeterminedError: it is malformed; nothing is known then.

    Not checked: as for ``parse_fetched_token``.
    """
    if len(token) > MAX_TOKEN_BYTES:
        raise malformed(f"it has more than {MAX_TOKEN_BYTES} bytes")
    try:
        message = parse_sign1(token)
        claims = parse_cbor_map(message.payload)
        packed = _packed_list(claims.get(_STATUS_LIST))
    except EncodingError as error:
        raise malformed(str(error)) from error
    if message.typ != CWT_TYPE:
        raise malformed(f"it is not of type {CWT_TYPE}")
    facts = read_facts(_named(claims), message.kid)
    return PackedStatusToken(facts, message, packed)


def parse_packed_list(data: bytes) -> PackedList:
    """A bare status list in CBOR, without a token around it.

    Raises:
        StatusUndeterminedError: it is malformed.
    """
    try:
        return _packed_list(parse_cbor(data))
    except EncodingError as error:
        raise malformed(str(error)) from error


def _packed_list(value: Cbor) -> PackedList:
    members = labelled(value)
    return PackedList.of(members.get("bits"), members.get("lst"))


def _named(claims: dict[int | str, Cbor]) -> dict[str, Json]:
    """The claims that matter under their names in JSON; of another kind, they are null."""
    given = {name: claims[key] for key, name in _CLAIMS.items() if key in claims}
    return {name: v if isinstance(v, str | int) else None for name, v in given.items()}
