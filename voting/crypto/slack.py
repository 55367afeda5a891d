"""Slack: how a ballot hides how many options between min and max it chose.

With ``D = max - min`` and ``l = bitlength(D)`` there are slack bits ``u_1..u_l`` with weights
``w_j = 2^(j-1)`` for ``j < l`` and ``w_l = D - 2^(l-1) + 1``, whose sums cover exactly 0..D, so
that ``sum v_i + sum w_j u_j = max`` forces the number of choices into min..max. Weights 1, 2 for
D = 2 would reach 3 and let an empty ballot through.
"""

from functools import lru_cache

from voting.crypto.group import G1Point, hash_to_g1
from voting.crypto.transcript import transcript_hash, u32


def slack_weights(spread: int) -> tuple[int, ...]:
    """The weights for ``spread = max - min``; none where it is 0."""
    bits = spread.bit_length()
    if bits == 0:
        return ()
    powers = tuple(1 << j for j in range(bits - 1))
    return (*powers, spread - (1 << (bits - 1)) + 1)


def split_slack(rest: int, weights: tuple[int, ...]) -> tuple[int, ...]:
    """The canonical bits with ``sum w_j u_j = rest``: largest weight first, among equals the first.

    Args:
        rest: 0..sum of the weights.
        weights: from ``slack_weights``.
    """
    bits = [0] * len(weights)
    for j in sorted(range(len(weights)), key=lambda j: -weights[j]):
        if weights[j] <= rest:
            bits[j], rest = 1, rest - weights[j]
    return tuple(bits)


@lru_cache(maxsize=8)
def slack_keys(count: int) -> tuple[G1Point, ...]:
    """``K_j = hash_to_curve(tr("slack", u32 j))``, j = 1..count: nobody knows their logarithm."""
    names = (transcript_hash("slack", u32(j)) for j in range(1, count + 1))
    return tuple(hash_to_g1(name, "slack") for name in names)
