"""Registers from files: a dry run that names every bad row, and nothing taken in part."""

import unicodedata
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.openid.demonstration import REGISTERS
from api.openid.register import (
    COLUMNS,
    NotInRegisterError,
    PersonValues,
    RegisterError,
    RegisterFileError,
    read_csv,
)
from verifier.eligibility.attestation import (
    ResidentEntry,
    WorkEntry,
    attest,
    attest_weekly_hours,
)
from verifier.eligibility.catalogue import load_catalogue
from verifier.eligibility.errors import AttestationError

EXTREME = [
    *("", "0", "1", "999999999999", "yes", "no", "KR-11", "1800-01-01", "2199-12-31"),
    *("1799-12-31", "2200-01-01", "0001-01-01", "9999-12-31", "2024-02-29", "2000-05-05"),
]
CELLS = st.sampled_from(EXTREME) | st.dates().map(str)


def _rows_of(kind: str) -> st.SearchStrategy[tuple[str, list[list[str]]]]:
    """A file's kind, and cells of one or two rows of a person."""
    count = len(COLUMNS[kind][0])
    rows = st.lists(st.lists(CELLS, min_size=count, max_size=count), min_size=1, max_size=2)
    return rows.map(lambda made: (kind, made))


HEADER = "person,birth_date,city,district,household_size\n"
GOOD = "1,2000-05-05,KR-11,종로구,1\n"
DAY = date(2026, 11, 20)


def test_a_good_file_is_taken() -> None:
    register = read_csv("resident-registration", (HEADER + GOOD).encode()).take()
    assert register.entry("1", DAY) == ResidentEntry(date(2000, 5, 5), "KR-11", "종로구", 1)
    with pytest.raises(NotInRegisterError):
        register.entry("2", DAY)


def test_a_byte_order_mark_is_taken() -> None:
    assert not read_csv("resident-registration", (HEADER + GOOD).encode("utf-8-sig")).errors


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (GOOD, "person"),
        (",2000-05-05,KR-11,종로구,1", "person"),
        ("2,2000-13-05,KR-11,종로구,1", "birth_date"),
        ("2,,KR-11,종로구,1", "birth_date"),
        ("2,2000-05-05,KR-11,종로구,one", "household_size"),
        ("2,2000-05-05,KR-11,종로구,١", "household_size"),
        ("2,2000-05-05,KR-11,종로구,-1", "household_size"),
        ("2,2000-05-05,,종로구,1", "city"),
        ("2,2000-05-05,KR\x0011,종로구,1", "city"),
        ("2,2000-05-05,KR-11,1", ""),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_taken(row: str, column: str) -> None:
    reading = read_csv("resident-registration", (HEADER + GOOD + row).encode())
    assert [(error.line, error.column) for error in reading.errors] == [(3, column)]
    assert list(reading.entries) == ["1"]
    with pytest.raises(RegisterFileError):
        reading.take()


@pytest.mark.parametrize(
    ("kind", "row", "column"),
    [
        ("benefit", "1,ja,no", "basic_livelihood"),
        ("school-record", "1,gestern", "left_on"),
        ("employment-insurance", "1,600,2026-05-01,2026-04-01", ""),
        ("employment-insurance", "1,600,,", "first_day"),
        ("employment-insurance", "1,600,2026-05-01,9999-12-31", "last_day"),
        ("school-record", "1,9999-12-31", "left_on"),
        ("school-record", "1,0001-01-01", "left_on"),
        ("school-record", "1,20260505", "left_on"),
        ("school-record", "1,2026-W01-1", "left_on"),
        ("school-record", "1,２０２６-05-05", "left_on"),
    ],
)
def test_a_bad_cell_of_another_kind_is_named(kind: str, row: str, column: str) -> None:
    header = ",".join(["person", *COLUMNS[kind][0]])
    [error] = read_csv(kind, f"{header}\n{row}".encode()).errors
    assert error.column == column


@given(st.sampled_from(sorted(COLUMNS)).flatmap(_rows_of), st.dates(DAY, date(2099, 12, 31)))
def test_what_a_dry_run_takes_can_be_attested_or_is_refused(
    file: tuple[str, list[list[str]]], day: date
) -> None:
    kind, rows = file
    lines = "".join(f"1,{','.join(cells)}\n" for cells in rows)
    header = ",".join(["person", *COLUMNS[kind][0]])
    reading = read_csv(kind, f"{header}\n{lines}".encode())
    for entry in reading.entries.values():
        with suppress(AttestationError):
            attest(load_catalogue().credential_types[kind], entry, day)


def test_text_of_a_mac_is_brought_to_the_form_that_everybody_else_writes() -> None:
    decomposed = unicodedata.normalize("NFD", HEADER + "김-1,2000-05-05,KR-11,종로구,1\n")
    register = read_csv("resident-registration", decomposed.encode()).take()
    assert register.entry("김-1", DAY) == ResidentEntry(date(2000, 5, 5), "KR-11", "종로구", 1)


