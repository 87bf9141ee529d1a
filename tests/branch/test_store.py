"""The store against a real remote: appends, races, lost answers, rollbacks, and what is refused."""

import subprocess
from dataclasses import replace

import pytest
from support.auditdrafts import BODY, Drafting
from support.fakegit import put_on_path
from support.faketime import START, FakeTime
from support.gitworld import ORIGIN, GitWorld, git

from runner.audit.records import encode, parse
from runner.audit.state import fold
from runner.branch import store as store_module
from runner.errors import LogBroken, Refused, RemoteFailure
from runner.merkle.keys import Signer
from runner.model.purge import PurgeState

D = Drafting()
ALL = ("purge.intended", "purge.submitted", "purge.completed", "log.opened")


@pytest.fixture
def world(tmp_path):
    return GitWorld.with_log(tmp_path)


@pytest.fixture
def store(world):
    return world.store()


def test_what_is_appended_is_read_by_others(world, store):
    appended = store.append([D.intended()])
    assert [record.index for record in appended.landed] == [1]
    assert appended.known == ()
    assert appended.log == store.load() == world.store(world.another_clone("other")).load()
    purge = fold(appended.log.records)[D.purge_id]
    assert (purge.state, purge.intent) == (PurgeState.INTENDED, 1)
    path = f"{world.branch}:records/000/000/001.json"
    stored = subprocess.run(["git", "show", path], cwd=world.origin, capture_output=True).stdout
    assert stored == appended.landed[0].data == encode(D.intended())


def test_many_records_are_one_push(world, store):
    others = [Drafting(policy=f"p{number}").intended() for number in range(20)]
    appended = store.append([D.intended(), D.submitted(), *others])
    assert [record.index for record in appended.landed] == list(range(1, 23))
    assert git(world.origin, "rev-list", "--count", world.branch) == "2"
    message = git(world.origin, "log", "-1", "--format=%B", world.branch)
    assert message.splitlines()[0] == "purge.intended and 21 more"
    assert message.count("Record-Id: ") == 22


def test_nothing_to_append_is_no_push(world, store):
    tip = world.tip()
    appended = store.append([])
    assert (appended.landed, appended.known, world.tip()) == ((), (), tip)


def test_an_event_that_is_there_already_is_known_and_not_mine(world, store):
    other = world.store(world.another_clone("other"))
    other.append([D.intended(counts={"matched": 7})])
    appended = store.append([D.intended(), D.submitted()])
    assert appended.known == (D.intended().id,)
    assert [record.id for record in appended.landed] == [D.submitted().id]
    again = store.append([D.submitted()])
    assert (again.landed, again.known) == ((), (D.submitted().id,))


def test_without_a_branch_it_names_the_command_that_opens_one(tmp_path):
    world = GitWorld(tmp_path)
    for act in (lambda: world.store().load(), lambda: world.store().append([D.intended()])):
        with pytest.raises(Refused, match="has no log") as caught:
            act()
        assert "purgectl audit open --target sandbox" in caught.value.hint


def test_an_unreachable_remote_is_a_remote_failure(world, store):
    git(world.clone, "remote", "set-url", "origin", str(world.root / "gone.git"))
    with pytest.raises(RemoteFailure, match="cannot fetch"):
        store.load()


def test_a_second_load_and_an_append_verify_only_what_is_new(world, store, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "runner.branch.ledger.parse", lambda index, data: seen.append(index) or parse(index, data)
    )
    store.append([D.intended()])
    store.load()
    store.load()
    store.append([D.submitted(), D.ended()])
    world.store(world.another_clone("other")).append([D.verified()])
    assert seen[-5:] == [0, 1, 2, 3, 4]
    del seen[:]
    store.load()
    assert seen == [4]


def interfere(monkeypatch, *acts):
    """Let somebody else act right before each of the next pushes that are not their own."""
    real, waiting = store_module.compare_and_swap, list(acts)

    def push(*arguments):
        if waiting:
            act = waiting.pop(0)
            with monkeypatch.context() as undisturbed:
                undisturbed.setattr(store_module, "compare_and_swap", real)
                act()
        return real(*arguments)

    monkeypatch.setattr(store_module, "compare_and_swap", push)


