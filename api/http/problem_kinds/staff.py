"""Problems of staff: the door, accounts, acts of two people."""

from typing import Final

from api.http.problem_kinds.kind import ProblemKind

STAFF: Final = (
    ProblemKind(
        "staff.foreign_origin",
        403,
        "다른 사이트에서 보낸 요청은 받지 않습니다. Origin 머리글이 이 서비스의 주소여야 합니다.",
        "Requests from other sites are refused: Origin must be this service's own.",
    ),
    ProblemKind(
        "staff.sign_in_required",
        401,
        "로그인이 필요하거나, 로그인한 시간이 끝났습니다.",
        "Nobody is signed in, or the session has ended.",
    ),
    ProblemKind(
        "staff.sign_in_refused",
        403,
        "확인하지 못했습니다. 처음부터 다시 하거나 관리자에게 물어보십시오.",
        "You were not recognised: begin again, or ask an administrator.",
    ),
    ProblemKind(
        "staff.verify_again",
        403,
        "중요한 일입니다. 5분 안에 다시 로그인해 본인임을 확인해 주십시오.",
        "This needs a sign-in within the last five minutes: sign in again.",
    ),
    ProblemKind(
        "staff.role_missing",
        403,
        "이 일을 할 역할이 없습니다.",
        "The account does not hold the role that this needs.",
    ),
    ProblemKind(
        "staff.invitation_refused",
        404,
        "초대가 없거나, 이미 쓰였거나, 기한이 지났습니다.",
        "The invitation is unknown, used or expired.",
    ),
    ProblemKind(
        "staff.role_needs_two",
        409,
        "역할은 두 사람이 함께 줍니다. 제안하고 다른 관리자의 확인을 받으십시오.",
        "Giving this role takes two people: propose it, and let another administrator confirm.",
    ),
    ProblemKind(
        "staff.account_unknown",
        404,
        "그런 계정이 없습니다.",
        "There is no such account.",
    ),
    ProblemKind(
        "staff.passkey_unknown",
        404,
        "그런 패스키가 없습니다.",
        "There is no such passkey.",
    ),
    ProblemKind(
        "staff.passkey_known",
        409,
        "이미 등록된 패스키이거나, 더 등록할 수 없습니다.",
        "The passkey is registered already, or there are too many.",
    ),
    ProblemKind(
        "staff.last_passkey",
        409,
        "마지막 패스키는 지울 수 없습니다.",
        "The last passkey cannot be removed.",
    ),
    ProblemKind(
        "staff.last_administrator",
        409,
        "서로 다른 관리자의 초대에서 나온 관리자가 둘은 남아야 하므로 없앨 수 없습니다.",
        "It cannot be removed: two administrators of different lineages must remain.",
    ),
    ProblemKind(
        "staff.recovery_waits",
        409,
        "계정 되찾기가 아직 확인되지 않았거나 기다리는 기간이 끝나지 않았습니다. "
        "링크는 그때까지 열리지 않습니다.",
        "The recovery is not confirmed yet, or its waiting time is not over: the link does not "
        "open until then.",
    ),
    ProblemKind(
        "staff.provider_missing",
        404,
        "외부 로그인은 쓰지 않습니다.",
        "No identity provider is set up.",
    ),
    ProblemKind(
        "staff.provider_unavailable",
        503,
        "외부 로그인이 지금 응답하지 않습니다.",
        "The identity provider gives no usable answer now.",
    ),
    ProblemKind(
        "act.unknown",
        404,
        "그런 제안이 없습니다.",
        "There is no such act.",
    ),
    ProblemKind(
        "act.ended",
        409,
        "이미 끝났거나 기한이 지난 제안입니다.",
        "The act was done or withdrawn, or its time is over.",
    ),
    ProblemKind(
        "act.occupied",
        409,
        "같은 제안이 이미 있습니다. 그 제안을 확인하십시오.",
        "The same is proposed already: confirm that one.",
    ),
    ProblemKind(
        "act.same_person",
        403,
        "제안한 사람은 확인할 수 없습니다. 다른 사람이 확인해야 합니다.",
        "Who proposed an act cannot confirm it, under any account: another person must.",
    ),
    ProblemKind(
        "act.same_lineage",
        403,
        "제안한 계정과 이 계정은 같은 관리자의 초대에서 나왔습니다. "
        "다른 관리자가 초대한 사람이 확인해야 합니다.",
        "Both accounts come from invitations of the same administrator: somebody whom another "
        "administrator invited must confirm.",
    ),
    ProblemKind(
        "act.pointless",
        409,
        "이미 그렇게 되어 있거나 할 수 없는 일입니다.",
        "It holds already, or cannot be done.",
    ),
)
