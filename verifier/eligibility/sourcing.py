"""Where a value comes from: a source in both languages, or an assumption that says so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar

from contracts.evidence.encoding import Json
from verifier.eligibility.errors import ServiceFileError, SourceError
from verifier.eligibility.wording import Bilingual

T = TypeVar("T")


class Mark(StrEnum):
    """How well a value is known."""

    CITY = "S"
    STATUTE = "L"
    FOUND = "F"
    WEAK = "W"
    ASSUMPTION = "A"


@dataclass(frozen=True, slots=True)
class Sourcing:
    """The mark of a value and the words behind it: its source, or why it is assumed."""

    mark: Mark
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A value, its unit where it has one, and where it comes from."""

    value: T
    sourcing: Sourcing
    unit: str = ""


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A place in a file, as in ``rules[0].versions[1]``, and what is wrong there."""

    place: str
    problem: str


def parse_text(document: Mapping[str, Any]) -> Bilingual:
    """Both texts of a mapping that satisfied the schema."""
    return Bilingual(document["ko"], document["en"])


def parse_sourcing(document: Mapping[str, Any], sources: Mapping[str, Any]) -> Sourcing:
    """The mark and source of a value.

    Raises:
        SourceError: the source is not listed in the file, or its mark is another.
    """
    mark = Mark(document["mark"])
    if mark is Mark.ASSUMPTION:
        return Sourcing(mark, parse_text(document["assumption"]))
    name = document["source"]
    if name not in sources:
        raise SourceError(f"source {name!r} is not listed")
    if sources[name]["mark"] != mark:
        raise SourceError(f"source {name!r} is marked {sources[name]['mark']}, the value {mark}")
    return Sourcing(mark, parse_text(sources[name]))


def parse_day(text: str) -> date:
    """A day as in ``2020-03-30``; the schema has checked the spelling.

    Raises:
        ServiceFileError: the calendar has no such day.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ServiceFileError(f"{text!r} is no day of the calendar") from error


def lint(document: Json) -> tuple[LintFinding, ...]:
    """Every value without a legal or public source and without the assumption mark.

    It looks at the file itself, not at what the parser made of it, and so finds what a loosened
    schema would let through. A rule version needs its ``basis`` beside its parameters.

    Returns:
        All findings in the order of the file; empty when every value is sourced and every listed
        source is used.
    """
    sources = document.get("sources", {}) if isinstance(document, dict) else {}
    known = sources if isinstance(sources, dict) else {}
    findings: list[LintFinding] = []
    used = set[str]()
    for place, node in _mappings(document, ""):
        if "predicate" in node and "basis" not in node:
            findings.append(LintFinding(place, "a rule version without a basis"))
        if "value" in node or place.endswith(".basis"):
            findings += [LintFinding(place, text) for text in _sourcing_problems(node, known)]
            used.add(str(node.get("source")))
    findings += [LintFinding(f"sources.{n}", "never used") for n in known if n not in used]
    return tuple(findings)


def _sourcing_problems(node: Mapping[str, Json], sources: Mapping[str, Json]) -> Iterator[str]:
    mark, name = node.get("mark"), node.get("source")
    if mark not in set(Mark):
        yield "no mark of where it comes from"
    if mark == Mark.ASSUMPTION:
        if not _in_both_languages(node.get("assumption")):
            yield "an assumption without a sentence in Korean and English"
        if name is not None:
            yield "an assumption that names a source"
        return
    source = sources.get(name) if isinstance(name, str) else None
    if not isinstance(source, dict) or not _in_both_languages(source):
        yield "neither a listed source in Korean and English nor an assumption"
    elif source.get("mark") != mark:
        yield "another mark than its source"


def _in_both_languages(text: Json) -> bool:
    if not isinstance(text, dict):
        return False
    words = (text.get("ko"), text.get("en"))
    return all(isinstance(word, str) and word.strip() for word in words)


def _mappings(node: Json, place: str) -> Iterator[tuple[str, dict[str, Json]]]:
    if isinstance(node, dict):
        yield place, node
        for key, child in node.items():
            yield from _mappings(child, f"{place}.{key}" if place else key)
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from _mappings(child, f"{place}[{number}]")
