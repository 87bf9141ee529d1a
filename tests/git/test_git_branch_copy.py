"""A branch followed beside a clone: little is fetched, nothing in the clone changes, memory lasts."""

import os
import shutil
import time

import pytest
from support.fakegit import put_on_path
from support.faketime import START
from support.gitworld import GitWorld, git

from runner.git.branch_copy import BranchCopy
from runner.git.program import GitFailed
from runner.git.push import PushResult, compare_and_swap
from runner.git.repository import Repository

BRANCH = "refs/heads/audit/t"


@pytest.fixture
def world(tmp_path):
    """A branch of five commits with ten files each, on a remote that can leave things out."""
    world = GitWorld(tmp_path)
    git(world.origin, "config", "uploadpack.allowFilter", "true")
    repository, tip = world.repository(), None
    for number in range(5):
        files = {f"r/{number}/{name}": f"{number} {name}".encode() for name in range(10)}
        tip = repository.commit(tip, {**files, "newest": f"{number}".encode()}, "m", START)
        git(world.clone, "push", "--quiet", "origin", f"{tip}:{BRANCH}")
    git(world.root, "clone", "--quiet", "--single-branch", f"file://{world.origin}", "fresh")
    return world


def copy_in(world, name="fresh"):
    return BranchCopy.beside(world.repository(world.root / name), "origin", BRANCH, "audit/t")


def tip(world):
    return git(world.origin, "rev-parse", BRANCH)


def add(world, files):
    """One more commit by somebody else."""
    new = world.repository().commit(tip(world), files, "m", START)
    git(world.clone, "push", "--quiet", "origin", f"{new}:{BRANCH}")
    return new


def objects(folder):
    """How many objects of each kind a repository holds itself."""
    listing = git(folder, "cat-file", "--batch-check", "--batch-all-objects").splitlines()
    kinds = [line.split()[1] for line in listing]
    return {kind: kinds.count(kind) for kind in ("commit", "tree", "blob")}


def test_the_first_look_brings_one_commit_and_no_file(world):
    copy = copy_in(world)
    assert copy.seen is None
    assert copy.newest() == tip(world)
    assert objects(world.root / "fresh/.git/purgectl/audit/t.git") == {"commit": 1, "tree": 7, "blob": 0}


def test_files_come_when_they_are_read_many_by_one_request(world, tmp_path, monkeypatch):
    copy = copy_in(world)
    files = copy.listing(copy.newest(), ["r/", "newest"])
    put_on_path(tmp_path / "bin", f'echo "$@" >> {tmp_path}/calls; exec "$REAL" "$@"', monkeypatch)
    blobs = copy.blobs([file.blob for file in files])
    monkeypatch.undo()
    expected = {f"r/{n}/{k}": f"{n} {k}".encode() for n in range(5) for k in range(10)} | {"newest": b"4"}
    assert dict(zip((file.path for file in files), blobs, strict=True)) == expected
    calls = (tmp_path / "calls").read_text().splitlines()
    assert len([call for call in calls if " fetch " in call]) == 1
    assert copy.blobs([file.blob for file in files]) == blobs


def test_reading_a_file_never_fetches_it_alone(world):
    """Were the copy a promisor's, git itself would fetch each missing object when it is read."""
    copy = copy_in(world)
    newest = copy.newest()
    assert copy.blob(newest, "newest") is None
    (entry,) = copy.listing(newest, ["newest"])
    assert all(copy.git.ask("cat-file", "-e", name).code for name in (entry.blob, "0" * 40))


def test_what_the_remote_does_not_have_is_a_failure(world):
    copy = copy_in(world)
    copy.newest()
    with pytest.raises(GitFailed, match="cannot fetch files of refs/heads/audit/t from origin"):
        copy.blobs(["1" * 40])


def test_what_came_since_the_tip_that_was_seen_comes_whole(world):
    copy = copy_in(world)
    first = copy.newest()
    copy.remember(first)
    second = add(world, {"newest": b"5", "r/5/0": b"new"})
    third = add(world, {"newest": b"6"})
    later = copy_in(world)
    assert (later.seen, later.newest()) == (first, third)
    assert [commit.id for commit in later.history(third, first)] == [second, third]
    assert later.descends(third, first)
    assert later.blob(third, "newest") == b"6"
    assert objects(world.root / "fresh/.git/purgectl/audit/t.git")["commit"] == 3


def test_it_can_be_written_to_without_its_past(world):
    copy = copy_in(world)
    old = copy.newest()
    new = copy.commit(old, {"r/4/3": None, "r/9/9": b"x", "newest": b"5"}, "m", START)
    assert compare_and_swap(copy.wire, "origin", BRANCH, old, new).result is PushResult.LANDED
    assert git(world.origin, "rev-parse", f"{new}^") == old
    paths = git(world.origin, "ls-tree", "-r", "--name-only", new).split()
    assert len(paths) == 51
    assert "r/4/3" not in paths
    assert git(world.origin, "fsck", "--strict") == ""


