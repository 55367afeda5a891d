"""A poll whose secrets the test knows, and a source of bytes that is the same in every run."""

import hashlib
from dataclasses import dataclass, field

from voting.crypto.ballot_proof import Choice, VoterKey, cast, seal
from voting.crypto.group import G1, G2
from voting.crypto.poll_context import PollContext, PollShape, make_context
from voting.crypto.randomness import random_scalar
from voting.crypto.tokens import token_point

SEED = b"synthetic device seed, 32 bytes."


@dataclass(slots=True)
class DeterministicRngForVectors:
    """SHA-256 in counter mode over a label: predictable, so it protects nothing."""

    label: str
    drawn: int = field(default=0)

    def __call__(self, count: int) -> bytes:
        blocks = b""
        while len(blocks) < count:
            text = f"dojang synthetic test bytes/{self.label}/{self.drawn}"
            blocks += hashlib.sha256(text.encode("ascii")).digest()
            self.drawn += 1
        return blocks[:count]


@dataclass(frozen=True, slots=True)
class SyntheticPoll:
    """A context with the secrets behind its keys, made without a ceremony."""

    context: PollContext
    option_secrets: tuple[int, ...]
    token_secret: int
    rng: DeterministicRngForVectors

    @classmethod
    def make(cls, options: int, minimum: int, maximum: int, label: str = "poll") -> "SyntheticPoll":
        rng = DeterministicRngForVectors(f"{label}/{options}/{minimum}/{maximum}")
        shape = PollShape(options, minimum, maximum, 10)
        secrets = tuple(random_scalar(rng) for _ in range(options))
        keys = [G1.encode(G1.multiply(G1.generator, secret)) for secret in secrets]
        token_secret = random_scalar(rng)
        token_key = G2.encode(G2.multiply(G2.generator, token_secret))
        context = make_context(rng(32), shape, keys, token_key)
        return cls(context, secrets, token_secret, rng)

    def voter(self) -> VoterKey:
        """A ballot key with its token."""
        secret = random_scalar(self.rng)
        public = G1.encode(G1.multiply(G1.generator, secret))
        return VoterKey(secret, public, self.token_for(public))

    def token_for(self, public: bytes) -> bytes:
        """What t registrars would make for this ballot key."""
        return G1.encode(G1.multiply(token_point(self.context.poll_id, public), self.token_secret))

    def ballot(self, votes: tuple[int, ...], voter: VoterKey | None = None, seq: int = 1) -> bytes:
        """An honest ballot."""
        voter = voter or self.voter()
        choice = Choice(votes, seq, 0)
        sealed = seal(self.context, choice, voter.public, seed=SEED, rng=self.rng)
        return cast(self.context, sealed, voter, self.rng)
