"""Text from outside: what a name or a sentence may hold.

A person's name must be shown as it was written, and mean the same to a reader and to a program. So
text is in normalisation form C, without control characters, without marks that turn the direction
of writing, without invisible characters, and without characters that no standard knows.
"""

import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

_REFUSED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ISO_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_JOINERS: Final = "\u200c\u200d"
"""Scripts of India and Iran need these inside words; they are refused only at the ends."""


def check_text(text: str) -> str:
    """One line of text that can be shown to anybody.

    Raises:
        ValueError: it holds something else, is blank, or begins or ends with a space.
    """
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError("text is not in Unicode normalisation form C")
    if not text or text != text.strip() or text[0] in _JOINERS or text[-1] in _JOINERS:
        raise ValueError("text is blank, or begins or ends with a space")
    for character in text:
        if unicodedata.category(character) in _REFUSED and character not in _JOINERS:
            raise ValueError("text holds a character that cannot be shown")
    return text


def only_iso_day(value: object) -> object:
    """A day as ``2026-11-20`` or nothing: numbers and times are no days, whatever they could mean.

    Raises:
        ValueError: anything else.
    """
    if value is not None and not (isinstance(value, str) and _ISO_DAY.fullmatch(value)):
        raise ValueError("a day is written as 2026-11-20")
    return value


ShortText = Annotated[str, StringConstraints(max_length=100), AfterValidator(check_text)]
"""A name or a title."""
LongText = Annotated[str, StringConstraints(max_length=2000), AfterValidator(check_text)]
"""A reason or a remark, on one line."""
