"""A whole poll by command lines: any two of three trustees decrypt, one sum, once and for ever."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest

from contracts.evidence.encoding import canonical
from contracts.evidence.snapshot_file import encode_snapshot
from tests.voting.keeping.cheater import RNG, state_of
from tests.voting.keeping.held_poll import (
    CHOICES,
    DEADLINE,
    TIMES,
    VOTERS,
    HeldPoll,
    snapshot,
    write_record,
)
from voting.audit.auditor import audit
from voting.audit.means import Means, Trust
from voting.contest.entries import entries_from_json
from voting.contest.panel import panel_from_json
from voting.contest.poll_counts import PollCounts
from voting.contest.result import decide
from voting.crypto.ceremony_record import verify_ceremony
from voting.crypto.errors import CountRangeError, TooFewBallotsError, TrusteeIdError
from voting.crypto.threshold import (
    Aggregate,
    PartialDecryption,
    TrusteeKey,
    VerifiedPartial,
    combine_counts,
    decrypt_partially,
    verify_partial,
)
from voting.disk_folder import DiskFolder
from voting.keeping.errors import OtherPollError, StepError
from voting.keeping.final_sum import final_sum
from voting.keeping.serving import answer_sum, endorse_poll
from voting.keeping.state import KeyState
from voting.poll import record
from voting.poll.documents import OpenedSet, PublishedSum, decode_ceremony
from voting.poll.errors import AnsweredError

COUNTS = tuple(map(sum, zip(*CHOICES, strict=True)))


@pytest.fixture(scope="module")
def aggregate(poll: HeldPoll) -> Aggregate:
    chain = snapshot(poll.definition, poll.record, DEADLINE)
    found = final_sum(DiskFolder(poll.record), poll.definition.poll_id(), chain, Means(RNG))
    return found.aggregate


@pytest.fixture(scope="module")
def partials(poll: HeldPoll, aggregate: Aggregate) -> dict[int, VerifiedPartial]:
    """The answers of all three, by command line."""
    made = decode_ceremony((poll.record / record.TRUSTEE_CEREMONY).read_bytes(), 3)
    keys = verify_ceremony(poll.definition.trustees.ceremony(31337), made)
    verified = {}
    for j in (1, 2, 3):
        code, outcome = poll.decrypt(j)
        assert (code, outcome["ballots"], outcome["aggregate"]) == (
            0,
            VOTERS,
            aggregate.digest().hex(),
        )
        partial = PartialDecryption.decode(poll.partial(j).read_bytes(), 3)
        verified[j] = verify_partial(aggregate, keys.shares, partial)
    return verified


def copied(poll: HeldPoll, to: Path) -> Path:
    shutil.copytree(poll.record, to)
    return to


def changed(poll: HeldPoll, to: Path, name: str, data: bytes) -> Path:
    """The record with another file, its manifest made anew."""
    write_record(copied(poll, to), {name: data}, poll.definition.poll_id())
    return to


@pytest.mark.parametrize("ids", list(combinations((1, 2, 3), 2)))
def test_any_two_of_three_trustees_decrypt(
    poll: HeldPoll,
    aggregate: Aggregate,
    partials: dict[int, VerifiedPartial],
    ids: tuple[int, int],
) -> None:
    chosen = [partials[j] for j in ids]
    assert combine_counts(aggregate, poll.definition.shape, 2, chosen) == COUNTS


@pytest.mark.parametrize("trustee", [1, 2, 3])
def test_one_trustee_alone_decrypts_nothing(
    poll: HeldPoll, aggregate: Aggregate, partials: dict[int, VerifiedPartial], trustee: int
) -> None:
    shape, alone = poll.definition.shape, [partials[trustee]]
    with pytest.raises(TrusteeIdError):
        combine_counts(aggregate, shape, 2, alone)
    with pytest.raises(CountRangeError):
        combine_counts(aggregate, shape, 1, alone)


def finished(poll: HeldPoll, aggregate: Aggregate, answers: bytes, to: Path) -> Path:
    """The record with tally and result, as an organiser completes it."""
    points = tuple(bytes(p) for p in _encoded(aggregate))
    at = DEADLINE + timedelta(hours=1)
    published = PublishedSum(aggregate.board.size, aggregate.board.root, VOTERS, points, at)
    ids = [option.id for option in poll.definition.options]
    counts = PollCounts(VOTERS, dict(zip(ids, COUNTS, strict=True)))
    contest = poll.definition.contest
    assert contest is not None
    opened = OpenedSet.parse((poll.record / record.OPENED).read_bytes())
    panel = panel_from_json(json.loads((poll.record / record.PANEL).read_bytes()))
    entries = entries_from_json(json.loads((poll.record / record.ENTRIES).read_bytes()))
    sheets = [opening.sheet for opening in opened.openings]
    files = {
        record.AGGREGATE: published.to_bytes(),
        record.PARTIALS: answers,
        record.COUNTS: canonical(counts.to_json()),
        record.RESULT: decide(contest.rules, entries, panel, sheets, counts).to_bytes(),
    }
    write_record(copied(poll, to), files, poll.definition.poll_id())
    return to


def _encoded(aggregate: Aggregate) -> list[bytes]:
    data = aggregate.total.encode()
    return [data[at : at + 48] for at in range(0, len(data), 48)]


def test_poll_held_by_commands_alone_audits_clean_with_one_trustee_absent(
    poll: HeldPoll, aggregate: Aggregate, partials: dict[int, VerifiedPartial], tmp_path: Path
) -> None:
    assert set(partials) == {1, 2, 3}
    answers = poll.partial(1).read_bytes() + poll.partial(3).read_bytes()
    done = finished(poll, aggregate, answers, tmp_path / "done")
    chain = snapshot(poll.definition, done, DEADLINE + timedelta(days=1))
    report = audit(DiskFolder(done), Trust(poll.definition.poll_id(), chain), Means(RNG))
    assert report.findings == ()
    assert report.holds
    later = tmp_path / "later.json"
    later.write_bytes(encode_snapshot(chain))
    # The absent trustee may still answer, to the same sum.
    assert poll.decrypt(2, folder=done, chain=later)[0] == 0


def test_wrong_partial_decryption_names_its_trustee_and_the_others_suffice(
    poll: HeldPoll, aggregate: Aggregate, partials: dict[int, VerifiedPartial], tmp_path: Path
) -> None:
    assert set(partials) == {1, 2, 3}
    good = {j: poll.partial(j).read_bytes() for j in (1, 2, 3)}
    bad = good[2][:-1] + bytes([good[2][-1] ^ 1])
    done = finished(poll, aggregate, good[1] + bad + good[3], tmp_path / "done")
    report = audit(DiskFolder(done), Trust(poll.definition.poll_id()), Means(RNG))
    found = {(one.check, one.place, one.code) for one in report.findings}
    assert found == {("A-20", "tally/partials.bin[1]", "D-04")}
    assert "trustee 2" in report.findings[0].message


def test_same_answer_again_and_no_second_sum(
    poll: HeldPoll, aggregate: Aggregate, partials: dict[int, VerifiedPartial]
) -> None:
    assert set(partials) == {1, 2, 3}
    first = poll.partial(1).read_bytes()
    poll.partial(1).unlink()
    assert poll.decrypt(1)[0] == 0
    assert poll.partial(1).read_bytes() == first
    state, saved = state_of(poll.desk, "trustee", 1), []
    one_less = replace(aggregate, ballots=VOTERS - 1)
    with pytest.raises(AnsweredError):
        answer_sum(state, poll.definition, one_less, saved.append, RNG)
    assert not saved


def test_sum_is_on_disk_before_anything_is_computed(poll: HeldPoll, aggregate: Aggregate) -> None:
    """Stopped in between, the key answers this sum again, and no other."""
    state = replace(state_of(poll.desk, "trustee", 1), aggregate=b"", partial=b"")
    saved: list[KeyState] = []

    class PowerCut(Exception):  # noqa: N818 - not an error of anybody
        pass

    def save(after: KeyState) -> None:
        saved.append(after)
        if len(saved) == 1:
            raise PowerCut

    with pytest.raises(PowerCut):
        answer_sum(state, poll.definition, aggregate, save, RNG)
    assert (saved[0].aggregate, saved[0].partial) == (aggregate.digest(), b"")
    other = replace(aggregate, ballots=VOTERS - 1)
    with pytest.raises(AnsweredError):
        answer_sum(saved[0], poll.definition, other, save, RNG)
    answer = answer_sum(saved[0], poll.definition, aggregate, save, RNG)
    assert saved[-1].partial == answer


def test_faulty_share_never_leaves_the_computer(poll: HeldPoll, aggregate: Aggregate) -> None:
    state = replace(state_of(poll.desk, "trustee", 1), aggregate=b"", partial=b"")
    assert state.part is not None
    faulty = replace(state.part, shares=(state.part.shares[0] ^ 1, *state.part.shares[1:]))
    saved: list[KeyState] = []
    with pytest.raises(Exception, match="trustee 1"):
        answer_sum(replace(state, part=faulty), poll.definition, aggregate, saved.append, RNG)
    assert all(not one.partial for one in saved)


def refusal(poll: HeldPoll, folder: Path | None = None, chain: Path | None = None) -> str:
    before = state_of(poll.desk, "trustee", 2)
    code, outcome = poll.decrypt(2, folder=folder, chain=chain)
    assert code == 1
    assert state_of(poll.desk, "trustee", 2) == before
    return f"{outcome['code']} {outcome['message']}"


def at_time(poll: HeldPoll, path: Path, *, after_final: timedelta) -> Path:
    moment = TIMES.final + after_final
    path.write_bytes(encode_snapshot(snapshot(poll.definition, poll.record, moment)))
    return path


def test_nothing_is_decrypted_before_the_final_checkpoint_is_final(
    poll: HeldPoll, tmp_path: Path
) -> None:
    chain = at_time(poll, tmp_path / "chain.json", after_final=timedelta(0))
    assert "A-10" in refusal(poll, chain=chain)


def test_nothing_is_decrypted_before_the_opened_sheets_stand(
    poll: HeldPoll, tmp_path: Path
) -> None:
    chain = at_time(poll, tmp_path / "chain.json", after_final=timedelta(hours=1))
    assert "A-22" in refusal(poll, chain=chain)
    opened = OpenedSet.parse((poll.record / record.OPENED).read_bytes())
    early = replace(opened, anchored_at=DEADLINE - timedelta(hours=1)).to_bytes()
    folder = changed(poll, tmp_path / "early", record.OPENED, early)
    assert "A-22" in refusal(poll, folder)


def test_unsound_record_is_never_decrypted(poll: HeldPoll, tmp_path: Path) -> None:
    ballots = (poll.record / record.BALLOTS).read_bytes()
    length = len(ballots) // VOTERS
    swapped = ballots[length : 2 * length] + ballots[:length] + ballots[2 * length :]
    flipped = ballots[:-1] + bytes([ballots[-1] ^ 1])
    for number, data in enumerate((ballots[:-length], swapped, flipped)):
        folder = changed(poll, tmp_path / str(number), record.BALLOTS, data)
        assert refusal(poll, folder).startswith("F-09")
    forged = changed(poll, tmp_path / "tally", record.COUNTS, b"{}")
    assert refusal(poll, forged).startswith("F-09")
    (copied(poll, tmp_path / "hash") / record.ENTRIES).write_bytes(b"[]")
    assert refusal(poll, tmp_path / "hash").startswith("F-09")


def test_another_poll_is_neither_endorsed_nor_decrypted(poll: HeldPoll, tmp_path: Path) -> None:
    state = state_of(poll.desk, "trustee", 1)
    other = replace(poll.definition, times=replace(TIMES, grace=timedelta(hours=2)))
    with pytest.raises(OtherPollError):
        endorse_poll(state, other)
    assert endorse_poll(state, poll.definition) is state
    fresh = replace(state, poll=b"", endorsement=b"")
    trustees = replace(poll.definition.trustees, transcript=bytes(32))
    with pytest.raises(OtherPollError):
        endorse_poll(fresh, replace(poll.definition, trustees=trustees))
    keys = poll.definition.trustees.keys
    swapped = replace(poll.definition.trustees, keys=(keys[1], keys[0], *keys[2:]))
    with pytest.raises(OtherPollError):
        endorse_poll(fresh, replace(poll.definition, trustees=swapped))
    (tmp_path / "other.json").write_bytes(other.to_bytes())
    given = ["--definition", tmp_path / "other.json", "--out", tmp_path / "signed.json"]
    code, outcome = poll.desk.run("trustee", "endorse", *poll.desk.own("trustee", 1), *given)
    assert (code, outcome["code"]) == (1, "F-08")
    assert not (tmp_path / "signed.json").exists()


def test_registrars_other_number_of_dishonest_is_not_endorsed(poll: HeldPoll) -> None:
    """f stands in no transcript, but decides how many log entries make a token."""
    state = replace(state_of(poll.desk, "registrar", 1), poll=b"", endorsement=b"")
    assert state.part is not None
    four = replace(state.part, setting=replace(state.part.setting, threshold=4))
    registrars = replace(poll.definition.registrars, threshold=4)
    definition = replace(poll.definition, registrars=registrars)
    assert endorse_poll(replace(state, part=four), definition).poll == definition.poll_id()
    other = replace(poll.definition, registrars=replace(registrars, dishonest=2))
    with pytest.raises(OtherPollError):
        endorse_poll(replace(state, part=four), other)


def test_key_without_its_steps_does_nothing(poll: HeldPoll, aggregate: Aggregate) -> None:
    state = state_of(poll.desk, "trustee", 1)
    with pytest.raises(StepError):
        answer_sum(replace(state, poll=b""), poll.definition, aggregate, lambda _: None, RNG)
    with pytest.raises(StepError):
        endorse_poll(replace(state, part=None), poll.definition)
    registrar = state_of(poll.desk, "registrar", 1)
    with pytest.raises(StepError):
        answer_sum(registrar, poll.definition, aggregate, lambda _: None, RNG)


def test_too_few_ballots_are_never_decrypted(poll: HeldPoll, aggregate: Aggregate) -> None:
    state = replace(state_of(poll.desk, "trustee", 1), aggregate=b"", partial=b"")
    saved: list[KeyState] = []
    few = replace(aggregate, ballots=poll.definition.casting.min_ballots - 1)
    with pytest.raises(TooFewBallotsError):
        answer_sum(state, poll.definition, few, saved.append, RNG)
    assert not saved


def test_keys_in_the_files_are_those_that_decrypt(poll: HeldPoll, aggregate: Aggregate) -> None:
    part = state_of(poll.desk, "trustee", 2).part
    assert part is not None
    made = decode_ceremony((poll.record / record.TRUSTEE_CEREMONY).read_bytes(), 3)
    shares = verify_ceremony(poll.definition.trustees.ceremony(31337), made).shares
    key = TrusteeKey(2, part.shares, tuple(shares[1]))
    assert verify_partial(aggregate, shares, decrypt_partially(aggregate, key, RNG))
