"""Every command of docs/trustees.md runs, in its order, with the passphrase typed."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.voting.keeping.cheater import RNG, state_of
from tests.voting.keeping.desk import PASSPHRASE, Desk
from tests.voting.keeping.held_poll import TIMES, HeldPoll
from voting.keeping.disk import new_key_file
from voting.keeping.sealing import MIN_LOG_N, new_seal

PAGE = Path(__file__).parents[3] / "docs" / "trustees.md"
BLOCKS = re.findall(r"```console\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
COMMANDS = [line.split()[3:] for block in BLOCKS for line in block.splitlines()]


def run(desk: Desk, words: list[str]) -> int:
    desk.typed = [PASSPHRASE, PASSPHRASE]
    return desk.words(*words)


def as_party(words: list[str], party: int) -> list[str]:
    return [word.replace("my.key", f"other-{party}.key") for word in words]


def test_page_names_every_command() -> None:
    desk_words = {(words[0], words[1]) for words in COMMANDS}
    named = {words[1] for words in COMMANDS if words[0] == "trustee"}
    assert named == {
        *("new-identity", "card", "status", "next", "announce", "open", "deal", "confirm"),
        *("complain", "abandon", "endorse", "decrypt"),
    }
    assert {("ceremony", "new"), ("ceremony", "check")} <= desk_words
    assert {("registrar", "sign-requests"), ("registrar", "close-log")} <= desk_words


def test_commands_of_the_ceremony_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exchange").mkdir()
    for words in (words for words in COMMANDS if words[0] != "registrar"):
        if words[1] in {"endorse", "decrypt"}:
            continue
        if words[1] == "new":
            for j in (2, 3):
                made = ["trustee", "new-identity", "--key", f"other-{j}.key"]
                assert run(desk, [*made, "--out", f"other-{j}.json"]) == 0
        # With right shares there is nothing to complain about.
        assert run(desk, words) == (1 if words[1] == "complain" else 0), desk.said
        if words[1] in {"next", "announce", "open", "deal", "confirm"}:
            for j in (2, 3):
                assert run(desk, as_party(words, j)) == 0


def test_commands_of_the_poll_run(
    poll: HeldPoll, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, source = Desk(tmp_path), poll.desk.folder
    for ending in ("", ".count"):
        shutil.copy2(source / f"trustee-1.key{ending}", tmp_path / f"my.key{ending}")
    for name in ("definition.json", "requests.json", "chain.json"):
        shutil.copy2(source / name, tmp_path / name)
    shutil.copytree(poll.record, tmp_path / "record")
    before = replace(state_of(poll.desk, "registrar", 1), roll=(), closed="")
    lock = new_seal(PASSPHRASE, RNG, MIN_LOG_N)
    with new_key_file(tmp_path / "registrar.key", lock, before, RNG):
        (tmp_path / "tokens").mkdir()
    monkeypatch.chdir(tmp_path)
    times = {"sign-requests": TIMES.opens, "close-log": TIMES.closes}
    for words in COMMANDS:
        if words[0] == "registrar" or words[1] in {"endorse", "decrypt"}:
            desk.now = times.get(words[1], desk.now)
            assert run(desk, words) == 0, desk.said
