"""The value by which one person is known again: its one form, what it was made for, and by whom."""

from collections.abc import Mapping

from contracts.evidence.encoding import HASH_BYTES, Json, b64u_decode
from contracts.evidence.errors import EncodingError
from verifier.credential.request import PseudonymQuery
from verifier.errors import PseudonymFormError, PseudonymIssuerError, PseudonymScopeError


def is_pseudonym(value: Json) -> bool:
    """Whether a value is 32 bytes as 43 characters of canonical base64url without padding."""
    try:
        return isinstance(value, str) and len(b64u_decode(value)) == HASH_BYTES
    except EncodingError:
        return False


def check_pseudonym(claims: Mapping[str, Json], asked: PseudonymQuery) -> None:
    """The value is the only one that the person can have here (C-63 to C-65).

    All that it was derived from beside the person is shown with it and must be what was asked for:
    else who chooses what a credential is made for chooses among several values of one person.

    Args:
        claims: the processed payload; a second claim of a name is refused before (C-05, C-18).
        asked: what the value must be.

    Raises:
        PseudonymFormError: no canonical 32 bytes, or not disclosed.
        PseudonymScopeError: made for another service or series, or it does not say for what.
        PseudonymIssuerError: another issuer's.

    Not checked: how it was derived, which its issuer alone knows.
    """
    if not is_pseudonym(claims.get(asked.claim)):
        raise PseudonymFormError("the value that shows one person again is malformed")
    if claims.get(asked.scope_claim) != asked.scope:
        raise PseudonymScopeError("the value was made for another service or series")
    if claims.get("iss") != asked.issuer:
        raise PseudonymIssuerError("the value is another issuer's")
