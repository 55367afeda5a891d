"""What a verifier must fetch before it can check, said so that nobody learns whom it checks.

A tile has 256 leaves and a status list every credential of an issuer: neither request names a
credential.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from verifier.credential.inclusion import TILE_LEAVES, parse_evidence_claim
from verifier.credential.sdjwt import parse_sd_jwt
from verifier.credential.status import parse_status_claim


@dataclass(frozen=True, slots=True)
class Needs:
    """Tiles as (origin of the log, number of the tile), and URIs of status lists.

    ``reach`` tells how many leaves of each log must be known. It names a credential, so nobody is
    ever asked for it: it only says whether what one has is recent enough.
    """

    tiles: frozenset[tuple[str, int]]
    status_lists: frozenset[str]
    reach: Mapping[str, int] = field(default_factory=dict, compare=False)


def needs_of(presentations: Iterable[str]) -> Needs:
    """What to fetch for some presentations.

    Raises:
        RejectedError: a presentation is malformed (C-01 to C-07, C-11 to C-13, C-38, C-48).

    Not checked: anything else. Whoever fetches a URI treats it as hostile.
    """
    return together(_needs_of_one(text) for text in presentations)


def together(parts: Iterable[Needs]) -> Needs:
    """What several need."""
    tiles: set[tuple[str, int]] = set()
    lists: set[str] = set()
    reach: dict[str, int] = {}
    for needs in parts:
        tiles |= needs.tiles
        lists |= needs.status_lists
        for log, size in needs.reach.items():
            reach[log] = max(reach.get(log, 0), size)
    return Needs(frozenset(tiles), frozenset(lists), reach)


def _needs_of_one(text: str) -> Needs:
    payload = parse_sd_jwt(text).jws.payload
    place = parse_evidence_claim(payload.get("evidence"))
    lists = {parse_status_claim(payload["status"]).uri} if "status" in payload else set()
    return Needs(
        frozenset({(place.log, place.index // TILE_LEAVES)}),
        frozenset(lists),
        {place.log: place.index + 1},
    )
