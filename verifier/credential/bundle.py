"""The evidence that is fetched before checking, and the file that carries a whole presentation.

Nothing in either is trusted: tiles and receipts must lead to anchored checkpoints, status lists to
anchored digests, so that it does not matter whether the holder or a mirror supplied them.
"""

import base64
import binascii
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.evidence.document import Document
from contracts.evidence.encoding import (
    Json,
    b64u_decode,
    b64u_encode,
    canonical,
    format_time,
    parse_json,
)
from contracts.evidence.errors import EncodingError, ProofError
from contracts.evidence.merkle import MAX_PROOF_NODES
from contracts.evidence.receipt import Receipt, parse_receipt
from verifier.credential.inclusion import TILE_LEAVES, LeafTile, TilePath
from verifier.credential.status import MAX_URI_CHARS
from verifier.errors import (
    BundleFormError,
)

BUNDLE_VERSION: Final = "dojang-credential-evidence-v1"
PRESENTATION_VERSION: Final = "dojang-presentation-v1"
MAX_BUNDLE_BYTES: Final = 24 << 20
MAX_TILES: Final = 64
MAX_TILE_PATHS: Final = TILE_LEAVES + 1
"""A checkpoint for every leaf of a tile, and the first that covers more."""
MAX_RECEIPTS: Final = 64
MAX_STATUS_LISTS: Final = 16
MAX_ANSWERS: Final = 16
_MAX_TEXT: Final = MAX_BUNDLE_BYTES
_MAX_CONTAINERS: Final = 1 << 16
_MAX_MEMBERS: Final = 1 << 20
"""More than the limits above let a file have: brackets, and commas. Each costs far more memory
parsed than written, so both are counted before anything is parsed."""


@dataclass(frozen=True, slots=True)
class FetchedStatusList:
    """A status list token as fetched from ``uri``; when, if that is known.

    A JWT is a text, a CWT is bytes.
    """

    uri: str
    token: str | bytes
    fetched: datetime | None = None

    @property
    def octets(self) -> bytes:
        """The token as it was fetched: what its anchored SHA-256 is over."""
        return self.token if isinstance(self.token, bytes) else self.token.encode("ascii")


