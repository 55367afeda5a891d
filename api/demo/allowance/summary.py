"""What the allowance demonstration adds up to: outcomes, papers, claims seen and not seen."""

from collections import Counter

from api.demo.allowance.record import DECIDED, AllowanceRecord
from api.demo.errors import FolderError
from api.demo.trail import resolve
from contracts.evidence.encoding import Json
from verifier.eligibility.catalogue import load_catalogue

SUMMARY = "summary.json"


def summarise(record: AllowanceRecord) -> dict[str, Json]:
    """Count over the outcomes in the folder.

    A paper counts as saved only where the agency could decide without it: each credential that
    was shown stands for the document that ``credential-types.yaml`` says it replaces.
    """
    kinds = load_catalogue().credential_types
    outcomes: Counter[str] = Counter()
    saved = learned = kept = 0
    for application in record.source.applications:
        outcome = record.folder.read_json(record.path(application, "outcome.json"))
        name = _text(resolve(outcome, "/outcome"))
        outcomes[name] += 1
        seen = _list(resolve(outcome, "/learned"))
        saved += len(seen) if name in DECIDED else 0
        learned += sum(len(_list(resolve(entry, "/learned"))) for entry in seen)
        kept += sum(len(_list(resolve(entry, "/not_learned"))) for entry in seen)
    asked = {kind.id for e in record.source.applications for kind in record.policy(e).credentials}
    return {
        "applications": len(record.source.applications),
        "people": len({entry.person for entry in record.source.applications}),
        "outcomes": dict(outcomes),
        "documents_replaced": [dict(kinds[name].replaces.as_json()) for name in sorted(asked)],
        "documents_an_application": len(asked),
        "papers_saved": saved,
        "papers_asked_for": 0,
        "claims_learned": learned,
        "claims_not_learned": kept,
    }


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise FolderError("an outcome is a text")
    return value


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise FolderError("what was learned is a list")
    return value
