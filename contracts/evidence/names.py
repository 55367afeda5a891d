"""The 32-byte names under which public things are known on chain. None is derived from a person."""

from contracts.evidence.encoding import evidence_hash


def issuer_id(issuer: str) -> bytes:
    """The id of an issuer, from the ``iss`` URI of its credentials."""
    return evidence_hash("issuer", issuer.encode("utf-8"))


def credential_type_id(vct: str) -> bytes:
    """The id of a credential type, from its ``vct``."""
    return evidence_hash("credential-type", vct.encode("utf-8"))


def log_id(origin: str) -> bytes:
    """The id of a log, from the origin line of its checkpoints."""
    return evidence_hash("log", origin.encode("utf-8"))


def status_list_id(uri: str) -> bytes:
    """The id of a status list, from its URI (the token's ``sub``)."""
    return evidence_hash("status-list", uri.encode("utf-8"))
