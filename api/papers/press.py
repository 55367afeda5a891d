"""The press: a sheet on pages of A4, Korean first and English below it.

First everything is broken into blocks of known height, then blocks are set on pages, so that every
page can say how many there are.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

import segno
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped] # comes without types
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped] # comes without types

from api.papers.fonts import BOLD, REGULAR, Style, check_printable, load_fonts, wrap
from api.papers.structure import Structure, alternative, language, row_header
from api.ports.printing import Entry, Sheet
from verifier.eligibility.wording import Bilingual

WIDTH, HEIGHT = A4
MARGIN: Final = 54.0
COLUMN: Final = WIDTH - 2 * MARGIN
TOP: Final = HEIGHT - 96
BOTTOM: Final = 66.0
LABEL: Final = 150.0
QR_SIZE: Final = 92.0
MAX_LATEST: Final = 64
"""Files that are at hand; each has about 120 kB."""
MAX_LINES: Final = 24
"""Lines of one row of a table; more go on in the next."""
_GAP: Final = 14.0
_PAD: Final = 6.0
_TITLE: Final = Style(BOLD, 24, 31)
_SUBTITLE: Final = Style(REGULAR, 12, 16, 0.27)
_HEADING: Final = Style(BOLD, 12.5, 17)
_HEADING_EN: Final = Style(REGULAR, 9, 12, 0.27)
_KO: Final = Style(REGULAR, 10.5, 15)
_KO_BOLD: Final = Style(BOLD, 10.5, 15)
_EN: Final = Style(REGULAR, 8.5, 11.5, 0.27)
_SMALL: Final = Style(REGULAR, 8, 11, 0.27)
_SYNTHETIC: Final = Bilingual(
    "[시험] 지어낸 자료로 만든 문서입니다. 아무 효력이 없습니다.",
    "[test] Synthetic: made from invented data. It has no effect.",
)
_HOW: Final = Bilingual(
    "확인하기: 휴대전화로 QR을 찍으면 이 문서가 발급되었고 지금 유효한지 볼 수 있습니다. "
    "내용이 바뀌지 않았는지는 아래 주소에 이 파일(PDF)을 올려 확인합니다.",
    "To check: scan the QR to see whether this document was issued and is valid now. To see that "
    "its text was not altered, upload this file (PDF) at the address below.",
)
_QR_WORDS: Final = "이 문서를 확인하는 QR / QR code to check this document"


@dataclass(frozen=True, slots=True)
class _Block:
    """Something of known height that is not broken; drawn with its top at a height of the page.

    ``needs`` is the height that must be left on the page, where that is more: a heading is not
    left behind by what stands under it.
    """

    height: float
    draw: Callable[[float], None]
    needs: float = 0.0


@dataclass(frozen=True, slots=True)
class Press:
    """``api.ports.printing.Printer`` by ReportLab; one paper at a time.

    Files are not compressed: what compresses differs from one machine to the next, and files are
    printed again byte for byte. The latest are at hand, so that who asks again and again for one
    keeps nobody from printing.
    """

    _printing: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _latest: OrderedDict[tuple[Sheet, str, str], bytes] = field(
        default_factory=OrderedDict, repr=False
    )

    def print_sheet(self, sheet: Sheet, link: str, mark: str) -> bytes:
        """See ``Printer``."""
        load_fonts()
        for text in _texts(sheet):
            check_printable(text)
        wanted = (sheet, link, mark)
        with self._printing:
            if wanted not in self._latest:
                self._latest[wanted] = _Layout(sheet, link).pdf(mark)
                if len(self._latest) > MAX_LATEST:
                    self._latest.popitem(last=False)
            return self._latest[wanted]


@dataclass(slots=True)
class _Layout:
    """One file in the making."""

    sheet: Sheet
    link: str
    canvas: Canvas = field(init=False)
    structure: Structure = field(init=False)
    buffer: BytesIO = field(default_factory=BytesIO)

    def __post_init__(self) -> None:
        self.canvas = Canvas(self.buffer, pagesize=A4, invariant=1, pageCompression=0, lang="ko-KR")
        self.structure = Structure(self.canvas)

    def pdf(self, mark: str) -> bytes:
        self._describe(mark)
        pages = _paginate([*self._head(), *self._body(), self._check()])
        with self.structure.group("Document", **language("ko-KR")):
            for number, page in enumerate(pages, 1):
                self._frame(number, len(pages))
                for top, block in page:
                    block.draw(top)
                self.structure.end_page()
        self.structure.finish()
        self.canvas.save()
        return self.buffer.getvalue()

    def _describe(self, mark: str) -> None:
        sheet, canvas = self.sheet, self.canvas
        canvas.setTitle(f"{sheet.title.ko} / {sheet.title.en}")
        canvas.setAuthor(f"{sheet.issuer.ko} / {sheet.issuer.en}")
        canvas.setSubject(_SYNTHETIC.ko if sheet.synthetic else sheet.title.ko)
        canvas.setKeywords(mark)
        canvas.setCreator("dojang")
        canvas.setProducer("dojang")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        canvas._doc._timeStamp = _Stamp(sheet.issued.timetuple()[:6])  # noqa: SLF001 - the library knows only now

    def _head(self) -> Iterator[_Block]:
        title, issuer = self.sheet.title, self.sheet.issuer
        yield self._text(title.ko, _TITLE, "H1", gap=0)
        yield self._text(title.en, _SUBTITLE, "P", lang="en", gap=_GAP)
        yield self._text(issuer.ko, _HEADING, "P", gap=0)
        yield self._text(issuer.en, _HEADING_EN, "P", lang="en", gap=_PAD)

    def _body(self) -> Iterator[_Block]:
        for number, section in enumerate(self.sheet.sections, 1):
            rows = [row for entry in section.entries for row in self._rows(entry, number)]
            yield self._heading(section.heading, rows[0].height if rows else 0)
            yield from rows
        for note in self.sheet.notes:
            yield self._pair(note)

    def _text(self, text: str, style: Style, role: str, *, lang: str = "", gap: float) -> _Block:
        lines = wrap(text, style, COLUMN)

        def draw(top: float) -> None:
            with self.structure.tagged(role, **(language(lang) if lang else {})):
                self._lines(lines, style, MARGIN, top)

        return _Block(len(lines) * style.leading + gap, draw)

    def _heading(self, text: Bilingual, below: float) -> _Block:
        height = _GAP + _HEADING.leading + _HEADING_EN.leading + _PAD / 2

        def draw(top: float) -> None:
            with self.structure.tagged("H2"):
                self._lines([text.ko], _HEADING, MARGIN, top - _GAP)
            with self.structure.tagged("P", **language("en")):
                self._lines([text.en], _HEADING_EN, MARGIN, top - _GAP - _HEADING.leading)
            self._rule(top - height, 1.2)

        return _Block(height, draw, needs=height + below)

    def _rows(self, entry: Entry, table: int) -> Iterator[_Block]:
        """A line of the table; a long text goes on in lines without a label."""
        label = _set(entry.label, _KO_BOLD, LABEL)
        for value in _split(_set(entry.value, _KO, COLUMN - LABEL - _GAP)):
            yield self._row(label, value, table)
            label = []

    def _row(self, label: "list[_Part]", value: "list[_Part]", table: int) -> _Block:
        height = max(_height(label), _height(value)) + 2 * _PAD

        def draw(top: float) -> None:
            with self.structure.group("Table", key=table), self.structure.group("TR"):
                with self.structure.group("TH", **row_header()):
                    self._columns(label, MARGIN, top - _PAD)
                with self.structure.group("TD"):
                    self._columns(value, MARGIN + LABEL + _GAP, top - _PAD)
            self._rule(top - height, 0.5)

        return _Block(height, draw)

    def _pair(self, text: Bilingual) -> _Block:
        parts = _set(text, _KO, COLUMN)
        return _Block(_height(parts) + _GAP, lambda top: self._columns(parts, MARGIN, top - _GAP))

    def _check(self) -> _Block:
        left = MARGIN + QR_SIZE + _GAP
        parts = _set(_HOW, _KO, COLUMN - QR_SIZE - _GAP)
        address = self.link.partition("#")[0]
        parts += [("", _SMALL, [address, f"번호 No. {self.sheet.number}"])]
        height = max(QR_SIZE, _height(parts))

        def draw(top: float) -> None:
            self._rule(top - _GAP, 1.2)
            with self.structure.tagged("Figure", **alternative(_QR_WORDS)):
                self._qr(top - 2 * _GAP)
            self._columns(parts, left, top - 2 * _GAP)

        return _Block(height + 2 * _GAP, draw)

    def _columns(self, parts: "list[_Part]", left: float, top: float) -> None:
        for lang, style, lines in parts:
            with self.structure.tagged("P", **(language(lang) if lang else {})):
                self._lines(lines, style, left, top)
            top -= len(lines) * style.leading

    def _lines(self, lines: list[str], style: Style, left: float, top: float) -> None:
        self.canvas.setFont(style.font, style.size)
        self.canvas.setFillGray(style.grey)
        for number, line in enumerate(lines):
            self.canvas.drawString(left, top - style.size - number * style.leading, line)

    def _rule(self, at: float, width: float) -> None:
        with self.structure.artifact():
            self.canvas.setLineWidth(width)
            self.canvas.setStrokeGray(0.2 if width > 1 else 0.75)
            self.canvas.line(MARGIN, at, WIDTH - MARGIN, at)

    def _qr(self, top: float) -> None:
        """The symbol as squares; error correction M, the quiet zone of 4 modules is kept free."""
        matrix = qr_of(self.link).matrix
        module = QR_SIZE / len(matrix)
        self.canvas.setFillGray(0)
        for y, row in enumerate(matrix):
            for x, dark in enumerate(row):
                if dark:
                    left, bottom = MARGIN + x * module, top - (y + 1) * module
                    self.canvas.rect(left, bottom, module, module, stroke=0, fill=1)

    def _frame(self, number: int, pages: int) -> None:
        if self.sheet.synthetic:
            self._label(number)
        with self.structure.artifact():
            self.canvas.setFont(_SMALL.font, _SMALL.size)
            self.canvas.setFillGray(_SMALL.grey)
            self.canvas.drawString(MARGIN, 40, f"{self.sheet.title.ko} · {self.sheet.number}")
            self.canvas.drawRightString(WIDTH - MARGIN, 40, f"{number} / {pages}")

    def _label(self, number: int) -> None:
        """Read once, seen on every page."""
        top = HEIGHT - 36
        with self.structure.artifact():
            self.canvas.setLineWidth(1.5)
            self.canvas.setStrokeColorRGB(0.7, 0.15, 0.12)
            self.canvas.roundRect(MARGIN, top - 38, COLUMN, 38, 4, stroke=1, fill=0)
        context = self.structure.tagged("P") if number == 1 else self.structure.artifact()
        with context:
            self._lines([_SYNTHETIC.ko], _KO_BOLD, MARGIN + 10, top - 5)
            self._lines([_SYNTHETIC.en], _EN, MARGIN + 10, top - 21)


_Part = tuple[str, Style, list[str]]


def qr_of(link: str) -> segno.QRCode:
    """The QR of a link."""
    return segno.make_qr(link, error="m")


def _set(text: Bilingual, style: Style, width: float) -> list[_Part]:
    """Korean, and English below unless both are the same."""
    korean: _Part = ("", style, wrap(text.ko, style, width))
    if text.ko == text.en:
        return [korean]
    return [korean, ("en", _EN, wrap(text.en, _EN, width))]


def _split(parts: list[_Part]) -> Iterator[list[_Part]]:
    """Pieces that fit on a page; a short text is one piece."""
    if sum(len(lines) for _, _, lines in parts) <= MAX_LINES:
        yield parts
        return
    for lang, style, lines in parts:
        for at in range(0, len(lines), MAX_LINES):
            yield [(lang, style, lines[at : at + MAX_LINES])]


def _height(parts: list[_Part]) -> float:
    return sum(len(lines) * style.leading for _, style, lines in parts)


def _paginate(blocks: list[_Block]) -> list[list[tuple[float, _Block]]]:
    pages: list[list[tuple[float, _Block]]] = [[]]
    top = TOP
    for block in blocks:
        if top - max(block.height, block.needs) < BOTTOM and pages[-1]:
            pages.append([])
            top = TOP
        pages[-1].append((top, block))
        top -= block.height
    return pages


def _texts(sheet: Sheet) -> Iterator[str]:
    both = [sheet.title, sheet.issuer, *sheet.notes]
    for section in sheet.sections:
        both += [section.heading]
        both += [text for entry in section.entries for text in (entry.label, entry.value)]
    for text in both:
        yield text.ko
        yield text.en


@dataclass(frozen=True, slots=True)
class _Stamp:
    """The moment of a paper, as the library carries a file's time: parts of UTC, and no offset."""

    YMDhms: tuple[int, ...]
    dhh: int = 0
    dmm: int = 0
