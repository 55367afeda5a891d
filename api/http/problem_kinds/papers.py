"""Problems of papers and decisions."""

from typing import Final

from api.http.problem_kinds.kind import ProblemKind

PAPERS: Final = (
    ProblemKind(
        "application.undecided",
        404,
        "아직 결정되지 않았습니다.",
        "No officer has decided yet.",
    ),
    ProblemKind(
        "application.decided",
        409,
        "이미 결정되었거나, 그사이 제시된 증명이 바뀌었습니다.",
        "It was decided already, or another presentation was joined meanwhile.",
    ),
    ProblemKind(
        "application.no_proposal",
        409,
        "아직 제시된 증명이 없어 결정할 수 없습니다.",
        "Nothing was shown yet that could be decided on.",
    ),
    ProblemKind(
        "application.other_presentation",
        409,
        "이 신청에 쓸 수 없는 제시입니다.",
        "The presentation is not one for this application.",
    ),
    ProblemKind(
        "application.unfinished",
        409,
        "아직 접수되지 않았습니다. 필요한 증명을 제시하면 접수되고 접수증을 받을 수 있습니다.",
        "It is not received yet: once what is needed was shown, it is, and there is a receipt.",
    ),
    ProblemKind(
        "application.unsigned_request",
        409,
        "다른 기기에는 서명한 요청만 보여 줄 수 있습니다.",
        "Only a signed request may be shown to another device.",
    ),
    ProblemKind(
        "application.person_applied",
        409,
        "이 회차에 이미 낸 신청이 있습니다. 한 사람은 한 번만 신청할 수 있습니다. 먼저 낸 신청을 "
        "취소하면 다시 신청할 수 있습니다.",
        "There is another application of yours in this round. Everybody applies once. Once the "
        "earlier one is withdrawn you can apply again.",
    ),
    ProblemKind(
        "application.copy_spent",
        409,
        "다른 신청에 이미 낸 증명 사본입니다. 지갑에서 다른 사본을 보여 주십시오.",
        "This copy of a credential was shown for another application. Please show another copy.",
    ),
    ProblemKind(
        "application.round_over",
        409,
        "이의신청 기간까지 끝난 회차여서 더는 증명을 받을 수 없습니다.",
        "The round and its period for objections are over; nothing more can be shown for it.",
    ),
    ProblemKind(
        "application.recording",
        409,
        "증명이 발급 기록에 고정되기를 기다리고 있습니다. 고정되면 자동으로 확인합니다. 다시 보여 "
        "주지 않으셔도 됩니다.",
        "The credential is being recorded. Then it is checked by itself; you need not show it "
        "again.",
    ),
    ProblemKind(
        "application.withdrawn",
        409,
        "취소된 신청입니다.",
        "The application was withdrawn.",
    ),
    ProblemKind(
        "application.evidence_changed",
        409,
        "제시된 뒤에 증명의 효력이 바뀌었습니다. 새 의견을 확인해 주십시오.",
        "A credential has changed since it was shown. Please look at the new proposal.",
    ),
    ProblemKind(
        "application.evidence_undetermined",
        409,
        "지금은 증명의 효력을 확인할 수 없습니다. 효력이 없다는 뜻은 아닙니다. 잠시 뒤에 다시 "
        "시도하거나 증명을 다시 보여 주십시오.",
        "It cannot be determined now whether the credentials are still good. That does not mean "
        "that they are not. Try again in a while, or show them again.",
    ),
    ProblemKind(
        "application.presentation_unknown",
        404,
        "그런 제시 요청이 없습니다.",
        "There is no such request in this session.",
    ),
    ProblemKind(
        "application.reason_missing",
        409,
        "의견과 다르게 결정하려면 이유를 적어 주십시오(10자 이상).",
        "A decision that departs from the proposal needs a written reason, 10 characters or more.",
    ),
    ProblemKind(
        "paper.unknown",
        404,
        "그런 유효한 문서가 없습니다.",
        "There is no such document that is valid.",
    ),
    ProblemKind(
        "paper.not_in_register",
        404,
        "대장에서 확인되지 않아 발급할 수 없습니다.",
        "The register does not bear it out.",
    ),
    ProblemKind(
        "paper.register_pending",
        503,
        "지금은 대장을 읽을 수 없습니다. 잠시 뒤에 다시 해 주십시오. 거절된 것은 아닙니다.",
        "The register cannot be read at the moment. Try again later: nothing was refused.",
    ),
    ProblemKind(
        "paper.unprintable",
        409,
        "인쇄할 수 없는 글자가 있습니다.",
        "A text holds a character that cannot be printed.",
    ),
    ProblemKind(
        "paper.unavailable",
        503,
        "지금은 문서를 만들 수 없습니다.",
        "Documents cannot be made at the moment.",
    ),
    ProblemKind(
        "paper.nothing_sent",
        400,
        "확인할 파일이나 QR의 글이 오지 않았습니다.",
        "Neither a file nor the text of a QR was sent.",
    ),
)
