import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.voting.crypto.synthetic import DeterministicRngForVectors
from voting.crypto import threshold
from voting.crypto.discrete_log import MAX_COUNT, count_votes
from voting.crypto.elgamal import Ciphertext, add, encrypt, encrypt_known
from voting.crypto.errors import (
    AggregateFormError,
    CountRangeError,
    CountSumError,
    DecryptionProofError,
    ForeignAggregateError,
    IdentityPointError,
    OperandCountError,
    PointEncodingError,
    ScalarRangeError,
    SubgroupError,
    TooFewBallotsError,
    TrusteeIdError,
)
from voting.crypto.group import G1
from voting.crypto.poll_context import PollShape
from voting.crypto.randomness import random_scalar
from voting.crypto.sharing import evaluate
from voting.crypto.threshold import (
    Aggregate,
    Board,
    PartialDecryption,
    TrusteeKey,
    VerifiedPartial,
    combine_counts,
    decrypt_partially,
    require_enough,
    verify_partial,
)
from voting.crypto.transcript import ORDER, challenge

RNG = DeterministicRngForVectors("threshold")
OPTIONS, PARTIES, T = 3, 4, 3
POLYNOMIALS = [[random_scalar(RNG) for _ in range(T)] for _ in range(OPTIONS)]
KEYS = [G1.multiply(G1.generator, row[0]) for row in POLYNOMIALS]
SHARES = [tuple(evaluate(row, j) for row in POLYNOMIALS) for j in range(1, PARTIES + 1)]
SHARE_KEYS = [tuple(G1.multiply(G1.generator, x) for x in row) for row in SHARES]
TRUSTEES = [TrusteeKey(j, *pair) for j, pair in enumerate(zip(SHARES, SHARE_KEYS, strict=True), 1)]
BOARD = Board(31337, b"\x11" * 20, b"\x22" * 32, 30, b"\x33" * 32)
SHAPE = PollShape(OPTIONS, 1, 1, 10)
VOTES = [(1, 0, 0)] * 7 + [(0, 0, 1)] * 4
TOTAL = add([encrypt(KEYS, votes, random_scalar(RNG), RNG) for votes in VOTES], OPTIONS)
AGGREGATE = Aggregate(BOARD, len(VOTES), TOTAL)
PARTIALS = [decrypt_partially(AGGREGATE, trustee, RNG) for trustee in TRUSTEES]


def verified(ids: tuple[int, ...], aggregate: Aggregate = AGGREGATE) -> list[VerifiedPartial]:
    return [verify_partial(aggregate, SHARE_KEYS, PARTIALS[j - 1]) for j in ids]


@pytest.mark.parametrize("ids", [(1, 2, 3), (4, 2, 1), (2, 3, 4)])
def test_any_t_trustees_find_the_counts(ids: tuple[int, ...]) -> None:
    assert combine_counts(AGGREGATE, SHAPE, T, verified(ids)) == (7, 0, 4)


def test_fewer_than_t_trustees_find_nothing() -> None:
    with pytest.raises(TrusteeIdError):
        combine_counts(AGGREGATE, SHAPE, T, verified((1, 2)))
    with pytest.raises(CountRangeError):
        combine_counts(AGGREGATE, SHAPE, T - 1, verified((1, 2)))


def test_t_trustees_together_can_read_a_single_ballot() -> None:
    """Known, and said in SPEC: only that trustees refuse too small a sum keeps a ballot closed."""
    one = encrypt(KEYS, (0, 1, 0), random_scalar(RNG), RNG)
    alone = Aggregate(BOARD, 1, add([one], OPTIONS))
    partials = [decrypt_partially(alone, trustee, RNG) for trustee in TRUSTEES[:T]]
    checked = [verify_partial(alone, SHARE_KEYS, partial) for partial in partials]
    assert combine_counts(alone, SHAPE, T, checked) == (0, 1, 0)


@pytest.mark.parametrize("ids", [(1, 1, 2), (1, 2, 3, 4), ()])
def test_repeated_or_other_number_of_trustees_is_refused(ids: tuple[int, ...]) -> None:
    with pytest.raises(TrusteeIdError):
        combine_counts(AGGREGATE, SHAPE, T, verified(ids))


def test_partial_decryption_survives_its_encoding() -> None:
    data = PARTIALS[0].encode()
    assert len(data) == 32 + 4 + 128 * (OPTIONS + 2) + 32
    assert PartialDecryption.decode(data, OPTIONS) == PARTIALS[0]
    for bad in (data[:-1], data + b"\x00", b""):
        with pytest.raises(AggregateFormError):
            PartialDecryption.decode(bad, OPTIONS)
    with pytest.raises(IdentityPointError):
        PartialDecryption.decode(data[:36] + bytes(128) + data[164:], OPTIONS)
    with pytest.raises(PointEncodingError):
        PartialDecryption.decode(data[:36] + b"\x01" + data[37:], OPTIONS)
    with pytest.raises(ScalarRangeError):
        PartialDecryption.decode(data[:-32] + b"\xff" * 32, OPTIONS)


