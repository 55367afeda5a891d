"""Every decoder of hostile bytes, and the only errors that each of them documents.

Where a signature stands before the interesting part, the target signs what it is given, so that the
bytes behind the signature are tried as well.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import cbor2

from contracts.evidence.checkpoint import open_checkpoint, parse_checkpoint_text
from contracts.evidence.encoding import (
    b64u_decode,
    canonical,
    parse_canonical,
    parse_hash,
    parse_json,
    parse_time,
)
from contracts.evidence.errors import EncodingError, EvidenceError
from contracts.evidence.note import sign_note
from contracts.evidence.promise import open_promise
from contracts.evidence.receipt import check_receipt, parse_receipt
from contracts.evidence.snapshot_file import decode_snapshot
from contracts.evidence.tiles import TileReader
from tests.simulators.cwt_forger import KEY as CWT_KEY
from tests.simulators.cwt_forger import ForgedCwt
from tests.simulators.sd_jwt_forger import AT, CHALLENGE, HOLDER, ISSUER, encode, sound, token
from tests.soak.worlds import FILE, KNOWN_KEYS, NOTE_KEY, ORIGIN, poll, presented
from verifier.credential.bundle import EvidenceBundle, decode_bundle, decode_presentation
from verifier.credential.cbor import parse_cbor
from verifier.credential.disclosure import digest_of, parse_disclosure
from verifier.credential.file_digest import decode_document, verify_document
from verifier.credential.keys import PublicKey, thumbprint
from verifier.credential.report import report_on
from verifier.credential.request import decode_request
from verifier.credential.sdjwt import parse_sd_jwt, verify_sd_jwt
from verifier.credential.standing import Policy
from verifier.credential.status import check_token_time, parse_status_token, status_meaning
from verifier.credential.status_cwt import parse_packed_cwt, parse_packed_list
from verifier.credential.trust import TrustMaterial
from verifier.credential.verification import verify
from verifier.eligibility.cases import parse_cases
from verifier.eligibility.catalogue import load_catalogue
from verifier.eligibility.credential_types import parse_credential_types
from verifier.eligibility.decision_file import parse_decision
from verifier.eligibility.errors import EligibilityError
from verifier.eligibility.median_income import parse_median_income
from verifier.eligibility.policy import bind_round
from verifier.eligibility.rendering import render_service
from verifier.eligibility.service_file import parse_service
from verifier.eligibility.sourcing import lint
from verifier.eligibility.strict_yaml import parse_yaml
from verifier.errors import (
    BundleFormError,
    KeyFormatError,
    RejectedError,
    RequestFormError,
    StatusIndexError,
    StatusUndeterminedError,
    UndeterminedError,
)
from voting.contest.commitments import SheetOpening, commitment_of
from voting.contest.entries import entries_from_json
from voting.contest.judging import ScoreSheet
from voting.contest.panel import panel_from_json
from voting.contest.poll_counts import PollCounts
from voting.contest.rules import ContestRules
from voting.crypto.ballot import ballot_length, parse_ballot
from voting.crypto.ceremony import Round, SignedMessage, check_message
from voting.crypto.ceremony_record import verify_ceremony
from voting.crypto.group import G1, G2
from voting.crypto.opening import Opening, check_opening
from voting.crypto.schnorr import KnowledgeProof
from voting.crypto.threshold import PartialDecryption
from voting.errors import VotingError
from voting.poll.definition import parse_definition
from voting.poll.documents import (
    AnchoredNote,
    InboxEntry,
    OpenedSet,
    PublishedSum,
    decode_ceremony,
    decode_lines,
)
from voting.poll.leaf import read_leaf
from voting.poll.parties import Endorsements
from voting.poll.record import Manifest
from voting.poll.token_log import check_order, read_entries

Errors = tuple[type[Exception], ...]
REJECTED: Final[Errors] = (RejectedError,)
JUDGED: Final[Errors] = (RejectedError, UndeterminedError)
STATUS: Final[Errors] = (StatusUndeterminedError, StatusIndexError)
EVIDENCE: Final[Errors] = (EvidenceError,)
RULES: Final[Errors] = (EligibilityError,)
VOTING: Final[Errors] = (VotingError, EvidenceError)
_PUBLIC: Final = PublicKey.of(ISSUER.point)


@dataclass(frozen=True)
class Target:
    """A decoder as a function of bytes, and the errors that may come out of it."""

    run: Callable[[bytes], object]
    documented: Errors


def text(data: bytes) -> str:
    """Bytes as a text, whatever they are."""
    return data.decode("utf-8", errors="replace")


def recast(data: bytes) -> bytes:
    """JSON of any form as canonical JSON, so that changes get behind that first check."""
    try:
        return canonical(parse_json(data))
    except EncodingError:
        return data


def _references(data: bytes) -> list[bytes]:
    """Lines in which ``@1`` stands for the digest of the disclosure in line 1, and so on."""
    lines = data.split(b"\n")
    for number in range(len(lines) - 1, 0, -1):
        digest = digest_of(encode(lines[number])).encode()
        lines[:number] = [line.replace(b"@%d" % number, digest) for line in lines[:number]]
    return lines


def _signed_sd_jwt(data: bytes) -> object:
    payload, *disclosures = _references(data)
    jws = token({"alg": "ES256", "typ": "dc+sd-jwt"}, payload, ISSUER)
    whole = "~".join([jws, *map(encode, disclosures), ""])
    return verify_sd_jwt(whole, _PUBLIC, challenge=None, at=AT)


def _bound_sd_jwt(data: bytes) -> object:
    whole = sound().text()
    payload = data.replace(b"@", digest_of(whole).encode())
    bound = whole + token({"alg": "ES256", "typ": "kb+jwt"}, payload, HOLDER)
    return verify_sd_jwt(bound, _PUBLIC, challenge=CHALLENGE, at=AT)


def _header(data: bytes) -> object:
    whole = token(data, sound().payload, ISSUER) + "~"
    return verify_sd_jwt(whole, _PUBLIC, challenge=None, at=AT)


def _holder_key(data: bytes) -> object:
    return PublicKey.of_jwk(parse_json(data))


def _status_claims(data: bytes) -> object:
    header = {"alg": "ES256", "typ": "statuslist+jwt", "kid": thumbprint(CWT_KEY.point)}
    found = parse_status_token(token(header, data, CWT_KEY))
    check_token_time(found, AT)
    return status_meaning(found.entries.value(0))


def _cwt_claims(data: bytes) -> object:
    found = parse_packed_cwt(ForgedCwt(claims=data).token()).inflate()
    found.signed.check(PublicKey.of(CWT_KEY.point))
    check_token_time(found, AT)
    return status_meaning(found.entries.value(0))


def _cose_header(data: bytes) -> object:
    message = [data, {4: data[:32]}, cbor2.dumps(ForgedCwt().claims), bytes(64)]
    return parse_packed_cwt(b"\xd2" + cbor2.dumps(message)).inflate()


def _presentation(data: bytes) -> object:
    world, snapshot, _ = presented()
    found = decode_presentation(recast(data))
    material = TrustMaterial.assemble(snapshot, found.evidence)
    return report_on(found.answers, world.request(), material, world.chain.now, Policy())


def _answer(data: bytes) -> object:
    world, snapshot, presentation = presented()
    material = TrustMaterial.assemble(snapshot, presentation.evidence)
    return verify({"work": [text(data)]}, world.request(), material, world.chain.now, Policy())


def _issued(data: bytes) -> object:
    """A credential of any payload under the registered issuer's key."""
    world, snapshot, presentation = presented()
    issuer = world.issuer
    kid = thumbprint(issuer.key.point)
    header = canonical({"alg": "ES256", "typ": "dc+sd-jwt", "kid": kid})
    payload, *disclosures = _references(data)
    whole = "~".join([token(header, payload, issuer.key), *map(encode, disclosures), ""])
    request = world.request()
    binding = {
        "iat": int(world.chain.now.timestamp()),
        "nonce": request.nonce,
        "aud": request.audience,
        "sd_hash": digest_of(whole),
    }
    bound = whole + token({"alg": "ES256", "typ": "kb+jwt"}, dict(binding), world.holder)
    material = TrustMaterial.assemble(snapshot, presentation.evidence)
    return verify({"work": [bound]}, request, material, world.chain.now, Policy())


