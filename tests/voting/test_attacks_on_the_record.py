"""What a hostile second reading tried against records: chain, times, keys, sheets, folders."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from contracts.evidence.names import log_id
from contracts.evidence.snapshot import TrustSnapshot
from tests.simulators.poll import RNG, Forger, simulated, snapshot
from tests.simulators.poll_forgeries import change_log
from voting.audit.contest import check_sheets
from voting.audit.findings import MAX_LISTED, Book, Verdict
from voting.audit.means import Trust
from voting.audit.setting import check_files, check_registrars, check_trustees
from voting.contest.commitments import SheetOpening, commitment_of, commitments_root
from voting.crypto.group import G1, G2
from voting.crypto.tokens import blind_key
from voting.disk_folder import MAX_FOLDER_FILES, DiskFolder
from voting.poll import record
from voting.poll.definition import PollDefinition, draft_id
from voting.poll.documents import OpenedSet, PublishedSum
from voting.poll.errors import OtherRequestError
from voting.poll.record import MemoryFolder
from voting.poll.registrar import Registrar, RegistrarKeys
from voting.poll.roll import Eligible, MemoryRoll

REGISTRARS = 4


@pytest.fixture
def forger() -> Forger:
    return Forger(simulated())


def with_log_times(chain: TrustSnapshot, by: timedelta) -> TrustSnapshot:
    """The same chain, on which registrars' logs were anchored at another time."""
    board, rest = chain.logs[0], chain.logs[1:]
    granted, others = rest[:REGISTRARS], rest[REGISTRARS:]
    moved = [
        replace(log, checkpoints=tuple(replace(p, time=p.time + by) for p in log.checkpoints))
        for log in granted
    ]
    return replace(chain, logs=(board, *moved, *others))


def test_snapshot_older_than_the_grace_does_not_vouch_for_a_board_that_was_cut_off(
    forger: Forger,
) -> None:
    """The chain was fetched too early: what was anchored after that would be dropped unseen."""
    honest, notes = snapshot(forger.poll), forger.notes()[:-1]
    board = replace(honest.logs[0], checkpoints=honest.logs[0].checkpoints[:-1])
    early = replace(
        honest,
        head=replace(honest.head, time=notes[-1].anchored_at),
        logs=(board, *honest.logs[1:]),
    )
    forger.files[record.BALLOTS] = b"".join(b for one in forger.batches()[:-1] for b in one)
    forger.set_notes(notes)
    forger.set_tally()
    assert forger.report().holds, "everything but the chain's last word is consistent"
    assert forger.failing(Trust(chain=early)) == {"A-10", "A-20"}


def test_snapshot_of_the_last_second_of_the_grace_is_too_old(forger: Forger) -> None:
    chain, final = snapshot(forger.poll), forger.poll.definition.times.final
    assert forger.report(Trust(chain=chain)).holds
    same_second = replace(chain, head=replace(chain.head, time=final))
    assert forger.failing(Trust(chain=same_second)) == {"A-10"}


def test_registrar_that_hides_its_whole_log_is_found_by_the_chain(forger: Forger) -> None:
    trust = Trust(chain=snapshot(forger.poll))
    change_log(forger, 1, lambda _: [])
    assert forger.report().holds, "one registrar may hide entries; the others still show them"
    assert forger.failing(trust) == {"A-08"}


@pytest.mark.parametrize("by", [timedelta(days=400), timedelta(seconds=-1)])
def test_token_log_that_was_anchored_late_or_before_closing_is_found(
    forger: Forger, by: timedelta
) -> None:
    chain = snapshot(forger.poll)
    grace = forger.poll.definition.times.grace
    assert forger.report(Trust(chain=with_log_times(chain, grace))).holds
    assert forger.failing(Trust(chain=with_log_times(chain, by))) == {"A-08"}


@pytest.mark.parametrize("before", [timedelta(0), timedelta(hours=1), timedelta(days=10)])
def test_decryption_before_the_final_checkpoint_is_found(forger: Forger, before: timedelta) -> None:
    """Nothing but this check finds it in a poll without experts."""
    at = forger.poll.definition.times.final - before
    published = PublishedSum.parse(forger.files[record.AGGREGATE])
    forger.files[record.AGGREGATE] = replace(published, decrypted_at=at).to_bytes()
    assert "A-20" in forger.failing()


