"""Issuers' keys in memory."""

import secrets
from dataclasses import dataclass, field

from verifier.credential.keys import SigningKey


@dataclass
class MemoryKeys:
    """``IssuerKeys`` in memory."""

    now: dict[str, SigningKey] = field(default_factory=dict)
    following: dict[str, SigningKey] = field(default_factory=dict)

    def signer(self, agency: str) -> SigningKey:
        return self.now.setdefault(agency, SigningKey.generate(secrets.token_bytes))

    def prepare(self, agency: str) -> SigningKey:
        return self.following.setdefault(agency, SigningKey.generate(secrets.token_bytes))

    def adopt(self, agency: str) -> None:
        self.now[agency] = self.following.pop(agency)
