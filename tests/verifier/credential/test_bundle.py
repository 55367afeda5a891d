"""Bounds of what a holder may send: each limit, and no place given twice."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from tests.simulators.world import World
from verifier.credential import inclusion, status
from verifier.credential.bundle import (
    MAX_RECEIPTS,
    MAX_STATUS_LISTS,
    MAX_TILE_PATHS,
    MAX_TILES,
    EvidenceBundle,
    FetchedStatusList,
    bundle_json,
    decode_bundle,
    decode_presentation,
    encode_bundle,
)
from verifier.credential.file_digest import decode_document
from verifier.credential.inclusion import TILE_LEAVES, LeafTile, TilePath, make_tile, open_tile
from verifier.credential.keys import SigningKey
from verifier.credential.status import StatusList, StatusTerms, issue_status_token
from verifier.credential.trust import TrustMaterial
from verifier.errors import BundleFormError, StatusDoubt

PATH = TilePath(1, ())


def tiles(count: int) -> tuple[LeafTile, ...]:
    return tuple(LeafTile(bytes(32), index, bytes(32), (PATH,)) for index in range(count))


def lists(count: int) -> tuple[FetchedStatusList, ...]:
    return tuple(FetchedStatusList(f"https://i.test/{n}", "token") for n in range(count))


def with_paths(count: int) -> EvidenceBundle:
    return EvidenceBundle((replace(tiles(1)[0], paths=(PATH,) * count),))


@pytest.fixture
def anchored() -> World:
    world = World()
    world.anchored()
    return world


def test_as_many_parts_as_allowed_are_read_and_no_more(anchored: World) -> None:
    receipt = anchored.issuer.receipt(anchored.anchored())
    receipts = [replace(receipt, index=index) for index in range(MAX_RECEIPTS + 1)]
    most = EvidenceBundle(tiles(MAX_TILES), tuple(receipts[:-1]), lists(MAX_STATUS_LISTS))
    assert decode_bundle(encode_bundle(most)) == most
    assert decode_bundle(encode_bundle(with_paths(MAX_TILE_PATHS)))
    for more in (
        EvidenceBundle(tiles=tiles(MAX_TILES + 1)),
        EvidenceBundle(receipts=tuple(receipts)),
        EvidenceBundle(status_lists=lists(MAX_STATUS_LISTS + 1)),
        with_paths(MAX_TILE_PATHS + 1),
    ):
        with pytest.raises(BundleFormError):
            decode_bundle(encode_bundle(more))


def test_a_place_given_twice_is_refused(anchored: World) -> None:
    receipt = anchored.issuer.receipt(anchored.anchored())
    for bundle in (
        EvidenceBundle(tiles=tiles(2)),
        EvidenceBundle(receipts=(receipt,)),
        EvidenceBundle(status_lists=lists(2)),
    ):
        decode_bundle(encode_bundle(bundle))
    other = replace(tiles(1)[0], leaves=bytes(64))
    listed = lists(1)[0]
    for bundle in (
        EvidenceBundle(tiles=(tiles(1)[0], other)),
        EvidenceBundle(receipts=(receipt, receipt)),
        EvidenceBundle(status_lists=(listed, replace(listed, token=listed.uri))),
    ):
        with pytest.raises(BundleFormError, match="twice"):
            decode_bundle(encode_bundle(bundle))


@pytest.mark.parametrize(("junk", "times"), [("[]", 100_000), ("7", 1_200_000)])
def test_a_file_of_too_many_parts_is_not_even_parsed(junk: str, times: int) -> None:
    few = json.dumps(bundle_json(EvidenceBundle()))[:-1] + f', "junk": {junk}}}'
    many = few.replace(junk, "[" + ",".join([junk] * times) + "]")
    for decode in (decode_bundle, decode_presentation, decode_document):
        with pytest.raises(BundleFormError) as caught:
            decode(few.encode())
        assert "fewer parts" not in str(caught.value)
        with pytest.raises(BundleFormError, match="fewer parts"):
            decode(many.encode())


def count_calls(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> list[object]:
    """Every call of a module's function from now on is noted, and made."""
    calls: list[object] = []
    real: Any = getattr(module, name)

    def noted(argument: object) -> object:
        calls.append(argument)
        return real(argument)

    monkeypatch.setattr(module, name, noted)
    return calls


def test_only_an_anchored_list_of_a_registered_key_is_inflated(
    anchored: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri, at = anchored.issuer.list_uri, anchored.chain.now
    terms = StatusTerms(anchored.issuer.iss, uri, at - datetime(2000, 1, 1, tzinfo=UTC), at - at)
    terms = replace(terms, ttl=terms.lifetime)
    strangers = issue_status_token(StatusList.empty(1 << 20), terms, SigningKey.of_secret(7), at)
    unanchored = issue_status_token(StatusList.empty(1 << 20), terms, anchored.issuer.key, at)
    snapshot = anchored.chain.snapshot()
    calls = count_calls(monkeypatch, status, "_inflate")
    for token, doubt in (
        (strangers, StatusDoubt.SIGNATURE),
        (unanchored, StatusDoubt.NOT_ANCHORED),
    ):
        bundle = EvidenceBundle(status_lists=(FetchedStatusList(uri, token),))
        known = TrustMaterial.assemble(snapshot, bundle).status_lists[uri]
        assert getattr(known, "doubt", None) is doubt
    assert calls == []
    TrustMaterial.assemble(snapshot, anchored.issuer.evidence())
    assert len(calls) == 1


def test_a_tile_is_hashed_once_for_all_paths_that_cover_it_whole(
    anchored: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        anchored.issuer.pad(TILE_LEAVES)
        anchored.issuer.anchor()
    log = anchored.chain.logs[anchored.issuer.origin]
    tree = anchored.issuer.tree
    wide = [point.size for point in log.checkpoints if point.size > TILE_LEAVES]
    paths = tuple(TilePath(size, inclusion._tile_path(tree, 0, size)) for size in wide)
    tile = replace(make_tile(tree, log, 0), paths=paths)
    calls = count_calls(monkeypatch, inclusion, "root")
    assert sorted(open_tile(tile, log).checkpoints) == wide
    assert (len(wide) > 1, len(calls)) == (True, 1)
