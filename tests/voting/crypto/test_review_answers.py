"""Conditions that no test noticed when they were left out (review, findings 7 and 13)."""

import secrets
from dataclasses import replace

import pytest

from tests.voting.crypto.ceremony_simulator import replaced, trustees
from tests.voting.crypto.synthetic import SEED, SyntheticPoll
from voting.crypto.ballot_proof import BallotSecrets, Choice, seal
from voting.crypto.ceremony import Round, SignedMessage, sign_message
from voting.crypto.ceremony_judge import judge_complaint
from voting.crypto.dkg import complain, deal_shares, finish
from voting.crypto.errors import (
    CeremonySignatureError,
    PartyListError,
    ShareEquationError,
    SubgroupError,
    ViewMismatchError,
)
from voting.crypto.group import G1, G2
from voting.crypto.randomness import random_scalar
from voting.crypto.sharing import evaluate
from voting.crypto.tokens import TokenKeys, blind_key, combine_shares, sign_blinded
from voting.crypto.transcript import DIGEST_BYTES

SIM = trustees(label="review")
C = SIM.ceremony
PARTIES, (FIRST, SECOND, THIRD) = SIM.three_rounds()


def test_dealing_in_answer_to_other_openings_is_refused() -> None:
    """The view in round three: shares may fit openings that were never published."""
    body = bytes(DIGEST_BYTES) + THIRD[1].body[DIGEST_BYTES:]
    dealings = replaced(THIRD, SIM.signed_again(THIRD[1], body))
    with pytest.raises(ViewMismatchError):
        finish(C, PARTIES[0], (FIRST, SECOND, dealings), SIM.rng)
    assert finish(C, PARTIES[0], (FIRST, SECOND, THIRD), SIM.rng)


def bad_share() -> tuple[tuple[SignedMessage, ...], SignedMessage, SignedMessage]:
    """Party 3 deals wrong shares; party 2's complaint, and a confirmation it signs all the same."""
    wrong = replace(PARTIES[2], polynomials=PARTIES[0].polynomials)
    dealings = replaced(THIRD, deal_shares(C, wrong, FIRST, SECOND))
    complaint = complain(C, PARTIES[1], 3, dealings)
    view = complaint.body[:DIGEST_BYTES]
    confirmation = sign_message(C, Round.CONFIRM, 2, view + bytes(32), SIM.identities[1])
    return dealings, complaint, confirmation


def test_complaint_of_a_party_that_confirmed_is_ignored() -> None:
    """Else dealer and receiver together could keep a bad share in reserve (finding 7)."""
    dealings, complaint, confirmation = bad_share()
    rounds = (FIRST, SECOND, dealings)
    assert isinstance(judge_complaint(C, rounds, complaint), ShareEquationError)
    assert judge_complaint(C, rounds, complaint, confirmation=confirmation) is None


def test_confirmation_of_somebody_or_something_else_silences_no_complaint() -> None:
    dealings, complaint, confirmation = bad_share()
    rounds = (FIRST, SECOND, dealings)
    others = sign_message(C, Round.CONFIRM, 1, confirmation.body, SIM.identities[0])
    older = SIM.signed_again(confirmation, bytes(64))
    for one in (others, older):
        verdict = judge_complaint(C, rounds, complaint, confirmation=one)
        assert isinstance(verdict, ShareEquationError)
    with pytest.raises(CeremonySignatureError):
        judge_complaint(
            C, rounds, complaint, confirmation=replace(confirmation, signature=bytes(64))
        )
    with pytest.raises(PartyListError):
        judge_complaint(C, rounds, complaint, confirmation=dealings[1])


def test_share_outside_the_subgroup_makes_no_token() -> None:
    """The pairing does not see a point of order 3: without this check it becomes the token's."""
    polynomial = [random_scalar(secrets.token_bytes) for _ in range(3)]
    shares = {j: evaluate(polynomial, j) for j in (1, 2, 3)}
    public = tuple(G2.multiply(G2.generator, share) for share in shares.values())
    keys = TokenKeys(3, G2.multiply(G2.generator, polynomial[0]), public)
    request = blind_key(bytes(32), G1.encode(G1.generator), secrets.token_bytes)
    given = {j: sign_blinded(x, request.blinded, secrets.token_bytes) for j, x in shares.items()}
    order_three = G1.on_curve(b"\x80" + bytes(47))
    shifted = {**given, 2: G1.encode(G1.on_curve(given[2]) + order_three)}
    assert combine_shares(keys, request, given, secrets.token_bytes)
    with pytest.raises(SubgroupError):
        combine_shares(keys, request, shifted, secrets.token_bytes)


def broken_source(count: int) -> bytes:
    return bytes(count)


def sealed_under_a_broken_source(poll: SyntheticPoll, public: bytes) -> BallotSecrets:
    choice = Choice((1, 0, 0), 1, 0)
    return seal(poll.context, choice, public, seed=SEED, rng=broken_source).secrets


def test_polls_and_keys_share_no_randomness_under_a_broken_source() -> None:
    """ctx and V in the hedge: the same device, votes, number and attempt, and a dead source."""
    poll, other = SyntheticPoll.make(3, 1, 1), SyntheticPoll.make(3, 1, 1, label="another poll")
    voter, second = poll.voter(), poll.voter()
    one = sealed_under_a_broken_source(poll, voter.public)
    assert one.r == sealed_under_a_broken_source(poll, voter.public).r
    assert one.r != sealed_under_a_broken_source(other, voter.public).r
    assert one.r != sealed_under_a_broken_source(poll, second.public).r
