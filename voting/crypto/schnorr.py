"""Proofs of knowledge of a discrete logarithm, in either group (Schnorr, J. Cryptology 1991).

``R = wG``, ``c = chal(tr(name, context.., P, R))``, ``s = w + c x``; check ``sG = R + cP``. The
statement and everything it stands in are hashed (Bernhard, Pereira, Warinschi, ASIACRYPT 2012).
"""

from dataclasses import dataclass
from typing import Generic

from voting.crypto.group import Group, PointT, decode_scalar, encode_scalar
from voting.crypto.randomness import Rng, random_scalar
from voting.crypto.transcript import ORDER, challenge, transcript_hash


@dataclass(frozen=True, slots=True)
class Statement(Generic[PointT]):
    """What is proved: "I know x with ``P = xG``", for one purpose in one place.

    Args:
        group: where P lives.
        name: the transcript's name, one per purpose.
        context: the transcript's parts before P.
        point: P, valid.
    """

    group: Group[PointT]
    name: str
    context: tuple[bytes, ...]
    point: PointT

    def challenge(self, nonce: PointT) -> int:
        """``chal(tr(name, context.., P, R))``."""
        encode = self.group.encode
        digest = transcript_hash(self.name, *self.context, encode(self.point), encode(nonce))
        return challenge(digest)


@dataclass(frozen=True, slots=True)
class KnowledgeProof(Generic[PointT]):
    """R and s; a claim until ``holds`` says so."""

    nonce: PointT
    response: int

    def encode(self, group: Group[PointT]) -> bytes:
        """R compressed, then s in 32 bytes."""
        return group.encode(self.nonce) + encode_scalar(self.response)

    @classmethod
    def decode(cls, group: Group[PointT], data: bytes) -> "KnowledgeProof[PointT]":
        """The inverse of ``encode``.

        Raises:
            GroupError: for an element that is not valid (G-01 to G-04), wrong lengths included.
        """
        split = group.point_bytes
        return cls(group.decode(data[:split]), decode_scalar(data[split:]))


def prove_knowledge(statement: Statement[PointT], secret: int, rng: Rng) -> KnowledgeProof[PointT]:
    """Prove knowledge of ``secret``, the logarithm of the statement's point.

    Not checked: that it is the logarithm; the proof fails if not.
    """
    group = statement.group
    w = random_scalar(rng)
    nonce = group.multiply_secret(group.generator, w, rng)
    return KnowledgeProof(nonce, (w + statement.challenge(nonce) * secret) % ORDER)


def holds(statement: Statement[PointT], proof: KnowledgeProof[PointT]) -> bool:
    """Whether ``sG = R + cP``; the caller raises the error that belongs to its place."""
    group = statement.group
    c = statement.challenge(proof.nonce)
    left = group.combine([group.generator, statement.point], [proof.response, (ORDER - c) % ORDER])
    return left == proof.nonce
