"""The issuer's counter over JSON: agencies, offers after the identity step, credentials."""

from typing import Annotated, Final

from fastapi import APIRouter, Path

from api.actions.keep_session import SignedIn
from api.http.openapi import WITH_BODY, describe_problems
from api.http.qr import qr_svg
from api.http.staff.account_routes import DANGEROUS
from api.http.staff.counter_forms import (
    NAME,
    AgencyAnswer,
    CredentialAnswer,
    NewOffer,
    NewStatus,
    OfferAnswer,
    Renewal,
    Search,
    WithdrawnAnswer,
)
from api.http.staff.door_routes import CHANGING, INSIDE, PREFIX
from api.http.staff.forms import NAME22
from api.http.staff.gate import Gate, StaffRoute
from api.openid.console import CopyStatus
from api.openid.counter import (
    Counter,
    CounterOrder,
    HeldCredential,
    held_by,
    mark_credential,
    offer_at_counter,
    renew_at_counter,
)
from api.openid.issuing_agencies import IssuingAgency, enrol_agency, issuing_agencies, rotate_key
from api.openid.offering import MadeOffer, offer_document, offer_uri
from api.openid.withdrawing import withdraw_offer
from api.ports.accounts import Role
from contracts.evidence.encoding import format_time

OFFERING: Final = (
    "staff.role_missing",
    "issuer.unknown",
    "issuer.type_unknown",
    "issuer.not_enrolled",
    "issuer.card_unchecked",
    "issuer.person_unknown",
)
_Agency = Annotated[str, Path(pattern=NAME, examples=["district"])]
_Credential = Annotated[str, Path(pattern=NAME22)]
_Offer = Annotated[str, Path(pattern=NAME22)]


def issuer_routes(counter: Counter, gate: Gate) -> APIRouter:
    """``/api/v1/staff/issuers``, ``/offers`` and ``/credentials``."""
    routes = APIRouter(prefix=PREFIX, route_class=StaffRoute, tags=["issuers"])
    _add_agencies(routes, counter, gate)
    _add_offers(routes, counter, gate)
    _add_credentials(routes, counter, gate)
    _add_renewals(routes, counter, gate)
    return routes


def link_of(counter: Counter, made: MadeOffer) -> str:
    """The offer by value, as a wallet takes it."""
    return offer_uri(offer_document(counter.agency(made.offer.agency), made))


def _add_agencies(routes: APIRouter, counter: Counter, gate: Gate) -> None:
    @routes.get(
        "/issuers",
        summary="The agencies that issue here",
        operation_id="read_issuers",
        dependencies=[gate.holding(Role.ISSUER, Role.AUDITOR)],
        responses=describe_problems(*INSIDE, "staff.role_missing"),
    )
    def agencies() -> list[AgencyAnswer]:
        return [_agency(one) for one in issuing_agencies(counter)]

    @routes.put(
        "/issuers/{agency}/enrolment",
        status_code=202,
        summary="Enter an agency in the registry; the job worker does it within seconds",
        operation_id="enrol_issuer",
        responses=describe_problems(*DANGEROUS, "staff.role_missing", "issuer.unknown"),
    )
    def enrol(
        who: Annotated[SignedIn, gate.holding(Role.ISSUER, recent=True)], agency: _Agency
    ) -> AgencyAnswer:
        return _agency(enrol_agency(counter, who.account.id, agency))

    @routes.post(
        "/issuers/{agency}/key-rotation",
        status_code=202,
        summary="Replace an agency's key in order; the job worker does it within seconds",
        description="Answers with the key that is being replaced. A compromised key is ended by "
        "two people instead: propose `issuer.revoke_key` at `/api/v1/staff/acts`.",
        operation_id="rotate_issuer_key",
        responses=describe_problems(
            *DANGEROUS, "staff.role_missing", "issuer.unknown", "issuer.not_enrolled"
        ),
    )
    def rotate(
        who: Annotated[SignedIn, gate.holding(Role.ISSUER, recent=True)], agency: _Agency
    ) -> AgencyAnswer:
        return _agency(rotate_key(counter, who.account.id, agency))


