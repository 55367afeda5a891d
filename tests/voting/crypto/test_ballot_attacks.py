"""Ballots that a dishonest voter or a copying board would like to see counted."""

import secrets
from collections.abc import Callable

import pytest

from tests.voting.crypto.forger import Forger
from tests.voting.crypto.synthetic import SyntheticPoll
from voting.crypto.ballot import parse_ballot
from voting.crypto.batch import verify_batch
from voting.crypto.errors import (
    BallotError,
    BallotTokenError,
    BitEquationError,
    CryptoError,
    ForeignPollError,
    OptionEquationError,
    RandomnessEquationError,
)
from voting.crypto.group import G1, G2
from voting.crypto.poll_context import make_context
from voting.crypto.verification import verify_ballot

POLL = SyntheticPoll.make(3, 3, 3)
ONE_OF_THREE = SyntheticPoll.make(3, 1, 1)
UP_TO_TWO = SyntheticPoll.make(3, 0, 2)


def verify(poll: SyntheticPoll, data: bytes) -> None:
    verify_ballot(poll.context, parse_ballot(data, poll.context), secrets.token_bytes)


def assert_refused(poll: SyntheticPoll, data: bytes, error: type[CryptoError]) -> None:
    """Alone and beside an honest ballot."""
    with pytest.raises(error):
        verify(poll, data)
    honest = poll.ballot((1, *[0] * 2) if poll.context.shape.maximum < 3 else (1, 1, 1))
    ballots = [parse_ballot(leaf, poll.context) for leaf in (honest, data)]
    outcome = verify_batch(poll.context, ballots, secrets.token_bytes)
    assert [place for place, _ in outcome.verified] == [0]
    assert isinstance(outcome.refused[0].error, error)


def test_forger_makes_valid_ballots_of_honest_values() -> None:
    verify(POLL, Forger(POLL).dishonest_values((1, 1, 1)))


@pytest.mark.parametrize(
    "forge",
    [
        lambda: Forger(POLL).c0_chosen_last((3, 0, 0)),
        lambda: Forger(POLL).c1_chosen_last((3, 0, 0)),
        lambda: Forger(POLL).ciphertext_chosen_last(),
        lambda: Forger(POLL).announcement_chosen_last((100, 0, -7)),
    ],
    ids=[
        "C0 chosen after x, (3,0,0)",
        "C1 chosen after x, (3,0,0)",
        "votes chosen after y",
        "announcement chosen after x (weak Fiat-Shamir)",
    ],
)
def test_ballot_with_a_part_chosen_after_its_challenge_is_refused(
    forge: Callable[[], bytes],
) -> None:
    assert_refused(POLL, forge(), BallotError)


@pytest.mark.parametrize(
    ("poll", "values", "error"),
    [
        (POLL, (3, 0, 0), BitEquationError),
        (POLL, (2, 0, 1), BitEquationError),
        (POLL, (4, 0, -1), BitEquationError),
        (POLL, (1, 1, 0), OptionEquationError),
        (ONE_OF_THREE, (1, 1, 0), OptionEquationError),
        (ONE_OF_THREE, (0, 0, 0), OptionEquationError),
        (UP_TO_TWO, (1, 1, 1, 0, 0), OptionEquationError),
        (UP_TO_TWO, (0, 0, 0, 2, 0), BitEquationError),
        (UP_TO_TWO, (2, 1, 0, -1, 0), BitEquationError),
    ],
)
def test_ballot_with_values_outside_the_rules_is_refused(
    poll: SyntheticPoll, values: tuple[int, ...], error: type[CryptoError]
) -> None:
    assert_refused(poll, Forger(poll).dishonest_values(values), error)


def test_ballot_with_another_randomness_in_a_is_refused() -> None:
    """It would make the decrypted sum meaningless for everybody."""
    shifted = Forger(ONE_OF_THREE).dishonest_values((1, 0, 0), shift=G1.generator)
    assert_refused(ONE_OF_THREE, shifted, RandomnessEquationError)


