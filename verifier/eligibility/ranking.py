"""Who comes first in a round over quota, by an ordinal band; nobody's amount is known here.

Bands are coarse, so that many applicants share one. Where the last places fall inside a band, the
band is reported as tied and nobody in it is chosen: an officer decides by the notice's rule, for
instance by a public draw. The order of applying never decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from contracts.evidence.encoding import Json
from verifier.eligibility.errors import RankingError

MAX_BAND: Final = 20
MAX_APPLICANTS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Ranked:
    """An eligible applicant: the application's id and the band as disclosed, 1 being the lowest.

    ``band`` is whatever the verified claim held, or None if none was disclosed.
    """

    application: str
    band: Json


@dataclass(frozen=True, slots=True)
class Selection:
    """What the bands decide, each list in the order of the applications' ids.

    Attributes:
        chosen: those whose band lies wholly within the places.
        tied: the one band that the places end in; ``places_left`` of them can be chosen.
        beyond: those in higher bands.
        unverified: those whose band is not known. While there are any, nothing is final, because
            each of them might belong before somebody else.
    """

    chosen: tuple[str, ...]
    tied: tuple[str, ...]
    places_left: int
    beyond: tuple[str, ...]
    unverified: tuple[str, ...]

    @property
    def final(self) -> bool:
        """Whether the bands alone decide about everybody."""
        return not self.tied and not self.unverified


def select_by_band(applicants: Sequence[Ranked], places: int) -> Selection:
    """Fill the places with the lowest bands first.

    Args:
        applicants: all who were found eligible, each once.
        places: how many can be chosen, not negative.

    Raises:
        RankingError: two of one id, too many applicants, or a negative number of places.
    """
    if places < 0 or len(applicants) > MAX_APPLICANTS:
        raise RankingError(f"places are not negative, applicants at most {MAX_APPLICANTS}")
    if len({entry.application for entry in applicants}) < len(applicants):
        raise RankingError("an application stands twice")
    chosen: list[str] = []
    tied: list[str] = []
    beyond: list[str] = []
    for band in _bands(applicants):
        left = places - len(chosen)
        if tied or left == 0:
            beyond += band
        elif len(band) <= left:
            chosen += band
        else:
            tied = band
    return Selection(
        chosen=tuple(sorted(chosen)),
        tied=tuple(tied),
        places_left=places - len(chosen) if tied else 0,
        beyond=tuple(sorted(beyond)),
        unverified=tuple(sorted(e.application for e in applicants if not _is_band(e.band))),
    )


def _bands(applicants: Sequence[Ranked]) -> list[list[str]]:
    """The applications of each band that is known, low first."""
    bands: list[list[str]] = [[] for _ in range(MAX_BAND + 1)]
    for entry in sorted(applicants, key=lambda ranked: ranked.application):
        if isinstance(entry.band, int) and _is_band(entry.band):
            bands[entry.band].append(entry.application)
    return bands


def _is_band(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_BAND
