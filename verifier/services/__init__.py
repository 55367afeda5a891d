"""The city's services as data: dated rules, credential types, their schema, and their cases."""

from importlib.resources import files
from typing import Final

SERVICE_IDS: Final = ("youth-allowance", "citizen-poll", "bulk-issuance", "document-delivery")


def read_service_file(name: str) -> bytes:
    """The bytes of a file that is installed in this package, as in ``youth-allowance.yaml``."""
    return files(__name__).joinpath(name).read_bytes()
