"""``/verify``: is this paper genuine. By QR, by file, with a script or without."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates
from starlette.concurrency import run_in_threadpool

from api.actions.issue_paper import VERIFY_PAGE
from api.actions.verify_paper import PaperAnswer, PaperCheck, Reason, Verdict, verify_file
from api.http.languages import Language, preferred_language
from api.http.papers import answer_code, count_verification
from api.http.problem_kinds import KINDS
from api.http.problems import ProblemError
from api.http.rates import Rates
from api.http.uploads import MAX_FILE_BYTES, Sent, read_form
from api.http.verdict_words import SENTENCES
from api.ports.means import KOREA

TEMPLATES: Final = Jinja2Templates(Path(__file__).parents[1] / "templates")
_MEGABYTE: Final = 1 << 20


def verify_pages(check: PaperCheck, rates: Rates) -> APIRouter:
    """The page, and its form for browsers without a script."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get(VERIFY_PAGE)
    def start(request: Request) -> Response:
        return _page(request)

    @routes.post(VERIFY_PAGE)
    async def verify(request: Request) -> Response:
        try:
            count_verification(rates, request)
            sent = await read_form(request)
        except ProblemError as error:
            page = _page(request, problem=error.code, status=KINDS[error.code].status)
            page.headers.update(error.headers or {})
            return page
        return _page(request, answer=await run_in_threadpool(_answer, check, sent))

    return routes


def _answer(check: PaperCheck, sent: Sent) -> PaperAnswer:
    """The file counts where both were sent: it says more."""
    return verify_file(check, sent.file) if sent.file else answer_code(check, sent.code)


def _page(
    request: Request, *, answer: PaperAnswer | None = None, problem: str = "", status: int = 200
) -> Response:
    lang = language(request)
    context = {
        "lang": lang,
        "path": VERIFY_PAGE,
        "sentences": {reason.value: words.of(lang) for reason, words in SENTENCES.items()},
        "verdicts": list(Verdict),
        "megabytes": MAX_FILE_BYTES // _MEGABYTE,
        "answer": answer,
        "unknown": Reason.UNKNOWN.value,
        "anchored": answer.anchored.astimezone(KOREA) if answer and answer.anchored else None,
        "problem": KINDS[problem] if problem else None,
    }
    headers = {"Cache-Control": "no-store"}
    return TEMPLATES.TemplateResponse(
        request, "verify.html", context, status_code=status, headers=headers
    )


def language(request: Request) -> Language:
    """Korean, unless the address or the browser asks for English."""
    told = request.query_params.get("lang", "")
    if told in {"ko", "en"}:
        return "ko" if told == "ko" else "en"
    return preferred_language(request.headers.get("accept-language", ""))
