"""The typeface of papers: Nanum Gothic (SIL Open Font License), which set-up puts beside the code.

Only the glyphs that a paper needs are embedded in it.
"""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped] # comes without types
from reportlab.pdfbase.ttfonts import (  # type: ignore[import-untyped] # comes without types
    TTFError,
    TTFont,
)

from api.ports.printing import PrintingError, UnprintableError

FONTS: Final = Path(__file__).parents[1] / "fonts"
REGULAR: Final = "NanumGothic-Regular"
BOLD: Final = "NanumGothic-Bold"
_LOADING: Final = threading.Lock()


def load_fonts(folder: Path = FONTS) -> None:
    """Make both weights known; they are read once in a process.

    Raises:
        PrintingError: the files are not there, or are no TrueType fonts.
    """
    with _LOADING:
        for name in (REGULAR, BOLD):
            if name in pdfmetrics.getRegisteredFontNames():
                continue
            try:
                pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
            except (TTFError, OSError) as error:
                raise PrintingError(f"the typeface {name} is missing: run set-up") from error


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set: weight, size and line height in points, grey from 0 (black) to 1."""

    font: str
    size: float
    leading: float
    grey: float = 0.0


def check_printable(text: str) -> None:
    """See that both weights have every character.

    Raises:
        UnprintableError: one of them has not.
    """
    for name in (REGULAR, BOLD):
        known = pdfmetrics.getFont(name).face.charToGlyph
        if any(ord(character) not in known for character in text if character != "\n"):
            raise UnprintableError("a character is missing in the typeface")


def wrap(text: str, style: Style, width: float) -> list[str]:
    """The lines of a text in a column, broken between words, and inside those that are too long."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in (piece for part in paragraph.split() for piece in _pieces(part, style, width)):
            longer = f"{line} {word}" if line else word
            if line and _width(longer, style) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


def _pieces(word: str, style: Style, width: float) -> list[str]:
    if _width(word, style) <= width:
        return [word]
    pieces, piece = [], ""
    for character in word:
        if piece and _width(piece + character, style) > width:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]


def _width(text: str, style: Style) -> float:
    return float(pdfmetrics.stringWidth(text, style.font, style.size))
