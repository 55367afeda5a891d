"""``dojang``: the product's command line. What a command needs is imported when it is called."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

DONE, FOUND, MISUSED = 0, 1, 2


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
    serve.add_argument("--demo", type=Path, required=True, help="folder of `dojang demo all`")
    serve.set_defaults(command=_serve)
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
        one.set_defaults(command=_demo, kind=kind)
    check = kinds.add_parser("check", help="check such a folder offline")
    check.add_argument("folder", type=Path)
    check.add_argument("--snapshot", type=Path, required=True, help="the chain's trust snapshot")
    check.add_argument("--lang", choices=("ko", "en"), default="ko")
    check.add_argument("--json", action="store_true", help="print the report for machines")
    check.set_defaults(command=_check)


def _demo(options: argparse.Namespace) -> int:
    from api.demo.console import run_demo  # noqa: PLC0415 # needs the chain extra

    return run_demo(options.kind, options.out, options.lang)


def _check(options: argparse.Namespace) -> int:
    from api.demo.console import run_check  # noqa: PLC0415 # needs the chain extra

    return run_check(options.folder, options.snapshot, options.lang, as_json=options.json)


def _serve(options: argparse.Namespace) -> int:
    from api.serving import serve  # noqa: PLC0415 # needs the api extra

    return serve(options.demo)


if __name__ == "__main__":
    sys.exit(main())
