"""Everything of papers, JSON and pages, together."""

from dataclasses import dataclass

from fastapi import APIRouter

from api.actions.issue_certificate import Registry
from api.actions.issue_paper import PaperDesk
from api.actions.verify_paper import PaperCheck, Proofs
from api.http.papers import paper_routes, verify_routes
from api.http.rates import Rates
from api.http.staff.case_routes import case_routes
from api.http.staff.gate import Gate
from api.pages.verify import verify_pages


@dataclass(frozen=True, slots=True)
class PaperParts:
    """What papers stand on.

    Args:
        desk: issues them.
        proofs: whether their entries are anchored.
        registry: certificates are made from it; None issues none.
    """

    desk: PaperDesk
    proofs: Proofs
    registry: Registry | None = None


def all_paper_routes(papers: PaperParts, rates: Rates, *, staff: bool) -> list[APIRouter]:
    """All routes of papers; those of officers and issuers only where there is a door for staff."""
    desk = papers.desk
    check = PaperCheck(desk.means, papers.proofs)
    routes = [paper_routes(desk), verify_routes(check, rates), verify_pages(check, rates)]
    if staff:
        routes.append(case_routes(desk, papers.registry, Gate(desk.means, desk.origin, rates)))
    return routes
