"""The tree against RFC 6962's own definition, other people's vectors, and mutated proofs."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.merkle.tree import (
    EMPTY_ROOT,
    Tree,
    UnknownNode,
    consistency_holds,
    inclusion_holds,
    leaf_hash,
    needed,
    node_hash,
    root_of,
)

VECTORS = Path(__file__).resolve().parents[2].parent / "shared" / "vectors" / "merkle" / "inclusion"
LEAVES = [leaf_hash(str(number).encode()) for number in range(70)]
TREE = Tree(LEAVES)


def naive_root(leaves):
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node_hash(naive_root(leaves[:k]), naive_root(leaves[k:]))


def naive_path(index, leaves):
    """RFC 6962 section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*naive_path(index, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(index - k, leaves[k:]), naive_root(leaves[:k])]


def naive_proof(old, leaves, *, known=True):
    """RFC 6962 section 2.1.2, word for word."""
    if old == len(leaves):
        return [] if known else [naive_root(leaves)]
    k = split(len(leaves))
    if old <= k:
        return [*naive_proof(old, leaves[:k], known=known), naive_root(leaves[k:])]
    return [*naive_proof(old - k, leaves[k:], known=False), naive_root(leaves[:k])]


def split(count):
    k = 1
    while k * 2 < count:
        k *= 2
    return k


sizes = st.integers(1, len(LEAVES))


@pytest.mark.parametrize("size", range(len(LEAVES) + 1))
def test_root_and_frontier_of_every_size(size):
    assert TREE.root(size) == naive_root(LEAVES[:size])
    assert Tree(LEAVES[:size]).root() == TREE.root(size)
    assert len(TREE.frontier(size)) == size.bit_count()
    assert root_of(TREE.frontier(size)) == TREE.root(size)


@given(sizes, st.data())
def test_inclusion_as_defined_and_accepted(size, data):
    index = data.draw(st.integers(0, size - 1))
    path = TREE.inclusion(index, size)
    assert list(path) == naive_path(index, LEAVES[:size])
    assert inclusion_holds(index, size, LEAVES[index], path, TREE.root(size))


@given(sizes, st.data())
def test_consistency_as_defined_and_accepted(new, data):
    old = data.draw(st.integers(1, new))
    path = TREE.consistency(old, new)
    assert list(path) == naive_proof(old, LEAVES[:new])
    assert consistency_holds(old, new, TREE.root(old), TREE.root(new), path)


def mutations(path):
    """Every proof that differs from ``path`` by one hash: dropped, doubled, flipped, swapped."""
    for place in range(len(path)):
        yield (*path[:place], *path[place + 1 :])
        yield (*path[:place], path[place], *path[place:])
        yield (*path[:place], bytes([path[place][0] ^ 1]) + path[place][1:], *path[place + 1 :])
    for place in range(len(path) - 1):
        yield (*path[:place], path[place + 1], path[place], *path[place + 2 :])
    yield (*path, LEAVES[0])
    yield (LEAVES[0], *path)


@given(sizes, st.data())
def test_a_mutated_inclusion_proof_is_refused(size, data):
    index = data.draw(st.integers(0, size - 1))
    path, root = TREE.inclusion(index, size), TREE.root(size)
    for mutated in mutations(path):
        assert not inclusion_holds(index, size, LEAVES[index], mutated, root)
    assert not inclusion_holds(index, size, leaf_hash(b"another"), path, root)
    for other in (index - 1, index + 1):
        assert not inclusion_holds(other, size, LEAVES[index], path, root)


@given(sizes, st.data())
def test_a_mutated_consistency_proof_is_refused(new, data):
    old = data.draw(st.integers(1, new))
    path, roots = TREE.consistency(old, new), (TREE.root(old), TREE.root(new))
    for mutated in mutations(path):
        assert not consistency_holds(old, new, *roots, mutated)
    if old < new:
        assert not consistency_holds(old, new, roots[1], roots[0], path)
        assert not consistency_holds(old, new, *roots, ())
    assert not consistency_holds(old, new, roots[0], leaf_hash(b"another"), path)


def test_what_is_no_hash_proves_nothing():
    short = b"short"
    assert not inclusion_holds(0, 2, short, [LEAVES[1]], node_hash(short, LEAVES[1]))
    assert not inclusion_holds(0, 2, LEAVES[0], [short], node_hash(LEAVES[0], short))
    assert not consistency_holds(1, 2, short, node_hash(short, LEAVES[1]), [LEAVES[1]])
    assert not consistency_holds(1, 2, LEAVES[0], node_hash(LEAVES[0], short), [short])


