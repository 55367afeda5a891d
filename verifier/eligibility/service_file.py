"""A service file as a ``Service``: every source, date, predicate and parameter is checked."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any, Final

from contracts.evidence.encoding import canonical, tagged_hash
from verifier.eligibility.errors import PredicateError, RuleDatesError, ServiceFileError
from verifier.eligibility.policy import (
    Conditions,
    Dated,
    Limit,
    Objection,
    OverQuotaOrder,
    Payment,
    Round,
    Rule,
    RuleVersion,
    SamePersonProof,
    Service,
    Stop,
)
from verifier.eligibility.predicates import PREDICATES
from verifier.eligibility.schema import SERVICE, Document, ServiceSchema
from verifier.eligibility.sourcing import Sourced, parse_day, parse_sourcing, parse_text
from verifier.eligibility.wording import Bilingual

DIGEST_TAG: Final = "dojang-service-v1"


def parse_service(data: bytes, schema: ServiceSchema) -> Service:
    """Read a service file.

    Raises:
        ServiceFileError: the file is malformed, names an unlisted source or an unknown predicate,
            gives it other parameters than it takes, or has overlapping or impossible dates.

    Not checked: the credential types that it names (``bind_round`` does).
    """
    document = schema.read(data, SERVICE)
    sources = document["sources"]
    rules = tuple(_rule(entry, sources) for entry in document["rules"])
    rounds = tuple(_round(entry, sources) for entry in document["rounds"])
    _require_unique([rule.id for rule in rules])
    _require_unique([entry.id for entry in rounds])
    return Service(
        id=document["id"],
        title=parse_text(document["title"]),
        summary=parse_text(document["summary"]),
        agency=parse_text(document["agency"]),
        purpose=_sourced_text(document["purpose"], sources),
        rounds={entry.id: entry for entry in rounds},
        conditions=_conditions(document["conditions"], sources),
        rules=rules,
        over_quota=_over_quota(document["over_quota"], sources),
        payment=_payment(document, sources),
        limits=_limits(document.get("limits", ()), sources),
        stops=_stops(document.get("stops", ()), sources),
        decided_by=_sourced_text(document["decided_by"], sources),
        objection=Objection(
            *_sourced_members(
                document["objection"], sources, "file_within", "decided_within", "extended_by"
            )
        ),
        digest=tagged_hash(DIGEST_TAG, canonical(document)),
    )


def _rule(document: Document, sources: Document) -> Rule:
    versions = tuple(_rule_version(entry, sources) for entry in document["versions"])
    _require_succession(versions, document["id"])
    return Rule(document["id"], parse_text(document["title"]), versions)


def _rule_version(document: Document, sources: Document) -> RuleVersion:
    predicate = PREDICATES.get(document["predicate"])
    if predicate is None:
        raise PredicateError(f"no predicate is called {document['predicate']!r}")
    given = document.get("parameters", {})
    parameters = {name: _sourced(entry, sources) for name, entry in given.items()}
    if not predicate.accepts({name: entry.value for name, entry in parameters.items()}):
        raise PredicateError(
            f"{predicate.name} takes {sorted(predicate.parameters)}, got {sorted(parameters)}"
        )
    return RuleVersion(
        *_dates(document),
        predicate=predicate,
        credential_id=document["credential"],
        claim_name=document["claim"],
        basis=parse_sourcing(document["basis"], sources),
        parameters=parameters,
    )


def _round(document: Document, sources: Document) -> Round:
    notice, opens, closes = (
        Sourced(parse_day(entry["value"]), parse_sourcing(entry, sources))
        for entry in (document["notice"], document["opens"], document["closes"])
    )
    if not notice.value <= opens.value <= closes.value:
        raise RuleDatesError(f"round {document['id']}: notice, opening and closing out of order")
    return Round(document["id"], parse_text(document["title"]), notice, opens, closes)


def _conditions(document: Document, sources: Document) -> Conditions:
    proofs = document["one_person"]
    accepted = tuple(SamePersonProof(name) for name in proofs["value"])
    return Conditions(
        _sourced(document["issued_since_notice"], sources),
        _sourced(document["attested_on_application_date"], sources),
        Sourced(accepted, parse_sourcing(proofs, sources)),
        _sourced(document["accept_pending_anchor"], sources),
        _sourced(document["pseudonym"], sources),
    )


def _payment(document: Document, sources: Document) -> Payment | None:
    """What is paid; None for services that pay nothing."""
    if "payment" not in document:
        return None
    return Payment(*_sourced_members(document["payment"], sources, "amount", "at_most"))


def _limits(documents: Sequence[Document], sources: Document) -> tuple[Limit, ...]:
    limits = tuple(
        Limit(entry["id"], parse_text(entry["label"]), _sourced(entry["at"], sources))
        for entry in documents
    )
    _require_unique([limit.id for limit in limits])
    return limits


def _stops(documents: Sequence[Document], sources: Document) -> tuple[Stop, ...]:
    stops = tuple(Stop(entry["id"], _sourced_text(entry["notice"], sources)) for entry in documents)
    _require_unique([stop.id for stop in stops])
    return stops


def _over_quota(documents: Sequence[Document], sources: Document) -> tuple[OverQuotaOrder, ...]:
    orders = tuple(
        OverQuotaOrder(
            *_dates(entry),
            order=_sourced_text(entry["order"], sources),
            credential_id=entry.get("credential", ""),
            claim_name=entry.get("claim", ""),
        )
        for entry in documents
    )
    _require_succession(orders, "over_quota")
    return orders


def _dates(document: Document) -> tuple[date, date | None]:
    until = document.get("until")
    return parse_day(document["from"]), parse_day(until) if until is not None else None


def _sourced(document: Document, sources: Document) -> Sourced[Any]:
    return Sourced(document["value"], parse_sourcing(document, sources), document.get("unit", ""))


def _sourced_members(document: Document, sources: Document, *names: str) -> list[Sourced[Any]]:
    return [_sourced(document[name], sources) for name in names]


def _sourced_text(document: Document, sources: Document) -> Sourced[Bilingual]:
    return Sourced(parse_text(document["value"]), parse_sourcing(document, sources))


def _require_succession(entries: Sequence[Dated], owner: str) -> None:
    for entry in entries:
        if entry.until is not None and entry.until < entry.applies_from:
            raise RuleDatesError(f"{owner}: a version ends before it begins")
    for earlier, later in pairwise(entries):
        if earlier.until is None or earlier.until >= later.applies_from:
            raise RuleDatesError(f"{owner}: versions overlap or are out of order")


def _require_unique(ids: Sequence[str]) -> None:
    if len(set(ids)) < len(ids):
        raise ServiceFileError("two rules, rounds, limits or stops share an id")
