"""Who issues here, and from which registers, by the settings."""

from pathlib import Path

from api.openid.agency_file import parse_agencies
from api.openid.assembly import Ground, Issuers, demo_issuers
from api.settings import Settings
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


def register_shelf(settings: Settings) -> RegisterFiles:
    """Registers lie beside the agencies' file; without one, in a folder beside the chain's."""
    if settings.agencies == Path():
        return RegisterFiles(settings.chain.parent / "registers")
    return RegisterFiles(settings.agencies.parent)
