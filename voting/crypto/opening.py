"""Cast or check: opening a sealed choice to a second device (SPEC "Cast or check").

A check reveals poll, code, choices and r, and nothing else: no key, no token, no signature. The
device forgets a choice that was opened; it is never cast.
"""

from dataclasses import dataclass
from typing import Final

from voting.crypto.ballot_proof import SealedChoice
from voting.crypto.ballot_transcript import tracking_code
from voting.crypto.elgamal import encrypt_known
from voting.crypto.errors import (
    ForeignChoiceError,
    GroupError,
    OpeningFormError,
    OpeningMismatchError,
)
from voting.crypto.group import SCALAR_BYTES, decode_scalar, encode_scalar
from voting.crypto.poll_context import PollContext
from voting.crypto.slack import split_slack
from voting.crypto.transcript import DIGEST_BYTES

VERSION: Final = 1
_FIXED_BYTES: Final = 2 + 2 * DIGEST_BYTES + SCALAR_BYTES


@dataclass(frozen=True, slots=True)
class Opening:
    """What the checked device shows; a claim until ``check_opening`` has recomputed the code.

    Args:
        poll_id: 32 bytes.
        code: the tracking code that was shown before the voter decided, 32 bytes.
        votes: one bit per option.
        randomness: r.
    """

    poll_id: bytes
    code: bytes
    votes: tuple[int, ...]
    randomness: int

    def encode(self) -> bytes:
        """``u8 version | poll_id | code | u8 m | one byte per option | r``."""
        head = bytes([VERSION]) + self.poll_id + self.code + bytes([len(self.votes)])
        return head + bytes(self.votes) + encode_scalar(self.randomness)

    @classmethod
    def decode(cls, data: bytes) -> "Opening":
        """The inverse of ``encode``.

        Raises:
            OpeningFormError: version, length, a byte that is no bit, or r outside 1..r-1 (O-01).
        """
        count = data[2 * DIGEST_BYTES + 1] if len(data) >= _FIXED_BYTES else -1
        if len(data) != _FIXED_BYTES + count or data[0] != VERSION:
            raise OpeningFormError("these bytes are no opening of version 1")
        start = _FIXED_BYTES - SCALAR_BYTES
        votes = tuple(data[start : start + count])
        try:
            randomness = decode_scalar(data[start + count :])
        except GroupError as error:
            raise OpeningFormError("the randomness is no scalar") from error
        if set(votes) - {0, 1} or not randomness:
            raise OpeningFormError("a choice is no bit, or the randomness is zero")
        code = data[1 + DIGEST_BYTES : 1 + 2 * DIGEST_BYTES]
        return cls(data[1 : 1 + DIGEST_BYTES], code, votes, randomness)


def open_for_check(context: PollContext, sealed: SealedChoice) -> Opening:
    """Open a sealed choice; from now on it must never be cast.

    Raises:
        ForeignChoiceError: it was sealed for another context (B-12).
    """
    if sealed.context != context.digest:
        raise ForeignChoiceError("the choice was sealed for another poll")
    return Opening(context.poll_id, sealed.code, sealed.votes, sealed.secrets.r)


def check_opening(context: PollContext, opening: Opening) -> tuple[int, ...]:
    """Recompute the tracking code from the choices, as the checking device does, offline.

    Args:
        context: made from the ANCHORED definition, never from what the checked device shows.
        opening: from the checked device; ``code`` must be the one scanned before the decision.

    Returns:
        The votes that were really encrypted, one bit per option.

    Raises:
        OpeningFormError: another poll, or choices and randomness the poll does not allow (O-01).
        OpeningMismatchError: other choices or other keys were encrypted (O-02).
    """
    shape, votes = context.shape, opening.votes
    if opening.poll_id != context.poll_id or len(votes) != shape.options or set(votes) - {0, 1}:
        raise OpeningFormError("the opening names another poll, or has no bit for each option")
    if not shape.minimum <= sum(votes) <= shape.maximum or not opening.randomness:
        raise OpeningFormError("the poll allows no such choices, or the randomness is zero")
    bits = votes + split_slack(shape.maximum - sum(votes), shape.weights)
    ciphertext = encrypt_known(context.keys, bits, opening.randomness)
    if tracking_code(context, ciphertext.encode()) != opening.code:
        raise OpeningMismatchError("these choices do not lead to the tracking code")
    return votes
