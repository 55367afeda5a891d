"""What the issuer's counter takes and answers."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.http.staff.forms import NAME22, PERSON
from api.openid.counter import Reason
from api.openid.offering import MAX_CONFIGURATIONS

NAME: Final = r"^[a-z0-9][a-z0-9-]{0,39}$"
KIND: Final = r"^[a-z][a-z0-9-]{0,63}$"
DIGEST: Final = r"^[0-9a-f]{64}$"
_DISTRICT: Final = "district"
_ENTITLEMENT: Final = "delivery-entitlement"

AgencyName = Annotated[str, Field(pattern=NAME, examples=[_DISTRICT])]
TypeName = Annotated[str, Field(pattern=KIND, examples=[_ENTITLEMENT])]
PersonId = Annotated[
    str,
    Field(
        pattern=PERSON,
        description="The register's id of the person, never a resident number.",
        examples=["synthetic-1"],
    ),
]
CredentialId = Annotated[str, Field(pattern=NAME22, examples=["q0Y1vJ3m5sT7x9Zb2dF4hK"])]
OfferId = Annotated[str, Field(pattern=NAME22, examples=["wB4dF6hK8nQ0sU2xZ5c7fJ"])]
StatusName = Literal["valid", "suspended", "revoked"]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewOffer(_Form):
    """Who is at the counter, and what they get."""

    agency: AgencyName
    person: PersonId
    types: list[TypeName] = Field(min_length=1, max_length=MAX_CONFIGURATIONS)
    service: Annotated[str, Field(pattern=KIND, examples=["document-delivery"])]
    card_checked: bool = Field(description="The clerk has seen the identity card.")


class Renewal(_Form):
    """Who is at the counter for new copies of what they hold."""

    agency: AgencyName
    person: PersonId
    type: TypeName
    service: Annotated[str, Field(pattern=KIND, examples=["document-delivery"])]
    card_checked: bool = Field(description="The clerk has seen the identity card.")


class Search(_Form):
    """Whose credentials to list; in the body, so that no address and no log holds it."""

    agency: AgencyName
    person: PersonId


class NewStatus(_Form):
    """What becomes of a credential, and why."""

    status: StatusName
    reason: Reason


class OfferAnswer(_Form):
    """An offer, told once: nobody can tell the link or the transaction code again."""

    id: str = Field(pattern=NAME22)
    link: str = Field(description="The credential offer (OpenID4VCI 1.0 section 4.1).")
    qr: str = Field(description="The link as SVG.")
    tx_code: str = Field(pattern=r"^[0-9]{4,12}$", description="To be handed over on paper.")
    expires: str


class WithdrawnAnswer(_Form):
    """An offer that was withdrawn; nothing says who it was for."""

    id: OfferId
    agency: AgencyName
    state: Literal["withdrawn"] = "withdrawn"


class CredentialAnswer(_Form):
    """What somebody holds of one batch; nothing says who."""

    id: CredentialId
    agency: AgencyName
    type: TypeName
    issued: str
    expires: str
    copies: int
    status: StatusName


class AgencyAnswer(_Form):
    """An agency, with what an act of two people needs to end its key as compromised."""

    id: AgencyName
    title_ko: str
    title_en: str
    types: list[TypeName]
    enrolled: bool
    issuer: str = Field(pattern=DIGEST, description="The issuer's id on chain.")
    point: str = Field(pattern=r"^[0-9a-f]{128}$", description="The key that signs now, x | y.")


class RowFault(_Form):
    """A row that cannot be taken; its content is not told."""

    line: int = Field(ge=1, description="1-based, the header included.")
    column: str
    problem: str


class RegisterAnswer(_Form):
    """A register's file that was looked at; `digest` is what it is imported with."""

    type: TypeName
    digest: str = Field(pattern=DIGEST)
    rows: int = Field(ge=0)
    error_count: int = Field(ge=0)
    errors: list[RowFault]
    encoding: Literal["utf-8", "cp949"]
    taken: bool
