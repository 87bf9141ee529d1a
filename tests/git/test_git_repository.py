"""A repository read and written by plumbing, in real repositories, whatever the user's settings."""

import os
import stat
from datetime import UTC, datetime

import pytest
from support.fakegit import put_on_path
from support.gitworld import GitWorld, git

from runner.errors import UsageError
from runner.git.main import MainBranch
from runner.git.program import GitFailed
from runner.git.repository import READ_LIMIT, Repository
from runner.model.source import EntryKind

WHEN = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    return GitWorld(tmp_path)


def test_it_is_found_from_any_subfolder_and_in_a_bare_repository(world):
    below = world.clone / "a" / "b"
    below.mkdir(parents=True)
    tip = git(world.clone, "rev-parse", "HEAD")
    assert Repository.open(below).resolve("refs/heads/main") == tip
    assert Repository.open(world.origin).resolve("refs/heads/main") == tip


def test_a_folder_that_is_no_repository_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="not a git repository") as caught:
        Repository.open(tmp_path)
    assert caught.value.where == str(tmp_path)


@pytest.mark.parametrize("name", ["refs/heads/none", "--all", "", "HEAD:README.md", "a..b"])
def test_what_names_no_commit_resolves_to_none(world, name):
    assert world.repository().resolve(name) is None


def test_a_tree_lists_every_entry_with_its_kind(world):
    folder = world.clone / "policies"
    folder.mkdir()
    (folder / "link.yaml").symlink_to("elsewhere")
    script = folder / "run.yaml"
    script.write_text("x")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    (folder / "big.yaml").write_bytes(b"x" * (READ_LIMIT + 1))
    (folder / "full.yaml").write_bytes(b"y" * READ_LIMIT)
    commit = world.commit({"policies/sub/a.yaml": b"\xff\x00\n", "policies/ä\n.yaml": "", "other": "o"})
    files = {file.path: file for file in world.repository().tree(commit, "policies")}
    assert list(files) == sorted(files)
    assert {path: (file.kind, file.size, len(file.data)) for path, file in files.items()} == {
        "policies/big.yaml": (EntryKind.FILE, READ_LIMIT + 1, 0),
        "policies/full.yaml": (EntryKind.FILE, READ_LIMIT, READ_LIMIT),
        "policies/link.yaml": (EntryKind.SYMLINK, 9, 0),
        "policies/run.yaml": (EntryKind.FILE, 1, 1),
        "policies/sub/a.yaml": (EntryKind.FILE, 3, 3),
        "policies/ä\n.yaml": (EntryKind.FILE, 0, 0),
    }
    assert files["policies/sub/a.yaml"].blob == git(world.clone, "rev-parse", "HEAD:policies/sub/a.yaml")


def test_a_submodule_and_a_name_that_is_not_utf8_are_entries(world):
    head = git(world.clone, "rev-parse", "HEAD")
    git(world.clone, "update-index", "--add", "--cacheinfo", f"160000,{head},policies/module")
    blob = git(world.clone, "hash-object", "-w", "--stdin", stdin=b"x")
    line = f"100644 {blob}\tpolicies/".encode() + b"\xe9.yaml\0"
    git(world.clone, "update-index", "-z", "--index-info", stdin=line)
    git(world.clone, "commit", "--quiet", "--message", "odd")
    files = world.repository().tree("HEAD", "policies")
    assert [(file.path, file.kind, file.data) for file in files] == [
        ("policies/\\xe9.yaml", EntryKind.FILE, b"x"),
        ("policies/module", EntryKind.OTHER, b""),
    ]


def test_a_commit_without_the_folder_has_no_files(world):
    assert world.repository().tree("HEAD", "policies") == ()


def test_blobs_come_in_order_and_missing_ones_are_none(world):
    commit = world.commit({"a": "1\n2\n", "b": b"", "d/e": "5"})
    names = [f"{commit}:a", f"{commit}:none", f"{commit}:d", f"{commit}:b", "0" * 40, f"{commit}:a"]
    repository = world.repository()
    assert repository.blobs(names) == [b"1\n2\n", None, None, b"", None, b"1\n2\n"]
    assert repository.blobs(names, limit=3) == [None, None, None, b"", None, None]
    assert repository.blobs([]) == []
    assert repository.blob(commit, "d/e") == b"5"


def test_history_tells_what_each_commit_changed(world):
    first = git(world.clone, "rev-parse", "HEAD")
    second = world.commit({"a": "1", "b": "2"})
    third = world.commit({"a": "3", "b": None})
    history = world.repository().history(third)
    assert [commit.id for commit in history] == [first, second, third]
    assert [commit.parents for commit in history] == [(), (first,), (second,)]
    changes = [[(change.status, change.path) for change in commit.changes] for commit in history]
    assert changes == [[("A", "README.md")], [("A", "a"), ("A", "b")], [("M", "a"), ("D", "b")]]
    assert world.repository().history(third, second) == history[2:]
    assert world.repository().history(third, third) == ()


def test_a_merge_shows_both_parents_and_follows_the_first(world):
    git(world.clone, "switch", "--quiet", "--create", "side")
    (world.clone / "s").write_text("s")
    git(world.clone, "add", "s")
    git(world.clone, "commit", "--quiet", "--message", "side")
    git(world.clone, "switch", "--quiet", "main")
    world.commit({"m": "m"})
    git(world.clone, "merge", "--quiet", "--no-ff", "--message", "merge", "side")
    merge = world.repository().history("HEAD")[-1]
    assert len(merge.parents) == 2
    assert [(change.status, change.path) for change in merge.changes] == [("A", "s")]


