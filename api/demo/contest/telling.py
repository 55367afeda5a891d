"""The readable trail of one year's contest. Templates hold no digits: figures come from files."""

from api.demo.contest.outcome_narrative import chosen, methods, prizes, ranking
from api.demo.contest.source import TOLD
from api.demo.trail import Sentence, Sources, Step
from voting.audit.statement import PUBLISHED_BY
from voting.poll.clauses import PublicationKind


def contest_steps(sources: Sources, year: str) -> list[Step]:
    """The steps of one year, told from its files."""
    return [
        _beginning(sources, year),
        _rounds(sources, year),
        _commitment(sources, year),
        _poll(sources, year),
        ranking(sources, year),
        methods(sources, year),
        prizes(sources, year),
        _anchors(sources, year),
    ]


def _beginning(sources: Sources, year: str) -> Step:
    path = f"{year}/source.json"
    title = Sentence(
        "{ko}",
        "{en}",
        {"ko": sources.at(path, "/title/ko"), "en": sources.at(path, "/title/en")},
    )
    return Step(
        title,
        (
            Sentence(
                "사실의 출처: {source}.",
                "Source of the facts: {source}.",
                {"source": sources.at(path, "/facts/source")},
            ),
            Sentence(
                "{ko}",
                "{en}",
                {
                    "ko": sources.at(path, "/synthetic/note/ko"),
                    "en": sources.at(path, "/synthetic/note/en"),
                },
            ),
        ),
    )


def _rounds(sources: Sources, year: str) -> Step:
    submitted = sources.at(f"{year}/source.json", "/facts/submitted")
    sentences = [
        Sentence(
            "사례 {submitted}건, 심사위원 {judges}명 (심사위원은 합성).",
            "{submitted} cases, {judges} judges (the judges are synthetic).",
            {
                "submitted": submitted,
                "judges": sources.at(f"{year}/source.json", "/synthetic/judges"),
            },
        )
    ]
    names = {"paper": ("서면 심사", "paper round"), "interview": ("대면 심사", "interview round")}
    before = submitted
    for index in range(sources.length(f"{year}/rules.json", "/rounds")):
        after = sources.at(f"{year}/rules.json", f"/rounds/{index}/advance")
        kind = sources.at(f"{year}/rules.json", f"/rounds/{index}/kind")
        ko, en = names[str(kind.value)]
        figures = {"before": before, "after": after}
        sentences.append(
            Sentence(
                f"{ko}: {{before}}건 -> {{after}}건.", f"{en}: {{before}} -> {{after}}.", figures
            )
        )
        before = after
    return Step(Sentence("전문가 심사", "Expert rounds"), tuple(sentences))


def _commitment(sources: Sources, year: str) -> Step:
    anchors = f"logs/contest-{year}/anchors.json"
    sealed = 1 + sources.length(f"{year}/rules.json", "/rounds")
    return Step(
        Sentence("봉인한 최종 채점표", "Final score sheets, sealed"),
        (
            Sentence(
                "심사위원은 최종 채점표를 봉인해 {when}에 체인에 남겼습니다. 투표는 {opens}에 "
                "시작했습니다: 누구도 표를 보고 점수를 정할 수 없습니다.",
                "The judges sealed their final sheets on chain at {when}. The poll opened at "
                "{opens}: nobody could set scores with votes in view.",
                {
                    "when": sources.at(anchors, f"/{sealed}/time"),
                    "opens": sources.at(f"{year}/definition.json", "/opens"),
                },
            ),
        ),
    )


def _poll(sources: Sources, year: str) -> Step:
    poll = f"{year}/poll.json"
    facts = [_turnout(sources, poll)]
    for index in range(sources.length(poll, "/published/first")):
        place = f"/published/first/{index}"
        figures = {
            "entry": sources.at(poll, f"{place}/entry"),
            "votes": sources.at(poll, f"{place}/votes"),
            "share": sources.at(poll, f"{place}/share/shown"),
        }
        facts.append(
            Sentence(
                "공개된 사실: 첫째 사례({entry})는 {votes}표, {share} %.",
                "Published fact: the winning case ({entry}) had {votes} votes, {share} %.",
                figures,
            )
        )
    how = [
        _scale(sources, year),
        _cryptography(sources, year),
        _published(),
        _audited(sources, year),
        Sentence("이 폴더에서 직접 감사하기:", "To audit it yourself, in this folder:"),
        _repeat(sources, year),
    ]
    return Step(Sentence("시민 투표", "Citizen poll"), (*facts, *how, *_votes(sources, year)))


def _turnout(sources: Sources, poll: str) -> Sentence:
    """How many voted; how many votes that were is a fact of some years only."""
    voters = sources.at(poll, "/published/voters")
    if sources.length(poll, "/assumed"):
        return Sentence(
            "공개된 사실: {voters}명이 투표했습니다. 한 사람의 표 수는 공개되지 않았습니다. 가정: "
            "모두 {total}표.",
            "Published fact: {voters} people voted. How many votes each had was not published. "
            "Assumption: {total} votes in all.",
            {"voters": voters, "total": sources.at(poll, "/assumed/votes")},
        )
    return Sentence(
        "공개된 사실: {voters}명이 {total}표를 냈습니다.",
        "Published fact: {voters} people cast {total} votes.",
        {"voters": voters, "total": sources.at(poll, "/published/votes")},
    )


