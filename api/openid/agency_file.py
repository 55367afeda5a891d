"""The agencies that issue here, from a file, and their registers from files beside it.

JSON ``{"version": "dojang-agencies-v1", "agencies": [{"id", "title": {"ko", "en"}, "types": [id],
"copies"?, "lifetime_days"?}]}``. A type is issued by one agency at most. The register of a type is
``<type>.csv``. Entering an agency in the chain's registry is an act of its own (``Console.enrol``).
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import ClassVar, Final

from api.openid.agencies import DEFAULT_COPIES, Agency, IssuanceTerms
from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, parse_json
from contracts.evidence.errors import EncodingError
from verifier.eligibility.credential_types import CredentialType
from verifier.eligibility.wording import Bilingual

AGENCIES_VERSION: Final = "dojang-agencies-v1"
MAX_AGENCIES: Final = 256
MAX_COPIES: Final = 100
MAX_DAYS: Final = 3653
_DEFAULT_DAYS: Final = 90
_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")


class AgencyFileError(Exception):
    """The file of agencies cannot be used; the message says where."""

    code: ClassVar[str] = "openid.agencies"


def parse_agencies(
    data: bytes, base: str, types: Mapping[str, CredentialType]
) -> Mapping[str, Agency]:
    """The agencies of a file by id.

    Args:
        data: the file.
        base: origin of the people's pages, below which every agency has its address.
        types: credential types of the catalogue.

    Raises:
        AgencyFileError: no such JSON, no agency, an id or a type that stands twice, an unknown
            type, or a number out of its bounds.
    """
    try:
        document = Document.of(parse_json(data), "agencies")
        document.version(AGENCIES_VERSION)
        made = document.items("agencies", lambda part: _agency(part, base, types), MAX_AGENCIES)
        document.close()
    except EncodingError as error:
        raise AgencyFileError(str(error)) from error
    issued = [name for agency in made for name in agency.types]
    if not made or len({agency.id for agency in made}) < len(made):
        raise AgencyFileError("there are agencies, each with an id of its own")
    if len(set(issued)) < len(issued):
        raise AgencyFileError("two agencies issue the same type")
    return MappingProxyType({agency.id: agency for agency in made})


def _agency(part: Document, base: str, types: Mapping[str, CredentialType]) -> Agency:
    name, title = part.text("id"), part.document("title")
    if not _ID.fullmatch(name):
        raise EncodingError(f"{part.place}.id is no short name in lower case")
    words = Bilingual(*(unicodedata.normalize("NFC", title.text(key)) for key in ("ko", "en")))
    title.close()
    days = (
        part.integer("lifetime_days", 1, MAX_DAYS) if part.has("lifetime_days") else _DEFAULT_DAYS
    )
    copies = part.integer("copies", 1, MAX_COPIES) if part.has("copies") else DEFAULT_COPIES
    terms = IssuanceTerms(copies=copies, lifetime=timedelta(days=days))
    kinds = {kind.id: kind for kind in (_type(v, types) for v in part.values("types", len(types)))}
    if not kinds or not words.ko.strip() or not words.en.strip():
        raise EncodingError(f"{part.place} has a title in both languages and issues something")
    return Agency(name, f"{base}/issuers/{name}", words, MappingProxyType(kinds), terms)


def _type(value: Json, types: Mapping[str, CredentialType]) -> CredentialType:
    if not isinstance(value, str) or value not in types:
        raise EncodingError("a credential type is one of the catalogue's")
    return types[value]
