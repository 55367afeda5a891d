"""Cases of the desk beside a service's rules: synthetic requests and what must become of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verifier.eligibility.cases import Case, parse_cases, run_case
from verifier.eligibility.catalogue import Catalogue
from verifier.eligibility.desk import CopyOrder, DeskPlan, plan_copies, terms_of
from verifier.eligibility.errors import ServiceFileError
from verifier.eligibility.evaluation import Evaluation
from verifier.eligibility.schema import CASES, Document, ServiceSchema


@dataclass(frozen=True, slots=True)
class DeskCase:
    """A synthetic request at the desk.

    ``agreement`` is the case whose applicant shows an agreement, or None; ``stopped`` is how many
    documents an officer must see.
    """

    name: str
    agreement: Case | None
    earlier_today: int
    orders: tuple[CopyOrder, ...]
    waiting_days: int
    stopped: int


def parse_desk_cases(data: bytes, schema: ServiceSchema) -> tuple[DeskCase, ...]:
    """Read the desk's cases of a ``<service-id>.cases.yaml``; none if it has no desk.

    Raises:
        ServiceFileError: the file is malformed, a name stands twice, or an agreement's case does
            not exist.
        DeskError: an order that no desk can take.
    """
    known = {case.name: case for case in parse_cases(data, schema)}
    documents = schema.read(data, CASES).get("desk", ())
    cases = tuple(_desk_case(document, known) for document in documents)
    if len({case.name for case in cases}) < len(cases):
        raise ServiceFileError("two cases of the desk share a name")
    return cases


def run_desk_case(case: DeskCase, service_id: str, catalogue: Catalogue) -> DeskPlan:
    """What the desk makes of a case.

    Raises:
        EligibilityError: the service has no desk, or its rules cannot be applied.
    """
    terms = terms_of(catalogue.service(service_id))
    shown = _shown(case.agreement, service_id, catalogue)
    return plan_copies(case.orders, terms, agreement=shown, earlier_today=case.earlier_today)


def _shown(case: Case | None, service_id: str, catalogue: Catalogue) -> Evaluation | None:
    """What the rules make of the agreement that is shown; None if there is none."""
    return None if case is None else run_case(case, service_id, catalogue).evaluation


def _desk_case(document: Document, known: Mapping[str, Case]) -> DeskCase:
    agreement = document.get("agreement")
    if agreement is not None and agreement not in known:
        raise ServiceFileError(f"there is no case {agreement!r}")
    return DeskCase(
        name=document["name"],
        agreement=None if agreement is None else known[agreement],
        earlier_today=document.get("earlier_today", 0),
        orders=_orders(document["orders"]),
        waiting_days=document["waiting_days"],
        stopped=document.get("stopped", 0),
    )


def _orders(documents: Sequence[Document]) -> tuple[CopyOrder, ...]:
    return tuple(
        CopyOrder(
            f"document-{number}",
            document.get("paper", 0),
            document.get("electronic", 0),
            document.get("restricted", False),
        )
        for number, document in enumerate(documents, 1)
    )