def test_sheet_that_is_left_out_once_counts_are_known_is_found_by_the_chain(forger: Forger) -> None:
    """The publisher sees the counts and drops the sheet that spoils its favourite."""
    trust = Trust(chain=snapshot(forger.poll))
    opened = OpenedSet.parse(forger.files[record.OPENED])
    fewer = replace(opened, openings=opened.openings[:-1])
    forger.files[record.OPENED] = fewer.to_bytes()
    forger.set_result(forger.counts())
    assert forger.report().holds, "a sheet that was not opened is nothing wrong"
    assert forger.failing(trust) == {"A-22"}


def test_time_of_opening_or_decryption_that_the_chain_denies_is_found(forger: Forger) -> None:
    trust, hour = Trust(chain=snapshot(forger.poll)), timedelta(minutes=1)
    opened = OpenedSet.parse(forger.files[record.OPENED])
    later = replace(opened, anchored_at=opened.anchored_at + hour)
    forger.files[record.OPENED] = later.to_bytes()
    assert forger.report().holds
    assert forger.failing(trust) == {"A-22"}
    forger.files[record.OPENED] = opened.to_bytes()
    published = PublishedSum.parse(forger.files[record.AGGREGATE])
    moved = replace(published, decrypted_at=published.decrypted_at + hour)
    forger.files[record.AGGREGATE] = moved.to_bytes()
    assert forger.report().holds
    assert forger.failing(trust) == {"A-20"}


def test_tally_that_was_anchored_and_is_kept_back_is_found_by_the_chain() -> None:
    small, large = Forger(simulated(10)), Forger(simulated())
    chain = snapshot(small.poll)
    assert small.report(Trust(chain=chain)).holds
    point = snapshot(large.poll).log(log_id(large.poll.definition.tally_key.origin))
    own = log_id(small.poll.definition.tally_key.origin)
    assert point is not None
    logs = tuple(
        replace(log, checkpoints=point.checkpoints) if log.log == own else log for log in chain.logs
    )
    assert small.failing(Trust(chain=replace(chain, logs=logs))) == {"A-19"}


def test_trustees_keys_that_did_not_come_out_of_the_ceremony_are_found(forger: Forger) -> None:
    """The server exchanges an option's key for one whose secret it knows."""
    definition, folder = forger.poll.definition, MemoryFolder(forger.files)
    known = G1.encode(G1.multiply(G1.generator, 7))
    keys = (known, *definition.trustees.keys[1:])
    changed = replace(definition, trustees=replace(definition.trustees, keys=keys))
    assert not found_in_ceremonies(definition, folder)
    assert found_in_ceremonies(changed, folder) == {"A-04"}


def test_registrars_key_that_did_not_come_out_of_the_ceremony_is_found(forger: Forger) -> None:
    """Whoever knows the logarithm of PK makes tokens for as many invented people as it likes."""
    definition, folder = forger.poll.definition, MemoryFolder(forger.files)
    known = G2.encode(G2.multiply(G2.generator, 7))
    changed = replace(definition, registrars=replace(definition.registrars, key=known))
    assert found_in_ceremonies(changed, folder) == {"A-05"}


def found_in_ceremonies(definition: PollDefinition, folder: MemoryFolder) -> set[str]:
    book = Book()
    check_trustees(definition, folder, book)
    check_registrars(definition, folder, book)
    return {finding.check for finding in book.findings}


def test_sheet_that_carries_another_experts_id_is_found(forger: Forger) -> None:
    """An expert commits to a second sheet in the name of a colleague."""
    definition = forger.poll.definition
    opened = OpenedSet.parse(forger.files[record.OPENED])
    first, second, *others = opened.openings
    stolen = replace(first, sheet=replace(first.sheet, judge=second.sheet.judge))
    assert not found_in_sheets(forger, definition, (first, second, *others))
    assert found_in_sheets(forger, definition, (stolen, *others)) == {"A-22"}