def shifted() -> Aggregate:
    """One vote moved from option 1 to option 2."""
    b = TOTAL.b
    return replace(
        AGGREGATE,
        total=Ciphertext(TOTAL.a, (b[0] - G1.generator, b[1] + G1.generator, b[2])),
    )


@pytest.mark.parametrize(
    "other",
    [
        shifted(),
        replace(AGGREGATE, ballots=12),
        replace(AGGREGATE, board=replace(BOARD, root=bytes(32))),
        replace(AGGREGATE, board=replace(BOARD, size=31)),
        replace(AGGREGATE, board=replace(BOARD, chain_id=1)),
        replace(AGGREGATE, board=replace(BOARD, contract=bytes(20))),
        replace(AGGREGATE, board=replace(BOARD, poll_id=bytes(32))),
    ],
    ids=["B_sum shifted", "N", "root", "size", "chain", "contract", "poll"],
)
def test_proof_for_another_aggregate_is_refused(other: Aggregate) -> None:
    """Named as such, and, where the digest in it is exchanged, by its proof."""
    with pytest.raises(ForeignAggregateError):
        verify_partial(other, SHARE_KEYS, PARTIALS[0])
    relabelled = replace(PARTIALS[0], aggregate=other.digest())
    with pytest.raises(DecryptionProofError) as caught:
        verify_partial(other, SHARE_KEYS, relabelled)
    assert caught.value.trustee == 1
    with pytest.raises(ForeignAggregateError):
        combine_counts(other, SHAPE, T, verified((1, 2, 3)))


@pytest.mark.parametrize(
    "change",
    [
        lambda p: replace(p, points=(p.points[0] + G1.generator, *p.points[1:])),
        lambda p: replace(p, points=p.points[::-1]),
        lambda p: replace(
            p,
            points=(p.points[0] + G1.generator, p.points[1] - G1.generator, p.points[2]),
        ),
        lambda p: replace(p, points=p.points[:2]),
        lambda p: replace(p, trustee=2),
        lambda p: replace(p, w1=p.w1 + G1.generator),
        lambda p: replace(p, w2=p.w2 + G1.generator),
        lambda p: replace(p, response=p.response ^ 1),
        lambda p: replace(p, points=(-p.points[0], *p.points[1:])),
    ],
    ids=["D_1", "order", "shifts that cancel", "one less", "id", "W1", "W2", "zd", "opposite"],
)
def test_changed_partial_decryption_is_refused(
    change: Callable[[PartialDecryption], PartialDecryption],
) -> None:
    with pytest.raises(DecryptionProofError):
        verify_partial(AGGREGATE, SHARE_KEYS, change(PARTIALS[0]))


def test_decryption_with_another_secret_is_refused() -> None:
    """The point and the proof fit each other, but not the trustee's public key."""
    cheat = TrusteeKey(1, SHARES[1], SHARE_KEYS[0])
    with pytest.raises(DecryptionProofError):
        verify_partial(AGGREGATE, SHARE_KEYS, decrypt_partially(AGGREGATE, cheat, RNG))


def test_shifts_that_cancel_are_refused_although_hashed() -> None:
    """Moves votes between options where the options' parts are not weighted differently."""
    key, shift = TRUSTEES[0], G1.generator
    honest = PARTIALS[0].points
    points = (honest[0] + shift, honest[1] - shift, honest[2])
    d1 = threshold._rho_digest(AGGREGATE.digest(), 1, key.public, points)
    rho, w = threshold._powers(challenge(d1), OPTIONS), random_scalar(RNG)
    w1, w2 = G1.multiply(G1.generator, w), G1.multiply(TOTAL.a, w)
    secret = sum(p * x for p, x in zip(rho, key.shares, strict=True))
    response = (w + threshold._e_challenge(d1, w1, w2) * secret) % ORDER
    forged = PartialDecryption(AGGREGATE.digest(), 1, points, w1, w2, response)
    with pytest.raises(DecryptionProofError):
        verify_partial(AGGREGATE, SHARE_KEYS, forged)
    verify_partial(AGGREGATE, SHARE_KEYS, PARTIALS[0])


@pytest.mark.parametrize("trustee", [0, 5])
def test_unknown_trustee_is_refused(trustee: int) -> None:
    with pytest.raises(TrusteeIdError):
        verify_partial(AGGREGATE, SHARE_KEYS, replace(PARTIALS[0], trustee=trustee))