def test_a_shallow_beginning_is_seen(world):
    world.commit({"a": "1"})
    git(world.root, "clone", "--quiet", "--depth", "1", f"file://{world.origin}", "shallow")
    shallow = world.repository(world.root / "shallow")
    (only,) = shallow.history("HEAD")
    assert not shallow.complete(only.id)
    assert world.repository().complete(world.repository().history("HEAD")[0].id)


def test_replace_refs_and_grafts_do_not_bend_the_history(world):
    first = git(world.clone, "rev-parse", "HEAD")
    second = world.commit({"a": "1"})
    third = world.commit({"a": "2"})
    git(world.clone, "replace", second, first)
    (world.clone / ".git/info/grafts").write_text(f"{third} {first}\n")
    assert [commit.id for commit in world.repository().history(third)] == [first, second, third]


HOSTILE = """
[commit]
    gpgSign = true
[gpg]
    program = /bin/false
[core]
    autocrlf = true
    hooksPath = {hooks}
    fsmonitor = {hooks}/evil
    quotePath = true
    splitIndex = true
    sparseCheckout = true
    attributesFile = {hooks}/attributes
[i18n]
    commitEncoding = ISO-8859-1
[fetch]
    prune = true
    recurseSubmodules = true
[push]
    gpgSign = if-asked
    followTags = true
    recurseSubmodules = check
[remote "origin"]
    mirror = true
    tagOpt = --tags
[user]
    useConfigOnly = true
"""


@pytest.fixture
def hostile(world, monkeypatch, tmp_path):
    """A user without a name, with signing, hooks and filters: each hook would leave a mark."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    names = ["pre-commit", "pre-push", "reference-transaction", "post-index-change", "post-commit", "evil"]
    for name in names:
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/hook-ran\nexit 1\n")
        (hooks / name).chmod(0o755)
    (hooks / "attributes").write_text("* text eol=crlf\n")
    config = tmp_path / "gitconfig"
    config.write_text(HOSTILE.format(hooks=hooks))
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("HOME", str(tmp_path))
    yield world
    assert not (tmp_path / "hook-ran").exists()


def test_a_commit_is_the_same_whatever_the_user_has_set(hostile):
    repository = hostile.repository()
    data = b"line\r\nother\nlast"
    first = repository.commit(None, {"a/b": data, "c": b""}, "Fïrst\n\nTrailer: 1\n", WHEN)
    second = repository.commit(first, {"c": None, "d": b"d"}, "Second\n", WHEN)
    assert git(hostile.clone, "cat-file", "commit", first).splitlines()[1:] == [
        "author purgectl <purgectl@invalid> 1795424400 +0000",
        "committer purgectl <purgectl@invalid> 1795424400 +0000",
        "",
        "Fïrst",
        "",
        "Trailer: 1",
    ]
    assert git(hostile.clone, "ls-tree", "-r", "--name-only", second).split() == ["a/b", "d"]
    assert repository.blob(second, "a/b") == data
    assert git(hostile.clone, "status", "--porcelain") == ""


def test_fetching_touches_one_private_ref_and_nothing_else(hostile):
    git(hostile.origin, "tag", "v1", "main")
    git(hostile.clone, "branch", "--quiet", "mine")
    before = git(hostile.clone, "for-each-ref").splitlines()
    commit = hostile.repository().fetch("origin", "refs/heads/main", "refs/purgectl/main")
    assert commit == git(hostile.origin, "rev-parse", "main")
    after = git(hostile.clone, "for-each-ref").splitlines()
    assert [line for line in after if line not in before] == [f"{commit} commit\trefs/purgectl/main"]
    assert not (hostile.clone / ".git/FETCH_HEAD").exists()


def test_the_private_ref_follows_the_remote_also_backwards(world):
    repository = world.repository()
    first = git(world.clone, "rev-parse", "HEAD")
    second = world.commit({"a": "1"})
    assert repository.fetch("origin", "refs/heads/main", "refs/purgectl/main") == second
    git(world.origin, "update-ref", "refs/heads/main", first)
    assert repository.fetch("origin", "refs/heads/main", "refs/purgectl/main") == first


def test_an_absent_ref_is_none_and_an_unreachable_remote_a_failure(world):
    repository = world.repository()
    assert repository.fetch("origin", "refs/heads/none", "refs/purgectl/none") is None
    with pytest.raises(GitFailed, match="cannot fetch refs/heads/main from nowhere"):
        repository.fetch("nowhere", "refs/heads/main", "refs/purgectl/main")
    git(world.clone, "remote", "set-url", "origin", str(world.root / "gone.git"))
    with pytest.raises(GitFailed, match="does not appear to be a git repository"):
        repository.fetch("origin", "refs/heads/main", "refs/purgectl/main")


def test_a_ref_locked_by_another_process_is_tried_again(world, tmp_path, monkeypatch):
    script = f"""
case "$*" in *fetch*)
  if [ ! -e {tmp_path}/tried ]; then touch {tmp_path}/tried
    echo "error: cannot lock ref 'refs/purgectl/main': is at 1 but expected 2" >&2; exit 1; fi;;
esac
exec "$REAL" "$@" """
    put_on_path(tmp_path / "bin", script, monkeypatch)
    tip = world.repository().fetch("origin", "refs/heads/main", "refs/purgectl/main")
    assert tip == git(world.origin, "rev-parse", "main")


def test_a_partial_clone_reads_what_it_lacks(world):
    git(world.origin, "config", "uploadpack.allowFilter", "true")
    git(world.origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    world.commit({"policies/a.yaml": "a"})
    folder = world.root / "partial"
    git(world.root, "clone", "--quiet", "--filter=blob:none", "--bare", f"file://{world.origin}", "partial")
    main = MainBranch(world.repository(folder))
    assert [file.data for file in main.files(main.fetch())] == [b"a"]
