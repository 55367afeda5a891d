"""RFC 9162 trees against published roots and against a naive tree, and every nearby wrong proof."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.errors import ProofError
from contracts.evidence.merkle import (
    EMPTY_ROOT,
    Tree,
    check_consistency,
    check_inclusion,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root,
)

# Leaves and roots of the reference test tree of RFC 6962 implementations
# (github.com/google/certificate-transparency, merkletree tests, Apache-2.0).
PUBLISHED_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
PUBLISHED_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = st.integers(min_value=1, max_value=300)


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(index.to_bytes(4, "big")) for index in range(count)]


def tree(count: int) -> Tree:
    result = Tree()
    result.extend(leaves(count))
    return result


def naive_root(hashes: list[bytes]) -> bytes:
    """MTH exactly as RFC 9162 section 2.1.1 writes it."""
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    halves = naive_root(hashes[:split]) + naive_root(hashes[split:])
    return hashlib.sha256(b"\x01" + halves).digest()


def naive_path(index: int, hashes: list[bytes]) -> list[bytes]:
    """PATH exactly as RFC 9162 section 2.1.3.1 writes it."""
    if len(hashes) == 1:
        return []
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    if index < split:
        return [*naive_path(index, hashes[:split]), naive_root(hashes[split:])]
    return [*naive_path(index - split, hashes[split:]), naive_root(hashes[:split])]


def naive_subproof(old: int, hashes: list[bytes], *, whole: bool = True) -> list[bytes]:
    """SUBPROOF exactly as RFC 9162 section 2.1.4.1 writes it."""
    if old == len(hashes):
        return [] if whole else [naive_root(hashes)]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    if old <= split:
        return [*naive_subproof(old, hashes[:split], whole=whole), naive_root(hashes[split:])]
    return [
        *naive_subproof(old - split, hashes[split:], whole=False),
        naive_root(hashes[:split]),
    ]


def test_root_matches_published_vectors() -> None:
    hashed = [leaf_hash(bytes.fromhex(leaf)) for leaf in PUBLISHED_LEAVES]
    assert [root(hashed[:size]).hex() for size in range(1, 9)] == PUBLISHED_ROOTS


H96, H5F, H6B, HBC, HCA, HD3, HFA, H6E, H0E = (
    bytes.fromhex(text)
    for text in (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    )
)


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (0, 8, [H96, H5F, H6B]),
        (5, 8, [HBC, HCA, HD3]),
        (2, 3, [HFA]),
        (1, 5, [H6E, H5F, HBC]),
    ],
)
def test_inclusion_proof_is_the_published_one(index: int, size: int, path: list[bytes]) -> None:
    hashed = [leaf_hash(bytes.fromhex(leaf)) for leaf in PUBLISHED_LEAVES]
    published = Tree()
    published.extend(hashed)
    assert list(prove_inclusion(published, index, size)) == path
    check_inclusion(hashed[index], index, size, path, bytes.fromhex(PUBLISHED_ROOTS[size - 1]))


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [(1, 1, []), (1, 8, [H96, H5F, H6B]), (6, 8, [H0E, HCA, HD3]), (2, 5, [H5F, HBC])],
)
def test_consistency_proof_is_the_published_one(old: int, new: int, path: list[bytes]) -> None:
    published = Tree()
    published.extend(leaf_hash(bytes.fromhex(leaf)) for leaf in PUBLISHED_LEAVES)
    assert list(prove_consistency(published, old, new)) == path
    roots = [bytes.fromhex(PUBLISHED_ROOTS[size - 1]) for size in (old, new)]
    check_consistency(old, new, path, *roots)


def test_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert Tree().root() == EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_roots_and_proofs_match_the_naive_tree_for_every_size_to_300() -> None:
    grown, hashes = Tree(), leaves(300)
    for size in range(1, 301):
        grown.append(hashes[size - 1])
        assert grown.root() == naive_root(hashes[:size])
        for index in {0, size // 3, size // 2, size - 1}:
            path = prove_inclusion(grown, index, size)
            assert list(path) == naive_path(index, hashes[:size])
            check_inclusion(hashes[index], index, size, path, grown.root())


@given(st.data(), SIZES)
def test_consistency_matches_the_naive_tree(data: st.DataObject, new: int) -> None:
    old = data.draw(st.integers(1, new))
    grown, hashes = tree(new), leaves(new)
    path = prove_consistency(grown, old, new)
    assert list(path) == naive_subproof(old, hashes)
    check_consistency(old, new, path, naive_root(hashes[:old]), naive_root(hashes))


@given(st.data(), SIZES)
def test_inclusion_refuses_every_change_of_leaf_place_and_path(
    data: st.DataObject, size: int
) -> None:
    grown, hashes = tree(size), leaves(size)
    index = data.draw(st.integers(0, size - 1))
    path, top = prove_inclusion(grown, index, size), grown.root()
    wrong: list[tuple[bytes, int, int, tuple[bytes, ...], bytes]] = [
        (leaf_hash(b"another"), index, size, path, top),
        (hashes[index], index, size, path, leaf_hash(b"root")),
        (hashes[index], size, size, path, top),
        (hashes[index], -1, size, path, top),
        (hashes[index], index, size, (*path, top), top),
        (hashes[index], index, size, (*path, top[:31]), top),
    ]
    wrong += [(hashes[index], place, size, path, top) for place in range(size) if place != index]
    for at in range(len(path)):
        flipped = bytes([path[at][0] ^ 1]) + path[at][1:]
        wrong.append((hashes[index], index, size, (*path[:at], flipped, *path[at + 1 :]), top))
        wrong.append((hashes[index], index, size, (*path[:at], *path[at + 1 :]), top))
    for leaf, place, count, nodes, claimed in wrong:
        with pytest.raises(ProofError):
            check_inclusion(leaf, place, count, nodes, claimed)


@given(st.data(), st.integers(2, 300))
def test_inclusion_refuses_a_size_whose_path_has_another_length(
    data: st.DataObject, size: int
) -> None:
    # A size with the same path shape gives the same fold: the size is bound by the signed
    # checkpoint and by the contract, not by the path. Every other size must be refused.
    grown, hashes = tree(size), leaves(size)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(index + 1, 600))
    path = prove_inclusion(grown, index, size)
    if len(naive_path(index, leaves(other))) == len(path):
        return
    with pytest.raises(ProofError):
        check_inclusion(hashes[index], index, other, path, grown.root())


@given(st.data(), st.integers(2, 300))
def test_consistency_refuses_every_change_of_root_and_path(data: st.DataObject, new: int) -> None:
    grown, hashes = tree(new), leaves(new)
    old = data.draw(st.integers(1, new - 1))
    path = prove_consistency(grown, old, new)
    before, after = root(hashes[:old]), grown.root()
    wrong: list[tuple[tuple[bytes, ...], bytes, bytes]] = [
        (path, leaf_hash(b"old"), after),
        (path, before, leaf_hash(b"new")),
        ((*path, after), before, after),
        ((), before, after),
    ]
    for at in range(len(path)):
        flipped = bytes([path[at][0] ^ 1]) + path[at][1:]
        wrong.append(((*path[:at], flipped, *path[at + 1 :]), before, after))
        wrong.append(((*path[:at], *path[at + 1 :]), before, after))
    for nodes, first, second in wrong:
        with pytest.raises(ProofError):
            check_consistency(old, new, nodes, first, second)


@pytest.mark.parametrize(
    ("old", "new", "path", "first", "second"),
    [
        (0, 2, [], leaf_hash(b"x"), root(leaves(2))),
        (2, 2, [], root(leaves(2)), leaf_hash(b"x")),
        (2, 2, [leaf_hash(b"x")], root(leaves(2)), root(leaves(2))),
        (0, 2, [leaf_hash(b"x")], EMPTY_ROOT, root(leaves(2))),
        (3, 2, [], root(leaves(3)), root(leaves(2))),
        (-1, 2, [], EMPTY_ROOT, root(leaves(2))),
        (4, 3, [], root(leaves(4)), root(leaves(4))),
    ],
    ids=[
        "false empty",
        "two roots",
        "needless node",
        "node from nothing",
        "shrunk",
        "negative",
        "shrunk to one root",
    ],
)
def test_consistency_refuses_trivial_cases_that_do_not_hold(
    old: int, new: int, path: list[bytes], first: bytes, second: bytes
) -> None:
    with pytest.raises(ProofError):
        check_consistency(old, new, path, first, second)


def test_consistency_holds_from_nothing_and_to_itself() -> None:
    check_consistency(0, 2, [], EMPTY_ROOT, root(leaves(2)))
    check_consistency(2, 2, [], root(leaves(2)), root(leaves(2)))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_proving_refuses_leaves_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ProofError):
        prove_inclusion(tree(3), index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
def test_proving_refuses_consistency_from_nothing_or_backwards(old: int, new: int) -> None:
    with pytest.raises(ProofError):
        prove_consistency(tree(3), old, new)


@pytest.mark.parametrize(("level", "index"), [(0, 3), (2, 0), (9, 0), (-1, 0), (0, -1)])
def test_reading_refuses_subtrees_that_are_not_complete(level: int, index: int) -> None:
    with pytest.raises(ProofError):
        tree(3).read(level, index)


def test_append_refuses_what_is_no_hash() -> None:
    with pytest.raises(ProofError):
        Tree().append(b"short")
