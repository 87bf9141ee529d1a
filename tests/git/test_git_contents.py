"""What stood on a branch: contents of files, from commits as values and from a real history."""

from datetime import UTC, datetime

from support.gitworld import GitWorld, git
from support.trees import policy

from runner.git.contents import Content, contents
from runner.git.repository import Change, Commit
from runner.git.times import commit_times

PATH = "policies/purges/a.yaml"


def below_purges(path):
    return path.startswith("policies/purges/")


def changed(status, path, blob):
    return Change(status, path, "100644", blob)


def test_a_content_stands_until_it_is_replaced_or_removed():
    commits = [
        Commit("c1", (), (changed("A", PATH, "one"), changed("A", "README.md", "x"))),
        Commit("c2", ("c1",), (changed("M", PATH, "two"), changed("A", "policies/holds/h.yaml", "h"))),
        Commit("c3", ("c2",), (changed("D", PATH, ""),)),
        Commit("c4", ("c3",), (changed("A", PATH, "one"),)),
    ]
    assert contents(commits, below_purges) == (
        Content(PATH, "100644", "one", "c1", "c2"),
        Content(PATH, "100644", "two", "c2", "c3"),
        Content(PATH, "100644", "one", "c4"),
    )


def test_a_merge_a_squash_and_a_rename_are_told_by_the_first_parent(tmp_path):
    world = GitWorld(tmp_path)
    work = world.clone
    git(work, "switch", "--quiet", "--create", "topic")
    (work / PATH).parent.mkdir(parents=True)
    for text in (b"draft\n", policy("a").data):
        (work / PATH).write_bytes(text)
        git(work, "add", "--all")
        git(work, "commit", "--quiet", "--message", "work")
    git(work, "switch", "--quiet", "main")
    git(work, "merge", "--quiet", "--no-ff", "--message", "Merge", "topic")
    merge = git(work, "rev-parse", "HEAD")
    git(work, "mv", PATH, "policies/purges/b.yaml")
    git(work, "commit", "--quiet", "--message", "Rename")
    rename = git(work, "rev-parse", "HEAD")
    blob = git(work, "rev-parse", "HEAD:policies/purges/b.yaml")
    repository = world.repository()
    found = contents(repository.history(rename), below_purges)
    assert found == (
        Content(PATH, "100644", blob, merge, rename),
        Content("policies/purges/b.yaml", "100644", blob, rename),
    )


def test_times_are_those_of_the_committer_and_an_absurd_one_is_far_away(tmp_path):
    world = GitWorld(tmp_path)
    git(
        world.clone,
        *("commit", "--quiet", "--allow-empty", "--message", "x"),
        GIT_COMMITTER_DATE="1700000000 +0500",
        GIT_AUTHOR_DATE="1600000000 +0000",
    )
    tip = git(world.clone, "rev-parse", "HEAD")
    repository = world.repository()
    times = commit_times(repository.git, tip)
    assert times[tip] == datetime.fromtimestamp(1_700_000_000, UTC)
    assert len(times) == 2
    raw = git(world.clone, "cat-file", "commit", tip).replace("1700000000", "99999999999999") + "\n"
    forged = git(world.clone, "hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode())
    assert commit_times(repository.git, forged)[forged].year == 9999