def test_the_clone_itself_stays_as_it_was(world):
    folder = world.root / "fresh"
    before = git(folder, "for-each-ref"), (folder / ".git/config").read_text(), objects(folder)
    copy = copy_in(world)
    copy.remember(copy.newest())
    assert (git(folder, "for-each-ref"), (folder / ".git/config").read_text(), objects(folder)) == before
    assert git(folder, "rev-parse", "--is-shallow-repository") == "false"
    assert git(folder, "status", "--porcelain") == ""
    git(folder, "gc", "--quiet", "--prune=now")
    git(folder, "fsck")


def test_a_remote_that_leaves_nothing_out_sends_it_all(world):
    git(world.origin, "config", "uploadpack.allowFilter", "false")
    copy = copy_in(world)
    newest = copy.newest()
    assert objects(world.root / "fresh/.git/purgectl/audit/t.git") == {"commit": 1, "tree": 7, "blob": 51}
    assert copy.blob(newest, "newest") == b"4"


def test_without_the_branch_nothing_is_made(world):
    git(world.origin, "update-ref", "-d", BRANCH)
    assert copy_in(world).newest() is None
    assert list((world.root / "fresh/.git").glob("purgectl/audit/*")) == []


def test_a_remote_that_cannot_be_reached_leaves_nothing_half_done(world):
    shutil.move(world.origin, world.root / "gone.git")
    with pytest.raises(GitFailed, match="cannot fetch refs/heads/audit/t from origin"):
        copy_in(world).newest()
    assert list((world.root / "fresh/.git").glob("purgectl/audit/*")) == []


def test_of_two_that_begin_at_once_both_go_on_with_one_copy(world, monkeypatch):
    """The other is finished when this one wants to move its copy into place."""
    copy, real = copy_in(world), BranchCopy._made

    def slow(new):
        made = real(new)
        monkeypatch.setattr(BranchCopy, "_made", real)
        other = copy_in(world)
        other.remember(other.newest())
        return made

    monkeypatch.setattr(BranchCopy, "_made", slow)
    assert copy.newest() == tip(world) == copy.seen
    assert [path.name for path in (world.root / "fresh/.git/purgectl/audit").iterdir()] == ["t.git"]


def test_memory_goes_forward_only(world):
    copy = copy_in(world)
    first = copy.newest()
    copy.remember(first)
    second = add(world, {"newest": b"5"})
    copy.newest()
    copy.remember(second)
    copy.remember(first)
    assert copy_in(world).seen == second


def test_settings_of_the_clone_count_on_the_wire(world):
    """What a clone says about its remotes, such as an address or a header, is true of the copy as well."""
    git(world.root / "fresh", "config", f"url.file://{world.origin}.insteadOf", "short:")
    git(world.root / "fresh", "remote", "set-url", "origin", "short:")
    assert copy_in(world).newest() == tip(world)


@pytest.mark.parametrize("kind", ["bare", "work tree"])
def test_it_lies_where_all_work_trees_of_a_clone_find_it(world, kind):
    if kind == "bare":
        git(world.root, "clone", "--quiet", "--bare", f"file://{world.origin}", "other")
    else:
        git(world.root / "fresh", "worktree", "add", "--quiet", "--detach", str(world.root / "other"))
    copy_in(world, "other").newest()
    place = "other" if kind == "bare" else "fresh/.git"
    assert (world.root / place / "purgectl/audit/t.git/HEAD").is_file()


def test_object_ids_are_as_long_as_those_of_the_clone(tmp_path):
    """git knows two lengths; a copy must have that of its remote."""
    git(tmp_path, "init", "--quiet", "--bare", "--object-format=sha256", "origin.git")
    git(tmp_path, "init", "--quiet", "--object-format=sha256", "work")
    git(tmp_path / "work", "remote", "add", "origin", str(tmp_path / "origin.git"))
    git(tmp_path / "work", "commit", "--quiet", "--allow-empty", "--message", "m")
    git(tmp_path / "work", "push", "--quiet", "origin", f"HEAD:{BRANCH}")
    copy = BranchCopy.beside(Repository.open(tmp_path / "work"), "origin", BRANCH, "t")
    old = copy.newest()
    assert len(old) == 64
    new = copy.commit(old, {"a/b": b"x"}, "m", START)
    assert copy.blob(new, "a/b") == b"x"


def test_what_a_killed_process_left_is_swept_away_and_what_a_living_one_has_is_not(world):
    """With no tip remembered the next fetch is shallow again, and needs the lock that is there."""
    copy = copy_in(world)
    copy.newest()
    place = world.root / "fresh/.git/purgectl/audit/t.git"
    left = [place / "shallow.lock", place / "packed-refs.lock", place / "refs/purgectl/audit/t.lock"]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    half = place.with_name("new-1")
    (half / "objects").mkdir(parents=True)
    with pytest.raises(GitFailed, match=r"shallow\.lock"):
        copy.newest()
    assert all(path.exists() for path in (*left, half))
    an_hour_ago = time.time() - 3600
    for path in (*left, half):
        os.utime(path, (an_hour_ago, an_hour_ago))
    assert copy.newest() == tip(world)
    assert not any(path.exists() for path in (*left, half))
