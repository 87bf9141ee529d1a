"""The example receiver of docs/examples as a process of its own, a witness against real logs."""

import ast
import importlib.util
import json
import os
import subprocess
import sys
import urllib.request
from base64 import b64decode, b64encode
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.auditdrafts import Drafting
from support.faketime import START, FakeTime
from support.gitworld import GitWorld, git
from support.journey import Journey
from support.sandbox import sandbox

from runner.merkle.tree import Tree
from runner.model.notice import Delivery
from runner.net.connection import Route
from runner.notices.delivery import Endpoint, WebhookNotifier
from runner.notices.signature import Secret

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "examples" / "receiver.py"
VECTORS = SCRIPT.parents[3] / "shared" / "vectors" / "merkle" / "inclusion"
KEY = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + b64encode(KEY).decode()
EVENTS = ("purge.refused",)
NEW, KNOWN, NOT_PROVEN = Delivery(True, "http-204"), Delivery(True, "http-200"), Delivery(False, "http-409")


class Witness:
    """The script at work, as its clients and the person at its terminal see it."""

    def __init__(self, process, folder):
        self._process = process
        self._folder = folder
        self.url = process.stdout.readline().split()[-1]
        self.environment = {"GOVERNANCE_WEBHOOK_URL": self.url, "GOVERNANCE_WEBHOOK_SECRET": SECRET}

    def deliver(self, notice, key=KEY, clock=None):
        time = clock or FakeTime()
        if clock is None:
            time.elapsed = (datetime.now(UTC) - START).total_seconds()
        endpoints = {notice.endpoint: Endpoint(self.url, Secret(key))}
        with closing(WebhookNotifier(endpoints, time, Route("purgectl/test"), sandbox=True)) as notifier:
            return notifier.deliver(notice)

    def knows(self):
        """Size and root, as ``--expect`` wants them."""
        with urllib.request.urlopen(self.url) as answer:
            return answer.read().decode()

    def alarms(self):
        """What it has said on standard error so far."""
        return (self._folder / "stderr").read_text()


@contextmanager
def receiver(folder):
    variables = {"PATH": os.environ["PATH"], "WEBHOOK_SECRET": SECRET}
    with (
        (folder / "stderr").open("a") as errors,
        subprocess.Popen(
            [sys.executable, "-I", str(SCRIPT), str(folder / "state.json"), "0"],
            env=variables, stdout=subprocess.PIPE, stderr=errors, text=True,
        ) as process,
    ):  # fmt: skip
        try:
            yield Witness(process, folder)
        finally:
            process.kill()


@pytest.fixture
def witness(tmp_path):
    with receiver(tmp_path) as witness:
        yield witness


def log(root):
    root.mkdir()
    return GitWorld.with_log(root)


def write(store, *names):
    """One push with a record for each name; return their notices."""
    records = store.append([Drafting(policy=name).refused() for name in names])
    told = {record.index for record in records.landed}
    return [notice for notice in records.log.outbox if notice.index in told]


def expectation(log):
    return f"{log.checkpoint.size}:{b64encode(log.checkpoint.root).decode()}"


def test_it_needs_nothing_but_python():
    tree = ast.parse(SCRIPT.read_text())
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


def test_it_follows_a_log_and_remembers_it(tmp_path, witness):
    store = log(tmp_path / "log").store(events=EVENTS)
    assert witness.knows() == "0:"
    for names in (["a"], ["b", "c", "d"], ["e"], [f"f{number}" for number in range(30)], ["g"]):
        notices = write(store, *names)
        assert [witness.deliver(notice) for notice in notices] == [NEW] * len(names)
    assert witness.knows() == expectation(store.load())
    assert [witness.deliver(notice) for notice in notices] == [KNOWN]
    with receiver(tmp_path) as later:
        assert later.knows() == expectation(store.load())
        assert later.deliver(notices[0]) == KNOWN
    assert witness.alarms() == ""


def test_a_notice_that_is_missing_is_missed_until_it_comes(tmp_path, witness):
    store = log(tmp_path / "log").store(events=EVENTS)
    (first,), (second,), (third,) = write(store, "a"), write(store, "b"), write(store, "c")
    assert witness.deliver(first) == NEW
    assert witness.deliver(third) == NOT_PROVEN
    assert "a gap: 2 records were shown here, and this follows 3" in witness.alarms()
    assert [witness.deliver(notice) for notice in (second, third)] == [NEW, NEW]


def test_a_full_rewrite_by_whoever_holds_the_key_is_found(tmp_path, witness):
    honest = log(tmp_path / "honest")
    store = honest.store(events=EVENTS)
    assert [witness.deliver(notice) for notice in write(store, "a", "b")] == [NEW, NEW]
    seen = witness.knows()
    (tmp_path / "forged").mkdir()
    forged = GitWorld(tmp_path / "forged", signer=honest.signer)
    forged.open_log()
    rewritten = forged.store(events=EVENTS)
    silenced = write(rewritten, "a", "somebody-else")
    assert [witness.deliver(notice) for notice in silenced] == [NOT_PROVEN, NOT_PROVEN]
    (next_one,) = write(rewritten, "c")
    assert b'"old_size":3' in next_one.body
    assert witness.deliver(next_one) == NOT_PROVEN
    assert witness.alarms().count("ALARM: history was rewritten") == 2
    assert witness.alarms().count("ALARM: another body") == 1
    assert witness.knows() == seen
    assert [witness.deliver(notice) for notice in write(store, "c")] == [NEW]