def test_one_id_in_two_forms_is_one_person() -> None:
    rows = "".join(
        f"{unicodedata.normalize(form, '김-1')},2000-05-05,KR-11,종로구,1\n"
        for form in ("NFC", "NFD")
    )
    [error] = read_csv("resident-registration", (HEADER + rows).encode()).errors
    assert (error.line, error.column, error.problem) == (3, "person", "stands twice")


def test_what_a_korean_spreadsheet_writes_is_read() -> None:
    reading = read_csv("resident-registration", (HEADER + GOOD).encode("cp949"))
    assert reading.encoding == "cp949"
    assert reading.take().entry("1", DAY) == ResidentEntry(date(2000, 5, 5), "KR-11", "종로구", 1)
    assert read_csv("resident-registration", (HEADER + GOOD).encode()).encoding == "utf-8"


@pytest.mark.parametrize("district", ["강남구", "동대문구", "광진구", "중구", "종로구", "관악구"])
def test_johab_is_not_read_as_other_letters(district: str) -> None:
    """The other old encoding of Korean: its bytes are often CP949 too, of syllables nobody uses."""
    row = f"1,2000-05-05,KR-11,{district},1\n"
    with pytest.raises(RegisterFileError, match="line 2"):
        read_csv("resident-registration", (HEADER + row).encode("johab"))
    assert not read_csv("resident-registration", (HEADER + row).encode("cp949")).errors


def test_a_rare_syllable_among_many_others_is_read() -> None:
    rows = "".join(f"{n},2000-05-05,KR-11,종로구,1\n" for n in range(2, 12))
    data = (HEADER + "1,2000-05-05,KR-11,똠방마을,1\n" + rows).encode("cp949")
    assert read_csv("resident-registration", data).take().entry("1", DAY)


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=9))
@example("종로")
def test_broken_utf8_is_never_read_as_other_letters(district: str) -> None:
    """One cell of many lost a byte; taken for CP949, all the others would be other districts."""
    good = f"1,2000-05-05,KR-11,{district},1\n".encode()
    with pytest.raises(RegisterFileError, match="line 3"):
        read_csv(
            "resident-registration", HEADER.encode() + good + b"2,2000-05-05,KR-11,\xec\xa2,1\n"
        )


@pytest.mark.parametrize("blank", ["\n", "\r\n\r\n", ",,,,\n", "  \n", ' , ,"", ,\n'])
def test_lines_without_content_are_passed_over(blank: str) -> None:
    text = HEADER + blank + GOOD + blank + GOOD.replace("1,", "2,", 1) + blank
    assert list(read_csv("resident-registration", text.encode()).take().entries) == ["1", "2"]


JOBS = "person,weekly_minutes,first_day,last_day\n"


def test_somebody_with_two_jobs_has_both() -> None:
    rows = "1,1200,2026-03-02,\n2,,,\n1,900,2026-05-04,\n"
    register = read_csv("employment-insurance", (JOBS + rows).encode()).take()
    entry = register.entry("1", DAY)
    assert isinstance(entry, WorkEntry)
    assert [job.weekly_minutes for job in entry.jobs] == [1200, 900]
    assert not attest_weekly_hours(entry.jobs, DAY, 30)
    assert attest_weekly_hours(entry.jobs[:1], DAY, 30)


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ("1,1200,2026-03-02,\n1,,,\n", 3),
        ("1,,,\n1,1200,2026-03-02,\n", 3),
        ("1,1200,2026-03-02,\n" * 51, 52),
    ],
)
def test_rows_of_one_person_that_contradict_are_named(rows: str, line: int) -> None:
    [error] = read_csv("employment-insurance", (JOBS + rows).encode()).errors
    assert error.line == line


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("other", b""),
        ("resident-registration", b""),
        ("resident-registration", b"person,name\n"),
        ("resident-registration", b"\xff\xfe"),
        ("resident-registration", (HEADER + GOOD).encode("utf-16")),
        ("resident-registration", (HEADER + GOOD).encode("cp949") + b"\xff"),
        ("resident-registration", HEADER.encode() + b'"1'),
    ],
)
def test_a_file_of_another_kind_is_refused(kind: str, data: bytes) -> None:
    with pytest.raises(RegisterFileError):
        read_csv(kind, data)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read_csv("resident-registration", HEADER.encode() + data)
    except RegisterFileError:
        return


def test_every_credential_type_has_a_register_that_attests_it() -> None:
    types = load_catalogue().credential_types
    assert types.keys() == COLUMNS.keys() == REGISTERS.keys()
    for name, kind in types.items():
        entry = read_csv(name, REGISTERS[name].encode()).take().entry("synthetic-1", DAY)
        assert attest(kind, entry, DAY)["reference_date"] == DAY.isoformat()


def test_person_values_differ_by_service_kind_and_person() -> None:
    values = PersonValues(bytes(32))
    made = {
        values.value("person", "a", "1"),
        values.value("person", "b", "1"),
        values.value("voter", "a", "1"),
        values.value("person", "a", "2"),
        PersonValues(b"\x01" * 32).value("person", "a", "1"),
    }
    assert len(made) == 5
    assert values.value("person", "a", "1") in made
    with pytest.raises(RegisterError):
        PersonValues(bytes(31))
    assert "0" * 8 not in repr(values)
