"""The page for everybody: plain words in both languages, and a form that needs no script."""

import asyncio
import re
from typing import Any

import pytest
from starlette.types import Message

from api.app import create_people_app
from api.http import uploads
from api.http.papers import VERIFY
from api.http.uploads import MAX_FILE_BYTES, MAX_PARTS, Sketch
from tests.api.papers.site import Site

PAGE = "/verify"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def file(site: Site) -> bytes:
    made = site.receipt(site.open()).content
    site.anchor()
    return made


def form(site: Site, **parts: Any) -> tuple[int, str]:
    answer = site.people.post(f"{PAGE}?lang=ko", files=parts)
    return answer.status_code, answer.text


def verdict(page: str) -> str:
    found = re.search(r'data-verdict="(\w+)"', page)
    assert found is not None, page
    return found[1]


def test_the_page_is_korean_unless_english_is_asked_for(site: Site) -> None:
    korean, english = site.people.get(PAGE), site.people.get(PAGE, headers=ENGLISH)
    assert "문서 확인" in korean.text
    assert 'lang="ko"' in korean.text
    assert "Check a document" in english.text
    assert "문서" not in re.sub(r'<a [^>]*lang="ko"[^>]*>[^<]*</a>', "", english.text)
    assert site.people.get(f"{PAGE}?lang=en").text == english.text
    assert korean.headers["cache-control"] == "no-store"
    assert "hidden>" in korean.text


def test_a_form_without_a_script_is_answered_in_words(site: Site, file: bytes) -> None:
    status, page = form(site, file=("paper.pdf", file, "application/pdf"))
    assert (status, verdict(page)) == (200, "valid")
    assert "[시험] 구청 민원 담당 부서" in page
    assert "2026-11-20 16:00:00" in page
    status, page = form(site, file=("paper.pdf", file + b"x", "application/pdf"))
    assert (status, verdict(page)) == (200, "not_valid")
    assert "[시험]" not in page
    status, page = form(site, file=("paper.pdf", b"x", "application/pdf"))
    assert (status, verdict(page)) == (200, "undetermined")


def test_what_was_sent_is_never_shown_again(site: Site) -> None:
    hostile = "<script>alert(1)</script>"
    status, page = form(site, code=(None, hostile), file=(hostile, b"x", hostile))
    assert (status, verdict(page)) == (200, "undetermined")
    assert hostile not in page


def test_text_of_a_qr_is_taken_where_no_file_was_chosen(site: Site) -> None:
    opened = site.open()
    site.receipt(opened)
    site.anchor()
    empty = ("", b"", "application/octet-stream")
    status, page = form(site, file=empty, code=(None, f" {site.code(opened)} "))
    assert (status, verdict(page)) == (200, "valid")


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"--x--\r\n", "multipart/form-data; boundary=x", 400),
        (b"nothing", "multipart/form-data; boundary=x", 400),
        (b"", "multipart/form-data; boundary=x", 400),
        (b"code=a", "application/x-www-form-urlencoded", 415),
        (b"--x\r\n", "multipart/form-data", 415),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n',
            "multipart/form-data; boundary=x",
            400,
        ),
        (
            b"--x\r\n" + b"A: b\r\n" * 50 + b"\r\n\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
            400,
        ),
    ],
)
def test_a_form_that_is_none_is_told_on_the_page(
    site: Site, content: bytes, media: str, status: int
) -> None:
    answer = site.people.post(PAGE, content=content, headers={"Content-Type": media})
    assert answer.status_code == status
    assert verdict(answer.text) == "undetermined"


def test_a_form_with_too_many_parts_or_too_long_a_file_is_refused(site: Site) -> None:
    many = [("code", (None, "a"))] * (MAX_PARTS + 1)
    assert site.people.post(PAGE, files=many).status_code == 400
    status, page = form(site, file=("a.pdf", b"x" * (MAX_FILE_BYTES + 1), "application/pdf"))
    assert (status, verdict(page)) == (413, "undetermined")


def test_of_two_files_the_first_counts(site: Site, file: bytes) -> None:
    two = [("file", ("a.pdf", b"x", "")), ("file", ("b.pdf", file, ""))]
    assert verdict(site.people.post(PAGE, files=two).text) == "undetermined"


@pytest.mark.parametrize("size", [1, 7, 64, 127, 4096])
def test_a_mark_over_two_pieces_is_found(site: Site, file: bytes, size: int) -> None:
    sketch = Sketch()
    at = file.index(b"dojang-paper-v1:")
    near = file[at - 500 : at + 500]
    for start in range(0, len(near), size):
        sketch.add(near[start : start + size])
    whole = Sketch()
    whole.add(near)
    assert sketch.seen() == whole.seen()
    assert whole.mark is not None
    assert site.ask(whole.mark)["verdict"] == "valid"


def test_a_file_that_does_not_come_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "UPLOAD_SECONDS", 0.05)
    sent: list[Message] = []
    pieces: list[Message] = [{"type": "http.request", "body": b"%PDF", "more_body": True}]

    async def receive() -> Message:
        if pieces:
            return pieces.pop()
        await asyncio.sleep(60)
        raise AssertionError("nobody waits so long")

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": VERIFY,
        "raw_path": VERIFY.encode(),
        "query_string": b"",
        "scheme": "http",
        "http_version": "1.1",
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 8000),
        "headers": [
            (b"host", b"localhost:8000"),
            (b"content-type", b"application/pdf"),
            (b"content-length", b"1000"),
        ],
    }
    asyncio.run(create_people_app(site.parts)(scope, receive, send))
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]


def test_the_page_after_the_wallet_says_what_is_next_in_both_languages(site: Site) -> None:
    place = "/openid4vp/requests/abc123/done"
    korean, english = site.people.get(place), site.people.get(place, headers=ENGLISH)
    assert (korean.status_code, english.status_code) == (200, 200)
    assert "지갑에서 돌아왔습니다" in korean.text
    assert "Back from your wallet" in english.text
    assert 'data-request="abc123"' in korean.text
    hostile = site.people.get('/openid4vp/requests/"><script>x/done')
    assert "<script>x" not in hostile.text
