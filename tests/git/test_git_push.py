"""The push as a compare-and-swap: every answer of a real server, and the words of others."""

import pytest
from support.fakegit import put_on_path
from support.faketime import START
from support.gitworld import GitWorld, git

from runner.git.push import PushResult, compare_and_swap
from runner.git.repository import Repository

REF = "refs/heads/audit/sandbox"


@pytest.fixture
def world(tmp_path):
    return GitWorld(tmp_path)


@pytest.fixture
def repository(world) -> Repository:
    return world.repository()


def make(repository, parent, text):
    return repository.commit(parent, {"file": text.encode()}, text, START)


def push(repository, old, new):
    return compare_and_swap(repository.git, "origin", REF, old, new).result


def remote_tip(world):
    return git(world.origin, "rev-parse", REF)


def install_hook(world, name, script):
    hook = world.origin / "hooks" / name
    hook.write_text(f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)


def test_only_the_first_creates_the_branch(world, repository):
    one, two = make(repository, None, "one"), make(repository, None, "two")
    assert push(repository, None, one) is PushResult.LANDED
    assert push(repository, None, two) is PushResult.LOST_RACE
    assert remote_tip(world) == one


def test_only_a_push_from_the_exact_tip_lands(world, repository):
    first = make(repository, None, "first")
    left, right = make(repository, first, "left"), make(repository, first, "right")
    assert push(repository, None, first) is PushResult.LANDED
    assert push(repository, first, left) is PushResult.LANDED
    assert push(repository, first, right) is PushResult.LOST_RACE
    assert remote_tip(world) == left
    assert push(repository, first, left) is PushResult.LANDED  # what I meant stands there already


def test_a_branch_that_was_rolled_back_does_not_take_a_fast_forward(world, repository):
    first = make(repository, None, "first")
    second = make(repository, first, "second")
    third = make(repository, second, "third")
    push(repository, None, first)
    push(repository, first, second)
    git(world.origin, "update-ref", REF, first)
    assert push(repository, second, third) is PushResult.LOST_RACE
    assert remote_tip(world) == first


def test_a_branch_that_vanished_is_not_created_again(world, repository):
    first = make(repository, None, "first")
    push(repository, None, first)
    git(world.origin, "update-ref", "-d", REF)
    assert push(repository, first, make(repository, first, "second")) is PushResult.LOST_RACE


def test_a_server_that_forbids_forced_pushes_agrees(world, repository):
    git(world.origin, "config", "receive.denyNonFastForwards", "true")
    first = make(repository, None, "first")
    assert push(repository, None, first) is PushResult.LANDED
    assert push(repository, first, make(repository, first, "second")) is PushResult.LANDED


def test_a_server_that_says_no_is_told_apart_from_a_race(world, repository):
    install_hook(world, "pre-receive", "echo 'GH013: rule violations' >&2; exit 1")
    pushed = compare_and_swap(repository.git, "origin", REF, None, make(repository, None, "first"))
    assert pushed.result is PushResult.REFUSED
    assert "pre-receive hook declined" in pushed.reason


def test_an_unreachable_remote_leaves_the_outcome_unknown(world, repository):
    git(world.clone, "remote", "set-url", "origin", str(world.root / "gone.git"))
    pushed = compare_and_swap(repository.git, "origin", REF, None, make(repository, None, "first"))
    assert pushed.result is PushResult.UNKNOWN
    assert "does not appear to be a git repository" in pushed.reason


def test_a_connection_cut_after_the_server_took_the_push_leaves_it_unknown(
    world, repository, tmp_path, monkeypatch
):
    first = make(repository, None, "first")
    put_on_path(
        tmp_path / "bin", '"$REAL" "$@" >/dev/null 2>&1; echo "fatal: cut off" >&2; exit 128', monkeypatch
    )
    pushed = compare_and_swap(repository.git, "origin", REF, None, first)
    monkeypatch.undo()
    assert (pushed.result, pushed.reason) == (PushResult.UNKNOWN, "fatal: cut off")
    assert remote_tip(world) == first


@pytest.mark.parametrize(
    ("summary", "meaning"),
    [
        (" \tX\t0..1", PushResult.LANDED),
        ("*\tX\t[new branch]", PushResult.LANDED),
        ("=\tX\t[up to date]", PushResult.LANDED),
        ("!\tX\t[rejected] (stale info)", PushResult.LOST_RACE),
        ("!\tX\t[rejected] (fetch first)", PushResult.LOST_RACE),
        ("!\tX\t[rejected] (non-fast-forward)", PushResult.LOST_RACE),
        ("!\tX\t[remote rejected] (failed to update ref)", PushResult.LOST_RACE),
        ("!\tX\t[remote rejected] (cannot lock ref 'X': is at 1 but expected 2)", PushResult.LOST_RACE),
        ("!\tX\t[remote rejected] (incorrect old value provided)", PushResult.LOST_RACE),
        ("!\tX\t[remote rejected] (reference already exists)", PushResult.LOST_RACE),
        ("!\tX\t[remote rejected] (protected branch hook declined)", PushResult.REFUSED),
        ("!\tX\t[remote rejected] (push declined due to repository rule violations)", PushResult.REFUSED),
        ("!\tX\t[remote rejected] (unheard of)", PushResult.REFUSED),
        ("!\tX\t[remote failure] (remote failed to report status)", PushResult.UNKNOWN),
        ("!\tX\t[remote rejected] (Internal Server Error)", PushResult.UNKNOWN),
        ("", PushResult.UNKNOWN),
        (" \trefs/heads/main:refs/heads/main\t0..1", PushResult.UNKNOWN),
    ],
)
def test_what_servers_answer(world, tmp_path, monkeypatch, summary, meaning):
    answer = summary.replace("\tX\t", f"\t{'1' * 40}:{REF}\t")
    (tmp_path / "answer").write_text(f"To /somewhere\n{answer}\nDone\n")
    repository = world.repository()
    put_on_path(tmp_path / "bin", f"cat {tmp_path}/answer; exit 1", monkeypatch)
    assert push(repository, None, "1" * 40) is meaning


def test_a_push_without_an_answer_in_time_is_unknown(world, tmp_path, monkeypatch):
    monkeypatch.setattr("runner.git.push.NETWORK_SECONDS", 0.3)
    repository = world.repository()
    put_on_path(tmp_path / "bin", "sleep 600", monkeypatch)
    assert push(repository, None, "1" * 40) is PushResult.UNKNOWN
