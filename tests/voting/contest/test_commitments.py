"""Commitments to sheets: opened exactly as made, or refused."""

from dataclasses import replace
from hashlib import sha256

import pytest

from contracts.evidence.encoding import canonical, parse_json
from contracts.evidence.errors import EncodingError
from contracts.evidence.merkle import Tree, check_inclusion, leaf_hash, prove_inclusion
from voting.contest.commitments import (
    SheetOpening,
    commitment_of,
    commitments_root,
    open_sheet,
    seal_sheet,
)
from voting.contest.judging import ScoreSheet
from voting.errors import CommitmentCopiedError, CommitmentFormError, CommitmentOpeningError

DRAFT = bytes(range(32))


def counted_random(length: int) -> bytes:
    return bytes([7]) * length


@pytest.fixture
def sealed(sheets: tuple[ScoreSheet, ...]) -> list[tuple[bytes, SheetOpening]]:
    return [seal_sheet(DRAFT, index, sheet, counted_random) for index, sheet in enumerate(sheets)]


def test_commitment_is_the_hash_the_protocol_states(sheets: tuple[ScoreSheet, ...]) -> None:
    commitment, opening = seal_sheet(DRAFT, 3, sheets[3], counted_random)
    tag, body = b"dojang-poll-v1/sheet", canonical(sheets[3].to_json())
    parts = (DRAFT, b"\0\0\0\3", body, opening.salt)
    framed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    assert commitment == sha256(bytes([len(tag)]) + tag + b"\4" + framed).digest()


def test_sheet_opens_to_its_commitment(sealed: list[tuple[bytes, SheetOpening]]) -> None:
    published = [commitment for commitment, _ in sealed]
    for _, opening in sealed:
        assert open_sheet(DRAFT, published, opening) == opening.sheet


@pytest.mark.parametrize("bit", [0, 7, 128, 255])
def test_commitment_altered_by_one_bit_is_refused(
    sealed: list[tuple[bytes, SheetOpening]], bit: int
) -> None:
    published = [commitment for commitment, _ in sealed]
    altered = bytearray(published[1])
    altered[bit // 8] ^= 1 << bit % 8
    published[1] = bytes(altered)
    with pytest.raises(CommitmentOpeningError):
        open_sheet(DRAFT, published, sealed[1][1])


def test_opening_with_one_thing_changed_is_refused(
    sealed: list[tuple[bytes, SheetOpening]], sheets: tuple[ScoreSheet, ...]
) -> None:
    published = [commitment for commitment, _ in sealed]
    opening = sealed[1][1]
    salt = bytes([opening.salt[0] ^ 1]) + opening.salt[1:]
    marks = {entry: dict(scores) for entry, scores in sheets[1].marks.items()}
    marks["a"]["utility"] += 1
    changed = ScoreSheet(sheets[1].judge, marks)
    for bad in (
        replace(opening, salt=salt),
        replace(opening, sheet=changed),
        replace(opening, expert=2),
    ):
        with pytest.raises(CommitmentOpeningError):
            open_sheet(DRAFT, published, bad)
    with pytest.raises(CommitmentOpeningError):
        open_sheet(bytes([DRAFT[0] ^ 1]) + DRAFT[1:], published, opening)


def test_opening_of_an_expert_not_on_the_list_is_refused(
    sealed: list[tuple[bytes, SheetOpening]],
) -> None:
    with pytest.raises(CommitmentFormError):
        open_sheet(DRAFT, [sealed[0][0]], sealed[1][1])


def test_copied_commitment_opens_for_nobody_else(
    sealed: list[tuple[bytes, SheetOpening]],
) -> None:
    published = [sealed[0][0], sealed[0][0]]
    with pytest.raises(CommitmentCopiedError):
        commitments_root(published)
    with pytest.raises(CommitmentOpeningError):
        open_sheet(DRAFT, published, replace(sealed[0][1], expert=1))


def test_root_is_that_of_a_tree_whose_leaves_can_be_proved(
    sealed: list[tuple[bytes, SheetOpening]],
) -> None:
    published = [commitment for commitment, _ in sealed]
    tree, root = Tree(), commitments_root(published)
    tree.extend(leaf_hash(commitment) for commitment in published)
    for index, commitment in enumerate(published):
        path = prove_inclusion(tree, index, len(published))
        check_inclusion(leaf_hash(commitment), index, len(published), path, root)


def test_root_depends_on_the_order_of_experts(sealed: list[tuple[bytes, SheetOpening]]) -> None:
    published = [commitment for commitment, _ in sealed]
    assert commitments_root(published) != commitments_root(published[::-1])


def test_lists_of_another_size_and_commitments_of_another_length_are_refused() -> None:
    for bad in ([], [b"x" * 31], [i.to_bytes(32, "big") for i in range(101)]):
        with pytest.raises(CommitmentFormError):
            commitments_root(bad)


def test_parts_of_another_length_are_refused(sealed: list[tuple[bytes, SheetOpening]]) -> None:
    opening = sealed[0][1]
    for bad in (replace(opening, salt=b"short"), replace(opening, expert=100)):
        with pytest.raises(CommitmentFormError):
            commitment_of(DRAFT, bad)
    with pytest.raises(CommitmentFormError):
        commitment_of(DRAFT[1:], opening)


def test_opening_is_read_back_from_its_document(
    sealed: list[tuple[bytes, SheetOpening]],
) -> None:
    opening = sealed[2][1]
    assert SheetOpening.from_json(parse_json(canonical(opening.to_json()))) == opening
    for change in ({"salt": "00"}, {"expert": -1}, {"expert": 100}, {"more": 1}):
        with pytest.raises(EncodingError):
            SheetOpening.from_json(opening.to_json() | change)
