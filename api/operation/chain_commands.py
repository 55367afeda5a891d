"""``dojang chain``: what only an operator may decide about the embedded chain's time."""

import secrets
import sys
from contextlib import closing
from datetime import UTC, datetime

from api.actions.record_administration import CONSOLE, Deed, record_administration
from api.opening import open_database
from api.operation.remote_ledger import RemoteLedger
from api.ports.means import whole_second
from api.settings import Settings
from api.wiring import system_clock
from contracts.evidence.encoding import format_time
from contracts.evidence.errors import LedgerUnavailableError
from contracts.evidence.snapshot import Block

DONE, FAILED = 0, 1
CHAIN = "chain"
"""Stands for the embedded chain in administrative entries."""


def show_clock(*, confirm: bool) -> int:
    """Print what the clock says and what speaks against it; believe it where it is confirmed.

    The running worker finds the confirmation by itself.

    Returns:
        0 where nothing speaks against it, or 1.
    """
    from contracts.chain.block_clock import BlockClock  # noqa: PLC0415 - needs the chain extra

    settings = Settings.from_environment()
    now = whole_second(system_clock())
    sys.stdout.write(f"the clock of this machine says {format_time(now)}\n")
    clock, head = BlockClock(settings.chain), _newest_time(settings)
    if confirm:
        clock.confirm()
        _record(settings, Deed("chain.confirm_clock", CONSOLE, CHAIN, {"time": format_time(now)}))
        sys.stdout.write("it is believed from now on\n")
    doubt = clock.doubt(head)
    if doubt:
        sys.stdout.write(f"{doubt}: no block is made\n")
    return FAILED if doubt else DONE


def _newest_time(settings: Settings) -> int:
    """The newest block's time, where the service runs; 0 where nobody answers."""
    try:
        return int(RemoteLedger(settings.chain).snapshot().head.time.timestamp())
    except LedgerUnavailableError:
        return 0


def roll_back_chain(number: int | None, *, sure: bool) -> int:
    """Take blocks away that a wrong clock dated; without ``sure`` only say which.

    Args:
        number: of the block that shall be the newest; None for the newest one that is not later
            than the clock.
        sure: whether to do it.

    Returns:
        0 where it was done, 1 where it was only shown.

    Raises:
        LedgerError: the service runs, or there is no such block.
    """
    from contracts.chain.rolling_back import newest_before, roll_back  # noqa: PLC0415 - as above

    settings = Settings.from_environment()
    now = int(system_clock().timestamp())
    goal = newest_before(settings.chain, now) if number is None else number
    if not sure:
        sys.stdout.write(
            f"all blocks after {goal} would go, and the service would send their acts again; "
            f"say it again with --yes\n"
        )
        return FAILED
    done = roll_back(settings.chain, goal)
    _record(
        settings,
        Deed(
            "chain.roll_back",
            CONSOLE,
            CHAIN,
            {"before": _told(done.before), "after": _told(done.after)},
        ),
    )
    sys.stdout.write(
        f"the newest block was {_told(done.before)}, and is {_told(done.after)}; "
        f"all blocks are kept in {done.copy.name}\n"
    )
    return DONE


def _told(block: Block) -> str:
    return f"{block.number} of {format_time(block.time.astimezone(UTC))}"


def _record(settings: Settings, deed: Deed) -> None:
    at: datetime = whole_second(system_clock())
    with closing(open_database(settings)) as storage, storage.work() as work:
        record_administration(work, deed, at, secrets.token_bytes)
