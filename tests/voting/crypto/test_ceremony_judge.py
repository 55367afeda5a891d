"""Bad shares, complaints and contradictions: who is found guilty, and who is not."""

from dataclasses import replace

import pytest

from tests.voting.crypto.ceremony_simulator import replaced, trustees
from voting.crypto.ceremony import (
    SignedMessage,
)
from voting.crypto.ceremony_judge import judge_complaint, judge_equivocation, judge_view
from voting.crypto.ceremony_record import (
    check_announcements,
    sealed_for,
    sealed_length,
    view_of,
)
from voting.crypto.dkg import complain, deal_shares, finish, open_commitments, share_info
from voting.crypto.errors import (
    CeremonySignatureError,
    EquivocationError,
    FalseComplaintError,
    PartyListError,
    ShareDecryptionError,
    ShareEquationError,
    ViewMismatchError,
)
from voting.crypto.group import encode_scalar
from voting.crypto.sharing import evaluate
from voting.crypto.transcript import ORDER

SIM = trustees()
C = SIM.ceremony
PARTIES, ROUNDS = SIM.three_rounds()
FIRST, SECOND, THIRD = ROUNDS


def resealed(dealer: int, receiver: int, shares: bytes, index: int | None = None) -> SignedMessage:
    """A dealing in which one receiver gets these bytes, sealed for ``index`` if given."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    from voting.crypto.dkg import _SUITE

    first = check_announcements(C, FIRST)
    key = X25519PublicKey.from_public_bytes(first.kems[receiver - 1])
    sealed = _SUITE.encrypt(shares, key, info=share_info(C, first, dealer, index or receiver))
    body = THIRD[dealer - 1].body
    return SIM.signed_again(
        THIRD[dealer - 1], body.replace(sealed_for(C, body, dealer, receiver), sealed)
    )


def test_share_of_another_index_is_found_and_judged() -> None:
    """Party 3 sends party 1 the shares of party 2, well encrypted."""
    shares = b"".join(encode_scalar(evaluate(row, 2)) for row in PARTIES[2].polynomials)
    rounds = (FIRST, SECOND, replaced(THIRD, resealed(3, 1, shares)))
    with pytest.raises(ShareEquationError) as caught:
        finish(C, PARTIES[0], rounds, SIM.rng)
    assert caught.value.culprit == 3
    verdict = judge_complaint(C, rounds, complain(C, PARTIES[0], 3, rounds[2]))
    assert isinstance(verdict, ShareEquationError)
    assert verdict.culprit == 3


@pytest.mark.parametrize(
    "shares",
    [bytes(63), bytes(65), ORDER.to_bytes(32, "big") * 2, b""],
    ids=["short", "long", "not below r", "empty"],
)
def test_share_that_is_no_scalar_is_found_and_judged(shares: bytes) -> None:
    if len(shares) == 64:
        rounds = (FIRST, SECOND, replaced(THIRD, resealed(3, 1, shares)))
        with pytest.raises(ShareDecryptionError):
            finish(C, PARTIES[0], rounds, SIM.rng)
        assert judge_complaint(C, rounds, complain(C, PARTIES[0], 3, rounds[2])).culprit == 3
    else:
        bad = resealed(3, 1, shares)
        with pytest.raises(ShareDecryptionError) as caught:
            finish(C, PARTIES[0], (FIRST, SECOND, replaced(THIRD, bad)), SIM.rng)
        assert caught.value.culprit == 3


@pytest.mark.parametrize("how", ["sealed for another index", "swapped", "random bytes"])
def test_share_that_does_not_decrypt_is_found_and_judged(how: str) -> None:
    body, length = THIRD[2].body, sealed_length(C)
    if how == "sealed for another index":
        shares = b"".join(encode_scalar(evaluate(row, 1)) for row in PARTIES[2].polynomials)
        bad = resealed(3, 1, shares, index=2)
    elif how == "swapped":
        swapped = body[:32] + body[32 + length :] + body[32 : 32 + length]
        bad = SIM.signed_again(THIRD[2], swapped)
    else:
        bad = SIM.signed_again(THIRD[2], body[:32] + bytes(len(body) - 32))
    rounds = (FIRST, SECOND, replaced(THIRD, bad))
    with pytest.raises(ShareDecryptionError):
        finish(C, PARTIES[0], rounds, SIM.rng)
    verdict = judge_complaint(C, rounds, complain(C, PARTIES[0], 3, rounds[2]))
    assert (type(verdict), verdict.culprit) == (ShareDecryptionError, 3)


def test_false_complaint_falls_back_on_the_complainer() -> None:
    verdict = judge_complaint(C, ROUNDS, complain(C, PARTIES[1], 1, THIRD))
    assert (type(verdict), verdict.culprit) == (FalseComplaintError, 2)


def test_complaint_with_another_secret_falls_back_on_the_complainer() -> None:
    """Also where the accused did cheat: without the right secret nobody can see it."""
    forged = complain(C, replace(PARTIES[1], kem_secret=bytes(31) + b"\x40"), 1, THIRD)
    verdict = judge_complaint(C, ROUNDS, forged)
    assert (type(verdict), verdict.culprit) == (FalseComplaintError, 2)


@pytest.mark.parametrize("accused", [0, 2, 4, 2**32 - 1])
def test_complaint_about_oneself_or_nobody_falls_back(accused: int) -> None:
    verdict = judge_complaint(C, ROUNDS, complain(C, PARTIES[1], accused, THIRD))
    assert (type(verdict), verdict.culprit) == (FalseComplaintError, 2)


def test_complaint_that_nobody_signed_is_no_complaint() -> None:
    message = complain(C, PARTIES[1], 1, THIRD)
    with pytest.raises(CeremonySignatureError):
        judge_complaint(C, ROUNDS, replace(message, sender=3))
    with pytest.raises(PartyListError):
        judge_complaint(C, ROUNDS, FIRST[0])


def test_equivocating_trustee_is_convicted_by_its_two_signatures() -> None:
    twice = SIM.signed_again(FIRST[1], FIRST[1].body[:32] + bytes(32))
    verdict = judge_equivocation(C, FIRST[1], twice)
    assert isinstance(verdict, EquivocationError)
    assert verdict.culprit == 2
    assert judge_equivocation(C, FIRST[1], FIRST[1]) is None
    assert judge_equivocation(C, FIRST[1], FIRST[0]) is None
    assert judge_equivocation(C, FIRST[1], SECOND[1]) is None
    with pytest.raises(CeremonySignatureError):
        judge_equivocation(C, FIRST[1], replace(FIRST[1], body=bytes(64)))


def test_honest_trustee_that_was_shown_something_else_is_not_blamed() -> None:
    """Party 2 signs two announcements; the relay shows the second one to party 1 alone."""
    shown = replaced(FIRST, SIM.signed_again(FIRST[1], FIRST[1].body[:32] + bytes(32)))
    answer = open_commitments(C, PARTIES[0], shown, SIM.rng)
    with pytest.raises(ViewMismatchError) as caught:
        deal_shares(C, PARTIES[2], FIRST, replaced(SECOND, answer))
    assert caught.value.culprit == 0
    verdict = judge_view(C, FIRST, answer, shown)
    assert (type(verdict), verdict.culprit) == (EquivocationError, 2)


def test_trustee_that_only_claims_to_have_seen_something_else_is_blamed() -> None:
    answer = SIM.signed_again(SECOND[0], bytes(32) + SECOND[0].body[32:])
    forged = replaced(FIRST, replace(FIRST[1], body=bytes(64)))
    for claimed in (FIRST, forged, (), FIRST[:2]):
        verdict = judge_view(C, FIRST, answer, claimed)
        assert (type(verdict), verdict.culprit) == (ViewMismatchError, 1)
    lying = replace(FIRST[1], signature=bytes(64))
    invented = replaced(FIRST, replace(lying, body=bytes(64)))
    made_up = SIM.signed_again(SECOND[0], view_of(C, invented) + SECOND[0].body[32:])
    verdict = judge_view(C, FIRST, made_up, invented)
    assert (type(verdict), verdict.culprit) == (ViewMismatchError, 1)
    twice = replaced(FIRST, SIM.signed_again(FIRST[1], FIRST[1].body[:32] + bytes(32)))
    verdict = judge_view(C, FIRST, made_up, twice)
    assert (type(verdict), verdict.culprit) == (ViewMismatchError, 1)


def test_answer_to_the_published_messages_is_no_case_for_a_judge() -> None:
    """Whatever the one who asks says the party claimed."""
    complaint = complain(C, PARTIES[0], 2, THIRD)
    twice = replaced(FIRST, SIM.signed_again(FIRST[1], FIRST[1].body[:32] + bytes(32)))
    for published, answer in ((FIRST, SECOND[0]), (SECOND, THIRD[0]), (THIRD, complaint)):
        for claimed in (published, twice, ()):
            assert judge_view(C, published, answer, claimed) is None


def test_honest_answer_is_judged_by_the_round_before_it_only() -> None:
    """``published`` of another round, or one that is not sound, convicts nobody."""
    for published, answer in (
        (FIRST, THIRD[0]),
        (SECOND, SECOND[0]),
        (THIRD, THIRD[0]),
        (SECOND, complain(C, PARTIES[0], 2, THIRD)),
        (FIRST[:2], SECOND[0]),
        (FIRST, FIRST[0]),
        ((), FIRST[0]),
    ):
        with pytest.raises(PartyListError):
            judge_view(C, published, answer, published)
    unsigned = replaced(FIRST, replace(FIRST[1], body=bytes(64)))
    with pytest.raises(CeremonySignatureError):
        judge_view(C, unsigned, SECOND[0], FIRST)


def test_complaint_about_a_dealing_that_only_the_complainer_saw_blames_the_dealer() -> None:
    """Party 3 deals well in public and badly to party 1, whose complaint would look false."""
    shares = b"".join(encode_scalar(evaluate(row, 2)) for row in PARTIES[2].polynomials)
    shown = replaced(THIRD, resealed(3, 1, shares))
    complaint = complain(C, PARTIES[0], 3, shown)
    with pytest.raises(ViewMismatchError):
        judge_complaint(C, ROUNDS, complaint)
    verdict = judge_view(C, THIRD, complaint, shown)
    assert (type(verdict), verdict.culprit) == (EquivocationError, 3)
