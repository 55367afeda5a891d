"""Who may use a route. Every route of staff says so by a requirement; one that does not, cannot be.

A requirement looks, in this order, at: where a changing request comes from, how often an address
comes to the door, whether somebody is signed in, their role, and how long ago they were seen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Depends, Request
from fastapi.routing import APIRoute

from api.actions.keep_session import SignedIn, look_at_session
from api.http.problems import ProblemError
from api.http.rates import Rates
from api.http.staff.cookies import session_token
from api.http.strict_json import StrictRoute
from api.ports.accounts import Role
from api.ports.means import Means

READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
DOOR_PER_MINUTE: Final = 600
"""Requests at the door from one address: an office behind one address can still sign in."""


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """Makes requirements.

    Args:
        means: where sessions are looked at.
        origin: what ``Origin`` must say where something is changed.
        rates: counts requests at the door.
    """

    means: Means
    origin: str
    rates: Rates

    def anyone(self) -> Any:  # noqa: ANN401 - a marker of the framework
        """For the door itself: nobody is signed in yet."""
        return Depends(Requirement(self, frozenset(), public=True))

    def signed_in(self, *, recent: bool = False) -> Any:  # noqa: ANN401 - a marker of the framework
        """For whoever is signed in, whatever their role."""
        return Depends(Requirement(self, frozenset(Role), recent=recent, any_role=True))

    def holding(self, *roles: Role, recent: bool = False) -> Any:  # noqa: ANN401 - a marker of the framework
        """For those who hold one of these roles."""
        if not roles:
            raise ValueError("a requirement names a role")
        return Depends(Requirement(self, frozenset(roles), recent=recent))

    def check_origin(self, request: Request) -> None:
        """A changing request comes from a page of ours (Fetch Metadata, RFC 6454).

        Raises:
            ProblemError: another origin, none, or another site.
        """
        if request.method in READS:
            return
        if request.headers.getlist("origin") != [self.origin]:
            raise ProblemError("staff.foreign_origin")
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise ProblemError("staff.foreign_origin")

    def check_rate(self, request: Request) -> None:
        """Nobody comes to the door again and again.

        Raises:
            ProblemError: too often.
        """
        address = request.client.host if request.client else ""
        wait = self.rates.wait("staff-door", address, DOOR_PER_MINUTE)
        if wait:
            raise ProblemError("http.too_many_requests", {"Retry-After": str(wait)})


@dataclass(frozen=True, slots=True, eq=False)
class Requirement:
    """Who may use a route.

    Args:
        gate: what it is checked against.
        roles: one of them is needed.
        public: nobody needs to be signed in.
        recent: the person was seen at the door within the last minutes.
        any_role: an account without roles will do as well.
    """

    gate: Gate
    roles: frozenset[Role]
    public: bool = False
    recent: bool = False
    any_role: bool = False

    def __call__(self, request: Request) -> SignedIn | None:
        """Who is signed in; None at the door.

        Raises:
            ProblemError: they may not.
            SessionEndedError: nobody is.
        """
        self.gate.check_origin(request)
        if self.public:
            self.gate.check_rate(request)
            return None
        who = look_at_session(self.gate.means, session_token(request))
        if not self.any_role and not self.roles & who.account.roles:
            raise ProblemError("staff.role_missing")
        if self.recent and not who.is_recent(self.gate.means.now()):
            raise ProblemError("staff.verify_again")
        return who


def requirements_of(route: APIRoute) -> list[Requirement]:
    """The requirements that a route declares."""
    calls = [dependency.call for dependency in route.dependant.dependencies]
    return [call for call in calls if isinstance(call, Requirement)]


class StaffRoute(StrictRoute):
    """``APIRouter(route_class=StaffRoute)``: a route without one requirement cannot be made."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 - the framework's own
        super().__init__(path, endpoint, **options)
        check_declared(self)


def check_declared(route: APIRoute) -> None:
    """Stop the start of a service with a route that everybody could use.

    Raises:
        ValueError: the route declares no requirement, or several.
    """
    if len(requirements_of(route)) != 1:
        raise ValueError(f"{route.path} does not say who may use it")
