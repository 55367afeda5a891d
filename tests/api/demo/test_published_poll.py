"""The shipped record passes the documented command with the shipped snapshot, as it is."""

import shlex
from pathlib import Path

import pytest

from api.demo.contest.source import YEARS
from api.demo.folder import SNAPSHOT
from contracts.bindings.checkpoint_log import CheckpointLog
from contracts.evidence.snapshot_file import decode_snapshot
from voting.__main__ import DIFFERS, HOLDS, main
from voting.audit.statement import PUBLISHED_BY, TRUSTED
from voting.poll.clauses import PublicationKind
from voting.poll.definition import parse_definition

SAID = PUBLISHED_BY[PublicationKind.CHECKPOINT_LOG]


def command_of(contest: Path, year: str, language: str) -> list[str]:
    """What the trail tells to type for a year."""
    trail = (contest / f"trail.{language}.txt").read_text(encoding="utf-8")
    start = "python -m voting "
    whole = trail.replace("\\\n", " ")  # as a shell joins lines
    lines = [line.strip() for line in whole.splitlines() if line.strip().startswith(start)]
    (found,) = [line for line in lines if f" {year}/poll " in line]
    return shlex.split(found.removeprefix(start))


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_trails_own_command_finds_nothing(
    contest: Path,
    year: str,
    language: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(contest)
    assert main([*command_of(contest, year, language), "--workers", "1"]) == HOLDS
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == SAID.told_in(language)
    assert last.endswith(first)
    assert ("득표 1위" if language == "ko" else "Most votes") in last


@pytest.mark.parametrize("year", YEARS)
def test_documented_command_finds_nothing_and_says_what_was_taken_on_trust(
    contest: Path, year: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["audit", str(contest / year / "poll"), "--chain", str(contest / SNAPSHOT)]
    assert main([*given, "--lang", "en", "--workers", "1"]) == HOLDS
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == f"{SAID.en} {TRUSTED.en}"
    assert last.endswith(first)
    other = "2023" if year == "2020" else "2020"
    poll_id = parse_definition(
        (contest / other / "poll" / "definition.json").read_bytes()
    ).poll_id()
    assert main([*given, "--poll-id", poll_id.hex(), "--workers", "1"]) == DIFFERS


@pytest.mark.parametrize("year", YEARS)
def test_definition_names_the_contract_that_the_chain_has(contest: Path, year: str) -> None:
    publication = parse_definition(
        (contest / year / "poll" / "definition.json").read_bytes()
    ).publication
    identity = decode_snapshot((contest / SNAPSHOT).read_bytes()).identity
    assert publication.kind is PublicationKind.CHECKPOINT_LOG
    assert publication.contract == dict(identity.contracts)[CheckpointLog.NAME]
    assert publication.chain_id == identity.chain_id


def test_snapshot_of_another_chain_does_not_publish_it(
    contest: Path, allowance: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both chains have one chain id and one address: the poll's logs are missing."""
    given = ["audit", str(contest / "2020" / "poll"), "--chain", str(allowance / SNAPSHOT)]
    assert main([*given, "--lang", "en", "--workers", "1"]) == DIFFERS
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("DOES NOT HOLD: A-03 what stands on chain, ")
    assert "Most votes" not in last