def test_what_it_remembers_is_what_an_audit_expects(tmp_path, witness):
    (tmp_path / "org").mkdir()
    with sandbox() as box:
        journey = Journey(tmp_path / "org", box.environment | witness.environment)
        journey.merge()
        done = journey.apply()
    assert done.code == 0, done.err
    assert done.json["notices"]["delivered"] == 1
    git(journey.world.clone, "fetch", "--quiet", "origin")
    audit = ("audit", "verify", "--target", "sandbox", "--expect")
    assert journey.run(*audit, witness.knows()).code == 0
    size, _ = witness.knows().split(":")
    assert journey.run(*audit, f"{size}:{b64encode(b'x' * 32).decode()}").code == 6


def test_a_log_that_was_cut_and_went_on_is_found(tmp_path, witness):
    world = log(tmp_path / "log")
    store = world.store(events=EVENTS)
    (first,) = write(store, "a")
    short = world.tip()
    (second,) = write(store, "b")
    assert [witness.deliver(notice) for notice in (first, second)] == [NEW, NEW]
    (tmp_path / "fork").mkdir()
    fork = GitWorld(tmp_path / "fork", signer=world.signer)
    git(world.clone, "push", "--quiet", str(fork.origin), f"{short}:{world.branch}")
    (other,) = write(fork.store(events=EVENTS), "another-b")
    assert witness.deliver(other) == NOT_PROVEN
    assert "ALARM" in witness.alarms()


def test_a_body_under_a_known_id_is_the_same_or_refused(tmp_path, witness):
    (notice,) = write(log(tmp_path / "log").store(events=EVENTS), "a")
    assert witness.deliver(notice) == NEW
    assert witness.deliver(replace(notice, body=notice.body + b" ")) == NOT_PROVEN
    assert "another body" in witness.alarms()


def test_a_record_that_was_changed_on_the_way_is_not_in_the_log(tmp_path, witness):
    (notice,) = write(log(tmp_path / "log").store(events=EVENTS), "a")
    changed = replace(notice, body=notice.body.replace(b"RET-003", b"RET-002"))
    assert witness.deliver(changed) == Delivery(False, "http-400")
    assert witness.knows() == "0:"


def test_only_who_knows_the_secret_is_heard_and_only_in_time(tmp_path, witness):
    (notice,) = write(log(tmp_path / "log").store(events=EVENTS), "a")
    assert witness.deliver(notice, key=KEY[::-1]) == Delivery(False, "http-401")
    assert witness.deliver(notice, clock=FakeTime()) == Delivery(False, "http-401")
    assert witness.deliver(notice) == NEW


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 20_000, b'{"id":"x","data":{}}', b'{"id":[],"data":1}',
     b'{"id":"x","data":{"proof":"a\\n\\nb","record":{},"index":0,"consistency":{}}}',
     b'{"id":"x","data":{"proof":"a\\nb\\n\\nc\\n' + b"9" * 5000 + b'\\n","record":{},"index":0}}',
     b'{"id":"x","data":{"proof":"a\\nb\\n\\nc\\n0\\n\\n","record":{},"index":0}}',
     b'{"id":"x","data":{"proof":"a\\nb\\n\\nc\\n9\\nAA==\\n","record":"\\ud800","index":"0"}}'],
)  # fmt: skip
def test_what_is_no_notice_is_refused_and_the_receiver_lives(tmp_path, witness, body):
    (notice,) = write(log(tmp_path / "log").store(events=EVENTS), "a")
    assert witness.deliver(replace(notice, body=body)) == Delivery(False, "http-400")
    assert witness.deliver(notice) == NEW
    assert "Traceback" not in witness.alarms()


def example():
    spec = importlib.util.spec_from_file_location("receiver_example", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RECEIVER = example()
LEAVES = [bytes([number]) * 32 for number in range(40)]
TREE = Tree(LEAVES)


@given(st.integers(1, 40).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))))
def test_its_inclusion_proofs_are_the_standards(place):
    index, size = place
    path = TREE.inclusion(index, size)
    assert RECEIVER.root_with(LEAVES[index], index, size, list(path)) == TREE.root(size)
    if path:
        forged = [b"\xff" * 32, *path[1:]]
        assert RECEIVER.root_with(LEAVES[index], index, size, forged) != TREE.root(size)
    assert RECEIVER.root_with(b"\xff" * 32, index, size, list(path)) != TREE.root(size)


@given(
    st.integers(1, 40).flatmap(lambda size: st.tuples(st.integers(1, size), st.just(size))),
    st.integers(0, 10),
)
def test_its_consistency_proofs_are_the_standards(sizes, place):
    old, new = sizes
    path = list(TREE.consistency(old, new))
    was, becomes = TREE.root(old), TREE.root(new)
    assert RECEIVER.roots(old, was, new, path) == (was, becomes)
    if path:
        path[place % len(path)] = b"\x00" * 32
        assert RECEIVER.roots(old, was, new, path) != (was, becomes)
    if old < new:
        forged = b"\x01" * 32
        assert RECEIVER.roots(old, forged, new, list(TREE.consistency(old, new))) != (forged, becomes)


def holds(case):
    leaf, root = b64decode(case["leafHash"] or ""), b64decode(case["root"] or "")
    path = [b64decode(line) for line in case["proof"] or ()]
    try:
        return len(leaf) == 32 and RECEIVER.root_with(leaf, case["leafIdx"], case["treeSize"], path) == root
    except (RecursionError, ValueError):
        return False


@pytest.mark.skipif(
    not VECTORS.is_dir(), reason="optional: the published Merkle vectors are not in this repository"
)
def test_proofs_that_others_published_are_judged_as_they_say():
    cases = [json.loads(path.read_text()) for path in sorted(VECTORS.rglob("*.json"))]
    assert {case["wantErr"] for case in cases} == {True, False}
    assert [case for case in cases if holds(case) is case["wantErr"]] == []
