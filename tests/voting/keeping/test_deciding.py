"""Opened or cast, never both, whichever came first and however often it is asked."""

import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from tests.voting.crypto.synthetic import SEED, SyntheticPoll
from voting.crypto.ballot import parse_ballot
from voting.crypto.ballot_proof import Choice, SealedChoice
from voting.crypto.errors import ForeignChoiceError
from voting.crypto.opening import check_opening
from voting.crypto.verification import verify_ballot
from voting.keeping.deciding import Booth, Decision, MemoryDecisions
from voting.keeping.disk import FileDecisions
from voting.keeping.errors import DecidedChoiceError

POLL = SyntheticPoll.make(3, 1, 1, label="deciding")
VOTER = POLL.voter()
RNG = secrets.token_bytes


def sealed(booth: Booth, attempt: int = 0) -> SealedChoice:
    return booth.seal(Choice((0, 1, 0), 1, attempt), VOTER.public, seed=SEED, rng=RNG)


def test_opened_choice_is_never_cast_even_after_a_restart(tmp_path: Path) -> None:
    booth = Booth(POLL.context, FileDecisions(tmp_path / "decisions"))
    choice = sealed(booth)
    assert check_opening(POLL.context, booth.reveal(choice)) == (0, 1, 0)
    again = Booth(POLL.context, FileDecisions(tmp_path / "decisions"))
    assert again.reveal(choice) == booth.reveal(choice)
    with pytest.raises(DecidedChoiceError):
        again.cast(choice, VOTER, RNG)
    assert again.cast(sealed(again, 1), VOTER, RNG)


def test_cast_choice_is_never_opened_and_gives_the_same_ballot_again() -> None:
    booth = Booth(POLL.context, MemoryDecisions())
    choice = sealed(booth)
    ballot = booth.cast(choice, VOTER, RNG)
    verify_ballot(POLL.context, parse_ballot(ballot, POLL.context), RNG)
    assert booth.cast(choice, VOTER, RNG) == ballot
    with pytest.raises(DecidedChoiceError):
        booth.reveal(choice)


def test_choice_that_cannot_be_opened_or_cast_is_not_decided() -> None:
    decisions = MemoryDecisions()
    booth = Booth(POLL.context, decisions)
    choice = sealed(booth)
    foreign = replace(choice, context=bytes(32))
    with pytest.raises(ForeignChoiceError):
        booth.reveal(foreign)
    with pytest.raises(ForeignChoiceError):
        booth.cast(choice, replace(VOTER, public=bytes(48)), RNG)
    assert decisions.put(choice.code, Decision.OPENED) is Decision.OPENED
