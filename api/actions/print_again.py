"""A paper's file, printed when somebody asks for it from what is kept of the paper.

What is kept is everything that the file follows from. The file's digest is in the evidence log: a
file that would have another one is not handed out, whatever the reason.
"""

import zlib
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from api.actions.issue_paper import PRESS, paper_link, paper_mark
from api.actions.paper_errors import PrinterError
from api.ports.papers import Paper
from api.ports.printing import Entry, Printer, PrintingError, Section, Sheet
from contracts.evidence.encoding import parse_canonical, parse_time
from verifier.eligibility.wording import Bilingual

MAX_SHEET_BYTES: Final = 1 << 20


def with_file(printer: Printer, paper: Paper) -> Paper:
    """The paper with its file, byte for byte as it was issued.

    Raises:
        PrinterError: it cannot be printed at the moment, or would be another file.
    """
    if paper.file is not None:
        return paper  # issued before files were printed when asked for
    if paper.sheet is None:
        raise PrinterError("only its holder has the file")
    data = zlib.decompressobj().decompress(paper.sheet, MAX_SHEET_BYTES)
    document: Any = parse_canonical(data, max_bytes=MAX_SHEET_BYTES)
    if document["press"] != PRESS:
        raise PrinterError("it was printed by another press")
    sheet = _sheet(document["sheet"])
    try:
        link = paper_link(document["origin"], paper.id, paper.content_digest)
        file = printer.print_sheet(sheet, link, paper_mark(paper.id, paper.content_digest))
    except PrintingError as error:
        raise PrinterError(str(error)) from error
    if sha256(file).digest() != paper.file_digest:
        raise PrinterError("the file would be another one than was issued")
    return replace(paper, file=file)


def _sheet(told: Any) -> Sheet:  # noqa: ANN401 - a document of ours
    return Sheet(
        title=Bilingual(**told["title"]),
        issuer=Bilingual(**told["issuer"]),
        number=told["number"],
        issued=parse_time(told["issued"]),
        sections=tuple(
            Section(
                Bilingual(**section["heading"]),
                tuple(
                    Entry(Bilingual(**entry["label"]), Bilingual(**entry["value"]))
                    for entry in section["entries"]
                ),
            )
            for section in told["sections"]
        ),
        notes=tuple(Bilingual(**note) for note in told["notes"]),
        synthetic=told["synthetic"],
    )
