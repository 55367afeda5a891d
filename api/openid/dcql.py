"""The Digital Credentials Query Language (OpenID4VP 1.0 section 6), read strictly.

What this service asks is made from a service's rules (``asking``); reading is for checking that
what is sent is a query by the standard, and for wallets in tests.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.openid.errors import QueryFormError
from contracts.evidence.encoding import Json

MAX_QUERIES: Final = 64
MAX_CLAIMS: Final = 256
MAX_PATH: Final = 32
MAX_VALUES: Final = 256
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """A claim that is asked for; ``values`` are those that would do, empty for any."""

    id: str | None
    path: tuple[str | int | None, ...]
    values: tuple[str | int | bool, ...]


@dataclass(frozen=True, slots=True)
class CredentialAsk:
    """A credential that is asked for; ``claim_sets`` are combinations in order of preference."""

    id: str
    format: str
    types: tuple[str, ...]
    claims: tuple[ClaimQuery, ...]
    claim_sets: tuple[tuple[str, ...], ...]
    multiple: bool


@dataclass(frozen=True, slots=True)
class CredentialSet:
    """Combinations of credentials, one of which will do; all optional unless ``required``."""

    options: tuple[tuple[str, ...], ...]
    required: bool


@dataclass(frozen=True, slots=True)
class DcqlQuery:
    """A whole query. ``sets`` empty: every credential is required."""

    credentials: tuple[CredentialAsk, ...]
    sets: tuple[CredentialSet, ...]


def parse_dcql(value: Json) -> DcqlQuery:
    """Read a query. Members that the standard does not name are ignored, as it says.

    Raises:
        QueryFormError: it breaks a rule of section 6 or a bound.
    """
    query = _object(value, "a query")
    entries = tuple(_credential(e) for e in _list(query.get("credentials"), MAX_QUERIES))
    names = [entry.id for entry in entries]
    if len(set(names)) < len(names):
        raise QueryFormError("two credentials have one id")
    sets: tuple[CredentialSet, ...] = ()
    if "credential_sets" in query:
        sets = tuple(_set(e, names) for e in _list(query["credential_sets"], MAX_QUERIES))
    return DcqlQuery(entries, sets)


def _credential(value: Json) -> CredentialAsk:
    entry = _object(value, "a credential")
    form, meta = entry.get("format"), _object(entry.get("meta"), "meta")
    if not isinstance(form, str) or not form:
        raise QueryFormError("a credential has a format")
    claims: tuple[ClaimQuery, ...] = ()
    if "claims" in entry:
        claims = tuple(_claim(e) for e in _list(entry["claims"], MAX_CLAIMS))
    sets = _claim_sets(entry, [claim.id for claim in claims])
    multiple = entry.get("multiple", False)
    if not isinstance(multiple, bool):
        raise QueryFormError("multiple is true or false")
    types = _types(meta) if form == "dc+sd-jwt" else ()
    return CredentialAsk(_id(entry.get("id")), form, types, claims, sets, multiple)


def _types(meta: dict[str, Json]) -> tuple[str, ...]:
    values = _list(meta.get("vct_values"), MAX_VALUES)
    types = tuple(value for value in values if isinstance(value, str) and value)
    if len(types) < len(values):
        raise QueryFormError("vct_values are texts")
    return types


def _claim(value: Json) -> ClaimQuery:
    entry = _object(value, "a claim")
    name = _id(entry["id"]) if "id" in entry else None
    path = tuple(_step(step) for step in _list(entry.get("path"), MAX_PATH))
    values: tuple[str | int | bool, ...] = ()
    if "values" in entry:
        values = tuple(_value(item) for item in _list(entry["values"], MAX_VALUES))
    return ClaimQuery(name, path, values)


def _claim_sets(entry: dict[str, Json], known: Sequence[str | None]) -> tuple[tuple[str, ...], ...]:
    given = [name for name in known if name is not None]
    if len(set(given)) < len(given):
        raise QueryFormError("two claims have one id")
    if "claim_sets" not in entry:
        return ()
    if None in known or not known:
        raise QueryFormError("with claim_sets every claim has an id")
    sets = _list(entry["claim_sets"], MAX_CLAIMS)
    return tuple(_names(one, given) for one in sets)


def _set(value: Json, known: Sequence[str]) -> CredentialSet:
    entry = _object(value, "a credential set")
    required = entry.get("required", True)
    if not isinstance(required, bool):
        raise QueryFormError("required is true or false")
    options = tuple(_names(one, known) for one in _list(entry.get("options"), MAX_QUERIES))
    return CredentialSet(options, required)


def _names(value: Json, known: Sequence[str]) -> tuple[str, ...]:
    names = tuple(_id(item) for item in _list(value, MAX_CLAIMS))
    if not set(names) <= set(known):
        raise QueryFormError("a set names what the query does not have")
    return names


def _step(step: Json) -> str | int | None:
    if isinstance(step, bool) or not (step is None or isinstance(step, (str, int))):
        raise QueryFormError("a step is a name, an index or null")
    if isinstance(step, int) and step < 0:
        raise QueryFormError("an index is not negative")
    return step


def _value(item: Json) -> str | int | bool:
    if not isinstance(item, (str, int, bool)):
        raise QueryFormError("a value is a text, a number or a truth value")
    return item


def _id(value: Json) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise QueryFormError("an id has 1 to 128 letters, digits, - or _")
    return value


def _object(value: Json, what: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise QueryFormError(f"{what} is an object")
    return value


def _list(value: Json, limit: int) -> list[Json]:
    if not isinstance(value, list) or not 0 < len(value) <= limit:
        raise QueryFormError(f"a list of 1 to {limit} is expected")
    return value
