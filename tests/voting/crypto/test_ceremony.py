"""Key ceremonies: honest ones, and every way of cheating that a party or a relay could try."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voting.crypto.ceremony_simulator import Simulator, registrars, replaced, trustees
from voting.crypto.ceremony import (
    Round,
    SignedMessage,
    Venue,
    check_endorsements,
    check_registrar_rule,
    endorse,
    registrar_ceremony,
    trustee_ceremony,
)
from voting.crypto.ceremony_record import (
    CeremonyRecord,
    check_announcements,
    commitment_hash,
    knowledge_statement,
    verify_ceremony,
)
from voting.crypto.dkg import begin, complain, deal_shares, finish, open_commitments
from voting.crypto.errors import (
    CeremonyError,
    CeremonyRuleError,
    CeremonySignatureError,
    CommitmentCountError,
    CommitmentOpeningError,
    EndorsementError,
    KnowledgeProofError,
    OwnAnnouncementError,
    PartyListError,
    TranscriptMismatchError,
    TransportKeyError,
    ViewMismatchError,
)
from voting.crypto.group import G1, G2
from voting.crypto.schnorr import prove_knowledge
from voting.crypto.sharing import lagrange_at_zero
from voting.crypto.transcript import ORDER

SIM = trustees()
C = SIM.ceremony
PARTIES, ROUNDS = SIM.three_rounds()
FIRST, SECOND, THIRD = ROUNDS
POINT, PROOF = 48, 80


@pytest.mark.parametrize("simulator", [trustees(), registrars()], ids=["trustees", "registrars"])
def test_honest_ceremony_shares_the_secret_of_each_public_key(simulator: Simulator) -> None:
    record, shares, keys = simulator.run()
    verified = verify_ceremony(simulator.ceremony, record)
    assert verified == keys
    group, t = simulator.ceremony.group, simulator.ceremony.threshold
    ids = list(range(simulator.ceremony.parties, 0, -1))[:t]
    weights = lagrange_at_zero(ids)
    for i, public in enumerate(keys.public):
        secret = sum(w * shares[j - 1][i] for w, j in zip(weights, ids, strict=True)) % ORDER
        assert group.multiply(group.generator, secret) == public
        fewer = sum(
            w * shares[j - 1][i] for w, j in zip(lagrange_at_zero(ids[1:]), ids[1:], strict=True)
        )
        assert group.multiply(group.generator, fewer % ORDER) != public
    for own, public_shares in zip(shares, keys.shares, strict=True):
        assert tuple(group.multiply(group.generator, x) for x in own) == public_shares


def test_messages_survive_their_encoding() -> None:
    for message in (FIRST[0], SECOND[1], THIRD[2], complain(C, PARTIES[0], 2, THIRD)):
        assert SignedMessage.decode(message.encode()) == message
    for data in (b"", FIRST[0].encode()[:60], b"\x09" + FIRST[0].encode()[1:]):
        with pytest.raises(CeremonySignatureError):
            SignedMessage.decode(data)


@pytest.mark.parametrize(
    "setting",
    [(3, 2, 1), (4, 2, 1), (5, 3, 1), (4, 3, 0), (4, 4, 4), (4, 5, 1), (4, 3, 3), (33, 32, 1)],
)
def test_registrar_setting_in_which_somebody_gets_two_tokens_is_refused(
    setting: tuple[int, int, int],
) -> None:
    with pytest.raises(CeremonyRuleError):
        check_registrar_rule(*setting)


@pytest.mark.parametrize("setting", [(4, 3, 1), (5, 4, 2), (7, 5, 2), (3, 3, 1), (3, 3, 2)])
def test_recommended_registrar_setting_is_allowed(setting: tuple[int, int, int]) -> None:
    check_registrar_rule(*setting)
    parties, threshold, dishonest = setting
    assert 2 * threshold - parties > dishonest


@pytest.mark.parametrize(("threshold", "options"), [(1, 2), (4, 2), (2, 0), (2, 65)])
def test_trustee_setting_out_of_range_is_refused(threshold: int, options: int) -> None:
    venue = Venue(C.identities, 1, bytes(32))
    assert trustee_ceremony(2, 2, venue).parties == 3
    with pytest.raises(CeremonyRuleError):
        trustee_ceremony(threshold, options, venue)


def test_identity_keys_repeated_or_malformed_are_refused() -> None:
    for keys in ((C.identities[0],) * 2, (C.identities[0], b"short"), ()):
        with pytest.raises(CeremonyError):
            trustee_ceremony(2, 2, Venue(keys, 1, bytes(32)))
    with pytest.raises(PartyListError):
        trustee_ceremony(2, 2, Venue(C.identities, 1, bytes(31)))


@pytest.mark.parametrize("chain_id", [-1, 2**256])
def test_chain_id_out_of_range_is_refused(chain_id: int) -> None:
    for allowed in (0, 2**256 - 1):
        assert trustee_ceremony(2, 2, Venue(C.identities, allowed, bytes(32))).parties == 3
    with pytest.raises(CeremonyRuleError):
        trustee_ceremony(2, 2, Venue(C.identities, chain_id, bytes(32)))
    four = registrars().ceremony.identities
    with pytest.raises(CeremonyRuleError):
        registrar_ceremony(3, 1, Venue(four, chain_id, bytes(32)))


def test_absent_party_is_named() -> None:
    with pytest.raises(PartyListError) as caught:
        open_commitments(C, PARTIES[0], (FIRST[0], FIRST[2]), SIM.rng)
    assert caught.value.culprit == 2
    for wrong in ((FIRST[1], FIRST[0], FIRST[2]), (*FIRST, FIRST[0]), (), FIRST[:2]):
        with pytest.raises(PartyListError):
            open_commitments(C, PARTIES[0], wrong, SIM.rng)


@pytest.mark.parametrize("place", range(3))
def test_message_changed_by_the_relay_is_refused(place: int) -> None:
    body = ROUNDS[place][1].body
    changed = replace(ROUNDS[place][1], body=body[:-1] + bytes([body[-1] ^ 1]))
    rounds = [*ROUNDS]
    rounds[place] = replaced(ROUNDS[place], changed)
    with pytest.raises(CeremonySignatureError) as caught:
        finish(C, PARTIES[0], tuple(rounds), SIM.rng)
    assert caught.value.culprit == 2


def test_message_of_another_ceremony_is_refused() -> None:
    other = trustees(label="trustees", options=3)
    _, first = other.begin()
    assert other.ceremony.identities == C.identities
    with pytest.raises(CeremonySignatureError):
        open_commitments(C, PARTIES[0], replaced(FIRST, first[1]), SIM.rng)


@pytest.mark.parametrize(
    "kem",
    [
        bytes(32),
        b"\x01" + bytes(31),
        FIRST[0].body[:32],
        bytes(31),
        FIRST[0].body[:31] + bytes([FIRST[0].body[31] | 0x80]),
        (2**255 - 19 + 9).to_bytes(32, "little"),
        (2**255 - 1).to_bytes(32, "little"),
    ],
    ids=[
        "order one",
        "order one, other form",
        "of party 1",
        "short",
        "of party 1 with bit 255",
        "the base point's u plus the modulus",
        "the largest u above the modulus",
    ],
)
def test_unusable_or_copied_transport_key_is_refused(kem: bytes) -> None:
    bad = SIM.signed_again(FIRST[1], kem + FIRST[1].body[32:])
    with pytest.raises(TransportKeyError) as caught:
        open_commitments(C, PARTIES[0], replaced(FIRST, bad), SIM.rng)
    assert caught.value.culprit == 2


def test_party_whose_own_announcement_was_exchanged_goes_no_further() -> None:
    """Its second attempt's secrets do not fit the first attempt, which a relay publishes."""
    other, _ = begin(C, 1, SIM.identities[0], SIM.rng)
    same_key = replace(other, kem_secret=PARTIES[0].kem_secret)
    same_points = replace(PARTIES[0], kem_secret=other.kem_secret)
    for party in (other, same_key, same_points):
        for step in (
            lambda who: open_commitments(C, who, FIRST, SIM.rng),
            lambda who: deal_shares(C, who, FIRST, SECOND),
            lambda who: finish(C, who, ROUNDS, SIM.rng),
        ):
            with pytest.raises(OwnAnnouncementError) as caught:
                step(party)
            assert caught.value.culprit == 0
    assert finish(C, PARTIES[0], ROUNDS, SIM.rng)[2].sender == 1


