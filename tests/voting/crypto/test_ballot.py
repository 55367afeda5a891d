"""Bytes of ballots, sealing, opening for a check, and slack."""

import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.voting.crypto.synthetic import SEED, SyntheticPoll
from voting.crypto.ballot import ballot_length, ordinates_length, ordinates_of, parse_ballot
from voting.crypto.ballot_proof import Choice, cast, seal
from voting.crypto.errors import (
    BallotLengthError,
    BallotVersionError,
    ChoiceError,
    CryptoError,
    ForeignChoiceError,
    ForeignPollError,
    IdentityPointError,
    KeyClashError,
    OpeningFormError,
    OpeningMismatchError,
    OrdinateError,
    PointEncodingError,
    PollShapeError,
    ScalarRangeError,
    SequenceRangeError,
    SubgroupError,
)
from voting.crypto.group import G1, G2, SECOND_GENERATOR, G1Point
from voting.crypto.opening import Opening, check_opening, open_for_check
from voting.crypto.poll_context import PollShape, make_context
from voting.crypto.slack import slack_keys, slack_weights, split_slack
from voting.crypto.transcript import ORDER
from voting.crypto.verification import verify_ballot

POLL = SyntheticPoll.make(3, 0, 2)
VOTER = POLL.voter()
BALLOT = POLL.ballot((0, 1, 0), VOTER)
ORDER_THREE = b"\x80" + bytes(47)


def verify(poll: SyntheticPoll, data: bytes) -> None:
    verify_ballot(poll.context, parse_ballot(data, poll.context), secrets.token_bytes)


def replaced(at: int, part: bytes) -> bytes:
    return BALLOT[:at] + part + BALLOT[at + len(part) :]


@pytest.mark.parametrize(
    ("options", "minimum", "maximum", "votes"),
    [
        (9, 3, 3, (1, 0, 0, 1, 0, 0, 0, 1, 0)),
        (2, 1, 1, (0, 1)),
        (3, 0, 2, (0, 0, 0)),
        (3, 0, 2, (1, 0, 1)),
        (4, 1, 4, (1, 1, 1, 1)),
        (5, 2, 2, (1, 1, 0, 0, 0)),
    ],
)
def test_honest_ballot_verifies(
    options: int, minimum: int, maximum: int, votes: tuple[int, ...]
) -> None:
    poll = SyntheticPoll.make(options, minimum, maximum)
    data = poll.ballot(votes)
    assert len(data) == ballot_length(poll.context.shape)
    verify(poll, data)


def test_ballot_of_nine_options_has_1587_bytes() -> None:
    assert ballot_length(PollShape(9, 3, 3, 10)) == 1587


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (BALLOT[:-1], BallotLengthError),
        (BALLOT + b"\x00", BallotLengthError),
        (b"", BallotLengthError),
        (b"\x00" + BALLOT[1:], BallotVersionError),
        (b"\x02" + BALLOT[1:], BallotVersionError),
        (replaced(1, bytes(32)), ForeignPollError),
        (replaced(33, b"\x00\x00"), SequenceRangeError),
        (replaced(33, b"\x00\x0b"), SequenceRangeError),
        (replaced(35, b"\xc0" + bytes(47)), IdentityPointError),
        (replaced(35, b"\xff" * 48), IdentityPointError),
        (replaced(len(BALLOT) - 80, b"\xff" * 48), IdentityPointError),
        (replaced(35, bytes([BALLOT[35] & 0x7F])), PointEncodingError),
        (replaced(len(BALLOT) - 32, ORDER.to_bytes(32, "big")), ScalarRangeError),
        (replaced(len(BALLOT) - 112, b"\xff" * 32), ScalarRangeError),
    ],
)
def test_malformed_ballot_is_refused_by_its_own_check(
    data: bytes, error: type[CryptoError]
) -> None:
    with pytest.raises(error):
        parse_ballot(data, POLL.context)


@pytest.mark.parametrize("place", range(2 * 5 + 7))
def test_point_outside_the_subgroup_is_refused_in_every_place(place: int) -> None:
    start = 35 + 48 * place if place < 16 else len(BALLOT) - 80
    point = G1.on_curve(BALLOT[start : start + 48]) + G1.on_curve(ORDER_THREE)
    ballot = parse_ballot(replaced(start, G1.encode(point)), POLL.context)
    with pytest.raises(SubgroupError):
        verify_ballot(POLL.context, ballot, secrets.token_bytes)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(BALLOT) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused(place: int, flip: int) -> None:
    with pytest.raises(CryptoError):
        verify(POLL, replaced(place, bytes([BALLOT[place] ^ flip])))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, len(BALLOT)))
def test_any_garbage_is_refused_with_a_numbered_check(garbage: bytes, at: int) -> None:
    data = (BALLOT[:at] + garbage + BALLOT[at + len(garbage) :])[: len(BALLOT)]
    if data != BALLOT:
        with pytest.raises(CryptoError) as caught:
            verify(POLL, data)
        assert caught.value.code[1] == "-"


