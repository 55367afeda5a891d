"""Command line of the contracts.

compile | deploy | snapshot | status | accounts | separate | offer-ownership | pending
"""

import argparse
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.accounts_commands import add_account_commands
from contracts.evidence.encoding import format_time
from contracts.evidence.errors import EvidenceError, LedgerIdentityError
from contracts.evidence.snapshot_file import encode_snapshot

if TYPE_CHECKING:
    from contracts.chain.ledger import ChainLedger


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except EvidenceError as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m contracts", description=__doc__)
    commands = parser.add_subparsers(required=True)
    compiling = commands.add_parser("compile", help="compile the contracts (development only)")
    compiling.add_argument(
        "--check", action="store_true", help="write nothing; fail if a file would change"
    )
    compiling.set_defaults(command=_compile)
    for name, command, text in (
        ("deploy", _deploy, "deploy the contracts, or see that they stand"),
        ("snapshot", _snapshot, "write the trust snapshot that offline checks read"),
        ("status", _status, "say which chain this is and what stands on it"),
    ):
        sub = commands.add_parser(name, help=text)
        sub.add_argument("--folder", type=Path, required=True, help="folder of the chain")
        sub.add_argument("--node", metavar="URL", help="a JSON-RPC node instead of a chain inside")
        sub.set_defaults(command=command)
        if name == "snapshot":
            sub.add_argument("--out", type=Path, required=True, help="file to write")
    add_account_commands(commands, _open_existing)
    return parser


def _compile(options: argparse.Namespace) -> int:
    from contracts.compile import (  # noqa: PLC0415 - needs the compiler, which only development has
        CompilerMissingError,
        compile_contracts,
        stale_files,
        write_contracts,
    )

    try:
        compiled = compile_contracts()
    except CompilerMissingError as error:
        print(error, file=sys.stderr)
        return 1
    if options.check:
        stale = stale_files(compiled)
        print("\n".join(f"out of date: {path}" for path in stale) or "up to date")
        return 1 if stale else 0
    print("\n".join(str(path) for path in write_contracts(compiled)))
    return 0


def _deploy(options: argparse.Namespace) -> int:
    with _open(options) as ledger:
        _print_identity(ledger)
    return 0


def _snapshot(options: argparse.Namespace) -> int:
    _require_deployment(options.folder)
    with _open(options) as ledger:
        snapshot = ledger.snapshot()
    options.out.write_bytes(encode_snapshot(snapshot))
    print(f"{options.out}: block {snapshot.head.number} of {format_time(snapshot.head.time)}")
    return 0


def _status(options: argparse.Namespace) -> int:
    _require_deployment(options.folder)
    with _open(options) as ledger:
        _print_identity(ledger)
        snapshot = ledger.snapshot()
    anchored = sum(len(log.checkpoints) for log in snapshot.logs)
    print(f"block         {snapshot.head.number} of {format_time(snapshot.head.time)}")
    print(f"issuers       {len(snapshot.issuers)}")
    print(f"logs          {len(snapshot.logs)} with {anchored} checkpoints")
    print(f"status lists  {len(snapshot.status_lists)}")
    return 0


def _require_deployment(folder: Path) -> None:
    """Reading must not make a chain where there is none."""
    if not (folder / "deployment.json").is_file():
        raise LedgerIdentityError(f"{folder} holds no chain: deploy first")


def _print_identity(ledger: "ChainLedger") -> None:
    identity = ledger.identity()
    print(f"chain id      {identity.chain_id}")
    print(f"genesis       {identity.genesis.hex()}")
    for name, address in identity.contracts:
        print(f"{name:<13} 0x{address.hex()}")


def _open_existing(options: argparse.Namespace) -> AbstractContextManager["ChainLedger"]:
    _require_deployment(options.folder)
    return _open(options)


def _open(options: argparse.Namespace) -> AbstractContextManager["ChainLedger"]:
    from contracts.chain.embedded import EmbeddedLedger  # noqa: PLC0415 - needs the chain extra
    from contracts.chain.node import NodeLedger  # noqa: PLC0415 - needs the chain extra

    if options.node:
        return NodeLedger(options.node, options.folder)
    return EmbeddedLedger(options.folder)


if __name__ == "__main__":
    sys.exit(main())
