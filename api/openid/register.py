"""The register port: what an agency's register says of a person, and the CSV adapter.

The reference date is the day of asking. A register may not know yet, or its file may be unreadable
(then issuance is deferred), or refuse (then it is denied, and an officer decides).
"""

import csv
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO
from types import MappingProxyType
from typing import ClassVar, Final, Literal, Protocol, TypeAlias

from api.openid.secret_words import TAG
from contracts.evidence.encoding import HASH_BYTES, tagged_hash
from verifier.eligibility.attestation import (
    AgreementEntry,
    BenefitEntry,
    DeliveryEntry,
    IncomeEntry,
    InsuredJob,
    ProgrammeEntry,
    RegisterEntry,
    ResidentEntry,
    SchoolEntry,
    WorkEntry,
)
from verifier.eligibility.errors import AttestationError

MAX_ROWS: Final = 1_000_000
MAX_CSV_BYTES: Final = 64 << 20
MAX_CELL: Final = 200
MAX_PERSON: Final = 64
MAX_JOBS: Final = 50
"""Employments of one person."""
Encoding: TypeAlias = Literal["utf-8", "cp949"]
UTF_8: Final = "utf-8"
CP949: Final = "cp949"
"""What Korean spreadsheets write (KS X 1001 with all Hangul syllables)."""
FIRST_YEAR, LAST_YEAR = 1800, 2199
"""Days of a register. Many registers write 9999-12-31 where something has no end."""
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KS_X_1001_BYTES: Final = 2
_NOT_PLAIN: Final = re.compile("[^\x00-\x7f\uac00-\ud7a3]")


class RegisterError(Exception):
    """A register cannot be asked or read."""

    code: ClassVar[str] = "register"


class NotInRegisterError(RegisterError):
    """The register knows nobody of that id."""

    code: ClassVar[str] = "register.unknown_person"


class RegisterFileError(RegisterError):
    """A file is no CSV with the columns of its kind.

    Args:
        text: what is wrong, without the content of any cell.
        line: where, 1-based; 0 where it is not one line.
        column: its name, or empty.
    """

    code: ClassVar[str] = "register.file"

    def __init__(self, text: str, line: int = 0, column: str = "") -> None:
        super().__init__(text)
        self.line, self.column = line, column


class NotYetKnownError(RegisterError):
    """The register has been asked and will know later."""

    code: ClassVar[str] = "register.pending"


class RegisterUnavailableError(NotYetKnownError):
    """The register's file cannot be read at the moment: whoever asks is told later, not refused."""

    code: ClassVar[str] = "register.unavailable"


class Register(Protocol):
    """What one kind of credential is made from."""

    def entry(self, person: str, on: date) -> RegisterEntry:
        """The entry of a person on a day.

        Raises:
            NotInRegisterError: nobody of that id.
            NotYetKnownError: to be asked again later.
        """


@dataclass(frozen=True, slots=True)
class PersonValues:
    """The values by which one service, or one series of polls, knows a person again.

    Held by the register port alone: HMAC under a secret of each service, from the register's
    stable id, never from a resident number.
    """

    secret: bytes

    def __post_init__(self) -> None:
        if len(self.secret) != HASH_BYTES:
            raise RegisterError("the secret of person values has 32 bytes")

    def __repr__(self) -> str:
        return "PersonValues(...)"

    def value(self, kind: str, service: str, person: str) -> bytes:
        """32 bytes for a person within a service; ``kind`` is the claim's name."""
        message = tagged_hash(TAG + "person", kind.encode(), service.encode())
        own = hmac.digest(self.secret, message, "sha256")
        return hmac.digest(own, person.encode(), "sha256")


@dataclass(frozen=True, slots=True)
class RowError:
    """A row of a file that cannot be taken: its line (1-based, header included), and why."""

    line: int
    column: str
    problem: str

    def __str__(self) -> str:
        """Where it is and why, without the cell's content."""
        column = f", column {self.column}" if self.column else ""
        return f"line {self.line}{column}: {self.problem}"


@dataclass(frozen=True, slots=True)
class CsvRegister:
    """A register that was read from a file."""

    entries: Mapping[str, RegisterEntry]

    def entry(self, person: str, on: date) -> RegisterEntry:  # noqa: ARG002 - a file has one day
        """The entry of a person, whatever the day."""
        if person not in self.entries:
            raise NotInRegisterError("the register knows nobody of that id")
        return self.entries[person]