def test_ordinates_give_the_same_ballot() -> None:
    ballot = parse_ballot(BALLOT, POLL.context)
    assert parse_ballot(BALLOT, POLL.context, ordinates_of(ballot)) == ballot
    assert len(ordinates_of(ballot)) == ordinates_length(POLL.context.shape)


def test_ordinates_that_do_not_fit_the_ballot_are_refused() -> None:
    """They save a square root; they never say what was cast."""
    right = ordinates_of(parse_ballot(BALLOT, POLL.context))
    other = ordinates_of(parse_ballot(POLL.ballot((1, 0, 0)), POLL.context))
    for wrong in (other, right[:-1], b"", right + b"\0", right[:48] + other[48:96] + right[96:]):
        with pytest.raises(OrdinateError):
            parse_ballot(BALLOT, POLL.context, wrong)


@pytest.mark.parametrize(
    "choice",
    [
        Choice((1, 1, 1), 1, 0),
        Choice((1, 1), 1, 0),
        Choice((2, 0, 0), 1, 0),
        Choice((1, 0, 0), 0, 0),
        Choice((1, 0, 0), 11, 0),
    ],
    ids=["too many", "option missing", "no bit", "sequence 0", "sequence 11"],
)
def test_choice_that_the_poll_does_not_allow_is_never_encrypted(choice: Choice) -> None:
    with pytest.raises(ChoiceError):
        seal(POLL.context, choice, VOTER.public, seed=SEED, rng=secrets.token_bytes)


def test_sealing_under_a_broken_source_still_hides_every_attempt() -> None:
    """Same bytes from the source: attempt, sequence and votes keep the randomness apart."""
    choices = [Choice((1, 0, 0), 1, 0), Choice((1, 0, 0), 1, 1), Choice((1, 0, 0), 2, 0)]
    choices.append(Choice((0, 1, 0), 1, 0))
    sealed = [seal(POLL.context, c, VOTER.public, seed=SEED, rng=bytes) for c in choices]
    assert len({s.secrets.r for s in sealed}) == len({s.code for s in sealed}) == 4


def test_secrets_of_one_ballot_are_all_different() -> None:
    sealed = seal(POLL.context, Choice((1, 0, 0), 1, 0), VOTER.public, seed=SEED, rng=bytes)
    values = sealed.secrets
    every = [values.r, values.s, values.t1, values.t0, values.w, *values.a]
    assert len(set(every)) == len(every)
    assert not any(str(value) in repr(sealed) for value in every)


def test_opening_shows_what_was_encrypted_and_nothing_of_the_voter() -> None:
    sealed = seal(
        POLL.context, Choice((0, 1, 1), 1, 0), VOTER.public, seed=SEED, rng=secrets.token_bytes
    )
    opening = Opening.decode(open_for_check(POLL.context, sealed).encode())
    assert check_opening(POLL.context, opening) == (0, 1, 1)
    assert VOTER.public not in opening.encode()
    assert VOTER.token not in opening.encode()


def opened(votes: tuple[int, ...] = (0, 1, 1)) -> Opening:
    choice = Choice(votes, 1, 0)
    return open_for_check(
        POLL.context, seal(POLL.context, choice, VOTER.public, seed=SEED, rng=POLL.rng)
    )


def test_opening_of_other_choices_than_encrypted_is_refused() -> None:
    """A device that encrypts something else cannot show the voter's choice."""
    for votes in ((1, 1, 0), (0, 1, 0)):
        with pytest.raises(OpeningMismatchError):
            check_opening(POLL.context, replace(opened(), votes=votes))
    with pytest.raises(OpeningMismatchError):
        check_opening(POLL.context, replace(opened(), randomness=5))


def test_opening_under_foreign_keys_is_refused() -> None:
    """Keys from the QR code instead of the anchored definition would let the device cheat."""
    other = SyntheticPoll.make(3, 0, 2, "foreign keys")
    with pytest.raises(OpeningFormError):
        check_opening(other.context, opened())
    with pytest.raises(OpeningMismatchError):
        check_opening(other.context, replace(opened(), poll_id=other.context.poll_id))