def aggregate_of(votes: list[tuple[int, ...]], ballots: int) -> Aggregate:
    total = add([encrypt_known(KEYS, vote, random_scalar(RNG)) for vote in votes], OPTIONS)
    return Aggregate(BOARD, ballots, total)


def counts_of(aggregate: Aggregate) -> tuple[int, ...]:
    partials = [decrypt_partially(aggregate, trustee, RNG) for trustee in TRUSTEES[:T]]
    checked = [verify_partial(aggregate, SHARE_KEYS, partial) for partial in partials]
    return combine_counts(aggregate, SHAPE, T, checked)


def test_counts_that_the_ballots_cannot_give_are_refused() -> None:
    assert counts_of(aggregate_of([(1, 0, 0), (0, 1, 0)], 2)) == (1, 1, 0)
    with pytest.raises(CountSumError):
        counts_of(aggregate_of([(1, 1, 0), (0, 1, 0)], 2))
    with pytest.raises(CountRangeError):
        counts_of(aggregate_of([(3, 0, 0)], 2))
    with pytest.raises(CountSumError):
        counts_of(aggregate_of([(1, 0, 0)], 2))


def test_everybody_choosing_the_same_and_nobody_are_counts() -> None:
    assert counts_of(aggregate_of([(0, 0, 1)] * 5, 5)) == (0, 0, 5)


@pytest.mark.parametrize("minimum", [0, 1, 4, 12, 20])
def test_too_few_ballots_are_not_decrypted(minimum: int) -> None:
    require_enough(AGGREGATE, 11)
    require_enough(AGGREGATE, 5)
    with pytest.raises(TooFewBallotsError):
        require_enough(AGGREGATE, minimum)


@pytest.mark.parametrize(
    "change",
    [{"ballots": 0}, {"ballots": 31}, {"ballots": -1}, {"total": Ciphertext(TOTAL.a, ())}],
)
def test_impossible_aggregate_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(AggregateFormError):
        replace(AGGREGATE, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"contract": bytes(19)},
        {"root": bytes(31)},
        {"poll_id": b""},
        {"size": -1},
        {"chain_id": -1},
        {"chain_id": 1 << 256},
        {"size": MAX_COUNT + 1},
    ],
)
def test_impossible_board_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(AggregateFormError):
        replace(BOARD, **change)


def test_sum_with_neutral_a_is_refused() -> None:
    neutral = replace(AGGREGATE, total=Ciphertext(G1.identity(), TOTAL.b))
    with pytest.raises(IdentityPointError):
        neutral.digest()
    with pytest.raises(IdentityPointError):
        decrypt_partially(neutral, TRUSTEES[0], secrets.token_bytes)


@pytest.mark.parametrize("place", range(1 + OPTIONS))
def test_sum_outside_the_subgroup_is_refused_before_a_secret_touches_it(place: int) -> None:
    """A multiple of a point of order three by a share would tell the share modulo three."""
    points = [TOTAL.a, *TOTAL.b]
    points[place] += G1.on_curve(b"\x80" + bytes(47))
    outside = replace(AGGREGATE, total=Ciphertext(points[0], tuple(points[1:])))

    def unused(_: int) -> bytes:
        raise AssertionError("no secret may be split before the sum is checked")

    with pytest.raises(SubgroupError):
        decrypt_partially(outside, TRUSTEES[0], unused)


def test_number_of_options_must_fit() -> None:
    with pytest.raises(AggregateFormError):
        combine_counts(AGGREGATE, PollShape(2, 1, 1, 1), T, verified((1, 2, 3)))
    short = replace(AGGREGATE, total=Ciphertext(TOTAL.a, TOTAL.b[:2]))
    with pytest.raises(AggregateFormError):
        decrypt_partially(short, TRUSTEES[0], secrets.token_bytes)
    with pytest.raises(OperandCountError):
        add([TOTAL], 2)


@pytest.mark.parametrize("maximum", [0, 1, 2, 99, 100, 2508])
def test_count_is_found_up_to_the_maximum_and_not_beyond(maximum: int) -> None:
    points = [G1.multiply(G1.generator, c) for c in (0, maximum // 2, maximum)]
    assert count_votes(points, maximum) == (0, maximum // 2, maximum)
    for beyond in (maximum + 1, maximum + 2, 10**9):
        with pytest.raises(CountRangeError):
            count_votes([G1.multiply(G1.generator, beyond)], maximum)
    with pytest.raises(CountRangeError):
        count_votes([-G1.generator], maximum)


def test_every_count_of_a_small_range_is_found() -> None:
    points = [G1.multiply(G1.generator, c) for c in range(30)]
    assert count_votes(points, 29) == tuple(range(30))


def test_unreasonable_maximum_is_refused() -> None:
    for maximum in (-1, MAX_COUNT + 1):
        with pytest.raises(CountRangeError):
            count_votes([G1.generator], maximum)
