"""What a credential can be judged by again, once it was believed: nothing of the person is in it.

As canonical JSON: ``{vct, iss, kid, iat, exp, evidence: {log, index}, leaf, status?}``,
times in seconds, ``leaf`` in hexadecimal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from contracts.evidence.document import Document
from contracts.evidence.encoding import Json
from verifier.credential.inclusion import LogPlace, credential_leaf, parse_evidence_claim
from verifier.credential.sdjwt import SdJwt
from verifier.credential.status import StatusReference, parse_status_claim
from verifier.credential.validity import numeric_date


@dataclass(frozen=True, slots=True)
class CredentialEvidence:
    """Whose key signed what kind of credential when, where it stands, and where its status is.

    Args:
        vct: type.
        issuer: ``iss``.
        kid: thumbprint of the key that signed it.
        issued: ``iat``.
        expires: ``exp``.
        place: in its log.
        leaf: hash of the issuer's token as a leaf, 32 bytes.
        status: None where it has none and the policy allowed that.
    """

    vct: str
    issuer: str
    kid: str
    issued: datetime
    expires: datetime
    place: LogPlace
    leaf: bytes
    status: StatusReference | None

    def as_json(self) -> dict[str, Json]:
        """The members under the names of the claims."""
        return {
            "vct": self.vct,
            "iss": self.issuer,
            "kid": self.kid,
            "iat": int(self.issued.timestamp()),
            "exp": int(self.expires.timestamp()),
            "evidence": self.place.claim(),
            "leaf": self.leaf.hex(),
            **({} if self.status is None else {"status": self.status.claim()}),
        }


def evidence_of(
    presentation: SdJwt, claims: Mapping[str, Json], place: LogPlace
) -> CredentialEvidence:
    """What a presented credential can be judged by again, its status apart, which is read later.

    Raises:
        ClaimTypeError: ``iat`` or ``exp`` is no time (C-22).
    """
    times = dict(claims)
    return CredentialEvidence(
        vct=str(claims["vct"]),
        issuer=str(claims["iss"]),
        kid=str(presentation.jws.header.get("kid")),
        issued=datetime.fromtimestamp(numeric_date(times, "iat"), UTC),
        expires=datetime.fromtimestamp(numeric_date(times, "exp"), UTC),
        place=place,
        leaf=credential_leaf(presentation.issuer_jwt),
        status=None,
    )


def read_evidence(value: Json) -> CredentialEvidence:
    """Evidence as ``as_json`` wrote it.

    Raises:
        EncodingError: anything else.
        RejectedError: its place or status reference is malformed (C-38, C-48).
    """
    part = Document.of(value, "evidence")
    place = parse_evidence_claim(part.take("evidence"))
    reference = parse_status_claim(part.take("status")) if part.has("status") else None
    made = CredentialEvidence(
        vct=part.text("vct"),
        issuer=part.text("iss"),
        kid=part.text("kid"),
        issued=datetime.fromtimestamp(part.integer("iat"), UTC),
        expires=datetime.fromtimestamp(part.integer("exp"), UTC),
        place=place,
        leaf=part.hash("leaf"),
        status=reference,
    )
    part.close()
    return made
