"""Values that show the same person again, and nothing else about them.

They are made by the register port, which alone holds the secrets. ``voter`` is the same for every
credential of one person in one series of polls, so that a new device or a credential issued again
gives no second vote; a new series has a new secret and the values cannot be joined. ``person`` is
the same within one service. Each stands beside a claim that says what it was made for, its scope:
the service that was chosen with the offer, or the series that the credential type names, which
nobody chooses. The verifier asks for both and refuses another scope (C-64).
"""

import hmac
from typing import Final

from contracts.evidence.encoding import HASH_BYTES, b64u_encode
from verifier.eligibility.credential_types import SCOPE_CLAIMS
from verifier.eligibility.errors import AttestationError

DERIVED_CLAIMS: Final = frozenset({*SCOPE_CLAIMS, *SCOPE_CLAIMS.values()})
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
