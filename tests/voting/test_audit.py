"""Honest records hold; a record that was changed with every key in hand is found by one check."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from contracts.evidence.encoding import canonical
from tests.simulators.poll import RNG, Forger, audited, simulated, snapshot
from tests.simulators.poll_forgeries import (
    TAMPERING,
    change_log,
    new_ballot,
    publish_a_log_without_signing_it,
    set_inbox,
    sign_with_another_key,
    voter_key,
)
from voting.audit.findings import CHECKS, Book, Compared, Verdict
from voting.audit.means import Trust
from voting.audit.setting import check_definition, check_files, check_names
from voting.crypto.ballot import ballot_length
from voting.crypto.ballot_proof import Choice, cast, seal
from voting.crypto.errors import PointEncodingError
from voting.crypto.group import G1
from voting.crypto.opening import open_for_check
from voting.poll import record
from voting.poll.documents import InboxEntry, OpenedSet
from voting.poll.leaf import read_leaf
from voting.poll.record import MemoryFolder


@pytest.fixture
def forger() -> Forger:
    return Forger(simulated())


def test_honest_record_holds(forger: Forger) -> None:
    report = forger.report()
    assert report.holds
    assert report.compared == Compared(poll_id=False, chain=False)
    assert (report.counted, report.ballots) == (25, 28)
    undetermined = [check for check, verdict in report.verdicts if verdict != Verdict.HOLDS]
    assert undetermined == ["A-03"]


def test_honest_record_holds_against_its_chain(forger: Forger) -> None:
    trust = Trust(forger.poll.definition.poll_id(), snapshot(forger.poll))
    report = forger.report(trust)
    assert report.holds
    assert report.compared == Compared(poll_id=True, chain=True)
    assert {verdict for _, verdict in report.verdicts} == {Verdict.HOLDS}


def test_record_without_ordinates_holds_just_as_well(forger: Forger) -> None:
    del forger.files[record.ORDINATES]
    report = forger.report()
    assert report.holds
    assert dict(report.verdicts)["A-24"] == Verdict.UNDETERMINED


def test_every_ballot_is_judged_by_its_own_bytes_whatever_lies_beside_it(forger: Forger) -> None:
    forger.change_ordinates(
        lambda made: made.__setitem__(slice(None), [bytes(len(b"".join(made)))])
    )
    report = forger.report()
    assert {finding.check for finding in report.findings} == {"A-24"}
    assert len(report.findings) == report.ballots == 28
    assert report.counted == 25


def test_ordinates_do_not_save_a_ballot_with_a_point_on_no_curve(forger: Forger) -> None:
    """The x of its first point is changed until the curve has none; that alone is a finding."""

    def change(batches: list[list[bytes]]) -> None:
        ballot, x = batches[1][0], 0
        while on_the_curve(ballot[35:81] + x.to_bytes(2, "big")):
            x += 1
        batches[1][0] = ballot[:81] + x.to_bytes(2, "big") + ballot[83:]

    batches = forger.batches()
    change(batches)
    forger.set_board(batches)
    forger.change_ordinates(len)
    found = forger.failing()
    assert "A-12" in found
    assert "A-24" not in found


def on_the_curve(encoded: bytes) -> bool:
    try:
        G1.on_curve(encoded)
    except PointEncodingError:
        return False
    return True


def test_counts_are_what_was_voted(forger: Forger) -> None:
    counts = forger.counts()
    assert counts.voters == 25
    assert sum(counts.votes.values()) == 25


def test_record_with_published_checks_holds() -> None:
    forger = Forger(simulated(public_checks=True))
    assert forger.files[record.CHECKS]
    assert forger.report().holds


def test_poll_below_its_minimum_holds_and_has_no_tally() -> None:
    forger = Forger(simulated(10))
    assert not record.TALLY & forger.files.keys()
    assert forger.report().holds


@pytest.mark.parametrize(("tamper", "check"), TAMPERING, ids=lambda x: getattr(x, "__name__", x))
def test_tampering_is_found_by_its_own_check_alone(
    forger: Forger, tamper: Callable[[Forger], None], check: str
) -> None:
    tamper(forger)
    assert forger.failing() == {check}


def test_checkpoint_of_another_key_ends_the_board_but_no_other_check(forger: Forger) -> None:
    sign_with_another_key(forger)
    assert forger.failing() == {"A-09"}
    verdicts = dict(forger.report().verdicts)
    undetermined = {check for check, found in verdicts.items() if found is Verdict.UNDETERMINED}
    assert undetermined == {"A-03", "A-11", "A-18", "A-20", "A-21"}


def test_checkpoint_of_another_key_is_none_of_those_that_were_anchored(forger: Forger) -> None:
    chain = snapshot(forger.poll)
    sign_with_another_key(forger)
    assert forger.failing(Trust(chain=chain)) == {"A-09", "A-10"}


UNSIGNED = {
    "signature": lambda line: line.replace(b"dojang", b"other"),
    "member": lambda line: line.replace(b"anchored_at", b"moment"),
    "no JSON": lambda _: b"?\n",
    "space": lambda line: b" " + line,
    "empty": lambda _: b"\n",
    "no end": lambda line: line[:-1],
}


@pytest.mark.parametrize("change", UNSIGNED.values(), ids=UNSIGNED.keys())
def test_unsigned_line_beside_the_anchored_ones_is_none_of_them(
    forger: Forger, change: Callable[[bytes], bytes]
) -> None:
    """Nothing that was anchored is missing; one line more is there that nobody signed."""
    chain = snapshot(forger.poll)
    last = forger.files[record.CHECKPOINTS].splitlines(keepends=True)[-1]
    forger.files[record.CHECKPOINTS] += change(last)
    assert forger.failing() == {"A-09"}
    assert forger.failing(Trust(chain=chain)) == {"A-09", "A-10"}


def test_board_without_any_checkpoint_is_found(forger: Forger) -> None:
    """Nobody signed for these ballots, however sound each of them is."""
    forger.files[record.CHECKPOINTS] = b""
    assert forger.failing() == {"A-09"}
    verdicts = dict(forger.report().verdicts)
    undetermined = {check for check, found in verdicts.items() if found is Verdict.UNDETERMINED}
    assert undetermined == {"A-03", "A-11", "A-18", "A-20", "A-21"}


def test_ballots_that_the_signed_root_does_not_cover_are_found(forger: Forger) -> None:
    """The checkpoints stay; one ballot is exchanged for another valid one of the same voter."""
    ballots = forger.ballots()
    place = next(i for i, data in enumerate(ballots) if data[33:35] == b"\x00\x01")
    context = forger.poll.definition.context()
    key = read_leaf(context, ballots[place]).key
    voter = [device.request.public for device in forger.poll.devices].index(key)
    forger.files[record.BALLOTS] = b"".join(
        new_ballot(forger, voter, 1, (0, 0, 1)) if i == place else data
        for i, data in enumerate(ballots)
    )
    forger.set_tally()
    assert "A-09" in forger.failing()


def test_other_commitments_are_found_even_if_no_sheet_is_opened(forger: Forger) -> None:
    opened = OpenedSet.parse(forger.files[record.OPENED])
    forger.files[record.OPENED] = OpenedSet(opened.anchored_at, ()).to_bytes()
    forger.set_result(forger.counts())
    assert forger.report().holds
    data = forger.files[record.COMMITMENTS]
    forger.files[record.COMMITMENTS] = bytes(32) + data[32:]
    assert forger.failing() == {"A-22"}


def test_token_log_with_another_state_than_signed_is_found(forger: Forger) -> None:
    publish_a_log_without_signing_it(forger)
    assert "A-08" in forger.failing()


def test_one_registrar_that_hides_an_entry_harms_nobody(forger: Forger) -> None:
    change_log(forger, 1, lambda entries: entries[1:])
    assert forger.report().holds


def test_dropped_ballot_is_found_by_the_chain(forger: Forger) -> None:
    trust = Trust(chain=snapshot(forger.poll))

    def drop(batches: list[list[bytes]]) -> None:
        del batches[0][0]

    forger.change_ballots(drop)
    assert forger.report().holds, "without the chain nobody but its voter misses a ballot"
    assert forger.failing(trust) == {"A-10", "A-20"}


def test_hidden_token_entry_is_found_by_the_chain(forger: Forger) -> None:
    trust = Trust(chain=snapshot(forger.poll))
    change_log(forger, 1, lambda entries: entries[1:])
    assert forger.failing(trust) == {"A-08"}


def test_other_chain_contract_or_log_key_is_found(forger: Forger) -> None:
    chain = snapshot(forger.poll)
    for changed in (
        replace(chain, identity=replace(chain.identity, chain_id=1)),
        replace(chain, identity=replace(chain.identity, contracts=())),
        replace(chain, logs=(replace(chain.logs[0], key=bytes(32)), *chain.logs[1:])),
    ):
        assert forger.failing(Trust(chain=changed)) == {"A-03"}


def test_swapped_definition_is_found_by_the_poll_id(forger: Forger) -> None:
    other = Forger(simulated(10))
    assert other.report(Trust(other.poll.definition.poll_id())).holds
    assert other.failing(Trust(forger.poll.definition.poll_id())) == {"A-02"}


def test_too_few_ballots_that_were_decrypted_are_found() -> None:
    forger = Forger(simulated(10))
    forger.set_tally()
    assert forger.failing() == {"A-19"}


def test_posted_ballot_refused_for_a_true_reason_holds(forger: Forger) -> None:
    ballot = new_ballot(forger, 3, 1, (0, 1, 0))
    set_inbox(forger, InboxEntry(ballot, "R-02"))
    assert forger.report().holds
    set_inbox(forger, InboxEntry(b"no ballot", "B-01"))
    assert forger.report().holds


def test_check_that_was_cast_is_found() -> None:
    forger = Forger(simulated(public_checks=True))
    context, device = forger.poll.definition.context(), forger.poll.devices[4]
    choice = Choice((1, 0, 0), 2, 9)
    sealed = seal(context, choice, device.request.public, seed=device.seed, rng=RNG)
    ballot = cast(context, sealed, voter_key(forger, 4), RNG)
    forger.change_ballots(lambda batches: batches[-1].append(ballot))
    assert forger.report().holds
    opened = open_for_check(context, sealed).encode()
    length = len(opened)
    old = forger.files[record.CHECKS]
    checks = [old[at : at + length] for at in range(0, len(old), length)]
    forger.files[record.CHECKS] = b"".join(sorted([*checks, opened]))
    assert forger.failing() == {"A-17"}


def test_files_beside_the_record_and_missing_ones_are_found(forger: Forger) -> None:
    forger.files["notes.txt"] = b"x"
    assert forger.failing() == {"A-01"}
    del forger.files["notes.txt"]
    manifest = forger.seal().files[record.MANIFEST]
    assert audited(MemoryFolder(forger.files)).holds
    forger.files[record.COUNTS] += b" "
    assert "A-01" in {f.check for f in audited(MemoryFolder(forger.files)).findings}
    assert forger.files[record.MANIFEST] == manifest


class Endless(MemoryFolder):
    """A record one of whose documents never ends: the publisher's, or a file with a hole."""

    def length(self, name: str) -> int:
        return 1 << 40 if name == record.COUNTS else super().length(name)

    def blocks(self, name: str, size: int) -> Iterator[bytes]:
        assert name != record.COUNTS, "it would be read for ever"
        return super().blocks(name, size)


