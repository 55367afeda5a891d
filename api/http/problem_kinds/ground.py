"""Problems that any request can meet."""

from typing import Final

from api.http.problem_kinds.kind import ProblemKind

GROUND: Final = (
    ProblemKind(
        "http.bad_request",
        400,
        "요청을 읽을 수 없습니다.",
        "The request cannot be read.",
    ),
    ProblemKind(
        "http.malformed_json",
        400,
        "본문이 올바른 JSON이 아닙니다. 중복된 이름, 너무 깊은 구조, 너무 긴 숫자는 받지 않습니다.",
        "The body is no acceptable JSON: names twice, deep nesting and long numbers are refused.",
    ),
    ProblemKind(
        "http.not_found",
        404,
        "그런 주소가 없습니다.",
        "There is nothing at this address.",
    ),
    ProblemKind(
        "http.method_not_allowed",
        405,
        "이 주소에서는 쓸 수 없는 방법입니다.",
        "This method cannot be used at this address.",
    ),
    ProblemKind(
        "http.request_timeout",
        408,
        "요청이 제때 다 오지 않았습니다. 다시 보내 주십시오.",
        "The request did not arrive in time; please send it again.",
    ),
    ProblemKind(
        "http.content_too_large",
        413,
        "본문이 너무 큽니다.",
        "The body is too large.",
    ),
    ProblemKind(
        "http.unsupported_media_type",
        415,
        "본문의 형식을 받지 않습니다. 압축하지 않은 application/json으로 보내 주십시오.",
        "The body's type is not accepted: send application/json, not compressed.",
    ),
    ProblemKind(
        "http.misdirected_request",
        421,
        "이 서버의 이름이 아닙니다.",
        "This server does not go by that name.",
    ),
    ProblemKind(
        "http.invalid_request",
        422,
        "빠졌거나 범위를 벗어난 값이 있습니다.",
        "A parameter is missing or out of range.",
    ),
    ProblemKind(
        "http.too_many_requests",
        429,
        "요청이 너무 많습니다. 잠시 뒤에 다시 보내 주십시오.",
        "Too many requests; please wait a moment.",
    ),
    ProblemKind(
        "http.headers_too_large",
        431,
        "요청의 머리말이 너무 많거나 큽니다.",
        "The request's headers are too many or too large.",
    ),
    ProblemKind(
        "http.internal_error",
        500,
        "처리하지 못했습니다. 같은 요청을 다시 보내도 되며, 계속되면 담당자에게 알려 주십시오.",
        "This could not be done; you may try again, and tell the office if it goes on.",
    ),
    ProblemKind(
        "http.overloaded",
        503,
        "지금 접속한 사람이 너무 많습니다. 잠시 뒤에 다시 시도해 주십시오.",
        "Too many are connected at this moment; please try again in a while.",
    ),
    ProblemKind(
        "storage.unavailable",
        503,
        "지금은 저장할 수 없습니다. 잠시 뒤에 다시 보내 주십시오.",
        "Nothing can be kept at the moment; please try again shortly.",
    ),
    ProblemKind(
        "storage.full",
        503,
        "시작하고 마치지 않은 일이 지금 너무 많습니다. 하던 일은 계속할 수 있습니다. "
        "새로 시작하려면 몇 분 뒤에 다시 시도해 주십시오.",
        "Too much was begun and not finished yet. Whoever has begun can go on; to begin something "
        "new, please try again in a few minutes.",
    ),
    ProblemKind(
        "ledger.unavailable",
        503,
        "지금은 체인에 기록할 수 없습니다. 잠시 뒤에 다시 보내 주십시오.",
        "The chain cannot be reached at the moment; please try again shortly.",
    ),
)