@dataclass(frozen=True, slots=True)
class EvidenceBundle:
    """Tiles, receipts and status lists, unverified."""

    tiles: tuple[LeafTile, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    status_lists: tuple[FetchedStatusList, ...] = ()


@dataclass(frozen=True, slots=True)
class PresentationFile:
    """What a holder handed over: for each query id the presentations, and the evidence they had."""

    answers: Mapping[str, tuple[str, ...]]
    evidence: EvidenceBundle


def encode_bundle(bundle: EvidenceBundle) -> bytes:
    """The canonical bytes of an evidence bundle."""
    return canonical(bundle_json(bundle))


def decode_bundle(data: bytes) -> EvidenceBundle:
    """Parse an evidence bundle.

    Raises:
        BundleFormError: not JSON of this version, or a part of another form.
    """
    try:
        return read_bundle(Document.of(parse_carrier(data), "evidence"))
    except (EncodingError, ProofError) as error:
        raise BundleFormError(str(error)) from error


def encode_presentation(presentation: PresentationFile) -> bytes:
    """The canonical bytes of a presentation file."""
    answers: Json = {name: list(texts) for name, texts in presentation.answers.items()}
    evidence = bundle_json(presentation.evidence)
    return canonical({"version": PRESENTATION_VERSION, "answers": answers, "evidence": evidence})


def decode_presentation(data: bytes) -> PresentationFile:
    """Parse a presentation file.

    Raises:
        BundleFormError: not JSON of this version, no answer or too many, or a malformed part.
    """
    try:
        document = Document.of(parse_carrier(data), "presentation")
        document.version(PRESENTATION_VERSION)
        answers = document.document("answers")
        texts = {name: _texts(answers, name) for name in answers.names()}
        evidence = read_bundle(document.document("evidence"))
        document.close()
    except (EncodingError, ProofError) as error:
        raise BundleFormError(str(error)) from error
    if not 0 < len(texts) <= MAX_ANSWERS:
        raise BundleFormError(f"a presentation has 1 to {MAX_ANSWERS} answers")
    return PresentationFile(texts, evidence)


def _texts(answers: Document, name: str) -> tuple[str, ...]:
    values = answers.values(name, MAX_ANSWERS)
    texts = tuple(value for value in values if isinstance(value, str))
    if len(texts) != len(values) or not texts:
        raise EncodingError("an answer is a list of presentations")
    return texts


def bundle_json(bundle: EvidenceBundle) -> dict[str, Json]:
    """An evidence bundle as a part of another file."""
    return {
        "version": BUNDLE_VERSION,
        "tiles": [
            {
                "log": tile.log.hex(),
                "index": tile.index,
                "leaves": base64.b64encode(tile.leaves).decode("ascii"),
                "paths": [
                    {"size": path.size, "path": [node.hex() for node in path.path]}
                    for path in tile.paths
                ],
            }
            for tile in bundle.tiles
        ],
        "receipts": [receipt.text() for receipt in bundle.receipts],
        "status_lists": [_status_json(fetched) for fetched in bundle.status_lists],
    }


def _status_json(fetched: FetchedStatusList) -> Json:
    result: dict[str, Json] = {"uri": fetched.uri}
    if isinstance(fetched.token, bytes):
        result["cwt"] = b64u_encode(fetched.token)
    else:
        result["token"] = fetched.token
    if fetched.fetched is not None:
        result["fetched"] = format_time(fetched.fetched)
    return result


def parse_carrier(data: bytes) -> Json:
    """Strict JSON of a file that carries an evidence bundle.

    Raises:
        EncodingError: no strict JSON, longer than ``MAX_BUNDLE_BYTES``, or of more parts than any
            bundle has.
    """
    containers = data.count(b"[") + data.count(b"{")
    if containers > _MAX_CONTAINERS or data.count(b",") > _MAX_MEMBERS:
        raise EncodingError("a file with evidence has fewer parts")
    return parse_json(data, max_bytes=MAX_BUNDLE_BYTES)


def read_bundle(document: Document) -> EvidenceBundle:
    """Read an evidence bundle that is a part of another file.

    Raises:
        EncodingError: a member is missing, unknown or malformed, there are too many, or two tiles,
            receipts or status lists are for the same place.
        ProofError: a receipt is malformed.
    """
    document.version(BUNDLE_VERSION)
    receipts = document.values("receipts", MAX_RECEIPTS)
    bundle = EvidenceBundle(
        tiles=tuple(document.items("tiles", _tile, MAX_TILES)),
        receipts=tuple(_receipt(value) for value in receipts),
        status_lists=tuple(document.items("status_lists", _status, MAX_STATUS_LISTS)),
    )
    document.close()
    _refuse_repeated("tile", [(tile.log, tile.index) for tile in bundle.tiles])
    _refuse_repeated("receipt", [(r.note.partition("\n")[0], r.index) for r in bundle.receipts])
    _refuse_repeated("status list", [fetched.uri for fetched in bundle.status_lists])
    return bundle


def _refuse_repeated(what: str, places: Sequence[Hashable]) -> None:
    if len(set(places)) != len(places):
        raise EncodingError(f"a {what} is given twice")


def _tile(document: Document) -> LeafTile:
    return LeafTile(
        log=document.hash("log"),
        index=document.integer("index"),
        leaves=_base64(document.text("leaves", 1 << 14)),
        paths=tuple(document.items("paths", _path, MAX_TILE_PATHS)),
    )


def _path(document: Document) -> TilePath:
    size = document.integer("size", low=1)
    nodes = document.values("path", MAX_PROOF_NODES)
    return TilePath(size, tuple(_node(node) for node in nodes))


def _node(value: Json) -> bytes:
    return Document("node", {"hash": value}).hash("hash")


def _receipt(value: Json) -> Receipt:
    if not isinstance(value, str):
        raise EncodingError("a receipt is a text")
    return parse_receipt(value)


def _status(document: Document) -> FetchedStatusList:
    uri = document.text("uri", MAX_URI_CHARS)
    token: str | bytes
    if document.has("cwt"):
        token = b64u_decode(document.text("cwt", _MAX_TEXT))
    else:
        token = document.text("token", _MAX_TEXT)
    fetched = document.time("fetched") if document.has("fetched") else None
    return FetchedStatusList(uri, token, fetched)


def _base64(text: str) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise EncodingError("leaves are base64") from error
    if base64.b64encode(data).decode("ascii") != text:
        raise EncodingError("leaves are not canonical base64")
    return data
