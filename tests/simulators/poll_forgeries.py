"""Forgeries of a record, each with the one check that must find it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from contracts.evidence.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from contracts.evidence.merkle import leaf_hash
from tests.simulators.ordinate_forgeries import MISPLACED
from tests.simulators.poll import RNG, Forger, late
from voting.contest.poll_counts import PollCounts
from voting.crypto.ballot_proof import Choice, VoterKey, cast, seal
from voting.crypto.ceremony import endorse
from voting.crypto.elgamal import Ciphertext
from voting.crypto.group import G1
from voting.crypto.opening import Opening, open_for_check
from voting.crypto.randomness import random_scalar
from voting.crypto.tokens import TokenKeys, blind_key, combine_shares, sign_blinded
from voting.poll import record
from voting.poll.board import sorted_checks
from voting.poll.documents import InboxEntry, OpenedSet, encode_lines
from voting.poll.leaf import read_leaf
from voting.poll.parties import Endorsements
from voting.poll.token_log import TokenLog, entries_root


def voter_key(forger: Forger, voter: int) -> VoterKey:
    """A voter who works with the board: key and token."""
    device, body = forger.poll.devices[voter], forger.poll.organisers.registrars
    t = forger.poll.definition.registrars.threshold
    keys = TokenKeys(t, body.keys.public[0], tuple(row[0] for row in body.keys.shares))
    blinded = device.request.blinded
    shares = {j: sign_blinded(body.shares[j - 1][0], blinded, RNG) for j in range(1, t + 1)}
    token = combine_shares(keys, device.request, shares, RNG)
    return VoterKey(device.secret, device.request.public, token)


def new_ballot(forger: Forger, voter: int, sequence: int, votes: tuple[int, ...]) -> bytes:
    context, device = forger.poll.definition.context(), forger.poll.devices[voter]
    sealed = seal(
        context,
        Choice(votes, sequence, 100 + sequence),
        device.request.public,
        seed=device.seed,
        rng=RNG,
    )
    return cast(context, sealed, voter_key(forger, voter), RNG)


def alter_a_proof(forger: Forger) -> None:
    def change(batches: list[list[bytes]]) -> None:
        ballot = batches[1][0]
        batches[1][0] = ballot[:-1] + bytes([ballot[-1] ^ 1])

    forger.change_ballots(change)


def alter_an_encrypted_vote(forger: Forger) -> None:
    """The server votes for somebody: option 1 gets one more, option 2 one less."""
    context = forger.poll.definition.context()

    def change(batches: list[list[bytes]]) -> None:
        ballot = batches[1][0]
        b1 = G1.encode(G1.decode(ballot[179:227]) + G1.generator)
        b2 = G1.encode(G1.decode(ballot[227:275]) - G1.generator)
        batches[1][0] = ballot[:179] + b1 + b2 + ballot[275:]
        assert read_leaf(context, batches[1][0]).key == ballot[35:83]

    batches = forger.batches()
    change(batches)
    forger.set_board(batches)
    forger.set_tally()


def leave_a_batch_in_order_of_arrival(forger: Forger) -> None:
    batches = [sorted(batch, key=leaf_hash, reverse=True) for batch in forger.batches()]
    forger.set_board(batches, ordered=False)
    forger.set_tally()


def cast_one_ciphertext_twice(forger: Forger) -> None:
    context, device = forger.poll.definition.context(), forger.poll.devices[3]
    choice = Choice((1, 0, 0), 2, 7)
    sealed = seal(context, choice, device.request.public, seed=device.seed, rng=RNG)
    key = voter_key(forger, 3)
    twice = [cast(context, replace(sealed, sequence=s), key, RNG) for s in (2, 3)]
    forger.change_ballots(lambda batches: batches[-1].extend(twice))


def use_a_sequence_number_twice(forger: Forger) -> None:
    ballot = new_ballot(forger, 3, 1, (0, 0, 1))
    forger.change_ballots(lambda batches: batches[-1].append(ballot))


def hide_a_token_in_two_logs(forger: Forger) -> None:
    for registrar in (1, 2):
        change_log(forger, registrar, lambda entries: entries[1:])


def publish_a_log_in_order_of_arrival(forger: Forger) -> None:
    change_log(forger, 1, lambda entries: entries[::-1])


def publish_a_log_without_signing_it(forger: Forger) -> None:
    name = record.token_names(1)[0]
    forger.files[name] = forger.files[name][:-80]


def change_log(
    forger: Forger, registrar: int, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    name, note = record.token_names(registrar)
    data = forger.files[name]
    entries = change([data[at : at + 80] for at in range(0, len(data), 80)])
    origin = forger.poll.definition.registrar_key(registrar).origin
    identity = forger.poll.organisers.registrars.identities[registrar - 1]
    state = Checkpoint(origin, len(entries), entries_root(entries))
    log = TokenLog(tuple(entries), sign_checkpoint(state, identity))
    forger.files[name], forger.files[note] = b"".join(log.entries), log.note.encode()


def add_one_ballot_twice_and_leave_one_out(forger: Forger) -> None:
    ballots = forger.counted()
    forger.set_tally(forger.aggregate([*ballots[1:], ballots[1]]))


def count_replaced_ballots_too(forger: Forger) -> None:
    forger.set_tally(forger.aggregate(forger.ballots()))


def leave_a_ballot_out_of_the_sum(forger: Forger) -> None:
    forger.set_tally(forger.aggregate(forger.counted()[1:]))


def shift_the_sum_under_valid_proofs(forger: Forger) -> None:
    honest = forger.aggregate(forger.counted())
    b = honest.total.b
    shifted = (b[0] + G1.generator, b[1] - G1.generator, b[2])
    forger.set_tally(forger.aggregate_of(honest.ballots, Ciphertext(honest.total.a, shifted)))


def publish_a_partial_of_nobody(forger: Forger) -> None:
    data = forger.files[record.PARTIALS]
    forger.files[record.PARTIALS] = data[:-1] + bytes([data[-1] ^ 1])


def publish_one_partial_twice(forger: Forger) -> None:
    data = forger.files[record.PARTIALS]
    half = len(data) // 2
    forger.files[record.PARTIALS] = data[:half] * 2


def publish_a_partial_once_more(forger: Forger) -> None:
    data = forger.files[record.PARTIALS]
    forger.files[record.PARTIALS] = data + data[: len(data) // 2]


def publish_partials_of_another_sum(forger: Forger) -> None:
    """Sound proofs of the same trustees, for a sum without one of the ballots."""
    honest = dict(forger.files)
    forger.set_tally(forger.aggregate(forger.counted()[1:]))
    forger.files = honest | {record.PARTIALS: forger.files[record.PARTIALS]}


def publish_a_partial_in_anothers_name(forger: Forger) -> None:
    data = forger.files[record.PARTIALS]
    forger.files[record.PARTIALS] = data[:32] + b"\0\0\0\1" + data[36:]


def stuff_the_box(forger: Forger) -> None:
    """t registrars make tokens for invented people and keep them out of their logs."""
    definition, body = forger.poll.definition, forger.poll.organisers.registrars
    context, t = definition.context(), definition.registrars.threshold
    keys = TokenKeys(t, body.keys.public[0], tuple(row[0] for row in body.keys.shares))
    secret = random_scalar(RNG)
    public = G1.encode(G1.multiply(G1.generator, secret))
    request = blind_key(definition.poll_id(), public, RNG)
    shares = {j: sign_blinded(body.shares[j - 1][0], request.blinded, RNG) for j in range(1, t + 1)}
    voter = VoterKey(secret, public, combine_shares(keys, request, shares, RNG))
    sealed = seal(context, Choice((1, 0, 0), 1, 0), public, seed=RNG(32), rng=RNG)
    ballot = cast(context, sealed, voter, RNG)
    forger.change_ballots(lambda batches: batches[-1].append(ballot))


def publish_too_few_partials(forger: Forger) -> None:
    data = forger.files[record.PARTIALS]
    forger.files[record.PARTIALS] = data[: len(data) // 2]


def publish_other_counts(forger: Forger) -> None:
    votes = dict(forger.counts().votes)
    first, second, _ = votes
    votes[first], votes[second] = votes[first] - 1, votes[second] + 1
    forger.set_counts(PollCounts(25, votes))


def publish_another_ranking(forger: Forger) -> None:
    forger.set_result(None)


def keep_the_counts_to_oneself(forger: Forger) -> None:
    for name in record.TALLY:
        del forger.files[name]
    forger.set_result(None)


def anchor_after_the_grace(forger: Forger) -> None:
    notes = forger.notes()
    forger.set_notes([*notes[:-1], late(notes[-1], timedelta(hours=2))])


def anchor_before_opening(forger: Forger) -> None:
    notes = forger.notes()
    forger.set_notes([late(notes[0], timedelta(days=-3)), *notes[1:]])


def publish_a_wrong_consistency_proof(forger: Forger) -> None:
    notes = forger.notes()
    proof = (bytes(32), *notes[-1].proof[1:])
    forger.set_notes([*notes[:-1], replace(notes[-1], proof=proof)])


def sign_with_another_key(forger: Forger) -> None:
    notes = forger.notes()
    key = forger.poll.organisers.trustees.identities[0]
    origin = forger.poll.definition.publication.origin
    note = sign_checkpoint(Checkpoint(origin, 28, bytes(32)), key)
    forger.set_notes([*notes[:-1], replace(notes[-1], note=note)])
    # Nothing can be said of a board whose checkpoints nobody signed.


def sign_a_root_of_other_ballots(forger: Forger) -> None:
    """The first checkpoint is of a ballot that was exchanged later: two states were shown."""
    honest, batches = forger.notes(), forger.batches()
    twin = Forger(forger.poll)
    ballot = batches[0][0]
    twin.set_board([[ballot[:-1] + bytes([ballot[-1] ^ 1]), *batches[0][1:]], *batches[1:]])
    forger.set_notes([twin.notes()[0], *honest[1:]])


def repeat_the_last_checkpoint(forger: Forger) -> None:
    last = forger.notes()[-1]
    forger.set_notes([*forger.notes(), replace(last, proof=())])


def let_checkpoints_run_back_in_time(forger: Forger) -> None:
    first, second, *others = forger.notes()
    times = second.anchored_at, first.anchored_at
    swapped = [replace(one, anchored_at=at) for one, at in zip((first, second), times, strict=True)]
    forger.set_notes([*swapped, *others])


def add_a_ballot_after_the_final_checkpoint(forger: Forger) -> None:
    forger.files[record.BALLOTS] += new_ballot(forger, 3, 2, (0, 1, 0))
    forger.set_tally()


def decrypt_under_an_earlier_checkpoint(forger: Forger) -> None:
    """The sum and its proofs are good, but tied to a root that is not the final one."""
    honest = forger.aggregate(forger.counted())
    early = open_checkpoint(forger.notes()[-2].note, [forger.poll.definition.board_key])
    board = replace(honest.board, size=early.size, root=early.root)
    size = max(early.size, honest.ballots)
    forger.set_tally(replace(honest, board=replace(board, size=size)))


def log_a_point_outside_the_subgroup(forger: Forger) -> None:
    outside = G1.on_curve(bytes([0x80]) + bytes(47))

    def change(entries: list[bytes]) -> list[bytes]:
        moved = G1.encode(G1.on_curve(entries[0][:48]) + outside) + entries[0][48:]
        return sorted([moved, *entries[1:]])

    change_log(forger, 1, change)


def log_one_commitment_twice(forger: Forger) -> None:
    change_log(
        forger, 1, lambda entries: [entries[0], entries[1][:48] + entries[0][48:], *entries[2:]]
    )


def endorse_another_poll(forger: Forger) -> None:
    organisers = forger.poll.organisers
    bodies = (organisers.trustees, organisers.registrars)
    signed = [
        tuple(endorse(bytes(32), body.keys.transcript, one) for one in body.identities)
        for body in bodies
    ]
    forger.files[record.ENDORSEMENTS] = Endorsements(*signed).to_bytes()


def exchange_a_trustee_message(forger: Forger) -> None:
    data = forger.files[record.TRUSTEE_CEREMONY]
    forger.files[record.TRUSTEE_CEREMONY] = data[:40] + bytes([data[40] ^ 1]) + data[41:]


def exchange_a_registrar_message(forger: Forger) -> None:
    data = forger.files[record.REGISTRAR_CEREMONY]
    forger.files[record.REGISTRAR_CEREMONY] = data[:-1] + bytes([data[-1] ^ 1])


def open_a_changed_sheet(forger: Forger) -> None:
    opened = OpenedSet.parse(forger.files[record.OPENED])
    first, *rest = opened.openings
    forger.files[record.OPENED] = OpenedSet(opened.anchored_at, tuple(rest)).to_bytes()
    forger.set_result(forger.counts())
    changed = replace(first, salt=bytes(32))
    forger.files[record.OPENED] = OpenedSet(opened.anchored_at, (changed, *rest)).to_bytes()


def open_sheets_after_the_decryption(forger: Forger) -> None:
    opened = OpenedSet.parse(forger.files[record.OPENED])
    at = opened.anchored_at + timedelta(days=2)
    forger.files[record.OPENED] = OpenedSet(at, opened.openings).to_bytes()


def open_sheets_before_the_deadline(forger: Forger) -> None:
    opened = OpenedSet.parse(forger.files[record.OPENED])
    at = opened.anchored_at - timedelta(hours=1)
    forger.files[record.OPENED] = OpenedSet(at, opened.openings).to_bytes()


def exchange_a_commitment(forger: Forger) -> None:
    data = forger.files[record.COMMITMENTS]
    forger.files[record.COMMITMENTS] = bytes(32) + data[32:]


def omit_a_posted_ballot(forger: Forger) -> None:
    set_inbox(forger, InboxEntry(new_ballot(forger, 3, 2, (0, 1, 0)), ""))


def refuse_a_posted_ballot_for_no_reason(forger: Forger) -> None:
    set_inbox(forger, InboxEntry(new_ballot(forger, 3, 2, (0, 1, 0)), "B-06"))


def refuse_a_ballot_that_stands_in_the_log(forger: Forger) -> None:
    set_inbox(forger, InboxEntry(forger.ballots()[0], "R-02"))


def set_inbox(forger: Forger, entry: InboxEntry) -> None:
    forger.files[record.INBOX] = encode_lines([entry.to_json()])


def publish_checks_that_the_poll_has_not(forger: Forger) -> None:
    forger.files[record.CHECKS] = sorted_checks([opened_ballot(forger)])


def opened_ballot(forger: Forger) -> Opening:
    context, device = forger.poll.definition.context(), forger.poll.devices[0]
    choice = Choice((1, 0, 0), 1, 5000)
    sealed = seal(context, choice, device.request.public, seed=device.seed, rng=RNG)
    return open_for_check(context, sealed)


TAMPERING = [
    (alter_a_proof, "A-12"),
    (alter_an_encrypted_vote, "A-12"),
    (leave_a_batch_in_order_of_arrival, "A-11"),
    (cast_one_ciphertext_twice, "A-13"),
    (use_a_sequence_number_twice, "A-14"),
    (hide_a_token_in_two_logs, "A-15"),
    (publish_a_log_in_order_of_arrival, "A-08"),
    (add_one_ballot_twice_and_leave_one_out, "A-18"),
    (count_replaced_ballots_too, "A-18"),
    (leave_a_ballot_out_of_the_sum, "A-18"),
    (shift_the_sum_under_valid_proofs, "A-18"),
    (publish_a_partial_of_nobody, "A-20"),
    (publish_one_partial_twice, "A-20"),
    (publish_a_partial_once_more, "A-20"),
    (publish_partials_of_another_sum, "A-20"),
    (publish_a_partial_in_anothers_name, "A-20"),
    (stuff_the_box, "A-15"),
    (publish_too_few_partials, "A-20"),
    (publish_other_counts, "A-21"),
    (publish_another_ranking, "A-23"),
    (keep_the_counts_to_oneself, "A-19"),
    (anchor_after_the_grace, "A-10"),
    (anchor_before_opening, "A-10"),
    (publish_a_wrong_consistency_proof, "A-09"),
    (sign_a_root_of_other_ballots, "A-09"),
    (repeat_the_last_checkpoint, "A-09"),
    (let_checkpoints_run_back_in_time, "A-10"),
    (add_a_ballot_after_the_final_checkpoint, "A-09"),
    (decrypt_under_an_earlier_checkpoint, "A-18"),
    (log_a_point_outside_the_subgroup, "A-08"),
    (log_one_commitment_twice, "A-08"),
    (endorse_another_poll, "A-06"),
    (exchange_a_trustee_message, "A-04"),
    (exchange_a_registrar_message, "A-05"),
    (open_a_changed_sheet, "A-22"),
    (open_sheets_after_the_decryption, "A-22"),
    (open_sheets_before_the_deadline, "A-22"),
    (exchange_a_commitment, "A-22"),
    (omit_a_posted_ballot, "A-16"),
    (refuse_a_posted_ballot_for_no_reason, "A-16"),
    (refuse_a_ballot_that_stands_in_the_log, "A-16"),
    (publish_checks_that_the_poll_has_not, "A-17"),
    *((tamper, "A-24") for tamper in MISPLACED),
]
