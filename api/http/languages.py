"""Which language an answer is told in: Korean, unless English is asked for."""

from typing import Final, Literal

Language = Literal["ko", "en"]
_MAX_HEADER: Final = 256
_MAX_RANGES: Final = 16


def preferred_language(accept_language: str) -> Language:
    """The language that an ``Accept-Language`` header prefers (RFC 9110 section 12.5.4).

    Anything that cannot be read counts as Korean: a wrong header is no reason to refuse.
    """
    best: tuple[float, Language] = (0.0, "ko")
    for entry in accept_language[:_MAX_HEADER].split(",")[:_MAX_RANGES]:
        name, _, weight = entry.strip().lower().partition(";")
        language = _language(name.strip())
        quality = _quality(weight.strip())
        if language is not None and quality > best[0]:
            best = (quality, language)
    return best[1]


def _language(name: str) -> Language | None:
    primary = name.partition("-")[0]
    if primary in {"ko", "*"}:
        return "ko"
    return "en" if primary == "en" else None


def _quality(weight: str) -> float:
    if not weight:
        return 1.0
    name, _, digits = weight.partition("=")
    plain = digits.replace(".", "", 1)
    if name.strip() != "q" or not plain.isascii() or not plain.isdecimal():
        return 0.0
    return min(float(digits), 1.0)
