"""Papers: certificates, decisions and receipts that leave the service as a file or on paper."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from verifier.eligibility.wording import Bilingual


class PaperKind(StrEnum):
    """What a paper is."""

    CERTIFICATE = "certificate"
    DECISION = "decision"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper that was issued.

    Args:
        id: 22 characters, random.
        kind: what it is.
        application: number of the application that it belongs to; None for a certificate.
        issuer: who answers for it.
        issued: whole seconds, UTC.
        expires: when it ends by itself, or None.
        salt: 32 bytes, so that neither digest can be guessed from the log.
        content_digest: 32 bytes over what the paper says; its QR holds it.
        file_digest: SHA-256 of the file.
        file: the PDF; None where it is not at hand: it is printed when somebody asks for it.
        sheet: what it is printed from; None where only the holder has it, because it tells of a
            person.
        revoked: since when it is not valid any more.
    """

    id: str
    kind: PaperKind
    application: str | None
    issuer: Bilingual
    issued: datetime
    expires: datetime | None
    salt: bytes = field(repr=False)
    content_digest: bytes
    file_digest: bytes
    file: bytes | None = field(default=None, repr=False)
    sheet: bytes | None = field(default=None, repr=False)
    revoked: datetime | None = None


class PaperReader(Protocol):
    """Looking papers up."""

    def find(self, name: str) -> Paper | None:
        """A paper by its id, without its file."""

    def find_by_file(self, digest: bytes) -> Paper | None:
        """A paper by the SHA-256 of its file, without the file."""

    def of_application(self, number: str, kind: PaperKind) -> Paper | None:
        """The paper of a kind that belongs to an application, with what it is printed from."""


class Papers(PaperReader, Protocol):
    """Keeping papers."""

    def add(self, paper: Paper) -> bool:
        """Keep a new one; False where the application has one of that kind already."""

    def revoke(self, name: str, at: datetime) -> bool:
        """End a paper; False where there is none, or it was ended before."""
