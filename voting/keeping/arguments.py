"""The arguments of ``trustee``, ``registrar`` and ``ceremony``."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from voting.keeping.command_line import World, add_command, add_key_options
from voting.keeping.party_commands import commands_of
from voting.keeping.poll_commands import check_ceremony, close, decrypt, grant, new_ceremony
from voting.keeping.setting import Role

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - the only name of what add_subparsers returns
MAX_WORKERS = 64


def add_keeping(commands: Commands, world: Callable[[], World]) -> None:
    """Add the three groups of commands to a parser; ``world`` is made when a command runs."""
    trustee = _group(commands, "trustee", "a trustee's own computer: keys, ceremony, decryption")
    registrar = _group(commands, "registrar", "a registrar's own computer: keys, ceremony, tokens")
    _add_party(trustee, Role.TRUSTEE, world)
    _add_party(registrar, Role.REGISTRAR, world)
    _add_decrypt(trustee, world)
    _add_granting(registrar, world)
    _add_ceremony(_group(commands, "ceremony", "prepare and check key ceremonies"), world)


def _group(commands: Commands, name: str, text: str) -> Commands:
    parser = commands.add_parser(name, help=text, description=text)
    return parser.add_subparsers(required=True, metavar="COMMAND")


def _add_party(commands: Commands, role: Role, world: Callable[[], World]) -> None:
    for name, command, text, further in commands_of(role):
        parser = add_command(commands, name, command, text, world)
        add_key_options(parser)
        if "folder" in further:
            parser.add_argument(
                "--folder", type=Path, required=True, metavar="DIR", help="the exchanged messages"
            )
        if "definition" in further:
            _definition(parser)
        if "out" in further:
            _out(parser)


def _add_decrypt(commands: Commands, world: Callable[[], World]) -> None:
    parser = add_command(commands, "decrypt", decrypt, "answer the one final sum", world)
    add_key_options(parser)
    parser.add_argument("record", type=Path, metavar="RECORD", help="the folder of the record")
    parser.add_argument(
        "--chain", type=Path, required=True, metavar="SNAPSHOT", help="a trust snapshot"
    )
    parser.add_argument("--workers", type=_count, default=1, metavar="N")
    _out(parser)


def _add_granting(commands: Commands, world: Callable[[], World]) -> None:
    parser = add_command(
        commands, "sign-requests", grant, "answer verified registration requests", world
    )
    add_key_options(parser)
    parser.add_argument("requests", type=Path, metavar="REQUESTS", help="the verified requests")
    _definition(parser)
    _out(parser)
    parser = add_command(commands, "close-log", close, "close and sign the token log", world)
    add_key_options(parser)
    _definition(parser)
    parser.add_argument("--folder", type=Path, required=True, metavar="DIR", help="to write into")


def _add_ceremony(commands: Commands, world: Callable[[], World]) -> None:
    parser = add_command(commands, "new", new_ceremony, "prepare a ceremony", world)
    parser.add_argument("--role", choices=[str(role) for role in Role], required=True)
    parser.add_argument("--threshold", type=int, required=True, metavar="T")
    parser.add_argument("--dishonest", type=int, default=1, metavar="F", help="of registrars")
    parser.add_argument("--options", type=int, default=9, metavar="M", help="of the poll")
    parser.add_argument("--chain-id", type=int, required=True, metavar="ID")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="for the messages")
    parser.add_argument("card", type=Path, nargs="+", metavar="CARD", help="party 1 first")
    parser = add_command(commands, "check", check_ceremony, "check or judge a ceremony", world)
    parser.add_argument("folder", type=Path, metavar="DIR", help="the exchanged messages")
    parser.add_argument("--out", type=Path, metavar="FILE", help="for the finished record")


def _definition(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--definition", type=Path, required=True, metavar="FILE")


def _out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="to hand over")


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_WORKERS:
        raise argparse.ArgumentTypeError(f"is 1 to {MAX_WORKERS}")
    return int(text)