def other_opening(coefficients: list[int], sender: int = 3) -> SignedMessage:
    """An opening of other polynomials than announced, with proofs that hold."""
    first = check_announcements(C, FIRST)
    points = [G1.multiply(G1.generator, c) for c in coefficients]
    statements = [
        knowledge_statement(C, first, sender, key + 1, points[2 * key]) for key in range(2)
    ]
    proofs = b"".join(
        prove_knowledge(s, coefficients[2 * key], SIM.rng).encode(G1)
        for key, s in enumerate(statements)
    )
    body = SECOND[sender - 1].body[:32] + G1.encode_all(points) + proofs
    return SIM.signed_again(SECOND[sender - 1], body)


def test_rushing_trustee_cannot_choose_after_seeing_the_others() -> None:
    """Known coefficients, valid proofs, but not what was hashed in round one."""
    with pytest.raises(CommitmentOpeningError) as caught:
        deal_shares(C, PARTIES[0], FIRST, replaced(SECOND, other_opening([5, 6, 7, 8])))
    assert caught.value.culprit == 3


def announced_points(points: bytes, sender: int = 3) -> tuple[SignedMessage, ...]:
    """Round one in which one party announces any points."""
    kem = FIRST[sender - 1].body[:32]
    body = kem + commitment_hash(C, sender, kem, points)
    return replaced(FIRST, SIM.signed_again(FIRST[sender - 1], body))


