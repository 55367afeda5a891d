"""What every proof of one poll is bound to: its id, shape and keys (SPEC checks P-01 and P-02)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from voting.crypto.errors import KeyClashError, PollShapeError
from voting.crypto.group import G1, G2, SECOND_GENERATOR, G1Point, G2Point
from voting.crypto.slack import slack_keys, slack_weights
from voting.crypto.transcript import DIGEST_BYTES, transcript_hash, u32

MIN_OPTIONS: Final = 2
MAX_OPTIONS: Final = 64
MAX_SEQUENCE: Final = (1 << 16) - 1


@dataclass(frozen=True, slots=True)
class PollShape:
    """How many options there are, how many of them a ballot chooses, how often one may vote.

    Args:
        options: m, ``MIN_OPTIONS``..``MAX_OPTIONS``.
        minimum: fewest choices, 0..maximum.
        maximum: most choices, 1..m.
        max_casts: highest sequence number, 1..``MAX_SEQUENCE``.
    """

    options: int
    minimum: int
    maximum: int
    max_casts: int

    def __post_init__(self) -> None:
        if not MIN_OPTIONS <= self.options <= MAX_OPTIONS:
            raise PollShapeError(f"{self.options} options, {MIN_OPTIONS}..{MAX_OPTIONS} can be had")
        if not (0 <= self.minimum <= self.maximum <= self.options and self.maximum > 0):
            raise PollShapeError(f"choosing {self.minimum}..{self.maximum} of {self.options}")
        if not 1 <= self.max_casts <= MAX_SEQUENCE:
            raise PollShapeError(f"{self.max_casts} casts, 1..{MAX_SEQUENCE} can be had")

    @property
    def weights(self) -> tuple[int, ...]:
        """The weights of the slack bits."""
        return slack_weights(self.maximum - self.minimum)

    @property
    def slack(self) -> int:
        """l, the number of slack bits."""
        return (self.maximum - self.minimum).bit_length()


@dataclass(frozen=True, slots=True)
class PollContext:
    """Keys that were checked against each other, and ``ctx``, the digest that goes into each proof.

    Only ``make_context`` makes one.
    """

    poll_id: bytes
    shape: PollShape
    option_keys: tuple[G1Point, ...]
    token_key: G2Point
    slack_keys: tuple[G1Point, ...]
    digest: bytes

    @property
    def keys(self) -> tuple[G1Point, ...]:
        """``Y_1..Y_m, K_1..K_l``: one per component of a ciphertext."""
        return self.option_keys + self.slack_keys


def make_context(
    poll_id: bytes, shape: PollShape, option_keys: Sequence[bytes], token_key: bytes
) -> PollContext:
    """Check a poll's keys and bind them together.

    Args:
        poll_id: 32 bytes, the hash of the definition.
        shape: the numbers of the definition.
        option_keys: ``Y_1..Y_m``, 48 bytes each.
        token_key: PK, 96 bytes.

    Returns:
        The context; ``digest = tr("ctx", poll_id, u32 m, u32 min, u32 max, Y_1|..|Y_m, PK, H,
        K_1|..|K_l)``.

    Raises:
        PollShapeError: another number of keys than options, or a poll id of another length (P-01).
        GroupError: a key that is no valid point (G-01 to G-03).
        KeyClashError: two keys equal or opposite, or one of them +-G, +-H or +-K_j (P-02).

    Not checked: that the keys came out of a ceremony.
    """
    if len(option_keys) != shape.options or len(poll_id) != DIGEST_BYTES:
        raise PollShapeError(f"{len(option_keys)} keys for {shape.options} options")
    keys = tuple(G1.decode(key) for key in option_keys)
    slack = slack_keys(shape.slack)
    check_option_keys(keys, slack)
    numbers = [u32(n) for n in (shape.options, shape.minimum, shape.maximum)]
    digest = transcript_hash(
        "ctx",
        poll_id,
        *numbers,
        G1.encode_all(keys),
        token_key,
        G1.encode(SECOND_GENERATOR),
        G1.encode_all(slack),
    )
    return PollContext(poll_id, shape, keys, G2.decode(token_key), slack, digest)


def check_option_keys(keys: Sequence[G1Point], slack: Sequence[G1Point]) -> None:
    """Refuse keys whose secret would be known or shared.

    Of two equal keys the difference of two components is the difference of two votes in the clear,
    of two opposite ones the sum; the fixed points have a known logarithm, or none that anyone could
    decrypt with.

    Raises:
        KeyClashError: P-02.
    """
    fixed = (G1.generator, SECOND_GENERATOR, *slack)
    forbidden = {G1.encode(p) for point in fixed for p in (point, -point)}
    encoded = {G1.encode(p) for key in keys for p in (key, -key)}
    if len(encoded) != 2 * len(keys):
        raise KeyClashError("two options have the same key, or opposite keys")
    if forbidden & encoded:
        raise KeyClashError("an option's key is one of the fixed points")