def _document(data: bytes) -> object:
    world, snapshot, _ = presented()
    found = decode_document(recast(data))
    material = TrustMaterial.assemble(snapshot, found.evidence)
    return verify_document(FILE, found, material, world.chain.now, Policy())


def _snapshot(data: bytes) -> object:
    return TrustMaterial.assemble(decode_snapshot(recast(data)), EvidenceBundle())


def _signed_note(data: bytes) -> str:
    return sign_note(text(data), ORIGIN, NOTE_KEY)


def _receipt(data: bytes) -> object:
    return check_receipt(parse_receipt(text(data)), bytes(32), KNOWN_KEYS)


def _tile(data: bytes) -> object:
    """Size of the tree in two bytes, the place in one, and what the source of tiles says."""
    size, place = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:3], "big")
    return TileReader(lambda _: data[3:], size).read(place >> 5, place & 31)


def _service(data: bytes) -> object:
    catalogue = load_catalogue()
    service = parse_service(data, catalogue.schema)
    rounds = [bind_round(service, name, catalogue.credential_types) for name in service.rounds]
    return [render_service(policy, "ko") for policy in rounds]


def _yaml(data: bytes) -> object:
    return lint(parse_yaml(data))


def _definition(data: bytes) -> object:
    definition = parse_definition(recast(data))
    return definition.poll_id(), definition.context()


