"""A verification that goes on where the last one ended: what it reads, what it skips, what it says."""

import pytest
from support.auditdrafts import Drafting, key_draft
from support.forgery import extended, on_top, record_bytes, rewritten
from support.gitworld import ORIGIN, GitWorld, git

from runner.audit import layout, snapshot
from runner.audit.memory import Expectation
from runner.audit.records import encode
from runner.audit.trust import Trust
from runner.branch.verify import verify
from runner.errors import NotVerified
from runner.merkle.keys import Signer
from runner.merkle.tree import Tree, leaf_hash
from runner.model.log import RecordType

NEW = Signer.generate(ORIGIN)
EVENTS = ("purge.intended", "purge.completed")


@pytest.fixture(scope="module", params=[1000, 3], ids=["without a snapshot", "with snapshots"])
def world(tmp_path_factory, request):
    """A log whose key was rotated, with notices, and two records that came together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "SNAPSHOT_EVERY", request.param)
        world = GitWorld.with_log(tmp_path_factory.mktemp("world"))
        both = [world.signer.verifier, NEW.verifier]
        old = world.store(events=EVENTS, verifiers=both)
        old.append([Drafting(policy="one", intent=1).intended()])
        old.append([Drafting(policy="two").refused(), Drafting(policy="three").refused()])
        old.append([key_draft(RecordType.KEY_ADDED, NEW.verifier)])
        new = world.store(events=EVENTS, verifiers=both, signer=NEW)
        new.append([key_draft(RecordType.KEY_RETIRED, world.signer.verifier)])
        (notice,) = new.append([Drafting(policy="four").refused()]).log.outbox
        new.append([Drafting().delivered((notice.endpoint, notice.index))], settled=[notice])
        for number in range(4):
            new.append([Drafting(policy=f"more-{number}").refused()])
    git(world.clone, "fetch", "--quiet", "origin", "audit/sandbox")
    return world


def checkpoints(world):
    """Every checkpoint that the branch ever carried."""
    repository = world.repository()
    for commit in repository.history(world.tip()):
        _, size, root, *_ = repository.blob(commit.id, layout.CHECKPOINT).decode().split("\n")
        yield Expectation.parse(f"{size}:{root}")


def tree(world):
    count = max(checkpoints(world)).size
    return Tree(leaf_hash(record_bytes(world, index)) for index in range(count))


def checked(world, since, *given, tip=None, **options):
    trust = Trust(ORIGIN, "sandbox", tuple(signer.verifier for signer in given or (NEW,)))
    return verify(world.repository(), tip or world.tip(), trust, since=since, **options)


def test_every_checkpoint_that_ever_was_is_a_place_to_go_on_from(world):
    whole = checked(world, None)
    assert whole.since is None
    for given in (world.signer, NEW):
        for since in checkpoints(world):
            verification = checked(world, since, given)
            assert (verification.holds, verification.since) == (True, since)
            assert verification.checkpoint == whole.checkpoint
            assert (verification.keys, verification.pending) == (whole.keys, whole.pending)
            assert verification.commits < whole.commits


def test_what_was_verified_before_stands_for_a_key(world):
    """Whoever remembers a checkpoint needs no key that signed anything since."""
    first = min(checkpoints(world))
    assert checked(world, first, Signer.generate(ORIGIN)).holds
    assert not checked(world, None, Signer.generate(ORIGIN)).holds


@pytest.mark.parametrize("size", [0, 2, 99])
def test_a_checkpoint_that_the_branch_does_not_have_is_compared_after_everything_was_checked(world, size):
    """No checkpoint over nothing, none amid records that came together, none beyond the end."""
    if size == 2:
        size = next(s for s in range(1, 99) if s not in {item.size for item in checkpoints(world)})
    known = tree(world)
    since = Expectation(size, known.root(min(size, known.size)))
    verification = checked(world, since)
    assert verification.since is None
    assert verification.expectations == (since,)
    assert verification.commits == checked(world, None).commits
    assert [problem.message for problem in verification.problems] == (
        [f"the log once had 99 records and now has {known.size}: it was cut"] if size == 99 else []
    )


def test_another_root_is_told_and_everything_is_checked(world):
    size = max(checkpoints(world)).size
    verification = checked(world, Expectation(size, bytes(32)))
    assert verification.since is None
    assert "are not those of the expected root" in verification.problems[0].message


def test_a_branch_that_was_written_anew_by_whoever_has_the_key_is_told(world, tmp_path):
    other = GitWorld(tmp_path, signer=world.signer)
    other.open_log()
    other.store().append([Drafting(policy="false").refused()])
    git(other.clone, "fetch", "--quiet", "origin", "audit/sandbox")
    remembered = sorted(checkpoints(world))[1]
    trust = Trust(ORIGIN, "sandbox", (world.signer.verifier,))
    assert verify(other.repository(), other.tip(), trust).holds
    verification = verify(other.repository(), other.tip(), trust, since=remembered)
    assert any("expected root" in problem.message for problem in verification.problems)


def test_every_lie_that_came_since_is_found(world):
    since = sorted(checkpoints(world))[-3]
    last = max(checkpoints(world)).size
    more = encode(Drafting(policy="forged").refused())
    for tip, says in [
        (on_top(world, {layout.record_path(1): b"{}"}), "record 1 was changed"),
        (on_top(world, {layout.record_path(last - 1): None}), f"record {last - 1} was deleted"),
        (on_top(world, {layout.FRONTIER: b"x"}), "not what the records make it"),
        (extended(world, [more], world.signer), "no key that the log trusts"),
        (extended(world, [more], NEW, root=bytes(32)), "does not match the signed root"),
        (extended(world, [record_bytes(world, last - 1)], NEW), "has the id of record"),
    ]:
        verification = checked(world, since, tip=tip)
        assert verification.since == since
        assert any(says in problem.message for problem in verification.problems), says
    assert checked(world, since, tip=extended(world, [more], NEW)).holds


def test_what_was_taken_as_given_is_not_looked_at_again(world):
    """A lie in the history before it: the full check finds it, the other says that it did not look."""

    def tamper(number, changes):
        if number == 1:
            changes["README.md"], changes["extra"] = b"x", b"x"
        if number == 2:
            changes["extra"] = None

    tip, since = rewritten(world, tamper), sorted(checkpoints(world))[-2]
    assert "extra is no part of a log" in [
        problem.message for problem in checked(world, None, tip=tip).problems
    ]
    assert checked(world, since, tip=tip).holds


def test_a_shallow_clone_that_reaches_back_far_enough_will_do_and_another_will_not(world, tmp_path):
    url = f"file://{world.origin}"
    git(tmp_path, "clone", "--quiet", "--depth", "3", "--branch", "audit/sandbox", url, "shallow")
    trust = Trust(ORIGIN, "sandbox", (NEW.verifier,))
    repository = world.repository(tmp_path / "shallow")
    known = sorted(checkpoints(world))
    assert verify(repository, world.tip(), trust, since=known[-3]).holds
    for since in (None, known[0]):
        with pytest.raises(NotVerified, match="shallow"):
            verify(repository, world.tip(), trust, since=since)


def test_an_older_memory_beside_it_is_compared_or_it_is_said_that_it_was_not(world):
    known, since = tree(world), max(checkpoints(world))
    read_from = checked(world, since).records[0].index
    for size in range(1, since.size):
        older = Expectation(size, known.root(size))
        try:
            assert checked(world, since, expectations=[older]).holds
        except NotVerified:
            assert size < read_from
        assert checked(world, None, expectations=[older]).holds
