"""What ids, titles and version tags of a contest may look like."""

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

from contracts.evidence.document import Document
from contracts.evidence.encoding import Json
from voting.errors import TextError

MAX_TEXT_CHARS: Final = 300
_IDENTIFIER: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?", re.ASCII)


class Edition(IntEnum):
    """Which rules a contest is held under; a result is of the edition of its rules.

    The first edition's results warn of raw shares alone. They are verified as they were published.
    """

    FIRST = 1
    SECOND = 2
    """Results tell wherever a side's influence is not its stated weight, for every method."""


def version_of(kind: str, edition: Edition = Edition.FIRST) -> str:
    """The ``version`` of a document and the tag of its hash, as in ``dojang-contest-v1/panel``.

    Rules and results exist in two editions, everything else in the first alone.
    """
    return f"dojang-contest-v{edition.value}/{kind}"


def is_identifier(candidate: str) -> bool:
    """Tell whether an id has 1 to 64 of a-z, 0-9, ``-``, ``_`` and begins and ends with neither."""
    return _IDENTIFIER.fullmatch(candidate) is not None


def is_plain_text(candidate: str) -> bool:
    """Tell whether a text can be shown and hashed.

    That is 1 to 300 characters, NFC, no space at either end, and no control or format characters: a
    hidden direction mark would make two agencies differ that look alike.
    """
    return (
        0 < len(candidate) <= MAX_TEXT_CHARS
        and candidate == candidate.strip()
        and unicodedata.is_normalized("NFC", candidate)
        and not any(unicodedata.category(letter).startswith("C") for letter in candidate)
    )


@dataclass(frozen=True, slots=True)
class Title:
    """A name shown to people, in Korean and, where there is one, in English."""

    ko: str
    en: str | None = None

    def __post_init__(self) -> None:
        if not is_plain_text(self.ko) or not (self.en is None or is_plain_text(self.en)):
            raise TextError("a title has 1 to 300 visible characters in NFC")

    def to_json(self) -> dict[str, Json]:
        """``ko``, and ``en`` where there is one."""
        english: dict[str, Json] = {} if self.en is None else {"en": self.en}
        return english | {"ko": self.ko}

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``.

        Raises:
            EncodingError: unknown or missing members, or one of the wrong type.
            TextError: a text that cannot be shown.
        """
        title = cls(part.text("ko"), part.text("en") if part.has("en") else None)
        part.close()
        return title
