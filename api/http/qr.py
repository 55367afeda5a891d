"""Links as QR codes."""

from io import BytesIO

import segno


def qr_svg(link: str) -> str:
    """A link as a QR in SVG, without a declaration, to stand in a page or in JSON."""
    buffer = BytesIO()
    segno.make(link, error="l", micro=False).save(buffer, kind="svg", xmldecl=False, scale=3)
    return buffer.getvalue().decode("utf-8")
