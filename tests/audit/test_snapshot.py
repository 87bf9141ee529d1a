"""Snapshots: what a runner believes of them, what an auditor checks, and what they must not forget."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.auditdrafts import Drafting
from support.faketime import START
from support.forgery import extended, flipped, on_top, rewritten
from support.gitworld import ORIGIN, RUNNER, GitWorld, git

from runner.audit import layout, outbox, snapshot
from runner.audit.identity import record_id
from runner.audit.records import canonical, encode, opened, parse
from runner.audit.snapshot import BadSnapshot, digest, drafted, due, read_snapshot
from runner.audit.trust import Trust
from runner.branch.ledger import Ledger
from runner.branch.verify import verify
from runner.errors import LogBroken, Refused
from runner.merkle.keys import Signer
from runner.model.log import Draft, RecordType

D = Drafting()
EVENTS = ("purge.intended", "purge.completed")
EVERY = 5


@pytest.fixture(autouse=True)
def often(monkeypatch):
    monkeypatch.setattr(snapshot, "SNAPSHOT_EVERY", EVERY)


@pytest.fixture(scope="module")
def still(tmp_path_factory):
    """A log to read and to lie about."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "SNAPSHOT_EVERY", EVERY)
        return written(tmp_path_factory.mktemp("still"))


@pytest.fixture
def world(still, tmp_path):
    """The same log, to write to."""
    return still.copied(tmp_path)


def written(folder):
    """A log with snapshots at 5 and at 10 records, purges in several states, and three notices."""
    world = GitWorld(folder)
    world.open_log(baseline=["old"])
    store = world.store(events=EVENTS)
    store.append([D.intended()])
    (notice,) = store.append([D.submitted()]).log.outbox
    store.append([D.ended(), D.verified()])
    store.append([D.delivered(notice.key), heartbeat()], settled=[notice])
    store.append([Drafting(policy="young").refused()])
    store.append([Drafting(policy="other", intent=9).intended()])
    store.append([Drafting(policy="other", intent=9).submitted("job-2")])
    store.append([Drafting(policy="third", intent=12).intended()])
    return world


def heartbeat():
    fields = {"day": "2026-11-23", "open": 0, "waiting": 0, "dead": 0, "runner": RUNNER}
    return Draft(RecordType.LOG_HEARTBEAT, record_id(ORIGIN, RecordType.LOG_HEARTBEAT, fields), START, fields)


def by(session):
    """The drafts of another process."""
    return replace(D, runner={**RUNNER, "session": session})


def kinds(world):
    """The types of all records, by index."""
    records = verify(world.repository(), world.tip(), world.trust).records
    return [record.type.value for record in records]


def file(world, tip=None):
    return world.repository().blob(tip or world.tip(), layout.SNAPSHOT)


def fresh(world, name="fresh", **options):
    """A store on a clone that has never seen the log."""
    return world.store(world.another_clone(name), **options)


def published(world, folder, commit, clone="victim"):
    """A store on a clone of a remote where the branch is at a commit that it should not be at."""
    remote = folder / "forged.git"
    git(folder, "clone", "--quiet", "--bare", str(world.origin), str(remote))
    git(world.clone, "push", "--quiet", "--force", str(remote), f"{commit}:{world.branch}")
    git(folder, "clone", "--quiet", str(remote), clone)
    return world.store(folder / clone)


def test_a_snapshot_comes_first_in_the_push_that_is_due(still):
    found = kinds(still)
    assert [index for index, kind in enumerate(found) if kind == "log.snapshot"] == [5, 10]
    record = verify(still.repository(), still.tip(), still.trust).records[10]
    assert record.body["size"] == 10
    assert record.body["sha256"] == digest(file(still))
    assert "runner" not in record.body


def test_a_fresh_clone_knows_what_an_old_one_knows(world):
    old, new = world.store().load(), fresh(world).load()
    assert [record.index for record in new.records] == [10, 11, 12]
    assert replace(new, records=()) == replace(old, records=())
    assert new.purges[D.purge_id].verdict == "PASS"
    assert list(new.baseline) == [Drafting(policy="old").purge_id]
    assert new.heartbeat_at == START
    assert [notice.index for notice in new.outbox] == [3, 9, 12]


