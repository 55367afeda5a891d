"""Who knows what, alone and pooled: the table of docs/threat-model.md by what each party keeps.

A citizen gets copies and shows some; then everything that one party keeps is laid out and searched.
Where a party does know something, that is shown too: a table of what is hidden alone would be half.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text

from api.store.database import Database
from contracts.evidence.encoding import b64u_decode, b64u_encode
from contracts.evidence.names import log_id, status_list_id
from contracts.evidence.snapshot_file import encode_snapshot
from contracts.evidence.tiles import TILE_WIDTH
from tests.api.databases import StillClock
from tests.simulators.openid_trial import KIND, SERVICE, Asked, SimulatedWallet, Trial, decoded
from verifier.credential.bundle import FetchedStatusList
from verifier.credential.inclusion import LeafTile
from verifier.credential.needs import needs_of
from verifier.credential.presentation import HeldCredential
from verifier.eligibility.pseudonym import voter_value
from voting.poll.roll import nullifier

PERSON: Final = "synthetic-1"
ISSUERS: Final = ("credential_offer", "access_token", "credential_batch", "credential_copy")
UNIQUE: Final = 16
"""Characters from which on a value tells one thing from all others; a day or a number does not."""
AGENCIES: Final = ("presentation_request", "presentation_answer", "proposal", "application")


@pytest.fixture
def trial(lite: Database, clock: StillClock, tmp_path: Path) -> Trial:
    return Trial.start(lite, clock, tmp_path)


@pytest.fixture
def holder(trial: Trial) -> SimulatedWallet:
    """A wallet with four copies of one batch."""
    wallet = SimulatedWallet(trial)
    assert wallet.obtain(copies=4).status_code == 200
    return wallet


def rows(storage: Database, tables: Iterable[str]) -> str:
    """All that stands in some tables, as text; bytes as base64url and in hexadecimal."""
    found: list[str] = []
    with storage.reading() as reading:
        connection: Any = reading.connection  # type: ignore[attr-defined] # past the port on purpose
        for table in tables:
            for row in connection.execute(text(f"SELECT * FROM {table}")):  # noqa: S608 # names above
                found += [_readable(value) for value in row]
    return "\n".join(found)


def _readable(value: object) -> str:
    if isinstance(value, bytes):
        return f"{b64u_encode(value)} {value.hex()} {value.decode('utf-8', 'replace')}"
    return str(value)


def shown(holder: SimulatedWallet) -> tuple[Asked, str]:
    """A request that was answered, and the credential as the agency saw it."""
    asked = holder.trial.ask()
    token = holder.vp_token(asked)
    assert holder.trial.answer(asked, holder.body(asked, token)).status_code == 200
    [credential] = token[KIND]  # type: ignore[misc] # one answer to one query
    return asked, str(credential)


def leaves(value: object) -> Iterable[str]:
    """Every string and number of a document that could tell somebody from somebody else."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner) if not isinstance(inner, int) else (f"{key}={inner}",)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield str(value)


def test_an_issuer_learns_nothing_when_a_copy_is_shown(
    holder: SimulatedWallet, lite: Database
) -> None:
    before = rows(lite, ISSUERS)
    asked, _ = shown(holder)
    assert holder.trial.result(asked)["outcome"] == "eligible"
    assert rows(lite, ISSUERS) == before
    assert asked.id not in before


def test_an_agency_keeps_neither_name_nor_register_id_nor_what_it_was_shown(
    holder: SimulatedWallet, lite: Database
) -> None:
    _, credential = shown(holder)
    kept = rows(lite, AGENCIES)
    assert PERSON not in kept
    for part in credential.split("~"):
        assert not part or part not in kept


def test_a_reader_of_the_chain_learns_counts_and_keys_and_nothing_of_a_person(
    holder: SimulatedWallet,
) -> None:
    _, credential = shown(holder)
    chain = encode_snapshot(holder.trial.ground.ledger.snapshot()).decode()
    held = HeldCredential.of(credential.rpartition("~")[0] + "~").sd_jwt.jws.payload
    public = {str(held["iss"]), str(held["vct"])}
    for leaf in leaves(held):
        assert leaf in public or len(leaf) < UNIQUE or leaf not in chain
    assert PERSON not in chain