def found_in_sheets(
    forger: Forger, definition: PollDefinition, openings: Sequence[SheetOpening]
) -> set[str]:
    """Findings for sheets that lead to their commitments; the draft leaves out their root."""
    data = forger.files[record.COMMITMENTS]
    commitments = [data[at : at + 32] for at in range(0, len(data), 32)]
    for opening in openings:
        commitments[opening.expert] = commitment_of(draft_id(definition), opening)
    contest = definition.contest
    assert contest is not None
    contest = replace(contest, sheets_root=commitments_root(commitments))
    files = forger.files | {
        record.COMMITMENTS: b"".join(commitments),
        record.OPENED: OpenedSet(contest.deadline, tuple(openings)).to_bytes(),
    }
    book = Book()
    given = MemoryFolder(files), (Trust(), book)
    check_sheets(replace(definition, contest=contest), contest, None, *given)
    return {finding.check for finding in book.findings}


@pytest.mark.parametrize("dishonest", [1, 2, 3, 4])
def test_one_dishonest_registrar_gives_nobody_a_second_token(dishonest: int) -> None:
    """Two devices of one person race: ``first`` reaches each registrar first, one signs both."""
    definition = simulated().definition
    for first in product((0, 1), repeat=4):
        devices, signed = (request(definition), request(definition)), [1, 1]
        for index, earlier in enumerate(first, 1):
            one = registrar(definition, index)
            for device in (earlier, 1 - earlier) if index != dishonest else ():
                signed[device] += grants(one, devices[device])
        assert sum(count >= definition.registrars.threshold for count in signed) <= 1


def registrar(definition: PollDefinition, index: int) -> Registrar:
    body = simulated().organisers.registrars
    keys = RegistrarKeys(index, body.shares[index - 1][0], RNG(32), body.identities[index - 1])
    return Registrar(definition, keys, MemoryRoll(), RNG)


def request(definition: PollDefinition) -> bytes:
    public = G1.encode(G1.multiply(G1.generator, int.from_bytes(RNG(31), "big")))
    return blind_key(definition.poll_id(), public, RNG).blinded


def grants(one: Registrar, blinded: bytes) -> bool:
    try:
        one.grant(Eligible("synthetic kim", bytes(32)), blinded, one.definition.times.opens)
    except OtherRequestError:
        return False
    return True


def on_disk(files: dict[str, bytes], root: Path) -> DiskFolder:
    folder = DiskFolder(root)
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def found_in_files(folder: DiskFolder) -> set[str]:
    book = Book()
    check_files(folder, book)
    return {finding.place for finding in book.findings}


def test_files_hidden_behind_many_folders_are_found(tmp_path: Path) -> None:
    folder = on_disk(simulated().files, tmp_path)
    assert not found_in_files(folder)
    for number in range(MAX_FOLDER_FILES):
        (tmp_path / "tokens" / f"{number}").mkdir()
    assert found_in_files(folder)
    assert len(folder.names()) <= MAX_FOLDER_FILES + 1


def test_links_pipes_and_folders_in_place_of_files_are_found(tmp_path: Path) -> None:
    folder = on_disk(simulated().files, tmp_path)
    path = tmp_path / record.INBOX
    path.unlink()
    path.symlink_to(tmp_path / record.CHECKS)
    assert found_in_files(folder) == {record.INBOX}
    path.unlink()
    os.mkfifo(path)
    assert found_in_files(folder) == {record.INBOX}
    path.unlink()
    path.mkdir()
    assert found_in_files(folder) == {record.INBOX}
    path.rmdir()
    (tmp_path / "board").rename(tmp_path / "elsewhere")
    (tmp_path / "board").symlink_to(tmp_path / "elsewhere")
    assert {"board", record.BALLOTS, "elsewhere/ballots.bin"} <= found_in_files(folder)


def test_findings_of_rubbish_do_not_fill_the_memory() -> None:
    book = Book()
    for place in range(3 * MAX_LISTED):
        book.add("A-12", str(place), "rubbish")
    book.add("A-11", "", "still listed")
    assert [finding.check for finding in book.findings].count("A-12") == MAX_LISTED + 1
    assert book.findings[-1].check == "A-11"
    assert dict(book.verdicts())["A-12"] is Verdict.FAILS
