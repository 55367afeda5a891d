"""What the command lines of trustees and registrars say, in Korean and English."""

from types import MappingProxyType
from typing import Final

from voting.crypto.ceremony import Round

OUTCOMES: Final = MappingProxyType(
    {
        "identity": (
            (
                "신분 키를 만들었습니다: {identity}\n"
                "{written} 파일을 주관자에게 건네고, 위 값을 전화로 한 번 더 확인해 주십시오.\n"
                "비밀번호는 다시 찾을 수 없습니다. 키 파일은 이 컴퓨터에만 두십시오."
            ),
            (
                "Your identity key is made: {identity}\n"
                "Hand {written} to the organiser, and read the value above to them by telephone.\n"
                "The passphrase cannot be recovered. Keep the key file on this computer only."
            ),
        ),
        "card": (
            "{written} 파일을 주관자에게 건네십시오. 신분 키: {identity}",
            "Hand {written} to the organiser. Your identity key: {identity}",
        ),
        "setting": (
            "키 생성 절차를 준비했습니다. 모든 참가자가 이 값을 서로 확인합니다: {ceremony}",
            "The ceremony is prepared. All parties compare this value: {ceremony}",
        ),
        "made": (
            (
                "{round} 메시지를 만들어 {written} 파일에 저장했습니다. 이 파일을 건네십시오.\n"
                "키 생성 절차(전화로 서로 확인): {ceremony}"
            ),
            (
                "Your message for {round} is made: hand over {written}.\n"
                "Ceremony (compare by telephone): {ceremony}"
            ),
        ),
        "again": (
            "이미 만든 {round} 메시지를 그대로 {written} 파일에 다시 저장했습니다.",
            "Your message for {round} was made before; it is again in {written}, unchanged.",
        ),
        "waiting": (
            "기다리는 중입니다. {round} 메시지를 아직 내지 않은 참가자: {missing}",
            "Waiting. These parties have not handed over {round}: {missing}",
        ),
        "in_force": (
            "모두가 확인했습니다. 키가 효력을 얻었습니다: {transcript}",
            "Everybody confirmed: the keys are in force: {transcript}",
        ),
        "complained": (
            "잘못된 몫을 이의 제기했습니다. {written} 파일을 건네십시오. 이 절차는 끝났습니다.",
            "You complained about a bad share: hand over {written}. This ceremony is over.",
        ),
        "given_up": (
            "이 절차를 그만두었고 그 비밀값을 지웠습니다. 새 절차에 참가할 수 있습니다.",
            "You left this ceremony and its secrets are erased. You can join a new one.",
        ),
        "endorsed": (
            (
                "투표 {poll}에 서명했습니다. 이 키는 다른 투표에 쓰이지 않습니다.\n"
                "{written} 파일을 건네십시오."
            ),
            "You endorsed poll {poll}. This key serves no other poll.\nHand over {written}.",
        ),
        "decrypted": (
            (
                "기록 전체를 확인했습니다. 집계된 {ballots}표의 합 하나를 풀었습니다.\n"
                "{written} 파일을 건네십시오. 이 키는 다른 합을 풀지 않습니다."
            ),
            (
                "The whole record was checked. The one sum of {ballots} counted ballots "
                "is decrypted.\n"
                "Hand over {written}. This key decrypts no other sum."
            ),
        ),
        "granted": (
            "{granted}명에게 서명했고 {refused}건을 거절했습니다. {written} 파일을 건네십시오.",
            "Signed for {granted}, refused {refused}. Hand over {written}.",
        ),
        "closed": (
            "발급 기록을 닫았습니다({entries}건). {written} 파일을 건네십시오.",
            "The token log is closed with {entries} entries. Hand over {written}.",
        ),
        "status": (
            (
                "{role}, 신분 키 {identity}\n번호 {party}, 만든 메시지: {said}\n"
                "키 효력: {in_force}\n"
                "투표: {poll}\n푼 합: {aggregate}\n발급 {granted}건\n서명 기록: {journal}"
            ),
            (
                "{role}, identity {identity}\nparty {party}, messages made: {said}, "
                "keys in force: {in_force}\n"
                "poll: {poll}\nsum decrypted: {aggregate}\ngranted {granted}\njournal: {journal}"
            ),
        ),
        "ceremony_complete": (
            "키 생성 절차가 모두 맞습니다: {transcript}",
            "The ceremony is complete and sound: {transcript}",
        ),
    }
)
"""Each outcome's Korean and English text."""