@dataclass(frozen=True, slots=True)
class CsvReading:
    """A dry run: what would be taken, every row that would not, and how the file is encoded."""

    entries: Mapping[str, RegisterEntry]
    errors: tuple[RowError, ...]
    encoding: Encoding = UTF_8

    def take(self) -> CsvRegister:
        """The register, if every row is good.

        Raises:
            RegisterFileError: a row is not; nothing is taken in part.
        """
        if self.errors:
            count, first = len(self.errors), self.errors[0]
            text = f"{count} rows cannot be taken, the first at {first}"
            raise RegisterFileError(text, first.line, first.column)
        return CsvRegister(self.entries)


def read_csv(kind: str, data: bytes) -> CsvReading:
    """Read a register's file without taking it.

    Text is brought to Unicode normalisation form C. Lines without content are passed over. Several
    rows of one person are taken together where a register holds several of a kind: employments.

    Args:
        kind: id of the credential type, which says what columns there are.
        data: UTF-8, with or without byte-order mark, or CP949; a header line, comma separated.

    Raises:
        RegisterFileError: too long, neither UTF-8 nor CP949, no such kind, other columns, or too
            many rows; the line is named where there is one.
    """
    if kind not in COLUMNS:
        raise RegisterFileError(f"no file is read for {kind}")
    if len(data) > MAX_CSV_BYTES:
        raise RegisterFileError(f"a file has at most {MAX_CSV_BYTES} bytes")
    wanted, make = COLUMNS[kind]
    text, encoding = _decode(data)
    rows = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        header = next(rows, [])
        if header != ["person", *wanted]:
            raise RegisterFileError(f"the columns are person,{','.join(wanted)}")
        return _read_rows(((rows.line_num, row) for row in rows), header, make, encoding)
    except csv.Error as error:
        text = f"line {rows.line_num}: the file is no CSV"
        raise RegisterFileError(text, rows.line_num) from error


def _decode(data: bytes) -> tuple[str, Encoding]:
    """The text and its encoding.

    UTF-8 with one broken byte can often be decoded as CP949, to other letters. They would be Hanja
    at least in part, so that only Hangul and ASCII are believed there.

    Raises:
        RegisterFileError: it is neither; the line is named.
    """
    try:
        return data.decode("utf-8-sig"), UTF_8
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    try:
        text = data.decode(CP949)
    except UnicodeDecodeError:
        text = "\ufffd"
    if _NOT_PLAIN.search(text) or _is_strange(text):
        raise RegisterFileError(f"line {line}: the file is neither UTF-8 nor plain CP949", line)
    return text, CP949


def _is_strange(text: str) -> bool:
    """Whether many syllables are none that people write: Johab (KS X 1001 annex 3) read as CP949.

    CP949 has all 11,172 syllables; KS X 1001 has the 2,350 that names and places are written with.
    """
    syllables = [letter for letter in text if letter > "\x7f"]
    rare = sum(len(letter.encode("euc_kr")) > _KS_X_1001_BYTES for letter in syllables)
    return rare * 10 > len(syllables)


_Make: TypeAlias = Callable[["_Row"], RegisterEntry]


def _read_rows(
    rows: Iterator[tuple[int, list[str]]], header: list[str], make: _Make, encoding: Encoding
) -> CsvReading:
    entries: dict[str, RegisterEntry] = {}
    errors: list[RowError] = []
    count = 0
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MAX_ROWS:
            raise RegisterFileError(f"a file has at most {MAX_ROWS} rows")
        try:
            row = _Row.of(header, cells)
            person = row.text("person", MAX_PERSON)
            entries[person] = _together(entries.get(person), make(row))
        except _CellError as error:
            errors.append(RowError(line, error.column, error.problem))
        except AttestationError as error:
            errors.append(RowError(line, "", str(error)))
    return CsvReading(MappingProxyType(entries), tuple(errors), encoding)