def _ballot(data: bytes) -> object:
    context = poll()[0].context()
    return read_leaf(context, data), parse_ballot(data, context)


def _ordinates(data: bytes) -> object:
    """A ballot and what lies beside it; whatever that is, the ballot alone says the same."""
    context = poll()[0].context()
    length = ballot_length(context.shape)
    ballot = parse_ballot(data[:length], context, data[length:])
    assert ballot == parse_ballot(data[:length], context)
    return ballot


def _ceremony(data: bytes) -> object:
    trustees = poll()[0].trustees
    record = decode_ceremony(data, len(trustees.identities))
    return verify_ceremony(trustees.ceremony(poll()[0].chain_id), record)


def _message(data: bytes) -> object:
    definition = poll()[0]
    message = SignedMessage.decode(data)
    ceremony = definition.trustees.ceremony(definition.chain_id)
    return [check_message(ceremony, kind, message) for kind in Round if kind is message.kind]


def _opening(data: bytes) -> object:
    return check_opening(poll()[0].context(), Opening.decode(data))


def _token_log(data: bytes) -> object:
    entries = read_entries(data)
    check_order(entries)
    return entries


def _lines(data: bytes) -> object:
    lines = decode_lines(b"".join(recast(line) + b"\n" for line in data.split(b"\n") if line))
    return [AnchoredNote.from_json(line) for line in lines]


def _inbox(data: bytes) -> object:
    lines = decode_lines(b"".join(recast(line) + b"\n" for line in data.split(b"\n") if line))
    return [InboxEntry.from_json(line) for line in lines]


def _opened(data: bytes) -> object:
    found = OpenedSet.parse(recast(data))
    return [commitment_of(bytes(32), opening) for opening in found.openings]


def _sum(data: bytes) -> object:
    return PublishedSum.parse(recast(data)).ciphertext()


