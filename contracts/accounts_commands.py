"""Commands on who acts on the contracts: accounts | separate | offer-ownership | pending."""

import argparse
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contracts.evidence.errors import LedgerIdentityError

if TYPE_CHECKING:
    from contracts.chain.ledger import ChainLedger

Open = Callable[[argparse.Namespace], AbstractContextManager["ChainLedger"]]
_ADDRESS_CHARACTERS: Final = 42


def print_accounts(options: argparse.Namespace, open_chain: Open) -> int:
    """Say who may do what, and whether the keys of it are in the folder."""
    with open_chain(options) as ledger:
        accounts = ledger.accounts
        ours = {accounts.owner.account, accounts.logs.account, accounts.status.account}
        for name, contract in ledger.identity().contracts:
            _print(f"owner of {name} (0x{contract.hex()})", ledger.owner(name), ours)
        _print("publisher of status lists", ledger.status_publisher(), ours)
        for log in ledger.snapshot().logs:
            _print(f"publisher of log {log.log.hex()}", ledger.publisher(log.log), ours)
    return 0


def separate(options: argparse.Namespace, open_chain: Open) -> int:
    """Give logs and status lists accounts of their own; interrupted, it is called again."""
    from contracts.chain.accounts import create_role_keys  # noqa: PLC0415 - needs the chain extra

    roles = create_role_keys(options.folder)
    with open_chain(options) as ledger:
        poor = [role for role in roles if not ledger.sender.balance(role.address)]
        for role in poor:
            sys.stderr.write(f"send money to 0x{role.address.hex()} first, then call again\n")
        if poor:
            return 1
        ledger.take_status_lists()
        for log in ledger.snapshot().logs:
            ledger.take_log(log.log)
    for name, role in zip(("logs", "status lists"), roles, strict=True):
        sys.stdout.write(f"{name}: 0x{role.address.hex()}\n")
    return 0


def offer_ownership(options: argparse.Namespace, open_chain: Open) -> int:
    """Offer all contracts to another owner, and print what it sends to accept them."""
    from contracts.bindings.checkpoint_log import CheckpointLog  # noqa: PLC0415 - needs the chain extra

    account = _address(options.to)
    with open_chain(options) as ledger:
        ledger.offer_ownership(account)
        for name, contract in ledger.identity().contracts:
            data = CheckpointLog.accept_ownership().data
            sys.stdout.write(
                f"{name}.acceptOwnership()\n  to   0x{contract.hex()}\n  data 0x{data.hex()}\n"
            )
    return 0


def print_pending(options: argparse.Namespace) -> int:
    """Print what the contracts' owner has to send; the chain is not opened for it."""
    from contracts.chain.owner_acts import FOLDER, OwnerActs  # noqa: PLC0415 - needs the chain extra

    for act in OwnerActs(options.folder / FOLDER).waiting():
        _print_act(act.words, act.contract, act.data)
    return 0


def add_account_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", open_chain: Open
) -> None:
    """Add ``accounts``, ``separate``, ``offer-ownership`` and ``pending``."""
    for name, command, text in (
        ("accounts", print_accounts, "say who may act on the contracts, and whose keys are here"),
        ("separate", separate, "give anchoring and status lists accounts of their own"),
        ("offer-ownership", offer_ownership, "offer the contracts to another owner"),
    ):
        sub = commands.add_parser(name, help=text)
        sub.add_argument("--folder", type=Path, required=True, help="folder of the chain")
        sub.add_argument("--node", metavar="URL", help="a JSON-RPC node instead of a chain inside")
        if name == "offer-ownership":
            sub.add_argument("--to", required=True, metavar="ADDRESS", help="as 0x and 40 digits")
        sub.set_defaults(command=lambda options, act=command: act(options, open_chain))
    pending = commands.add_parser("pending", help="print what the contracts' owner has to send")
    pending.add_argument("--folder", type=Path, required=True, help="folder of the chain")
    pending.set_defaults(command=print_pending)


def _print(role: str, account: bytes, ours: set[bytes]) -> None:
    here = " (key in the folder)" if account in ours else ""
    sys.stdout.write(f"{role}: 0x{account.hex()}{here}\n")


def _print_act(words: str, contract: bytes, data: bytes) -> None:
    sys.stdout.write(f"{words}\n  to   0x{contract.hex()}\n  data 0x{data.hex()}\n")


def _address(text: str) -> bytes:
    try:
        if len(text) != _ADDRESS_CHARACTERS or not text.startswith("0x"):
            raise LedgerIdentityError("an address is 0x and 40 hexadecimal digits")
        return bytes.fromhex(text[2:])
    except ValueError as error:
        raise LedgerIdentityError("an address is 0x and 40 hexadecimal digits") from error
