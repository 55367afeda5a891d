"""Settings of running the service: measuring, sealing, deletion and retention."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from api.variables import Variable, number, read_path

MAX_PORT: Final = 65_535
MAX_DAYS: Final = 36_500
_READ_DAYS: Final = number(1, MAX_DAYS)


@dataclass(frozen=True, slots=True)
class OperationSettings:
    """What the service is operated with; each field's variable says what it means."""

    metrics_port: Annotated[
        int,
        Variable(
            "DOJANG_METRICS_PORT",
            number(0, MAX_PORT),
            "측정값(/metrics)의 포트입니다. 이 컴퓨터에서만 열립니다. 정하지 않으면 PORT에 3을 "
            "더한 값이고, 0이면 시스템이 고릅니다.",
            "The port of /metrics, open to this machine only; where it is not set, PORT and three; "
            "0 lets the system choose.",
        ),
    ] = 8003
    measures: Annotated[
        Path,
        Variable(
            "DOJANG_MEASURES",
            read_path,
            "여러 프로세스의 측정값을 모으는 폴더입니다. 시작할 때 비웁니다. 정하지 않으면 "
            "체인 폴더 옆의 measures.",
            "The folder in which processes gather their measures; emptied at start. Where it is "
            "not set, measures beside the chain.",
        ),
    ] = Path("var/measures")
    published: Annotated[
        Path,
        Variable(
            "DOJANG_PUBLISHED",
            read_path,
            "서명한 증거 기록의 사본을 두는 폴더입니다. 데이터베이스와 다른 디스크가 좋습니다. "
            "정하지 않으면 체인 폴더 옆의 published.",
            "The folder with copies of signed logs, best on another disk than the database; where "
            "it is not set, published beside the chain.",
        ),
    ] = Path("var/published")
    destructions: Annotated[
        Path,
        Variable(
            "DOJANG_DESTRUCTIONS",
            read_path,
            "파기 대장 파일입니다. 백업과 따로 보관하십시오. 정하지 않으면 체인 폴더 옆의 "
            "destructions.jsonl.",
            "The ledger of destructions, kept apart from backups; where it is not set, "
            "destructions.jsonl beside the chain.",
        ),
    ] = Path("var/destructions.jsonl")
    seal_seconds: Annotated[
        int,
        Variable(
            "DOJANG_SEAL_SECONDS",
            number(1, 86_400),
            "증거 기록에 서명하고 체인에 올리는 간격(초)입니다.",
            "Seconds from one signing and anchoring of the evidence logs to the next.",
        ),
    ] = 60
    alarm_reads: Annotated[
        int,
        Variable(
            "DOJANG_ALARM_READS",
            number(1, 1_000_000),
            "담당자 한 명이 한 시간에 볼 수 있는 개인 기록의 수입니다. 넘으면 경보가 남습니다.",
            "Personal records one member of staff may read in an hour before an alarm is raised.",
        ),
    ] = 100
    keep_access_days: Annotated[
        int,
        Variable(
            "DOJANG_KEEP_ACCESS_DAYS",
            _READ_DAYS,
            "개인 기록의 열람 기록을 보관하는 날수입니다. [법: 개인정보의 안전성 확보조치 기준 "
            "제8조: 1년, 민감정보 등은 2년 이상]",
            "Days for which it is kept who read a personal record. [law: Standard of measures to "
            "secure personal data, article 8: a year, two for sensitive data, or more]",
        ),
    ] = 730
    keep_presentations_days: Annotated[
        int,
        Variable(
            "DOJANG_KEEP_PRESENTATIONS_DAYS",
            _READ_DAYS,
            "제출된 증명의 확인 결과를 보관하는 날수입니다. [법: 민원처리법 제35조 이의신청 60일] "
            "[가정: 처리와 답변을 위한 30일]",
            "Days for which the result of a presentation is kept. [law: Civil Petitions Treatment "
            "Act, article 35: objections within 60 days] [assumption: 30 more to answer them]",
        ),
    ] = 90
    keep_applications_days: Annotated[
        int,
        Variable(
            "DOJANG_KEEP_APPLICATIONS_DAYS",
            _READ_DAYS,
            "신청을 접수일부터 보관하는 날수입니다. 지나면 파기 대장에 적고 파기합니다. [가정]",
            "Days from receipt for which an application is kept; then it is destroyed, with an "
            "entry in the ledger. [assumption]",
        ),
    ] = 365
    keep_errands_days: Annotated[
        int,
        Variable(
            "DOJANG_KEEP_ERRANDS_DAYS",
            _READ_DAYS,
            "끝난 심부름(outbox)을 보관하는 날수입니다. [가정]",
            "Days for which errands that are done are kept in the outbox. [assumption]",
        ),
    ] = 7
    keep_requests_days: Annotated[
        int,
        Variable(
            "DOJANG_KEEP_REQUESTS_DAYS",
            _READ_DAYS,
            "다시 보낸 요청을 알아보는 열쇠를 보관하는 날수입니다. [가정]",
            "Days for which a request that is sent again is known again. [assumption]",
        ),
    ] = 2
