"""The named predicates that a rule may use: what the issuer attests, what the agency expects.

A predicate never sees a birth date or an amount. The issuer attests a *statement* with its
parameters for one day (``attestation.py``); the predicate compares the disclosed claim with what
the rule expects. Rules name predicates; nothing in a service file is ever executed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from contracts.evidence.encoding import Json
from verifier.eligibility.wording import Bilingual

Scalar: TypeAlias = int | str
Parameters: TypeAlias = Mapping[str, Scalar]

CITIES: Final[Mapping[str, Bilingual]] = {"KR-11": Bilingual("서울특별시", "Seoul")}
"""Cities a rule can name, by ISO 3166-2 code."""


class Truth(StrEnum):
    """Three values; "cannot verify" is never merged with either of the others."""

    PASS = "pass"  # noqa: S105 # the name of a finding, no password
    FAIL = "fail"
    CANNOT_VERIFY = "cannot_verify"


@dataclass(frozen=True, slots=True)
class Predicate:
    """A named comparison of one attested claim with what a rule expects.

    Attributes:
        statement: the statement that the claim must attest, with the same parameters where
            ``attested_with_parameters``.
        parameters: name and kind of each parameter that a rule gives.
        expected: the claim's value that satisfies the rule.
        requirement: the rule as a sentence for the citizen.
    """

    name: str
    statement: str
    parameters: Mapping[str, type[Scalar]]
    expected: Callable[[Parameters], bool | str]
    requirement: Callable[[Parameters], Bilingual]
    attested_with_parameters: bool = True

    def accepts(self, parameters: Parameters) -> bool:
        """Whether these are the predicate's parameters: names, kinds and known cities."""
        if parameters.keys() != self.parameters.keys():
            return False
        if any(type(parameters[name]) is not kind for name, kind in self.parameters.items()):
            return False
        return "city" not in parameters or parameters["city"] in CITIES

    def judge(self, claim: Json, parameters: Parameters) -> Truth:
        """Compare a disclosed claim; a claim of another kind than expected decides nothing."""
        expected = self.expected(parameters)
        if type(claim) is not type(expected):
            return Truth.CANNOT_VERIFY
        return Truth.PASS if claim == expected else Truth.FAIL


def _yes(_: Parameters) -> bool:
    return True


def _no(_: Parameters) -> bool:
    return False


def _named_city(parameters: Parameters) -> str:
    return str(parameters["city"])


def _in_city(parameters: Parameters) -> Bilingual:
    city = CITIES[_named_city(parameters)]
    return Bilingual(
        f"신청일에 {city.ko}에 주민등록이 되어 있어야 합니다.",
        f"You must be registered as a resident of {city.en} on the application date.",
    )


def _aged(parameters: Parameters) -> Bilingual:
    low, high = parameters["minimum"], parameters["maximum"]
    return Bilingual(
        f"신청일에 만 {low}세부터 만 {high}세까지여야 합니다.",
        f"You must be {low} to {high} years old (in full years) on the application date.",
    )


def _at_least(parameters: Parameters) -> Bilingual:
    low = parameters["minimum"]
    return Bilingual(
        f"만 {low}세 이상이어야 합니다.", f"You must be {low} years old or older (in full years)."
    )


def _agreed_copies(parameters: Parameters) -> Bilingual:
    copies = parameters["copies"]
    return Bilingual(
        f"협약에서 하루 {copies}통 이상을 정하고 있어야 합니다.",
        f"The agreement must provide for at least {copies} copies a day.",
    )


def _needs_delivery(parameters: Parameters) -> Bilingual:
    low = parameters["minimum"]
    return Bilingual(
        f"등록 장애인, 만 {low}세 이상, 임산부 중 하나여야 합니다(어느 것인지는 묻지 않음).",
        f"You must be registered as disabled, or be {low} or older, or be pregnant (nobody asks "
        "which).",
    )


def _left_school(parameters: Parameters) -> Bilingual:
    months = parameters["months"]
    return Bilingual(
        f"신청일에 최종 학교를 떠난 지 {months}개월 이상 지났어야 합니다.",
        f"You must have left your last school at least {months} months before the application "
        "date.",
    )