def _scale(sources: Sources, year: str) -> Sentence:
    poll = f"{year}/poll.json"
    figures = {"voters": sources.at(poll, "/voters")}
    if sources.flag(poll, "/scaled_down"):
        whole = ("", "")
        if year == TOLD:
            whole = (" 전체 규모는 --voters로 치릅니다.", " --voters holds the whole.")
        return Sentence(
            "이 시연의 투표는 합성 유권자 {voters}명으로 줄인 것입니다. 아래의 득표와 순위는 "
            f"사실이 아니라 합성 결과입니다.{whole[0]}",
            "This demonstration's poll is scaled down to {voters} synthetic voters: the votes and "
            f"ranks below are synthetic results, no facts.{whole[1]}",
            figures,
        )
    return Sentence(
        "이 시연의 투표는 합성 유권자 {voters}명 전원으로 치렀습니다. 첫째 사례 밖의 득표는 "
        "합성입니다.",
        "This demonstration's poll was held with all {voters} voters, who are synthetic, and so "
        "are all votes that were not published.",
        figures,
    )


def _cryptography(sources: Sources, year: str) -> Sentence:
    poll, definition = f"{year}/poll.json", f"{year}/poll/definition.json"
    return Sentence(
        "표는 암호문으로만 모았습니다. 등록관 {registrars}명 가운데 {granting}명이 눈을 가린 채 "
        "투표권을 주었고, 개표 수탁자 {trustees}명 가운데 {opening}명이 합계만 열었습니다. "
        "시연: 운영자는 하나입니다.",
        "Votes were gathered as ciphertexts only. {granting} of {registrars} registrars signed "
        "tokens blindly, {opening} of {trustees} trustees opened nothing but the sum. "
        "Demonstration: one operator plays them all.",
        {
            "registrars": sources.at(poll, "/registrars"),
            "granting": sources.at(definition, "/registrars/threshold"),
            "trustees": sources.at(poll, "/trustees"),
            "opening": sources.at(definition, "/trustees/threshold"),
        },
    )


def _published() -> Sentence:
    """What publishes every demonstration's poll; the checks of a contest look at its kind."""
    said = PUBLISHED_BY[PublicationKind.CHECKPOINT_LOG]
    return Sentence(said.ko, said.en)


def _repeat(sources: Sources, year: str) -> Sentence:
    command = "python -m voting audit {year}/poll --chain snapshot.json --poll-id {poll}"
    return Sentence(
        command,
        f"{command} --lang en",
        {
            "year": sources.at(f"{year}/definition.json", "/year"),
            "poll": sources.at(f"{year}/poll.json", "/poll"),
        },
        command=True,
    )


def _audited(sources: Sources, year: str) -> Sentence:
    aggregate = f"{year}/poll/tally/aggregate.json"
    return Sentence(
        "투표함의 표 {size}장 가운데 {ballots}장을 셌습니다 (다시 투표하면 마지막 것). 기록 전체를 "
        "감사했고, 아래 득표는 감사한 집계에서 왔습니다. 투표 식별값 {poll}.",
        "Of {size} ballots on the board {ballots} count (who votes again, the last). The whole "
        "record was audited; the votes below are those of the audited tally. Poll id {poll}.",
        {
            "size": sources.at(aggregate, "/size"),
            "ballots": sources.at(aggregate, "/ballots"),
            "poll": sources.at(f"{year}/poll.json", "/poll"),
        },
    )


def _votes(sources: Sources, year: str) -> list[Sentence]:
    result = f"{year}/result.json"
    first = sources.at(result, f"{chosen(sources, year)}/ranking/0/entry")
    return [
        Sentence(
            "{voters}명이 한 사람당 서로 다른 {choices}개를 골라 {total}표를 냈습니다.",
            "{voters} people chose {choices} different cases each: {total} votes.",
            {
                "voters": sources.at(result, "/poll/voters"),
                "choices": sources.at(f"{year}/definition.json", "/choices"),
                "total": sources.at(result, "/poll/total"),
            },
        ),
        Sentence(
            "첫째 사례({entry}): {votes}표, {share} %.",
            "The winning case ({entry}): {votes} votes, {share} %.",
            {
                "entry": first,
                "votes": sources.at(result, f"/poll/votes/{first.value}"),
                "share": sources.at(result, f"/poll/share_percent/{first.value}/shown"),
            },
        ),
    ]


def _anchors(sources: Sources, year: str) -> Step:
    path = f"logs/contest-{year}/anchors.json"
    last = sources.length(path, "") - 1
    return Step(
        Sentence("체인에 남긴 것", "What went on chain"),
        (
            Sentence(
                "파일 {size}개의 지문을 차례로 남겼습니다. 마지막은 블록 {block}, {time}, "
                "뿌리 {root}.",
                "The fingerprints of {size} files, one stage after the other; the last in block "
                "{block} at {time}, root {root}.",
                {
                    name: sources.at(path, f"/{last}/{name}")
                    for name in ("size", "block", "time", "root")
                },
            ),
        ),
    )
