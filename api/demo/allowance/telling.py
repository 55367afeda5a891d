"""The readable trail of the allowance demonstration. Figures come from files, never from text."""

from api.demo.allowance.record import DECIDED, AllowanceRecord
from api.demo.allowance.source import CastApplication
from api.demo.allowance.summary import SUMMARY
from api.demo.trail import Figure, Sentence, Sources, Step, Trail, resolve

OUTCOMES = {
    "eligible": ("자격 있음", "eligible"),
    "not_eligible": ("자격 없음", "not eligible"),
    "cannot_verify": ("확인할 수 없음", "cannot verify"),
    "refused": ("증명을 받지 않음", "refused"),
}


def tell_allowance(record: AllowanceRecord) -> Trail:
    """The trail, from the folder's files alone."""
    sources = Sources(record.folder)
    title = Sentence(
        "청년수당: 종이 없이 자격을 확인합니다 (합성 자료 시연)",
        "Youth allowance: eligibility without paper (a demonstration on synthetic data)",
    )
    steps = [
        _beginning(sources),
        _issuers(sources, record),
        _anchoring(sources),
        *(_application(sources, record, entry) for entry in record.source.applications),
        _not_learned(sources, record),
        _papers(sources),
        _anchors(sources),
    ]
    return Trail(title, tuple(steps))


def _beginning(sources: Sources) -> Step:
    return Step(
        Sentence("무엇을 보여 주나", "What is shown"),
        (
            Sentence(
                "{ko}",
                "{en}",
                {
                    "ko": sources.at("source.json", "/note/ko"),
                    "en": sources.at("source.json", "/note/en"),
                },
            ),
            Sentence(
                "사람 {people}명, 신청 {applications}건. 기관이 요구한 종이: {papers}장.",
                "{people} people, {applications} applications. Papers asked for: {papers}.",
                {
                    "people": sources.at(SUMMARY, "/people"),
                    "applications": sources.at(SUMMARY, "/applications"),
                    "papers": sources.at(SUMMARY, "/papers_asked_for"),
                },
            ),
        ),
    )


def _issuers(sources: Sources, record: AllowanceRecord) -> Step:
    sentences = []
    for index, issuer in enumerate(record.source.issuers):
        figures = {
            "ko": sources.at("issuers.json", f"/{index}/name/ko"),
            "en": sources.at("issuers.json", f"/{index}/name/en"),
            "type_ko": sources.at("issuers.json", f"/{index}/title/ko"),
            "type_en": sources.at("issuers.json", f"/{index}/title/en"),
        }
        if issuer.accredited:
            ko, en = "{ko}: «{type_ko}» 발급을 인가받음", "{en}: accredited for “{type_en}”"
        else:
            ko, en = "{ko}: «{type_ko}» 인가 없음", "{en}: no accreditation for “{type_en}”"
        sentences.append(Sentence(ko, en, figures))
    return Step(Sentence("체인에 등록된 발급기관", "Issuers in the registry"), tuple(sentences))


def _anchoring(sources: Sources) -> Step:
    path = "logs/credentials/anchors.json"
    sentences = [
        Sentence(
            "증명 {size}개까지 한 거래로 남김: 블록 {block}, {time}. 체인에는 뿌리 {root}만 "
            "있습니다.",
            "Up to credential {size} in one transaction: block {block}, {time}. The chain holds "
            "nothing but the root {root}.",
            {
                name: sources.at(path, f"/{index}/{name}")
                for name in ("size", "block", "time", "root")
            },
        )
        for index in range(sources.length(path, ""))
    ]
    return Step(
        Sentence("한 번에 남긴 발급 기록", "Issuing, anchored in batches"), tuple(sentences)
    )


def _application(sources: Sources, record: AllowanceRecord, entry: CastApplication) -> Step:
    outcome = record.path(entry, "outcome.json")
    name = str(sources.at(outcome, "/outcome").value)
    ko, en = OUTCOMES[name]
    index = record.source.applications.index(entry)
    shown = {
        "application": sources.at(outcome, "/application"),
        "ko": sources.at("source.json", f"/applications/{index}/shows/ko"),
        "en": sources.at("source.json", f"/applications/{index}/shows/en"),
    }
    title = Sentence(
        f"신청 {{application}} — {{ko}}: {ko}", f"Application {{application}} — {{en}}: {en}", shown
    )
    sentences = [*_obstacle(sources, outcome), *_findings(sources, outcome, name)]
    if name in DECIDED:
        sentences.append(_decision(sources, record.path(entry, "decision.json")))
    return Step(title, tuple(sentences))


def _obstacle(sources: Sources, outcome: str) -> list[Sentence]:
    return [
        Sentence(
            "막힌 곳: {what_ko} — 검사 {check} ({code})",
            "What stood in the way: {what_en} — check {check} ({code})",
            {
                "what_ko": sources.at(outcome, f"/obstacles/{index}/what/ko"),
                "what_en": sources.at(outcome, f"/obstacles/{index}/what/en"),
                "check": sources.at(outcome, f"/obstacles/{index}/check"),
                "code": sources.at(outcome, f"/obstacles/{index}/code"),
            },
        )
        for index in range(sources.length(outcome, "/obstacles"))
    ]


