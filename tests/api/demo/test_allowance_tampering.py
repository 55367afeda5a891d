"""Whoever holds every file and key of the allowance folder, but not the chain, is found out."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.demo.allowance.record import AllowanceRecord, judge
from api.demo.allowance.source import CastApplication, read_source, source_bytes
from api.demo.checking import check_folder
from api.demo.folder import SNAPSHOT
from contracts.evidence.encoding import parse_json
from contracts.evidence.snapshot import TrustSnapshot
from contracts.evidence.snapshot_file import decode_snapshot
from contracts.evidence.tiles import TileReader
from tests.simulators.forger import Forger
from verifier.credential.bundle import PresentationFile, decode_presentation, encode_presentation
from verifier.credential.inclusion import LeafTile, credential_leaf
from verifier.credential.jws import sign_jws
from verifier.credential.keys import SigningKey
from verifier.credential.presentation import HeldCredential, bind
from verifier.credential.sdjwt import parse_sd_jwt
from verifier.credential.verification import BurntNonces

SOURCE = read_source(source_bytes())


def application(name: str) -> CastApplication:
    return next(entry for entry in SOURCE.applications if entry.id == name)


def record(forger: Forger) -> AllowanceRecord:
    return AllowanceRecord(forger.folder, SOURCE, forger.run)


def key(forger: Forger, kind: str, *names: str) -> SigningKey:
    value: Any = parse_json(forger.folder.read(f"keys/{kind}.json"))
    value = value["es256"]
    for name in names:
        value = value[name]
    return SigningKey.of_secret(int(value, 16))


def republish(forger: Forger, snapshot: TrustSnapshot, name: str) -> None:
    """Write the outcome that the files of an application now give."""
    judged = judge(record(forger), application(name), snapshot, BurntNonces())
    forger.folder.write_json(f"applications/{name}/outcome.json", judged.document)


def flip_outcome(forger: Forger, _snapshot: TrustSnapshot) -> None:
    """The agency's file says that the one who is too old is eligible."""
    forger.json("applications/02/outcome.json", lambda value: value.update(outcome="eligible"))


def flip_decision(forger: Forger, _snapshot: TrustSnapshot) -> None:
    """The officer's decision is turned round, with a written reason."""
    forger.json(
        "applications/02/decision.json",
        lambda value: value.update(outcome="eligible", written_reason="because it was so decided"),
    )


def forge_credential(forger: Forger, snapshot: TrustSnapshot) -> None:
    """With the issuer's and the holder's keys, somebody too old gets a younger credential.

    The new credential takes the old one's place in the tiles of the log, and everything that
    depends on it is made again.
    """
    kind, path = "resident-registration", "credentials/02/resident-registration.sd-jwt"
    donor = parse_sd_jwt(forger.folder.read(f"credentials/01/{kind}.sd-jwt").decode())
    old = parse_sd_jwt(forger.folder.read(path).decode())
    payload = dict(donor.jws.payload)
    for name in ("cnf", "status", "evidence"):
        payload[name] = old.jws.payload[name]
    header = {name: old.jws.header[name] for name in ("typ", "kid")}
    token = sign_jws(header, payload, key(forger, "issuers", "district"))
    forged = "~".join([token, *(d.text for d in donor.disclosures), ""])
    forger.folder.write(path, forged.encode())
    leaves = _replace_leaf(forger, old.issuer_jwt, token)
    _present_again(forger, "02", forged, leaves)
    republish(forger, snapshot, "02")


def _replace_leaf(forger: Forger, old: str, new: str) -> bytes:
    writer = forger.writer("credentials")
    size = 44
    reader = TileReader(lambda path: forger.folder.read(f"logs/credentials/{path}"), size)
    leaves = [reader.read(0, index) for index in range(size)]
    leaves[leaves.index(credential_leaf(old))] = credential_leaf(new)
    writer.tree.extend(leaves)
    forger.keep("credentials", writer)
    return b"".join(leaves)


def _present_again(forger: Forger, name: str, forged: str, leaves: bytes) -> None:
    path = f"applications/{name}/presentation.json"
    old, request = (
        decode_presentation(forger.folder.read(path)),
        record(forger).request(application(name)),
    )
    query = request.queries[0]
    holder = key(forger, "holders", name, query.id)
    chosen = HeldCredential.of(forged).select(query.claims)
    answer = bind(chosen, request.nonce, request.audience, request.issued, holder)
    tile = old.evidence.tiles[0]
    evidence = type(old.evidence)(
        tiles=(LeafTile(tile.log, tile.index, leaves, tile.paths),),
        status_lists=old.evidence.status_lists,
    )
    answers = {**old.answers, query.id: (answer,)}
    forger.folder.write(path, encode_presentation(PresentationFile(answers, evidence)))


def replay_old_status_list(forger: Forger, snapshot: TrustSnapshot) -> None:
    """The revoked one's file gets the status list from before the revocation."""
    path = "applications/05/presentation.json"
    older = forger.folder.read("status/district/2.jwt").decode()
    newer = forger.folder.read("status/district/3.jwt").decode()
    forger.text(path, lambda data: data.replace(newer.encode(), older.encode()))
    republish(forger, snapshot, "05")


