"""The product against its vectors, and the vectors against their generator."""

import json
import secrets
from typing import Any

import pytest

from tests.voting.crypto.generate_vectors import FILES
from tests.voting.crypto.hpke_by_hand import seal_with_given_ephemeral_for_vectors
from tests.voting.crypto.vector_files import FOLDER, GENERATOR, read
from voting.crypto.ballot import parse_ballot
from voting.crypto.ballot_proof import (
    BallotSecrets,
    Choice,
    VoterKey,
    cast,
    seal_with_given_secrets_for_vectors,
)
from voting.crypto.ceremony import SignedMessage, Venue, registrar_ceremony, trustee_ceremony
from voting.crypto.ceremony_judge import judge_complaint
from voting.crypto.ceremony_record import CeremonyRecord, verify_ceremony
from voting.crypto.elgamal import Ciphertext
from voting.crypto.errors import (
    CeremonyError,
    CryptoError,
    IdentityPointError,
    OrdinateError,
    PointEncodingError,
)
from voting.crypto.group import G1, G2, decode_scalar, point_with_ordinate
from voting.crypto.opening import Opening, check_opening
from voting.crypto.poll_context import PollContext, PollShape, make_context
from voting.crypto.threshold import (
    Aggregate,
    Board,
    PartialDecryption,
    combine_counts,
    verify_partial,
)
from voting.crypto.tokens import (
    BlindedKey,
    TokenKeys,
    blind_with_given_blind_for_vectors,
    check_share,
    combine_shares,
    sign_blinded,
    verify_token,
)
from voting.crypto.verification import verify_ballot

Case = dict[str, Any]
RNG = secrets.token_bytes
BALLOTS, OPENINGS, TOKENS = read("ballots.json"), read("openings.json"), read("tokens.json")
GROUPS, DECRYPTION, CEREMONIES = (
    read("groups.json"),
    read("decryption.json"),
    read("ceremonies.json"),
)


def by_name(case: Case) -> str:
    return str(case.get("name", case.get("ids", "")))


def context_of(vectors: Case, name: str) -> PollContext:
    poll = next(poll for poll in vectors["polls"] if poll["name"] == name)
    shape = PollShape(poll["options"], poll["min"], poll["max"], poll["max_casts"])
    keys = [bytes.fromhex(key) for key in poll["option_keys"]]
    return make_context(
        bytes.fromhex(poll["poll_id"]), shape, keys, bytes.fromhex(poll["token_key"])
    )


@pytest.mark.parametrize("name", FILES)
def test_vector_file_is_what_its_generator_makes(name: str) -> None:
    made = json.dumps(FILES[name](), indent=1, ensure_ascii=False) + "\n"
    assert (FOLDER / name).read_text(encoding="utf-8") == made, f"run {GENERATOR}"


def test_every_vector_file_names_its_origin() -> None:
    files = sorted(path.name for path in FOLDER.glob("*.json"))
    assert set(FILES) <= set(files)
    for name in FILES:
        assert {"origin", "generator", "confirmed_by", "licence"} <= set(read(name))


@pytest.mark.parametrize("case", GROUPS["invalid_g1"], ids=by_name)
def test_invalid_point_of_g1_is_refused_by_its_check(case: Case) -> None:
    with pytest.raises(CryptoError) as caught:
        G1.decode(bytes.fromhex(case["bytes"]))
    assert caught.value.code == case["rejected_by"]


@pytest.mark.parametrize("case", GROUPS["invalid_g2"], ids=by_name)
def test_invalid_point_of_g2_is_refused_by_its_check(case: Case) -> None:
    with pytest.raises(CryptoError) as caught:
        G2.decode(bytes.fromhex(case["bytes"]))
    assert caught.value.code == case["rejected_by"]


@pytest.mark.parametrize("case", GROUPS["invalid_g1_evm"], ids=by_name)
def test_invalid_evm_form_is_refused_by_its_check(case: Case) -> None:
    with pytest.raises(CryptoError) as caught:
        G1.decode_evm(bytes.fromhex(case["bytes"]))
    assert caught.value.code == case["rejected_by"]


