"""What an issuer's clerk does to a whole agency: enrol it, replace its key, import its registers.

What happens on chain is done by the job worker's errands, kept together with the act's entry in the
administrative log.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from api.actions.issuer_errors import (
    IssuerNotEnrolledError,
    RegisterChangedError,
    RegisterOccupiedError,
    RegisterRowsError,
    RegisterUnreadableError,
    TypeUnknownError,
)
from api.actions.record_administration import Deed
from api.openid.agencies import Agency
from api.openid.console_errands import enrol_errand, rotate_errand
from api.openid.counter import Counter
from api.openid.ports import OpenIdStorage, RegisterShelf
from api.openid.register import CsvReading, Encoding, RegisterFileError, RowError, read_csv
from api.ports.errors import StorageOccupiedError
from contracts.evidence.names import issuer_id

MAX_TOLD_ROWS: Final = 100
"""Rows with errors that are told one by one; the others are counted."""


@dataclass(frozen=True, slots=True)
class IssuingAgency:
    """An agency as its clerks see it: id on chain (32 bytes), key that signs now (64 bytes)."""

    agency: Agency
    chain_id: bytes
    point: bytes
    enrolled: bool


@dataclass(frozen=True, slots=True)
class RegisterLook:
    """A register's file that was looked at, and not taken.

    Args:
        digest: SHA-256 of the file, with which it is imported.
        rows: that can be taken.
        errors: the first rows that cannot; no cell's content is in them.
        error_count: all of them.
        encoding: in which it was read; what a spreadsheet wrote is looked at before it is taken.
    """

    digest: bytes
    rows: int
    errors: tuple[RowError, ...]
    error_count: int
    encoding: Encoding


def issuing_agencies(counter: Counter) -> list[IssuingAgency]:
    """All agencies, by id."""
    agencies = counter.office.agencies
    return [_seen(counter, agencies[name]) for name in sorted(agencies)]


def enrol_agency(counter: Counter, clerk: str, name: str) -> IssuingAgency:
    """Enter an agency in the registry with its key and what it may issue, within seconds.

    Raises:
        IssuerUnknownError: no such agency.
    """
    agency = counter.agency(name)
    with counter.office.storage.work() as work:
        counter.record(work, Deed("issuer.enrol", clerk, agency.id))
        work.outbox.put(enrol_errand(agency.id, counter.office.rng, counter.clock()))
    return _seen(counter, agency)


def rotate_key(counter: Counter, clerk: str, name: str) -> IssuingAgency:
    """Replace an agency's key in order, within seconds; asked twice of one key, it is done once.

    A compromised key is ended by two people instead (``ActKind.REVOKE_ISSUER_KEY``).

    Returns:
        The agency with the key that is being replaced.

    Raises:
        IssuerUnknownError: no such agency.
        IssuerNotEnrolledError: it has no key in the registry yet.
    """
    agency = counter.agency(name)
    seen = _seen(counter, agency)
    if not seen.enrolled:
        raise IssuerNotEnrolledError("the agency is not in the registry yet")
    with counter.office.storage.work() as work:
        if work.outbox.put(rotate_errand(agency.id, seen.point, counter.clock())):
            told = {"point": seen.point.hex()}
            counter.record(work, Deed("issuer.rotate_key", clerk, agency.id, {**told}))
    return seen


def look_at_register(counter: Counter, kind: str, data: bytes) -> RegisterLook:
    """Read a register's file without taking it.

    Raises:
        TypeUnknownError: nobody here issues that.
        RegisterUnreadableError: the file is no CSV of that register.
    """
    reading = _read(counter, kind, data)
    return RegisterLook(
        digest=sha256(data).digest(),
        rows=len(reading.entries),
        errors=reading.errors[:MAX_TOLD_ROWS],
        error_count=len(reading.errors),
        encoding=reading.encoding,
    )


def import_register(
    counter: Counter, clerk: str, kind: str, data: bytes, expected: bytes
) -> RegisterLook:
    """Let a file that was looked at take the place of a register, whole or not at all.

    Raises:
        RegisterChangedError: it is not the file that was looked at.
        RegisterRowsError: a row cannot be taken.
        RegisterOccupiedError: another file is being taken at this moment.
        StorageUnavailableError: the file cannot be kept, and nothing was recorded; or it was, and
            the file takes its place within a minute of when the folder takes it.
        TypeUnknownError, RegisterUnreadableError: as for looking.
    """
    look = look_at_register(counter, kind, data)
    if look.digest != expected:
        raise RegisterChangedError("the file is another one than was looked at")
    if look.error_count:
        raise RegisterRowsError("some rows cannot be taken")
    try:
        settle_registers(counter.shelf, counter.office.storage)
        _replace(counter, Deed("register.import", clerk, kind, {"digest": look.digest.hex()}), data)
    except StorageOccupiedError as error:
        raise RegisterOccupiedError("another file is being taken") from error
    return look


def settle_registers(shelf: RegisterShelf, storage: OpenIdStorage) -> None:
    """End imports that were cut short: at every start, and before the next.

    Raises:
        StorageOccupiedError: somebody imports at this moment.
    """

    def is_kept(entry: str) -> bool:
        with storage.reading() as reading:
            return reading.acts.has_entry(entry)

    shelf.settle(is_kept)


def _replace(counter: Counter, deed: Deed, data: bytes) -> None:
    """One import after the other: the newest entry tells of the file that is there."""
    with (
        counter.shelf.replacing(deed.object, data) as name_after,
        counter.office.storage.work() as work,
    ):
        name_after(counter.record(work, deed))


def _read(counter: Counter, kind: str, data: bytes) -> CsvReading:
    if not any(kind in agency.types for agency in counter.office.agencies.values()):
        raise TypeUnknownError("nobody here issues that")
    try:
        return read_csv(kind, data)
    except RegisterFileError as error:
        raise RegisterUnreadableError("the file is no CSV of that register") from error


def _seen(counter: Counter, agency: Agency) -> IssuingAgency:
    point = counter.office.keys.signer(agency.id).point
    return IssuingAgency(agency, issuer_id(agency.uri), point, counter.enrolled(agency))
