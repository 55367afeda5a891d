"""Issue a paper: print it, keep what it can be known by, and enter it in the evidence log.

The log's entry stands for both digests under a salt. The QR holds the digest of what the paper
says; the file holds the same words as a mark, so that an altered file is told from a foreign one.
"""

import zlib
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from api.actions.append_to_logs import log_errand
from api.ports import log_names
from api.ports.means import Means
from api.ports.papers import Paper, PaperKind
from api.ports.printing import Printer, Section, Sheet
from api.ports.proposals import JudgeAgain
from api.ports.storage import Work
from contracts.evidence.encoding import Json, b64u_encode, canonical, format_time, tagged_hash
from verifier.eligibility.wording import Bilingual

PAPERS_LOG: Final = log_names.PAPERS_LOG
ENTRY_VERSION: Final = "dojang-paper-v1"
PRESS: Final = 1
"""Which press printed it: one that sets a sheet otherwise gets another number, beside this one."""
SALT_BYTES: Final = 32
ID_BYTES: Final = 16
VERIFY_PAGE: Final = "/verify"
_INVENTED: Final = "[시험]"
_CONTENT_TAG: Final = "dojang-api-v1/paper-content"


@dataclass(frozen=True, slots=True)
class PaperDesk:
    """What papers are issued with.

    Args:
        means: storage, clock and randomness.
        printer: makes the files.
        origin: of the people's pages, where papers are checked.
        judge_again: what is proposed now on a case that is to be decided.
        trial: whether everything here is invented.
        alarm_reads: cases that somebody may read within an hour (DOJANG_ALARM_READS).
    """

    means: Means
    printer: Printer
    origin: str
    judge_again: JudgeAgain
    trial: bool = False
    alarm_reads: int = 100


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """What a paper is to say.

    Args:
        kind: what it is.
        title: as it stands on it.
        issuer: who answers for it.
        sections: the body.
        notes: sentences below it.
        application: number of the application that it belongs to.
        expires: when it ends by itself.
        synthetic: whether something in it is invented.
        personal: whether it tells of a person, so that the file is not kept.
    """

    kind: PaperKind
    title: Bilingual
    issuer: Bilingual
    sections: tuple[Section, ...]
    notes: tuple[Bilingual, ...]
    application: str | None = None
    expires: datetime | None = None
    synthetic: bool = False
    personal: bool = False


def print_paper(desk: PaperDesk, order: PaperOrder, at: datetime) -> Paper:
    """Make a paper with its file; nothing is kept yet. Slow: not for inside a transaction.

    Raises:
        PrintingError: it cannot be printed.
    """
    rng = desk.means.rng
    number, salt = b64u_encode(rng(ID_BYTES)), rng(SALT_BYTES)
    sheet = Sheet(
        title=order.title,
        issuer=order.issuer,
        number=number,
        issued=at,
        sections=order.sections,
        notes=order.notes,
        synthetic=order.synthetic or desk.trial or order.issuer.ko.startswith(_INVENTED),
    )
    content = tagged_hash(_CONTENT_TAG, salt, canonical(sheet.as_json()))
    link, mark = paper_link(desk.origin, number, content), paper_mark(number, content)
    file = desk.printer.print_sheet(sheet, link, mark)
    return Paper(
        id=number,
        kind=order.kind,
        application=order.application,
        issuer=order.issuer,
        issued=at,
        expires=order.expires,
        salt=salt,
        content_digest=content,
        file_digest=sha256(file).digest(),
        file=file,
        sheet=_packed(sheet, desk.origin),
    )


def keep_paper(work: Work, paper: Paper, *, personal: bool = False) -> bool:
    """Keep a paper in the transaction of what it tells of.

    Args:
        work: the transaction.
        paper: as printed.
        personal: whether nothing is kept that it could be printed from again.

    Returns:
        False where the application has one of that kind already; nothing is kept then.
    """
    sheet = None if personal else paper.sheet
    if not work.papers.add(replace(paper, file=None, sheet=sheet)):
        return False
    return work.outbox.put(log_errand(PAPERS_LOG, paper.id, paper_entry(paper), paper.issued))


def paper_link(origin: str, number: str, content_digest: bytes) -> str:
    """The address in the QR."""
    return f"{origin}{VERIFY_PAGE}#{paper_code(number, content_digest)}"


def paper_mark(number: str, content_digest: bytes) -> str:
    """The words that stand in the file as they are."""
    return f"{ENTRY_VERSION}:{paper_code(number, content_digest)}"


def _packed(sheet: Sheet, origin: str) -> bytes:
    """What the file is printed from again; ``origin`` stands in its address."""
    document: Json = {"press": PRESS, "origin": origin, "sheet": sheet.as_json()}
    return zlib.compress(canonical(document))


def paper_code(number: str, content_digest: bytes) -> str:
    """What QR and mark hold: the paper's id and its digest."""
    return f"{number}.{b64u_encode(content_digest)}"


def paper_entry(paper: Paper) -> bytes:
    """The log entry of a paper."""
    return canonical(
        {
            "version": ENTRY_VERSION,
            "id": paper.id,
            "kind": paper.kind.value,
            "issuer": dict(paper.issuer.as_json()),
            "issued": format_time(paper.issued),
            "expires": format_time(paper.expires) if paper.expires else None,
            "content": paper.content_digest.hex(),
            "file": paper.file_digest.hex(),
            "salt": paper.salt.hex(),
        }
    )
