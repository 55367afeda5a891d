"""Verifying over HTTP: valid, not valid and not determined are never mixed up."""

import json
import logging
from dataclasses import replace

import pytest

from api.actions.issue_certificate import revoke_paper
from api.actions.prove_entry import LogProofs
from api.http.papers import VERIFY, VERIFY_PER_MINUTE
from api.http.uploads import MAX_FILE_BYTES
from api.ports.means import end_of_korean_day, korean_day
from api.ports.papers import PaperKind
from contracts.evidence.errors import LedgerUnavailableError
from contracts.evidence.snapshot import TrustSnapshot
from tests.api.papers.site import Opened, Site, outcome

AGENCY = {"ko": "[시험] 구청 민원 담당 부서", "en": "[test] district petitions office"}


@pytest.fixture
def opened(site: Site) -> Opened:
    return site.open()


@pytest.fixture
def file(site: Site, opened: Opened) -> bytes:
    """An anchored receipt."""
    answer = site.receipt(opened)
    assert answer.status_code == 200, answer.text
    site.anchor()
    return answer.content


def test_a_genuine_file_is_valid_and_nothing_else_is_told(site: Site, file: bytes) -> None:
    told = site.show(file)
    assert outcome(told) == ("valid", "genuine")
    assert told["issuer"] == AGENCY
    assert told["anchored"] == "2026-11-20T07:00:00Z"
    assert outcome(site.show(file, "application/octet-stream")) == ("valid", "genuine")


@pytest.mark.usefixtures("file")
def test_what_the_qr_holds_is_valid_with_and_without_its_address(
    site: Site, opened: Opened
) -> None:
    code = site.code(opened)
    assert outcome(site.ask(code)) == ("valid", "genuine")
    assert outcome(site.ask(f" http://localhost:8000/verify#{code}\n")) == ("valid", "genuine")


@pytest.mark.parametrize("place", [10, -300, 5000])
def test_a_file_with_one_changed_byte_is_not_valid(site: Site, file: bytes, place: int) -> None:
    changed = bytearray(file)
    changed[place] ^= 1
    told = site.show(bytes(changed))
    assert outcome(told) == ("not_valid", "altered")
    assert told["issuer"] is None
    assert told["anchored"] is None


def test_a_file_with_something_behind_it_is_not_valid(site: Site, file: bytes) -> None:
    assert outcome(site.show(file + b"\n")) == ("not_valid", "altered")


@pytest.mark.usefixtures("file")
def test_a_qr_with_another_digest_is_not_valid(site: Site, opened: Opened) -> None:
    number = site.code(opened).partition(".")[0]
    assert outcome(site.ask(f"{number}.{'A' * 43}")) == ("not_valid", "altered")


@pytest.mark.parametrize(
    "file",
    [
        b"%PDF-1.4 another's",
        b"\x00" * 70_000,
        b"dojang-paper-v1:" + b"A" * 22 + b"." + b"B" * 43,
        b"not a PDF at all",
    ],
)
def test_a_file_that_is_not_known_is_not_determined(site: Site, file: bytes) -> None:
    told = site.show(file)
    assert outcome(told) == ("undetermined", "unknown")
    assert told["issuer"] is None


@pytest.mark.parametrize(
    "code",
    [
        f"{'A' * 22}.{'A' * 43}",
        "https://elsewhere.test/verify",
        "A" * 300,
        "문서",
        "https://elsewhere.test/" + "#" * 200,
    ],
)
def test_a_code_that_is_not_known_is_not_determined(site: Site, code: str) -> None:
    assert outcome(site.ask(code)) == ("undetermined", "unknown")


def test_a_revoked_paper_is_not_valid(site: Site, opened: Opened, file: bytes) -> None:
    revoke_paper(site.desk, "a" * 32, site.paper(opened, PaperKind.RECEIPT).id)
    told = site.show(file)
    assert outcome(told) == ("not_valid", "revoked")
    assert told["issuer"] == AGENCY
    assert outcome(site.ask(site.code(opened))) == ("not_valid", "revoked")


def test_a_paper_ends_with_its_time(site: Site, opened: Opened, file: bytes) -> None:
    paper = site.paper(opened, PaperKind.RECEIPT)
    assert paper.expires is None
    site.clock.now = end_of_korean_day(korean_day(site.clock()))
    ending = replace(paper, id="E" * 22, application=None, expires=site.clock())
    ending = replace(ending, file_digest=bytes(32))
    with site.desk.means.storage.work() as work:
        assert work.papers.add(ending)
    code = site.code(opened).replace(paper.id, ending.id)
    assert outcome(site.ask(code)) == ("not_valid", "expired")
    site.clock.forward(seconds=-1)
    assert outcome(site.ask(code)) == ("wait", "not_anchored")
    assert outcome(site.show(file)) == ("valid", "genuine")


def test_a_paper_that_is_not_anchored_yet_has_to_be_waited_for(site: Site, opened: Opened) -> None:
    file = site.receipt(opened).content
    told = site.show(file)
    assert outcome(told) == ("wait", "not_anchored")
    site.anchor()
    assert outcome(site.show(file)) == ("valid", "genuine")


