"""Ceremonies by command line: resumable, deaf to cheaters, and every culprit named."""

import json
import shutil
from pathlib import Path

import pytest

from tests.voting.keeping.cheater import RNG, Cheater, state_of
from tests.voting.keeping.desk import PASSPHRASE, Desk
from voting.crypto.ceremony import Round, SignedMessage
from voting.crypto.dkg import begin, complain
from voting.keeping.disk import message_name
from voting.keeping.state import KeyState


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Three trustees, two of which are needed, before round one."""
    made = Desk(tmp_path)
    made.prepare("trustee", 3, 2)
    return made


def honest(desk: Desk, *, rounds: int) -> Cheater:
    """Trustees 1 and 2 follow the commands; trustee 3 does as well for so many rounds."""
    cheater = Cheater(desk)
    for number in range(1, rounds + 1):
        for j in (1, 2):
            assert desk.step("trustee", j)[0] == 0
        if number == 1:
            cheater.announce()
        if number == 2:
            cheater.post(cheater.opening())
        if number == 3:
            cheater.post(cheater.dealing())
    return cheater


def refused(desk: Desk, code: str, culprit: int, party: int = 1) -> None:
    """The next step of an honest party signs nothing and names the culprit."""
    before = state_of(desk, "trustee", party)
    exit_code, outcome = desk.step("trustee", party)
    assert (exit_code, outcome.get("code"), outcome.get("culprit")) == (1, code, culprit), outcome
    assert state_of(desk, "trustee", party) == before


def judged(desk: Desk, code: str, culprit: int) -> None:
    """Anybody with the folder comes to the same verdict."""
    exit_code, outcome = desk.run("ceremony", "check", desk.exchange("trustee"))
    assert (exit_code, outcome.get("code"), outcome.get("culprit")) == (1, code, culprit), outcome


@pytest.mark.parametrize(("role", "parties", "threshold"), [("trustee", 3, 2), ("registrar", 4, 3)])
def test_honest_ceremony_ends_with_one_transcript(
    tmp_path: Path, role: str, parties: int, threshold: int
) -> None:
    desk = Desk(tmp_path)
    transcript = desk.hold(role, parties, threshold)["transcript"]
    for j in range(1, parties + 1):
        part = state_of(desk, role, j).part
        assert part is not None
        assert (part.transcript.hex(), part.in_force) == (transcript, True)
        assert (part.kem_secret, part.polynomials) == (b"", ())
        assert desk.step(role, j)[1] == {"outcome": "in_force", "transcript": transcript}


def test_each_round_waits_for_everybody_and_names_who_is_absent(desk: Desk) -> None:
    for kind in (Round.ANNOUNCE, Round.OPEN, Round.DEAL):
        for j in (1, 2):
            assert desk.step("trustee", j)[0] == 0
        assert desk.step("trustee", 1)[1] == {"outcome": "waiting", "round": kind, "missing": [3]}
        checked = desk.run("ceremony", "check", desk.exchange("trustee"))
        assert checked == (0, {"outcome": "waiting", "round": kind, "missing": [3]})
        assert desk.step("trustee", 3)[0] == 0


def test_steps_have_names_and_an_order(desk: Desk) -> None:
    code, outcome = desk.step("trustee", 1, "open")
    assert (code, outcome["code"]) == (1, "F-07")
    for name in ("announce", "open", "deal", "confirm"):
        for j in (1, 2, 3):
            assert desk.step("trustee", j, name)[1]["outcome"] == "made"
    path = desk.exchange("trustee") / "2-open-01.msg"
    made = path.read_bytes()
    path.unlink()
    assert desk.step("trustee", 1, "open")[1]["outcome"] == "again"
    assert path.read_bytes() == made


def test_message_that_was_lost_is_written_again_unchanged(desk: Desk) -> None:
    desk.rounds("trustee", 3, 3)
    for kind in (Round.ANNOUNCE, Round.OPEN, Round.DEAL):
        path = desk.exchange("trustee") / message_name(kind, 2)
        made = path.read_bytes()
        path.unlink()
        assert desk.step("trustee", 2)[1]["outcome"] == "again"
        assert path.read_bytes() == made


def test_state_survives_its_encoding_in_every_round_and_shows_no_secret(desk: Desk) -> None:
    for _ in range(5):
        desk.rounds("trustee", 3, 1)
        state = state_of(desk, "trustee", 1)
        assert KeyState.parse(state.to_bytes()) == state
        assert state.part is not None
        shown = repr(state) + " ".join(desk.said)
        hidden = [state.identity, state.nullifier_key, state.part.kem_secret]
        assert not any(secret and repr(secret) in shown for secret in hidden)
        numbers = [*state.part.shares, *(x for row in state.part.polynomials for x in row)]
        assert not any(str(number) in shown for number in numbers)


def test_status_shows_the_journal_and_no_secret(desk: Desk) -> None:
    desk.rounds("trustee", 3, 5)
    code, outcome = desk.run("trustee", "status", *desk.own("trustee", 2))
    assert code == 0
    assert [line.split(" ")[0] for line in outcome["journal"]] == [
        "announce",
        "open",
        "deal",
        "confirm",
    ]
    state = state_of(desk, "trustee", 2)
    assert state.part is not None
    for secret in (state.identity.hex(), *(f"{share:064x}" for share in state.part.shares)):
        assert secret not in json.dumps(outcome)


def test_restored_copy_that_never_made_a_posted_message_signs_nothing(desk: Desk) -> None:
    """The counter beside the file is gone as well: what is posted tells."""
    copy = desk.folder / "copy"
    shutil.copy2(desk.key("trustee", 1), copy)
    assert desk.step("trustee", 1)[0] == 0
    shutil.copy2(copy, desk.key("trustee", 1))
    (desk.folder / "trustee-1.key.count").unlink()
    words = [*desk.own("trustee", 1), "--folder", desk.exchange("trustee"), "--restored"]
    code, outcome = desk.run("trustee", "next", *words)
    assert (code, outcome["code"]) == (1, "F-04")


def test_file_under_ones_own_number_that_somebody_else_made_is_found(desk: Desk) -> None:
    Cheater(desk).announce()
    folder = desk.exchange("trustee")
    (folder / "1-announce-03.msg").rename(folder / "1-announce-01.msg")
    code, outcome = desk.step("trustee", 1)
    assert (code, outcome["code"]) == (1, "F-07")


def test_message_that_is_not_signed_is_named(desk: Desk) -> None:
    cheater = honest(desk, rounds=1)
    path = cheater.folder / "1-announce-03.msg"
    made = path.read_bytes()
    path.write_bytes(made[:-1] + bytes([made[-1] ^ 1]))
    refused(desk, "K-03", 3)
    judged(desk, "K-03", 3)


def test_bytes_that_are_no_message_are_refused(desk: Desk) -> None:
    cheater = honest(desk, rounds=1)
    for data in (b"", bytes(133), b"\x01\x00\x00\x00\x03"):
        (cheater.folder / "1-announce-03.msg").write_bytes(data)
        refused(desk, "K-03", 0)


def test_copied_transport_key_is_named(desk: Desk) -> None:
    cheater = honest(desk, rounds=1)
    first = cheater.round(Round.ANNOUNCE)[0]
    cheater.post(cheater.sign(Round.ANNOUNCE, first.body))
    refused(desk, "K-04", 3)


def test_rushing_trustee_that_opens_other_commitments_is_named(desk: Desk) -> None:
    cheater = honest(desk, rounds=2)
    other, _ = begin(cheater.ceremony, 3, cheater.identity, RNG)
    body = cheater.opening().body
    cheater.post(
        cheater.sign(Round.OPEN, body.replace(cheater.party.commitments, other.commitments))
    )
    refused(desk, "K-06", 3)


def test_opening_without_knowledge_or_of_another_degree_is_named(desk: Desk) -> None:
    cheater = honest(desk, rounds=2)
    body = cheater.opening().body
    changed = body[:-1] + bytes([body[-1] ^ 1])
    for bad, code in ((changed, "K-07"), (body + bytes(48), "K-05"), (body[:-48], "K-05")):
        cheater.post(cheater.sign(Round.OPEN, bad))
        refused(desk, code, 3)
        refused(desk, code, 3, party=2)


def test_answer_to_other_messages_is_found(desk: Desk) -> None:
    cheater = honest(desk, rounds=2)
    cheater.post(cheater.sign(Round.OPEN, bytes(32) + cheater.opening().body[32:]))
    refused(desk, "K-14", 0)


def test_equivocating_trustee_is_named_by_who_answered_before(desk: Desk) -> None:
    cheater = honest(desk, rounds=2)
    cheater.post(Cheater(desk).announcement)
    refused(desk, "K-11", 3)


def test_bad_share_is_named_and_the_complaint_convicts_its_dealer(desk: Desk) -> None:
    cheater = honest(desk, rounds=2)
    for j in (1, 2):
        assert desk.step("trustee", j)[0] == 0
    cheater.post(cheater.dealing(wrong=True))
    refused(desk, "K-09", 3)
    code, outcome = desk.step("trustee", 1, "complain")
    assert (code, outcome["outcome"]) == (0, "complained")
    made = (cheater.folder / "5-complain-01.msg").read_bytes()
    assert desk.step("trustee", 1, "complain")[0] == 0
    assert (cheater.folder / "5-complain-01.msg").read_bytes() == made
    assert desk.step("trustee", 1)[1]["code"] == "F-07"
    refused(desk, "K-09", 3, party=2)
    judged(desk, "K-09", 3)


def test_share_that_does_not_decrypt_is_named(desk: Desk) -> None:
    cheater = honest(desk, rounds=2)
    for j in (1, 2):
        assert desk.step("trustee", j)[0] == 0
    body = cheater.dealing().body
    cheater.post(cheater.sign(Round.DEAL, body[:40] + bytes([body[40] ^ 1]) + body[41:]))
    refused(desk, "K-08", 3)
    assert desk.step("trustee", 1, "complain")[0] == 0
    judged(desk, "K-08", 3)


def test_complaint_without_cause_is_not_made_and_a_false_one_convicts(desk: Desk) -> None:
    cheater = honest(desk, rounds=3)
    assert desk.step("trustee", 1, "complain")[1]["code"] == "F-07"
    cheater.post(
        complain(cheater.ceremony, cheater.party, 1, cheater.round(Round.DEAL)),
    )
    refused(desk, "K-12", 3)
    judged(desk, "K-12", 3)


def test_confirmation_of_another_transcript_is_named(desk: Desk) -> None:
    cheater = honest(desk, rounds=4)
    posted = SignedMessage.decode((cheater.folder / "4-confirm-01.msg").read_bytes())
    cheater.post(cheater.sign(Round.CONFIRM, posted.body[:32] + bytes(32)))
    refused(desk, "K-10", 3)
    judged(desk, "K-10", 3)


def test_honest_parties_survive_a_cheater_with_fresh_secrets(desk: Desk) -> None:
    cheater = honest(desk, rounds=1)
    cheater.post(cheater.sign(Round.ANNOUNCE, bytes(64)))
    refused(desk, "K-04", 3)
    old = desk.exchange("trustee")
    setting = (old / "ceremony.json").read_bytes()
    before = state_of(desk, "trustee", 1)
    for j in (1, 2):
        assert desk.run("trustee", "abandon", *desk.own("trustee", j))[0] == 0
    refused(desk, "F-07", 0)  # the ceremony that was left is never joined again
    shutil.rmtree(old)
    cards = [desk.folder / f"trustee-{j}.json" for j in (1, 2, 3)]
    given = ["--role", "trustee", "--threshold", 2, "--options", 3, "--chain-id", 31337]
    assert desk.run("ceremony", "new", *given, "--out", desk.exchange("trustee"), *cards)[0] == 0
    assert (desk.exchange("trustee") / "ceremony.json").read_bytes() != setting
    desk.rounds("trustee", 3, 5)
    after = state_of(desk, "trustee", 1)
    assert before.part is not None
    assert after.part is not None
    assert before.part.commitments != after.part.commitments
    assert [line.what for line in after.journal][:3] == ["announce", "give-up", "announce"]


def test_key_joins_one_ceremony_at_a_time_and_only_its_own(desk: Desk, tmp_path: Path) -> None:
    assert desk.step("trustee", 1)[0] == 0
    other = tmp_path / "other"
    other.mkdir()
    cards = [desk.folder / f"trustee-{j}.json" for j in (1, 2)]
    given = ["--role", "trustee", "--threshold", 2, "--chain-id", 31337, "--out", other, *cards]
    assert desk.run("ceremony", "new", *given)[0] == 0
    words = ["trustee", "next", "--folder", other]
    assert desk.run(*words, *desk.own("trustee", 1))[1]["code"] == "F-07"  # in another one
    assert desk.run(*words, *desk.own("trustee", 3))[1]["code"] == "F-07"  # no party of it
    desk.identities("registrar", 1)
    registrar = ["registrar", "next", "--folder", other, *desk.own("registrar", 1)]
    assert desk.run(*registrar)[1]["code"] == "F-01"


@pytest.mark.parametrize(
    ("role", "numbers"),
    [
        ("registrar", ["--threshold", 2, "--dishonest", 1]),
        ("trustee", ["--threshold", 1]),
        ("trustee", ["--threshold", 4]),
    ],
    ids=["(3,2,1)", "t of 1", "t above n"],
)
def test_impossible_ceremony_is_never_prepared(
    tmp_path: Path, role: str, numbers: list[object]
) -> None:
    desk = Desk(tmp_path)
    cards = desk.identities(role, 3)
    given = ["--role", role, *numbers, "--chain-id", 1, "--out", desk.exchange(role), *cards]
    code, outcome = desk.run("ceremony", "new", *given)
    assert (code, outcome["code"]) == (2, "K-01")
    assert not list(desk.exchange(role).iterdir())


def test_cards_of_the_other_role_or_twice_make_no_ceremony(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    cards, others = desk.identities("trustee", 2), desk.identities("registrar", 1)
    given = ["--role", "trustee", "--threshold", 2, "--chain-id", 1, "--out", tmp_path]
    assert desk.run("ceremony", "new", *given, *cards, *others)[1]["code"] == "F-08"
    assert desk.run("ceremony", "new", *given, *cards, cards[0])[1]["code"] == "K-02"
    cards[0].write_bytes(b"{}")
    assert desk.run("ceremony", "new", *given, *cards)[0] == 2


def test_typed_passphrase_is_asked_twice_for_a_new_file_and_once_later(tmp_path: Path) -> None:
    desk, key = Desk(tmp_path), tmp_path / "typed.key"
    words = ["trustee", "new-identity", "--key", key, "--out", tmp_path / "card.json"]
    desk.typed = [PASSPHRASE, "something else entirely"]
    assert desk.run(*words)[1]["code"] == "F-02"
    desk.typed = ["short", "short"]
    assert desk.run(*words)[1]["code"] == "F-02"
    assert not key.exists()
    desk.typed = [PASSPHRASE, PASSPHRASE]
    assert desk.run(*words)[0] == 0
    desk.typed = [PASSPHRASE]
    assert desk.run("trustee", "card", "--key", key, "--out", tmp_path / "again.json")[0] == 0
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "card.json").read_bytes()
    desk.typed = ["wrong passphrase of a test"]
    assert desk.run("trustee", "status", "--key", key)[1]["code"] == "F-02"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_people_are_told_in_plain_words(desk: Desk, language: str) -> None:
    words = [*desk.own("trustee", 1), "--folder", desk.exchange("trustee"), "--lang", language]
    expected = {
        "next": ("1단계", "round 1"),
        "open": ("3", "3"),
        "deal": ("지금은 할 수 없는", "comes before"),
    }
    for name, texts in expected.items():
        desk.words("trustee", name, *words)
        assert texts[language == "en"] in " ".join(desk.said)
    desk.words("trustee", "status", *desk.own("trustee", 1), "--lang", language)
    assert "announce" in " ".join(desk.said)
