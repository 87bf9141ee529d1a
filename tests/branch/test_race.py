"""Many processes, one branch: each event exactly once, in one line, under one root."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.gitworld import GitWorld, git

from runner.branch.verify import verify

SUPPORT = Path(__file__).resolve().parents[1]
WRITER = """
import random, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from runner.merkle.keys import Signer
from runner.branch.store import GitLogStore
from runner.audit.trust import Trust
from runner.cli.clock import SystemClock
from runner.git.repository import Repository
from runner.model.target import Webhook
from support.auditdrafts import Drafting
from support.gitworld import ORIGIN, RUNNER

name, folder, key, count = sys.argv[1:]
signer = Signer.parse(key)
store = GitLogStore(
    Repository.open(Path(folder)),
    Trust(ORIGIN, "sandbox", (signer.verifier,)),
    endpoints=[Webhook("governance", frozenset({{"purge.refused"}}))],
    signer=signer,
    clock=SystemClock(),
    jitter=lambda ceiling: random.uniform(0, ceiling / 5),
)
runner = {{**RUNNER, "session": name}}
mine = 0
for number in range(int(count)):
    own = Drafting(policy=f"{{name}}-{{number}}", runner=runner).refused()
    shared = Drafting(policy=f"shared-{{number}}", runner=runner).refused()
    mine += len(store.append([own, shared]).landed)
print(mine)
"""


def run(world, folders, count):
    """Let one process for each folder write at the same time; return what each calls its own."""
    script = WRITER.format(tests=str(SUPPORT))
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, f"w{number}", str(folder), world.signer.secret(), str(count)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number, folder in enumerate(folders)
    ]
    own = []
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        own.append(int(out))
    return own


@pytest.mark.parametrize(
    "shared_clone",
    [pytest.param(False, marks=pytest.mark.slow), True],
    ids=["a clone each", "one clone for all"],
)
def test_every_event_is_there_exactly_once(tmp_path, shared_clone):
    world = GitWorld.with_log(tmp_path)
    writers, count = 4, 5
    folders = [world.clone if shared_clone else world.another_clone(f"c{n}") for n in range(writers)]
    own = run(world, folders, count)
    assert sum(own) == writers * count + count
    git(world.clone, "fetch", "--quiet", "origin", "audit/sandbox")
    verification = verify(world.repository(), world.tip(), world.trust)
    assert verification.holds, verification.problems
    policies = [record.body["policy"]["name"] for record in verification.records[1:]]
    expected = {f"w{n}-{k}" for n in range(writers) for k in range(count)}
    expected |= {f"shared-{k}" for k in range(count)}
    assert sorted(policies) == sorted(expected)
    assert verification.pending == len(policies)
    assert git(world.origin, "rev-list", "--merges", world.branch) == ""