def test_the_loser_of_a_race_builds_anew_on_the_winner(world, monkeypatch):
    clock = FakeTime()
    mine, other = world.store(clock=clock), world.store(world.another_clone("other"))
    rival = Drafting(policy="rival")
    interfere(
        monkeypatch,
        lambda: other.append([rival.intended()]),
        lambda: other.append([rival.refused()]),
    )
    appended = mine.append([D.intended()])
    assert [record.id for record in appended.log.records[1:]] == [
        rival.intended().id,
        rival.refused().id,
        D.intended().id,
    ]
    assert [record.index for record in appended.landed] == [3]
    assert clock.slept == [0.5, 1.0]


def test_the_loser_of_a_race_for_one_event_learns_that_it_is_not_its_own(world, monkeypatch):
    mine, other = world.store(), world.store(world.another_clone("other"))
    elsewhere = replace(D, runner={**D.runner, "session": "other"})
    interfere(monkeypatch, lambda: other.append([elsewhere.intended()]))
    appended = mine.append([D.intended()])
    assert (appended.landed, appended.known) == ((), (D.intended().id,))


def test_no_checkpoint_of_a_loser_reaches_the_remote(world, monkeypatch):
    mine, other = world.store(), world.store(world.another_clone("other"))
    interfere(monkeypatch, lambda: other.append([Drafting(policy="rival").intended()]))
    mine.append([D.intended()])
    listing = git(world.origin, "cat-file", "--batch-check", "--batch-all-objects").splitlines()
    blobs = [line.split()[0] for line in listing if " blob " in line]
    notes = {git(world.origin, "cat-file", "blob", blob) for blob in blobs}
    issued = {note for note in notes if note.startswith(f"{ORIGIN}\n")}
    history = git(world.origin, "rev-list", world.branch).split()
    assert issued == {git(world.origin, "show", f"{commit}:checkpoint") for commit in history}


CUT_AFTER = """
case "$*" in *" push "*) if mkdir {flag} 2>/dev/null; then "$REAL" "$@" >/dev/null 2>&1; exit 128; fi;; esac
exec "$REAL" "$@" """
CUT_BEFORE = """
case "$*" in *" push "*) if mkdir {flag} 2>/dev/null; then exit 128; fi;; esac
exec "$REAL" "$@" """


def test_a_push_whose_answer_was_lost_has_landed_and_is_mine(world, tmp_path, monkeypatch):
    put_on_path(tmp_path / "bin", CUT_AFTER.format(flag=tmp_path / "cut"), monkeypatch)
    appended = world.store(events=ALL).append([D.intended()])
    monkeypatch.undo()
    assert [record.id for record in appended.landed] == [D.intended().id]
    assert (appended.known, appended.log.checkpoint.size) == ((), 2)
    assert git(world.origin, "rev-list", "--count", world.branch) == "2"


class OutOfTime(FakeTime):
    """Five minutes pass with every look: whatever did not work at once was the last try."""

    def monotonic(self):
        self.elapsed += 300
        return self.elapsed


def test_whoever_is_out_of_time_looks_whether_the_last_push_landed(world, tmp_path, monkeypatch):
    """A push may hang for as long as an append may last."""
    put_on_path(tmp_path / "bin", CUT_AFTER.format(flag=tmp_path / "cut"), monkeypatch)
    appended = world.store(clock=OutOfTime()).append([D.intended()])
    monkeypatch.undo()
    assert [record.id for record in appended.landed] == [D.intended().id]


def test_a_last_push_that_did_not_land_is_given_up(world, tmp_path, monkeypatch):
    put_on_path(tmp_path / "bin", CUT_BEFORE.format(flag=tmp_path / "cut"), monkeypatch)
    with pytest.raises(RemoteFailure, match="in time"):
        world.store(clock=OutOfTime()).append([D.intended()])
    monkeypatch.undo()
    assert git(world.origin, "rev-list", "--count", world.branch) == "1"


