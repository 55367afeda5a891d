"""Everything of staff, JSON and pages, behind one gate."""

from fastapi import APIRouter

from api.http.rates import Rates
from api.http.staff.account_routes import account_routes
from api.http.staff.act_routes import act_routes
from api.http.staff.door_routes import door_routes
from api.http.staff.gate import Gate
from api.pages.staff_desk import desk_pages
from api.pages.staff_door import door_pages
from api.ports.door import Door


def staff_routes(door: Door, origin: str, rates: Rates) -> list[APIRouter]:
    """All routes of staff.

    Args:
        door: how people are recognised, and where everything is kept.
        origin: of the people's pages; the only one that changing requests come from.
        rates: counts requests at the door.
    """
    gate = Gate(door.means, origin, rates)
    return [
        door_routes(door, gate),
        account_routes(door, gate),
        act_routes(door, gate),
        door_pages(door, gate),
        desk_pages(door, gate),
    ]