@pytest.mark.parametrize("case", GROUPS["ordinates"], ids=by_name)
def test_ordinate_gives_the_point_that_its_square_root_gives(case: Case) -> None:
    compressed, y = bytes.fromhex(case["compressed"]), bytes.fromhex(case["ordinate"])
    assert point_with_ordinate(compressed, y) == G1.on_curve(compressed)


@pytest.mark.parametrize("case", GROUPS["invalid_ordinates"], ids=by_name)
def test_ordinate_that_is_not_the_points_is_refused(case: Case) -> None:
    assert case["rejected_by"] == OrdinateError.code
    with pytest.raises(PointEncodingError):
        point_with_ordinate(bytes.fromhex(case["compressed"]), bytes.fromhex(case["ordinate"]))


@pytest.mark.parametrize("case", GROUPS["invalid_scalars"], ids=by_name)
def test_invalid_scalar_is_refused_by_its_check(case: Case) -> None:
    with pytest.raises(CryptoError) as caught:
        decode_scalar(bytes.fromhex(case["bytes"]))
    assert caught.value.code == case["rejected_by"]


@pytest.mark.parametrize("case", BALLOTS["valid"], ids=by_name)
def test_ballot_is_made_and_verified_as_in_its_vector(case: Case) -> None:
    context = context_of(BALLOTS, case["poll"])
    single = [int(case[name], 16) for name in ("r", "s", "t1", "t0", "w")]
    a = tuple(int(value, 16) for value in case["a"])
    chosen = BallotSecrets(single[0], single[1], a, *single[2:])
    choice = Choice(tuple(case["votes"]), case["sequence"], 0)
    public = bytes.fromhex(case["V"])
    sealed = seal_with_given_secrets_for_vectors(context, choice, public, chosen, RNG)
    assert sealed.code.hex() == case["code"]
    assert list(sealed.bits) == case["bits"]
    voter = VoterKey(int(case["k"], 16), bytes.fromhex(case["V"]), bytes.fromhex(case["sigma"]))
    data = cast(context, sealed, voter, RNG)
    assert data.hex() == case["ballot"]
    for ordinates in (None, bytes.fromhex(case["ordinates"])):
        ballot = parse_ballot(data, context, ordinates)
        assert verify_ballot(context, ballot, RNG).code.hex() == case["code"]


@pytest.mark.parametrize("case", BALLOTS["invalid"], ids=by_name)
def test_invalid_ballot_is_refused_by_its_check(case: Case) -> None:
    context = context_of(BALLOTS, case["poll"])
    with pytest.raises(CryptoError) as caught:
        verify_ballot(context, parse_ballot(bytes.fromhex(case["ballot"]), context), RNG)
    assert caught.value.code == case["rejected_by"]


def test_opening_of_the_vector_opens() -> None:
    context = context_of(OPENINGS, "up to two of three")
    for case in OPENINGS["valid"]:
        opening = Opening.decode(bytes.fromhex(case["opening"]))
        assert check_opening(context, opening) == tuple(case["votes"])
        assert opening.code.hex() == case["code"]


@pytest.mark.parametrize("case", OPENINGS["invalid"], ids=by_name)
def test_invalid_opening_is_refused_by_its_check(case: Case) -> None:
    context = context_of(OPENINGS, "up to two of three")
    with pytest.raises(CryptoError) as caught:
        check_opening(context, Opening.decode(bytes.fromhex(case["opening"])))
    assert caught.value.code == case["rejected_by"]


