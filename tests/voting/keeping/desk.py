"""Everybody's computers in one temporary folder: commands run in this process, clock and all."""

import argparse
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from voting.disk_folder import DiskFolder
from voting.keeping.arguments import add_keeping
from voting.keeping.command_line import World
from voting.workers import Workers, in_this_process, silent

PASSPHRASE = "synthetic passphrase of a test"  # noqa: S105 - it protects nothing
START = datetime(2026, 1, 1, tzinfo=UTC)


@contextmanager
def one_process(count: int) -> Iterator[Workers]:  # noqa: ARG001 - as many as there is work
    yield in_this_process


@dataclass
class Desk:
    """Runs commands and keeps what they said."""

    folder: Path
    now: datetime = START
    typed: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.passphrase.write_text(PASSPHRASE + "\n")
        self.passphrase.chmod(0o600)
        self.parser = argparse.ArgumentParser()
        add_keeping(self.parser.add_subparsers(required=True), self.world)

    @property
    def passphrase(self) -> Path:
        return self.folder / "passphrase"

    def world(self) -> World:
        return World(
            rng=secrets.token_bytes,
            clock=lambda: self.now,
            ask=lambda _: self.typed.pop(0),
            say=self.said.append,
            warn=self.said.append,
            record=DiskFolder,
            processes=one_process,
            progress=silent,
            log_n=10,
        )

    def words(self, *words: object) -> int:
        """Run a command as it is given; its lines are in ``said``."""
        self.said.clear()
        options = self.parser.parse_args([str(word) for word in words])
        code: int = options.run(options)
        return code

    def run(self, *words: object) -> tuple[int, dict[str, Any]]:
        """Run a command with ``--json``: exit code and outcome."""
        code = self.words(*words, "--json")
        assert len(self.said) == 1
        outcome: dict[str, Any] = json.loads(self.said[0])
        return code, outcome

    def key(self, role: str, party: int) -> Path:
        return self.folder / f"{role}-{party}.key"

    def own(self, role: str, party: int) -> list[object]:
        """The options that name a party's key file."""
        return ["--key", self.key(role, party), "--passphrase-file", self.passphrase]

    def exchange(self, role: str) -> Path:
        folder = self.folder / f"exchange-{role}"
        folder.mkdir(exist_ok=True)
        return folder

    def identities(self, role: str, parties: int) -> list[Path]:
        cards = [self.folder / f"{role}-{j}.json" for j in range(1, parties + 1)]
        for j, card in enumerate(cards, 1):
            assert self.run(role, "new-identity", *self.own(role, j), "--out", card)[0] == 0
        return cards

    def prepare(self, role: str, parties: int, threshold: int, options: int = 3) -> None:
        """Identities and the setting of a ceremony."""
        cards = self.identities(role, parties)
        given = ["--role", role, "--threshold", threshold, "--options", options]
        given += ["--chain-id", 31337, "--out", self.exchange(role), *cards]
        assert self.run("ceremony", "new", *given)[0] == 0

    def prepare_for(self, parties: int) -> None:
        """A trustees' ceremony of the identities that are there, and one more."""
        cards = [self.folder / f"trustee-{j}.json" for j in range(1, parties + 1)]
        key = self.folder / "other.key"
        other = ["--key", key, "--passphrase-file", self.passphrase]
        card = self.folder / "other.json"
        assert self.run("trustee", "new-identity", *other, "--out", card)[0] == 0
        given = ["--role", "trustee", "--threshold", 2, "--options", 3, "--chain-id", 31337]
        given += ["--out", self.exchange("trustee"), *cards, card]
        assert self.run("ceremony", "new", *given)[0] == 0

    def step(self, role: str, party: int, name: str = "next") -> tuple[int, dict[str, Any]]:
        words = [role, name, *self.own(role, party), "--folder", self.exchange(role)]
        return self.run(*words)

    def rounds(self, role: str, parties: int, count: int) -> None:
        """So many rounds of an honest ceremony, everybody one after the other."""
        for _ in range(count):
            for j in range(1, parties + 1):
                code, outcome = self.step(role, j)
                assert code == 0, outcome

    def hold(self, role: str, parties: int, threshold: int) -> dict[str, Any]:
        """A whole ceremony; what ``ceremony check`` says about it."""
        self.prepare(role, parties, threshold)
        self.rounds(role, parties, 5)
        record = self.folder / f"{role}.bin"
        code, outcome = self.run("ceremony", "check", self.exchange(role), "--out", record)
        assert (code, outcome["outcome"]) == (0, "ceremony_complete")
        return outcome
