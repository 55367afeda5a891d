"""Ballots judged together get the verdict that each gets alone, and the board keeps its order."""

from functools import lru_cache

import pytest

from contracts.evidence.log import LogWriter
from tests.simulators.poll import RNG, Forger, simulated
from tests.simulators.poll_forgeries import change_log, new_ballot
from voting.audit.findings import Book
from voting.audit.means import Trust
from voting.audit.tokens import check_tokens
from voting.crypto.errors import (
    BallotLengthError,
    BallotSignatureError,
    CryptoError,
    ForeignPollError,
)
from voting.poll.board import Board
from voting.poll.errors import CastTwiceError, WindowError
from voting.poll.intake import Intake, Judged, judge
from voting.poll.record import MemoryFolder


@lru_cache(maxsize=1)
def ballots() -> tuple[bytes, ...]:
    """A sound one, one whose signature is off, one of another poll, one cut, a sound one."""
    forger = Forger(simulated())
    first, second = (new_ballot(forger, voter, 1, (0, 0, 1)) for voter in (1, 2))
    foreign = second[:1] + bytes(32) + second[33:]
    unsigned = second[:-1] + bytes([second[-1] ^ 1])
    return first, unsigned, foreign, second[:-1], second


def board() -> Board:
    poll = simulated()
    writer = LogWriter(poll.definition.publication.origin, poll.organisers.board_key)
    return Board(poll.definition, poll.definition.context(), writer, RNG)


def judged() -> tuple[Judged, ...]:
    return judge(Intake(simulated().definition, ballots(), RNG))


def test_each_ballot_gets_its_own_verdict() -> None:
    found = [None if one.error is None else type(one.error) for one in judged()]
    assert found == [None, BallotSignatureError, ForeignPollError, BallotLengthError, None]
    assert [one.data for one in judged()] == list(ballots())


def test_board_refuses_what_was_judged_bad() -> None:
    here, opens = board(), simulated().definition.times.opens
    for one in judged():
        if one.error is None:
            assert here.receive_judged(one, opens).sequence == 1
        else:
            with pytest.raises(type(one.error)):
                here.receive_judged(one, opens)
    assert len(here.checkpoint().ballots) == 2


def test_judged_and_plain_ballots_get_the_same_answers() -> None:
    one, other, opens = board(), board(), simulated().definition.times.opens
    for item in judged():
        answers = []
        for act in (
            lambda item=item: one.receive(item.data, opens),
            lambda item=item: other.receive_judged(item, opens),
        ):
            try:
                answers.append(act())
            except CryptoError as error:
                answers.append((type(error), str(error)))
        assert answers[0] == answers[1]


def test_window_and_doubles_come_before_the_verdict() -> None:
    here, times = board(), simulated().definition.times
    first, unsigned, *_ = judged()
    with pytest.raises(WindowError):
        here.receive_judged(unsigned, times.closes)
    accepted = here.receive_judged(first, times.opens)
    assert here.receive_judged(first, times.closes) == accepted, "the same bytes, the same answer"
    double = Judged(first.data[:-1] + bytes([first.data[-1] ^ 1]), BallotSignatureError("x"), b"")
    with pytest.raises(CastTwiceError):
        here.receive_judged(double, times.opens)


def test_request_in_too_few_logs_is_no_token() -> None:
    """t - f = 2 of the three logs that were asked must hold a request."""
    forger = Forger(simulated())
    assert tokens(forger) == 25
    change_log(forger, 1, lambda entries: entries[1:])
    assert tokens(forger) == 25
    change_log(forger, 2, lambda entries: entries[1:])
    assert tokens(forger) == 24


def test_log_out_of_order_leaves_the_number_of_tokens_open() -> None:
    forger = Forger(simulated())
    change_log(forger, 1, lambda entries: entries[::-1])
    book = Book()
    assert (
        check_tokens(simulated().definition, MemoryFolder(forger.files), Trust(), RNG, book) is None
    )
    assert {finding.check for finding in book.findings} == {"A-08"}


def tokens(forger: Forger) -> int | None:
    folder = MemoryFolder(forger.files)
    return check_tokens(simulated().definition, folder, Trust(), RNG, Book())