def _together(there: RegisterEntry | None, new: RegisterEntry) -> RegisterEntry:
    """A person's entry with one row more: a person has several jobs, and one of all the rest."""
    if there is None:
        return new
    if not (isinstance(there, WorkEntry) and isinstance(new, WorkEntry)):
        raise _CellError("person", "stands twice")
    if not there.jobs or not new.jobs:
        raise _CellError("weekly_minutes", "is empty, and other rows of this person are not")
    if len(there.jobs) >= MAX_JOBS:
        raise _CellError("person", f"has more than {MAX_JOBS} rows")
    return WorkEntry(there.jobs + new.jobs)


class _CellError(Exception):
    def __init__(self, column: str, problem: str) -> None:
        super().__init__(column, problem)
        self.column, self.problem = column, problem


@dataclass(frozen=True, slots=True)
class _Row:
    cells: Mapping[str, str]

    @classmethod
    def of(cls, header: list[str], cells: list[str]) -> "_Row":
        if len(cells) != len(header):
            raise _CellError("", f"{len(header)} cells are expected, there are {len(cells)}")
        return cls(dict(zip(header, cells, strict=True)))

    def text(self, name: str, limit: int = MAX_CELL) -> str:
        value = unicodedata.normalize("NFC", self.cells[name]).strip()
        if not 0 < len(value) <= limit or not value.isprintable():
            raise _CellError(name, "is empty, too long or not printable")
        return value

    def day(self, name: str) -> date:
        text = self.text(name)
        try:
            day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            raise _CellError(name, "is no day as in 2026-01-31")
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            problem = f"is no day of {FIRST_YEAR} to {LAST_YEAR}; what has no end stays empty"
            raise _CellError(name, problem)
        return day

    def day_or_none(self, name: str) -> date | None:
        return self.day(name) if self.cells[name].strip() else None

    def number(self, name: str) -> int:
        value = self.text(name, 12)
        if not (value.isascii() and value.isdecimal()):
            raise _CellError(name, "is no whole number")
        return int(value)

    def truth(self, name: str) -> bool:
        value = self.text(name)
        if value not in {"yes", "no"}:
            raise _CellError(name, "is neither yes nor no")
        return value == "yes"


def _work(row: _Row) -> RegisterEntry:
    if not row.cells["weekly_minutes"].strip():
        return WorkEntry(())
    job = InsuredJob(
        row.number("weekly_minutes"), row.day("first_day"), row.day_or_none("last_day")
    )
    return WorkEntry((job,))


COLUMNS: Final[Mapping[str, tuple[tuple[str, ...], _Make]]] = MappingProxyType(
    {
        "resident-registration": (
            ("birth_date", "city", "district", "household_size"),
            lambda r: ResidentEntry(
                r.day("birth_date"), r.text("city"), r.text("district"), r.number("household_size")
            ),
        ),
        "school-record": (("left_on",), lambda r: SchoolEntry(r.day_or_none("left_on"))),
        "employment-insurance": (("weekly_minutes", "first_day", "last_day"), _work),
        "health-premium": (
            ("household_won", "median_won", "premium_band"),
            lambda r: IncomeEntry(
                r.number("household_won"), r.number("median_won"), r.number("premium_band")
            ),
        ),
        "benefit": (
            ("basic_livelihood", "near_poor"),
            lambda r: BenefitEntry(r.truth("basic_livelihood"), r.truth("near_poor")),
        ),
        "programme-record": (
            ("in_similar_programme", "former_recipient"),
            lambda r: ProgrammeEntry(r.truth("in_similar_programme"), r.truth("former_recipient")),
        ),
        "bulk-agreement": (
            ("first_day", "last_day", "copies_a_day", "at_district_desk"),
            lambda r: AgreementEntry(
                r.day("first_day"),
                r.day("last_day"),
                r.number("copies_a_day"),
                r.truth("at_district_desk"),
            ),
        ),
        "delivery-entitlement": (
            ("birth_date", "disabled", "pregnant", "restricted"),
            lambda r: DeliveryEntry(
                r.day("birth_date"), r.truth("disabled"), r.truth("pregnant"), r.truth("restricted")
            ),
        ),
        "voter": (
            ("birth_date", "city", "district", "household_size"),
            lambda r: ResidentEntry(
                r.day("birth_date"), r.text("city"), r.text("district"), r.number("household_size")
            ),
        ),
    }
)
"""Columns after ``person`` and how a row is read, by credential type. Days as in 2026-01-31, yes or
no, empty where something does not apply. Employments stand in a row each."""
