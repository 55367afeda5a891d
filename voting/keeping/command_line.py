"""``python -m voting trustee | registrar | ceremony``: each command does one step and ends.

It reads what others published, writes one file to hand over, and says in plain words what comes
next. Exit code 0: done, or waiting for others; 1: refused, or somebody broke a rule, who is named;
2: arguments or files that cannot be used.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from contracts.evidence.encoding import Json
from contracts.evidence.errors import EvidenceError
from voting.crypto.ceremony import Round
from voting.crypto.errors import CeremonyError
from voting.crypto.randomness import Rng
from voting.errors import VotingError
from voting.keeping import wording
from voting.keeping.disk import (
    SETTING_NAME,
    KeyFile,
    open_key_file,
    read_file,
    read_passphrase,
)
from voting.keeping.errors import PassphraseError
from voting.keeping.sealing import LOG_N
from voting.keeping.setting import Role, Setting
from voting.poll.record import Folder
from voting.workers import Progress, Workers

DONE, REFUSED, MISUSED = 0, 1, 2
MAX_DOCUMENT: Final = 1 << 20
_UNUSABLE: Final = frozenset({"F-01", "F-02", "F-03", "F-05", "F-06", "F-10", "K-01"})
_ROUND_FACT: Final = "round"
_ROLE_FACT: Final = "role"


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside of the program.

    Args:
        rng: secure source of random bytes.
        clock: now, aware.
        ask: for a passphrase that is not shown.
        say: a line for the person.
        warn: a line for the person, about what went wrong.
        record: opens the folder of a record.
        processes: workers in so many processes.
        progress: shows how far an audit is.
        log_n: log2 of scrypt's N for new key files.
    """

    rng: Rng = field(repr=False)
    clock: Callable[[], datetime]
    ask: Callable[[str], str]
    say: Callable[[str], None]
    warn: Callable[[str], None]
    record: Callable[[Path], Folder]
    processes: Callable[[int], AbstractContextManager[Workers]]
    progress: Progress
    log_n: int = LOG_N


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found or did: the name of a text, and the facts in it."""

    outcome: str
    facts: dict[str, Json]


Command: TypeAlias = Callable[[argparse.Namespace, World], Answer]


def run(command: Command, options: argparse.Namespace, world: World) -> int:
    """Run one command and print its outcome.

    Returns:
        0, 1 or 2, as the module says.
    """
    try:
        answer = command(options, world)
    except (VotingError, EvidenceError) as error:
        _print_problem(error, options, world)
        unusable = error.code in _UNUSABLE or not isinstance(error, VotingError)
        return MISUSED if unusable else REFUSED
    if options.json:
        world.say(json.dumps({"outcome": answer.outcome} | answer.facts, sort_keys=True))
    else:
        facts = {name: _shown(name, fact, options.lang) for name, fact in answer.facts.items()}
        for line in wording.outcome(answer.outcome, dict(facts), options.lang).splitlines():
            world.say(_printable(line))
    return DONE


def _print_problem(
    error: VotingError | EvidenceError, options: argparse.Namespace, world: World
) -> None:
    culprit = error.culprit if isinstance(error, CeremonyError) else 0
    if options.json:
        body = {"outcome": "error", "code": error.code, "culprit": culprit, "message": str(error)}
        world.say(json.dumps(body, sort_keys=True))
    else:
        text = wording.problem(error.code, str(error), culprit, options.lang)
        world.warn(_printable(f"voting: {text}"))


def _shown(name: str, fact: Json, language: str) -> str:
    if name == _ROUND_FACT and isinstance(fact, int):
        return wording.round_name(Round(fact), language)
    if isinstance(fact, bool):
        return wording.YES_NO[fact][0 if language == "ko" else 1]
    if name == _ROLE_FACT:
        return wording.ROLE_NAMES[str(fact)][0 if language == "ko" else 1]
    if isinstance(fact, list):
        return ", ".join(str(one) for one in fact) or "-"
    return "-" if fact == "" else str(fact)


def _printable(text: str) -> str:
    """Names come out of hostile files: no control character reaches a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def add_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    command: Command,
    help_text: str,
    world: Callable[[], World],
) -> argparse.ArgumentParser:
    """A command with the options that all have."""
    parser = commands.add_parser(name, help=help_text)
    parser.add_argument("--lang", choices=("ko", "en"), default="ko")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    parser.set_defaults(run=partial(_run, command, world))
    return parser


def _run(command: Command, world: Callable[[], World], options: argparse.Namespace) -> int:
    return run(command, options, world())


def add_key_options(parser: argparse.ArgumentParser) -> None:
    """The options of commands that open a key file."""
    parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="your key file")
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="instead of typing the passphrase"
    )
    parser.add_argument(
        "--restored",
        action="store_true",
        help="this is the newest copy of the key file, and every other one is destroyed",
    )


@contextmanager
def key_file(role: Role, options: argparse.Namespace, world: World) -> Iterator[KeyFile]:
    """The key file that the options name, open."""
    ask = partial(_passphrase, options, world)
    with open_key_file(options.key, role, ask, world.rng, restored=options.restored) as key:
        yield key


def _passphrase(options: argparse.Namespace, world: World) -> str:
    if options.passphrase_file is not None:
        return read_passphrase(options.passphrase_file)
    return world.ask("비밀번호: " if options.lang == "ko" else "Passphrase: ")


def new_passphrase(options: argparse.Namespace, world: World) -> str:
    """A passphrase for a new file, typed twice.

    Raises:
        PassphraseError: the two differ (F-02).
    """
    first = _passphrase(options, world)
    if options.passphrase_file is None:
        again = world.ask("한 번 더: " if options.lang == "ko" else "Once more: ")
        if again != first:
            raise PassphraseError("the two passphrases differ")
    return first


def read_setting(folder: Path) -> Setting:
    """The setting in a folder of exchange, its rules checked.

    Raises:
        VotingError: K-01, K-02, F-10.
        EncodingError: no such document.
    """
    setting = Setting.parse(read_file(folder / SETTING_NAME, MAX_DOCUMENT))
    setting.digest()
    return setting