def test_consistency_of_no_leaves_and_of_wrong_sizes():
    assert TREE.consistency(0, 5) == ()
    assert not consistency_holds(0, 5, EMPTY_ROOT, TREE.root(5), ())
    assert not consistency_holds(6, 5, TREE.root(6), TREE.root(5), ())
    for old, new in ((-1, 3), (4, 3), (3, len(LEAVES) + 1)):
        with pytest.raises(ValueError, match="no tree"):
            TREE.consistency(old, new)
    for index, size in ((-1, 3), (3, 3), (0, len(LEAVES) + 1)):
        with pytest.raises(ValueError, match="no leaf"):
            TREE.inclusion(index, size)


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_copy_grows_on_its_own(start, size):
    tree = Tree(LEAVES[:start])
    other = tree.copy()
    for leaf in LEAVES[start:]:
        other.append(leaf)
    assert (tree.size, tree.root()) == (start, TREE.root(start))
    tree.append(b"?" * 32)
    assert other.root() == TREE.root()
    assert other.consistency(min(size, start), 70) == TREE.consistency(min(size, start), 70)
    if size < 70:
        assert other.inclusion(size, 70) == TREE.inclusion(size, 70)


@given(st.integers(1, 40), st.integers(0, 20))
def test_an_adopted_frontier_carries_what_is_appended_later(size, more):
    wrong = Tree([leaf_hash(b"wrong")] * size)
    wrong.adopt(TREE.frontier(size))
    for leaf in LEAVES[size : size + more]:
        wrong.append(leaf)
    assert wrong.root() == TREE.root(size + more)


def vectors():
    return sorted(VECTORS.rglob("*.json")) if VECTORS.is_dir() else []


@pytest.mark.skipif(
    not VECTORS.is_dir(), reason="optional: the published Merkle vectors are not in this repository"
)
def test_there_are_vectors():
    assert len(vectors()) > 90


@pytest.mark.parametrize("path", vectors(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_outside_inclusion_vector(path):
    case = json.loads(path.read_bytes())
    proof = [base64.b64decode(value) for value in case["proof"] or ()]
    leaf, root = (base64.b64decode(case[name] or "") for name in ("leafHash", "root"))
    holds = inclusion_holds(case["leafIdx"], case["treeSize"], leaf, proof, root)
    assert holds is not case["wantErr"], case["desc"]


@given(st.integers(0, 70), st.lists(st.integers(0, 70)), st.data())
def test_a_tree_without_its_past_proves_what_it_was_made_to_prove(start, sizes, data):
    prefixes = [size for size in sizes if size <= start]
    past = Tree(LEAVES[:start])
    tree = Tree(
        LEAVES[start:], size=start, nodes={node: past.node(*node) for node in needed(start, prefixes)}
    )
    assert tree.size == 70
    old = data.draw(st.sampled_from([*prefixes, *range(start, 71)]))
    new = data.draw(st.integers(max(old, start), 70))
    assert tree.root(new) == TREE.root(new)
    assert tree.consistency(old, new) == TREE.consistency(old, new)
    if start < new:
        index = data.draw(st.integers(start, new - 1))
        assert tree.inclusion(index, new) == TREE.inclusion(index, new)
    assert tree.copy().frontier() == TREE.frontier()


def test_a_tree_without_its_past_never_invents():
    past = Tree(LEAVES[:50])
    tree = Tree(LEAVES[50:], size=50, nodes={node: past.node(*node) for node in needed(50, [])})
    for ask in (
        lambda: tree.root(49),
        lambda: tree.consistency(13, 70),
        lambda: tree.inclusion(13, 70),
        lambda: tree.inclusion(49, 50),
        lambda: Tree(size=1).root(),
    ):
        with pytest.raises(UnknownNode, match="is not known"):
            ask()
    assert tree.root(50) == TREE.root(50)


def test_a_tree_without_its_past_adopts_a_frontier_too():
    past = Tree(LEAVES[:50])
    tree = Tree(LEAVES[50:60], size=50, nodes=dict.fromkeys(needed(50, []), b"?" * 32))
    assert tree.root() != TREE.root(60)
    tree.adopt(TREE.frontier(60))
    for leaf in LEAVES[60:]:
        tree.append(leaf)
    assert tree.root() == TREE.root()
    assert past.root() == TREE.root(50)