def second_round(first: tuple[SignedMessage, ...], cheat: bytes) -> tuple[SignedMessage, ...]:
    """Round two after such a round one; ``cheat`` is party 3's body after the view."""
    honest = [open_commitments(C, party, first, SIM.rng) for party in PARTIES[:2]]
    view = check_announcements(C, first).view
    return (*honest, SIM.signed_again(SECOND[2], view + cheat))


def test_rogue_trustee_without_knowledge_of_its_constant_term_is_refused() -> None:
    """The rogue key ``T - C_1 - C_2`` would give the joint key T, whose secret the rogue knows."""
    constants = [SECOND[j].body[32:80] for j in range(2)]
    target = G1.multiply(G1.generator, 4711)
    rogue = target - G1.decode(constants[0]) - G1.decode(constants[1])
    points = G1.encode_all([rogue, G1.generator, rogue, G1.generator])
    first = announced_points(points)
    context = check_announcements(C, first)
    statement = knowledge_statement(C, context, 3, 1, rogue)
    forged = prove_knowledge(statement, 4711, SIM.rng).encode(G1)
    with pytest.raises(KnowledgeProofError) as caught:
        deal_shares(C, PARTIES[0], first, second_round(first, points + forged * 2))
    assert caught.value.culprit == 3


def test_copied_commitments_and_proofs_are_refused() -> None:
    """A trustee who was told another one's commitments beforehand cannot use its proofs."""
    points = SECOND[0].body[32 : 32 + 4 * POINT]
    first = announced_points(points)
    honest = open_commitments(C, PARTIES[0], first, SIM.rng)
    with pytest.raises(KnowledgeProofError):
        deal_shares(C, PARTIES[0], first, second_round(first, honest.body[32:]))


def test_proof_of_another_ceremony_or_other_hashes_is_refused() -> None:
    """The challenge covers all hashes: a proof made before the others announced is worthless."""
    points = SECOND[2].body[32 : 32 + 4 * POINT]
    altered = replaced(FIRST, SIM.signed_again(FIRST[0], FIRST[0].body[:32] + bytes(32)))
    old_proofs = SECOND[2].body[32 + 4 * POINT :]
    body = check_announcements(C, altered).view + points + old_proofs
    cheat = SIM.signed_again(SECOND[2], body)
    context = check_announcements(C, altered)
    from voting.crypto.ceremony_record import _open

    with pytest.raises(KnowledgeProofError):
        _open(C, context, 3, cheat.body[32:])
    _open(C, check_announcements(C, FIRST), 3, cheat.body[32:])


