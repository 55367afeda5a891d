"""The readable trail of a demonstration: steps of sentences whose every figure names its source.

Sentences are templates without digits; figures are put in from a file of the folder, so that no
number can be shown that the folder does not hold.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from unicodedata import east_asian_width

from api.demo.errors import FolderError
from api.demo.folder import Folder
from contracts.evidence.encoding import Json, canonical

Language = Literal["ko", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("ko", "en")
_WIDTH: Final = 92
_PLACE: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Figure:
    """A value shown to a person, and where it stands.

    ``source`` is a path relative to the folder; ``pointer`` an RFC 6901 pointer into that JSON
    file. Integers are shown with thousands separators, text as it is.
    """

    value: int | str
    source: str
    pointer: str

    def shown(self) -> str:
        """The figure as a person reads it."""
        return f"{self.value:,}" if isinstance(self.value, int) else self.value


@dataclass(frozen=True, slots=True)
class Sources:
    """Takes figures out of the folder's JSON files, each file read once."""

    folder: Folder
    _read: dict[str, Json] = field(default_factory=dict, repr=False)

    def at(self, path: str, pointer: str) -> Figure:
        """The integer or text that a pointer leads to.

        Raises:
            FolderError: the file cannot be read, or the pointer leads to nothing of the kind.
        """
        value = resolve(self.whole(path), pointer)
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise FolderError(f"{path} holds no figure at {pointer}")
        return Figure(value, path, pointer)

    def flag(self, path: str, pointer: str) -> bool:
        """The truth value that a pointer leads to; it chooses a sentence, and is not shown.

        Raises:
            FolderError: as ``at``.
        """
        value = resolve(self.whole(path), pointer)
        if not isinstance(value, bool):
            raise FolderError(f"{path} holds no truth value at {pointer}")
        return value

    def length(self, path: str, pointer: str) -> int:
        """How many items the list or object at a pointer has."""
        value = resolve(self.whole(path), pointer)
        if not isinstance(value, list | dict):
            raise FolderError(f"{path} holds no list at {pointer}")
        return len(value)

    def whole_at(self, path: str, pointer: str) -> Json:
        """Whatever a pointer leads to; it chooses a sentence, and is not shown.

        Raises:
            FolderError: the file cannot be read, or the pointer leads nowhere.
        """
        return resolve(self.whole(path), pointer)

    def whole(self, path: str) -> Json:
        """A whole file."""
        if path not in self._read:
            self._read[path] = self.folder.read_json(path)
        return self._read[path]


def resolve(document: Json, pointer: str) -> Json:
    """Follow an RFC 6901 pointer; raises ``FolderError`` where it leads nowhere."""
    value = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            raise FolderError(f"nothing stands at {pointer}")
    return value


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in both languages with named places for figures.

    A command stands on lines of its own, broken as a shell takes them, so that it can be copied.
    """

    ko: str
    en: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    command: bool = False

    def text(self, language: Language) -> str:
        """The sentence with its figures put in."""
        template = self.ko if language == "ko" else self.en
        return _PLACE.sub(lambda place: self.figures[place[1]].shown(), template)

    def sources(self) -> list[str]:
        """The files its figures come from, in order, each once."""
        return list(dict.fromkeys(figure.source for figure in self.figures.values()))


@dataclass(frozen=True, slots=True)
class Step:
    """A heading and what follows from it."""

    title: Sentence
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """A demonstration told from beginning to end."""

    title: Sentence
    steps: tuple[Step, ...]

    def text(self, language: Language) -> str:
        """The trail as plain text, sources in brackets."""
        parts = [self.title.text(language), "=" * _WIDTH, ""]
        for number, step in enumerate(self.steps, 1):
            parts += [f"{number}. {step.title.text(language)}", "-" * _WIDTH]
            parts += [_paragraph(sentence, language) for sentence in step.sentences]
            parts.append("")
        return "\n".join(parts)

    def encode(self) -> bytes:
        """The canonical bytes of the trail for pages."""
        return canonical(self.to_json())

    def to_json(self) -> Json:
        """The trail for pages: both languages and the sources of every sentence."""
        return {
            "version": "dojang-trail-v1",
            "title": _sentence_json(self.title),
            "steps": [
                {
                    "title": _sentence_json(step.title),
                    "sentences": [_sentence_json(sentence) for sentence in step.sentences],
                }
                for step in self.steps
            ],
        }


def _sentence_json(sentence: Sentence) -> dict[str, Json]:
    figures: list[Json] = [
        {"value": figure.value, "source": figure.source, "pointer": figure.pointer}
        for figure in sentence.figures.values()
    ]
    return {"ko": sentence.text("ko"), "en": sentence.text("en"), "figures": figures}


def _paragraph(sentence: Sentence, language: Language) -> str:
    if sentence.command:
        return " \\\n".join(f"  {line}" for line in wrap(sentence.text(language), _WIDTH - 4))
    sources = sentence.sources()
    tail = f" [{', '.join(sources)}]" if sources else ""
    return "\n".join(wrap(sentence.text(language) + tail, _WIDTH))


def wrap(text: str, width: int) -> list[str]:
    """Break a paragraph at spaces into lines of a display width; Korean letters count two."""
    lines, line, used = [], " ", 1
    for word in text.split():
        columns = sum(2 if east_asian_width(char) in "WF" else 1 for char in word)
        if used + 1 + columns > width and line.strip():
            lines.append(line)
            line, used = "   ", 3
        line, used = f"{line} {word}", used + 1 + columns
    return [*lines, line]
