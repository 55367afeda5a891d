"""What may be evaluated: claims of verified presentations, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from contracts.evidence.encoding import HASH_BYTES, Json, b64u_decode
from verifier.credential.pseudonym import is_pseudonym
from verifier.eligibility.credential_types import PERSON_CLAIM
from verifier.eligibility.errors import FactsError


@dataclass(frozen=True, slots=True)
class VerifiedClaims:
    """The claims that one verified presentation disclosed.

    Only the code that has verified a presentation completely (issuer accredited for this ``vct``,
    signature, holder binding with the request's nonce and audience, inclusion, status) may build
    one, and the issuer-side simulation of the cases. Whoever builds it vouches for that; nothing
    here can tell.

    Attributes:
        vct: the credential's type.
        issuer: the accredited issuer's identifier.
        claims: disclosed and always visible claims by name.
        issued_at: aware time of issuance, from the chain.
        holder_key: 32-byte thumbprint of the key in ``cnf`` (RFC 7638).

    Raises:
        FactsError: a time without zone, or a thumbprint of another length.
    """

    vct: str
    issuer: str
    claims: Mapping[str, Json]
    issued_at: datetime
    holder_key: bytes

    def __post_init__(self) -> None:
        if self.issued_at.tzinfo is None:
            raise FactsError("the time of issuance carries no zone")
        if len(self.holder_key) != HASH_BYTES:
            raise FactsError(f"a key thumbprint has {HASH_BYTES} bytes")

    @property
    def person(self) -> bytes | None:
        """The 32 bytes that show the same person in one service; None if not disclosed as such."""
        value = self.claims.get(PERSON_CLAIM)
        return b64u_decode(value) if isinstance(value, str) and is_pseudonym(value) else None
