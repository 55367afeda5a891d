"""Commitments to score sheets: fixed before the poll opens, opened after it closed.

``com_e = tagged_hash("dojang-poll-v1/sheet", draft_id, u32 e, canonical JSON of the sheet, salt)``
is leaf ``e`` of an RFC 9162 tree over the fixed list of experts. The salt hides the sheet until it
is opened; the index keeps a commitment from being opened in another expert's place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from contracts.evidence.document import Document
from contracts.evidence.encoding import HASH_BYTES, Json, canonical, tagged_hash
from contracts.evidence.merkle import leaf_hash, root
from voting.contest.judging import ScoreSheet
from voting.contest.naming import version_of
from voting.contest.panel import MAX_JUDGES
from voting.errors import CommitmentCopiedError, CommitmentFormError, CommitmentOpeningError

SHEET_TAG: Final = "dojang-poll-v1/sheet"
SALT_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class SheetOpening:
    """What an expert publishes after closing; a claim until ``open_sheet`` has checked it.

    Args:
        expert: 0-based place on the fixed list.
        sheet: the sheet as committed.
        salt: ``SALT_BYTES`` random bytes, kept secret until now.
    """

    expert: int
    sheet: ScoreSheet
    salt: bytes

    def to_json(self) -> dict[str, Json]:
        """The document an expert publishes, salt in hexadecimal."""
        return {
            "version": version_of("sheet-opening"),
            "expert": self.expert,
            "sheet": self.sheet.to_json(),
            "salt": self.salt.hex(),
        }

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """The inverse of ``to_json``.

        Raises:
            EncodingError: another version, unknown or missing members, or wrong types.
            SheetCoverageError: abstentions repeated or not in order.
        """
        part = Document.of(value, "sheet opening")
        part.version(version_of("sheet-opening"))
        expert = part.integer("expert", 0, MAX_JUDGES - 1)
        sheet = ScoreSheet.from_json(part.take("sheet"))
        opening = cls(expert, sheet, part.data("salt", SALT_BYTES))
        part.close()
        return opening


def seal_sheet(
    draft_id: bytes, expert: int, sheet: ScoreSheet, rng: Callable[[int], bytes]
) -> tuple[bytes, SheetOpening]:
    """Commit to a sheet with a fresh salt.

    Args:
        draft_id: 32 bytes, the hash of the poll's definition without the root of the sheets.
        expert: 0-based place on the fixed list.
        sheet: what the expert hands in.
        rng: secure source of random bytes; a salt used twice lets sheets be compared.

    Returns:
        The commitment (32 bytes, to publish) and its opening (secret until the poll has closed).

    Raises:
        CommitmentFormError: wrong lengths, or an index out of range.

    Not checked: whether the sheet would be admitted (``admit`` does, before sealing).
    """
    opening = SheetOpening(expert, sheet, rng(SALT_BYTES))
    return commitment_of(draft_id, opening), opening


def commitment_of(draft_id: bytes, opening: SheetOpening) -> bytes:
    """The 32 bytes that an opening leads to.

    Raises:
        CommitmentFormError: wrong lengths, or an index out of range.
    """
    if len(draft_id) != HASH_BYTES or len(opening.salt) != SALT_BYTES:
        raise CommitmentFormError(f"draft id and salt are {SALT_BYTES} bytes each")
    if not 0 <= opening.expert < MAX_JUDGES:
        raise CommitmentFormError(f"an expert's index is 0 to {MAX_JUDGES - 1}")
    index = opening.expert.to_bytes(4, "big")
    sheet = canonical(opening.sheet.to_json())
    return tagged_hash(SHEET_TAG, draft_id, index, sheet, opening.salt)


def open_sheet(draft_id: bytes, commitments: Sequence[bytes], opening: SheetOpening) -> ScoreSheet:
    """Check an opening against the published list and return the sheet that was committed to.

    Args:
        draft_id: 32 bytes, as when sealing.
        commitments: the list under the anchored root (``commitments_root``).
        opening: as published by the expert.

    Raises:
        CommitmentFormError: wrong lengths, or an expert who is not on the list.
        CommitmentOpeningError: another sheet, salt, index or draft.

    Not checked: whether the sheet carries that expert's id and keeps the rules (``admit`` does).
    An opening that raises counts as not opened.
    """
    commitment = commitment_of(draft_id, opening)
    if opening.expert >= len(commitments):
        raise CommitmentFormError(f"there is no expert {opening.expert} on the list")
    if commitments[opening.expert] != commitment:
        raise CommitmentOpeningError(f"expert {opening.expert} opened something else")
    return opening.sheet


def commitments_root(commitments: Sequence[bytes]) -> bytes:
    """The root that is frozen in the poll's definition, leaf ``e`` being expert ``e``'s commitment.

    Every expert on the fixed list commits; one who hands in nothing is taken off the list first.

    Raises:
        CommitmentFormError: an empty or too long list, or a commitment that is not 32 bytes.
        CommitmentCopiedError: two equal commitments.
    """
    if not 0 < len(commitments) <= MAX_JUDGES:
        raise CommitmentFormError(f"{len(commitments)} commitments, 1 to {MAX_JUDGES} are allowed")
    if any(len(commitment) != HASH_BYTES for commitment in commitments):
        raise CommitmentFormError(f"a commitment is {HASH_BYTES} bytes")
    if len(set(commitments)) != len(commitments):
        raise CommitmentCopiedError("two experts handed in the same commitment")
    return root([leaf_hash(commitment) for commitment in commitments])