def test_a_chain_that_does_not_answer_makes_nothing_valid_and_nothing_false(
    site: Site, opened: Opened, file: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    snapshot = type(site.proofs.ledger).snapshot

    def silent(_: object) -> TrustSnapshot:
        asked.append(1)
        raise LedgerUnavailableError("no answer")

    monkeypatch.setattr(type(site.proofs.ledger), "snapshot", silent)
    for _ in range(3):
        assert outcome(site.show(file)) == ("undetermined", "unavailable")
    assert len(asked) == 1
    assert outcome(site.show(file + b" ")) == ("not_valid", "altered")
    monkeypatch.setattr(type(site.proofs.ledger), "snapshot", snapshot)
    site.clock.forward(seconds=10)
    assert outcome(site.show(file)) == ("valid", "genuine")
    monkeypatch.setattr(type(site.proofs.ledger), "snapshot", silent)
    site.clock.forward(seconds=10)
    revoke_paper(site.desk, "a" * 32, site.paper(opened, PaperKind.RECEIPT).id)
    assert outcome(site.show(file)) == ("not_valid", "revoked")


def test_a_database_that_disagrees_with_the_chain_is_not_believed(
    site: Site, opened: Opened, file: bytes
) -> None:
    """Somebody with the database puts another issuer under a paper."""
    paper = site.paper(opened, PaperKind.RECEIPT)
    connection = site.desk.means.storage
    with connection.work() as work:
        work.connection.exec_driver_sql("UPDATE paper SET issuer_ko = 'x'")  # type: ignore[attr-defined] # past the port on purpose
    told = site.show(file)
    assert outcome(told) == ("undetermined", "contradicted")
    assert paper.issuer.ko == AGENCY["ko"]


def test_the_chain_is_not_asked_for_every_paper(
    site: Site, file: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    snapshot = type(site.proofs.ledger).snapshot
    monkeypatch.setattr(
        type(site.proofs.ledger), "snapshot", lambda own: asked.append(1) or snapshot(own)
    )
    assert isinstance(site.proofs, LogProofs)
    for _ in range(5):
        assert outcome(site.show(file)) == ("valid", "genuine")
    assert len(asked) == 1


def test_a_huge_file_is_refused_before_it_is_read(site: Site) -> None:
    told = {"Content-Type": "application/pdf", "Content-Length": str(MAX_FILE_BYTES + 5000)}
    answer = site.people.post(VERIFY, content=b"", headers=told)
    assert (answer.status_code, answer.json()["code"]) == (413, "http.content_too_large")


def test_a_huge_file_in_pieces_is_given_up(site: Site) -> None:
    sent = []

    def pieces() -> object:
        for number in range(MAX_FILE_BYTES // 65_536 + 40):
            sent.append(number)
            yield b"x" * 65_536

    answer = site.people.post(VERIFY, content=pieces(), headers={"Content-Type": "application/pdf"})  # type: ignore[arg-type] # a generator of bytes
    assert (answer.status_code, answer.json()["code"]) == (413, "http.content_too_large")


def test_the_longest_file_is_looked_at_and_one_byte_more_is_not(site: Site) -> None:
    assert outcome(site.show(b"x" * MAX_FILE_BYTES)) == ("undetermined", "unknown")
    told = {"Content-Type": "application/pdf"}
    answer = site.people.post(VERIFY, content=b"x" * (MAX_FILE_BYTES + 1), headers=told)
    assert answer.status_code == 413


def test_an_empty_file_is_no_file(site: Site) -> None:
    answer = site.people.post(VERIFY, content=b"", headers={"Content-Type": "application/pdf"})
    assert (answer.status_code, answer.json()["code"]) == (400, "paper.nothing_sent")


@pytest.mark.parametrize("media", ["text/html", "image/png", "", "application/x-pdf"])
def test_another_kind_of_body_is_refused(site: Site, media: str) -> None:
    answer = site.people.post(VERIFY, content=b"%PDF", headers={"Content-Type": media})
    assert (answer.status_code, answer.json()["code"]) == (415, "http.unsupported_media_type")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "http.malformed_json"),
        (b'{"code": "a", "code": "b"}', "http.malformed_json"),
        (b'{"code": 1}', "http.invalid_request"),
        (b'{"code": "a", "more": 1}', "http.invalid_request"),
        (b"[]", "http.invalid_request"),
        (json.dumps({"code": "a" * 301}).encode(), "http.invalid_request"),
        (b" " * 5000, "http.content_too_large"),
    ],
)
def test_a_question_that_is_none_is_refused(site: Site, body: bytes, code: str) -> None:
    told = {"Content-Type": "application/json"}
    assert site.people.post(VERIFY, content=body, headers=told).json()["code"] == code


def test_nobody_verifies_without_end(site: Site) -> None:
    code = f"{'A' * 22}.{'A' * 43}"
    for _ in range(VERIFY_PER_MINUTE):
        site.ask(code)
    answer = site.people.post(VERIFY, json={"code": code})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_no_code_is_written_into_a_log(
    site: Site, opened: Opened, file: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert outcome(site.show(file))[0] == "valid"
    site.ask(site.code(opened))
    assert site.paper(opened, PaperKind.RECEIPT).id not in caplog.text
