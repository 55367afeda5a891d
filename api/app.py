"""The three web applications, put together from what wiring gives them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from api.actions.ceremonies import HOME
from api.actions.issue_paper import VERIFY_PAGE
from api.health import Health
from api.http.applications import application_routes
from api.http.cross_origin import NO_READERS, Readers
from api.http.document import serve_document
from api.http.guard import Guard, Limits
from api.http.headers import ballot_headers, people_headers, registration_headers
from api.http.health import health_routes
from api.http.papers import VERIFY
from api.http.problems import add_problem_handlers
from api.http.rates import Rates
from api.http.staff.register_routes import IMPORT, LOOK, MAX_REGISTER_BYTES
from api.http.uploads import MAX_UPLOAD_BYTES
from api.observation.watching import NOBODY, Observer, Routed, Watched
from api.origins import Origins, allowed_hosts
from api.pages.citizen import START as CREDENTIALS
from api.pages.closed import closed_page
from api.pages.counter import CounterParts, all_counter_routes
from api.pages.papers import PaperParts, all_paper_routes
from api.pages.returned import returned_page
from api.pages.staff import staff_routes
from api.pages.trails import ShownDemo, Way, trail_pages
from api.ports.door import Door
from api.ports.means import Means

STATIC: Final = Path(__file__).parent / "static"
VERSION: Final = "1.0"
_UPLOADS: Final = {
    VERIFY: MAX_UPLOAD_BYTES,
    VERIFY_PAGE: MAX_UPLOAD_BYTES,
    LOOK: MAX_REGISTER_BYTES,
    IMPORT: MAX_REGISTER_BYTES,
}
"""Files may be sent here; their routes look at them piece by piece."""
_WALLETS: Final = ("/.well-known/", "/issuers/", "/openid4vp/requests/")
"""What wallets call, which may be pages of other origins; nothing here is told by cookie."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the applications stand on.

    Args:
        means: what actions work with.
        health: looks at the parts.
        demos: demonstrations that are shown.
        origins: of the three applications.
        rates: this process's counts.
        reads: reading requests an address may send in a minute.
        writes: writing requests an address may send in a minute.
        threads: requests that are handled at once.
        wallets: what any wallet calls, see ``api.openid``.
        door: how staff are recognised; None serves no staff.
        papers: what papers are issued and verified with; None does neither.
        counters: where issuers and officers work; they need the door.
        observer: counts requests.
    """

    means: Means
    health: Health
    demos: list[ShownDemo]
    origins: Origins
    rates: Rates
    reads: int = 60_000
    writes: int = 30_000
    threads: int = 16
    wallets: tuple[APIRouter, ...] = ()
    door: Door | None = None
    papers: PaperParts | None = None
    counters: CounterParts | None = None
    observer: Observer = NOBODY


def create_people_app(parts: Parts) -> Guard:
    """Pages and interface for applicants, officers and everybody else."""
    app = _plain_app("dojang")
    app.include_router(health_routes(parts.health))
    app.include_router(application_routes(parts.means))
    for routes in parts.wallets:
        app.include_router(routes)
    if parts.door is not None:
        for routes in staff_routes(parts.door, parts.origins.people, parts.rates):
            app.include_router(routes)
    if parts.door is not None and parts.counters is not None:
        origin = parts.origins.people
        for routes in all_counter_routes(parts.counters, parts.means, origin, parts.rates):
            app.include_router(routes)
    if parts.papers is not None:
        for routes in all_paper_routes(parts.papers, parts.rates, staff=parts.door is not None):
            app.include_router(routes)
    app.include_router(returned_page())
    start = trail_pages(parts.demos, parts.health, _ways(parts))
    app.include_router(start, include_in_schema=False)
    readers = Readers(open_paths=_WALLETS)
    return _guarded(app, parts, parts.origins.people, people_headers(parts.origins), readers)


def _ways(parts: Parts) -> list[Way]:
    """What is served, for the start page."""
    ways = []
    if parts.counters is not None and parts.counters.citizens is not None:
        ways.append(Way(CREDENTIALS, "증명 받기", "Get a credential"))
    if parts.papers is not None:
        ways.append(
            Way(VERIFY_PAGE, "문서가 진짜인지 확인하기", "Check whether a paper is genuine")
        )
    if parts.door is not None:
        ways.append(Way(HOME, "담당자 로그인", "Sign in as staff"))
    return ways


def create_ballot_app(parts: Parts) -> Guard:
    """The origin of ballots."""
    app = _plain_app("dojang ballot")
    app.include_router(health_routes(parts.health))
    app.include_router(closed_page("ballot", parts.origins.people))
    return _guarded(app, parts, parts.origins.ballot, ballot_headers(parts.origins))


def create_registration_app(parts: Parts) -> Guard:
    """The origin that registers voters; the ballot's page may read its answers."""
    app = _plain_app("dojang registration")
    app.include_router(health_routes(parts.health))
    app.include_router(closed_page("registration", parts.origins.people))
    headers = registration_headers(parts.origins)
    readers = Readers(parts.origins.ballot)
    return _guarded(app, parts, parts.origins.registration, headers, readers)


@dataclass(frozen=True, slots=True)
class Service:
    """The three applications behind their listeners: the port that was called decides.

    Args:
        by_port: each application by the port that its listener has on this machine.
        threads: requests that are handled at once.
        parts: what they stand on.
    """

    by_port: dict[int, ASGIApp]
    threads: int
    parts: Parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection's scope."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        await self.by_port[scope["server"][1]](scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start with twice as many threads as may be in the database; nothing is to stop.

        Those who wait for one neighbour are never so many that nobody is left for the rest.
        """
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                anyio.to_thread.current_default_thread_limiter().total_tokens = 2 * self.threads
                await send({"type": "lifespan.startup.complete"})
            else:
                await send({"type": "lifespan.shutdown.complete"})
                return


def create_service(parts: Parts, ports: tuple[int, int, int]) -> Service:
    """The three applications at the ports of people, ballot and registration."""
    made = (create_people_app(parts), create_ballot_app(parts), create_registration_app(parts))
    watched = (Watched(app, parts.observer, parts.means.rng) for app in made)
    return Service(dict(zip(ports, watched, strict=True)), parts.threads, parts)


def _plain_app(title: str) -> FastAPI:
    app = FastAPI(
        title=title,
        version=VERSION,
        openapi_url=None,
        redirect_slashes=False,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    add_problem_handlers(app)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def _guarded(
    app: FastAPI,
    parts: Parts,
    origin: str,
    headers: dict[str, str],
    readers: Readers = NO_READERS,
) -> Guard:
    serve_document(app, origin)
    limits = Limits(
        allowed_hosts(origin),
        parts.reads,
        parts.writes,
        bodies=_UPLOADS,
        streamed=frozenset(_UPLOADS),
    )
    return Guard(Routed(app), limits, parts.rates, headers, readers)