def test_whoever_cannot_look_gives_up_on_what_may_have_landed(world, tmp_path, monkeypatch):
    gone = f"""{CUT_AFTER.format(flag=tmp_path / "cut").rsplit("exec", 1)[0]}
case "$*" in *" fetch "*) if [ -d {tmp_path}/cut ]; then exit 128; fi;; esac
exec "$REAL" "$@" """
    put_on_path(tmp_path / "bin", gone, monkeypatch)
    with pytest.raises(RemoteFailure, match="in time"):
        world.store(clock=OutOfTime()).append([D.intended()])
    monkeypatch.undo()
    assert git(world.origin, "rev-list", "--count", world.branch) == "2"


def test_the_clones_own_branch_follows_where_it_has_one(world):
    """So a person's ``git log origin/audit/sandbox`` is true after a run, and git itself finds it whole."""
    single = world.root / "single"
    git(world.root, "clone", "--quiet", "--single-branch", f"file://{world.origin}", "single")
    for folder, has_it in ((world.another_clone("everything"), True), (single, False)):
        store = world.store(folder)
        store.append([replace(D, policy=folder.name).intended()])
        store.show()
        tracking = git(folder, "for-each-ref", "--format=%(objectname)", "refs/remotes/origin/audit")
        assert tracking == (world.tip() if has_it else "")
        git(folder, "fsck", "--full", "--strict")
    git(world.root / "everything", "remote", "set-url", "origin", str(world.root / "gone.git"))
    world.store(world.root / "everything").show()


def test_a_push_that_was_lost_is_made_again(world, tmp_path, monkeypatch):
    put_on_path(tmp_path / "bin", CUT_BEFORE.format(flag=tmp_path / "cut"), monkeypatch)
    appended = world.store().append([D.intended()])
    monkeypatch.undo()
    assert [record.id for record in appended.landed] == [D.intended().id]
    assert appended.log.checkpoint.size == 2


def test_after_a_lost_push_somebody_elses_record_is_not_taken_for_mine(world, tmp_path, monkeypatch):
    other = world.store(world.another_clone("other"))
    elsewhere = replace(D, runner={**D.runner, "session": "other"})
    put_on_path(tmp_path / "bin", CUT_BEFORE.format(flag=tmp_path / "cut"), monkeypatch)

    class Meanwhile(FakeTime):
        def sleep(self, seconds):
            other.append([elsewhere.intended()])
            super().sleep(seconds)

    appended = world.store(clock=Meanwhile()).append([D.intended()])
    assert (appended.landed, appended.known) == ((), (D.intended().id,))


def test_the_same_draft_again_is_never_mine_a_second_time(store):
    assert store.append([D.intended()]).landed
    again = store.append([D.intended()])
    assert (again.landed, again.known) == ((), (D.intended().id,))


def test_a_server_that_says_no_ends_it_at_once(world, store):
    hook = world.origin / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(RemoteFailure, match="does not take the push") as caught:
        store.append([D.intended()])
    assert ORIGIN not in str(caught.value)


def test_a_fault_at_every_try_ends_in_five_minutes_and_not_after_a_count(world):
    (world.origin / f"{world.branch}.lock").touch()
    clock = FakeTime()
    with pytest.raises(RemoteFailure, match="could not be written in time") as caught:
        world.store(clock=clock).append([D.intended()])
    assert clock.elapsed == 300
    assert clock.slept[:8] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert "failed to update ref" in str(caught.value)


def test_an_unreachable_remote_is_tried_again_while_appending(world, tmp_path, monkeypatch):
    store = world.store()
    store.load()
    script = f"""
case "$*" in *" fetch "*)
  if mkdir {tmp_path}/one 2>/dev/null || mkdir {tmp_path}/two 2>/dev/null; then exit 128; fi;; esac
exec "$REAL" "$@" """
    put_on_path(tmp_path / "bin", script, monkeypatch)
    assert [record.index for record in store.append([D.intended()]).landed] == [1]


