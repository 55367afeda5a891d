"""A decided contest as lines for people: ranking, what each side really decided, other methods."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from voting.contest.figures import show
from voting.contest.naming import Title
from voting.contest.notices import INFLUENCE_DIFFERS, NO_INFLUENCE, TEXTS
from voting.contest.outcome import Outcome
from voting.contest.result import Result
from voting.contest.scaling import MAX_RELATIVE, MIN_MAX, RANK_POINTS, RAW_SHARE, Z_SCORE

METHOD_NAMES: Final = {
    MAX_RELATIVE: Title("최고점 대비", "relative to the best"),
    MIN_MAX: Title("최저-최고 구간", "between lowest and highest"),
    Z_SCORE: Title("표준점수", "standard scores"),
    RANK_POINTS: Title("순위 점수", "points by rank"),
    RAW_SHARE: Title("득표율 그대로", "raw shares"),
}
_HUNDRED: Final = 100


def result_lines(result: Result, language: str) -> Iterator[str]:
    """The ranking, both sides' stated weight and influence, notices, and every other method."""
    korean = language == "ko"
    if result.chosen is None:
        yield "순위가 없습니다." if korean else "There is no ranking."
    else:
        yield from _ranking(result, result.chosen, language)
        yield from _influence(result.chosen, language)
    for notice in result.notices:
        yield _said(TEXTS[notice.code], language)
    if result.outcomes:
        yield "방법마다:" if korean else "Under every method:"
    for outcome in result.outcomes:
        yield _method(outcome, language)


def influence(outcome: Outcome, language: str) -> str:
    """What each side really decided: its share of the variance of the blended scores."""
    effective = outcome.blend.effective
    if effective.expert is None or effective.votes is None:
        return _said(TEXTS[NO_INFLUENCE], language).rstrip(".")
    expert, votes = _percent(effective.expert), _percent(effective.votes)
    if language == "ko":
        return f"실제 영향(점수 분산의 몫): 전문가 {expert}, 투표 {votes}"
    return f"Actual influence (share of the scores' variance): experts {expert}, votes {votes}"


def _ranking(result: Result, chosen: Outcome, language: str) -> Iterator[str]:
    titles = {entry.id: entry.title for entry in result.standing.entries}
    scores = dict(zip(chosen.entries, chosen.blend.scores, strict=True))
    for place in chosen.places:
        title = _said(titles[place.entry], language)
        yield f"{place.rank:3}  {show(scores[place.entry]):>7}  {title}"


def _influence(chosen: Outcome, language: str) -> Iterator[str]:
    weights = chosen.blend.weights
    expert, votes = _percent(weights.expert), _percent(weights.votes)
    name = _said(METHOD_NAMES[chosen.blend.method], language)
    if language == "ko":
        yield f"방법: {name}. 정해진 비율: 전문가 {expert}, 투표 {votes}"
    else:
        yield f"Method: {name}. Stated weights: experts {expert}, votes {votes}"
    if chosen.blend.effective.expert is not None:
        yield influence(chosen, language)
    codes = [notice.code for notice in chosen.notices]
    if chosen.blend.effective.differ_from(weights) and INFLUENCE_DIFFERS not in codes:
        codes.insert(0, INFLUENCE_DIFFERS)  # Results of the first edition do not tell it.
    for code in codes:
        yield _said(TEXTS[code], language)


def _method(outcome: Outcome, language: str) -> str:
    order = ", ".join(f"{place.rank} {place.entry}" for place in outcome.places)
    differs = outcome.blend.effective.differ_from(outcome.blend.weights)
    mark = "" if not differs else (" (주의)" if language == "ko" else " (beware)")
    name = _said(METHOD_NAMES[outcome.blend.method], language)
    return f"  {name}: {influence(outcome, language)}{mark}. {order}"


def _percent(share: Fraction) -> str:
    return f"{show(_HUNDRED * share)} %"


def _said(title: Title, language: str) -> str:
    return title.ko if language == "ko" or title.en is None else title.en
