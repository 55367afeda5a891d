"""The web application: routes, errors and headers, put together from what wiring gives it."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles

from api.health import Health
from api.http.health import health_routes
from api.http.problems import add_problem_handlers
from api.pages.trails import ShownDemo, trail_pages

STATIC: Final = Path(__file__).parent / "static"
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


def create_app(demos: list[ShownDemo], health: Health) -> FastAPI:
    """The application over what it shows."""
    app = FastAPI(title="dojang", docs_url=None, redoc_url=None)
    add_problem_handlers(app)
    app.include_router(health_routes(health))
    app.include_router(trail_pages(demos, health))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    @app.middleware("http")
    async def add_headers(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return app
