"""Problems of a citizen's own identity step. Every sentence says what can be done instead."""

from typing import Final

from api.http.problem_kinds.kind import ProblemKind

IDENTITY: Final = (
    ProblemKind(
        "identity.not_offered",
        409,
        "그 증명은 지금 여기서 직접 받을 수 없습니다. 다른 증명을 고르거나 창구로 오십시오.",
        "That credential is not given out here now: choose another one, or come to a desk.",
    ),
    ProblemKind(
        "identity.ended",
        403,
        "이미 끝난 본인확인이거나, 5분이 지났거나, 다른 브라우저에서 시작했습니다. "
        "처음부터 다시 하십시오.",
        "This identity check was used, is older than five minutes, or began in another browser: "
        "begin again.",
    ),
    ProblemKind(
        "identity.refused",
        403,
        "본인확인 기관의 답을 믿을 수 없어 아무것도 발급하지 않았습니다. 처음부터 다시 하거나 "
        "창구로 오십시오.",
        "The identity provider's answer does not hold, so nothing was issued: begin again, or "
        "come to a desk.",
    ),
    ProblemKind(
        "identity.claim_missing",
        403,
        "본인확인은 되었지만 대장에서 찾을 번호를 받지 못했습니다. 창구로 오시면 신분증으로 "
        "확인해 드립니다.",
        "You were recognised, but the provider did not tell your id in the register: come to a "
        "desk with your identity card.",
    ),
    ProblemKind(
        "identity.not_registered",
        403,
        "본인확인은 되었지만 이 증명의 대장에 없습니다. 잘못되었다고 생각하시면 창구로 오십시오.",
        "You were recognised, but are not in this credential's register: come to a desk if that "
        "is wrong.",
    ),
    ProblemKind(
        "identity.unavailable",
        503,
        "본인확인 기관이 지금 응답하지 않습니다. 잠시 뒤에 다시 하거나 창구로 오십시오.",
        "The identity provider does not answer now: try again later, or come to a desk.",
    ),
)