def _hardly_working(parameters: Parameters) -> Bilingual:
    hours, months = parameters["weekly_hours"], parameters["contract_months"]
    return Bilingual(
        f"신청일에 고용보험 미가입, 주 {hours}시간 이하 근무, {months}개월 이하 계약 중 하나여야 "
        "합니다.",
        "On the application date you must have no active employment insurance, or work at most "
        f"{hours} hours a week, or have a contract of at most {months} months.",
    )


def _income_below(parameters: Parameters) -> Bilingual:
    percent = parameters["percent"]
    return Bilingual(
        f"가구소득이 기준 중위소득의 {percent}% 미만이어야 합니다({percent}%는 해당하지 않음).",
        f"Household income must be below {percent} % of the median ({percent} % itself is too "
        "much).",
    )


def _income_at_most(parameters: Parameters) -> Bilingual:
    percent = parameters["percent"]
    return Bilingual(
        f"가구소득이 기준 중위소득의 {percent}% 이하여야 합니다({percent}%까지 해당함).",
        f"Household income must be at most {percent} % of the median ({percent} % itself is fine).",
    )


def _always(korean: str, english: str) -> Callable[[Parameters], Bilingual]:
    sentence = Bilingual(korean, english)
    return lambda _: sentence


_ALL: Final = (
    Predicate(
        "registered_in",
        "registered_city",
        {"city": str},
        _named_city,
        _in_city,
        attested_with_parameters=False,
    ),
    Predicate("age_at_least", "age_at_least", {"minimum": int}, _yes, _at_least),
    Predicate(
        "needs_delivery", "disabled_aged_or_pregnant", {"minimum": int}, _yes, _needs_delivery
    ),
    Predicate(
        "agreement_in_force",
        "agreement_in_force",
        {},
        _yes,
        _always(
            "구청과 맺은 업무협약이 신청일에 유효해야 합니다.",
            "Your agreement with the district must be in force on the application date.",
        ),
    ),
    Predicate(
        "agreed_copies_at_least", "agreed_copies_at_least", {"copies": int}, _yes, _agreed_copies
    ),
    Predicate(
        "agreed_at_district_desk",
        "agreed_at_district_desk",
        {},
        _yes,
        _always(
            "협약에서 정한 창구가 구청이어야 합니다(동주민센터는 해당하지 않음).",
            "The agreement must be for the desk of the district (not of a neighbourhood office).",
        ),
    ),
    Predicate("age_between", "age_between", {"minimum": int, "maximum": int}, _yes, _aged),
    Predicate("school_left_at_least", "school_left_at_least", {"months": int}, _yes, _left_school),
    Predicate(
        "not_enrolled",
        "enrolled_or_on_leave",
        {},
        _no,
        _always(
            "신청일에 재학 또는 휴학 중이 아니어야 합니다(졸업·수료·중퇴·제적은 모두 가능).",
            "You must be neither enrolled nor on leave on the application date (graduated, "
            "completed, withdrawn and expelled all count).",
        ),
    ),
    Predicate(
        "no_work_beyond",
        "no_work_beyond",
        {"weekly_hours": int, "contract_months": int},
        _yes,
        _hardly_working,
    ),
    Predicate("income_below", "income_below", {"percent": int}, _yes, _income_below),
    Predicate("income_at_most", "income_at_most", {"percent": int}, _yes, _income_at_most),
    Predicate(
        "receives_no_basic_benefit",
        "no_basic_livelihood_or_near_poor",
        {},
        _yes,
        _always(
            "기초생활 수급자나 차상위계층이 아니어야 합니다.",
            "You must neither receive basic livelihood benefit nor be registered as near-poor.",
        ),
    ),
    Predicate(
        "not_in_similar_programme",
        "in_similar_programme",
        {},
        _no,
        _always(
            "신청일에 유사 사업에 참여하고 있지 않아야 합니다.",
            "You must not take part in a similar programme on the application date.",
        ),
    ),
    Predicate(
        "not_former_recipient",
        "former_recipient",
        {},
        _no,
        _always(
            "청년수당을 받은 적이 없어야 합니다.",
            "You must not have received the youth allowance before.",
        ),
    ),
)

PREDICATES: Final[Mapping[str, Predicate]] = {predicate.name: predicate for predicate in _ALL}