def test_slack_of_weights_one_and_two_is_refused_where_two_is_the_spread() -> None:
    poll = SyntheticPoll.make(3, 1, 3)
    empty = Forger(poll).dishonest_values((0, 0, 0, 1, 1), weights=(1, 2))
    assert poll.context.shape.weights == (1, 1)
    with pytest.raises(OptionEquationError):
        verify(poll, empty)
    verify(poll, Forger(poll).dishonest_values((1, 0, 0, 1, 1)))


def test_copied_ciphertext_and_proof_are_refused_under_another_key() -> None:
    copied = Forger(ONE_OF_THREE).copy(ONE_OF_THREE.ballot((0, 1, 0)), ONE_OF_THREE.voter())
    assert_refused(ONE_OF_THREE, copied, RandomnessEquationError)


def test_copied_proof_is_refused_under_another_sequence_number_of_the_same_key() -> None:
    voter = ONE_OF_THREE.voter()
    ballot = ONE_OF_THREE.ballot((0, 1, 0), voter)
    verify(ONE_OF_THREE, Forger(ONE_OF_THREE, sequence=1).copy(ballot, voter))
    replayed = Forger(ONE_OF_THREE, sequence=2).copy(ballot, voter)
    assert_refused(ONE_OF_THREE, replayed, RandomnessEquationError)


@pytest.mark.parametrize(
    ("place", "error"),
    [
        (0, OptionEquationError),
        (1, OptionEquationError),
        (2, RandomnessEquationError),
        (3, BitEquationError),
    ],
    ids=["f_1", "f_2", "z", "t"],
)
def test_changed_response_is_refused_although_signed(place: int, error: type[CryptoError]) -> None:
    voter = ONE_OF_THREE.voter()
    ballot = ONE_OF_THREE.ballot((0, 1, 0), voter)
    changed = Forger(ONE_OF_THREE).change_response(ballot, voter, place)
    assert_refused(ONE_OF_THREE, changed, error)


def test_token_of_another_voter_is_refused() -> None:
    thief, victim = ONE_OF_THREE.voter(), ONE_OF_THREE.voter()
    stolen = type(thief)(thief.secret, thief.public, victim.token)
    assert_refused(ONE_OF_THREE, ONE_OF_THREE.ballot((1, 0, 0), stolen), BallotTokenError)


def test_token_of_another_poll_under_the_same_keys_is_refused() -> None:
    """One registrar key in two polls: tokens must not carry over."""
    context = ONE_OF_THREE.context
    keys = [G1.encode(key) for key in context.option_keys]
    other = make_context(bytes(32), context.shape, keys, G2.encode(context.token_key))
    second = SyntheticPoll(
        other, ONE_OF_THREE.option_secrets, ONE_OF_THREE.token_secret, ONE_OF_THREE.rng
    )
    verify(second, second.ballot((1, 0, 0), second.voter()))
    assert_refused(second, second.ballot((1, 0, 0), ONE_OF_THREE.voter()), BallotTokenError)


def test_ballot_of_another_poll_is_refused() -> None:
    other = SyntheticPoll.make(3, 1, 1, "another poll")
    with pytest.raises(ForeignPollError):
        parse_ballot(ONE_OF_THREE.ballot((1, 0, 0)), other.context)


@pytest.mark.parametrize("change", ["minimum and maximum", "order of options", "token key"])
def test_proof_is_bound_to_every_parameter(change: str) -> None:
    """Fake parameters: the same ballot under a definition that differs in one thing."""
    context = ONE_OF_THREE.context
    keys = [G1.encode(key) for key in context.option_keys]
    shape, token_key = context.shape, context.token_key
    if change == "order of options":
        keys.reverse()
    if change == "token key":
        token_key = G2.multiply(token_key, 2)
    if change == "minimum and maximum":
        shape = type(shape)(3, 2, 2, 10)
    other = make_context(context.poll_id, shape, keys, G2.encode(token_key))
    assert other.digest != context.digest
    with pytest.raises(BallotError):
        verify_ballot(
            other, parse_ballot(ONE_OF_THREE.ballot((1, 0, 0)), other), secrets.token_bytes
        )
