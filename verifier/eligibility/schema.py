"""The shape of the files in ``verifier/services``, by JSON Schema 2020-12."""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match

from contracts.evidence.encoding import Json, parse_json
from contracts.evidence.errors import EncodingError
from verifier.eligibility.errors import ServiceSchemaError
from verifier.eligibility.strict_yaml import parse_yaml

Document: TypeAlias = dict[str, Any]
"""A file that satisfied its schema: members may be taken without asking again."""

SERVICE: Final = "service"
CREDENTIAL_TYPES: Final = "credentialTypes"
MEDIAN_INCOME: Final = "medianIncome"
CASES: Final = "cases"


@dataclass(frozen=True, slots=True)
class ServiceSchema:
    """The definitions of ``schema.json``; made by ``parse_schema`` only."""

    definitions: Document

    def check(self, value: Json, definition: str) -> Document:
        """Return ``value`` if it satisfies one of the definitions.

        Raises:
            ServiceSchemaError: it does not; the message names the place and the problem.
        """
        validator = Draft202012Validator(
            {"$defs": self.definitions, "$ref": f"#/$defs/{definition}"}
        )
        problem = best_match(validator.iter_errors(value))
        if problem is not None or not isinstance(value, dict):
            detail = f"{problem.json_path}: {problem.message[:300]}" if problem else "no mapping"
            raise ServiceSchemaError(f"no {definition} document: {detail}")
        return value

    def read(self, data: bytes, definition: str) -> Document:
        """Parse strict YAML and check it.

        Raises:
            ServiceYamlError: the bytes are not the YAML that is read here.
            ServiceSchemaError: the value has another shape.
        """
        return self.check(parse_yaml(data), definition)


def parse_schema(data: bytes) -> ServiceSchema:
    """Read ``schema.json``.

    Raises:
        ServiceSchemaError: it is not JSON, or no JSON Schema 2020-12.
    """
    try:
        value = parse_json(data)
        if not isinstance(value, dict) or not isinstance(value.get("$defs"), dict):
            raise ServiceSchemaError("the schema has no $defs")
        Draft202012Validator.check_schema(value)
    except (EncodingError, SchemaError) as error:
        raise ServiceSchemaError(f"not a JSON Schema: {error}") from error
    definitions: Document = value["$defs"]  # type: ignore[assignment] # a mapping, by the check above
    return ServiceSchema(definitions)
