import secrets

import pytest

from tests.voting.crypto.forger import Forger
from tests.voting.crypto.synthetic import DeterministicRngForVectors, SyntheticPoll
from voting.crypto import batch as batch_module
from voting.crypto.ballot import Ballot, parse_ballot
from voting.crypto.batch import verify_batch
from voting.crypto.errors import BallotError, OperandCountError, SubgroupError
from voting.crypto.group import G1, encode_scalar
from voting.crypto.transcript import ORDER
from voting.crypto.verification import verify_ballot

POLL = SyntheticPoll.make(2, 1, 1)
HONEST = [POLL.ballot((i % 2, 1 - i % 2)) for i in range(9)]
ORDER_THREE = G1.on_curve(b"\x80" + bytes(47))


def parse(leaves: list[bytes]) -> list[Ballot]:
    return [parse_ballot(leaf, POLL.context) for leaf in leaves]


def shifted_signature(leaf: bytes, by: int) -> bytes:
    """A ballot whose signature is wrong by ``by G``; nothing else hashes that scalar."""
    value = (int.from_bytes(leaf[-32:], "big") + by) % ORDER
    return leaf[:-32] + encode_scalar(value)


def outside(leaf: bytes) -> bytes:
    return leaf[:35] + G1.encode(G1.on_curve(leaf[35:83]) + ORDER_THREE) + leaf[83:]


def test_honest_batch_is_verified_in_order() -> None:
    outcome = verify_batch(POLL.context, parse(HONEST), secrets.token_bytes)
    assert [place for place, _ in outcome.verified] == list(range(9))
    assert [verified.ballot.data for _, verified in outcome.verified] == HONEST
    assert not outcome.refused


def test_bad_ballots_are_named_with_their_checks_and_the_others_verified() -> None:
    leaves = list(HONEST)
    leaves[2] = shifted_signature(leaves[2], 1)
    leaves[3] = outside(leaves[3])
    leaves[5] = Forger(POLL).dishonest_values((2, -1))
    leaves[8] = POLL.ballot(
        (1, 0), type(POLL.voter())(5, G1.encode(G1.multiply(G1.generator, 5)), POLL.voter().token)
    )
    outcome = verify_batch(POLL.context, parse(leaves), secrets.token_bytes)
    refused = [(refusal.place, refusal.error.code) for refusal in outcome.refused]
    assert refused == [(2, "B-05"), (3, "G-03"), (5, "B-09"), (8, "B-06")]
    assert [place for place, _ in outcome.verified] == [0, 1, 4, 6, 7]


def test_errors_that_cancel_under_equal_weights_are_refused() -> None:
    leaves = [shifted_signature(HONEST[0], 1), shifted_signature(HONEST[1], -1)]
    outcome = verify_batch(POLL.context, parse(leaves), secrets.token_bytes)
    assert [refusal.error.code for refusal in outcome.refused] == ["B-05", "B-05"]


def test_errors_that_cancel_under_predicted_weights_are_refused_with_fresh_ones() -> None:
    """The first weight of each ballot is that of its signature, 16 bytes each."""
    predicted, count = DeterministicRngForVectors("predictable"), len(POLL.context.keys) + 3
    first = int.from_bytes(predicted(16 * count)[:16], "big")
    second = int.from_bytes(predicted(16 * count)[:16], "big")
    error = -first * pow(second, -1, ORDER)
    leaves = [shifted_signature(HONEST[0], 1), shifted_signature(HONEST[1], error)]
    fooled = verify_batch(POLL.context, parse(leaves), DeterministicRngForVectors("predictable"))
    assert len(fooled.verified) == 2, "the attack is real where the weights are known"
    outcome = verify_batch(POLL.context, parse(leaves), secrets.token_bytes)
    assert not outcome.verified


@pytest.mark.parametrize(
    ("shifts", "signature", "code"),
    [((0, 1, -1), 0, "B-08"), ((1, 0, 0), 1, "B-05"), ((1, -1, 0), 0, "B-07")],
    ids=["two options", "randomness and signature", "randomness and option"],
)
def test_errors_that_cancel_inside_one_ballot_are_refused(
    shifts: tuple[int, ...], signature: int, code: str
) -> None:
    """Each equation of a ballot has a weight of its own, alone as well as in a batch."""
    forged = Forger(POLL).announcement_shifted((1, 0), shifts)
    ballots = parse([shifted_signature(forged, signature)])
    fooled = verify_batch(POLL.context, ballots, lambda count: b"\x01" * count)
    assert len(fooled.verified) == 1, "the errors cancel where all weights are equal"
    outcome = verify_batch(POLL.context, ballots, secrets.token_bytes)
    assert [refusal.error.code for refusal in outcome.refused] == [code]
    with pytest.raises(BallotError):
        verify_ballot(POLL.context, ballots[0], secrets.token_bytes)


def test_tokens_that_cancel_under_equal_weights_are_refused() -> None:
    voters = [POLL.voter(), POLL.voter()]
    shift = G1.multiply(G1.generator, 9)
    tokens = [G1.decode(v.token) + s for v, s in zip(voters, (shift, -shift), strict=True)]
    bad = [type(v)(v.secret, v.public, G1.encode(t)) for v, t in zip(voters, tokens, strict=True)]
    leaves = [POLL.ballot((1, 0), voter) for voter in bad]
    outcome = verify_batch(POLL.context, parse(leaves), secrets.token_bytes)
    assert [refusal.error.code for refusal in outcome.refused] == ["B-06", "B-06"]


def test_every_sum_draws_its_own_weights_of_128_bits() -> None:
    drawn: list[bytes] = []

    def rng(count: int) -> bytes:
        drawn.append(secrets.token_bytes(count))
        return drawn[-1]

    leaves = [*HONEST[:3], shifted_signature(HONEST[3], 1)]
    verify_batch(POLL.context, parse(leaves), rng)
    # Four ballots, then two halves, then two single ones below the bad half: all fresh.
    assert len(set(drawn)) == len(drawn) >= 4 + 4 + 2
    assert {len(data) for data in drawn} >= {16 * (len(POLL.context.keys) + 3)}


def test_empty_and_too_large_batches_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OperandCountError):
        verify_batch(POLL.context, [], secrets.token_bytes)
    monkeypatch.setattr(batch_module, "MAX_BATCH", 2)
    with pytest.raises(OperandCountError):
        verify_batch(POLL.context, parse(HONEST[:3]), secrets.token_bytes)


def test_batch_large_enough_for_the_batched_subgroup_check_names_the_bad_one() -> None:
    leaves = HONEST * 5
    leaves[17] = outside(leaves[17])
    outcome = verify_batch(POLL.context, parse(leaves), secrets.token_bytes)
    assert [(r.place, type(r.error)) for r in outcome.refused] == [(17, SubgroupError)]
    assert len(outcome.verified) == 44
