"""The birth of a log, and what it says about policies that were there before."""

import json

import pytest
from support.fakegit import put_on_path
from support.faketime import START, FakeTime
from support.gitworld import ORIGIN, RUNNER, GitWorld, git
from support.trees import file, policy

from runner.audit.identity import purge_id
from runner.audit.records import opened
from runner.branch.opening import baseline_of, open_log
from runner.errors import Refused, RemoteFailure
from runner.git.branch_copy import BranchCopy
from runner.merkle.keys import Signer


@pytest.fixture
def world(tmp_path):
    return GitWorld(tmp_path)


def test_the_first_commit_has_the_whole_layout(world):
    log = world.open_log()
    assert git(world.origin, "ls-tree", "-r", "--name-only", world.branch).split() == [
        ".gitattributes",
        "README.md",
        "checkpoint",
        "records/000/000/000.json",
        "state/frontier",
    ]
    assert (log.checkpoint.origin, log.checkpoint.size, log.tip) == (ORIGIN, 1, world.tip())
    assert git(world.origin, "rev-list", "--count", world.branch) == "1"
    raw = git(world.origin, "cat-file", "commit", world.branch).splitlines()
    assert raw[1] == "author purgectl <purgectl@invalid> 1795424400 +0000"
    assert raw[-1] == f"Record-Id: {log.records[0].id}"
    body = json.loads(git(world.origin, "show", f"{world.branch}:records/000/000/000.json"))
    assert body["log"] == {"origin": ORIGIN, "keys": [str(world.signer.verifier)]}
    assert world.store().load() == log


def test_a_log_is_opened_once(world):
    tip = world.open_log().tip
    with pytest.raises(Refused, match="has a log already"):
        world.open_log()
    assert world.tip() == tip


def test_a_race_to_open_has_one_winner(world, monkeypatch):
    """The other opens between this one's look and its push."""
    world.open_log()
    world.forget()
    monkeypatch.setattr(BranchCopy, "newest", lambda copy: None)
    later = FakeTime()
    later.sleep(1)
    with pytest.raises(Refused, match="has a log already"):
        world.open_log(clock=later)


def draft(world):
    return opened(ORIGIN, "sandbox", [str(world.signer.verifier)], [], RUNNER, START)


@pytest.mark.parametrize(("signer", "says"), [(None, "without its signing key"), ("other", "does not trust")])
def test_only_a_trusted_key_opens(world, signer, says):
    key = Signer.generate(ORIGIN) if signer else None
    with pytest.raises(Refused, match=says):
        open_log(world.repository(), world.trust, draft(world), signer=key, clock=FakeTime())
    assert git(world.origin, "for-each-ref", "refs/heads/audit") == ""


def test_a_server_that_refuses_and_one_that_cannot_be_reached(world):
    hook = world.origin / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(RemoteFailure, match="does not take the branch"):
        world.open_log()
    git(world.clone, "remote", "set-url", "origin", str(world.root / "gone.git"))
    with pytest.raises(RemoteFailure, match="cannot fetch"):
        world.open_log()


def test_a_lost_answer_is_looked_up(world, tmp_path, monkeypatch):
    script = """case "$*" in *" push "*) "$REAL" "$@" >/dev/null 2>&1; exit 128;; esac; exec "$REAL" "$@" """
    put_on_path(tmp_path / "bin", script, monkeypatch)
    log = world.open_log()
    monkeypatch.undo()
    assert log.tip == world.tip()


def test_a_lost_push_is_not_taken_for_a_log(world, tmp_path, monkeypatch):
    script = """case "$*" in *" push "*) exit 128;; esac; exec "$REAL" "$@" """
    put_on_path(tmp_path / "bin", script, monkeypatch)
    with pytest.raises(RemoteFailure, match="not known whether"):
        world.open_log()


def test_the_baseline_names_every_policy_of_the_target():
    files = [
        policy("b", revision=3),
        policy("a"),
        policy("elsewhere", target="other"),
        file("policies/README.md", "# hello\n"),
    ]
    entries = baseline_of(files, "sandbox", ORIGIN)
    assert [(entry["policy"], entry["revision"], entry["path"]) for entry in entries] == [
        ("b", 3, "policies/purges/b.yaml"),
        ("a", 1, "policies/purges/a.yaml"),
    ]
    assert entries[0]["purge_id"] == purge_id(ORIGIN, "sandbox", "b", 3)
    assert baseline_of(files, "third", ORIGIN) == ()


@pytest.mark.parametrize(
    "broken",
    [
        file("policies/purges/x.yaml", b"\xff"),
        file("policies/purges/x.yaml", "a: [\n"),
        policy("x", without=("target",)),
        policy("x", target=7),
        policy("x", retentionDays="2557"),
        policy("x", revision=0),
    ],
)
def test_a_policy_that_cannot_be_read_keeps_the_log_closed(broken):
    with pytest.raises(Refused, match="policy on main is not valid") as caught:
        baseline_of([policy("good"), broken], "sandbox", ORIGIN)
    assert caught.value.where.startswith("policies/purges/x.yaml:")


def test_a_broken_policy_of_another_target_does_not_matter():
    assert baseline_of([policy("x", target="other", retentionDays="2557")], "sandbox", ORIGIN) == ()


def test_too_many_policies_for_one_record_are_refused_with_the_way_out(world):
    names = [f"a-rather-long-name-of-a-policy-number-{number}" for number in range(400)]
    with pytest.raises(Refused, match="too many policies stand on main") as caught:
        world.open_log(baseline=names)
    assert "before the policies" in caught.value.hint
