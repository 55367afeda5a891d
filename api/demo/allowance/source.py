"""The cast of the allowance demonstration: issuers and applicants, all synthetic."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from importlib.resources import files
from typing import Final

from api.demo.errors import FolderError
from contracts.evidence.document import Document
from contracts.evidence.encoding import parse_json
from contracts.evidence.errors import EncodingError
from verifier.eligibility.attestation import (
    IncomeEntry,
    InsuredJob,
    RegisterEntry,
    ResidentEntry,
    SchoolEntry,
    WorkEntry,
)
from verifier.eligibility.wording import Bilingual

SOURCE_VERSION: Final = "dojang-allowance-source-v1"
KOREA: Final = timezone(timedelta(hours=9))
CITY: Final = "KR-11"
DISTRICT: Final = "KR-11-290"
CASES: Final = (
    "plain",
    "suspended",
    "revoked",
    "unaccredited",
    "expired",
    "replayed",
    "mixed",
    "no_status",
)


@dataclass(frozen=True, slots=True)
class CastIssuer:
    """An issuer: short id, the id of the credential type it issues, whether it may, its name."""

    id: str
    type: str
    accredited: bool
    name: Bilingual

    @property
    def uri(self) -> str:
        """Its ``iss``."""
        return f"https://issuers.demo.dojang.example/{self.id}"

    @property
    def status_uri(self) -> str:
        """Where its status list is found."""
        return f"{self.uri}/status"


@dataclass(frozen=True, slots=True)
class CastApplication:
    """One application: who applies in which round, what it shows, and what must come out.

    Args:
        id: two digits of the person, and a letter where a person applies twice.
        case: what is wrong with it, one of ``CASES``.
        outcome: the expected outcome, ``code`` the expected obstacle; None where there is none.
    """

    id: str
    round: str
    shows: Bilingual
    case: str
    outcome: str
    code: str | None
    birth_date: date
    left_on: date
    jobs: tuple[InsuredJob, ...]
    household_won: int
    median_won: int

    @property
    def person(self) -> str:
        """Who it is: the digits of the id."""
        return self.id[:2]

    def register(self) -> dict[str, RegisterEntry]:
        """What the issuers' registers hold of the person, by credential type."""
        return {
            "resident-registration": ResidentEntry(self.birth_date, CITY, DISTRICT, 1),
            "school-record": SchoolEntry(self.left_on),
            "employment-insurance": WorkEntry(self.jobs),
            "health-premium": IncomeEntry(self.household_won, self.median_won, 5),
        }


@dataclass(frozen=True, slots=True)
class AllowanceSource:
    """The whole cast. Applications are in the order in which they arrive."""

    service: str
    note: Bilingual
    issuers: tuple[CastIssuer, ...]
    days: dict[str, date]
    applications: tuple[CastApplication, ...]

    def issuer_of(self, credential_type: str, *, accredited: bool = True) -> CastIssuer:
        """The issuer of a credential type."""
        return next(
            issuer
            for issuer in self.issuers
            if issuer.type == credential_type and issuer.accredited is accredited
        )

    def moment(self, round_id: str, hour: int, minute: int = 0) -> datetime:
        """A time on a round's day, in Korea."""
        day = self.days[round_id]
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=KOREA)

    def of_round(self, round_id: str) -> list[CastApplication]:
        """The applications of one round."""
        return [entry for entry in self.applications if entry.round == round_id]


def source_bytes() -> bytes:
    """The data set as it comes with the product."""
    return (files("api.demo") / "data" / "allowance.json").read_bytes()


def read_source(data: bytes) -> AllowanceSource:
    """Parse the data set.

    Raises:
        FolderError: another version, unknown or missing members.
    """
    try:
        document = Document.of(parse_json(data), "allowance source")
        document.version(SOURCE_VERSION)
        days = document.document("days")
        source = AllowanceSource(
            document.text("service"),
            _words(document.document("note")),
            tuple(document.items("issuers", _issuer)),
            {name: date.fromisoformat(days.text(name)) for name in days.names()},
            tuple(document.items("applications", _application)),
        )
        document.close()
    except (EncodingError, ValueError) as error:
        raise FolderError(f"allowance source: {error}") from error
    return source


def _words(part: Document) -> Bilingual:
    return Bilingual(part.text("ko"), part.text("en"))


def _issuer(part: Document) -> CastIssuer:
    return CastIssuer(
        part.text("id"),
        part.text("type"),
        part.boolean("accredited"),
        _words(part.document("name")),
    )


def _application(part: Document) -> CastApplication:
    expected, register = part.document("expected"), part.document("register")
    code = expected.take("code")
    case = part.text("case")
    if case not in CASES:
        raise EncodingError("unknown case")
    return CastApplication(
        id=part.text("id"),
        round=part.text("round"),
        shows=_words(part.document("shows")),
        case=case,
        outcome=expected.text("outcome"),
        code=code if isinstance(code, str) else None,
        birth_date=date.fromisoformat(register.text("birth_date")),
        left_on=date.fromisoformat(register.text("left_on")),
        jobs=tuple(register.items("jobs", _job)),
        household_won=register.integer("household_won"),
        median_won=register.integer("median_won"),
    )


def _job(part: Document) -> InsuredJob:
    last = part.take("last_day")
    return InsuredJob(
        part.integer("weekly_minutes"),
        date.fromisoformat(part.text("first_day")),
        date.fromisoformat(last) if isinstance(last, str) else None,
    )