@pytest.mark.parametrize(
    "change",
    [{"votes": (1, 1, 1)}, {"votes": (1, 1)}, {"votes": (2, 0, 0)}, {"randomness": 0}],
    ids=["too many", "option missing", "no bit", "randomness 0"],
)
def test_opening_that_breaks_the_rules_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(OpeningFormError):
        check_opening(POLL.context, replace(opened(), **change))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d[:-1],
        lambda d: d + b"\x00",
        lambda d: b"\x02" + d[1:],
        lambda _: b"",
        lambda d: d[:-32] + ORDER.to_bytes(32, "big"),
        lambda d: d[:65] + b"\x04" + d[66:],
        lambda d: d[:66] + b"\x07" + d[67:],
        lambda d: d[:-32] + bytes(32),
    ],
    ids=["short", "trailing", "version", "empty", "randomness r", "count", "no bit", "r = 0"],
)
def test_malformed_opening_is_refused(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(OpeningFormError):
        Opening.decode(change(opened().encode()))


@pytest.mark.parametrize("spread", range(65))
def test_slack_covers_exactly_zero_to_the_spread(spread: int) -> None:
    weights = slack_weights(spread)
    reachable = {0}
    for weight in weights:
        reachable |= {total + weight for total in reachable}
    assert reachable == set(range(spread + 1))
    for rest in range(spread + 1):
        bits = split_slack(rest, weights)
        assert set(bits) <= {0, 1}
        assert sum(w * b for w, b in zip(weights, bits, strict=True)) == rest


def test_slack_split_is_canonical() -> None:
    assert slack_weights(2) == (1, 1)
    assert slack_weights(5) == (1, 2, 2)
    assert split_slack(1, (1, 1)) == (1, 0)
    assert split_slack(2, (1, 2, 2)) == (0, 1, 0)
    assert split_slack(3, (1, 2, 2)) == (1, 1, 0)


@pytest.mark.parametrize(
    "numbers",
    [
        (1, 1, 1, 1),
        (65, 1, 1, 1),
        (3, 2, 1, 1),
        (3, 0, 0, 1),
        (3, 1, 4, 1),
        (3, -1, 1, 1),
        (3, 1, 1, 0),
        (3, 1, 1, 65536),
    ],
)
def test_shape_out_of_range_is_refused(numbers: tuple[int, int, int, int]) -> None:
    with pytest.raises(PollShapeError):
        PollShape(*numbers)


KEY = G1.multiply(G1.generator, 77)


@pytest.mark.parametrize(
    "bad",
    [KEY, -KEY, G1.generator, -G1.generator, SECOND_GENERATOR, slack_keys(1)[0], -slack_keys(2)[1]],
    ids=["repeated", "opposite", "G", "-G", "H", "K_1", "-K_2"],
)
def test_option_key_that_is_known_or_shared_is_refused(bad: G1Point) -> None:
    shape, other = PollShape(3, 0, 2, 1), G1.multiply(G1.generator, 78)
    token_key = G2.encode(G2.generator)
    good = [G1.encode(key) for key in (KEY, other, KEY + other)]
    assert make_context(bytes(32), shape, good, token_key).shape == shape
    with pytest.raises(KeyClashError):
        make_context(bytes(32), shape, [*good[:2], G1.encode(bad)], token_key)


def test_neutral_option_key_and_wrong_number_of_keys_are_refused() -> None:
    keys = [G1.encode(G1.multiply(G1.generator, i)) for i in (5, 6, 7)]
    shape, token_key = PollShape(3, 1, 1, 1), G2.encode(G2.generator)
    with pytest.raises(IdentityPointError):
        make_context(bytes(32), shape, [*keys[:2], b"\xc0" + bytes(47)], token_key)
    for wrong in (keys[:2], [*keys, keys[0]]):
        with pytest.raises(PollShapeError):
            make_context(bytes(32), shape, wrong, token_key)
    with pytest.raises(PollShapeError):
        make_context(bytes(31), shape, keys, token_key)


def test_cast_ballot_carries_the_code_that_was_shown() -> None:
    sealed = seal(POLL.context, Choice((1, 0, 0), 3, 0), VOTER.public, seed=SEED, rng=POLL.rng)
    data = cast(POLL.context, sealed, VOTER, POLL.rng)
    ballot = parse_ballot(data, POLL.context)
    verified = verify_ballot(POLL.context, ballot, secrets.token_bytes)
    assert verified.code == sealed.code
    assert ballot.sequence == 3
    assert len(verified.votes(POLL.context).b) == 3


def test_sealed_choice_is_cast_under_its_own_context_and_key_only() -> None:
    """Two casts would answer two challenges with the same secrets: whoever divides reads r."""
    sealed = seal(POLL.context, Choice((1, 0, 0), 3, 0), VOTER.public, seed=SEED, rng=POLL.rng)
    context = POLL.context
    keys = [G1.encode(key) for key in context.option_keys]
    shape = replace(context.shape, minimum=1)
    changed = make_context(context.poll_id, shape, keys, G2.encode(context.token_key))
    for foreign in (changed, SyntheticPoll.make(3, 0, 2, "foreign keys").context):
        with pytest.raises(ForeignChoiceError):
            cast(foreign, sealed, VOTER, POLL.rng)
        with pytest.raises(ForeignChoiceError):
            open_for_check(foreign, sealed)
    with pytest.raises(ForeignChoiceError):
        cast(context, sealed, POLL.voter(), POLL.rng)
    verify(POLL, cast(context, sealed, VOTER, POLL.rng))
