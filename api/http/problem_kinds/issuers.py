"""Problems of an issuer's counter: offers, credentials, registers."""

from typing import Final

from api.http.problem_kinds.kind import ProblemKind

ISSUERS: Final = (
    ProblemKind(
        "issuer.unknown",
        404,
        "그런 발급기관이 없습니다.",
        "No agency of that id issues here.",
    ),
    ProblemKind(
        "issuer.type_unknown",
        409,
        "이 기관이 발급하지 않는 증명이거나, 같은 증명이 두 번 있습니다.",
        "The agency does not issue that, or it stands twice.",
    ),
    ProblemKind(
        "issuer.not_enrolled",
        409,
        "아직 등록부에 올리지 않은 기관입니다. 먼저 등록해 주십시오.",
        "The agency is not in the registry on chain yet: enrol it first.",
    ),
    ProblemKind(
        "issuer.card_unchecked",
        409,
        "신분증을 확인했다고 표시해 주십시오.",
        "Confirm that the identity card was checked.",
    ),
    ProblemKind(
        "issuer.person_unknown",
        404,
        "대장에 그런 사람이 없습니다. 등록번호를 다시 확인해 주십시오.",
        "The register knows nobody of that id; please look at the id again.",
    ),
    ProblemKind(
        "credential.unknown",
        404,
        "그런 증명이 없습니다.",
        "There is no such credential.",
    ),
    ProblemKind(
        "credential.revoked",
        409,
        "이미 취소된 증명입니다. 취소는 되돌릴 수 없습니다.",
        "The credential was revoked, which is for good.",
    ),
    ProblemKind(
        "credential.state",
        409,
        "이미 그렇게 되어 있는 증명입니다.",
        "The credential stands so already, or is not suspended.",
    ),
    ProblemKind(
        "credential.other_person",
        409,
        "다른 사람의 증명입니다.",
        "The credential is another person's.",
    ),
    ProblemKind(
        "offer.unknown",
        404,
        "그런 발급 제안이 없습니다.",
        "There is no such offer.",
    ),
    ProblemKind(
        "offer.redeemed",
        409,
        "지갑이 이미 쓴 제안입니다. 잘못 나간 증명이면 증명을 취소하십시오.",
        "A wallet has used the offer: if what it got is wrong, revoke the credential.",
    ),
    ProblemKind(
        "offer.expired",
        409,
        "이미 기한이 지난 제안입니다. 더 하실 일이 없습니다.",
        "The offer's time is over already: nothing is left to do.",
    ),
    ProblemKind(
        "offer.closed",
        409,
        "이미 거두었거나 잠긴 제안입니다. 더 하실 일이 없습니다.",
        "The offer was withdrawn or locked before: nothing is left to do.",
    ),
    ProblemKind(
        "register.unreadable",
        409,
        "이 대장의 CSV 파일이 아닙니다. 열 이름과 UTF-8 형식을 확인해 주십시오.",
        "The file is no CSV of that register: see its columns, and that it is UTF-8.",
    ),
    ProblemKind(
        "register.rows",
        409,
        "받을 수 없는 행이 있어 아무것도 바꾸지 않았습니다. 먼저 점검해 주십시오.",
        "Some rows cannot be taken, so nothing was: look at the file first.",
    ),
    ProblemKind(
        "register.occupied",
        409,
        "다른 분이 지금 대장을 바꾸고 있습니다. 잠시 뒤 다시 점검해 주십시오.",
        "Somebody else is replacing a register at this moment: look at the file again, then try.",
    ),
    ProblemKind(
        "register.changed",
        409,
        "점검한 파일과 다른 파일입니다. 다시 점검해 주십시오.",
        "The file is not the one that was looked at: look at it again.",
    ),
)
