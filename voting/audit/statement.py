"""The first and the last line of a report: what publishes the poll, who won, what holds."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from voting.audit.findings import CHECKS, Report, Verdict
from voting.audit.winners import Winner, Winners
from voting.contest.figures import show
from voting.contest.naming import Title
from voting.contest.notices import INFLUENCE_DIFFERS, TEXTS
from voting.contest.outcome import EXPERT_ONLY, VOTES_ONLY, Outcome
from voting.contest.presentation import influence
from voting.poll.clauses import PublicationKind


class Sentence(NamedTuple):
    """One thing that is said, in both languages."""

    ko: str
    en: str

    def told_in(self, language: str) -> str:
        """Korean for ``ko``, English for everything else."""
        return self.ko if language == "ko" else self.en


PUBLISHED_BY: Final[Mapping[PublicationKind, Sentence]] = {
    PublicationKind.CHECKPOINT_LOG: Sentence(
        "게시 방법: 체인의 체크포인트 기록 계약(checkpoint-log). 무엇이 언제 기록되었는지만 "
        "정해 줍니다. 투표 정의를 보관하지 않고, 투표함이 받지 않은 표를 대신 받지 않으며, "
        "개표를 검산하지 않습니다.",
        "Published by: the chain's log of checkpoints (checkpoint-log). It fixes what was anchored "
        "and when. It does not keep the definition, takes no ballot that the board withholds, and "
        "checks no count.",
    ),
    PublicationKind.SIMULATION: Sentence(
        "게시 방법: 없음(simulation). 모의 투표입니다. 시각은 모두 지어낸 것이고, 빠진 표가 "
        "없다는 증거가 없습니다.",
        "Published by: nothing (simulation). A synthetic poll: all its times are invented, and "
        "nothing shows that no ballot was left out.",
    ),
}
"""What publishes a poll, and what that does not prove."""

UNKNOWN: Final = Sentence(
    "게시 방법: 투표 정의를 읽지 못해 알 수 없습니다.",
    "Published by: not known, as the definition could not be read.",
)
TRUSTED: Final = Sentence(
    "주의: 투표 정의를 다른 곳과 견주지 않았습니다. 공고된 투표 식별값을 --poll-id로 주십시오.",
    "Note: the definition was taken on trust. Give --poll-id, as it was announced elsewhere.",
)
UNCHAINED: Final = Sentence(
    "주의: 체인과 견주지 않았습니다. 체인 사본을 --chain으로 주십시오.",
    "Note: nothing was compared with a chain. Give a snapshot with --chain.",
)


def opening(report: Report, language: str) -> str:
    """What publishes the poll, and what that leaves open: the first line, and in the last one."""
    kind = report.publication
    parts = [UNKNOWN if kind is None else PUBLISHED_BY[kind]]
    if not report.compared.poll_id:
        parts.append(TRUSTED)
    if not report.compared.chain and kind is not PublicationKind.SIMULATION:
        parts.append(UNCHAINED)
    return " ".join(part.told_in(language) for part in parts)


def closing(report: Report, language: str) -> str:
    """Whether all holds, or what does not; who won, with how many votes; then the first line."""
    said = _holding(report) if report.holds else _failing(report, language)
    return f"{said.told_in(language)} {opening(report, language)}"


def _holding(report: Report) -> Sentence:
    unmade = [check for check, verdict in report.verdicts if verdict is Verdict.UNDETERMINED]
    left = ", ".join(unmade)
    won = Sentence("", "") if report.winners is None else _won(report.winners)
    return Sentence(
        f"확인한 것은 모두 맞습니다{f' (확인 안 함: {left})' if unmade else ''}. {won.ko}".rstrip(),
        f"All that was checked holds{f' (not checked: {left})' if unmade else ''}. "
        f"{won.en}".rstrip(),
    )


def _failing(report: Report, language: str) -> Sentence:
    failed = [check for check, verdict in report.verdicts if verdict is Verdict.FAILS]
    named = ", ".join(f"{check} {Sentence(*CHECKS[check]).told_in(language)}" for check in failed)
    return Sentence(
        f"맞지 않습니다: {named}. 그래서 1위를 말하지 않습니다.",
        f"DOES NOT HOLD: {named}. So nobody is named as the winner.",
    )


def _won(winners: Winners) -> Sentence:
    voted = _most_voted(winners)
    if not winners.experts:
        return voted
    if not winners.first:
        return Sentence(f"순위가 없습니다. {voted.ko}", f"There is no ranking. {voted.en}")
    by = _BY.get(winners.basis, Sentence("전문가와 투표를 합한 1위", "First by experts and votes"))
    level, named = _level(winners.first), _named(winners.first)
    weighed = _weighed(winners.decided)
    return Sentence(
        f"{by.ko}{level.ko}: {named.ko}. {voted.ko} {weighed.ko}",
        f"{by.en}{level.en}: {named.en}. {voted.en} {weighed.en}",
    )


def _weighed(decided: Outcome | None) -> Sentence:
    """What both sides really decided, with what must be told of it."""
    if decided is None:
        return Sentence("", "")
    said = [f"{influence(decided, 'ko')}.", f"{influence(decided, 'en')}."]
    if decided.blend.effective.differ_from(decided.blend.weights):
        notice = TEXTS[INFLUENCE_DIFFERS]
        said = [f"{said[0]} {notice.ko}", f"{said[1]} {notice.en}"]
    return Sentence(*said)


_BY: Final = {
    EXPERT_ONLY: Sentence("전문가 채점만으로 1위", "First by the experts alone"),
    VOTES_ONLY: Sentence("투표만으로 1위", "First by the votes alone"),
}


def _most_voted(winners: Winners) -> Sentence:
    if winners.votes is None:
        return Sentence("표가 적어 개표하지 않았습니다.", "Too few ballots: nothing was counted.")
    if not winners.most_voted:
        return Sentence("표를 얻은 선택지가 없습니다.", "No option got a vote.")
    share = show(Fraction(100 * (winners.most_voted[0].votes or 0), winners.votes))
    level, named = _level(winners.most_voted), _named(winners.most_voted)
    several = len(winners.most_voted) > 1
    each = Sentence("각각 ", " each") if several else Sentence("", "")
    return Sentence(
        f"득표 1위{level.ko}: {named.ko}, {each.ko}전체 {winners.votes:,}표의 {share} %.",
        f"Most votes{level.en}: {named.en}, {share} %{each.en} of {winners.votes:,} votes.",
    )


def _level(winners: Sequence[Winner]) -> Sentence:
    """That several are level, before their names."""
    if len(winners) == 1:
        return Sentence("", "")
    return Sentence(f" (동점 {len(winners)}건)", f" (a tie of {len(winners)})")


def _named(winners: Sequence[Winner]) -> Sentence:
    return Sentence(
        ", ".join(f"'{one.title.ko}'{_votes(one, ' {:,}표')}" for one in winners),
        ", ".join(f"'{_english(one.title)}'{_votes(one, ' {:,} votes')}" for one in winners),
    )


def _votes(winner: Winner, form: str) -> str:
    return "" if winner.votes is None else form.format(winner.votes)


def _english(title: Title) -> str:
    return title.ko if title.en is None else title.en
