"""Values that show the same person again, and nothing else about them.

They are made by the register port, which alone holds the secrets. ``voter`` is the same for every
credential of one person in one series of polls, so that a new device or a credential issued again
gives no second vote; a new series has a new secret and the values cannot be joined.
"""

import hmac
from typing import Final

from contracts.evidence.encoding import HASH_BYTES, Json, b64u_decode, b64u_encode
from contracts.evidence.errors import EncodingError
from verifier.eligibility.credential_types import PERSON_CLAIM
from verifier.eligibility.errors import AttestationError

VOTER_CLAIM: Final = "voter"
DERIVED_CLAIMS: Final = frozenset({PERSON_CLAIM, VOTER_CLAIM})
"""Claims that no register entry shows: whoever holds the secret derives them."""

MAX_PERSON_ID_BYTES: Final = 256


def voter_value(series_secret: bytes, person_id: bytes) -> str:
    """The claim ``voter``: ``b64u(HMAC-SHA-256(series secret, person id))``.

    Args:
        series_secret: 32 random bytes of the series of polls.
        person_id: the register's stable id of the person, 1 to 256 bytes, never a resident number.

    Raises:
        AttestationError: a secret or an id of another length.
    """
    if len(series_secret) != HASH_BYTES or not 0 < len(person_id) <= MAX_PERSON_ID_BYTES:
        raise AttestationError("a series secret has 32 bytes, a person id 1 to 256")
    return b64u_encode(hmac.digest(series_secret, person_id, "sha256"))


def is_pseudonym(value: Json) -> bool:
    """Whether a disclosed value has the form of such a value: 32 bytes in base64url."""
    try:
        return isinstance(value, str) and len(b64u_decode(value)) == HASH_BYTES
    except EncodingError:
        return False