def token_setting() -> tuple[TokenKeys, BlindedKey, list[bytes]]:
    shares = tuple(G2.decode(bytes.fromhex(key)) for key in TOKENS["share_keys"])
    keys = TokenKeys(TOKENS["threshold"], G2.decode(bytes.fromhex(TOKENS["key"])), shares)
    poll_id, public = (bytes.fromhex(TOKENS["valid"][name]) for name in ("poll_id", "V"))
    request = blind_with_given_blind_for_vectors(poll_id, public, int(TOKENS["blind"], 16), RNG)
    return keys, request, [bytes.fromhex(share) for share in TOKENS["shares"]]


def test_token_is_made_as_in_its_vector() -> None:
    keys, request, shares = token_setting()
    assert request.blinded.hex() == TOKENS["blinded"]
    for j, share in enumerate(shares):
        assert sign_blinded(int(TOKENS["share_secrets"][j], 16), request.blinded, RNG) == share
        check_share(keys, j + 1, request.blinded, share)
    chosen = {j: shares[j - 1] for j in (1, 2, 4)}
    assert combine_shares(keys, request, chosen, RNG).hex() == TOKENS["valid"]["token"]


@pytest.mark.parametrize("case", TOKENS["invalid"], ids=by_name)
def test_invalid_token_is_refused_by_its_check(case: Case) -> None:
    keys, _, _ = token_setting()
    poll_id, public, token = (bytes.fromhex(case[name]) for name in ("poll_id", "V", "token"))
    with pytest.raises(CryptoError) as caught:
        verify_token(poll_id, public, token, keys.key)
    assert caught.value.code == case["rejected_by"]


@pytest.mark.parametrize("case", TOKENS["invalid_shares"], ids=by_name)
def test_invalid_share_is_refused_by_its_check(case: Case) -> None:
    keys, request, _ = token_setting()
    with pytest.raises(CryptoError) as caught:
        check_share(keys, case["registrar"], request.blinded, bytes.fromhex(case["share"]))
    assert caught.value.code == case["rejected_by"]


@pytest.mark.parametrize("case", TOKENS["invalid_ids"], ids=by_name)
def test_invalid_set_of_shares_is_refused_by_its_check(case: Case) -> None:
    keys, request, shares = token_setting()
    with pytest.raises(CryptoError) as caught:
        combine_shares(keys, request, {j: shares[(j - 1) % 4] for j in case["ids"]}, RNG)
    assert caught.value.code == case["rejected_by"]


def aggregate_of(case: Case) -> Aggregate:
    contract, poll_id, root = (bytes.fromhex(case[n]) for n in ("contract", "poll_id", "root"))
    board = Board(case["chain_id"], contract, poll_id, case["size"], root)
    points = [G1.decode_evm(bytes.fromhex(p)) for p in (case["A_sum"], *case["B_sum"])]
    return Aggregate(board, case["ballots"], Ciphertext(points[0], tuple(points[1:])))


def share_keys_of(vectors: Case) -> list[list[Any]]:
    return [[G1.decode(bytes.fromhex(key)) for key in row] for row in vectors["share_keys"]]


def test_decryption_is_as_in_its_vector() -> None:
    aggregate = aggregate_of(DECRYPTION["aggregate"])
    assert aggregate.digest().hex() == DECRYPTION["aggregate"]["agg"]
    parts = [PartialDecryption.decode(bytes.fromhex(p), 3) for p in DECRYPTION["partials"]]
    checked = [verify_partial(aggregate, share_keys_of(DECRYPTION), part) for part in parts]
    for pair in ((0, 1), (2, 0), (1, 2)):
        counts = combine_counts(aggregate, PollShape(3, 1, 1, 1), 2, [checked[i] for i in pair])
        assert list(counts) == DECRYPTION["counts"]


@pytest.mark.parametrize("case", DECRYPTION["invalid"], ids=by_name)
def test_invalid_decryption_is_refused_by_its_check(case: Case) -> None:
    aggregate, keys = aggregate_of(case["aggregate"]), share_keys_of(DECRYPTION)
    with pytest.raises(CryptoError) as caught:
        verify_partial(aggregate, keys, PartialDecryption.decode(bytes.fromhex(case["partial"]), 3))
    assert caught.value.code == case["rejected_by"]