def test_a_remote_that_stays_away_is_a_remote_failure(world):
    git(world.clone, "remote", "set-url", "origin", str(world.root / "gone.git"))
    clock = FakeTime()
    with pytest.raises(RemoteFailure, match="could not be written"):
        world.store(clock=clock).append([D.intended()])
    assert clock.elapsed == 300


def test_only_a_trusted_key_writes(world):
    tip = world.tip()
    with pytest.raises(Refused, match="does not trust") as caught:
        world.store(signer=Signer.generate(ORIGIN)).append([D.intended()])
    assert caught.value.where == "policies/targets/sandbox.yaml"
    store = store_module.GitLogStore(
        world.repository(),
        world.trust,
        endpoints=[],
        signer=None,
        clock=FakeTime(),
        jitter=lambda ceiling: ceiling,
    )
    with pytest.raises(Refused, match="without its signing key"):
        store.append([D.intended()])
    assert store.load().checkpoint.size == 1
    assert world.tip() == tip


def test_a_record_that_is_too_large_is_refused_with_a_hint(store):
    policy = D.intended().fields["policy"]
    large = D.intended(policy={**policy, "body": {**BODY, "reason": "x" * 70_000}})
    with pytest.raises(Refused, match="65535 is the most") as caught:
        store.append([large])
    assert "shorten the policy" in caught.value.hint


def test_a_record_against_the_schema_or_given_twice_is_never_written(store):
    with pytest.raises(Refused, match="closed schema"):
        store.append([D.intended(limit="many")])
    with pytest.raises(ValueError, match="appended twice"):
        store.append([D.intended(), D.intended()])


def test_what_the_log_no_longer_allows_is_refused_and_nothing_is_written(world, store):
    tip = world.tip()
    with pytest.raises(Refused, match=r"log has moved on.*never announced"):
        store.append([Drafting(policy="other").intended(), D.submitted()])
    assert world.tip() == tip


def roll_back(world, tip):
    git(world.origin, "update-ref", world.branch, tip)


def test_a_rollback_is_seen_until_it_is_undone_also_by_a_later_process(world, store):
    first = world.tip()
    store.append([D.intended()])
    second = world.tip()
    roll_back(world, first)
    for act in (store.load, lambda: store.append([D.submitted()]), world.store().load):
        with pytest.raises(LogBroken, match="rewritten or rolled back") as caught:
            act()
        assert second in caught.value.where
    assert world.tip() == first
    roll_back(world, second)
    assert store.append([D.submitted()]).log.checkpoint.size == 3


def test_a_rewrite_by_somebody_with_the_key_is_seen(world, store):
    first = world.tip()
    store.append([D.intended()])
    roll_back(world, first)
    world.store(world.another_clone("other")).append([Drafting(policy="other").intended(), D.refused()])
    with pytest.raises(LogBroken, match="rewritten or rolled back"):
        store.load()


def test_a_rollback_right_before_the_push_is_seen(world, store, monkeypatch):
    first = world.tip()
    store.append([D.intended()])
    interfere(monkeypatch, lambda: roll_back(world, first))
    with pytest.raises(LogBroken, match="rewritten or rolled back"):
        store.append([D.submitted()])
    assert world.tip() == first


def test_a_branch_that_vanished_is_not_an_empty_log(world, store):
    store.load()
    git(world.origin, "update-ref", "-d", world.branch)
    for reader in (store, world.store()):
        with pytest.raises(LogBroken, match="has vanished from origin"):
            reader.load()
    with pytest.raises(Refused, match="a new one would hide that"):
        world.open_log()
    with pytest.raises(Refused, match="has no log"):
        world.store(world.another_clone("fresh")).load()


