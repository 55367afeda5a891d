"""Voting tokens: blind threshold BLS signatures on ballot keys (SPEC "Tokens").

``h = hash_to_G1(tr("token", poll_id, V))``; the device sends ``M = bh``, registrar j answers
``S_j = x_j M``, the token is ``sigma = b^-1 sum lambda_j S_j = xh`` (Boldyreva, PKC 2003). Blinding
is perfect: M is a uniform point whatever V is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from voting.crypto.errors import ShareIdError, TokenCombinationError, TokenShareError
from voting.crypto.group import G1, G2, G1Point, G2Point, hash_to_g1, pairing_product_is_one
from voting.crypto.randomness import Rng, draw_bytes, random_scalar
from voting.crypto.sharing import lagrange_at_zero
from voting.crypto.transcript import ORDER, transcript_hash

WEIGHT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """The registrars' public keys, out of their ceremony.

    Args:
        threshold: t, how many shares make a token.
        key: PK.
        shares: PK_1..PK_n.
    """

    threshold: int
    key: G2Point
    shares: tuple[G2Point, ...]


@dataclass(frozen=True, slots=True)
class BlindedKey:
    """What the device keeps and sends.

    Args:
        poll_id: 32 bytes.
        public: V, 48 bytes.
        blinded: M, 48 bytes; this alone is sent.
        blind: b; erased after unblinding.
    """

    poll_id: bytes
    public: bytes
    blinded: bytes
    blind: int = field(repr=False)


def token_point(poll_id: bytes, public: bytes) -> G1Point:
    """h, the point that stands for a ballot key in one poll.

    Args:
        poll_id: 32 bytes.
        public: V, 48 bytes.
    """
    return hash_to_g1(transcript_hash("token", poll_id, public), "token")


def blind_key(poll_id: bytes, public: bytes, rng: Rng) -> BlindedKey:
    """Blind a ballot key with fresh randomness, never derived from the key's seed."""
    return blind_with_given_blind_for_vectors(poll_id, public, random_scalar(rng), rng)


def blind_with_given_blind_for_vectors(
    poll_id: bytes, public: bytes, blind: int, rng: Rng
) -> BlindedKey:
    """Blind with a scalar from a test vector; production calls ``blind_key``."""
    point = G1.multiply_secret(token_point(poll_id, public), blind, rng)
    return BlindedKey(poll_id, public, G1.encode(point), blind)


def sign_blinded(share_key: int, blinded: bytes, rng: Rng) -> bytes:
    """A registrar's share ``S_j = x_j M``, 48 bytes.

    Args:
        share_key: x_j, which signs nothing but blinded points.
        blinded: M, hostile bytes.
        rng: for splitting the key.

    Raises:
        GroupError: M is not canonical, the neutral element, or outside the subgroup, where the
            answer would tell x_j modulo a small prime (G-01 to G-03).

    Not checked: who asks, and whether the person has a token already.
    """
    return G1.encode(G1.multiply_secret(G1.decode(blinded), share_key, rng))


def check_share(keys: TokenKeys, registrar: int, blinded: bytes, share: bytes) -> G1Point:
    """Check ``e(S_j, G2) = e(M, PK_j)`` and return the share.

    Args:
        keys: of the registrars.
        registrar: j, 1-based.
        blinded: M, 48 bytes.
        share: S_j, hostile bytes.

    Raises:
        ShareIdError: there is no such registrar (T-01).
        GroupError: a point that is not valid (G-01 to G-03).
        TokenShareError: another key made the share; signed by its registrar, it is evidence (T-02).
    """
    if not 1 <= registrar <= len(keys.shares):
        raise ShareIdError(f"there is no registrar {registrar}")
    point = G1.decode(share)
    pairs = [(point, G2.generator), (-G1.decode(blinded), keys.shares[registrar - 1])]
    if not pairing_product_is_one(pairs):
        raise TokenShareError(registrar)
    return point


