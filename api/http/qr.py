"""Links as QR codes."""

from io import BytesIO
from typing import Final

import segno

MAX_BYTES: Final = 2953
"""What the largest QR holds (ISO/IEC 18004, version 40 at level L)."""


def fits_qr(link: str) -> bool:
    """Whether a link can be drawn at all."""
    return len(link.encode("utf-8")) <= MAX_BYTES


def qr_svg(link: str) -> str:
    """A link as a QR in SVG, without a declaration, to stand in a page or in JSON."""
    buffer = BytesIO()
    segno.make(link, error="l", micro=False).save(buffer, kind="svg", xmldecl=False, scale=3)
    return buffer.getvalue().decode("utf-8")
