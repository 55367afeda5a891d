"""The readable trail of a contest's outcome: ranking, influence, other methods, prizes."""

from api.demo.contest.source import WEIGHTS
from api.demo.trail import Figure, Sentence, Sources, Step
from voting.contest.notices import NO_INFLUENCE, TEXTS
from voting.contest.presentation import METHOD_NAMES
from voting.contest.scaling import METHODS


def chosen(sources: Sources, year: str) -> str:
    """Where the outcome under the method of the rules stands in the result."""
    result = f"{year}/result.json"
    method = str(sources.at(result, "/method").value)
    return f"/outcomes/{METHODS.index(method)}"


def ranking(sources: Sources, year: str) -> Step:
    """The ranking under the rules' method, and what each side really decided of it."""
    result = f"{year}/result.json"
    outcome = chosen(sources, year)
    stated = {
        "expert": sources.at(result, "/weights/expert"),
        "votes": sources.at(result, "/weights/votes"),
    }
    method = METHOD_NAMES[str(sources.at(result, "/method").value)]
    weights = Sentence(
        "전문가 {expert}, 시민 {votes}의 비율로 합칩니다. 두 쪽을 한 눈금에 놓는 방법은 공개되지 "
        f"않았습니다. 이 시연의 가정: {method.ko}(평균에서 떨어진 정도).",
        "Experts {expert}, citizens {votes}. How both come onto one scale was not published. This "
        f"demonstration's assumption: {method.en} (how far from the mean).",
        stated,
    )
    told = [_influence(sources, year, outcome), *_notices(sources, year, outcome)]
    if WEIGHTS in _assumed(sources, year):
        told.append(
            Sentence(
                "이 비율은 가정입니다. 공개 기사에서는 앞 숫자만 확인됩니다.",
                "These weights are an assumption: published text shows only the first figure.",
            )
        )
    rows = [
        _row(sources, year, index) for index in range(sources.length(result, f"{outcome}/ranking"))
    ]
    return Step(Sentence("최종 순위", "Final ranking"), (weights, *rows, *told))


def _assumed(sources: Sources, year: str) -> list[str]:
    """Places among the facts that are our assumptions."""
    path = f"{year}/source.json"
    places = range(sources.length(path, "/facts/assumed"))
    return [str(sources.at(path, f"/facts/assumed/{place}").value) for place in places]


def _influence(sources: Sources, year: str, outcome: str) -> Sentence:
    """What each side really decided, beside what was stated."""
    result = f"{year}/result.json"
    if sources.whole_at(result, f"{outcome}/effective_weights/expert") is None:
        said = TEXTS[NO_INFLUENCE]
        return Sentence(said.ko, said.en or said.ko)
    return Sentence(
        "실제로 미친 영향(점수 분산의 몫): 전문가 {expert}, 투표 {votes}. 정해진 비율: 전문가 "
        "{stated_expert}, 투표 {stated_votes}.",
        "Actual influence (share of the scores' variance): experts {expert}, votes {votes}. "
        "Stated: experts {stated_expert}, votes {stated_votes}.",
        {
            "expert": sources.at(result, f"{outcome}/effective_weights/expert/shown"),
            "votes": sources.at(result, f"{outcome}/effective_weights/votes/shown"),
            "stated_expert": sources.at(result, f"{outcome}/weights/expert"),
            "stated_votes": sources.at(result, f"{outcome}/weights/votes"),
        },
    )


def _notices(sources: Sources, year: str, outcome: str) -> list[Sentence]:
    result = f"{year}/result.json"
    codes = [
        str(sources.at(result, f"{outcome}/notices/{index}/code").value)
        for index in range(sources.length(result, f"{outcome}/notices"))
    ]
    return [Sentence(TEXTS[code].ko, TEXTS[code].en or TEXTS[code].ko) for code in codes]


def _row(sources: Sources, year: str, index: int) -> Sentence:
    result, place = f"{year}/result.json", f"{chosen(sources, year)}/ranking/{index}"
    entry = sources.at(result, f"{place}/entry")
    titles = {
        language: _title(sources, year, str(entry.value), language) for language in ("ko", "en")
    }
    return Sentence(
        "{rank}위 {title_ko}: 전문가 {expert} + 투표 {votes} = {score}점",
        "{rank}. {title_en}: experts {expert} + votes {votes} = {score}",
        {
            "rank": sources.at(result, f"{place}/rank"),
            "title_ko": titles["ko"],
            "title_en": titles["en"],
            "expert": sources.at(result, f"{place}/expert_part/shown"),
            "votes": sources.at(result, f"{place}/vote_part/shown"),
            "score": sources.at(result, f"{place}/score/shown"),
        },
    )


def _title(sources: Sources, year: str, entry: str, language: str) -> Figure:
    path = f"{year}/entries.json"
    for index in range(sources.length(path, "/entries")):
        if sources.at(path, f"/entries/{index}/id").value == entry:
            return sources.at(path, f"/entries/{index}/title/{language}")
    return sources.at(path, "/entries/none")


def methods(sources: Sources, year: str) -> Step:
    """The order and the influence of both sides under every method."""
    result = f"{year}/result.json"
    sentences = []
    for index, method in enumerate(METHODS):
        places = sources.length(result, f"/outcomes/{index}/ranking")
        figures = {
            f"place{place}": sources.at(result, f"/outcomes/{index}/ranking/{place}/entry")
            for place in range(places)
        }
        order = " > ".join(f"{{place{place}}}" for place in range(places))
        name = METHOD_NAMES[method]
        sentences.append(Sentence(f"{name.ko}: {order}", f"{name.en}: {order}", figures))
        sentences.append(_influence(sources, year, f"/outcomes/{index}"))
        sentences += _notices(sources, year, f"/outcomes/{index}")
    return Step(Sentence("다른 방법이었다면", "Had another method been chosen"), tuple(sentences))


def prizes(sources: Sources, year: str) -> Step:
    """The tiers, and what is paid."""
    result, rules = f"{year}/result.json", f"{year}/rules.json"
    sentences = []
    for index in range(sources.length(rules, "/tiers")):
        tier = f"/tiers/{index}"
        known = sources.at(rules, f"{tier}/amount").value != 0
        sentences.append(
            Sentence(
                "{title}: {places}건" + (", 각 {amount}원" if known else " (상금은 공개되지 않음)"),
                "{title_en}: {places}" + (" x {amount} won" if known else " (prize not published)"),
                {
                    "title": sources.at(rules, f"{tier}/title/ko"),
                    "title_en": sources.at(rules, f"{tier}/title/en"),
                    "places": sources.at(rules, f"{tier}/places"),
                    "amount": sources.at(rules, f"{tier}/amount"),
                },
            )
        )
    total = Sentence(
        "상금 합계: {paid}원 (예산 {budget}원)",
        "Prizes paid: {paid} won (of {budget} won)",
        {
            "paid": sources.at(result, f"{chosen(sources, year)}/prizes/paid"),
            "budget": sources.at(result, f"{chosen(sources, year)}/prizes/budget"),
        },
    )
    if total.figures["budget"].value != 0:
        sentences.append(total)
    return Step(Sentence("상", "Prizes"), tuple(sentences))
