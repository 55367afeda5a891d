"""Where a wallet on the same device sends the browser back to: what happened, and what next."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates

from api.pages.verify import language

TEMPLATES: Final = Jinja2Templates(Path(__file__).parents[1] / "templates")


def returned_page() -> APIRouter:
    """``/openid4vp/requests/{name}/done``: the response code stands behind #, and is not sent."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/openid4vp/requests/{name}/done")
    def done(request: Request, name: str) -> Response:
        context = {"lang": language(request), "path": request.url.path, "name": name[:64]}
        headers = {"Cache-Control": "no-store"}
        return TEMPLATES.TemplateResponse(request, "returned.html", context, headers=headers)

    return routes
