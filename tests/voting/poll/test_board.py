"""The board's intake, its promises and batches, and what trustees answer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

import pytest

from contracts.evidence.errors import ProofError
from contracts.evidence.log import LogWriter
from contracts.evidence.merkle import leaf_hash
from contracts.evidence.promise import open_promise
from contracts.evidence.receipt import check_receipt
from tests.simulators.poll import RNG, Forger, simulated
from tests.simulators.poll_forgeries import new_ballot, voter_key
from voting.crypto.ballot_proof import Choice, SealedChoice, cast, seal
from voting.crypto.elgamal import Ciphertext
from voting.crypto.errors import (
    AggregateFormError,
    BallotLengthError,
    BallotSignatureError,
    BallotTokenError,
    BallotVersionError,
    ForeignPollError,
    OpeningMismatchError,
    SequenceRangeError,
    SubgroupError,
    TooFewBallotsError,
)
from voting.crypto.group import G1
from voting.crypto.opening import open_for_check
from voting.crypto.threshold import TrusteeKey
from voting.poll.board import MAX_DELAY, Board
from voting.poll.errors import (
    AnsweredError,
    CastTwiceError,
    CheckedBallotError,
    CodeTakenError,
    PollPhaseError,
    RandomnessTakenError,
    WindowError,
)
from voting.poll.leaf import Leaf
from voting.poll.tally import CountedSet, aggregate_of
from voting.poll.trustee import MemoryAnswers, answer
from voting.simulate.publication import final_checkpoint

OPENS = simulated(public_checks=True).definition.times.opens
CLOSES = simulated(public_checks=True).definition.times.closes


def board() -> Board:
    poll = simulated(public_checks=True)
    writer = LogWriter(poll.definition.publication.origin, poll.organisers.board_key)
    return Board(poll.definition, poll.definition.context(), writer, RNG)


@lru_cache(maxsize=32)
def ballot(voter: int, sequence: int = 1) -> bytes:
    return new_ballot(Forger(simulated(public_checks=True)), voter, sequence, (1, 0, 0))


def sealed(voter: int, sequence: int = 1) -> SealedChoice:
    poll = simulated(public_checks=True)
    device = poll.devices[voter]
    choice = Choice((0, 1, 0), sequence, 77)
    public = device.request.public
    return seal(poll.definition.context(), choice, public, seed=device.seed, rng=RNG)


def cast_by(voter: int, choice: SealedChoice) -> bytes:
    poll = simulated(public_checks=True)
    key = voter_key(Forger(poll), voter)
    return cast(poll.definition.context(), choice, key, RNG)


def test_accepted_ballot_is_promised_at_once_and_in_the_log_at_the_next_checkpoint() -> None:
    here, data = board(), ballot(0)
    accepted = here.receive(data, OPENS)
    promise = open_promise(accepted.promise, [here.definition.board_key])
    assert (promise.leaf, promise.deadline) == (leaf_hash(data), OPENS + MAX_DELAY)
    with pytest.raises(ProofError):
        here.receipt(data)
    assert here.writer.tree.size == 0
    assert here.checkpoint().ballots == (data,)
    state = check_receipt(here.receipt(data), leaf_hash(data), [here.definition.board_key])
    assert state.size == 1


def test_same_bytes_get_the_same_answer_even_after_closing() -> None:
    here = board()
    first = here.receive(ballot(0), OPENS)
    assert here.receive(ballot(0), CLOSES) == first
    assert len(here.checkpoint().ballots) == 1


def test_batch_is_sorted_whatever_the_order_of_arrival() -> None:
    here = board()
    for voter in range(4):
        here.receive(ballot(voter), OPENS)
    leaves = [leaf_hash(data) for data in here.checkpoint().ballots]
    assert all(a < b for a, b in pairwise(leaves))


def test_board_that_starts_again_goes_on_where_it_was() -> None:
    first, again = board(), board()
    first.receive(ballot(0), OPENS)
    batch = first.checkpoint()
    again.replay(batch.ballots, OPENS)
    assert again.writer.tree.root() == first.writer.tree.root()
    assert again.receive(ballot(0), OPENS) == first.receive(ballot(0), OPENS)
    with pytest.raises(CastTwiceError):
        again.receive(cast_by(0, sealed(0)), OPENS)
    for one in (first, again):
        one.receive(ballot(1), OPENS)
    assert again.checkpoint() == first.checkpoint()


@pytest.mark.parametrize(
    ("at", "accepted"),
    [
        (OPENS - timedelta(seconds=1), False),
        (OPENS, True),
        (CLOSES - timedelta(seconds=1), True),
        (CLOSES, False),
    ],
)
def test_window_is_kept(at: datetime, *, accepted: bool) -> None:
    here = board()
    if accepted:
        assert here.receive(ballot(0), at).sequence == 1
    else:
        with pytest.raises(WindowError):
            here.receive(ballot(0), at)


def test_revoting_takes_a_higher_number_and_no_number_twice() -> None:
    here = board()
    here.receive(ballot(0), OPENS)
    assert here.receive(ballot(0, 2), OPENS).sequence == 2
    other = cast_by(0, sealed(0, 2))
    with pytest.raises(CastTwiceError):
        here.receive(other, OPENS)


def test_ciphertext_that_stands_on_the_board_is_refused_for_every_key() -> None:
    here, choice = board(), sealed(0)
    here.receive(cast_by(0, choice), OPENS)
    taken = replace(choice, public=sealed(1).public)  # A device that means well refuses this.
    with pytest.raises(CodeTakenError):
        here.receive(cast_by(1, taken), OPENS)


def test_first_component_that_stands_on_the_board_is_refused() -> None:
    here, data = board(), ballot(0)
    here.receive(data, OPENS)
    leaf = Leaf(b"another key", 1, b"another code", data[131:179])
    with pytest.raises(RandomnessTakenError):
        here.taken.check(leaf)
    here.taken.check(replace(leaf, randomness=b"another"))


def test_checked_ballot_is_never_cast_and_cast_one_never_opened() -> None:
    here, checked, taken = board(), sealed(0), sealed(1)
    here.publish_check(open_for_check(here.context, checked), OPENS)
    with pytest.raises(CheckedBallotError):
        here.receive(cast_by(0, checked), OPENS)
    here.receive(cast_by(1, taken), OPENS)
    with pytest.raises(CodeTakenError):
        here.publish_check(open_for_check(here.context, taken), OPENS)
    with pytest.raises(CheckedBallotError):
        here.publish_check(open_for_check(here.context, checked), OPENS)


def test_board_that_starts_again_remembers_published_checks() -> None:
    first, again, checked = board(), board(), sealed(0)
    first.publish_check(open_for_check(first.context, checked), OPENS)
    for opening in first.checks:
        again.replay_check(opening)
    with pytest.raises(CheckedBallotError):
        again.receive(cast_by(0, checked), OPENS)
    assert again.checks == first.checks


def test_check_is_opened_before_it_is_published() -> None:
    here, opening = board(), open_for_check(board().context, sealed(0))
    with pytest.raises(OpeningMismatchError):
        here.publish_check(replace(opening, votes=(0, 0, 1)), OPENS)
    with pytest.raises(PollPhaseError):
        here.publish_check(opening, CLOSES)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda b: b[:-1], BallotLengthError),
        (lambda b: b + b"\x00", BallotLengthError),
        (lambda b: b"\x02" + b[1:], BallotVersionError),
        (lambda b: b[:1] + bytes(32) + b[33:], ForeignPollError),
        (lambda b: b[:33] + b"\x00\x00" + b[35:], SequenceRangeError),
        (lambda b: b[:33] + b"\x00\x02" + b[35:], BallotSignatureError),
        (lambda b: b[:83] + ballot(1)[83:131] + b[131:], BallotSignatureError),
    ],
    ids=["short", "long", "version", "poll", "number 0", "other number", "other token"],
)
def test_ballot_that_was_changed_is_refused_by_its_check(
    change: Callable[[bytes], bytes], error: type[Exception]
) -> None:
    here = board()
    with pytest.raises(error):
        here.receive(change(ballot(0)), OPENS)
    assert here.receive(ballot(0), OPENS).sequence == 1, "a refused ballot takes no number"


def test_ballot_without_a_token_is_refused() -> None:
    poll = simulated(public_checks=True)
    key = voter_key(Forger(poll), 0)
    foreign = replace(key, token=voter_key(Forger(poll), 1).token)
    stuffed = cast(poll.definition.context(), sealed(0), foreign, RNG)
    with pytest.raises(BallotTokenError):
        board().receive(stuffed, OPENS)


def test_board_signs_with_the_key_of_the_definition_only() -> None:
    poll = simulated(public_checks=True)
    wrong = LogWriter(poll.definition.publication.origin, poll.organisers.trustees.identities[0])
    with pytest.raises(PollPhaseError):
        Board(poll.definition, poll.definition.context(), wrong, RNG)


def test_highest_number_counts_and_of_equal_ones_the_first() -> None:
    counted = CountedSet()
    for place, (key, sequence) in enumerate([(b"a", 2), (b"b", 1), (b"a", 1), (b"b", 1)]):
        counted.add(place, key, sequence)
    assert counted.places() == [0, 1]
    counted.add(4, b"a", 3)
    assert counted.places() == [1, 4]


def test_trustee_answers_one_aggregate_for_ever() -> None:
    forger = Forger(simulated())
    body, definition = forger.poll.organisers.trustees, forger.poll.definition
    key, answers = TrusteeKey(1, body.shares[0], body.keys.shares[0]), MemoryAnswers()
    first = forger.aggregate(forger.counted())
    assert answer(definition, first, key, answers, RNG).aggregate == first.digest()
    assert answer(definition, first, key, answers, RNG).trustee == 1
    with pytest.raises(AnsweredError):
        answer(definition, forger.aggregate(forger.counted()[1:]), key, answers, RNG)


@pytest.mark.parametrize("place", [0, 1, 3])
def test_sum_that_no_ballots_have_does_not_use_up_the_key(place: int) -> None:
    forger = Forger(simulated())
    body, definition = forger.poll.organisers.trustees, forger.poll.definition
    key, answers = TrusteeKey(1, body.shares[0], body.keys.shares[0]), MemoryAnswers()
    sound = forger.aggregate(forger.counted())
    points = [sound.total.a, *sound.total.b]
    points[place] += G1.on_curve(b"\x80" + bytes(47))
    outside = replace(sound, total=Ciphertext(points[0], tuple(points[1:])))
    short = replace(sound, total=Ciphertext(sound.total.a, sound.total.b[:-1]))
    for bad, error in ((outside, SubgroupError), (short, AggregateFormError)):
        with pytest.raises(error):
            answer(definition, bad, key, answers, RNG)
    assert answer(definition, sound, key, answers, RNG).aggregate == sound.digest()


def test_too_few_ballots_are_neither_added_up_nor_decrypted() -> None:
    forger = Forger(simulated())
    body, definition = forger.poll.organisers.trustees, forger.poll.definition
    few = forger.aggregate(forger.counted()[:19])
    key = TrusteeKey(1, body.shares[0], body.keys.shares[0])
    with pytest.raises(TooFewBallotsError):
        answer(definition, few, key, MemoryAnswers(), RNG)
    final = final_checkpoint(definition, forger.files)
    with pytest.raises(TooFewBallotsError):
        aggregate_of(definition, final, 19, few.total)
    assert aggregate_of(definition, final, 20, few.total).ballots == 20