def exchange_status_list(forger: Forger, _snapshot: TrustSnapshot) -> None:
    """A kept version of a status list is exchanged for another one."""
    data = forger.folder.read("status/district/2.jwt")
    forger.folder.write("status/district/3.jwt", data)


def change_consent(forger: Forger, _snapshot: TrustSnapshot) -> None:
    """The text that was consented to is widened afterwards."""
    forger.text("applications/01/consent.txt", lambda text: text + b"and everything else\n")


def accept_replay(forger: Forger, snapshot: TrustSnapshot) -> None:
    """The replayed answer is written down as if it had been accepted."""
    republish(forger, snapshot, "08")
    decision = forger.folder.read("applications/01/decision.json")
    forger.folder.write("applications/08/decision.json", decision)


def rename_issuer(forger: Forger, _snapshot: TrustSnapshot) -> None:
    """The unaccredited issuer is listed as accredited."""
    forger.json("issuers.json", lambda value: value[4].update(accredited=True))


def save_more_paper(forger: Forger, _snapshot: TrustSnapshot) -> None:
    """The summary boasts."""
    forger.json("summary.json", lambda value: value.update(papers_saved=1000))


def lengthen_request(forger: Forger, _snapshot: TrustSnapshot) -> None:
    """The request asked for more than the rules need."""
    forger.json(
        "applications/01/request.json",
        lambda value: value["credentials"][0]["claims"].append(["household_size"]),
    )


TAMPERINGS: dict[Callable[[Forger, TrustSnapshot], None], tuple[str, str]] = {
    flip_outcome: ("application.outcome", "applications/02/outcome.json"),
    flip_decision: ("application.decision", "applications/02/decision.json"),
    forge_credential: ("log.tiles", "logs/credentials"),
    replay_old_status_list: ("application.expected", "applications/05/outcome.json"),
    exchange_status_list: ("status.anchored", "status/district/3.jwt"),
    change_consent: ("application.consent", "applications/01/consent.txt"),
    accept_replay: ("application.outcome", "applications/08/outcome.json"),
    rename_issuer: ("document.anchored", "source.json, issuers.json"),
    save_more_paper: ("allowance.summary", "summary.json"),
    lengthen_request: ("application.outcome", "applications/01/outcome.json"),
}


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_tampering_is_named_although_everything_was_remade(
    allowance: Path,
    copy_of: Callable[[Path], Path],
    tamper: Callable[[Forger, TrustSnapshot], None],
) -> None:
    root = copy_of(allowance)
    forger, snapshot = Forger.of(root), decode_snapshot((allowance / SNAPSHOT).read_bytes())
    tamper(forger, snapshot)
    forger.remake_allowance()
    report = check_folder(root, (allowance / SNAPSHOT).read_bytes())
    assert not report.ok
    found = {(finding.check, finding.place) for finding in report.findings}
    assert TAMPERINGS[tamper] in found, found
    assert "manifest.anchored" in {check for check, _ in found}


@pytest.mark.parametrize(
    "path", ["credentials/01/school-record.sd-jwt", "keys/holders.json", "status/x.jwt"]
)
def test_files_behind_no_other_check_are_named_by_the_manifests_log(
    allowance: Path, copy_of: Callable[[Path], Path], path: str
) -> None:
    root = copy_of(allowance)
    forger = Forger.of(root)
    data = forger.folder.read(path) if (root / path).exists() else b""
    forger.folder.write(path, data + b"~" if path.startswith("credentials") else data + b" ")
    forger.manifest()
    report = check_folder(root, (allowance / SNAPSHOT).read_bytes())
    assert ("manifest.anchored", path) in {(f.check, f.place) for f in report.findings}


def test_another_snapshot_and_strangers_in_the_chain_are_named(
    allowance: Path, contest: Path, copy_of: Callable[[Path], Path]
) -> None:
    root = copy_of(allowance)
    shutil.copyfile(contest / SNAPSHOT, root / SNAPSHOT)
    (root / "chain").mkdir()
    (root / "chain" / "more").write_text("x")
    (root / "linked").symlink_to(root / "keys")
    report = check_folder(root, (allowance / SNAPSHOT).read_bytes())
    found = {(finding.check, finding.place) for finding in report.findings}
    assert ("snapshot.same", SNAPSHOT) in found
    assert {("manifest.complete", name) for name in ("chain", "chain/more", "linked")} <= found


def test_a_forged_credential_is_refused_by_the_check_itself(
    allowance: Path, copy_of: Callable[[Path], Path]
) -> None:
    root = copy_of(allowance)
    forger, snapshot = Forger.of(root), decode_snapshot((allowance / SNAPSHOT).read_bytes())
    forge_credential(forger, snapshot)
    judged = judge(record(forger), application("02"), snapshot, BurntNonces())
    assert judged.document["code"] == "evidence.unavailable"


def test_a_folder_without_manifest_is_not_checked(allowance: Path, tmp_path: Path) -> None:
    from api.demo.errors import FolderError

    shutil.copytree(allowance, tmp_path / "copy")
    (tmp_path / "copy" / "manifest.json").unlink()
    with pytest.raises(FolderError):
        check_folder(tmp_path / "copy", (allowance / SNAPSHOT).read_bytes())
