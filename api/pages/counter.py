"""The issuer's counter: JSON for programs, and one page on which a clerk hands credentials over."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Path, Query, Request, Response
from markupsafe import Markup

from api.actions.keep_session import SignedIn
from api.http.qr import qr_svg
from api.http.rates import Rates
from api.http.staff.counter_forms import KIND, NAME
from api.http.staff.forms import NAME22, PERSON
from api.http.staff.gate import Gate
from api.http.staff.issuer_routes import issuer_routes, link_of
from api.http.staff.presentation_routes import presentation_routes
from api.http.staff.register_routes import register_routes
from api.openid.case_asking import CaseDesk
from api.openid.citizen import CitizenDesk
from api.openid.counter import Counter, CounterOrder, offer_at_counter
from api.openid.withdrawing import withdraw_offer
from api.pages.choices import choices_at, services_of
from api.pages.citizen import citizen_pages
from api.pages.staff_route import StaffPage, page, see_other
from api.ports.accounts import Role
from api.ports.means import KOREA, Means

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
        citizens: who identify themselves; None where no identity provider is set up for them.
    """

    counter: Counter
    cases: CaseDesk
    trial: bool
    citizens: CitizenDesk | None = None


def all_counter_routes(
    parts: CounterParts, means: Means, origin: str, rates: Rates
) -> list[APIRouter]:
    """All routes of counters; they need a door for staff."""
    gate = Gate(means, origin, rates)
    routes = [
        issuer_routes(parts.counter, gate),
        register_routes(parts.counter, gate),
        presentation_routes(parts.cases, gate),
        counter_pages(parts, means, gate),
    ]
    if parts.citizens is not None:
        routes.append(citizen_pages(parts.citizens, gate, trial=parts.trial))
    return routes


def counter_pages(parts: CounterParts, means: Means, gate: Gate) -> APIRouter:
    """``/staff/counter``: choose, confirm the identity step, hand over."""
    routes = APIRouter(route_class=StaffPage, include_in_schema=False)
    services = services_of(means)

    @routes.get(COUNTER)
    def start(
        request: Request,
        who: Annotated[SignedIn, gate.holding(Role.ISSUER)],
        withdrawn: Annotated[str, Query(max_length=1)] = "",
    ) -> Response:
        told = {
            "who": who,
            "withdrawn": withdrawn == "1",
            "choices": choices_at(parts.counter),
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
            "offer": made.offer.id,
            "korea": KOREA,
            "code": [code[at : at + _GROUP] for at in range(0, len(code), _GROUP)],
            "expires": made.offer.expires,
            "trial": parts.trial,
        }
        return page(request, "staff_handover.html", told, 201)

    _add_withdrawal(routes, parts.counter, gate)
    return routes


def _add_withdrawal(routes: APIRouter, counter: Counter, gate: Gate) -> None:
    @routes.post(f"{COUNTER}/offers/{{offer}}/withdrawal")
    def withdraw(
        request: Request,
        who: Annotated[SignedIn, gate.holding(Role.ISSUER)],
        offer: Annotated[str, Path(pattern=NAME22)],
    ) -> Response:
        withdraw_offer(counter, who.account.id, offer)
        return see_other(f"{COUNTER}?withdrawn=1", request)
