"""What the board reads of a ballot's bytes without touching a curve."""

from dataclasses import dataclass
from typing import Final

from voting.crypto.ballot import VERSION, ballot_length, component_count, split_ballot
from voting.crypto.ballot_transcript import tracking_code
from voting.crypto.errors import BallotLengthError, BallotVersionError
from voting.crypto.group import G1
from voting.crypto.poll_context import PollContext

_SEQUENCE: Final = slice(33, 35)


@dataclass(frozen=True, slots=True)
class Leaf:
    """The parts of a ballot that ballots are compared by, as canonical bytes.

    Args:
        key: V, 48 bytes.
        sequence: as claimed, 0..65535.
        code: tracking code, 32 bytes.
        randomness: A, 48 bytes.
    """

    key: bytes
    sequence: int
    code: bytes
    randomness: bytes


def read_leaf(context: PollContext, data: bytes) -> Leaf:
    """Cut a ballot's bytes.

    Raises:
        BallotLengthError: B-01.
        BallotVersionError: B-02.

    Not checked: anything else; the bytes may be no points.
    """
    if len(data) != ballot_length(context.shape):
        raise BallotLengthError(f"{len(data)} bytes, a ballot has {ballot_length(context.shape)}")
    if data[0] != VERSION:
        raise BallotVersionError(f"version {data[0]} of ballots is unknown")
    parts = split_ballot(data, component_count(context.shape))
    sequence = int.from_bytes(data[_SEQUENCE], "big")
    code = tracking_code(context, parts.ciphertext)
    return Leaf(parts.key, sequence, code, parts.ciphertext[: G1.point_bytes])
