"""Places by ordinal band: low first, a band that does not fit is tied and never cut."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.encoding import Json
from verifier.eligibility.errors import RankingError
from verifier.eligibility.ranking import MAX_BAND, Ranked, Selection, select_by_band


def select(bands: dict[str, Json], places: int) -> Selection:
    return select_by_band([Ranked(name, band) for name, band in bands.items()], places)


def test_low_bands_come_first_whoever_applied_first() -> None:
    chosen = select({"late": 1, "early": 3, "middle": 2}, 2)
    assert chosen == Selection(("late", "middle"), (), 0, ("early",), ())
    assert chosen.final


def test_the_band_that_the_places_end_in_is_tied_as_a_whole() -> None:
    selection = select({"a": 1, "b": 2, "c": 2, "d": 2, "e": 3}, 3)
    assert selection == Selection(("a",), ("b", "c", "d"), 2, ("e",), ())
    assert not selection.final


@pytest.mark.parametrize(
    ("places", "chosen", "tied", "left"),
    [(0, (), (), 0), (1, (), ("b", "c"), 1), (2, ("b", "c"), (), 0), (9, ("b", "c", "d"), (), 0)],
)
def test_a_band_that_fits_exactly_is_no_tie(
    places: int, chosen: tuple[str, ...], tied: tuple[str, ...], left: int
) -> None:
    selection = select({"b": 2, "c": 2, "d": 5}, places)
    assert (selection.chosen, selection.tied, selection.places_left) == (chosen, tied, left)


@pytest.mark.parametrize("band", [None, True, 0, -1, MAX_BAND + 1, 1.0, "1", [1]])
def test_a_band_that_is_not_known_is_neither_low_nor_high(band: Json) -> None:
    selection = select({"a": 1, "b": band}, 5)
    assert (selection.chosen, selection.unverified) == (("a",), ("b",))
    assert not selection.final
    assert select({"a": 1, "b": MAX_BAND}, 5).final


def test_what_cannot_be_ranked_is_refused() -> None:
    with pytest.raises(RankingError):
        select_by_band([Ranked("a", 1), Ranked("a", 2)], 1)
    with pytest.raises(RankingError):
        select({"a": 1}, -1)


@given(
    st.dictionaries(st.text(max_size=4), st.none() | st.integers(0, 6), max_size=30),
    st.integers(0, 30),
    st.randoms(),
)
def test_everybody_is_in_one_list_and_the_order_of_applying_decides_nothing(
    bands: dict[str, int | None], places: int, chance: Random
) -> None:
    selection = select(dict(bands), places)
    lists = (selection.chosen, selection.tied, selection.beyond, selection.unverified)
    assert sorted(name for names in lists for name in names) == sorted(bands)
    assert len(selection.chosen) <= places
    assert len(selection.tied) > selection.places_left or not selection.tied
    known = {name: band for name, band in bands.items() if band}
    highest = max((known[name] for name in selection.chosen), default=0)
    assert all(known[name] > highest for name in (*selection.tied, *selection.beyond))
    shuffled = list(bands.items())
    chance.shuffle(shuffled)
    assert select(dict(shuffled), places) == selection
