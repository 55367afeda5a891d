"""``dojang``: the product's command line. What a command needs is imported when it is called."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

DONE, FOUND, MISUSED = 0, 1, 2
MOST_WORKERS = 64
FEWEST_VOTERS, MOST_VOTERS = 20, 4876
"""Of the poll of 2020: under 20 nothing would be decrypted; 4,876 people voted."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 if all is well, 1 if a check found something or the work failed, 2 for misuse.
    """
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    return command(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dojang", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_demo(commands.add_parser("demo", help="make or check a demonstration"))
    serve = commands.add_parser("serve", help="serve the pages")
    serve.add_argument("--demo", type=Path, help="also show this folder of `dojang demo all`")
    serve.add_argument("--workers", type=_count, metavar="N", help="processes that answer")
    serve.add_argument("--no-worker", action="store_true", help="the job worker runs elsewhere")
    serve.set_defaults(command=_serve)
    _add_administration(commands.add_parser("admin", help="what needs the machine itself"))
    _add_operation(commands)
    return parser


def _add_demo(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(required=True, metavar="KIND")
    for kind, text in (
        ("allowance", "a paperless check for the youth allowance"),
        ("contest", "two contests with experts and citizens"),
        ("all", "both, each in a folder of its own"),
    ):
        one = kinds.add_parser(kind, help=text)
        one.add_argument("--out", type=Path, default=Path("dojang-demo"), help="folder to make")
        one.add_argument("--lang", choices=("ko", "en"), default="ko", help="language to tell in")
        one.set_defaults(command=_demo, kind=kind, voters=None)
        if kind != "allowance":
            sizes = "voters of the poll of 2020, 20 to 4876 (there were 4876); default 200"
            one.add_argument("--voters", type=_voters, metavar="N", help=sizes)
    _add_wallet_trials(kinds)
    check = kinds.add_parser("check", help="check such a folder offline")
    check.add_argument("folder", type=Path)
    check.add_argument("--snapshot", type=Path, required=True, help="the chain's trust snapshot")
    check.add_argument("--lang", choices=("ko", "en"), default="ko")
    check.add_argument("--json", action="store_true", help="print the report for machines")
    check.set_defaults(command=_check)


def _add_wallet_trials(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from api.openid.demo_commands import add_demo_commands  # noqa: PLC0415 # needs the api extra

    add_demo_commands(kinds)


def _demo(options: argparse.Namespace) -> int:
    from api.demo.console import run_demo  # noqa: PLC0415 # needs the chain extra

    if options.voters is None:
        return run_demo(options.kind, options.out, options.lang)
    return run_demo(options.kind, options.out, options.lang, options.voters)


def _voters(text: str) -> int:
    if not text.isdecimal() or not FEWEST_VOTERS <= int(text) <= MOST_VOTERS:
        raise argparse.ArgumentTypeError(f"is {FEWEST_VOTERS} to {MOST_VOTERS}")
    return int(text)


def _check(options: argparse.Namespace) -> int:
    from api.demo.console import run_check  # noqa: PLC0415 # needs the chain extra

    return run_check(options.folder, options.snapshot, options.lang, as_json=options.json)


def _serve(options: argparse.Namespace) -> int:
    from api.serving import serve  # noqa: PLC0415 # needs the api extra

    return serve(options.demo, options.workers, with_worker=not options.no_worker)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"is 1 to {MOST_WORKERS}")
    return int(text)


def _add_administration(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(required=True, metavar="ACT")
    invite = acts.add_parser("invite", help="invite one of the first two administrators")
    invite.add_argument("--name", required=True, help="as colleagues know the person")
    invite.add_argument("--person", required=True, help="the staff number")
    invite.set_defaults(command=_invite)
    recover = acts.add_parser("recover", help="ask for an administrator's place back")
    recover.add_argument("--account", required=True, help="id of the account, as /staff/accounts")
    recover.add_argument("--name", default="", help="of who shall have it, if somebody else")
    recover.add_argument("--person", default="", help="their staff number")
    recover.set_defaults(command=_recover)


def _invite(options: argparse.Namespace) -> int:
    from api.staff_commands import invite_administrator  # noqa: PLC0415 # needs the api extra

    return invite_administrator(options.name, options.person)


def _recover(options: argparse.Namespace) -> int:
    from api.staff_commands import recover_administrator  # noqa: PLC0415 # needs the api extra

    return recover_administrator(options.account, options.name, options.person)


def _add_operation(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from api.operation.commands import add_operation_commands  # noqa: PLC0415 # as the others

    add_operation_commands(commands)


if __name__ == "__main__":
    sys.exit(main())