TARGETS: Final[Mapping[str, Target]] = {
    "json": Target(parse_json, EVIDENCE),
    "canonical json": Target(parse_canonical, EVIDENCE),
    "base64url": Target(lambda d: b64u_decode(text(d)), EVIDENCE),
    "time": Target(lambda d: parse_time(text(d)), EVIDENCE),
    "hash": Target(lambda d: parse_hash(text(d)), EVIDENCE),
    "checkpoint": Target(lambda d: open_checkpoint(text(d), KNOWN_KEYS), EVIDENCE),
    "checkpoint text": Target(lambda d: parse_checkpoint_text(text(d)), EVIDENCE),
    "signed checkpoint": Target(lambda d: open_checkpoint(_signed_note(d), KNOWN_KEYS), EVIDENCE),
    "promise": Target(lambda d: open_promise(text(d), KNOWN_KEYS), EVIDENCE),
    "signed promise": Target(lambda d: open_promise(_signed_note(d), KNOWN_KEYS), EVIDENCE),
    "receipt": Target(_receipt, EVIDENCE),
    "tile": Target(_tile, EVIDENCE),
    "snapshot": Target(_snapshot, EVIDENCE),
    "sd-jwt": Target(lambda d: verify_sd_jwt(text(d), _PUBLIC, challenge=None, at=AT), REJECTED),
    "sd-jwt form": Target(lambda d: parse_sd_jwt(text(d)), REJECTED),
    "sd-jwt header": Target(_header, REJECTED),
    "signed sd-jwt": Target(_signed_sd_jwt, REJECTED),
    "key binding": Target(_bound_sd_jwt, REJECTED),
    "disclosure": Target(lambda d: parse_disclosure(encode(d)), REJECTED),
    "public key": Target(_holder_key, (KeyFormatError, EvidenceError)),
    "status jwt": Target(lambda d: parse_status_token(text(d)), STATUS),
    "status jwt claims": Target(_status_claims, STATUS),
    "status cwt": Target(lambda d: parse_packed_cwt(d).inflate(), STATUS),
    "status cwt claims": Target(_cwt_claims, STATUS),
    "status cwt header": Target(_cose_header, STATUS),
    "status list in cbor": Target(lambda d: parse_packed_list(d).inflate(), STATUS),
    "cbor": Target(parse_cbor, EVIDENCE),
    "request": Target(lambda d: decode_request(recast(d)), (RequestFormError,)),
    "evidence bundle": Target(lambda d: decode_bundle(recast(d)), (BundleFormError,)),
    "presentation": Target(_presentation, (BundleFormError,)),
    "answer": Target(_answer, JUDGED),
    "credential": Target(_issued, JUDGED),
    "document": Target(_document, (BundleFormError, *JUDGED)),
    "yaml": Target(_yaml, RULES),
    "service": Target(_service, RULES),
    "cases": Target(lambda d: parse_cases(d, load_catalogue().schema), RULES),
    "credential types": Target(lambda d: parse_credential_types(d, load_catalogue().schema), RULES),
    "median income": Target(lambda d: parse_median_income(d, load_catalogue().schema), RULES),
    "decision": Target(lambda d: parse_decision(recast(d)), RULES),
    "definition": Target(_definition, VOTING),
    "ballot": Target(_ballot, VOTING),
    "ordinates": Target(_ordinates, VOTING),
    "ceremony": Target(_ceremony, VOTING),
    "ceremony message": Target(_message, VOTING),
    "opening": Target(_opening, VOTING),
    "partial decryption": Target(lambda d: PartialDecryption.decode(d, 3), VOTING),
    "proof of knowledge": Target(lambda d: KnowledgeProof.decode(G1, d), VOTING),
    "point of G2": Target(G2.decode, VOTING),
    "token log": Target(_token_log, VOTING),
    "board checkpoints": Target(_lines, VOTING),
    "inbox": Target(_inbox, VOTING),
    "endorsements": Target(lambda d: Endorsements.parse(recast(d)), VOTING),
    "manifest": Target(lambda d: Manifest.parse(recast(d)), VOTING),
    "aggregate": Target(_sum, VOTING),
    "opened sheets": Target(_opened, VOTING),
    "sheet": Target(lambda d: ScoreSheet.from_json(parse_json(d)), VOTING),
    "sheet opening": Target(lambda d: SheetOpening.from_json(parse_json(d)), VOTING),
    "contest rules": Target(lambda d: ContestRules.from_json(parse_json(d)), VOTING),
    "counts": Target(lambda d: PollCounts.from_json(parse_json(d)), VOTING),
    "panel": Target(lambda d: panel_from_json(parse_json(d)), VOTING),
    "entries": Target(lambda d: entries_from_json(parse_json(d)), VOTING),
}
