"""A runner that was told what the log once was: it goes on from that, or does nothing."""

import pytest
from support.auditdrafts import Drafting
from support.forgery import on_top, record_bytes
from support.gitworld import GitWorld, git

from runner.audit import layout
from runner.audit.memory import Expectation
from runner.branch.recall import require_remembered
from runner.branch.store import GitLogStore
from runner.errors import LogBroken, NotVerified
from runner.merkle.tree import Tree, leaf_hash, needed

SIZE = 7


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = GitWorld.with_log(tmp_path_factory.mktemp("world"))
    store = world.store()
    for number in range(SIZE - 1):
        store.append([Drafting(policy=f"p{number}").refused()])
    git(world.clone, "fetch", "--quiet", "origin", "audit/sandbox")
    return world


@pytest.fixture(scope="module")
def tree(world):
    return Tree(leaf_hash(record_bytes(world, index)) for index in range(SIZE))


def store(world, *expect):
    """A store in a fresh clone, which remembers nothing by itself."""
    return world.store(world.another_clone(f"clone-{len(list(world.root.iterdir()))}"), expect=expect)


@pytest.mark.parametrize("size", range(SIZE + 1))
def test_a_log_that_goes_on_from_it_is_read(world, tree, size):
    assert store(world, Expectation(size, tree.root(size))).load().checkpoint.size == SIZE


@pytest.mark.parametrize("size", [0, 1, 4, SIZE, SIZE + 1, 1000])
def test_a_log_that_is_behind_or_another_one_is_neither_read_nor_extended(world, tree, size):
    lie = Expectation(size, bytes(32))
    tip = world.tip()
    for act in (GitLogStore.load, lambda store: store.append([Drafting(policy="new").refused()])):
        with pytest.raises(LogBroken, match="not what somebody outside remembers") as caught:
            act(store(world, Expectation(1, tree.root(1)), lie))
        assert ("it was cut" in caught.value.message) == (size > SIZE)
        assert "AUDIT_EXPECT" in caught.value.hint
    assert world.tip() == tip


@pytest.fixture(params=range(1, SIZE + 1))
def forgetful(request, tree):
    """The tree as somebody has it who began with a snapshot."""
    start = request.param
    made = Tree(size=start, nodes={node: tree.node(*node) for node in needed(start, ())})
    for index in range(start, SIZE):
        made.append(tree.node(0, index))
    assert made.root() == tree.root()
    return made


def test_a_tree_without_its_past_is_made_again_from_every_record(world, tree, forgetful):
    for size in range(SIZE + 1):
        good = Expectation(size, tree.root(size))
        require_remembered(world.repository(), world.tip(), forgetful, "sandbox", [good])
        with pytest.raises(LogBroken, match="remembers"):
            require_remembered(
                world.repository(), world.tip(), forgetful, "sandbox", [Expectation(size, bytes(32))]
            )


def without_past(tree):
    return Tree(size=SIZE, nodes={node: tree.node(*node) for node in needed(SIZE, ())})


@pytest.mark.parametrize("data", [b"{}", None, b""])
def test_an_old_record_that_was_changed_or_deleted_is_noticed_on_the_way(world, tree, data):
    tip = on_top(world, {layout.record_path(1): data})
    with pytest.raises(LogBroken, match="not those that were signed"):
        require_remembered(
            world.repository(), tip, without_past(tree), "sandbox", [Expectation(3, tree.root(3))]
        )


def test_where_a_record_cannot_be_had_nothing_is_passed_over(world, tree, tmp_path):
    git(tmp_path, "clone", "--quiet", "--branch", "audit/sandbox", f"file://{world.origin}", "broken")
    blob = git(tmp_path / "broken", "rev-parse", f"HEAD:{layout.record_path(1)}")
    git(tmp_path / "broken", "unpack-objects", "-q", stdin=pack(tmp_path / "broken"))
    (tmp_path / "broken" / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    repository = world.repository(tmp_path / "broken")
    with pytest.raises(NotVerified, match="could not be held against what is remembered"):
        require_remembered(
            repository, world.tip(), without_past(tree), "sandbox", [Expectation(3, tree.root(3))]
        )


def pack(clone):
    """Take the pack of a clone away, and return it."""
    (path,) = (clone / ".git" / "objects" / "pack").glob("*.pack")
    data = path.read_bytes()
    for file in path.parent.iterdir():
        file.chmod(0o600)
        file.unlink()
    return data
