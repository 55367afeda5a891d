"""Entries, titles and rounds: what is read and what is refused."""

import pytest

from contracts.evidence.encoding import Json, canonical, parse_json
from contracts.evidence.errors import EncodingError
from voting.contest.entries import (
    MAX_ENTRIES,
    Entry,
    Round,
    check_entries,
    entries_from_json,
    entries_hash,
    entries_to_json,
)
from voting.contest.naming import Title
from voting.errors import EntriesError, RulesError, TextError


def test_entries_are_read_back_from_their_document(entries: tuple[Entry, ...]) -> None:
    document = canonical(entries_to_json(entries))
    assert entries_from_json(parse_json(document)) == entries


def test_entries_hash_does_not_depend_on_their_order(entries: tuple[Entry, ...]) -> None:
    assert entries_hash(entries[::-1]) == entries_hash(entries)
    assert entries_hash(entries[1:]) != entries_hash(entries)


@pytest.mark.parametrize(
    "change",
    [
        {"version": "dojang-contest-v2/entries"},
        {"extra": 1},
        {"entries": {}},
        {"entries": [{"id": "a"}]},
    ],
)
def test_entries_document_of_another_form_is_refused(
    entries: tuple[Entry, ...], change: dict[str, Json]
) -> None:
    with pytest.raises(EncodingError):
        entries_from_json(entries_to_json(entries) | change)


def test_entries_document_without_entries_is_refused(entries: tuple[Entry, ...]) -> None:
    with pytest.raises(EntriesError):
        entries_from_json(entries_to_json(entries) | {"entries": []})


def test_repeated_or_too_many_entries_are_refused(entries: tuple[Entry, ...]) -> None:
    with pytest.raises(EntriesError):
        check_entries((*entries, entries[0]))
    many = [Entry(f"e{i}", Title("사례"), None, synthetic=True) for i in range(MAX_ENTRIES + 1)]
    assert len(check_entries(many[1:])) == MAX_ENTRIES
    with pytest.raises(EntriesError):
        check_entries(many)


@pytest.mark.parametrize("name", ["", "A", "-a", "a-", "a b", "가", "a" * 65, "a\n"])
def test_entry_id_of_another_form_is_refused(name: str) -> None:
    with pytest.raises(EntriesError):
        Entry(name, Title("사례"), None, synthetic=True)


@pytest.mark.parametrize(
    "text",
    ["", " 구", "구 ", "구\u200b청", "구\u202e청", "a\u0301", "가" * 301, "a\nb"],
    ids=["empty", "space before", "space after", "zero width", "direction", "NFD", "long", "line"],
)
def test_text_that_hides_something_is_refused(text: str) -> None:
    with pytest.raises(TextError):
        Title(text)
    with pytest.raises(TextError):
        Title("제목", text)
    with pytest.raises(EntriesError):
        Entry("a", Title("제목"), text, synthetic=True)


@pytest.mark.parametrize(("kind", "advance"), [("oral", 9), ("paper", 0), ("paper", 501)])
def test_round_out_of_range_is_refused(kind: str, advance: int) -> None:
    with pytest.raises(RulesError):
        Round("first", kind, advance)
