"""The trail of each demonstration as a page, in Korean and English, and the files behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from fastapi.templating import Jinja2Templates
from starlette.exceptions import HTTPException

from api.demo.errors import FolderError
from api.demo.folder import MANIFEST, SNAPSHOT, Folder, decode_manifest
from api.demo.making import TRAIL_JSON
from api.demo.report import Report
from api.health import Health
from contracts.evidence.encoding import Json

KEYS: Final = "keys/"
TEMPLATES: Final = Path(__file__).parents[1] / "templates"


@dataclass(frozen=True, slots=True)
class ShownDemo:
    """A demonstration that is shown: its folder, its trail and what the check found."""

    kind: str
    folder: Folder
    trail: Json
    report: Report

    def file(self, path: str) -> bytes:
        """A file that stands behind a figure.

        Raises:
            FolderError: not a file of the manifest, or a secret key.
        """
        listed = {MANIFEST, SNAPSHOT, *decode_manifest(self.folder.read(MANIFEST)).files}
        if path not in listed or path.startswith(KEYS):
            raise FolderError("there is no such file")
        return self.folder.read(path)


def load_demo(kind: str, root: Path, report: Report) -> ShownDemo:
    """Read what the page shows.

    Raises:
        FolderError: the folder's trail cannot be read.
    """
    folder = Folder(root)
    return ShownDemo(kind, folder, folder.read_json(TRAIL_JSON), report)


@dataclass(frozen=True, slots=True)
class Way:
    """Something that can be done here: a path, and its words in Korean and English."""

    path: str
    ko: str
    en: str


def trail_pages(demos: list[ShownDemo], health: Health, ways: Sequence[Way] = ()) -> APIRouter:
    """The start page, with where one can go from it, and the files."""
    routes = APIRouter(default_response_class=HTMLResponse)
    templates = Jinja2Templates(TEMPLATES)
    by_kind = {demo.kind: demo for demo in demos}

    @routes.get("/", summary="The demonstrations and the health of the service")
    async def start(request: Request, lang: Literal["ko", "en"] = "ko") -> Response:
        context = {"lang": lang, "demos": demos, "health": health.state(), "ways": ways}
        return templates.TemplateResponse(request, "trails.html", context)

    @routes.get("/demo/{kind}/{path:path}", summary="A file that stands behind a figure")
    def file(kind: str, path: str) -> Response:
        demo = by_kind.get(kind)
        if demo is None:
            raise HTTPException(404)
        try:
            return PlainTextResponse(demo.file(path))
        except FolderError as error:
            raise HTTPException(404) from error

    return routes
