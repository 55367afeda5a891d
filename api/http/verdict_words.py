"""What came of verifying a paper, in plain words."""

from typing import Final

from api.actions.verify_paper import Reason
from verifier.eligibility.wording import Bilingual

SENTENCES: Final = {
    Reason.GENUINE: Bilingual(
        "여기서 발급했고 지금 유효한 문서입니다.",
        "This document was issued here and is valid now.",
    ),
    Reason.ALTERED: Bilingual(
        "발급한 그대로가 아닙니다. 내용이 바뀌었거나 QR이 바뀌었습니다.",
        "This is not as it was issued: the text or the QR was changed.",
    ),
    Reason.REVOKED: Bilingual(
        "발급기관이 취소한 문서입니다.",
        "The issuer has revoked this document.",
    ),
    Reason.EXPIRED: Bilingual(
        "유효기간이 지난 문서입니다.",
        "The time of this document is over.",
    ),
    Reason.UNKNOWN: Bilingual(
        "여기서 발급한 문서인지 알 수 없습니다. 인쇄하거나 다시 저장한 파일은 알아볼 수 없으니 "
        "받은 PDF 그대로 올리거나 QR을 찍어 주십시오. 보관 기간이 지나 지운 문서일 수도 있습니다.",
        "We cannot tell whether this document is ours. A printed, scanned or re-saved file cannot "
        "be recognised: upload the PDF just as you got it, or scan the QR. It may also have been "
        "deleted after its retention period.",
    ),
    Reason.NOT_ANCHORED: Bilingual(
        "여기서 발급한 그대로이지만 발급 기록이 아직 체인에 오르고 있습니다. 몇 분 안에 끝나니 "
        "잠시 뒤 다시 확인해 주십시오. 한 시간이 지나도 이 말이 나오면 담당 기관에 알려 주십시오.",
        "This is as it was issued here, but its record is still on its way to the chain. That "
        "takes minutes: please check again in a moment. If you still read this after an hour, "
        "tell the office.",
    ),
    Reason.UNAVAILABLE: Bilingual(
        "지금은 체인에 닿지 않아 확인할 수 없습니다. 잘못된 문서라는 뜻이 아닙니다.",
        "The chain cannot be reached, so this cannot be checked now. That does not mean that "
        "anything is wrong with the document.",
    ),
    Reason.CONTRADICTED: Bilingual(
        "기록과 체인이 서로 맞지 않아 판단할 수 없습니다. 담당 기관에 알려 주십시오.",
        "Our record and the chain do not agree, so nothing can be said. Please tell the office.",
    ),
}
