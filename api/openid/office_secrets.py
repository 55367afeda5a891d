"""The secrets of the endpoints, all derived from one master secret."""

import hmac
from dataclasses import dataclass, field

from api.openid.secret_words import TAG
from contracts.evidence.encoding import HASH_BYTES, tagged_hash
from verifier.errors import KeyFormatError


@dataclass(frozen=True, slots=True)
class OfficeSecrets:
    """Secrets derived from one master secret of 32 bytes; every use has its own."""

    master: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.master) != HASH_BYTES:
            raise KeyFormatError("the master secret has 32 bytes")

    def of(self, use: str) -> bytes:
        """The 32 bytes for one use."""
        return hmac.digest(self.master, tagged_hash(TAG + "secret", use.encode()), "sha256")
