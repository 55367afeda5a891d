"""What people must be told beside a result, as stable codes with Korean and English texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contracts.evidence.encoding import Json
from voting.contest.naming import Title
from voting.contest.scoring import VOID_SCORES, VOID_SHEETS

RAW_SHARE_WARNING: Final = "blend.raw_share"
"""In results of the first edition alone."""
INFLUENCE_DIFFERS: Final = "blend.influence_differs"
NO_INFLUENCE: Final = "blend.no_influence"
EXPERT_NO_SPREAD: Final = "expert.no_spread"
VOTES_NO_SPREAD: Final = "votes.no_spread"
NO_VOTES: Final = "votes.none_cast"
NO_POLL: Final = "poll.without_result"
BELOW_FLOOR: Final = "poll.below_turnout_floor"
SHEETS_LEFT_OUT: Final = "sheets.left_out"
RANK_SHARED: Final = "ranking.shared"
DECISION_NEEDED: Final = "awards.needs_decision"
NO_RESULT: Final = "result.none"

TEXTS: Final[Mapping[str, Title]] = {
    RAW_SHARE_WARNING: Title(
        "득표율을 그대로 쓰면 두 쪽의 실제 반영 비중이 정해진 비중과 다를 수 있습니다. 실제 영향을 "
        "함께 보십시오.",
        "With raw shares both sides may weigh more or less than stated: see the actual influence.",
    ),
    INFLUENCE_DIFFERS: Title(
        "각 쪽이 점수 차이에 실제로 미친 영향이 정해진 비율과 오 퍼센트포인트 넘게 다릅니다.",
        "What a side really decided differs from its stated weight by more than five "
        "percentage points.",
    ),
    NO_INFLUENCE: Title(
        "모든 사례의 합산 점수가 같아, 어느 쪽도 순위를 정하지 않았습니다.",
        "All entries have the same blended score, so neither side decided the ranking.",
    ),
    EXPERT_NO_SPREAD: Title(
        "모든 사례의 전문가 점수가 같아 순위에 영향을 주지 않았습니다.",
        "All entries have the same expert score, so the experts decided nothing.",
    ),
    VOTES_NO_SPREAD: Title(
        "모든 사례의 득표수가 같아 순위에 영향을 주지 않았습니다.",
        "All entries have the same number of votes, so the poll decided nothing.",
    ),
    NO_VOTES: Title("투표수가 0입니다.", "No vote was cast."),
    NO_POLL: Title(
        "투표가 결과 없이 끝나 투표를 반영하지 않았습니다.",
        "The poll closed without a result; it does not count.",
    ),
    BELOW_FLOOR: Title(
        "투표 참여자가 정해진 최소 인원보다 적어 투표를 반영하지 않았습니다.",
        "Fewer people voted than the rules require; the poll does not count.",
    ),
    VOID_SHEETS: Title(
        "공개된 심사표가 최소 매수보다 적어 전문가 심사를 반영하지 않았습니다.",
        "Fewer score sheets were opened than the rules require; the experts do not count.",
    ),
    VOID_SCORES: Title(
        "심사위원 수가 모자란 사례가 있어 전문가 심사를 반영하지 않았습니다.",
        "An entry was scored by too few judges; the experts do not count.",
    ),
    SHEETS_LEFT_OUT: Title(
        "규칙에 따라 제외된 심사표가 있습니다.",
        "Some judges' sheets were left out by rule.",
    ),
    RANK_SHARED: Title(
        "동점 기준을 모두 적용해도 같은 사례는 공동 순위입니다.",
        "Entries that are level after every tie rule share a rank.",
    ),
    DECISION_NEEDED: Title(
        "공동 순위가 시상 등급의 경계에 걸려 주최 기관의 결정이 필요합니다.",
        "A shared rank lies across a tier's boundary: the organiser has to decide.",
    ),
    NO_RESULT: Title(
        "전문가 심사와 투표가 모두 반영되지 않아 순위가 없습니다.",
        "Neither the experts nor the poll count; there is no ranking.",
    ),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something people must be told; ``about`` holds ids of entries or judges, if it is of some."""

    code: str
    about: tuple[str, ...] = ()

    @property
    def text(self) -> Title:
        """What is shown to people, in both languages."""
        return TEXTS[self.code]

    def to_json(self) -> dict[str, Json]:
        """Code and ids; the texts are not part of a result's hash."""
        return {"code": self.code, "about": list[Json](self.about)}