@pytest.mark.parametrize(
    "points",
    [
        G1.encode_all([G1.generator] * 5),
        G1.encode_all([G1.generator] * 6),
        G1.encode_all([G1.generator] * 3),
        G2.encode(G2.generator) * 2,
        G2.encode(G2.generator) * 4,
        G1.encode_all([G1.generator] * 3) + b"\xc0" + bytes(47),
        G1.encode_all([G1.generator] * 3) + b"\x80" + bytes(47),
    ],
    ids=[
        "one commitment more",
        "degree t in both",
        "one commitment less",
        "as long, but two points of G2",
        "four points of G2",
        "neutral element",
        "order three",
    ],
)
def test_commitments_of_wrong_number_or_group_are_refused(points: bytes) -> None:
    first = announced_points(points)
    proofs = SECOND[2].body[-2 * PROOF :]
    with pytest.raises(CommitmentCountError) as caught:
        deal_shares(C, PARTIES[0], first, second_round(first, points + proofs))
    assert caught.value.culprit == 3


CONFIRMATIONS = tuple(finish(C, party, ROUNDS, SIM.rng)[2] for party in PARTIES)


def test_confirmation_of_another_transcript_is_refused() -> None:
    """Confirmed is not enough: it must be this transcript."""
    good = CONFIRMATIONS
    verify_ceremony(C, CeremonyRecord(*ROUNDS, good))
    bad = SIM.signed_again(good[2], good[2].body[:32] + bytes(32))
    with pytest.raises(TranscriptMismatchError) as caught:
        verify_ceremony(C, CeremonyRecord(*ROUNDS, replaced(good, bad)))
    assert caught.value.culprit == 3
    other_view = SIM.signed_again(good[2], bytes(32) + good[2].body[32:])
    with pytest.raises(ViewMismatchError):
        verify_ceremony(C, CeremonyRecord(*ROUNDS, replaced(good, other_view)))


def test_missing_or_foreign_confirmation_is_refused() -> None:
    good = CONFIRMATIONS
    with pytest.raises(PartyListError):
        verify_ceremony(C, CeremonyRecord(*ROUNDS, good[:2]))
    with pytest.raises(CeremonySignatureError):
        verify_ceremony(C, CeremonyRecord(*ROUNDS, replaced(good, replace(good[0], sender=3))))


def test_message_of_one_round_is_refused_in_another() -> None:
    with pytest.raises(PartyListError):
        verify_ceremony(C, CeremonyRecord(SECOND, FIRST, THIRD, CONFIRMATIONS))
    assert FIRST[0].kind is Round.ANNOUNCE


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3), st.binary(max_size=80), st.integers(0, 400))
def test_any_signed_garbage_is_refused_with_a_numbered_check(
    place: int, garbage: bytes, kept: int
) -> None:
    """Whoever holds an identity key may sign anything; it ends in a finding, not in a crash."""
    rounds = [*ROUNDS, CONFIRMATIONS]
    bad = SIM.signed_again(rounds[place][1], rounds[place][1].body[:kept] + garbage)
    if bad.body != rounds[place][1].body:
        rounds[place] = replaced(rounds[place], bad)
        with pytest.raises(CeremonyError):
            verify_ceremony(C, CeremonyRecord(*rounds))


def test_endorsement_binds_one_poll_to_one_ceremony() -> None:
    poll_id, transcript = b"\x01" * 32, b"\x02" * 32
    signatures = [endorse(poll_id, transcript, identity) for identity in SIM.identities]
    check_endorsements(C, poll_id, transcript, signatures)
    for other in ((b"\x03" * 32, transcript), (poll_id, b"\x03" * 32)):
        with pytest.raises(EndorsementError):
            check_endorsements(C, *other, signatures)
    for wrong in (signatures[:2], [*signatures, signatures[0]], signatures[::-1], []):
        with pytest.raises(EndorsementError):
            check_endorsements(C, poll_id, transcript, wrong)


def test_roles_live_in_different_groups() -> None:
    assert C.group is G1
    assert registrars().ceremony.group is G2
    assert registrars().ceremony.keys == 1


def test_setting_is_bound_to_every_parameter() -> None:
    venue = Venue(C.identities, 1, bytes(32))
    digests = {
        trustee_ceremony(2, 2, venue).digest,
        trustee_ceremony(3, 2, venue).digest,
        trustee_ceremony(2, 3, venue).digest,
        trustee_ceremony(2, 2, replace(venue, chain_id=2)).digest,
        trustee_ceremony(2, 2, replace(venue, nonce=b"\x01" * 32)).digest,
        trustee_ceremony(2, 2, replace(venue, identities=C.identities[::-1])).digest,
        registrars(3, 3, 1).ceremony.digest,
    }
    assert len(digests) == 7
