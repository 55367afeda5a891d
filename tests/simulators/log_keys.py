"""Keys of logs in memory."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.evidence.checkpoint import Checkpoint, sign_checkpoint
from contracts.evidence.note import LogKey


@dataclass
class MemoryLogKeys:
    """``api.ports.log_keys.LogKeys`` without files."""

    kept: dict[str, Ed25519PrivateKey] = field(default_factory=dict)

    def names(self) -> frozenset[str]:
        return frozenset(self.kept)

    def origin(self, log: str) -> str:
        return f"localhost/test/{log}"

    def key(self, log: str) -> LogKey:
        return LogKey(self.origin(log), self._secret(log).public_key().public_bytes_raw())

    def sign(self, log: str, checkpoint: Checkpoint) -> str:
        return sign_checkpoint(checkpoint, self._secret(log))

    def _secret(self, log: str) -> Ed25519PrivateKey:
        return self.kept.setdefault(log, Ed25519PrivateKey.generate())
