"""Decrypting one sum by t of n trustees, with proofs that a contract verifies (SPEC "Decryption").

Aggregates and proofs are hashed in EIP-2537 form, so that the contract can build them itself. The
digest of the aggregate covers every component of the sum: under a proof that left out the B parts,
counts could be shifted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from voting.crypto.discrete_log import MAX_COUNT, count_votes
from voting.crypto.elgamal import Ciphertext
from voting.crypto.errors import (
    AggregateFormError,
    CountSumError,
    DecryptionProofError,
    ForeignAggregateError,
    GroupError,
    TooFewBallotsError,
    TrusteeIdError,
)
from voting.crypto.group import G1, SCALAR_BYTES, G1Point, decode_scalar, encode_scalar
from voting.crypto.poll_context import PollShape
from voting.crypto.randomness import Rng, random_scalar
from voting.crypto.sharing import lagrange_at_zero
from voting.crypto.transcript import DIGEST_BYTES, ORDER, challenge, transcript_hash, u32, u64, u256

CONTRACT_BYTES: Final = 20
LOWEST_MIN_BALLOTS: Final = 5
_HEADER_BYTES: Final = DIGEST_BYTES + 4
_MAX_CHAIN_ID: Final = (1 << 256) - 1


@dataclass(frozen=True, slots=True)
class Board:
    """The anchored end of the board.

    Args:
        chain_id: of the chain.
        contract: address of the poll's contract, 20 bytes.
        poll_id: 32 bytes.
        size: leaves of the final checkpoint.
        root: its root, 32 bytes.
    """

    chain_id: int
    contract: bytes
    poll_id: bytes
    size: int
    root: bytes

    def __post_init__(self) -> None:
        lengths = (len(self.contract), len(self.poll_id), len(self.root))
        if lengths != (CONTRACT_BYTES, DIGEST_BYTES, DIGEST_BYTES):
            raise AggregateFormError("an address has 20 bytes, a poll id and a root 32")
        if not 0 <= self.chain_id <= _MAX_CHAIN_ID or not 0 <= self.size <= MAX_COUNT:
            raise AggregateFormError("chain id or board size is out of range")


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The sum of the counted ballots and where it comes from.

    Args:
        board: the final checkpoint.
        ballots: N, how many ballots were added up.
        total: A_sum and B_1sum..B_msum, without slack.
    """

    board: Board
    ballots: int
    total: Ciphertext

    def __post_init__(self) -> None:
        if not 0 < self.ballots <= self.board.size or not self.total.b:
            raise AggregateFormError(f"{self.ballots} ballots of {self.board.size} leaves")

    def digest(self) -> bytes:
        """``agg``: ``tr("aggregate", u256 chain, contract, poll_id, u64 size, root, u64 N, sum)``.

        The sum is one part, ``A_sum | B_1sum | ..`` in 128 bytes each.

        Raises:
            IdentityPointError: a component of the sum is the neutral element (G-02).
        """
        board = self.board
        points = (self.total.a, *self.total.b)
        return transcript_hash(
            "aggregate",
            u256(board.chain_id),
            board.contract,
            board.poll_id,
            u64(board.size),
            board.root,
            u64(self.ballots),
            _evm(points),
        )


def require_enough(aggregate: Aggregate, min_ballots: int) -> None:
    """Refuse to decrypt what would tell single votes.

    Args:
        aggregate: to be decrypted.
        min_ballots: of the definition.

    Raises:
        TooFewBallotsError: fewer ballots than that, or a bound below the lowest allowed (D-07).
    """
    if not LOWEST_MIN_BALLOTS <= min_ballots <= aggregate.ballots:
        raise TooFewBallotsError(
            f"{aggregate.ballots} ballots, at least {min_ballots} are decrypted"
        )


@dataclass(frozen=True, slots=True)
class TrusteeKey:
    """A trustee's shares, one per option.

    Args:
        index: l, 1-based.
        shares: x_l1..x_lm.
        public: X_l1..X_lm.
    """

    index: int
    shares: tuple[int, ...] = field(repr=False)
    public: tuple[G1Point, ...]


