"""The bytes of a ballot: one fixed length per poll, version byte first (SPEC "Ballot").

``version | poll_id | seq | V | sigma | A | B_1.. | A' | B'_1.. | C1 | C0 | f.. | z | t | R | sv``
with ``m + l`` components B and B', and all responses f except ``f_m``, which follows from the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from voting.crypto.elgamal import Ciphertext
from voting.crypto.errors import (
    BallotLengthError,
    BallotVersionError,
    ForeignPollError,
    OrdinateError,
    PointEncodingError,
    SequenceRangeError,
)
from voting.crypto.group import (
    FIELD_BYTES,
    G1,
    SCALAR_BYTES,
    G1Point,
    decode_scalar,
    ordinate,
    point_with_ordinate,
)
from voting.crypto.poll_context import PollContext, PollShape

VERSION: Final = 1
HEADER_BYTES: Final = 35
_POLL_ID: Final = slice(1, 33)
_SEQUENCE: Final = slice(33, 35)
_POINT: Final = G1.point_bytes


def component_count(shape: PollShape) -> int:
    """``m + l``: components of a ciphertext."""
    return shape.options + shape.slack


def point_count(shape: PollShape) -> int:
    """All points of a ballot."""
    return 2 * component_count(shape) + 7


def ballot_length(shape: PollShape) -> int:
    """Bytes of every ballot of the poll: 1,587 for nine options without slack."""
    scalars = component_count(shape) + 2
    return HEADER_BYTES + _POINT * point_count(shape) + SCALAR_BYTES * scalars


@dataclass(frozen=True, slots=True)
class Ballot:
    """A parsed ballot: every element is in range and on the curve, nothing else is known.

    The points' subgroup, the token, the signature and the proof are not checked; only
    ``VerifiedBallot`` may be counted.

    Args:
        data: the leaf, as received.
        sequence: 1..max_casts.
        key: V.
        token: sigma.
        ciphertext: A and B.
        announcement: A' and B'.
        c1: of the bit proof.
        c0: of the bit proof.
        responses: all f but ``f_m``: options first, then slack.
        z: response for the randomness.
        t: response for the bit proof.
        nonce: R of the signature.
        signature: sv.
    """

    data: bytes
    sequence: int
    key: G1Point
    token: G1Point
    ciphertext: Ciphertext
    announcement: Ciphertext
    c1: G1Point
    c0: G1Point
    responses: tuple[int, ...]
    z: int
    t: int
    nonce: G1Point
    signature: int

    @property
    def points(self) -> tuple[G1Point, ...]:
        """All points in the order of the bytes."""
        sealed, announced = self.ciphertext, self.announcement
        first = (self.key, self.token, sealed.a, *sealed.b, announced.a, *announced.b)
        return (*first, self.c1, self.c0, self.nonce)


@dataclass(frozen=True, slots=True)
class BallotParts:
    """The hashed parts of a ballot, as bytes."""

    key: bytes
    token: bytes
    ciphertext: bytes
    announcement: bytes
    bit_pair: bytes
    responses: bytes
    nonce: bytes


def split_ballot(data: bytes, components: int) -> BallotParts:
    """Cut a leaf of the right length into the parts that are hashed.

    Args:
        data: a leaf whose length was checked.
        components: ``m + l``.
    """
    vector = _POINT * (1 + components)
    lengths = (_POINT, _POINT, vector, vector, 2 * _POINT, SCALAR_BYTES * (components + 1), _POINT)
    cuts, at = [], HEADER_BYTES
    for length in lengths:
        cuts.append(data[at : at + length])
        at += length
    return BallotParts(*cuts)


def parse_ballot(data: bytes, context: PollContext, ordinates: bytes | None = None) -> Ballot:
    """Read a ballot's bytes.

    Args:
        data: hostile bytes.
        context: of the poll the ballot is meant for.
        ordinates: y of its points (``ordinates_of``), where they are known: they save the square
            roots and are checked against the ballot, which alone says which points they are.

    Returns:
        The ballot; its points are on the curve, but their subgroup is not checked yet.

    Raises:
        BallotLengthError: B-01.
        BallotVersionError: B-02.
        ForeignPollError: B-03.
        SequenceRangeError: B-04.
        GroupError: a point or scalar that is not canonical, or the neutral element
            (G-01, G-02, G-04).
        OrdinateError: they do not fit the ballot (B-11). That may be the fault of a point, or hide
            that of a scalar: without ordinates the same bytes tell.
    """
    shape = context.shape
    if len(data) != ballot_length(shape):
        raise BallotLengthError(f"{len(data)} bytes, a ballot has {ballot_length(shape)}")
    if data[0] != VERSION:
        raise BallotVersionError(f"version {data[0]} of ballots is unknown")
    if data[_POLL_ID] != context.poll_id:
        raise ForeignPollError("the ballot names another poll")
    sequence = int.from_bytes(data[_SEQUENCE], "big")
    if not 1 <= sequence <= shape.max_casts:
        raise SequenceRangeError(f"sequence number {sequence}, 1..{shape.max_casts} are allowed")
    points = _points(data, shape, ordinates)
    return _assemble(data, sequence, points, _scalars(data, shape))


def ordinates_length(shape: PollShape) -> int:
    """Bytes of the ordinates of one ballot of the poll: 1,200 for nine options without slack."""
    return FIELD_BYTES * point_count(shape)


def ordinates_of(ballot: Ballot) -> bytes:
    """The y of all points in the order of the bytes, 48 bytes each: to be kept beside a ballot."""
    return b"".join(ordinate(point) for point in ballot.points)


def _encoded_points(data: bytes, shape: PollShape) -> Iterator[bytes]:
    """All points but the last lie together; the last one precedes the last scalar."""
    starts = [HEADER_BYTES + _POINT * i for i in range(point_count(shape) - 1)]
    starts.append(len(data) - SCALAR_BYTES - _POINT)
    return (data[at : at + _POINT] for at in starts)


def _points(data: bytes, shape: PollShape, ordinates: bytes | None) -> list[G1Point]:
    encoded = _encoded_points(data, shape)
    if ordinates is None:
        return [G1.on_curve(point) for point in encoded]
    if len(ordinates) != ordinates_length(shape):
        raise OrdinateError(f"{len(ordinates)} bytes of ordinates for {point_count(shape)} points")
    beside = (ordinates[at : at + FIELD_BYTES] for at in range(0, len(ordinates), FIELD_BYTES))
    try:
        return [point_with_ordinate(point, y) for point, y in zip(encoded, beside, strict=True)]
    except PointEncodingError as error:
        raise OrdinateError(f"the ordinates do not fit the ballot: {error}") from error


def _scalars(data: bytes, shape: PollShape) -> list[int]:
    start = HEADER_BYTES + _POINT * (point_count(shape) - 1)
    end = len(data) - SCALAR_BYTES - _POINT
    places = [*range(start, end, SCALAR_BYTES), len(data) - SCALAR_BYTES]
    return [decode_scalar(data[at : at + SCALAR_BYTES]) for at in places]


def _assemble(data: bytes, sequence: int, points: list[G1Point], scalars: list[int]) -> Ballot:
    vector = len(points) // 2 - 2  # 2 (m + l) + 7 points hold two vectors of 1 + m + l
    sealed, announced = points[2 : 2 + vector], points[2 + vector : 2 + 2 * vector]
    return Ballot(
        data,
        sequence,
        key=points[0],
        token=points[1],
        ciphertext=Ciphertext(sealed[0], tuple(sealed[1:])),
        announcement=Ciphertext(announced[0], tuple(announced[1:])),
        c1=points[-3],
        c0=points[-2],
        responses=tuple(scalars[:-3]),
        z=scalars[-3],
        t=scalars[-2],
        nonce=points[-1],
        signature=scalars[-1],
    )
