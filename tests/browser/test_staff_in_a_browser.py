"""Staff in Chromium with virtual authenticators: join, sign in, act in two, accessible pages."""

import secrets
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from api.actions.invite_staff import invite_first_administrator
from api.app import Parts, create_people_app
from api.health import Health
from api.http.rates import Rates
from api.http.staff.account_routes import invitation_link
from api.identity.passkeys import WebauthnPasskeys
from api.origins import Origins
from api.ports.door import Door
from api.ports.means import Means
from api.store.database import Database
from api.store.migration import migrate, newest_revision
from tests.architecture.sources import ROOT
from tests.browser.walking import walk
from tests.simulators.ledger import SimulatedLedger
from verifier.eligibility.catalogue import load_catalogue

BUNDLE = ("--bundle", "--format=esm", "--platform=browser", "--target=es2022")


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def served(storage: Database) -> Iterator[tuple[str, Means]]:
    """The people's application on a port that the system chooses."""
    listener = socket.create_server(("127.0.0.1", 0))
    origin = f"http://localhost:{listener.getsockname()[1]}"
    means = Means(storage, load_catalogue(), now, secrets.token_bytes)
    parts = Parts(
        means=means,
        health=Health(storage, newest_revision(), SimulatedLedger(lambda: 1), {}),
        demos=[],
        origins=Origins(origin, "http://localhost:1", "http://localhost:2"),
        rates=Rates(now, secrets.token_bytes),
        door=Door(means, WebauthnPasskeys(origin, "localhost", "[test] dojang")),
    )
    config = uvicorn.Config(create_people_app(parts), lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield origin, means
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def test_staff_join_sign_in_and_act_in_two_by_passkey(chromium: str, tmp_path: Path) -> None:
    bundle = tmp_path / "passkeys.js"
    subprocess.run(
        ["node_modules/.bin/esbuild", "api/browser/passkeys.ts", *BUNDLE, f"--outfile={bundle}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    url = f"sqlite:///{tmp_path / 'staff.sqlite'}"
    migrate(url)
    with closing(Database(url, threads=8)) as storage, served(storage) as (origin, means):
        links = [
            invitation_link(origin, invite_first_administrator(means, "[시험] 관리자", n).token)
            for n in ("T-1", "T-2")
        ]
        seen = walk("staff", chromium, str(bundle), origin, *links)
    steps = seen["steps"]
    assert seen["findings"][: steps["findingsBefore"]] == []
    assert steps["sentToTheDoor"] == "/staff/sign-in"
    assert steps["cookies"] == [
        {"name": "__Host-dojang-session", "secure": True, "httpOnly": True, "sameSite": "Lax"}
    ]
    assert steps["scriptsSee"] == ""
    assert steps["credentials"] == [{"isResidentCredential": True, "rpId": "localhost"}]
    assert (steps["ownProposal"], steps["done"]) == (0, 2)
    assert steps["roles"] == "Roles: administrator, judge"
    assert steps["unverified"] == "/staff/sign-in"
