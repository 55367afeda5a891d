"""What a poll may be, and that its id covers every field."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.evidence.encoding import Json, canonical, parse_json
from contracts.evidence.errors import EncodingError
from tests.simulators.poll import simulated
from voting.contest.naming import Title
from voting.crypto.errors import CeremonyRuleError, PartyListError, PollShapeError
from voting.errors import VotingError
from voting.poll.clauses import BEFORE, DEFAULT_MIN_BALLOTS, Casting, Option
from voting.poll.definition import PollDefinition, draft_id, parse_definition
from voting.poll.errors import DefinitionError
from voting.poll.states import Phase, phase_at, registration_is_open


def honest() -> PollDefinition:
    return simulated().definition


def test_definition_survives_its_own_bytes() -> None:
    parsed = parse_definition(honest().to_bytes())
    assert parsed == honest()
    assert parsed.poll_id() == honest().poll_id()


def paths(value: Json, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    items: list[tuple[str | int, Json]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    found = [path] if path and not items else []
    return found + [p for key, child in items for p in paths(child, (*path, key))]


def changed(path: tuple[str | int, ...], new: Json) -> bytes:
    document = parse_json(honest().to_bytes())
    target = document
    for key in path[:-1]:
        target = target[key]  # type: ignore[index,call-overload]  # the path exists in this document
    target[path[-1]] = new  # type: ignore[index,call-overload]  # the same
    return canonical(document)


@pytest.mark.parametrize("path", paths(parse_json(honest().to_bytes())), ids=str)
def test_no_member_may_be_of_another_type(path: tuple[str | int, ...]) -> None:
    if path == ("contest",):
        return
    with pytest.raises((EncodingError, VotingError)):
        parse_definition(changed(path, [{}]))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_poll_id_covers_every_member(data: st.DataObject) -> None:
    document = parse_json(honest().to_bytes())
    path = data.draw(st.sampled_from(paths(document)))
    try:
        other = parse_definition(changed(path, data.draw(st.sampled_from([1, 2, 30, "a", True]))))
    except (EncodingError, VotingError):
        return
    assert (other == honest()) == (other.poll_id() == honest().poll_id())


def test_unknown_members_and_other_spellings_are_refused() -> None:
    data = honest().to_bytes()
    document = parse_json(data)
    assert isinstance(document, dict)
    for bad in (
        canonical(document | {"colour": "red"}),
        canonical({key: value for key, value in document.items() if key != "times"}),
        canonical(document | {"version": "dojang-poll-v2/definition"}),
        data + b"\n",
        data.replace(b'"title":', b'"title": '),
        b"",
    ):
        with pytest.raises(EncodingError):
            parse_definition(bad)


@pytest.mark.parametrize("key", [bytes([1]) + bytes(31), bytes(32), bytes([2]) + bytes(31)])
def test_board_key_that_anybody_could_sign_for_is_refused(key: bytes) -> None:
    publication = honest().publication
    with pytest.raises(DefinitionError):
        replace(honest(), publication=replace(publication, key=key))


def test_option_ids_are_distinct() -> None:
    option = Option("case-01", Title("[시험] 같은 것"))
    with pytest.raises(DefinitionError):
        replace(honest(), options=(option, option, honest().options[2]))


def test_one_key_for_each_option() -> None:
    with pytest.raises(DefinitionError):
        replace(honest(), options=honest().options[:2])


@pytest.mark.parametrize(("minimum", "refused"), [(4, True), (5, False), (20, False)])
def test_min_ballots_is_never_under_five(minimum: int, *, refused: bool) -> None:
    assert DEFAULT_MIN_BALLOTS == 20
    if refused:
        with pytest.raises(DefinitionError):
            Casting(1, 1, min_ballots=minimum)
    else:
        assert Casting(1, 1, min_ballots=minimum).min_ballots == minimum


def test_max_casts_goes_with_revoting() -> None:
    assert Casting(1, 1, revote=False, max_casts=1).max_casts == 1
    for revote, casts in ((False, 10), (True, 1)):
        with pytest.raises(DefinitionError):
            Casting(1, 1, revote=revote, max_casts=casts)


@pytest.mark.parametrize(
    ("n", "t", "f", "fits"),
    [(4, 3, 1, True), (4, 2, 1, False), (4, 3, 2, False), (4, 4, 3, True), (4, 4, 0, False)],
)
def test_registrars_need_more_than_half_of_all_and_the_dishonest(
    n: int, t: int, f: int, *, fits: bool
) -> None:
    registrars = replace(honest().registrars, threshold=t, dishonest=f)
    assert len(registrars.identities) == n
    if fits:
        assert replace(honest(), registrars=registrars).registrars.dishonest == f
    else:
        with pytest.raises(CeremonyRuleError):
            replace(honest(), registrars=registrars)


def test_three_registrars_of_whom_two_sign_are_refused() -> None:
    registrars = honest().registrars
    small = replace(registrars, identities=registrars.identities[:3], threshold=2, dishonest=1)
    with pytest.raises(CeremonyRuleError):
        replace(honest(), registrars=small)


def test_identities_are_distinct() -> None:
    trustees = honest().trustees
    twice = replace(trustees, identities=(trustees.identities[0],) * 3)
    with pytest.raises(PartyListError):
        replace(honest(), trustees=twice)


def test_choices_fit_the_options() -> None:
    with pytest.raises(PollShapeError):
        replace(honest(), casting=replace(honest().casting, maximum=4))


def test_times_are_in_order() -> None:
    times, day = honest().times, timedelta(days=1)
    for wrong in (
        replace(times, opens=times.closes),
        replace(times, grace=timedelta(0)),
        replace(times, grace=timedelta(days=8)),
    ):
        with pytest.raises(DefinitionError):
            replace(honest(), times=wrong)
    registration = honest().registration
    with pytest.raises(DefinitionError):
        replace(honest(), registration=replace(registration, closes=times.closes - day))
    before = replace(registration, when=BEFORE, closes=times.opens)
    assert replace(honest(), registration=before).registration.when == BEFORE
    with pytest.raises(DefinitionError):
        replace(honest(), registration=replace(before, closes=times.opens + day))


def test_times_near_the_end_of_the_calendar_are_refused() -> None:
    times = honest().times
    years = timedelta(days=7900 * 365)
    with pytest.raises(DefinitionError):
        replace(honest(), times=replace(times, closes=times.closes + years))


@pytest.mark.parametrize("text", ["", " ", "x" * 301, "a\u202eb"])
def test_names_are_plain_text(text: str) -> None:
    with pytest.raises(DefinitionError):
        replace(honest(), registration=replace(honest().registration, pseudonym_claim=text))


def test_experts_open_after_the_final_checkpoint() -> None:
    contest = honest().contest
    assert contest is not None
    with pytest.raises(DefinitionError):
        replace(honest(), contest=replace(contest, deadline=honest().times.final))


def test_draft_leaves_out_the_root_of_the_sheets_and_nothing_else() -> None:
    contest = honest().contest
    assert contest is not None
    other = replace(honest(), contest=replace(contest, sheets_root=bytes(32)))
    assert draft_id(other) == draft_id(honest())
    assert other.poll_id() != honest().poll_id()
    later = replace(contest, deadline=contest.deadline + timedelta(days=1))
    assert draft_id(replace(honest(), contest=later)) != draft_id(honest())
    with pytest.raises(DefinitionError):
        draft_id(replace(honest(), contest=None))


def test_phases_begin_at_their_first_moment() -> None:
    times, second = honest().times, timedelta(seconds=1)
    for at, phase in (
        (times.opens - second, Phase.ANNOUNCED),
        (times.opens, Phase.OPEN),
        (times.closes - second, Phase.OPEN),
        (times.closes, Phase.CLOSING),
        (times.final, Phase.CLOSING),
        (times.final + second, Phase.CLOSED),
    ):
        assert phase_at(honest(), at) is phase


def test_registration_runs_with_voting_or_ends_before_it() -> None:
    times, second = honest().times, timedelta(seconds=1)
    assert not registration_is_open(honest(), times.opens - second)
    assert registration_is_open(honest(), times.opens)
    assert not registration_is_open(honest(), times.closes)
    clause = replace(honest().registration, when=BEFORE, closes=times.opens)
    before = replace(honest(), registration=clause)
    assert registration_is_open(before, times.opens - second)
    assert not registration_is_open(before, times.opens)