def _add_offers(routes: APIRouter, counter: Counter, gate: Gate) -> None:
    @routes.post(
        "/offers",
        status_code=201,
        summary="Offer credentials to somebody whose identity card was checked",
        operation_id="offer_credentials",
        responses=describe_problems(*WITH_BODY, *CHANGING, *OFFERING),
    )
    def offer(who: Annotated[SignedIn, gate.holding(Role.ISSUER)], new: NewOffer) -> OfferAnswer:
        order = CounterOrder(
            new.agency, new.person, tuple(new.types), new.service, new.card_checked
        )
        return _offer(counter, offer_at_counter(counter, who.account.id, order))

    @routes.put(
        "/offers/{offer}/withdrawal",
        summary="Withdraw an offer that no wallet has used; its codes give no token any more",
        operation_id="withdraw_offer",
        responses=describe_problems(
            *CHANGING,
            "staff.role_missing",
            "offer.unknown",
            "offer.redeemed",
            "offer.expired",
            "offer.closed",
        ),
    )
    def withdraw(
        who: Annotated[SignedIn, gate.holding(Role.ISSUER)], offer: _Offer
    ) -> WithdrawnAnswer:
        withdrawn = withdraw_offer(counter, who.account.id, offer)
        return WithdrawnAnswer(id=withdrawn.id, agency=withdrawn.agency)


def _add_credentials(routes: APIRouter, counter: Counter, gate: Gate) -> None:
    @routes.post(
        "/credentials/search",
        summary="What somebody holds of an agency; the look is kept",
        operation_id="list_credentials",
        responses=describe_problems(*WITH_BODY, *CHANGING, "staff.role_missing", "issuer.unknown"),
    )
    def search(
        who: Annotated[SignedIn, gate.holding(Role.ISSUER)], wanted: Search
    ) -> list[CredentialAnswer]:
        found = held_by(counter, who.account.id, wanted.agency, wanted.person)
        return [_credential(one) for one in found]

    @routes.put(
        "/credentials/{credential}/status",
        summary="Suspend, reinstate or revoke every copy of one type that somebody holds",
        operation_id="mark_credential",
        responses=describe_problems(
            *WITH_BODY,
            *DANGEROUS,
            "staff.role_missing",
            "issuer.unknown",
            "credential.unknown",
            "credential.revoked",
            "credential.state",
        ),
    )
    def mark(
        who: Annotated[SignedIn, gate.holding(Role.ISSUER, recent=True)],
        credential: _Credential,
        new: NewStatus,
    ) -> CredentialAnswer:
        status = CopyStatus[new.status.upper()]
        return _credential(mark_credential(counter, who.account.id, credential, status, new.reason))


def _add_renewals(routes: APIRouter, counter: Counter, gate: Gate) -> None:
    @routes.post(
        "/credentials/{credential}/renewal",
        status_code=201,
        summary="Offer new copies to the holder, whose identity card was checked again",
        operation_id="renew_credential",
        responses=describe_problems(
            *WITH_BODY,
            *CHANGING,
            *OFFERING,
            "credential.unknown",
            "credential.revoked",
            "credential.other_person",
        ),
    )
    def renew(
        who: Annotated[SignedIn, gate.holding(Role.ISSUER)], credential: _Credential, new: Renewal
    ) -> OfferAnswer:
        order = CounterOrder(new.agency, new.person, (new.type,), new.service, new.card_checked)
        return _offer(counter, renew_at_counter(counter, who.account.id, credential, order))


def _offer(counter: Counter, made: MadeOffer) -> OfferAnswer:
    link = link_of(counter, made)
    return OfferAnswer(
        id=made.offer.id,
        link=link,
        qr=qr_svg(link),
        tx_code=made.tx_code,
        expires=format_time(made.offer.expires),
    )


def _credential(held: HeldCredential) -> CredentialAnswer:
    return CredentialAnswer.model_validate(
        {
            "id": held.id,
            "agency": held.agency,
            "type": held.configuration,
            "issued": format_time(held.issued),
            "expires": format_time(held.expires),
            "copies": held.copies,
            "status": held.status.name.lower(),
        }
    )


def _agency(seen: IssuingAgency) -> AgencyAnswer:
    return AgencyAnswer(
        id=seen.agency.id,
        title_ko=seen.agency.title.ko,
        title_en=seen.agency.title.en,
        types=sorted(seen.agency.types),
        enrolled=seen.enrolled,
        issuer=seen.chain_id.hex(),
        point=seen.point.hex(),
    )
