"""The page of an origin on which nothing is open."""

from pathlib import Path
from typing import Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates

TEMPLATES: Final = Path(__file__).parents[1] / "templates"
Origin = Literal["ballot", "registration"]


def closed_page(origin: Origin, people: str) -> APIRouter:
    """``/``: says that no poll is open, and where the service's pages are.

    Args:
        origin: whose page it is.
        people: the origin of the people's pages.
    """
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
    templates = Jinja2Templates(TEMPLATES)

    @routes.get("/")
    def start(request: Request, lang: Literal["ko", "en"] = "ko") -> Response:
        context = {"lang": lang, "origin": origin, "people": people}
        return templates.TemplateResponse(request, "closed.html", context)

    return routes