def _findings(sources: Sources, outcome: str, name: str) -> list[Sentence]:
    """For an eligible applicant every reason, otherwise those that do not hold."""
    document = sources.whole(outcome)
    if resolve(document, "/proposal") is None:
        return [
            Sentence(
                "이 요청에는 이미 답이 있었습니다. 같은 제시는 두 번 받지 않습니다.",
                "This request had been answered. The same answer is never accepted twice.",
            )
        ]
    sentences = []
    for index in range(sources.length(outcome, "/proposal/findings")):
        place = f"/proposal/findings/{index}"
        result = str(sources.at(outcome, f"{place}/result").value)
        if name != "eligible" and result == "pass":
            continue
        mark = {"pass": "✓", "fail": "✕", "cannot_verify": "?"}[result]
        sentences.append(
            Sentence(
                f"{mark} {{rule_ko}} {{why_ko}}",
                f"{mark} {{rule_en}} {{why_en}}",
                {
                    "rule_ko": sources.at(outcome, f"{place}/requirement/ko"),
                    "rule_en": sources.at(outcome, f"{place}/requirement/en"),
                    "why_ko": sources.at(outcome, f"{place}/reason/ko"),
                    "why_en": sources.at(outcome, f"{place}/reason/en"),
                },
            )
        )
    return sentences


def _decision(sources: Sources, path: str) -> Sentence:
    return Sentence(
        "{officer}이(가) {when}에 결정했습니다. 이의신청: {days}일 안.",
        "Decided by {officer} at {when}. Objection: within {days} days.",
        {
            "officer": sources.at(path, "/officer"),
            "when": sources.at(path, "/decided_at"),
            "days": sources.at(path, "/proposal/objection/file_within_days"),
        },
    )


def _not_learned(sources: Sources, record: AllowanceRecord) -> Step:
    """What the agency saw and did not see of the first eligible applicant."""
    entry = next(one for one in record.source.applications if one.outcome == "eligible")
    outcome = record.path(entry, "outcome.json")
    sentences = []
    for index in range(sources.length(outcome, "/learned")):
        for kind, ko, en in (
            ("learned", "알게 된 것", "learned"),
            ("not_learned", "알지 못한 것", "did not learn"),
        ):
            labels = [
                _label(sources, outcome, f"/learned/{index}/{kind}/{place}")
                for place in range(sources.length(outcome, f"/learned/{index}/{kind}"))
            ]
            credential = _label(sources, outcome, f"/learned/{index}/credential")
            sentences.append(_listing(credential, ko, en, labels))
    return Step(
        Sentence(
            "기관이 알게 된 것과 알지 못한 것", "What the agency learned, and what it did not"
        ),
        tuple(sentences),
    )


def _label(sources: Sources, path: str, pointer: str) -> tuple[Figure, Figure]:
    return sources.at(path, f"{pointer}/ko"), sources.at(path, f"{pointer}/en")


def _listing(
    credential: tuple[Figure, Figure], ko: str, en: str, labels: list[tuple[Figure, Figure]]
) -> Sentence:
    figures = {"credential_ko": credential[0], "credential_en": credential[1]}
    for index, (korean, english) in enumerate(labels):
        figures |= {f"ko{index}": korean, f"en{index}": english}
    return Sentence(
        f"{{credential_ko}} — {ko}: " + ", ".join(f"{{ko{index}}}" for index in range(len(labels))),
        f"{{credential_en}} — {en}: " + ", ".join(f"{{en{index}}}" for index in range(len(labels))),
        figures,
    )


def _papers(sources: Sources) -> Step:
    return Step(
        Sentence("줄어든 종이", "Papers saved"),
        (
            Sentence(
                "신청 한 건에 서류 {documents}가지를 증명이 대신합니다. 결정까지 간 신청에서 종이 "
                "{saved}장이 필요 없었습니다.",
                "Credentials stand for {documents} documents an application. Where a decision was "
                "reached, {saved} papers were not needed.",
                {
                    "documents": sources.at(SUMMARY, "/documents_an_application"),
                    "saved": sources.at(SUMMARY, "/papers_saved"),
                },
            ),
            Sentence(
                "기관이 본 항목 {learned}개, 보지 않은 항목 {kept}개.",
                "Items the agency saw: {learned}; items it did not see: {kept}.",
                {
                    "learned": sources.at(SUMMARY, "/claims_learned"),
                    "kept": sources.at(SUMMARY, "/claims_not_learned"),
                },
            ),
        ),
    )


def _anchors(sources: Sources) -> Step:
    path = "logs/office/anchors.json"
    last = sources.length(path, "") - 1
    return Step(
        Sentence("체인에 남긴 것", "What went on chain"),
        (
            Sentence(
                "요청·제시·결과·결정 파일 {size}개의 지문: 마지막은 블록 {block}, {time}. "
                "개인정보는 체인에 없습니다.",
                "The fingerprints of {size} files (requests, answers, outcomes, decisions); the "
                "last in block {block} at {time}. No personal data is on the chain.",
                {name: sources.at(path, f"/{last}/{name}") for name in ("size", "block", "time")},
            ),
        ),
    )
