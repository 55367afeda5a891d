"""What a verifier must fetch before it can check, said so that nobody learns whom it checks.

A tile has 256 leaves and a status list every credential of an issuer: neither request names a
credential.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from verifier.credential.inclusion import TILE_LEAVES, parse_evidence_claim
from verifier.credential.sdjwt import parse_sd_jwt
from verifier.credential.status import parse_status_claim


@dataclass(frozen=True, slots=True)
class Needs:
    """Tiles as (origin of the log, number of the tile), and URIs of status lists."""

    tiles: frozenset[tuple[str, int]]
    status_lists: frozenset[str]


def needs_of(presentations: Iterable[str]) -> Needs:
    """What to fetch for some presentations.

    Raises:
        RejectedError: a presentation is malformed (C-01 to C-07, C-11 to C-13, C-38, C-48).

    Not checked: anything else. Whoever fetches a URI treats it as hostile.
    """
    tiles: set[tuple[str, int]] = set()
    lists: set[str] = set()
    for text in presentations:
        payload = parse_sd_jwt(text).jws.payload
        place = parse_evidence_claim(payload.get("evidence"))
        tiles.add((place.log, place.index // TILE_LEAVES))
        if "status" in payload:
            lists.add(parse_status_claim(payload["status"]).uri)
    return Needs(frozenset(tiles), frozenset(lists))
