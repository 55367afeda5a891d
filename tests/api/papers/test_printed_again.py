"""Files are printed when somebody asks for them: byte for byte what was issued, or nothing."""

import hashlib
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select, update

from api.actions.issue_paper import PRESS, PaperDesk
from api.actions.issue_receipt import issue_receipt
from api.actions.paper_errors import PrinterError
from api.actions.print_again import with_file
from api.papers.press import MAX_LATEST, Press
from api.ports.papers import PaperKind
from api.ports.printing import Entry, Section, Sheet
from api.store.papers import papers
from contracts.evidence.encoding import canonical, parse_canonical
from tests.api.papers.site import Site
from verifier.eligibility.wording import Bilingual

SHEET = Sheet(
    title=Bilingual("접수증", "Receipt of an application"),
    issuer=Bilingual("[시험] 부서", "[test] office"),
    number="n" * 22,
    issued=datetime(2026, 11, 20, 7, 0, 0, tzinfo=UTC),
    sections=(
        Section(
            Bilingual("신청", "Application"),
            (Entry(Bilingual("신청번호", "Application number"), Bilingual("7K3M", "7K3M")),),
        ),
    ),
    notes=(Bilingual("알림", "A note"),),
    synthetic=True,
)
OF_PRESS_1 = "c7036a6bfeac85f9e3b8c4e0bbfd2c5e7df80db5ac730ebd6b46987dc89465d0"


def desk_of(site: Site) -> PaperDesk:
    """As after a restart: nothing is at hand."""
    return replace(site.desk, printer=Press())


def test_no_file_is_kept(site: Site) -> None:
    opened = site.open()
    assert site.receipt(opened).status_code == 200
    with site.desk.means.storage.reading() as reading:
        sizes = (func.length(papers.c.file), func.length(papers.c.sheet))
        file, sheet = reading.connection.execute(select(*sizes)).one()  # type: ignore[attr-defined] # the adapter's
    assert file is None
    assert sheet < 2_000


def test_after_a_restart_at_another_address_it_is_the_same_file(site: Site) -> None:
    opened = site.open()
    first = site.receipt(opened).content
    moved = replace(desk_of(site), origin="https://elsewhere.example")
    again = issue_receipt(moved, opened.number, opened.secret)
    assert again.file == first
    assert again.file_digest == hashlib.sha256(first).digest()


def test_this_press_prints_the_bytes_that_it_always_has() -> None:
    """Fails where a change of the press or of its library would make papers that were issued other
    files: such a press gets another number, and this one stays for what it printed.
    """
    file = Press().print_sheet(SHEET, "https://example.org/verify#a.b", "dojang-paper-v1:a.b")
    assert (PRESS, hashlib.sha256(file).hexdigest()) == (1, OF_PRESS_1)
    assert b"/Filter" not in file  # what compresses is not the same on all machines


def changed(site: Site, change: dict[str, Any]) -> None:
    """What an operator could do to the row."""
    with site.desk.means.storage.work() as work:
        connection = work.connection  # type: ignore[attr-defined] # the adapter's
        data = zlib.decompress(connection.scalar(select(papers.c.sheet)))
        document = parse_canonical(data, max_bytes=1 << 20)
        assert isinstance(document, dict)
        packed = zlib.compress(canonical({**document, **change}))
        connection.execute(update(papers).values(sheet=packed))


@pytest.mark.parametrize("change", [{"origin": "https://evil.example"}, {"press": 2}])
def test_a_file_that_would_be_another_is_not_handed_out(site: Site, change: dict[str, Any]) -> None:
    opened = site.open()
    site.receipt(opened)
    changed(site, change)
    with pytest.raises(PrinterError):
        issue_receipt(desk_of(site), opened.number, opened.secret)
    answer = site.receipt(opened)
    assert (answer.status_code, answer.json()["code"]) == (503, "paper.unavailable")


def test_what_was_kept_as_a_file_is_handed_out_as_it_is(site: Site) -> None:
    opened = site.open()
    site.receipt(opened)
    old = replace(site.paper(opened, PaperKind.RECEIPT), file=b"%PDF-1.4 old", sheet=None)
    assert with_file(Press(), old).file == b"%PDF-1.4 old"
    with pytest.raises(PrinterError):
        with_file(Press(), replace(old, file=None))


def test_what_is_at_hand_is_bounded() -> None:
    press = Press()
    for number in range(MAX_LATEST + 3):
        press._latest[(replace(SHEET, number=f"{number:022}"), "", "")] = b""
        if len(press._latest) > MAX_LATEST:
            press._latest.popitem(last=False)
    assert press.print_sheet(SHEET, "https://example.org/", "a") == press.print_sheet(
        SHEET, "https://example.org/", "a"
    )
    assert len(press._latest) == MAX_LATEST