def test_a_log_that_does_not_verify_is_not_extended(world, store):
    other = world.another_clone("other")
    git(other, "switch", "--quiet", "audit/sandbox")
    (other / "records/000/000/000.json").write_text("{}")
    git(other, "commit", "--quiet", "--all", "--message", "tamper")
    git(other, "push", "--quiet")
    tip = world.tip()
    for act in (store.load, lambda: store.append([D.intended()]), lambda: world.store().load()):
        with pytest.raises(LogBroken, match="record 0 was changed") as caught:
            act()
        assert caught.value.where.startswith("records/000/000/000.json at ")
    assert world.tip() == tip


def test_a_key_that_is_not_trusted_breaks_the_log(world):
    with pytest.raises(LogBroken, match="no trusted key"):
        world.store(verifiers=[Signer.generate(ORIGIN).verifier]).load()


def test_a_shallow_checkout_of_main_does_not_matter(world, store):
    store.append([D.intended()])
    world.commit({"a": "1"})
    git(world.root, "clone", "--quiet", "--depth", "1", f"file://{world.origin}", "ci")
    assert world.store(world.root / "ci").append([D.submitted()]).log.checkpoint.size == 3


def test_what_a_clone_lacks_of_the_branch_does_not_matter(world, store):
    store.append([D.intended()])
    only = ("--depth", "1", "--branch", "audit/sandbox", f"file://{world.origin}")
    git(world.root, "clone", "--quiet", *only, "shallow")
    assert world.store(world.root / "shallow").append([D.submitted()]).log.checkpoint.size == 3


def pending(log):
    return [(notice.endpoint, notice.index, notice.attempts) for notice in log.outbox]


def test_notices_wait_until_they_are_settled(world):
    store = world.store(events=ALL)
    log = store.append([D.intended(), D.submitted()]).log
    assert pending(log) == [("governance", 1, 0), ("governance", 2, 0)]
    first, second = log.outbox
    tried = replace(second, attempts=1, last_result="http-503", last_at=START)
    size = log.checkpoint.size
    log = store.append([], attempted=[tried]).log
    assert log.checkpoint.size == size
    assert log.outbox == (first, tried)
    assert world.store().load() == log
    log = store.append([D.delivered(("governance", 1))], settled=[first]).log
    assert log.outbox == (tried,)
    assert world.store().load().outbox == (tried,)


def test_a_notice_carries_the_proof_from_the_one_before(world):
    store = world.store(events=ALL)
    store.append([Drafting(policy="quiet").refused()])
    store.append([replace(D, intent=2).intended()])
    log = store.append([replace(D, intent=2).submitted(), Drafting(policy="third").intended()]).log
    sizes = [notice.body.split(b'"old_size":')[1].split(b"}")[0] for notice in log.outbox]
    assert sizes == [b"0", b"3", b"5"]


def test_a_settled_notice_needs_its_record(world):
    store = world.store(events=ALL)
    (notice,) = store.append([D.intended()]).log.outbox
    with pytest.raises(ValueError, match="no record says"):
        store.append([], settled=[notice])


def test_what_another_run_has_settled_meanwhile_is_no_concern(world):
    mine, other = world.store(events=ALL), world.store(world.another_clone("other"), events=ALL)
    (notice,) = mine.append([D.intended()]).log.outbox
    elsewhere = replace(D, runner={**D.runner, "session": "other"})
    other.append([elsewhere.delivered(("governance", 1))], settled=[notice])
    log = mine.append([D.delivered(("governance", 1))], settled=[notice]).log
    assert log.outbox == ()
    tip = world.tip()
    assert mine.append([], attempted=[replace(notice, attempts=1)]).log.outbox == ()
    assert world.tip() == tip


def test_an_attempt_recorded_twice_is_no_second_push(world):
    store = world.store(events=ALL)
    (notice,) = store.append([D.intended()]).log.outbox
    tried = replace(notice, attempts=1, last_result="connect", last_at=START)
    store.append([], attempted=[tried])
    tip = world.tip()
    assert store.append([], attempted=[tried]).log.outbox == (tried,)
    assert world.tip() == tip
