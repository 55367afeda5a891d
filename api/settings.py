"""Settings by environment. Every one has a default that suits one machine.

``python -m api.settings`` prints them all as a commented example; ``docs/service.env.example`` is
that text, and a test keeps it in step.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any, Final, get_type_hints

from api.identity.settings import CitizenSettings
from api.variables import (
    Secret,
    SettingsError,
    Variable,
    number,
    read_addresses,
    read_client,
    read_database,
    read_host,
    read_issuer,
    read_name,
    read_origin,
    read_path,
    read_switch,
    read_tiles,
)

MAX_PORT: Final = 65_535
MAX_THREADS: Final = 512
MAX_WORKERS: Final = 64
MAX_RATE: Final = 1_000_000
_READ_PORT: Final = number(0, MAX_PORT)
_NO_SECRET: Final = Secret("")
_DATABASE: Final = Secret("sqlite:///var/dojang.sqlite")


@dataclass(frozen=True, slots=True)
class Settings(CitizenSettings):
    """What a service is started with; each field's variable says what it means."""

    host: Annotated[
        str,
        Variable(
            "HOST",
            read_host,
            "듣는 주소입니다. 기본값은 이 컴퓨터뿐입니다.",
            "The address to listen on; by default this machine only.",
        ),
    ] = "127.0.0.1"
    port: Annotated[
        int,
        Variable(
            "PORT",
            _READ_PORT,
            "시민과 담당자 화면의 포트입니다. 0이면 세 포트 모두 시스템이 고릅니다.",
            "The port of the people's pages; 0 lets the system choose all three.",
        ),
    ] = 8000
    ballot_port: Annotated[
        int,
        Variable(
            "DOJANG_BALLOT_PORT",
            _READ_PORT,
            "투표 화면의 포트입니다. 정하지 않으면 PORT 다음입니다.",
            "The port of the ballot's pages; where it is not set, the one after PORT.",
        ),
    ] = 8001
    registration_port: Annotated[
        int,
        Variable(
            "DOJANG_REGISTRATION_PORT",
            _READ_PORT,
            "투표인 등록의 포트입니다. 정하지 않으면 PORT 다음다음입니다.",
            "The port of voters' registration; where it is not set, PORT and two.",
        ),
    ] = 8002
    people_origin: Annotated[
        str,
        Variable(
            "DOJANG_PEOPLE_ORIGIN",
            read_origin,
            "시민이 보는 주소입니다. 정하지 않으면 http://localhost:포트.",
            "The origin that people see; where it is not set, http://localhost:port.",
        ),
    ] = ""
    ballot_origin: Annotated[
        str,
        Variable(
            "DOJANG_BALLOT_ORIGIN",
            read_origin,
            "투표 화면의 주소입니다. 다른 두 주소와 달라야 합니다.",
            "The ballot's origin; different from the other two.",
        ),
    ] = ""
    registration_origin: Annotated[
        str,
        Variable(
            "DOJANG_REGISTRATION_ORIGIN",
            read_origin,
            "투표인 등록의 주소입니다. 다른 두 주소와 달라야 합니다.",
            "The registration's origin; different from the other two.",
        ),
    ] = ""
    chain: Annotated[
        Path,
        Variable(
            "DOJANG_CHAIN",
            read_path,
            "내장 체인의 폴더입니다.",
            "The folder of the embedded chain.",
        ),
    ] = Path("var/chain")
    keys: Annotated[
        Path,
        Variable(
            "DOJANG_KEYS",
            read_path,
            "기록에 서명하는 열쇠의 폴더입니다. 정하지 않으면 체인 폴더 옆의 keys.",
            "The folder of the keys that sign logs; where it is not set, keys beside the chain.",
        ),
    ] = Path("var/keys")
    database: Annotated[
        Secret,
        Variable(
            "DATABASE_URL",
            read_database,
            "데이터베이스의 주소입니다. 암호가 들었으면 DATABASE_URL_FILE로 파일을 가리키십시오. "
            "정하지 않으면 체인 폴더 옆의 dojang.sqlite.",
            "The database; where its address holds a password, name a file by DATABASE_URL_FILE. "
            "Where it is not set, dojang.sqlite beside the chain.",
            secret=True,
        ),
    ] = _DATABASE
    migrate: Annotated[
        bool,
        Variable(
            "DOJANG_MIGRATE",
            read_switch,
            "1이면 시작할 때 데이터베이스를 최신 모양으로 바꾸고, 0이면 다를 때 멈춥니다.",
            "1 brings the database to the newest shape at start; 0 refuses to start on another.",
        ),
    ] = True
    threads: Annotated[
        int,
        Variable(
            "DOJANG_THREADS",
            number(1, MAX_THREADS),
            "한 프로세스가 동시에 처리하는 요청의 수입니다. 데이터베이스 연결도 이만큼 둡니다.",
            "Requests that one process handles at once; it keeps as many database connections.",
        ),
    ] = 16
    workers: Annotated[
        int,
        Variable(
            "DOJANG_WORKERS",
            number(1, MAX_WORKERS),
            "요청을 받는 프로세스의 수입니다. 요청 한도는 이 수로 나눕니다.",
            "Processes that take requests; rate limits are divided by this number.",
        ),
    ] = 1
    writes_per_minute: Annotated[
        int,
        Variable(
            "DOJANG_WRITES_PER_MINUTE",
            number(1, MAX_RATE),
            "한 주소가 1분에 보낼 수 있는 쓰기 요청의 수입니다.",
            "Writing requests that one address may send in a minute.",
        ),
    ] = 30_000
    reads_per_minute: Annotated[
        int,
        Variable(
            "DOJANG_READS_PER_MINUTE",
            number(1, MAX_RATE),
            "한 주소가 1분에 보낼 수 있는 읽기 요청의 수입니다.",
            "Reading requests that one address may send in a minute.",
        ),
    ] = 60_000
    proxies: Annotated[
        tuple[str, ...],
        Variable(
            "DOJANG_PROXIES",
            read_addresses,
            "X-Forwarded-For와 X-Forwarded-Proto를 믿을 앞단 서버의 주소들입니다.",
            "Front servers whose X-Forwarded-For and X-Forwarded-Proto are believed.",
        ),
    ] = ()
    log_name: Annotated[
        str,
        Variable(
            "DOJANG_LOG_NAME",
            read_name,
            "증거 기록의 이름 앞부분입니다. 한 번 쓰면 바꾸지 마십시오.",
            "The first part of the evidence logs' names; never change it once it is used.",
        ),
    ] = "localhost/dojang"
    agencies: Annotated[
        Path,
        Variable(
            "DOJANG_AGENCIES",
            read_path,
            "증명을 발급하는 기관의 파일(agencies.json)입니다. "
            "같은 폴더의 <종류>.csv가 대장입니다. 정하지 않으면 발급하지 않습니다. "
            "시험용이면 시험 기관을 씁니다.",
            "The file of issuing agencies (agencies.json); registers are <type>.csv beside it. "
            "Where it is not set nothing is issued; on trial the test agencies are used.",
        ),
    ] = Path()
    tiles: Annotated[
        tuple[str, ...],
        Variable(
            "DOJANG_TILES",
            read_tiles,
            "다른 서비스의 증거 기록을 어디서 받는지입니다. 기록이름=주소를 쉼표로 잇습니다. "
            "주소 뒤에 /조각번호를 붙여 받고, 체인이 아는 기록만 받습니다.",
            "Where other services' evidence logs are fetched: name=address, joined by commas. The "
            "tile's number is appended to the address; only logs that the chain knows are fetched.",
        ),
    ] = ()
    trial: Annotated[
        bool,
        Variable(
            "DOJANG_TRIAL",
            read_switch,
            "1이면 시험용입니다. 오늘이 아닌 신청일을 받고 '[시험]'이라고 적습니다.",
            "1 is for trials: other application dates than today are taken, and marked as trials.",
        ),
    ] = False
    provider: Annotated[
        str,
        Variable(
            "DOJANG_OIDC_ISSUER",
            read_issuer,
            "담당자가 쓰는 기관 로그인(OpenID Connect)의 주소입니다. 없으면 패스키만 씁니다.",
            "The issuer of the city's sign-in for staff (OpenID Connect); without it, passkeys.",
        ),
    ] = ""
    provider_client: Annotated[
        str,
        Variable(
            "DOJANG_OIDC_CLIENT",
            read_client,
            "기관 로그인에 등록된 이 서비스의 이름(client_id)입니다.",
            "This service's client_id there.",
        ),
    ] = ""
    provider_secret: Annotated[
        Secret,
        Variable(
            "DOJANG_OIDC_SECRET",
            Secret,
            "기관 로그인에 쓰는 비밀(client_secret)입니다. 공개 클라이언트면 비웁니다.",
            "The client_secret there; empty for a public client.",
            secret=True,
        ),
    ] = _NO_SECRET

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the variables.

        Raises:
            SettingsError: the first variable that cannot be used, by name.
        """
        given = {}
        for name, variable in _variables().items():
            value = variable.value(environment)
            if value is not None:
                given[name] = value
        return _complete(replace(cls(), **given), given)


def example() -> str:
    """All variables with their defaults as a commented file for ``env`` or systemd."""
    default = Settings()
    lines = ["# 도장 서비스의 설정 / settings of the dojang service", ""]
    for name, variable in _variables().items():
        value = getattr(default, name)
        lines += [f"# {variable.ko}", f"# {variable.en}", f"#{variable.name}={_told(value)}", ""]
    return "\n".join(lines)


def _told(value: object) -> str:
    if isinstance(value, Secret):
        return value.reveal()  # a default is no secret
    if isinstance(value, bool):
        return str(int(value))
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _variables() -> dict[str, Variable]:
    hints = get_type_hints(Settings, include_extras=True)
    return {entry.name: hints[entry.name].__metadata__[0] for entry in fields(Settings)}


_BESIDE: Final = {
    "measures": "measures",
    "published": "published",
    "destructions": "destructions.jsonl",
}


def _complete(settings: Settings, given: Mapping[str, object]) -> Settings:
    """Fill what follows from other settings, and check what must fit together."""
    follow: dict[str, Any] = {}
    for step, name in enumerate(("ballot_port", "registration_port", "metrics_port"), 1):
        if name not in given:
            follow[name] = settings.port + step if settings.port else 0
            if follow[name] > MAX_PORT:
                raise SettingsError(f"PORT is at most {MAX_PORT - 3} where it alone is set")
    beside = settings.chain.parent
    if "keys" not in given:
        follow["keys"] = beside / "keys"
    for name, file in _BESIDE.items():
        if name not in given:
            follow[name] = beside / file
    if "database" not in given:
        follow["database"] = Secret(f"sqlite:///{beside / 'dojang.sqlite'}")
    complete = replace(settings, **follow)
    _check_apart(complete)
    return complete


def _check_apart(settings: Settings) -> None:
    if bool(settings.provider) != bool(settings.provider_client):
        raise SettingsError("DOJANG_OIDC_ISSUER and DOJANG_OIDC_CLIENT are set together")
    if bool(settings.citizen_provider) != bool(settings.citizen_client):
        raise SettingsError(
            "DOJANG_CITIZEN_OIDC_ISSUER and DOJANG_CITIZEN_OIDC_CLIENT are set together"
        )
    ports = [
        settings.port,
        settings.ballot_port,
        settings.registration_port,
        settings.metrics_port,
    ]
    fixed = [port for port in ports if port]
    if len(set(fixed)) != len(fixed):
        raise SettingsError(
            "PORT, DOJANG_BALLOT_PORT, DOJANG_REGISTRATION_PORT and DOJANG_METRICS_PORT must differ"
        )
    named = [settings.people_origin, settings.ballot_origin, settings.registration_origin]
    told = [origin for origin in named if origin]
    if len(set(told)) != len(told):
        raise SettingsError(
            "DOJANG_PEOPLE_ORIGIN, DOJANG_BALLOT_ORIGIN and DOJANG_REGISTRATION_ORIGIN must differ"
        )


if __name__ == "__main__":
    sys.stdout.write(example())