ROUND_NAMES: Final = MappingProxyType(
    {
        Round.ANNOUNCE: ("1단계(알림)", "round 1 (announce)"),
        Round.OPEN: ("2단계(공개)", "round 2 (open)"),
        Round.DEAL: ("3단계(나눔)", "round 3 (deal)"),
        Round.CONFIRM: ("4단계(확인)", "round 4 (confirm)"),
        Round.COMPLAIN: ("이의 제기", "the complaint"),
    }
)

YES_NO: Final = MappingProxyType({True: ("예", "yes"), False: ("아니오", "no")})
ROLE_NAMES: Final = MappingProxyType(
    {"trustee": ("개표 수탁자", "trustee"), "registrar": ("등록관", "registrar")}
)

PROBLEMS: Final = MappingProxyType(
    {
        "F-01": "키 파일이 아니거나 다른 역할의 키 파일입니다.",
        "F-02": "비밀번호가 틀리거나 너무 짧거나, 파일이 바뀌었습니다.",
        "F-03": "비밀 파일을 다른 사람이 읽을 수 있습니다. 본인만 읽게 하십시오(chmod 600).",
        "F-04": "이 키 파일은 오래된 사본일 수 있습니다. 두 번 서명하지 않도록 멈췄습니다.",
        "F-05": "같은 이름의 파일이 이미 있습니다. 덮어쓰지 않았습니다.",
        "F-06": "다른 프로그램이 이 키 파일을 쓰고 있습니다.",
        "F-07": "지금은 할 수 없는 단계입니다.",
        "F-08": "이 키는 다른 투표의 것입니다.",
        "F-09": "이 기록은 아직 풀 수 없거나 맞지 않습니다.",
        "F-10": "파일을 읽거나 쓸 수 없습니다(디스크가 찼을 수 있습니다).",
        "D-07": "표가 너무 적어 풀지 않습니다.",
        "D-08": "이 키는 이미 다른 합을 풀었습니다.",
        "Q-02": "등록 기간이 아닙니다.",
        "K-11": "{culprit}번 참가자가 서로 다른 두 메시지에 서명했습니다. 절차가 끝났습니다.",
        "K-12": "{culprit}번 참가자의 이의 제기는 사실이 아닙니다. 절차가 끝났습니다.",
        "K-08": "{culprit}번 참가자가 보낸 몫을 열 수 없습니다(이의 제기: complain).",
        "K-09": "{culprit}번 참가자가 보낸 몫이 틀립니다(이의 제기: complain).",
        "K-03": (
            "{culprit}번 참가자의 서명이 맞지 않습니다. "
            "파일이 손상되었을 수 있으니 다시 받아 보십시오."
        ),
        "K": "{culprit}번 참가자의 메시지가 규칙에 맞지 않습니다. 절차가 끝났습니다.",
    }
)
"""Korean words for what went wrong, by code or its letter; English is the error's own."""

NOBODY: Final = "메시지가 절차에 맞지 않습니다. 받은 파일을 서로 견주어 보십시오."
"""Where a check of a ceremony names no culprit."""

OTHERWISE: Final = "쓸 수 없는 입력입니다."


def problem(code: str, message: str, culprit: int, language: str) -> str:
    """A sentence about an error, with its code."""
    if language != "ko":
        who = f"party {culprit}: " if culprit else ""
        return f"{who}{message} ({code})"
    letter = code[:1]
    text = PROBLEMS.get(code) or PROBLEMS.get(letter, OTHERWISE)
    if letter == "K" and not culprit:
        text = NOBODY
    return f"{text.format(culprit=culprit)} [{message}] ({code})"


def outcome(name: str, facts: dict[str, object], language: str) -> str:
    """The text of an outcome."""
    return OUTCOMES[name][0 if language == "ko" else 1].format(**facts)


def round_name(kind: Round, language: str) -> str:
    """What people call a round."""
    return ROUND_NAMES[kind][0 if language == "ko" else 1]