@pytest.mark.parametrize("case", DECRYPTION["invalid_sets"], ids=lambda c: str(c["trustees"]))
def test_invalid_set_of_trustees_is_refused_by_its_check(case: Case) -> None:
    aggregate = aggregate_of(DECRYPTION["aggregate"])
    parts = [PartialDecryption.decode(bytes.fromhex(p), 3) for p in DECRYPTION["partials"]]
    checked = [verify_partial(aggregate, share_keys_of(DECRYPTION), part) for part in parts]
    chosen = [checked[i - 1] for i in case["trustees"]]
    with pytest.raises(CryptoError) as caught:
        combine_counts(aggregate, PollShape(3, 1, 1, 1), 2, chosen)
    assert caught.value.code == case["rejected_by"]


def ceremony_of(role: str) -> Any:
    case = CEREMONIES[role]
    identities = tuple(bytes.fromhex(key) for key in case["identities"])
    venue = Venue(identities, case["chain_id"], bytes.fromhex(case["nonce"]))
    if role == "trustees":
        return trustee_ceremony(case["threshold"], case["keys"], venue)
    return registrar_ceremony(case["threshold"], 1, venue)


def messages_of(texts: list[str]) -> tuple[SignedMessage, ...]:
    return tuple(SignedMessage.decode(bytes.fromhex(text)) for text in texts)


def record_of(rounds: list[list[str]]) -> CeremonyRecord:
    return CeremonyRecord(*(messages_of(messages) for messages in rounds))


@pytest.mark.parametrize("role", ["trustees", "registrars"])
def test_ceremony_is_as_in_its_vector(role: str) -> None:
    ceremony, case = ceremony_of(role), CEREMONIES[role]
    assert ceremony.digest.hex() == case["ceremony"]
    keys = verify_ceremony(ceremony, record_of(case["record"]))
    assert keys.transcript.hex() == case["transcript"]
    assert [ceremony.group.encode(key).hex() for key in keys.public] == case["public"]
    for row, secret_row in zip(keys.shares, case["shares"], strict=True):
        for public, secret in zip(row, secret_row, strict=True):
            assert ceremony.group.multiply(ceremony.group.generator, int(secret, 16)) == public


@pytest.mark.parametrize(
    ("role", "case"),
    [(role, case) for role in ("trustees", "registrars") for case in CEREMONIES[role]["invalid"]],
    ids=lambda value: value if isinstance(value, str) else by_name(value),
)
def test_invalid_ceremony_is_refused_by_its_check(role: str, case: Case) -> None:
    with pytest.raises((CeremonyError, IdentityPointError)) as caught:
        verify_ceremony(ceremony_of(role), record_of(case["record"]))
    assert caught.value.code == case["rejected_by"]
    assert isinstance(caught.value, CeremonyError)
    assert caught.value.culprit == case["culprit"]


@pytest.mark.parametrize("role", ["trustees", "registrars"])
def test_complaints_are_judged_as_in_their_vectors(role: str) -> None:
    rounds = CEREMONIES[role]["record"]
    for case in CEREMONIES[role]["complaints"]:
        messages = (messages_of(rounds[0]), messages_of(rounds[1]), messages_of(case["dealings"]))
        complaint = SignedMessage.decode(bytes.fromhex(case["complaint"]))
        verdict = judge_complaint(ceremony_of(role), messages, complaint)
        assert (verdict.code, verdict.culprit) == (case["verdict"], case["culprit"])


def test_hpke_by_hand_and_library_agree() -> None:
    """RFC 9180 twice: what one seals the other opens."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from voting.crypto.dkg import _SUITE

    key = X25519PrivateKey.from_private_bytes(b"\x21" * 32)
    public = key.public_key().public_bytes_raw()
    sealed = seal_with_given_ephemeral_for_vectors(b"shares", public, b"info", b"\x17" * 32)
    assert _SUITE.decrypt(sealed, key, info=b"info") == b"shares"