def test_an_issuer_and_an_agency_that_pool_what_they_keep_can_join_a_copy_with_a_person(
    holder: SimulatedWallet, lite: Database
) -> None:
    """Known, and said: what an agency was shown names the place in the issuer's log."""
    _, credential = shown(holder)
    place = decoded(credential)["evidence"]["index"]
    with lite.reading() as reading:
        connection: Any = reading.connection  # type: ignore[attr-defined] # past the port on purpose
        query = text('SELECT subject FROM credential_copy WHERE "index" = :place')
        [subject] = connection.execute(query, {"place": place}).scalars().all()
    office = holder.trial.openid.console.office
    assert subject == office.subject("district", PERSON)


def test_two_agencies_that_pool_what_they_were_shown_find_nothing_of_one_person_in_both(
    holder: SimulatedWallet,
) -> None:
    """What two copies of one batch share, copies of everybody else share as well."""
    first, second = (decoded(shown(holder)[1]) for _ in range(2))
    other = SimulatedWallet(holder.trial)
    assert other.obtain(person="synthetic-2", copies=2).status_code == 200
    somebody = decoded(other.held[0][0])
    common = set(leaves(first)) & set(leaves(second))
    assert common <= set(leaves(somebody)), json.dumps(sorted(common))
    assert SERVICE not in common


class ListeningMirror:
    """Whoever serves tiles and status lists of others: what is asked of it, and nothing else."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def tile(self, origin: str, number: int) -> LeafTile | None:
        self.heard.append(f"{origin}/{number}")
        return None

    def status_list(self, uri: str, at: datetime) -> FetchedStatusList | None:  # noqa: ARG002 - the port's
        self.heard.append(uri)
        return None


def elsewhere(credential: str, place: int) -> str:
    """A credential as of another service: what is fetched for it comes before belief in it."""
    head, _, rest = credential.partition(".")
    payload, _, signature = rest.partition(".")
    document = json.loads(b64u_decode(payload))
    document["evidence"] |= {"log": "other.test/log", "index": place}
    document["status"]["status_list"] |= {"uri": "https://other.test/status/1", "idx": place}
    return f"{head}.{b64u_encode(json.dumps(document).encode())}.{signature}"


def test_a_host_sees_whole_tiles_and_lists_and_no_place_in_them(
    holder: SimulatedWallet, clock: StillClock
) -> None:
    """Two copies at two places of one tile and one list are asked for by the same words."""
    ledger, trust = holder.trial.ground.ledger, holder.trial.openid.trust
    ledger.open_log(log_id("other.test/log"), bytes(range(32)))
    ledger.publish_status(status_list_id("https://other.test/status/1"), 1, b"1" * 32)
    heard = []
    for place in (3 * TILE_WIDTH, 4 * TILE_WIDTH - 1):
        trust.mirror = mirror = ListeningMirror()
        clock.forward(minutes=10)
        trust.material(needs_of([elsewhere(shown(holder)[1], place)]), clock())
        heard.append(mirror.heard)
    assert heard[0] == heard[1] == ["other.test/log/3", "https://other.test/status/1"]


def test_an_issuer_and_a_registrar_that_pool_what_they_keep_know_who_takes_part() -> None:
    """Known, and said: the issuer makes the value by which a registrar knows somebody again."""
    series, registrar, poll = bytes(range(32)), bytes(range(1, 33)), b"p" * 32
    seen = nullifier(registrar, poll, voter_value(series, b"synthetic-1"))
    register = [b"synthetic-1", b"synthetic-2"]
    assert [p for p in register if nullifier(registrar, poll, voter_value(series, p)) == seen] == [
        b"synthetic-1"
    ]
    another_series = bytes(32)
    assert nullifier(registrar, poll, voter_value(another_series, b"synthetic-1")) != seen