def test_a_document_that_never_ends_is_found_and_not_read() -> None:
    report = audited(Endless(simulated().files))
    assert {finding.check for finding in report.findings} == {"A-01", "A-21"}


@pytest.mark.parametrize("name", sorted(simulated().files))
def test_flipped_bytes_are_found_and_never_end_in_a_traceback(name: str) -> None:
    honest = simulated().files
    data = honest[name]
    for place in sorted({0, len(data) * 2 // 3, len(data) - 1}) if data else []:
        flipped = data[:place] + bytes([data[place] ^ 0x21]) + data[place + 1 :]
        assert finds_a_changed_file(honest | {name: flipped})
        forger = Forger(simulated())
        forger.files[name] = flipped
        report = forger.report() if place else audited(MemoryFolder(forger.files))
        assert report.verdicts
    assert finds_a_changed_file({n: data for n, data in honest.items() if n != name})


def finds_a_changed_file(files: dict[str, bytes]) -> bool:
    book = Book()
    manifest = check_files(MemoryFolder(files), book)
    if manifest is not None:
        check_definition(MemoryFolder(files), manifest, Trust(), book)
        check_names(simulated().definition, MemoryFolder(files), book)
    return bool(book.findings)


def test_every_bad_ballot_is_listed(forger: Forger) -> None:
    def change(batches: list[list[bytes]]) -> None:
        for batch in batches[:2]:
            batch[0] = batch[0][:-1] + bytes([batch[0][-1] ^ 1])

    forger.change_ballots(change)
    found = [finding.place for finding in forger.report().findings]
    assert len(found) == 2
    assert all(place.startswith(record.BALLOTS) for place in found)


def test_ballot_of_another_poll_is_found_by_its_code(forger: Forger) -> None:
    batches = forger.batches()
    batches[0][0] = Forger(simulated(10)).ballots()[0]
    forger.set_board(batches)
    found = {(finding.check, finding.code) for finding in forger.report().findings}
    assert ("A-12", "B-03") in found


def test_cut_off_ballot_is_found(forger: Forger) -> None:
    length = ballot_length(forger.poll.definition.shape)
    forger.files[record.BALLOTS] += bytes(length - 1)
    assert forger.failing() == {"A-12"}


def test_report_names_every_check_and_is_canonical(forger: Forger) -> None:
    document = forger.report().to_json()
    checks = document["checks"]
    assert isinstance(checks, dict)
    assert list(checks) == list(CHECKS)
    assert canonical(document)
