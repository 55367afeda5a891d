"""The issuer's counter in Chromium: accessible, nothing inline, and a slip without the QR."""

import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

from api.app import Parts, create_people_app
from api.http.staff.cookies import SESSION
from api.origins import Origins
from api.ports.accounts import Role
from api.store.database import Database
from api.store.migration import migrate
from tests.api.counter.site import CounterSite
from tests.api.databases import StillClock
from tests.browser.walking import walk


@contextmanager
def served(parts_at: Callable[[str], Parts], session: str) -> Iterator[str]:
    """The people's application on a port that the system chooses, to whoever is signed in."""
    listener = socket.create_server(("127.0.0.1", 0))
    origin = f"http://localhost:{listener.getsockname()[1]}"
    origins = Origins(origin, "http://localhost:1", "http://localhost:2")
    app = create_people_app(replace(parts_at(origin), origins=origins))
    cookie = (b"cookie", f"{SESSION}={session}".encode("ascii"))

    async def signed_in(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "headers": [*scope["headers"], cookie]}, receive, send)

    server = uvicorn.Server(uvicorn.Config(signed_in, lifespan="off", log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield origin
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def test_a_clerk_hands_a_credential_over_and_prints_the_slip(chromium: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / f'counter-{secrets.token_hex(4)}.sqlite'}"
    migrate(url)
    with closing(Database(url, threads=8)) as storage:
        site = CounterSite.start(storage, StillClock(), tmp_path)
        clerk = site.staff(Role.ISSUER)
        with served(lambda _: site.parts, clerk.browser.session) as origin:
            seen = walk("counter", chromium, origin)
        assert [act for act, _ in site.acts()] == [
            *["credential.offer"] * 2,
            *["credential.withdraw"] * 2,
        ]
    assert seen["findings"] == []
    for lang in ("ko", "en"):
        assert seen["steps"][f"unchecked {lang}"] == 0
        assert seen["steps"][f"square {lang}"]
        assert seen["steps"][f"printed {lang}"] == [False, True]