def test_the_log_goes_on_from_a_fresh_clone_as_from_an_old_one(world):
    """Proofs from sizes before the snapshot, changed and removed entries, one more snapshot."""
    store = fresh(world, events=EVENTS)
    first, second, _ = store.load().outbox
    store.append([], attempted=[replace(second, attempts=1, last_result="http-503", last_at=START)])
    store.append([D.delivered(first.key)], settled=[first])
    store.append([Drafting(policy="third", intent=12).submitted("job-3")])
    store.append([Drafting(policy="third", intent=12).ended(job="job-3")])
    log = store.append([Drafting(policy=f"more-{number}").refused() for number in range(9)]).log
    assert verify(world.repository(), world.tip(), world.trust).problems == ()
    assert kinds(world).count("log.snapshot") == 3
    bodies = [json.loads(notice.body)["data"] for notice in log.outbox]
    told = [(body["index"], body["consistency"]["old_size"]) for body in bodies]
    assert told == [(9, 5), (12, 10), (16, 13)]
    assert log == store.load()
    assert replace(fresh(world, "later").load(), records=()) == replace(log, records=())


def test_a_clone_goes_on_from_what_it_saw_last(world):
    """Its own memory lies before the newest snapshot; somebody else wrote since."""
    store = fresh(world)
    other = fresh(world, "other")
    store.load()
    other.append([by(f"run {number}").delivered(("elsewhere", 1)) for number in range(EVERY)])
    other.append([Drafting(policy="last").refused()])
    log = world.store(world.root / "fresh").load()
    assert [record.index for record in log.records] == list(range(10, 20))
    assert kinds(world)[18] == "log.snapshot"


def test_nothing_that_happened_before_a_snapshot_happens_twice(world):
    store = fresh(world)
    tip = world.tip()
    again = store.append([Drafting(policy="young").refused(), heartbeat()])
    assert (again.landed, world.tip()) == ((), tip)
    assert set(again.known) == {Drafting(policy="young").refused().id, heartbeat().id}
    for draft in (D.intended(), D.submitted(), D.ended(), D.verified(), D.verified("FAIL")):
        with pytest.raises(Refused, match="log has moved on"):
            store.append([draft])


def forged_purge(data):
    """A snapshot in which a finished purge has never happened, in the right form."""
    body = json.loads(data)
    body["purges"] = [purge for purge in body["purges"] if purge["id"] != D.purge_id]
    return canonical(body)


@pytest.mark.parametrize(
    ("lie", "says"),
    [
        (lambda world: {layout.SNAPSHOT: forged_purge(file(world))}, "another snapshot"),
        (lambda world: {layout.SNAPSHOT: flipped(file(world))}, "snapshot"),
        (lambda world: {layout.SNAPSHOT: b""}, "cannot be read"),
        (lambda world: {layout.SNAPSHOT: None}, "state/snapshot is not what the records make it"),
        (lambda world: {layout.SNAPSHOT: older(world)}, "state/snapshot is not what the records make it"),
        (lambda world: {layout.record_path(12): b"{}"}, "record 12"),
        (lambda world: {layout.record_path(12): None}, "record 12 is missing"),
        (lambda world: {layout.record_path(13): b"{}"}, "record 13 is not covered"),
        (lambda world: {layout.record_path(11): encode(Drafting(policy="x").refused())}, "signed root"),
        (lambda world: {layout.CHECKPOINT: b"x"}, "not a signed note"),
        (lambda world: {layout.FRONTIER: b"x"}, "state/frontier is not"),
        (lambda world: {layout.ATTRIBUTES: None}, ".gitattributes is not"),
        (lambda world: {"state/extra": b"x"}, "no part of a log"),
        (lambda world: {layout.newest_path("governance"): None}, "governance.json is not"),
        (lambda world: {layout.newest_path("governance"): b'{"size":7}'}, "governance.json is not"),
        (lambda world: {layout.newest_path("governance"): b'{"size":14}'}, "governance.json is not"),
        (lambda world: {layout.newest_path("governance"): outbox.newest(11)}, "newer than the newest notice"),
        (lambda world: {layout.outbox_path("governance", 9): entry(world, 12)}, "another record or endpoint"),
        (lambda world: {layout.outbox_path("governance", 9): other_body(world)}, "another body"),
        (lambda world: {layout.outbox_path("other", 9): entry(world, 9)}, "another record or endpoint"),
    ],
)
def test_what_the_tip_itself_gives_away_stops_a_fresh_runner(still, lie, says, tmp_path):
    store = published(still, tmp_path, on_top(still, lie(still)))
    with pytest.raises(LogBroken) as caught:
        store.load()
    assert says in caught.value.message


