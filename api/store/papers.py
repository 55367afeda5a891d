"""The table of papers."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    select,
    update,
)

from api.ports.papers import Paper, PaperKind
from api.ports.protection import ProtectionKind, ProtectiveAct
from api.store.schema import Moment, metadata
from api.store.upsert import insert_if_new
from verifier.eligibility.wording import Bilingual

papers: Final = Table(
    "paper",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("application", String(19)),
    Column("issuer_ko", String(200), nullable=False),
    Column("issuer_en", String(200), nullable=False),
    Column("issued", Moment, nullable=False),
    Column("expires", Moment),
    Column("salt", LargeBinary(32), nullable=False),
    Column("content_digest", LargeBinary(32), nullable=False),
    Column("file_digest", LargeBinary(32), nullable=False),
    Column("file", LargeBinary),
    Column("sheet", LargeBinary),
    Column("revoked", Moment),
    UniqueConstraint("application", "kind"),
    Index(None, "file_digest", unique=True),
)
"""One paper of a kind to an application; certificates have no application, so any number."""
_WITHOUT_FILE: Final = [
    column for column in papers.c if column is not papers.c.file and column is not papers.c.sheet
]


class SqlPapers:
    """``api.ports.papers.Papers`` in a transaction."""

    def __init__(
        self, connection: Connection, protective: list[ProtectiveAct] | None = None
    ) -> None:
        self._connection = connection
        self._protective = [] if protective is None else protective

    def find(self, name: str) -> Paper | None:
        """A paper by its id, without its file."""
        return self._one(_WITHOUT_FILE, papers.c.id == name)

    def find_by_file(self, digest: bytes) -> Paper | None:
        """A paper by the SHA-256 of its file, without the file."""
        return self._one(_WITHOUT_FILE, papers.c.file_digest == digest)

    def of_application(self, number: str, kind: PaperKind) -> Paper | None:
        """The paper of a kind that belongs to an application, with what it is printed from."""
        return self._one(
            list(papers.c), papers.c.application == number, papers.c.kind == kind.value
        )

    def add(self, paper: Paper) -> bool:
        """Keep a new one; False where the application has one of that kind already."""
        row = {
            "id": paper.id,
            "kind": paper.kind.value,
            "application": paper.application,
            "issuer_ko": paper.issuer.ko,
            "issuer_en": paper.issuer.en,
            "issued": paper.issued,
            "expires": paper.expires,
            "salt": paper.salt,
            "content_digest": paper.content_digest,
            "file_digest": paper.file_digest,
            "file": paper.file,
            "sheet": paper.sheet,
            "revoked": paper.revoked,
        }
        return insert_if_new(self._connection, papers, row)

    def revoke(self, name: str, at: datetime) -> bool:
        """End a paper; False where there is none, or it was ended before."""
        found = (papers.c.id == name) & papers.c.revoked.is_(None)
        if not self._connection.execute(update(papers).where(found).values(revoked=at)).rowcount:
            return False
        revoked = ProtectiveAct(ProtectionKind.PAPER_REVOKED, name, {"at": at.isoformat()})
        self._protective.append(revoked)
        return True

    def _one(self, columns: list[Column[Any]], *where: ColumnElement[bool]) -> Paper | None:
        row = self._connection.execute(select(*columns).where(*where)).mappings().one_or_none()
        if row is None:
            return None
        told = dict(row)
        issuer = Bilingual(told.pop("issuer_ko"), told.pop("issuer_en"))
        return Paper(**{**told, "issuer": issuer, "kind": PaperKind(told["kind"])})
