"""Papers as files: they can be read, by people, by screen readers, and by scanners; twice alike."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest

from api.papers import fonts
from api.papers.press import MARGIN, QR_SIZE, Press, qr_of
from api.ports.printing import Entry, PrintingError, Section, Sheet, UnprintableError
from verifier.eligibility.wording import Bilingual

LINK = "http://localhost:8000/verify#AbCdEfGhIjKlMnOpQrStUv." + "A" * 43
MARK = "dojang-paper-v1:AbCdEfGhIjKlMnOpQrStUv." + "A" * 43
LABEL = "[시험] 지어낸 자료로 만든 문서입니다."


def entry(value: str = "확인되었습니다.") -> Entry:
    return Entry(Bilingual("기준일의 나이", "age"), Bilingual(value, "This was checked."))


SHEET = Sheet(
    title=Bilingual("접수증", "Receipt"),
    issuer=Bilingual("[시험] 부서", "[test] office"),
    number="AbCdEfGhIjKlMnOpQrStUv",
    issued=datetime(2026, 11, 20, 7, 0, 0, tzinfo=UTC),
    sections=(Section(Bilingual("신청", "Application"), (entry(),)),),
    notes=(Bilingual("비밀번호를 알리지 마십시오.", "Tell nobody the secret."),),
    synthetic=True,
)


def printed(sheet: Sheet = SHEET) -> bytes:
    return Press().print_sheet(sheet, LINK, MARK)


def opened(file: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(file), strict=True)


def words(reader: pypdf.PdfReader) -> list[str]:
    return [page.extract_text() for page in reader.pages]


def test_a_paper_says_everything_in_both_languages() -> None:
    (text,) = words(opened(printed()))
    for said in (
        "접수증",
        "Receipt",
        "[시험] 부서",
        "기준일의 나이",
        "확인되었습니다.",
        "Tell nobody",
    ):
        assert said in text
    assert "http://localhost:8000/verify" in text
    assert "AbCdEfGhIjKlMnOpQrStUv" in text


def test_what_is_invented_is_labelled_on_every_page() -> None:
    long = replace(SHEET, sections=(Section(Bilingual("가", "a"), (entry(),) * 40),))
    pages = words(opened(printed(long)))
    assert len(pages) > 1
    assert all(LABEL in page for page in pages)
    real = words(opened(printed(replace(long, synthetic=False))))
    assert not any(LABEL in page for page in real)
    assert f"2 / {len(pages)}" in pages[1]


def test_the_same_paper_is_the_same_bytes_and_another_is_not() -> None:
    assert printed() == printed()
    assert printed() != printed(replace(SHEET, number="B" * 22))


def test_the_file_carries_no_time_but_the_papers_own() -> None:
    told = opened(printed()).metadata
    assert told is not None
    assert told.creation_date == told.modification_date == SHEET.issued


def test_the_mark_stands_in_the_file_as_it_is() -> None:
    assert printed().count(MARK.encode("ascii")) == 1


def test_the_typeface_is_embedded_in_part() -> None:
    file = printed()
    (page,) = opened(file).pages
    for font in page["/Resources"]["/Font"].values():  # type: ignore[index] # a PDF dictionary
        told = font.get_object()
        if told["/Subtype"] == "/TrueType":
            assert "+NanumGothic" in told["/BaseFont"]
            assert "/FontFile2" in told["/FontDescriptor"].get_object()
            assert "/ToUnicode" in told
    assert len(file) < 200_000


def structure(reader: pypdf.PdfReader) -> list[tuple[str, dict[str, Any]]]:
    """Roles in reading order."""
    found = []

    def walk(node: Any) -> None:
        told = node.get_object()
        if not isinstance(told, dict):
            return
        found.append((told["/S"], told))
        for kid in told.get("/K", []):
            walk(kid)

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"][0])
    return found


def test_a_screen_reader_finds_language_title_headings_table_and_the_qr_in_words() -> None:
    reader = opened(printed())
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "ko-KR"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "접수증 / Receipt"
    found = structure(reader)
    roles = [role for role, _ in found]
    assert roles[:2] == ["/Document", "/P"]
    assert roles.count("/H1") == 1
    assert {"/H2", "/Table", "/TR", "/TH", "/TD", "/Figure"} <= set(roles)
    figure = next(told for role, told in found if role == "/Figure")
    assert "QR" in figure["/Alt"]
    header = next(told for role, told in found if role == "/TH")
    assert header["/A"]["/Scope"] == "/Row"


def test_everything_that_is_drawn_is_in_the_structure_or_is_decoration() -> None:
    long = replace(SHEET, sections=(Section(Bilingual("가", "a"), (entry(),) * 40),))
    reader = opened(printed(long))
    held = [
        (told["/Pg"].indirect_reference, kid)
        for _, told in structure(reader)
        for kid in told["/K"]
        if isinstance(kid, int)
    ]
    assert len(held) == len(set(held))
    drawn = 0
    for number, page in enumerate(reader.pages):
        content = page.get_contents()
        assert content is not None
        data = content.get_data()
        drawn += data.count(b"/MCID")
        assert data.count(b"BDC") + data.count(b"BMC") == data.count(b"EMC")
        assert page["/StructParents"] == number
        first = min(data.index(b"BDC"), data.index(b"BMC"))
        assert b"Tj" not in data[:first]
    assert drawn == len(held)


def test_the_qr_on_the_page_is_the_one_of_the_link() -> None:
    matrix = qr_of(LINK).matrix
    content = opened(printed()).pages[0].get_contents()
    assert content is not None
    module = QR_SIZE / len(matrix)
    squares = set()
    top = 0.0
    for line in content.get_data().decode("latin-1").splitlines():
        parts = line.split()
        if parts[4:5] == ["re"] or parts[-2:-1] == ["re"]:
            x, y, width, height = (float(part) for part in parts[parts.index("re") - 4 :][:4])
            if abs(width - module) < 0.01 and abs(height - module) < 0.01:
                squares.add((x, y))
                top = max(top, y + height)
    dark = {(round((x - MARGIN) / module), round((top - y) / module) - 1) for x, y in squares}
    expected = {(x, y) for y, row in enumerate(matrix) for x, bit in enumerate(row) if bit}
    assert dark == expected


def test_a_long_reason_goes_on_over_pages_and_loses_no_word() -> None:
    said = " ".join(f"이유{number}" for number in range(900))
    long = replace(SHEET, sections=(Section(Bilingual("가", "a"), (entry(said),)),))
    reader = opened(printed(long))
    text = " ".join(" ".join(words(reader)).split())
    assert all(f"이유{number}" in text for number in range(900))
    for page in reader.pages:
        heights: list[float] = []
        page.extract_text(
            visitor_text=lambda t, _cm, tm, _font, _size: (
                heights.append(tm[5])  # noqa: B023 # used at once
                if t.strip()
                else None
            )
        )
        assert min(heights) > 30


def test_a_word_that_is_longer_than_the_line_is_broken() -> None:
    long = replace(SHEET, sections=(Section(Bilingual("가", "a"), (entry("a" * 400),)),))
    text = "".join("".join(words(opened(printed(long)))).split())
    assert "a" * 400 in text


@pytest.mark.parametrize("value", ["이유 😀", "한자 𠀀", "줄\x07"])
def test_a_character_that_cannot_be_printed_is_not_left_out_silently(value: str) -> None:
    with pytest.raises(UnprintableError):
        printed(replace(SHEET, notes=(Bilingual(value, "x"),)))


def test_without_a_typeface_nothing_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "REGULAR", "Missing-Regular")
    with pytest.raises(PrintingError, match="set-up"):
        fonts.load_fonts(tmp_path)
    (tmp_path / "Missing-Regular.ttf").write_bytes(b"no font")
    with pytest.raises(PrintingError, match="set-up"):
        fonts.load_fonts(tmp_path)
