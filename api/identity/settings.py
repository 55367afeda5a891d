"""Settings of the identity provider at which citizens identify themselves for issuing."""

from dataclasses import dataclass
from typing import Annotated, Final

from api.operation.settings import OperationSettings
from api.variables import Secret, Variable, read_claim, read_client, read_scope, read_voucher

_NO_SECRET: Final = Secret("")


@dataclass(frozen=True, slots=True)
class CitizenSettings(OperationSettings):
    """Where citizens identify themselves; each field's variable says what it means."""

    citizen_provider: Annotated[
        str,
        Variable(
            "DOJANG_CITIZEN_OIDC_ISSUER",
            read_voucher,
            "시민이 창구에 오지 않고 증명을 받을 때 본인확인을 하는 곳(OpenID Connect)의 "
            "주소입니다. 돌아올 주소로 <시민 화면의 주소>/credentials/return을 그곳에 "
            "등록하십시오. 없으면 창구에서만 발급합니다.",
            "The issuer at which citizens identify themselves for credentials without a desk "
            "(OpenID Connect); register <the people's origin>/credentials/return there. Without "
            "it, credentials are issued at desks only.",
        ),
    ] = ""
    citizen_client: Annotated[
        str,
        Variable(
            "DOJANG_CITIZEN_OIDC_CLIENT",
            read_client,
            "그곳에 등록된 이 서비스의 이름(client_id)입니다.",
            "This service's client_id there.",
        ),
    ] = ""
    citizen_secret: Annotated[
        Secret,
        Variable(
            "DOJANG_CITIZEN_OIDC_SECRET",
            Secret,
            "그곳에서 쓰는 비밀(client_secret)입니다. 공개 클라이언트면 비웁니다.",
            "The client_secret there; empty for a public client.",
            secret=True,
        ),
    ] = _NO_SECRET
    citizen_claim: Annotated[
        str,
        Variable(
            "DOJANG_CITIZEN_OIDC_CLAIM",
            read_claim,
            "ID 토큰에서 대장의 등록번호가 든 항목(claim)입니다. 주민등록번호여서는 안 됩니다.",
            "The claim of the ID token that holds the id in the registers; never a resident "
            "registration number.",
        ),
    ] = "sub"
    citizen_scope: Annotated[
        str,
        Variable(
            "DOJANG_CITIZEN_OIDC_SCOPE",
            read_scope,
            "그 항목을 받으려고 청하는 범위(scope)입니다. openid가 들어 있어야 합니다.",
            "The scope that is asked for to get that claim; openid is one of its words.",
        ),
    ] = "openid"