def older(world):
    """The file of the snapshot before the newest."""
    commits = world.repository().history(world.tip())
    files = [change for commit in commits for change in commit.changes if change.path == layout.SNAPSHOT]
    (data,) = world.repository().blobs([files[0].blob])
    return data


def entry(world, index):
    return world.repository().blob(world.tip(), layout.outbox_path("governance", index))


def other_body(world):
    notice = outbox.read_entry(entry(world, 9))
    body = notice.body.replace(b'"specversion":"1.0"', b'"specversion":"1.1"')
    return outbox.entry(replace(notice, body=body))


def test_what_lies_before_the_snapshot_is_seen_by_the_auditor_alone(still, tmp_path):
    """The old record is changed in the commit that brought it, so the tip has only a wrong old file."""

    def tamper(number, changes):
        if number == 1:
            changes[layout.record_path(1)] = encode(D.intended(counts={"matched": 7}))

    tip = rewritten(still, tamper)
    assert published(still, tmp_path, tip).load().checkpoint.size == 13
    problems = verify(still.repository(), tip, still.trust).problems
    assert (problems[0].message, problems[0].first) == ("record 1 does not match the signed root", 1)


def lying(world, change):
    """A commit by somebody with the key whose snapshot, properly recorded, is not what the records make."""
    body = change(json.loads(fresh_summary(world)))
    data = canonical(body)
    draft = drafted(ORIGIN, 13, data, START)
    return extended(world, [encode(draft)], files={layout.SNAPSHOT: data})


def fresh_summary(world):
    """The bytes that an honest snapshot of the present state would have."""
    ledger = Ledger(world.trust)
    records = verify(world.repository(), world.tip(), world.trust).records
    sizes = world.repository().blob(world.tip(), layout.newest_path("governance"))
    ledger.signatures.open(records[0].data)
    for record in records:
        ledger.whereabouts.newest = newest_before(world, record.index)
        ledger.take(record.index, record.data)
    ledger.whereabouts.newest = {"governance": outbox.read_newest(sizes)}
    return ledger.summary()


def newest_before(world, size):
    """What the file of the endpoint said when the log had so many records."""
    found = {}
    for commit in world.repository().history(world.tip()):
        note = world.repository().blob(commit.id, layout.CHECKPOINT)
        if int(note.split(b"\n")[1]) <= size:
            data = world.repository().blob(commit.id, layout.newest_path("governance"))
            found = {"governance": outbox.read_newest(data)} if data else {}
    return found


def test_an_honest_snapshot_by_hand_is_sound(still, tmp_path):
    tip = lying(still, lambda body: body)
    assert verify(still.repository(), tip, still.trust).problems == ()
    assert published(still, tmp_path, tip).load().checkpoint.size == 14


@pytest.mark.parametrize(
    "change",
    [
        lambda body: {**body, "purges": body["purges"][1:]},
        lambda body: {**body, "baseline": {}},
        lambda body: {**body, "newest": {}, "nodes": body["nodes"][:3]},
        lambda body: {**body, "heartbeat_at": None},
        lambda body: {**body, "keys": []},
    ],
)
def test_a_lie_under_the_key_is_named_by_the_auditor_and_by_whoever_was_there(still, change, tmp_path):
    """A fresh runner believes what the key signed: that is why somebody has to audit."""
    honest = still.tip()
    lie = lying(still, change)
    store = published(still, tmp_path, honest)
    store.load()
    git(still.clone, "push", "--quiet", str(tmp_path / "forged.git"), f"{lie}:{still.branch}")
    (problem, *_) = verify(still.repository(), lie, still.trust).problems
    assert problem.first == 13
    assert "hash of another snapshot" in problem.message
    for witness in (store, still.store(tmp_path / "victim")):
        with pytest.raises(LogBroken, match="another snapshot"):
            witness.load()


