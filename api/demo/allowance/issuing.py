"""The test issuers: they attest from their registers, sign, and keep their status lists."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from api.demo.allowance.source import CastIssuer
from api.demo.notary import Notary
from contracts.evidence.encoding import Json, b64u_encode
from contracts.evidence.ledger import Ledger
from contracts.evidence.names import credential_type_id, issuer_id, status_list_id
from verifier.credential.inclusion import LogPlace
from verifier.credential.issuance import (
    Copy,
    CredentialOrder,
    Hidden,
    IssuedCredential,
    issue,
)
from verifier.credential.keys import SigningKey
from verifier.credential.places import shuffle_places
from verifier.credential.status import (
    StatusList,
    StatusReference,
    StatusTerms,
    issue_status_token,
)
from verifier.eligibility.attestation import RegisterEntry, attest
from verifier.eligibility.credential_types import (
    PERSON_CLAIM,
    REFERENCE_DATE_CLAIM,
    SCOPE_CLAIMS,
    CredentialType,
)

STATUS_ENTRIES: Final = 4096
STATUS_BITS: Final = 2
LIFETIME: Final = timedelta(days=90)
DECOYS: Final = 2


@dataclass(frozen=True, slots=True)
class Subject:
    """For whom: what the register holds, the person value and its service, key and lifetime."""

    entry: RegisterEntry
    person: bytes
    service: str
    holder: bytes
    lifetime: timedelta = LIFETIME


@dataclass(slots=True)
class IssuerDesk:
    """One issuer with its key, its register port and its status list."""

    cast: CastIssuer
    kind: CredentialType
    log: Notary
    ledger: Ledger
    key: SigningKey = field(default_factory=lambda: SigningKey.generate(secrets.token_bytes))
    entries: StatusList = field(
        default_factory=lambda: StatusList.empty(STATUS_ENTRIES, STATUS_BITS)
    )
    tokens: list[str] = field(default_factory=list)
    _places: Iterator[int] = field(
        default_factory=lambda: iter(shuffle_places(range(STATUS_ENTRIES), secrets.token_bytes))
    )

    def enrol(self) -> None:
        """Enter the registry with a key and, where the cast says so, with leave to issue."""
        name = issuer_id(self.cast.uri)
        self.ledger.register_issuer(name)
        self.ledger.add_key(name, self.key.point)
        if self.cast.accredited:
            self.ledger.accredit(name, credential_type_id(self.kind.vct))

    def issue(self, subject: Subject, at: datetime) -> tuple[IssuedCredential, int]:
        """Issue one credential for the day of ``at``; returns it with its status index."""
        attested = attest(self.kind, subject.entry, at.date())
        hidden: dict[str, Json] = {
            **attested,
            PERSON_CLAIM: b64u_encode(subject.person),
            SCOPE_CLAIMS[PERSON_CLAIM]: subject.service,
        }
        order = CredentialOrder(
            issuer=self.cast.uri,
            vct=self.kind.vct,
            claims={
                name: value if name == REFERENCE_DATE_CLAIM else Hidden(value)
                for name, value in hidden.items()
            },
            issued=at,
            expires=at + subject.lifetime,
            decoys=DECOYS,
        )
        index = next(self._places)
        place = LogPlace(self.log.log.origin, self.log.log.tree.size)
        status = StatusReference(self.cast.status_uri, index)
        made = issue(order, Copy(subject.holder, status, place), self.key, secrets.token_bytes)
        self.log.append_leaf(made.leaf)
        return made, index

    def publish_status(self, at: datetime) -> str:
        """Sign the list as it stands and anchor its digest as the next version."""
        terms = StatusTerms(self.cast.uri, self.cast.status_uri, LIFETIME, LIFETIME)
        token = issue_status_token(self.entries, terms, self.key, at)
        self.ledger.publish_status(
            status_list_id(self.cast.status_uri),
            len(self.tokens) + 1,
            sha256(token.encode("ascii")).digest(),
        )
        self.tokens.append(token)
        return token

    def mark(self, index: int, value: int) -> None:
        """Change the entry of a credential: 1 revokes, 2 suspends."""
        self.entries = self.entries.replace({index: value})