@dataclass(frozen=True, slots=True)
class PartialDecryption:
    """What a trustee publishes; a claim until ``verify_partial`` has checked it.

    Args:
        aggregate: the digest it was made for.
        trustee: l.
        points: D_l1..D_lm.
        w1: of the proof.
        w2: of the proof.
        response: zd.
    """

    aggregate: bytes
    trustee: int
    points: tuple[G1Point, ...]
    w1: G1Point
    w2: G1Point
    response: int

    def encode(self) -> bytes:
        """``agg | u32 l | D_l1..D_lm | W1 | W2 | zd``, points in 128 bytes."""
        points = _evm((*self.points, self.w1, self.w2))
        return self.aggregate + u32(self.trustee) + points + encode_scalar(self.response)

    @classmethod
    def decode(cls, data: bytes, options: int) -> "PartialDecryption":
        """The inverse of ``encode`` for m options.

        Raises:
            AggregateFormError: another length (D-01).
            GroupError: an element that is not valid (G-01 to G-04).
        """
        if len(data) != _HEADER_BYTES + G1.evm_bytes * (options + 2) + SCALAR_BYTES:
            raise AggregateFormError(f"{len(data)} bytes are no partial decryption")
        places = range(_HEADER_BYTES, len(data) - SCALAR_BYTES, G1.evm_bytes)
        points = [G1.decode_evm(data[at : at + G1.evm_bytes]) for at in places]
        trustee = int.from_bytes(data[DIGEST_BYTES:_HEADER_BYTES], "big")
        response = decode_scalar(data[-SCALAR_BYTES:])
        w1, w2 = points[-2:]
        return cls(data[:DIGEST_BYTES], trustee, tuple(points[:-2]), w1, w2, response)


@dataclass(frozen=True, slots=True)
class VerifiedPartial:
    """A partial decryption whose proof holds; only ``verify_partial`` makes one."""

    aggregate: bytes
    trustee: int
    points: tuple[G1Point, ...]


def require_decryptable(aggregate: Aggregate, key: TrusteeKey) -> None:
    """Refuse a sum that a secret must never be multiplied with.

    Raises:
        AggregateFormError: another number of options than keys (D-01).
        SubgroupError: a component of the sum lies outside the subgroup (G-03): a multiple of it
            would tell a part of the share.
    """
    if not len(aggregate.total.b) == len(key.shares) == len(key.public):
        raise AggregateFormError(f"{len(aggregate.total.b)} sums for {len(key.shares)} keys")
    for point in (aggregate.total.a, *aggregate.total.b):
        G1.in_subgroup(point)


def decrypt_partially(aggregate: Aggregate, key: TrusteeKey, rng: Rng) -> PartialDecryption:
    """A trustee's part: ``D_i = x_li A_sum`` with one proof for all options.

    Args:
        aggregate: recomputed by the trustee's own program from the verified record.
        key: of this trustee.
        rng: secure source of random bytes.

    Raises:
        AggregateFormError, SubgroupError: as ``require_decryptable``.
        IdentityPointError: a component of the sum is the neutral element (G-02).

    Not checked: that this trustee answered no other aggregate before. The caller keeps that
    durably: two sums that differ by one ballot would open it.
    """
    require_decryptable(aggregate, key)
    a_sum, agg = aggregate.total.a, aggregate.digest()
    points = tuple(G1.multiply_secret(a_sum, share, rng) for share in key.shares)
    d1 = _rho_digest(agg, key.index, key.public, points)
    rho = _powers(challenge(d1), len(points))
    w = random_scalar(rng)
    w1 = G1.multiply_secret(G1.generator, w, rng)
    w2 = G1.multiply_secret(a_sum, w, rng)
    secret = sum(p * share for p, share in zip(rho, key.shares, strict=True)) % ORDER
    response = (w + _e_challenge(d1, w1, w2) * secret) % ORDER
    return PartialDecryption(agg, key.index, points, w1, w2, response)


