"""Making a ballot on the voter's side: seal the choices, then open them for a check, or cast.

Secrets are drawn once, in ``seal``; a sealed choice is either opened or cast, never both, and its
holder erases it afterwards.
"""

from dataclasses import dataclass, field

from voting.crypto.ballot import VERSION
from voting.crypto.ballot_transcript import (
    Caster,
    signature_digest,
    tracking_code,
    x_digest,
    y_digest,
)
from voting.crypto.elgamal import Ciphertext, encrypt
from voting.crypto.errors import ChoiceError, ForeignChoiceError
from voting.crypto.fixed_base import generator_base
from voting.crypto.group import G1, SECOND_GENERATOR, G1Point, encode_scalar
from voting.crypto.poll_context import PollContext
from voting.crypto.randomness import Hedge, Rng
from voting.crypto.slack import split_slack
from voting.crypto.transcript import ORDER, challenge, transcript_hash, u16, u32


@dataclass(frozen=True, slots=True)
class Choice:
    """What the voter wants, and for which cast.

    Args:
        votes: one bit per option, in the definition's order.
        sequence: 1..max_casts, higher than any the voter used before.
        attempt: how many choices this device sealed for this poll before; a checked choice reveals
            its randomness, so that no two attempts may share it even under a bad random source.
    """

    votes: tuple[int, ...]
    sequence: int
    attempt: int


@dataclass(frozen=True, slots=True, repr=False)
class BallotSecrets:
    """Every secret scalar of one ballot except the voter's key.

    Args:
        r: of the ciphertext.
        s: of the announcement.
        a: one per component, summing up to 0 with slack by weight.
        t1: of C1.
        t0: of C0.
        w: of the signature.
    """

    r: int
    s: int
    a: tuple[int, ...]
    t1: int
    t0: int
    w: int


@dataclass(frozen=True, slots=True)
class SealedChoice:
    """An encrypted choice that is not yet cast; only ``code`` may be shown before the decision.

    It belongs to one context and one ballot key: cast under a second one it would answer a second
    challenge with the same secrets and so reveal them.

    Args:
        context: ctx it was sealed for, 32 bytes.
        public: V it was sealed for, 48 bytes.
        code: the tracking code.
        sequence: of the choice.
        ciphertext: A and B.
        votes: one bit per option.
        bits: votes, then slack.
        secrets: of this ballot.
    """

    context: bytes
    public: bytes
    code: bytes
    sequence: int
    ciphertext: Ciphertext
    votes: tuple[int, ...] = field(repr=False)
    bits: tuple[int, ...] = field(repr=False)
    secrets: BallotSecrets = field(repr=False)


@dataclass(frozen=True, slots=True)
class VoterKey:
    """A ballot key with its token.

    Args:
        secret: k.
        public: V = kG, 48 bytes.
        token: sigma for V, 48 bytes, verified.
    """

    secret: int = field(repr=False)
    public: bytes
    token: bytes


def seal(
    context: PollContext, choice: Choice, public: bytes, *, seed: bytes, rng: Rng
) -> SealedChoice:
    """Encrypt a choice with fresh hedged randomness.

    Args:
        context: made from the anchored definition.
        choice: what to encrypt.
        public: V, 48 bytes.
        seed: 32 secret bytes of the device.
        rng: secure source of random bytes.

    Raises:
        ChoiceError: choices or a sequence number that the poll does not allow (B-10).
    """
    bits = _ballot_bits(context, choice)
    votes = bytes(choice.votes)
    what = transcript_hash(
        "hedged-ballot", context.digest, public, votes, u32(choice.sequence), u32(choice.attempt)
    )
    secrets = _draw_secrets(context, Hedge(seed, what, rng))
    return _seal(context, (choice, bits), public, secrets, rng)


def seal_with_given_secrets_for_vectors(
    context: PollContext, choice: Choice, public: bytes, secrets: BallotSecrets, rng: Rng
) -> SealedChoice:
    """Seal with secrets from a test vector; a ballot made like this is secret from nobody."""
    return _seal(context, (choice, _ballot_bits(context, choice)), public, secrets, rng)


