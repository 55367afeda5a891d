"""Errors of the eligibility rules.

EligibilityError
├── ServiceFileError            a file of the catalogue cannot be believed
│   ├── ServiceYamlError        not the strict subset of YAML that is read here
│   ├── ServiceSchemaError      a member is missing, unknown or of the wrong kind
│   ├── SourceError             a value names a source that the file does not list
│   ├── RuleDatesError          versions of a rule or rounds overlap, or end before they begin
│   ├── PredicateError          an unknown predicate, or the wrong parameters for one
│   └── ClaimMismatchError      a rule relies on a claim that attests something else
├── UnknownServiceError         the catalogue has no such service, round or credential type
├── FactsError                  facts that no request of this round could have produced
├── AttestationError            a register entry from which nothing can be attested
├── RankingError                applicants or places that cannot be ranked
├── DeskError                   an order of copies that no desk can take
└── DecisionError               a decision that cannot be taken or read
    ├── OutcomeError            the outcome does not follow from the findings
    ├── OfficerError            no named officer stands behind it
    ├── WrittenReasonError      it departs from the proposal without a written reason
    └── DecisionFormatError     bytes that are no decision
"""

from typing import ClassVar


class EligibilityError(Exception):
    """Any failure of the eligibility rules; ``code`` is stable and part of the interface."""

    code: ClassVar[str] = "eligibility"


class ServiceFileError(EligibilityError):
    """A file of the catalogue cannot be believed."""

    code = "eligibility.file"


class ServiceYamlError(ServiceFileError):
    """Bytes that are not the strict subset of YAML that is read here."""

    code = "eligibility.yaml"


class ServiceSchemaError(ServiceFileError):
    """A member is missing, unknown or of the wrong kind."""

    code = "eligibility.schema"


class SourceError(ServiceFileError):
    """A value names a source that the file does not list, or carries another mark than it."""

    code = "eligibility.source"


class RuleDatesError(ServiceFileError):
    """Versions of a rule overlap, a period ends before it begins, or a round is out of order."""

    code = "eligibility.rule-dates"


class PredicateError(ServiceFileError):
    """An unknown predicate, or the wrong parameters for a known one."""

    code = "eligibility.predicate"


class ClaimMismatchError(ServiceFileError):
    """A rule relies on a claim that does not exist or attests something else."""

    code = "eligibility.claim"


class UnknownServiceError(EligibilityError):
    """The catalogue has no such service, round or credential type."""

    code = "eligibility.unknown-service"


class FactsError(EligibilityError):
    """Facts that no request of this round could have produced."""

    code = "eligibility.facts"


class AttestationError(EligibilityError):
    """A register entry from which the statement cannot be attested."""

    code = "eligibility.attestation"


class RankingError(EligibilityError):
    """Applicants or places that cannot be ranked."""

    code = "eligibility.ranking"


class DeskError(EligibilityError):
    """An order of copies that is empty, repeated or out of range."""

    code = "eligibility.desk"


class DecisionError(EligibilityError):
    """A decision that cannot be taken or read."""

    code = "eligibility.decision"


class OutcomeError(DecisionError):
    """The outcome does not follow from the findings, or cannot be decided."""

    code = "eligibility.decision-outcome"


class OfficerError(DecisionError):
    """No named officer stands behind the decision."""

    code = "eligibility.decision-officer"


class WrittenReasonError(DecisionError):
    """The decision departs from the proposal without a written reason."""

    code = "eligibility.decision-reason"


class DecisionFormatError(DecisionError):
    """Bytes that are no decision of a known format."""

    code = "eligibility.decision-format"