def test_a_snapshot_of_another_moment_is_named(still):
    data = fresh_summary(still)
    draft = drafted(ORIGIN, 12, data, START)
    tip = extended(still, [encode(draft)], files={layout.SNAPSHOT: data})
    (problem, *_) = verify(still.repository(), tip, still.trust).problems
    assert "other records than those before it" in problem.message


def test_none_is_written_that_a_host_would_refuse(world, monkeypatch):
    monkeypatch.setattr("runner.branch.ledger.LARGEST_SNAPSHOT", 100)
    store = world.store()
    for number in range(3 * EVERY):
        store.append([Drafting(policy=f"more-{number}").refused()])
    assert kinds(world).count("log.snapshot") == 2
    assert fresh(world).load().checkpoint.size == 13 + 3 * EVERY


def test_what_only_moves_a_notice_brings_no_snapshot(world):
    store = world.store(events=EVENTS)
    log = store.append([Drafting(policy=f"more-{number}").refused() for number in range(2 * EVERY)]).log
    tried = replace(log.outbox[0], attempts=1, last_result="connect", last_at=START)
    assert store.append([], attempted=[tried]).log.checkpoint.size == log.checkpoint.size


@pytest.mark.parametrize(
    ("size", "last", "purges", "expected"),
    [
        (5, 0, 0, True),
        (4, 0, 0, False),
        (9, 5, 0, False),
        (10, 5, 5, True),
        (10, 5, 6, False),
        (11, 5, 6, True),
    ],
)
def test_when_a_snapshot_is_due(size, last, purges, expected):
    assert due(size, last, purges) is expected


def sound_file():
    """The file of a small snapshot."""
    key = Signer.generate(ORIGIN).verifier
    ledger = Ledger(Trust(ORIGIN, "sandbox", (key,)))
    first = encode(opened(ORIGIN, "sandbox", [str(key)], [], RUNNER, START))
    ledger.signatures.open(first)
    ledger.take(0, first)
    ledger.whereabouts.newest = {"governance": 1}
    ledger.take(1, encode(replace(D, at=START + timedelta(seconds=1)).intended()))
    return ledger.summary()


FILE = sound_file()


def test_a_file_is_read_as_it_was_written():
    read = read_snapshot(FILE)
    assert read.file() == FILE
    assert (read.tree.size, read.newest) == (2, {"governance": 1})
    assert read.newest_at == START + timedelta(seconds=1)
    assert parse(1, encode(D.intended())).body["purge_id"] in read.purges


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"size": 0},
        {"size": -1},
        {"size": 3},
        {"size": 2**53 - 1},
        {"size": "2"},
        {"nodes": []},
        {"nodes": ["AAAA"]},
        {"newest": {"governance": 3}},
        {"newest": {"governance": 0}},
        {"newest": []},
        {"purges": [{}]},
        {"purges": None},
        {"keys": [{"key": "x", "since": 0, "until": None, "trusted_size": None}]},
        {"newest_at": "yesterday"},
        {"newest_at": None},
        {"more": 1},
    ],
)
def test_another_form_is_no_snapshot(changes):
    with pytest.raises(BadSnapshot, match="the snapshot cannot be read"):
        read_snapshot(canonical({**json.loads(FILE), **changes}))


@given(st.integers(0, len(FILE) - 1), st.integers(0, 7))
def test_a_flipped_bit_is_another_snapshot_or_none(place, bit):
    data = flipped(FILE, place, 1 << bit)
    try:
        assert read_snapshot(data).file() != FILE
    except BadSnapshot:
        return


@given(st.binary(max_size=200))
def test_no_bytes_at_all_raise_anything_else(data):
    with pytest.raises(BadSnapshot):
        read_snapshot(data)
