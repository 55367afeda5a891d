"""Papers in Chromium: checked by QR, by file and without scripts; and back from the wallet."""

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from fastapi.testclient import TestClient

from api.actions.issue_paper import PaperDesk
from api.actions.prove_entry import LogProofs
from api.app import Parts, create_people_app
from api.health import Health
from api.http.rates import Rates
from api.origins import Origins
from api.pages.papers import PaperParts
from api.papers.press import Press
from api.ports.means import Means
from api.store.database import Database
from api.store.migration import migrate, newest_revision
from tests.api.databases import StillClock
from tests.api.papers.site import Site
from tests.architecture.sources import ROOT
from tests.browser.walking import walk
from tests.simulators.ledger import SimulatedLedger
from tests.simulators.log_keys import MemoryLogKeys
from verifier.eligibility.catalogue import load_catalogue


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def served(storage: Database) -> Iterator[tuple[str, Parts]]:
    """The people's application on a port that the system chooses."""
    listener = socket.create_server(("127.0.0.1", 0))
    origin = f"http://localhost:{listener.getsockname()[1]}"
    means = Means(storage, load_catalogue(), now, secrets.token_bytes)
    ledger = SimulatedLedger(lambda: int(now().timestamp()))
    parts = Parts(
        means=means,
        health=Health(storage, newest_revision(), ledger, {}),
        demos=[],
        origins=Origins(origin, "http://localhost:1", "http://localhost:2"),
        rates=Rates(now, secrets.token_bytes),
        papers=PaperParts(
            PaperDesk(means, Press(), origin, lambda _application, kept, _at: kept.proposal),
            LogProofs(storage, MemoryLogKeys(), ledger, now),
        ),
    )
    config = uvicorn.Config(create_people_app(parts), lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield origin, parts
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def test_anybody_can_check_a_paper_on_a_phone(chromium: str, tmp_path: Path) -> None:
    for script in ("verify.js", "returned.js"):
        assert (ROOT / "api" / "static" / script).is_file(), "run `make test`: it bundles scripts"
    pictures = Path(os.environ.get("DOJANG_TEST_PICTURES", str(tmp_path)))
    url = f"sqlite:///{tmp_path / 'papers.sqlite'}"
    migrate(url)
    with closing(Database(url, threads=8)) as storage, served(storage) as (origin, parts):
        client = TestClient(create_people_app(parts), base_url=origin)
        # The worker's clock is behind the service's, as those of two machines may be.
        site = Site(client, parts, StillClock(now() - timedelta(seconds=2)))
        opened = site.open()
        file, altered = tmp_path / "receipt.pdf", tmp_path / "altered.pdf"
        file.write_bytes(site.receipt(opened).content)
        altered.write_bytes(file.read_bytes() + b" ")
        site.anchor()
        waiting = site.open()
        site.receipt(waiting)
        codes = site.code(opened), site.code(waiting)
        seen = walk("papers", chromium, origin, *codes, str(file), str(altered), str(pictures))
    assert seen == []
