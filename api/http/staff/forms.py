"""What staff's routes take and answer, as pydantic models with bounded fields."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.http.text import ShortText
from api.ports.accounts import Role
from api.ports.acts import ActKind, ActState

MAX_ANSWER: Final = 32_768
TOKEN: Final = r"^[A-Za-z0-9_-]{43}$"  # noqa: S105 # a pattern, not a secret
ACCOUNT: Final = r"^[0-9a-f]{32}$"
NAME22: Final = r"^[A-Za-z0-9_-]{22}$"
_BASE64URL: Final = (
    r"^([A-Za-z0-9_-]{4})*([A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$"
)
"""RFC 4648 section 5 without padding; exactly one text for each bytes, as ``b64u_decode`` reads."""
PERSON: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_EXAMPLE_TOKEN: Final = "q0Y1vJ3m5sT7x9Zb2dF4hK6nP8rU0wA1cE3gI5kM7oQ"  # noqa: S105 # made up
_EXAMPLE_ACCOUNT: Final = "00112233445566778899aabbccddeeff"


Bytes = Annotated[str, Field(min_length=2, max_length=MAX_ANSWER, pattern=_BASE64URL)]
"""Bytes in base64url without padding."""
InvitationToken = Annotated[str, Field(pattern=TOKEN, examples=[_EXAMPLE_TOKEN])]
Person = Annotated[str, Field(pattern=PERSON, description="The staff number.")]
AccountId = Annotated[str, Field(pattern=ACCOUNT, examples=[_EXAMPLE_ACCOUNT])]
Next = Annotated[
    str, Field(max_length=512, description="A path below /staff; anything else becomes /staff.")
]


GivenRole = Literal[
    Role.ISSUER,
    Role.OFFICER,
    Role.JUDGE,
    Role.ORGANISER,
    Role.TRUSTEE,
    Role.REGISTRAR,
    Role.AUDITOR,
]
"""A role that an act of this kind gives; the administrator's has a kind of its own."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class JoinStart(_Form):
    """The token of an invitation's link."""

    invitation: InvitationToken


class SignInStart(_Form):
    """Where to go after signing in."""

    next: Next = "/staff"


class ProviderStart(_Form):
    """Where to go afterwards, and an invitation to accept."""

    next: Next = "/staff"
    invitation: InvitationToken | None = None


class NewPasskey(_Form):
    """The browser's answer to ``navigator.credentials.create``, and a label of the owner's."""

    id: Bytes
    client_data: Bytes
    attestation: Bytes
    label: ShortText = "passkey"


class PasskeyAnswer(_Form):
    """The browser's answer to ``navigator.credentials.get``."""

    id: Bytes
    client_data: Bytes
    authenticator_data: Bytes
    signature: Bytes
    user: Bytes


class Options(_Form):
    """What the browser needs; see the Web Authentication standard's JSON forms."""

    public_key: dict[str, Any]  # Any: the standard's JSON form


class Entered(_Form):
    """Who is signed in now, and where to go."""

    account: AccountId
    next: str


class Left(_Form):
    """Where to send the browser."""

    location: str


class SignedInAnswer(_Form):
    """Who is signed in."""

    account: AccountId
    roles: list[Role]
    verified: str = Field(examples=["2026-11-22T01:23:45Z"])


class Ended(_Form):
    """How many sessions ended."""

    sessions: int


class PasskeyAnswerItem(_Form):
    """A passkey; its keys are not told."""

    id: str = Field(pattern=NAME22)
    label: str
    made: str
    used: str | None
    suspended: bool
    backed_up: bool


class AccountAnswer(_Form):
    """An account."""

    id: AccountId
    name: str
    person: str
    state: str = Field(pattern="^(active|removed)$")
    roles: list[Role]
    made: str
    inviter: str = Field(description="Who invited it: an account's id, or `console`.")
    lineage: str = Field(
        description="The account at the head of its invitations. Two of one lineage are not two "
        "people; empty is independent of none."
    )


class NewInvitation(_Form):
    """Whom to invite; the roles are proposed when they accept, and wait for another lineage."""

    name: ShortText
    person: Person
    roles: list[Role] = Field(min_length=1, max_length=len(Role))


class InvitationAnswer(_Form):
    """An invitation; nobody can tell the link again."""

    id: str = Field(pattern=NAME22)
    link: str = Field(examples=[f"http://localhost:8000/staff/invitation#{_EXAMPLE_TOKEN}"])
    expires: str


class KeyDetail(_Form):
    """An issuer's key on chain, and how it ends."""

    issuer: str = Field(pattern=r"^[0-9a-f]{64}$", description="The issuer's id on chain.")
    point: str = Field(pattern=r"^[0-9a-f]{128}$", description="x | y, P-256.")
    ending: str = Field(pattern=r"^(orderly|compromised)$")


class AccountAct(_Form):
    """An act on an account."""

    kind: Literal[ActKind.GRANT_ADMINISTRATOR, ActKind.REMOVE_ACCOUNT]
    account: AccountId


class RolesAct(_Form):
    """An act that gives an account roles, except the administrator's."""

    kind: Literal[ActKind.GRANT_ROLES]
    account: AccountId
    roles: list[GivenRole] = Field(min_length=1, max_length=len(Role))


class KeyAct(_Form):
    """An act on an issuer's key."""

    kind: Literal[ActKind.REVOKE_ISSUER_KEY]
    key: KeyDetail


NewAct = Annotated[AccountAct | RolesAct | KeyAct, Field(discriminator="kind")]
"""An act to propose."""


class ActAnswer(_Form):
    """An act of two people."""

    id: str = Field(pattern=NAME22)
    kind: ActKind
    object: str
    proposer: str = Field(description="An account's id, or `console`.")
    proposed: str
    expires: str
    state: ActState
    decider: AccountId | None
    decided: str | None
    roles: list[Role]
    opens: str | None = Field(
        description="Of a confirmed recovery: when its link opens. It can be withdrawn until used."
    )
    refusal: str | None = Field(
        description="The code of what forbids the asker to confirm it, as `act.same_lineage`."
    )


class EntryAnswer(_Form):
    """An administrative act. The log's leaf hash (RFC 9162) is made from `entry`."""

    id: str = Field(pattern=NAME22)
    act: str
    account: str
    object: str
    time: str
    entry: str
    detail: str
