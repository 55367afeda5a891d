"""The commands with which a service is operated. What each needs is imported when it is called."""

import argparse
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Final

DONE, FAILED = 0, 1
MAX_CODE: Final = 64
Command = Callable[[argparse.Namespace], int]


def add_operation_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``worker``, ``backup``, ``restore``, ``recover-logs``, ``destroy`` and ``outbox``."""
    worker = commands.add_parser("worker", help="do what must happen later; owns the chain")
    worker.set_defaults(command=_worker)
    backup = commands.add_parser("backup", help="write every row of one moment to a file")
    backup.add_argument("--to", type=Path, required=True, metavar="FILE", help="must not exist")
    backup.add_argument("--key", type=Path, metavar="FILE", help="seal it with this file's key")
    backup.set_defaults(command=_backup)
    restore = commands.add_parser("restore", help="restore a backup into an empty database")
    restore.add_argument("file", type=Path)
    restore.add_argument("--key", type=Path, metavar="FILE", help="the key it is sealed with")
    restore.add_argument("--check", action="store_true", help="only see that the file is whole")
    restore.set_defaults(command=_restore)
    recover = commands.add_parser(
        "recover-logs", help="after a restore: tell what is as it was, and mend what is not"
    )
    recover.add_argument(
        "--forget-key", metavar="NAME", help="know nothing of a key that was removed on purpose"
    )
    recover.set_defaults(command=_recover)
    destroy = commands.add_parser("destroy", help="destroy a record, with an entry in the ledger")
    destroy.add_argument("kind", choices=("application", "presentation", "scope_secret"))
    destroy.add_argument("subject", help="the application's number, the presentation's id")
    destroy.add_argument("--reason", default="request", help="a code, no name", metavar="CODE")
    destroy.set_defaults(command=_destroy)
    _add_chain(commands.add_parser("chain", help="what an operator decides about the chain"))
    outbox = commands.add_parser("outbox", help="what failed so far and is not done")
    acts = outbox.add_subparsers(required=True, metavar="ACT")
    acts.add_parser("list", help="what failed and is not done").set_defaults(command=_list_outbox)
    revive = acts.add_parser("revive", help="try again what was set aside")
    revive.add_argument("number", type=int, nargs="*", help="as listed; none: all")
    revive.set_defaults(command=_revive)


def _add_chain(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(required=True, metavar="ACT")
    clock = acts.add_parser("clock", help="what this machine's clock says")
    clock.add_argument("--confirm", action="store_true", help="believe it from now on")
    clock.set_defaults(command=_chain_clock)
    back = acts.add_parser("roll-back", help="take blocks away that a wrong clock dated")
    back.add_argument("--to", type=int, metavar="BLOCK", help="the newest that stays")
    back.add_argument("--yes", action="store_true", help="do it")
    back.set_defaults(command=_chain_back)


def _telling(command: Command) -> Command:
    """Tell the errors that are expected in one line."""

    @wraps(command)
    def run(options: argparse.Namespace) -> int:
        from api.operation.backup_errors import BackupError  # noqa: PLC0415 - needs the api extra
        from api.operation.destruction_ledger import DestructionLedgerError  # noqa: PLC0415
        from api.operation.exits import tell  # noqa: PLC0415
        from api.operation.worker import LASTING_ERRORS  # noqa: PLC0415
        from api.ports.errors import StorageError  # noqa: PLC0415

        try:
            return command(options)
        except (BackupError, DestructionLedgerError, *LASTING_ERRORS, StorageError) as error:
            tell(error)
        except OSError as error:
            sys.stderr.write(f"dojang: {error.strerror or 'input or output failed'} (disk)\n")
        return FAILED

    return run


def _worker(_options: argparse.Namespace) -> int:
    from api.operation.worker import work_alone  # noqa: PLC0415 - needs the api extra

    return work_alone()


@_telling
def _backup(options: argparse.Namespace) -> int:
    from api.opening import open_database, open_destructions  # noqa: PLC0415 - needs the api extra
    from api.operation.backup import take_backup  # noqa: PLC0415 - needs the api extra
    from api.operation.backup_file import read_key  # noqa: PLC0415
    from api.ports.means import whole_second  # noqa: PLC0415
    from api.settings import Settings  # noqa: PLC0415
    from api.wiring import system_clock  # noqa: PLC0415

    settings = Settings.from_environment()
    key = read_key(options.key) if options.key else None
    storage = open_database(settings, begun=True)
    try:
        head = open_destructions(settings).head()
        taken = take_backup(storage, head, options.to, key, whole_second(system_clock()))
    finally:
        storage.close()
    rows = sum(taken.rows.values())
    sys.stdout.write(f"{options.to}: {rows} rows, {taken.bytes} bytes\n")
    return DONE


@_telling
def _restore(options: argparse.Namespace) -> int:
    from api.opening import open_destructions  # noqa: PLC0415 - needs the api extra
    from api.operation.backup_file import read_key  # noqa: PLC0415 - needs the api extra
    from api.operation.restore import Source, check, restore_backup  # noqa: PLC0415
    from api.ports.means import whole_second  # noqa: PLC0415
    from api.settings import Settings  # noqa: PLC0415
    from api.wiring import system_clock  # noqa: PLC0415

    settings = Settings.from_environment()
    source = Source(options.file, read_key(options.key) if options.key else None)
    if options.check:
        sys.stdout.write(f"{options.file} is whole, of revision {check(source).revision}\n")
        return DONE
    ledger = open_destructions(settings)
    made = restore_backup(settings.database.reveal(), source, ledger, whole_second(system_clock()))
    rows = sum(made.rows.values())
    sys.stdout.write(f"{rows} rows restored\n")
    for kind, count in sorted(made.again.items()):
        sys.stdout.write(f"done again: {count} {kind}\n")
    if made.logs:
        sys.stdout.write("logs go on after a comparison: start the service, or recover-logs\n")
    return DONE


@_telling
def _recover(options: argparse.Namespace) -> int:
    from api.opening import forget_key  # noqa: PLC0415 - needs the api extra
    from api.operation.recovering import recover  # noqa: PLC0415 - needs the api extra
    from api.ports.means import whole_second  # noqa: PLC0415
    from api.settings import Settings  # noqa: PLC0415
    from api.wiring import open_recovery, system_clock  # noqa: PLC0415

    settings, is_open = Settings.from_environment(), False
    if options.forget_key:
        forget_key(settings, options.forget_key)
    with open_recovery(settings) as recovery:
        for finding in recover(recovery, whole_second(system_clock())):
            sys.stdout.write(f"{finding.text.ko}\n    {finding.text.en}\n")
            sys.stdout.flush()
            is_open = is_open or finding.is_open
    return FAILED if is_open else DONE


@_telling
def _destroy(options: argparse.Namespace) -> int:
    from api.opening import open_database, open_destructions  # noqa: PLC0415
    from api.operation.destroying import Record, destroy  # noqa: PLC0415 - needs the api extra
    from api.ports.destruction import RecordKind  # noqa: PLC0415
    from api.ports.means import whole_second  # noqa: PLC0415
    from api.settings import Settings  # noqa: PLC0415
    from api.wiring import system_clock  # noqa: PLC0415

    settings = Settings.from_environment()
    storage = open_database(settings, begun=True)
    try:
        record = Record(RecordKind(options.kind), options.subject, options.reason[:MAX_CODE])
        gone = destroy(storage, open_destructions(settings), record, whole_second(system_clock()))
    finally:
        storage.close()
    sys.stdout.write("destroyed\n" if gone else "there is no such record; the ledger keeps it\n")
    return DONE if gone else FAILED


@_telling
def _chain_clock(options: argparse.Namespace) -> int:
    from api.operation.chain_commands import show_clock  # noqa: PLC0415 - needs the api extra

    return show_clock(confirm=options.confirm)


@_telling
def _chain_back(options: argparse.Namespace) -> int:
    from api.operation.chain_commands import roll_back_chain  # noqa: PLC0415 - needs the api extra

    return roll_back_chain(options.to, sure=options.yes)


@_telling
def _list_outbox(_options: argparse.Namespace) -> int:
    from api.operation.outbox_commands import list_undone  # noqa: PLC0415 - needs the api extra

    return list_undone()


@_telling
def _revive(options: argparse.Namespace) -> int:
    from api.operation.outbox_commands import revive_dead  # noqa: PLC0415 - needs the api extra

    return revive_dead(options.number)