def verify_partial(
    aggregate: Aggregate, share_keys: Sequence[Sequence[G1Point]], partial: PartialDecryption
) -> VerifiedPartial:
    """Check one trustee's part.

    Args:
        aggregate: recomputed by the caller.
        share_keys: ``[l-1][i-1] = X_li``, out of the ceremony.
        partial: decoded, every point valid.

    Raises:
        TrusteeIdError: there is no such trustee (D-02).
        ForeignAggregateError: it was made for another aggregate (D-03).
        DecryptionProofError: naming the trustee (D-04).
    """
    if not 1 <= partial.trustee <= len(share_keys):
        raise TrusteeIdError(f"there is no trustee {partial.trustee}")
    if partial.aggregate != aggregate.digest():
        raise ForeignAggregateError(f"trustee {partial.trustee} decrypted another aggregate")
    public = tuple(share_keys[partial.trustee - 1])
    if not len(public) == len(partial.points) == len(aggregate.total.b):
        raise DecryptionProofError(partial.trustee)
    d1 = _rho_digest(partial.aggregate, partial.trustee, public, partial.points)
    rho = _powers(challenge(d1), len(public))
    e = _e_challenge(d1, partial.w1, partial.w2)
    scalars = [partial.response, *(-e * p % ORDER for p in rho)]
    keys_fit = G1.combine([G1.generator, *public], scalars) == partial.w1
    if not keys_fit or G1.combine([aggregate.total.a, *partial.points], scalars) != partial.w2:
        raise DecryptionProofError(partial.trustee)
    return VerifiedPartial(partial.aggregate, partial.trustee, partial.points)


def combine_counts(
    aggregate: Aggregate, shape: PollShape, threshold: int, partials: Sequence[VerifiedPartial]
) -> tuple[int, ...]:
    """Combine exactly t parts into the counts.

    Args:
        aggregate: the one they were made for.
        shape: of the poll.
        threshold: t.
        partials: verified, of distinct trustees.

    Returns:
        How many ballots chose each option.

    Raises:
        AggregateFormError: another number of sums than options (D-01).
        TrusteeIdError: not exactly t distinct trustees (D-02).
        ForeignAggregateError: a part for another aggregate (D-03).
        CountRangeError: a result that is no count of 0..N (D-05).
        CountSumError: counts whose sum lies outside min N..max N (D-06).
    """
    if len(aggregate.total.b) != shape.options:
        raise AggregateFormError(f"{len(aggregate.total.b)} sums for {shape.options} options")
    ids = [partial.trustee for partial in partials]
    if len(ids) != threshold or len(set(ids)) != threshold:
        raise TrusteeIdError(f"exactly {threshold} distinct trustees decrypt, not {ids}")
    agg = aggregate.digest()
    if any(partial.aggregate != agg for partial in partials):
        raise ForeignAggregateError("a partial decryption belongs to another aggregate")
    weights = lagrange_at_zero(ids)
    columns = zip(*(partial.points for partial in partials), strict=True)
    masks = [G1.combine(column, weights) for column in columns]
    results = [b - mask for b, mask in zip(aggregate.total.b, masks, strict=True)]
    counts = count_votes(results, aggregate.ballots)
    lowest, highest = shape.minimum * aggregate.ballots, shape.maximum * aggregate.ballots
    if not lowest <= sum(counts) <= highest:
        raise CountSumError(f"{sum(counts)} choices, {lowest}..{highest} are possible")
    return counts


def _rho_digest(
    agg: bytes, trustee: int, public: Sequence[G1Point], points: Sequence[G1Point]
) -> bytes:
    """``d1 = tr("dec-rho", agg, u32 l, X_l1|..|X_lm, D_l1|..|D_lm)``."""
    try:
        return transcript_hash("dec-rho", agg, u32(trustee), _evm(public), _evm(points))
    except GroupError as error:
        raise DecryptionProofError(trustee) from error


def _e_challenge(d1: bytes, w1: G1Point, w2: G1Point) -> int:
    """``e = chal(tr("dec-e", d1, W1, W2))``."""
    return challenge(transcript_hash("dec-e", d1, G1.encode_evm(w1), G1.encode_evm(w2)))


def _powers(base: int, count: int) -> list[int]:
    """``base^1..base^count`` mod r."""
    powers, power = [], 1
    for _ in range(count):
        power = power * base % ORDER
        powers.append(power)
    return powers


def _evm(points: Sequence[G1Point]) -> bytes:
    return b"".join(G1.encode_evm(point) for point in points)
