"""Checks A-01 to A-06: files, definition, chain, ceremonies, endorsements."""

from typing import Final, TypeVar

from contracts.evidence.names import log_id
from contracts.evidence.snapshot import TrustSnapshot
from voting.audit.findings import Book
from voting.audit.means import Trust
from voting.crypto.ceremony import Ceremony, check_endorsements
from voting.crypto.ceremony_record import CeremonyKeys, CeremonyRecord, verify_ceremony
from voting.crypto.group import G1Point, G2Point
from voting.poll import record
from voting.poll.clauses import PublicationKind
from voting.poll.definition import PollDefinition, parse_definition
from voting.poll.documents import decode_ceremony
from voting.poll.errors import RecordError
from voting.poll.parties import Endorsements
from voting.poll.record import Folder, Manifest

CONTRACTS: Final = {PublicationKind.CHECKPOINT_LOG: "CheckpointLog"}
"""The contract of each kind of publication, by its name in a snapshot."""

P = TypeVar("P", G1Point, G2Point)


def check_files(folder: Folder, book: Book) -> Manifest | None:
    """A-01: the manifest lists exactly the files that are there, with their lengths and hashes."""

    def act() -> Manifest:
        raw = book.attempt("A-01", record.MANIFEST, lambda: record.read(folder, record.MANIFEST))
        listed = book.attempt("A-01", record.MANIFEST, lambda: Manifest.parse(raw))
        names = set(folder.names()) - {record.MANIFEST}
        for name in sorted(names ^ listed.files.keys()):
            book.add("A-01", name, RecordError("listed and missing, or there and not listed"))
        for name in sorted(names & listed.files.keys()):
            _check_file(folder, name, listed, book)
        return listed

    return book.stage(act)


def _check_file(folder: Folder, name: str, listed: Manifest, book: Book) -> None:
    def act() -> bool:
        """A file of another length is not hashed: it may be far longer."""
        if folder.length(name) != listed.files[name].length:
            return False
        return record.measure(folder, name) == listed.files[name]

    if book.stage(lambda: book.attempt("A-01", name, act)) is False:
        book.add("A-01", name, RecordError("length or hash is not the one of the manifest"))


def check_names(definition: PollDefinition, folder: Folder, book: Book) -> None:
    """A-01: the record has the files that this poll needs, and no other."""
    registrars = range(1, len(definition.registrars.identities) + 1)
    needed = set(record.ALWAYS) | {record.MANIFEST}
    needed |= {name for j in registrars for name in record.token_names(j)}
    if definition.contest is not None:
        needed |= record.CONTEST
    there = set(folder.names())
    for name in sorted(needed - there):
        book.add("A-01", name, RecordError("this file is missing"))
    for name in sorted(there - needed - record.TALLY - record.OPTIONAL):
        book.add("A-01", name, RecordError("this file has no place in the record"))


def check_definition(
    folder: Folder, listed: Manifest | None, trust: Trust, book: Book
) -> PollDefinition | None:
    """A-02: the definition can be held, and is the one that was announced."""
    place = record.DEFINITION

    def act() -> PollDefinition:
        raw = book.attempt("A-02", place, lambda: record.read(folder, place))
        definition = book.attempt("A-02", place, lambda: parse_definition(raw))
        poll_id = definition.poll_id()
        if listed is not None and listed.poll_id != poll_id:
            book.add("A-02", place, "the manifest is of another poll")
        if trust.poll_id is not None and trust.poll_id != poll_id:
            book.add("A-02", place, "this is another poll than the one that was asked for")
        return definition

    return book.stage(act)


def check_chain(definition: PollDefinition, chain: TrustSnapshot, book: Book) -> None:
    """A-03: the chain, the contract of the poll's kind, and the poll's logs with their keys."""
    identity, contract = chain.identity, CONTRACTS.get(definition.publication.kind)
    if contract is None:
        book.add("A-03", "publication.kind", "no chain publishes a simulation")
        return
    book.expect(
        "A-03",
        "publication.chain_id",
        holds=identity.chain_id == definition.chain_id,
        otherwise="the snapshot is of another chain",
    )
    contracts = dict(identity.contracts)
    book.expect(
        "A-03",
        "publication.contract",
        holds=contracts.get(contract) == definition.publication.contract,
        otherwise=f"the chain's contract {contract} is not the one that the definition names",
    )
    for key in definition.log_keys():
        log = chain.log(log_id(key.origin))
        book.expect(
            "A-03",
            key.origin,
            holds=log is not None and log.key == key.public,
            otherwise="the chain has no log of this name with this key",
        )


def check_trustees(
    definition: PollDefinition, folder: Folder, book: Book
) -> CeremonyKeys[G1Point] | None:
    """A-04: the trustees' ceremony, its transcript, and its keys."""
    body = definition.trustees
    return _check_ceremony(
        folder,
        record.TRUSTEE_CEREMONY,
        body.ceremony(definition.chain_id),
        (body.transcript, b"".join(body.keys)),
        ("A-04", book),
    )


def check_registrars(
    definition: PollDefinition, folder: Folder, book: Book
) -> CeremonyKeys[G2Point] | None:
    """A-05: the registrars' ceremony, its transcript, and its key."""
    body = definition.registrars
    return _check_ceremony(
        folder,
        record.REGISTRAR_CEREMONY,
        body.ceremony(definition.chain_id),
        (body.transcript, body.key),
        ("A-05", book),
    )


def _check_ceremony(
    folder: Folder,
    place: str,
    ceremony: Ceremony[P],
    expected: tuple[bytes, bytes],
    noted: tuple[str, Book],
) -> CeremonyKeys[P] | None:
    check, book = noted

    def load() -> CeremonyRecord:
        return decode_ceremony(record.read(folder, place), ceremony.parties)

    def act() -> CeremonyKeys[P]:
        messages = book.attempt(check, place, load)
        keys = book.attempt(check, place, lambda: verify_ceremony(ceremony, messages))
        made = (keys.transcript, ceremony.group.encode_all(keys.public))
        if made != expected:
            book.add(check, place, "the definition names other keys or another transcript")
        return keys

    return book.stage(act)


def check_endorsed(definition: PollDefinition, folder: Folder, book: Book) -> None:
    """A-06: every trustee and registrar signed for this poll."""
    place, poll_id, chain_id = record.ENDORSEMENTS, definition.poll_id(), definition.chain_id
    trustees, registrars = definition.trustees, definition.registrars

    def act() -> None:
        signed = book.attempt("A-06", place, lambda: Endorsements.parse(record.read(folder, place)))
        made = trustees.ceremony(chain_id), trustees.transcript, signed.trustees
        book.stage(lambda: book.attempt("A-06", place, lambda: _endorsed(poll_id, *made)))
        granted = registrars.ceremony(chain_id), registrars.transcript, signed.registrars
        book.stage(lambda: book.attempt("A-06", place, lambda: _endorsed(poll_id, *granted)))

    book.stage(act)


def _endorsed(
    poll_id: bytes, ceremony: Ceremony[P], transcript: bytes, signatures: tuple[bytes, ...]
) -> None:
    check_endorsements(ceremony, poll_id, transcript, signatures)
