"""A service as a citizen would read it, in Korean or English."""

from typing import Final

from verifier.eligibility.disclosure import PlannedCredential, cite, plan
from verifier.eligibility.policy import Limit, PolicyRound
from verifier.eligibility.sourcing import Mark, Sourced, Sourcing
from verifier.eligibility.wording import Bilingual, Language

_HEADINGS: Final = {
    "period": Bilingual("신청 기간", "When to apply"),
    "rules": Bilingual("받을 수 있는 조건", "Who is entitled"),
    "needed": Bilingual("필요한 것", "What is needed"),
    "not_needed": Bilingual("가져오지 않아도 되는 것", "What you need not bring"),
    "over_quota": Bilingual("선발 인원을 넘으면", "If there are more applicants than places"),
    "payment": Bilingual("지원 내용", "What is paid"),
    "limits": Bilingual("수량과 시간", "Numbers and times"),
    "stops": Bilingual("창구에서 바로 내드리지 않는 경우", "When the desk does not hand it out"),
    "decided_by": Bilingual("누가 결정하나요", "Who decides"),
    "objection": Bilingual("이의신청", "Objection"),
    "marks": Bilingual("출처 표시", "Marks of sources"),
}

_MARKS: Final = {
    Mark.CITY: Bilingual("시의 자료", "the city's own text"),
    Mark.STATUTE: Bilingual("법령", "statute"),
    Mark.FOUND: Bilingual("공개 자료", "public page"),
    Mark.WEAK: Bilingual("근거가 약한 자료", "weak source"),
    Mark.ASSUMPTION: Bilingual("가정(바꿀 수 있음)", "assumption (configurable)"),
}

_UNITS: Final = {
    "copy/day": Bilingual("통/일", " copies a day"),
    "copy": Bilingual("통", " copies"),
    "hour": Bilingual("시간", " hours"),
    "day": Bilingual("일", " days"),
    "month": Bilingual("개월", " months"),
    "year": Bilingual("년", " years"),
    "percent": Bilingual("%", " %"),
    "won": Bilingual("원", " won"),
    "won/month": Bilingual("원/월", " won a month"),
}

_OFFICER_CHECK: Final = Bilingual(
    "전자 증명이 없거나 확인되지 않으면 담당자가 직접 확인합니다. 휴대전화가 없어도 신청할 수 "
    "있습니다.",
    "Without a credential, or if one cannot be verified, an officer checks. You can apply without "
    "a phone.",
)


def render_service(policy: PolicyRound, lang: Language) -> str:
    """A round of a service in plain words: rules with sources, papers, period, objection.

    Returns:
        Lines of text; every value is followed by the mark and words of its source.
    """
    service = policy.service
    lines = [f"{service.title.of(lang)} - {policy.round.title.of(lang)}", service.agency.of(lang)]
    lines += ["", service.summary.of(lang)]
    sections = {
        "period": _period(policy, lang),
        "rules": _rules(policy, lang),
        "needed": [_needed(entry, lang) for entry in plan(policy).credentials],
        "not_needed": _not_needed(policy, lang),
        "over_quota": [_with_source(entry.order, lang) for entry in policy.over_quota],
        "payment": _payment(policy, lang),
        "limits": [_limit(limit, lang) for limit in service.limits],
        "stops": [_with_source(stop.notice, lang) for stop in service.stops],
        "decided_by": [_with_source(service.decided_by, lang), _OFFICER_CHECK.of(lang)],
        "objection": _objection(policy, lang),
        "marks": [f"[{mark}] {meaning.of(lang)}" for mark, meaning in _MARKS.items()],
    }
    for name, entries in sections.items():
        if entries:
            lines += ["", _HEADINGS[name].of(lang), *(f"- {entry}" for entry in entries)]
    return "\n".join(lines) + "\n"


def _period(policy: PolicyRound, lang: Language) -> list[str]:
    opens, closes, notice = policy.round.opens, policy.round.closes, policy.round.notice
    texts = Bilingual(
        f"{opens.value}부터 {closes.value}까지 (공고일 {notice.value})",
        f"from {opens.value} to {closes.value} (notice of {notice.value})",
    )
    sourcings = (opens.sourcing, closes.sourcing, notice.sourcing)
    return [f"{texts.of(lang)} ({_cite_all(sourcings, lang)})"]


def _rules(policy: PolicyRound, lang: Language) -> list[str]:
    return [
        f"{rule.title.of(lang)}: {rule.requirement.of(lang)} ({_cite_all(rule.sourcings, lang)})"
        for rule in policy.rules
    ]


def _needed(entry: PlannedCredential, lang: Language) -> str:
    kind = entry.credential
    claims = "; ".join(planned.claim.label.of(lang) for planned in entry.claims)
    return f"{kind.title.of(lang)} ({kind.issuer.of(lang)}): {claims}"


def _not_needed(policy: PolicyRound, lang: Language) -> list[str]:
    return [kind.replaces.of(lang) for kind in policy.credentials]


def _payment(policy: PolicyRound, lang: Language) -> list[str]:
    payment = policy.service.payment
    if payment is None:
        return []
    texts = Bilingual(
        f"한 달 {payment.amount.value:,}원, 최대 {payment.at_most.value}개월",
        f"{payment.amount.value:,} won a month, for up to {payment.at_most.value} months",
    )
    sourcings = (payment.amount.sourcing, payment.at_most.sourcing)
    return [f"{texts.of(lang)} ({_cite_all(sourcings, lang)})"]


def _limit(limit: Limit, lang: Language) -> str:
    unit = _UNITS[limit.at.unit].of(lang)
    return f"{limit.label.of(lang)}: {limit.at.value:,}{unit} ({cite(limit.at.sourcing, lang)})"


def _objection(policy: PolicyRound, lang: Language) -> list[str]:
    objection = policy.service.objection
    file, decide, extend = (
        objection.file_within,
        objection.decided_within,
        objection.extended_by,
    )
    texts = Bilingual(
        f"거부 결정을 받은 날부터 {file.value}일 안에 이의신청할 수 있고, {decide.value}일 안에 "
        f"결정합니다({extend.value}일까지 한 번 연장할 수 있음).",
        f"You can object to a refusal within {file.value} days of receiving it; it is decided "
        f"within {decide.value} days (extended once by up to {extend.value}).",
    )
    sourcings = (file.sourcing, decide.sourcing, extend.sourcing)
    return [f"{texts.of(lang)} ({_cite_all(sourcings, lang)})"]


def _with_source(value: Sourced[Bilingual], lang: Language) -> str:
    return f"{value.value.of(lang)} ({cite(value.sourcing, lang)})"


def _cite_all(sourcings: tuple[Sourcing, ...], lang: Language) -> str:
    return "; ".join(dict.fromkeys(cite(sourcing, lang) for sourcing in sourcings))