def combine_shares(
    keys: TokenKeys, request: BlindedKey, shares: Mapping[int, bytes], rng: Rng
) -> bytes:
    """Combine and unblind t shares: sigma, 48 bytes.

    The token is unique, so that checking it checks the shares; each is looked at alone only to
    name whose share was bad.

    Args:
        keys: of the registrars, from the anchored definition.
        request: what was blinded.
        shares: S_j by 1-based registrar index, exactly t of them.
        rng: for splitting the blind.

    Raises:
        ShareIdError: another number of shares than t, or an unknown registrar (T-01).
        GroupError: a point that is not valid (G-01 to G-03).
        TokenShareError: naming the registrar whose share is bad (T-02).
        TokenCombinationError: good shares that make no token: the definition's PK does not belong
            to its PK_j (T-03).
    """
    token = _combined(keys, request, shares, rng)
    if not token_holds(request.poll_id, request.public, token, keys.key):
        for j, share in shares.items():
            check_share(keys, j, request.blinded, share)
        raise TokenCombinationError("the combined shares do not verify under the common key")
    return G1.encode(token)


def combine_many(
    keys: TokenKeys, asked: Sequence[tuple[BlindedKey, Mapping[int, bytes]]], rng: Rng
) -> list[bytes]:
    """``combine_shares`` for many devices in one place, whose tokens are checked together.

    Args:
        keys: of the registrars.
        asked: at least one; what was blinded, with the shares for it.
        rng: secure source of random bytes.

    Raises:
        CryptoError: as ``combine_shares``, for the first that fails.
    """
    tokens = [_combined(keys, request, shares, rng) for request, shares in asked]
    hashes = [token_point(request.poll_id, request.public) for request, _ in asked]
    if tokens_hold_together(hashes, tokens, keys.key, rng):
        return [G1.encode(token) for token in tokens]
    return [combine_shares(keys, request, shares, rng) for request, shares in asked]


def _combined(
    keys: TokenKeys, request: BlindedKey, shares: Mapping[int, bytes], rng: Rng
) -> G1Point:
    """Combine and unblind, without checking what came out."""
    if len(shares) != keys.threshold:
        raise ShareIdError(f"{len(shares)} shares, a token takes {keys.threshold}")
    if not all(1 <= j <= len(keys.shares) for j in shares):
        raise ShareIdError(f"registrars are numbered 1..{len(keys.shares)}")
    points = [G1.decode(share) for share in shares.values()]
    blinded = G1.combine(points, lagrange_at_zero(tuple(shares)))
    return G1.multiply_secret(blinded, pow(request.blind, -1, ORDER), rng)


def verify_token(poll_id: bytes, public: bytes, token: bytes, key: G2Point) -> G1Point:
    """Check a token's bytes for a ballot key's bytes.

    Raises:
        GroupError: a token that is no valid point (G-01 to G-03).
        TokenCombinationError: it does not verify (T-03).
    """
    point = G1.decode(token)
    if not token_holds(poll_id, public, point, key):
        raise TokenCombinationError("the token does not verify under the common key")
    return point


def token_holds(poll_id: bytes, public: bytes, token: G1Point, key: G2Point) -> bool:
    """Whether ``e(sigma, G2) = e(h, PK)`` for a valid point sigma."""
    return pairing_product_is_one([(token, G2.generator), (-token_point(poll_id, public), key)])


def tokens_hold_together(
    hashes: Sequence[G1Point], tokens: Sequence[G1Point], key: G2Point, rng: Rng
) -> bool:
    """Whether ``e(sigma, G2) = e(h, PK)`` for all: two sums and one product of two pairings.

    A bad token is missed with probability 2^-128.

    Args:
        hashes: h of each ballot key; at least one.
        tokens: valid points sigma, as many; fixed before the weights are drawn from ``rng``.
        key: PK.
        rng: secure source of random bytes.
    """
    if len(tokens) == len(hashes) == 1:
        return pairing_product_is_one([(tokens[0], G2.generator), (-hashes[0], key)])
    weights = draw_weights(rng, len(tokens))
    signed, hashed = G1.combine(tokens, weights), G1.combine(hashes, weights)
    return pairing_product_is_one([(signed, G2.generator), (-hashed, key)])


def draw_weights(rng: Rng, count: int) -> list[int]:
    """Fresh 128-bit weights for a random combination of ``count`` equations."""
    data = draw_bytes(rng, WEIGHT_BYTES * count)
    places = range(0, len(data), WEIGHT_BYTES)
    return [int.from_bytes(data[at : at + WEIGHT_BYTES], "big") for at in places]
