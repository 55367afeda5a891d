"""The issuer's counter: JSON for programs, and one page on which a clerk hands credentials over."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from markupsafe import Markup

from api.actions.keep_session import SignedIn
from api.http.qr import qr_svg
from api.http.rates import Rates
from api.http.staff.counter_forms import KIND, NAME
from api.http.staff.forms import PERSON
from api.http.staff.gate import Gate
from api.http.staff.issuer_routes import issuer_routes, link_of
from api.http.staff.presentation_routes import presentation_routes
from api.http.staff.register_routes import register_routes
from api.openid.case_asking import CaseDesk
from api.openid.counter import Counter, CounterOrder, offer_at_counter
from api.openid.issuing_agencies import issuing_agencies
from api.pages.staff_route import StaffPage, page
from api.ports.accounts import Role
from api.ports.means import KOREA, Means
from verifier.eligibility.wording import Bilingual

COUNTER: Final = "/staff/counter"
_GROUP: Final = 3
_MAX_CHOICE: Final = 120


@dataclass(frozen=True, slots=True)
class CounterParts:
    """What issuers and officers work with at their counters.

    Args:
        counter: the issuer's.
        cases: the officers'.
        trial: whether everybody here is invented.
    """

    counter: Counter
    cases: CaseDesk
    trial: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A credential type that can be handed over here."""

    value: str
    title: Bilingual
    issuer: Bilingual
    enrolled: bool


def all_counter_routes(
    parts: CounterParts, means: Means, origin: str, rates: Rates
) -> list[APIRouter]:
    """All routes of counters; they need a door for staff."""
    gate = Gate(means, origin, rates)
    return [
        issuer_routes(parts.counter, gate),
        register_routes(parts.counter, gate),
        presentation_routes(parts.cases, gate),
        counter_pages(parts, means, gate),
    ]


def counter_pages(parts: CounterParts, means: Means, gate: Gate) -> APIRouter:
    """``/staff/counter``: choose, confirm the identity step, hand over."""
    routes = APIRouter(route_class=StaffPage, include_in_schema=False)
    services = [
        (name, means.catalogue.latest_policy(name).service.title)
        for name in sorted(means.catalogue.services)
    ]

    @routes.get(COUNTER)
    def start(request: Request, who: Annotated[SignedIn, gate.holding(Role.ISSUER)]) -> Response:
        told = {
            "who": who,
            "choices": _choices(parts.counter),
            "services": services,
            "trial": parts.trial,
        }
        return page(request, "staff_counter.html", told)

    @routes.post(COUNTER)
    def offer(
        request: Request,
        who: Annotated[SignedIn, gate.holding(Role.ISSUER)],
        choice: Annotated[str, Form(max_length=_MAX_CHOICE, pattern=f"{NAME[:-1]}/{KIND[1:]}")],
        service: Annotated[str, Form(pattern=KIND)],
        person: Annotated[str, Form(pattern=PERSON)],
        card: Annotated[str, Form(pattern="^(yes)?$")] = "",
    ) -> Response:
        agency, _, kind = choice.partition("/")
        order = CounterOrder(agency, person, (kind,), service, card == "yes")
        made = offer_at_counter(parts.counter, who.account.id, order)
        code, link = made.tx_code, link_of(parts.counter, made)
        told = {
            "who": who,
            "title": parts.counter.agency(agency).types[kind].title,
            "issuer": parts.counter.agency(agency).title,
            "qr": Markup(qr_svg(link)),  # noqa: S704 # our own drawing; the link is only its dots
            "link": link,
            "korea": KOREA,
            "code": [code[at : at + _GROUP] for at in range(0, len(code), _GROUP)],
            "expires": made.offer.expires,
            "trial": parts.trial,
        }
        return page(request, "staff_handover.html", told, 201)

    return routes


def _choices(counter: Counter) -> list[Choice]:
    return [
        Choice(f"{seen.agency.id}/{kind.id}", kind.title, seen.agency.title, seen.enrolled)
        for seen in issuing_agencies(counter)
        for kind in seen.agency.types.values()
    ]