def cast(context: PollContext, sealed: SealedChoice, voter: VoterKey, rng: Rng) -> bytes:
    """Prove and sign a sealed choice: the bytes of the ballot.

    Args:
        context: the one it was sealed for.
        sealed: never opened for a check, never cast before.
        voter: key and token.
        rng: for splitting secrets.

    Raises:
        ForeignChoiceError: it was sealed for another context or another key (B-12).

    Not checked: the token (``verify_token`` does, when it is unblinded); that the choice was not
    opened or cast before, which its holder remembers.
    """
    if (sealed.context, sealed.public) != (context.digest, voter.public):
        raise ForeignChoiceError("the choice was sealed for another poll or another key")
    secrets, keys = sealed.secrets, context.keys
    announcement = encrypt(keys, secrets.a, secrets.s, rng).encode()
    caster = Caster(voter.public, sealed.sequence, voter.token)
    dy = y_digest(context, caster, sealed.code, announcement)
    pair = _bit_pair(sealed, challenge(dy), rng)
    dx = x_digest(dy, pair)
    responses = _responses(context, sealed, challenge(dx))
    nonce = G1.encode(generator_base(G1.generator).multiply_secret(secrets.w, rng))
    c = challenge(signature_digest(dx, responses, nonce))
    signature = encode_scalar((secrets.w + c * voter.secret) % ORDER)
    header = bytes([VERSION]) + context.poll_id + u16(sealed.sequence)
    points = voter.public + voter.token + sealed.ciphertext.encode() + announcement + pair
    return header + points + responses + nonce + signature


def _ballot_bits(context: PollContext, choice: Choice) -> tuple[int, ...]:
    """Votes, then the canonical slack bits."""
    shape, votes = context.shape, choice.votes
    if len(votes) != shape.options or not set(votes) <= {0, 1}:
        raise ChoiceError(f"a choice has one bit for each of {shape.options} options")
    if not shape.minimum <= sum(votes) <= shape.maximum:
        raise ChoiceError(f"{shape.minimum} to {shape.maximum} options are chosen")
    if not 1 <= choice.sequence <= shape.max_casts:
        raise ChoiceError(f"sequence number {choice.sequence}, 1..{shape.max_casts} are allowed")
    return votes + split_slack(shape.maximum - sum(votes), shape.weights)


def _draw_secrets(context: PollContext, hedge: Hedge) -> BallotSecrets:
    """Draw all secrets; ``a_m`` is set so that the weighted sum of all a is 0."""
    options, weights = context.shape.options, context.shape.weights
    free = [hedge.scalar("a", i) for i in range(1, options)]
    slack = [hedge.scalar("a", options + j) for j in range(1, len(weights) + 1)]
    last = -sum(free) - sum(w * b for w, b in zip(weights, slack, strict=True))
    return BallotSecrets(
        r=hedge.scalar("r"),
        s=hedge.scalar("s"),
        a=(*free, last % ORDER, *slack),
        t1=hedge.scalar("t1"),
        t0=hedge.scalar("t0"),
        w=hedge.scalar("w"),
    )


def _seal(
    context: PollContext,
    chosen: tuple[Choice, tuple[int, ...]],
    public: bytes,
    secrets: BallotSecrets,
    rng: Rng,
) -> SealedChoice:
    choice, bits = chosen
    ciphertext = encrypt(context.keys, bits, secrets.r, rng)
    code = tracking_code(context, ciphertext.encode())
    return SealedChoice(
        context.digest, public, code, choice.sequence, ciphertext, choice.votes, bits, secrets
    )


def _bit_pair(sealed: SealedChoice, y: int, rng: Rng) -> bytes:
    """``C1 | C0``, the commitments to the coefficients of the quadratic polynomial in x."""
    c1, c0, power = 0, 0, 1
    for bit, a in zip(sealed.bits, sealed.secrets.a, strict=True):
        power = power * y % ORDER
        c1 += power * a * (1 - 2 * bit)
        c0 -= power * a * a
    first = _commit(c1 % ORDER, sealed.secrets.t1, rng)
    return G1.encode(first) + G1.encode(_commit(c0 % ORDER, sealed.secrets.t0, rng))


def _commit(value: int, mask: int, rng: Rng) -> G1Point:
    """``value G + mask H`` (Pedersen)."""
    hidden = generator_base(SECOND_GENERATOR).multiply_secret(mask, rng)
    return generator_base(G1.generator).multiply_secret(value, rng) + hidden


def _responses(context: PollContext, sealed: SealedChoice, x: int) -> bytes:
    """``f.. | z | t``, without ``f_m``."""
    secrets = sealed.secrets
    f = [(x * bit + a) % ORDER for bit, a in zip(sealed.bits, secrets.a, strict=True)]
    del f[context.shape.options - 1]
    z = (x * secrets.r + secrets.s) % ORDER
    t = (x * secrets.t1 + secrets.t0) % ORDER
    return b"".join(encode_scalar(scalar) for scalar in (*f, z, t))
