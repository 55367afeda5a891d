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
    tiles: set[tuple[str, int]] = set()
    lists: set[str] = set()
    reach: dict[str, int] = {}
    for text in presentations:
        payload = parse_sd_jwt(text).jws.payload
        place = parse_evidence_claim(payload.get("evidence"))
        tiles.add((place.log, place.index // TILE_LEAVES))
        reach[place.log] = max(reach.get(place.log, 0), place.index + 1)
        if "status" in payload:
            lists.add(parse_status_claim(payload["status"]).uri)
    return Needs(frozenset(tiles), frozenset(lists), reach)
