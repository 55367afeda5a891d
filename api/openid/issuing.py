"""The credential, deferred and notification endpoints: copies are signed where they are recorded.

The place in the log is given out, the copy signed and its leaf kept in one transaction: a place
without a leaf, or a credential without a place, cannot come about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from api.openid.agencies import Agency
from api.openid.anchoring_delay import check_anchoring
from api.openid.credential_request import (
    CredentialRequest,
    batch_size,
    parse_credential_request,
    parse_deferred_request,
    parse_notification,
)
from api.openid.errors import (
    CredentialRequestDeniedError,
    InvalidCredentialRequestError,
    InvalidNonceError,
    InvalidNotificationIdError,
    InvalidTransactionError,
    UnknownConfigurationError,
    UnknownIdentifierError,
)
from api.openid.granting import NONCES
from api.openid.log_places import draw_log_places
from api.openid.nonces import check_nonce
from api.openid.offering import Offer
from api.openid.office import Office, find_access
from api.openid.ports import Batch, CopyRecord, Deferral, Issuing, OpenIdWork
from api.openid.proof import HolderProof, ProofDemand, check_proofs
from api.openid.register import NotInRegisterError, NotYetKnownError
from api.openid.scope_secrets import Scope, ScopeErasedError, ScopeSecrets
from api.openid.secret_words import draw_word, word_hash
from api.openid.status_places import StatusPlace, draw_status_places
from api.openid.token_request import Access
from contracts.evidence.encoding import Json, b64u_encode
from verifier.credential.inclusion import LogPlace
from verifier.credential.issuance import (
    Claim,
    Copy,
    CredentialOrder,
    Hidden,
    IssuedCredential,
    issue_batch,
)
from verifier.eligibility.attestation import attest
from verifier.eligibility.credential_types import (
    PERSON_CLAIM,
    REFERENCE_DATE_CLAIM,
    SCOPE_CLAIMS,
    VOTER_CLAIM,
    CredentialType,
)
from verifier.eligibility.dates import korean_day
from verifier.eligibility.errors import AttestationError
from verifier.eligibility.pseudonym import voter_value

DEFERRED_INTERVAL: Final = 5
ISSUED, ACCEPTED = 200, 202
NONCE: Final = "nonce"
TRANSACTION: Final = "transaction"
NOTIFICATION: Final = "notification"
_BATCH_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class IssuingAnswer:
    """What an endpoint answers: HTTP status and body."""

    status: int
    body: dict[str, Json]


def credential(
    office: Office, agency_id: str, token: str | None, body: bytes, at: datetime
) -> IssuingAnswer:
    """The credential endpoint (OpenID4VCI 1.0 section 8).

    Raises:
        InvalidTokenError: no good access token.
        CredentialError: the request, its proofs or its nonces are refused, or nothing is issued.
        NoStatusPlaceError: not now, and nothing was taken or burnt.
    """
    agency = office.agency(agency_id)
    access = _look_up(office, agency, token, at)
    request = parse_credential_request(body, batch_size(agency.terms.copies))
    name = _configuration(agency, access, request)
    proofs = check_proofs(request.proofs, ProofDemand(agency.uri, at, access.client))
    with office.storage.work() as work:
        found = _offer(work.issuing, access, name, len(proofs))
        _burn_nonces(office, agency, work.issuing, proofs, at)
        order = _Order(office, agency, found, name, tuple(p.point for p in proofs), at)
        try:
            answer = order.issue(work)
        except NotYetKnownError:
            answer = _defer(order, access, work.issuing)
        work.issuing.keep_offer(found.take(name, len(proofs)))
    return answer


def deferred(
    office: Office, agency_id: str, token: str | None, body: bytes, at: datetime
) -> IssuingAnswer:
    """The deferred credential endpoint (section 9): ask the register again.

    Raises:
        InvalidTokenError: no good access token.
        InvalidTransactionError: nothing waits under that id for this token.
        CredentialRequestDeniedError: the register refuses now.
    """
    agency = office.agency(agency_id)
    access = _look_up(office, agency, token, at)
    name = parse_deferred_request(body)
    with office.storage.work() as work:
        waiting = work.issuing.deferral(word_hash(TRANSACTION, name))
        if (
            waiting is None
            or waiting.done
            or waiting.token_hash != access.token_hash
            or at >= waiting.expires
        ):
            raise InvalidTransactionError("nothing waits under that id")
        found = work.issuing.offer(waiting.offer)
        if found is None:
            raise InvalidTransactionError("nothing waits under that id")
        order = _Order(office, agency, found, waiting.configuration, waiting.points, at)
        try:
            answer = order.issue(work)
        except NotYetKnownError:
            return _still_waiting(name)
        work.issuing.end_deferral(waiting.transaction_hash)
    return answer


def notify(office: Office, agency_id: str, token: str | None, body: bytes, at: datetime) -> None:
    """The notification endpoint (section 11); the same word twice changes nothing.

    Raises:
        InvalidTokenError: no good access token.
        NotificationError: malformed, or of an id that was not given with this token.
    """
    agency = office.agency(agency_id)
    access = _look_up(office, agency, token, at)
    told = parse_notification(body)
    with office.storage.work() as work:
        batch = work.issuing.batch_of(word_hash(NOTIFICATION, told.id))
        if batch is None or batch.offer != access.offer or batch.agency != agency.id:
            raise InvalidNotificationIdError("no such notification id was given")
        if batch.event is not told.event:
            work.issuing.keep_event(replace(batch, event=told.event))


def _look_up(office: Office, agency: Agency, token: str | None, at: datetime) -> Access:
    """The access token, in a view of its own: nobody waits for a writer to be turned away."""
    with office.storage.reading() as reading:
        return find_access(reading.issuing, agency, token, at)


def _configuration(agency: Agency, access: Access, request: CredentialRequest) -> str:
    """Which configuration is asked for; with identifiers given out, only they may be used (8.2)."""
    if request.identifier is not None:
        if request.identifier not in access.identifiers:
            raise UnknownIdentifierError("that identifier was not given with this token")
        return access.identifiers[request.identifier]
    name = request.configuration or ""
    if name not in agency.types:
        raise UnknownConfigurationError("this issuer has no such configuration")
    if access.identifiers:
        raise InvalidCredentialRequestError("this token came with identifiers: use one of them")
    return name


def _offer(issuing: Issuing, access: Access, name: str, count: int) -> Offer:
    """The offer to take copies from; while any is left, fewer proofs may be sent again."""
    found = issuing.offer(access.offer)
    if found is None or name not in found.copies:
        raise CredentialRequestDeniedError("that was not offered")
    left = found.copies[name]
    if left < 1:
        raise CredentialRequestDeniedError("all copies were taken")
    if count > left:
        raise InvalidCredentialRequestError(f"only {left} copies are left to take")
    return found


def _burn_nonces(
    office: Office,
    agency: Agency,
    issuing: Issuing,
    proofs: tuple[HolderProof, ...],
    at: datetime,
) -> None:
    secret = office.secrets.of(NONCES)
    for nonce in {proof.nonce for proof in proofs}:
        until = check_nonce(nonce, secret, agency.id, at)
        if not issuing.burn_nonce(word_hash(NONCE, nonce), until):
            raise InvalidNonceError("the nonce was used before")


@dataclass(frozen=True, slots=True)
class _Order:
    """Copies of one credential for some keys of one person."""

    office: Office
    agency: Agency
    offer: Offer
    configuration: str
    points: tuple[bytes, ...]
    at: datetime

    def issue(self, work: OpenIdWork) -> IssuingAnswer:
        """Sign all copies and keep them.

        Raises:
            NotYetKnownError: the register does not know yet, what was issued before waits too
                long for the chain, or the time of day is doubted.
            CredentialRequestDeniedError: the register refuses.
            NoStatusPlaceError: no status list has a place; nothing of the transaction may be kept.
        """
        check_anchoring(work, self.office, self.agency, self.at)
        claims = self._claims(work, self.agency.types[self.configuration])
        # To the hour: copies are told apart no better by their second than by who else was there.
        issued = self.at.replace(minute=0, second=0, microsecond=0)
        expires = issued + self.agency.terms.lifetime
        order = CredentialOrder(
            issuer=self.agency.uri,
            vct=self.agency.types[self.configuration].vct,
            claims=claims,
            issued=issued,
            expires=expires,
            decoys=self.agency.terms.decoys,
        )
        tree = work.logs.open(self.agency.log)
        places = draw_status_places(work, self.agency, len(self.points), expires, self.at)
        indexes = draw_log_places(
            work.logs, self.agency.log, tree.size, len(self.points), self.office.rng
        )
        copies = self._copies(places, indexes)
        signer = self.office.keys.signer(self.agency.id)
        made = issue_batch(order, copies, signer, self.office.rng)
        leaves = {one.evidence.index: one.leaf for one in made}
        work.logs.add_waiting(self.agency.log, leaves)
        handle = draw_word(self.office.rng)
        self._keep(work.issuing, made, places, handle, expires)
        return IssuingAnswer(
            ISSUED,
            {
                "credentials": [{"credential": one.text} for one in made],
                "notification_id": handle,
            },
        )

    def _claims(self, work: OpenIdWork, kind: CredentialType) -> Mapping[str, Claim]:
        person, day = self.offer.identity.person, korean_day(self.at)
        try:
            entry = self.office.registers[kind.id].entry(person, day)
            attested = attest(kind, entry, day)
        except (NotInRegisterError, AttestationError) as error:
            raise CredentialRequestDeniedError("the register does not bear it out") from error
        attested |= self._pseudonyms(work, kind, person)
        return {
            name: value if name == REFERENCE_DATE_CLAIM else Hidden(value)
            for name, value in attested.items()
        }

    def _pseudonyms(self, work: OpenIdWork, kind: CredentialType, person: str) -> dict[str, Json]:
        """What shows the person again, each beside what it was made for.

        ``person`` depends on the service that was chosen with the offer, and says so; ``voter`` on
        the series that the credential type names, which nobody chooses.
        """
        made: dict[str, Json] = {}
        if PERSON_CLAIM in kind.claims:
            service = self.offer.service
            value = self.office.persons.value(PERSON_CLAIM, service, person)
            made |= {PERSON_CLAIM: b64u_encode(value), SCOPE_CLAIMS[PERSON_CLAIM]: service}
        if VOTER_CLAIM in kind.claims:
            series = kind.claims[VOTER_CLAIM].series
            secret = self._series_secret(work, series)
            value_of_voter = voter_value(secret, person.encode())
            made |= {VOTER_CLAIM: value_of_voter, SCOPE_CLAIMS[VOTER_CLAIM]: series}
        return made

    def _series_secret(self, work: OpenIdWork, series: str) -> bytes:
        office = self.office
        secrets = ScopeSecrets(office.secrets, work.scope_secrets, office.rng, self.at)
        try:
            return secrets.of(Scope.SERIES, series)
        except ScopeErasedError as error:
            raise CredentialRequestDeniedError("the series of polls is over") from error

    def _copies(
        self, places: tuple[StatusPlace, ...], indexes: tuple[int, ...]
    ) -> tuple[Copy, ...]:
        origin = self.office.log_keys.origin(self.agency.log)
        return tuple(
            Copy(point, place.reference, LogPlace(origin, index))
            for point, place, index in zip(self.points, places, indexes, strict=True)
        )

    def _keep(
        self,
        issuing: Issuing,
        made: tuple[IssuedCredential, ...],
        places: tuple[StatusPlace, ...],
        handle: str,
        expires: datetime,
    ) -> None:
        name = b64u_encode(self.office.rng(_BATCH_BYTES))
        batch = Batch(
            name,
            self.offer.id,
            self.agency.id,
            self.configuration,
            word_hash(NOTIFICATION, handle),
            self.at,
        )
        subject = self.office.subject(self.agency.id, self.offer.identity.person)
        records = [
            CopyRecord(
                agency=self.agency.id,
                index=one.evidence.index,
                batch=name,
                configuration=self.configuration,
                subject=subject,
                status_list=place.number,
                status_index=place.reference.index,
                issued=self.at,
                expires=expires,
            )
            for one, place in zip(made, places, strict=True)
        ]
        issuing.add_batch(batch, records)


def _defer(order: _Order, access: Access, issuing: Issuing) -> IssuingAnswer:
    handle = draw_word(order.office.rng)
    expires = order.at + order.agency.terms.deferral
    issuing.add_deferral(
        Deferral(
            transaction_hash=word_hash(TRANSACTION, handle),
            token_hash=access.token_hash,
            offer=order.offer.id,
            agency=order.agency.id,
            configuration=order.configuration,
            points=order.points,
            expires=expires,
        )
    )
    issuing.extend_access(replace(access, expires=expires))
    return _still_waiting(handle)


def _still_waiting(transaction: str) -> IssuingAnswer:
    return IssuingAnswer(ACCEPTED, {"transaction_id": transaction, "interval": DEFERRED_INTERVAL})
