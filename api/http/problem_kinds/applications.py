"""Problems of applications."""

from typing import Final

from api.http.problem_kinds.kind import ProblemKind

APPLICATIONS: Final = (
    ProblemKind(
        "service.unknown",
        404,
        "그런 서비스나 회차가 없습니다.",
        "There is no such service or round.",
    ),
    ProblemKind(
        "service.closed",
        409,
        "그 날에는 신청을 받지 않습니다.",
        "No applications are taken on that day.",
    ),
    ProblemKind(
        "application.date_not_today",
        409,
        "신청일은 오늘(한국 시각)입니다.",
        "An application is of today, Korean time.",
    ),
    ProblemKind(
        "application.secret_required",
        401,
        "신청할 때 받은 비밀번호를 Authorization: Bearer로 보내 주십시오.",
        "Send the secret that came with the application as Authorization: Bearer.",
    ),
    ProblemKind(
        "application.not_found",
        404,
        "신청번호나 비밀번호가 맞지 않습니다.",
        "There is no application with this number and secret.",
    ),
    ProblemKind(
        "idempotency.reused",
        409,
        "같은 Idempotency-Key로 다른 요청을 보낼 수 없습니다.",
        "The Idempotency-Key stands for another request already.",
    ),
)
