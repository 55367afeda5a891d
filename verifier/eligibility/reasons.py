"""Why a finding is as it is: a stable code and a sentence without personal data."""

from collections.abc import Mapping
from typing import Final

from verifier.eligibility.predicates import Truth
from verifier.eligibility.wording import Bilingual
from verifier.errors import PseudonymScopeError, UndeterminedError


def reason(code: str) -> Bilingual:
    """The sentence of a code; any code not of this module is a verification error's."""
    if code in REASONS:
        return REASONS[code]
    if code in _OF_CHECKS:
        return _OF_CHECKS[code]
    if code in _UNDETERMINED:
        return Bilingual(
            f"지금은 증명을 확인할 수 없습니다({code}). 증명이 잘못되었다는 뜻은 아닙니다. 다시 "
            "시도하거나 담당자의 확인을 받을 수 있습니다.",
            f"The credential cannot be checked at the moment ({code}). That does not mean that it "
            "is wrong. You can try again or have an officer check.",
        )
    return Bilingual(
        f"제시된 증명을 믿을 수 없습니다({code}). 다른 증명을 내거나 담당자의 확인을 "
        "받을 수 있습니다.",
        f"The credential could not be believed ({code}). You can show another one or have an "
        "officer check.",
    )


_UNDETERMINED: Final = frozenset(kind.code for kind in UndeterminedError.__subclasses__())
"""Codes of checks that could not be made: told apart from those that found something wrong."""

_OTHER_SCOPE: Final = Bilingual(
    "다른 서비스나 다른 투표에 쓰도록 발급된 증명이어서 여기에는 쓸 수 없습니다. 이 서비스에 쓸 "
    "증명을 새로 발급받아 주세요.",
    "The credential was issued for another service or another series of polls and cannot be used "
    "here. Please get one for this service.",
)
_OF_CHECKS: Final[Mapping[str, Bilingual]] = {PseudonymScopeError.code: _OTHER_SCOPE}
"""Errors of the verifier about which there is more to say than that they stood in the way."""

CODE_OF_RESULT: Final = {
    Truth.PASS: "holds",
    Truth.FAIL: "does_not_hold",
    Truth.CANNOT_VERIFY: "claim_malformed",
}

CONDITION_HOLDS: Final = Bilingual("확인되었습니다.", "This was checked.")

PERIOD_HOLDS: Final = {
    True: Bilingual("신청 기간 안에 신청했습니다.", "You applied within the period."),
    False: Bilingual("신청 기간이 아닌 날에 신청했습니다.", "You applied outside the period."),
}

REASONS: Final[Mapping[str, Bilingual]] = {
    "holds": Bilingual("발급기관이 그렇다고 증명했습니다.", "The issuer attests that this holds."),
    "does_not_hold": Bilingual(
        "발급기관이 그렇지 않다고 증명했습니다.", "The issuer attests that this does not hold."
    ),
    "missing": Bilingual(
        "증명이 제시되지 않아 확인할 수 없습니다. 증명을 내거나 담당자의 확인을 받을 수 있습니다.",
        "No credential was shown, so this cannot be verified. You can show one or have an officer "
        "check.",
    ),
    "claim_not_disclosed": Bilingual(
        "증명에서 이 항목이 공개되지 않아 확인할 수 없습니다.",
        "The credential did not disclose this item, so it cannot be verified.",
    ),
    "claim_malformed": Bilingual(
        "증명의 항목이 정해진 형식이 아니어서 확인할 수 없습니다.",
        "The item in the credential is not in the agreed form, so it cannot be verified.",
    ),
    "other_scope": _OTHER_SCOPE,
    "issued_before_notice": Bilingual(
        "공고일보다 먼저 발급된 증명이어서 확인할 수 없습니다. 새로 발급받아 주세요.",
        "The credential was issued before the day of the notice, so this cannot be verified. "
        "Please get a new one.",
    ),
    "other_reference_date": Bilingual(
        "신청일이 아닌 날의 사실을 증명하고 있어 확인할 수 없습니다. 신청일 기준으로 발급받아 "
        "주세요.",
        "The credential attests another day than the application date, so this cannot be "
        "verified. Please get one for the application date.",
    ),
    "attested_in_advance": Bilingual(
        "신청일보다 먼저 발급되어 신청일의 사실을 확인할 수 없습니다.",
        "The credential was issued before the application date and cannot attest that day.",
    ),
    "not_one_person": Bilingual(
        "여러 증명이 한 사람의 것으로 확인되지 않아 판단에 쓰지 않았습니다.",
        "The credentials were not shown to belong to one person and were not used.",
    ),
}
