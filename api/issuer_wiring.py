"""Who issues here, and from which registers, by the settings."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from api.openid.agency_file import parse_agencies
from api.openid.assembly import Ground, Issuers, demo_issuers
from api.openid.issuing_agencies import settle_registers
from api.operation.jobs import MINUTE
from api.operation.rounds import Job
from api.ports.errors import StorageOccupiedError
from api.settings import Settings
from api.store.database import Database
from api.store.register_files import FileRegister, RegisterFiles


def load_issuers(settings: Settings, ground: Ground) -> Issuers:
    """The agencies of DOJANG_AGENCIES with their registers; none where it is not set.

    A register that cannot be read is told in the journal and measured: what it would attest is
    deferred, and all other agencies issue.

    Raises:
        AgencyFileError: the file cannot be used.
    """
    if settings.agencies == Path():
        return Issuers()
    types = ground.catalogue.credential_types
    agencies = parse_agencies(settings.agencies.read_bytes(), ground.origin, types)
    shelf = register_shelf(settings)
    issued = [name for agency in agencies.values() for name in agency.types]
    registers = {name: FileRegister(name, shelf.place(name)) for name in issued}
    for register in registers.values():
        register.is_readable()
    return Issuers(agencies, registers)


def trial_issuers(settings: Settings, ground: Ground) -> Issuers:
    """The test agencies with invented people, until a register is imported."""
    made, shelf = demo_issuers(ground), register_shelf(settings)
    return Issuers(
        made.agencies,
        {
            name: FileRegister(name, shelf.place(name), register)
            for name, register in made.registers.items()
        },
    )


def register_job(settings: Settings, storage: Database) -> Job:
    """What lets imports that were cut short end, while the service goes on."""
    shelf = register_shelf(settings)

    def settle(_at: datetime) -> int:
        with suppress(StorageOccupiedError):  # somebody imports at this moment, and settles
            settle_registers(shelf, storage)
        return 0

    return Job("registers", MINUTE, settle)


def register_shelf(settings: Settings) -> RegisterFiles:
    """Registers lie beside the agencies' file; without one, in a folder beside the chain's."""
    if settings.agencies == Path():
        return RegisterFiles(settings.chain.parent / "registers")
    return RegisterFiles(settings.agencies.parent)
