"""The challenges of a ballot: what each one hashes is what makes the proof sound (SPEC "Ballot").

``code = tr("ct", ctx, A|B)``, ``dy = tr("y", ctx, V, u32 seq, sigma, code, A'|B')``,
``dx = tr("x", dy, C1|C0)``, ``dc = tr("sig", dx, f..|z|t, R)``; challenges are ``chal`` of these.
"""

from dataclasses import dataclass

from voting.crypto.ballot import Ballot, component_count, split_ballot
from voting.crypto.poll_context import PollContext
from voting.crypto.transcript import ORDER, challenge, transcript_hash, u32


def tracking_code(context: PollContext, ciphertext: bytes) -> bytes:
    """``code``: the ciphertext alone, so that a check reveals neither key nor token.

    Args:
        context: of the poll.
        ciphertext: ``A | B_1 | ..``, compressed.
    """
    return transcript_hash("ct", context.digest, ciphertext)


@dataclass(frozen=True, slots=True)
class Caster:
    """Who casts: V, the sequence number, sigma."""

    key: bytes
    sequence: int
    token: bytes


def y_digest(context: PollContext, caster: Caster, code: bytes, announcement: bytes) -> bytes:
    """``dy``: fixed only after the ciphertext and the announcement, and bound to who casts.

    y must come after B, or votes outside {0, 1} could be chosen to cancel; V, seq and sigma keep a
    copied ciphertext from being cast under another key.
    """
    who = (caster.key, u32(caster.sequence), caster.token)
    return transcript_hash("y", context.digest, *who, code, announcement)


def x_digest(dy: bytes, bit_pair: bytes) -> bytes:
    """``dx``: without C0 in it, C0 could be solved for afterwards and any votes would pass."""
    return transcript_hash("x", dy, bit_pair)


def signature_digest(dx: bytes, responses: bytes, nonce: bytes) -> bytes:
    """The signed message is the whole ballot: all before through ``dx``, and every response."""
    return transcript_hash("sig", dx, responses, nonce)


@dataclass(frozen=True, slots=True)
class Challenges:
    """The tracking code and the three challenges of a ballot."""

    code: bytes
    y: int
    x: int
    c: int


def challenges_of(context: PollContext, ballot: Ballot) -> Challenges:
    """Recompute all challenges from the ballot's bytes."""
    parts = split_ballot(ballot.data, component_count(context.shape))
    code = tracking_code(context, parts.ciphertext)
    caster = Caster(parts.key, ballot.sequence, parts.token)
    dy = y_digest(context, caster, code, parts.announcement)
    dx = x_digest(dy, parts.bit_pair)
    c = challenge(signature_digest(dx, parts.responses, parts.nonce))
    return Challenges(code, challenge(dy), challenge(dx), c)


def complete_responses(context: PollContext, responses: tuple[int, ...], x: int) -> tuple[int, ...]:
    """All ``m + l`` responses: ``f_m = max x - sum of the others, slack by weight``, mod r."""
    before = context.shape.options - 1
    options, slack = responses[:before], responses[before:]
    weighted = sum(w * f for w, f in zip(context.shape.weights, slack, strict=True))
    last = (context.shape.maximum * x - sum(options) - weighted) % ORDER
    return (*options, last, *slack)


def quadratic_sum(responses: tuple[int, ...], x: int, y: int) -> int:
    """``sum of y^i f_i (x - f_i)`` over i = 1..m+l, mod r."""
    total, power = 0, 1
    for f in responses:
        power = power * y % ORDER
        total += power * (f * (x - f) % ORDER)
    return total % ORDER
