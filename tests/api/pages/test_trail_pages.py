"""The pages over a simulated ledger: languages, files behind figures, health, headers, problems."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_people_app
from api.demo.checking import check_folder
from api.demo.folder import SNAPSHOT
from api.pages.trails import load_demo
from api.store.database import Database
from contracts.evidence.errors import LedgerUnavailableError
from contracts.evidence.snapshot import ChainIdentity
from tests.api.databases import ORIGINS, Databases, StillClock, parts_of

IDENTITY = ChainIdentity(4242, b"g" * 32, (("checkpoint_log", b"a" * 20),))


class StillLedger:
    """A ledger that only knows who it is, or cannot be reached."""

    def __init__(self, *, reachable: bool = True) -> None:
        self.reachable = reachable

    def identity(self) -> ChainIdentity:
        if not self.reachable:
            raise LedgerUnavailableError("no answer")
        return IDENTITY


@pytest.fixture(scope="module")
def shelf(databases: Databases) -> Iterator[Database]:
    with closing(Database(databases.migrated("sqlite"), threads=4)) as opened:
        yield opened


def client(shelf: Database, demos: dict[str, Path], *, reachable: bool = True) -> TestClient:
    reports = {k: check_folder(p, (p / SNAPSHOT).read_bytes()) for k, p in demos.items()}
    shown = [load_demo(kind, demos[kind], report) for kind, report in reports.items()]
    checks = {kind: report.ok for kind, report in reports.items()}
    parts = parts_of(shelf, StillClock())
    ledger = StillLedger(reachable=reachable)
    health = replace(parts.health, ledger=ledger, checks=checks)  # type: ignore[arg-type] # only identity() is asked
    app = create_people_app(replace(parts, health=health, demos=shown))
    return TestClient(app, base_url=ORIGINS.people)


@pytest.fixture(scope="module")
def pages(shelf: Database, allowance: Path, contest: Path) -> Iterator[TestClient]:
    with client(shelf, {"allowance": allowance, "contest": contest}) as made:
        yield made


def test_start_page_is_korean_first_and_complete_in_english(pages: TestClient) -> None:
    korean, english = pages.get("/"), pages.get("/?lang=en")
    assert '<html lang="ko">' in korean.text
    assert '<html lang="en">' in english.text
    assert "합성" in korean.text
    assert "synthetic" in english.text
    for text in ("2,508", "17.15", "9,000,000", "status.revoked"):
        assert text in korean.text
        assert text in english.text


def test_unknown_language_is_a_problem_with_a_stable_code(pages: TestClient) -> None:
    answer = pages.get("/?lang=xx")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "http.invalid_request"


def test_every_source_link_of_the_page_leads_to_its_file(
    pages: TestClient, contest: Path, allowance: Path
) -> None:
    import re

    links = set(re.findall(r'href="/demo/(\w+)/([^"]+)"', pages.get("/").text))
    assert len(links) > 20
    roots = {"contest": contest, "allowance": allowance}
    for kind, path in links:
        answer = pages.get(f"/demo/{kind}/{path}")
        assert answer.status_code == 200
        assert answer.content == (roots[kind] / path).read_bytes()
        assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "path",
    [
        "contest/keys/log-contest-2020.json",
        "contest/chain/account.key",
        "contest/nothing.json",
        "contest/%2e%2e/%2e%2e/etc/passwd",
        "contest/..%2fallowance%2fmanifest.json",
        "other/manifest.json",
    ],
)
def test_keys_chain_and_foreign_files_are_not_served(pages: TestClient, path: str) -> None:
    answer = pages.get(f"/demo/{path}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "http.not_found"


def test_headers_forbid_foreign_code_on_every_answer(pages: TestClient) -> None:
    for path in ("/", "/readyz", "/static/dojang.css", "/nothing"):
        headers = pages.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_page_holds_no_inline_script_or_style(pages: TestClient) -> None:
    text = pages.get("/").text
    assert "<script" not in text
    assert "style=" not in text


def test_health_tells_the_chain_and_the_checks(pages: TestClient) -> None:
    assert pages.get("/livez").json() == {"status": "alive"}
    state = pages.get("/readyz")
    assert state.status_code == 200
    assert state.json()["chain"]["chain_id"] == 4242
    assert state.json()["database"] == "ready"
    assert state.json()["checks"] == {"allowance": True, "contest": True}


def test_a_chain_out_of_reach_degrades_and_does_not_stop(shelf: Database, allowance: Path) -> None:
    with client(shelf, {"allowance": allowance}, reachable=False) as pages:
        state = pages.get("/readyz")
        assert state.status_code == 200
        assert state.json()["status"] == "degraded"
        assert state.json()["chain"] is None
        assert "체인에 닿지 않습니다" in pages.get("/").text


def test_a_folder_that_does_not_hold_is_shown_as_such(
    shelf: Database, contest: Path, tmp_path: Path
) -> None:
    import shutil

    root = tmp_path / "contest"
    shutil.copytree(contest, root)
    (root / "2020" / "counts.json").write_text("{}")
    with client(shelf, {"contest": root}) as pages:
        assert pages.get("/readyz").status_code == 503
        assert "2020/counts.json" in pages.get("/").text
