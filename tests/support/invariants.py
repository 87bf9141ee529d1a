"""What must hold whatever died, raced or was cut off: one checker, from outside every process.

It reads the bare remote, what the sandbox and its receiver saw, and what processes printed or left
behind. It takes no run's word for anything, and shares no code with the product but the command
``purgectl audit verify``, which it runs in a clone of its own.
"""

from __future__ import annotations

import json
import re
import subprocess
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from support.barelog import NOTE, ROOT, Branch
from support.gitworld import ORIGIN, git
from support.journey import EVENTS, Journey
from support.sandbox import Sandbox

from runner.sandbox.data import generate

STATEMENTS = (
    NOTE,
    re.compile(rf"\b(\d+):({ROOT})"),
    re.compile(rf'"size":\s*(\d+),\s*"root":\s*"({ROOT})"'),
    re.compile(rf"log at (\d+) records?, root ({ROOT})"),
)
"""Every form in which a checkpoint is shown: a signed note, and a size with its root."""
ADDRESS = re.compile(rb"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}")
SECRETS = ("AUDIT_SIGNING_KEY", "GENESYS_CLOUD_CLIENT_SECRET", "GOVERNANCE_WEBHOOK_SECRET")
UNDECIDED = frozenset({"purge.intended", "purge.ambiguous", "purge.resolved"})
WITH_JOB = frozenset({"purge.submitted", "purge.completed", "purge.cancelled", "purge.verified"})


@dataclass(frozen=True)
class Aftermath:
    """What processes have left: the remote, the platform, the receiver, and ``outputs`` of any kind."""

    journey: Journey
    box: Sandbox
    outputs: Sequence[bytes] = ()

    @cached_property
    def branch(self) -> Branch:
        return Branch(self.journey.world.origin, self.journey.world.branch)

    @cached_property
    def effective(self) -> list[dict[str, Any]]:
        """Every purge request that started a job."""
        return [entry for entry in self.box.submissions() if entry["effect"]]

    @cached_property
    def notices(self) -> list[dict[str, Any]]:
        return self.box.notices()

    def kinds(self) -> list[str]:
        """The types of all records, in order."""
        return [record["type"] for record in self.branch.records]

    def last_words(self) -> dict[str, str]:
        """The type of the newest record about every purge, by purge id."""
        return {r["purge_id"]: r["type"] for r in self.branch.records if "purge_id" in r}

    def check(self) -> Aftermath:
        """Fail with every broken invariant, each in a sentence."""
        broken = [
            *self._verified(),
            *self._jobs(),
            *self._outbox(),
            *self._receiver(),
            *self._witness(),
            *self._checkpoints(),
            *self._leaks(),
        ]
        assert not broken, "\n".join([*broken, *map(str, self.kinds())])
        return self

    def _verified(self) -> Iterator[str]:
        """The log verifies from zero, its history is one line, and no id occurs twice."""
        world = self.journey.world
        done = self.journey.run(
            *("audit", "verify", "--target", world.target, "--format", "json"),
            at=world.another_clone(f"auditor-{uuid.uuid4().hex}"),
        )
        if done.code != 0:
            yield f"audit verify exits with {done.code}: {done.out}{done.err}"
        elif done.json["checkpoint"] != {
            "origin": ORIGIN,
            "size": len(self.branch.leaves),
            "root": self.branch.roots[-1],
        }:
            yield f"audit verify speaks of another log: {done.out}"
        if any(len(ids) != (1 if first else 2) for first, ids in _with_first(self.branch.commits)):
            yield "the history of the log is not one line"
        if [record["v"] for record in self.branch.records] != [1] * len(self.branch.records):
            yield "a record has no version"
        for name, times in Counter(record["id"] for record in self.branch.records).items():
            if times > 1:
                yield f"the record {name} is there {times} times"

    def _jobs(self) -> Iterator[str]:
        """At most one effective job a purge; none, or one unknown, only with a record that says so."""
        accepted = {entry["correlation_id"] for entry in self.effective}
        submitted = [r for r in self.branch.records if r["type"] == "purge.submitted"]
        for what, values in (
            ("purge", [record["purge_id"] for record in submitted]),
            ("job", [record["job"]["id"] for record in submitted]),
            ("request", [r["correlation_id"] for r in submitted if not r["recovered"]]),
        ):
            yield from (f"{what} {v} was submitted {n} times" for v, n in Counter(values).items() if n > 1)
        known = {record["correlation_id"] for record in submitted}
        for record in submitted:
            if not record["recovered"] and record["correlation_id"] not in accepted:
                yield f"purge {record['purge_id']} was submitted by no request that the platform took"
        with_job = {record["purge_id"] for record in submitted}
        undecided = sum(
            last in UNDECIDED and purge not in with_job for purge, last in self.last_words().items()
        )
        unknown = len(accepted - known) - sum(record["recovered"] for record in submitted)
        if unknown > undecided:
            yield f"{unknown} jobs are in no record, but only {undecided} purges are undecided"
        for purge, last in self.last_words().items():
            if last in WITH_JOB and purge not in with_job:
                yield f"purge {purge} is {last}, but nobody submitted it"
        intents = self.kinds().count("purge.intended")
        if len(accepted) > intents:
            yield f"{len(accepted)} requests had an effect, but only {intents} were announced"

    def fates(self) -> dict[tuple[str, int], str]:
        """What the records say of every notice, by endpoint and index: pending, delivered or dead."""
        records = self.branch.records
        found = {("governance", n): "pending" for n, r in enumerate(records) if r["type"] in EVENTS}
        for record in records:
            kind, _, fate = str(record["type"]).partition(".")
            if kind == "notice":
                for told in record.get("deliveries") or record["notices"]:
                    assert (told["endpoint"], told["index"]) in found, f"no such notice: {told}"
                    found[told["endpoint"], told["index"]] = "pending" if fate == "replayed" else fate
        return found

    def _outbox(self) -> Iterator[str]:
        """Each notifiable record is delivered, dead or pending; what is delivered has arrived."""
        fates = self.fates()
        paths = [path.split("/") for path in self.branch.files if path.startswith("outbox/")]
        waiting = {(endpoint, int(name.removesuffix(".json"))) for _, endpoint, name in paths}
        if waiting != {key for key, fate in fates.items() if fate == "pending"}:
            yield f"the outbox holds {sorted(waiting)}, but the records say {fates}"
        received = {(notice["endpoint"], notice["id"]) for notice in self.notices}
        for (endpoint, index), fate in fates.items():
            if fate == "delivered" and (endpoint, self.branch.records[index]["id"]) not in received:
                yield f"record {index} is said to be delivered, and {endpoint} never got it"

    def _receiver(self) -> Iterator[str]:
        """Every notice that arrived tells of a record of the log, word for word."""
        records, fates = self.branch.records, self.fates()
        for notice in self.notices:
            data = notice["body"]["data"]
            if (notice["endpoint"], data["index"]) not in fates or records[data["index"]] != data["record"]:
                yield f"{notice['endpoint']} was told of something that is in no record: {notice['id']}"
            elif notice["id"] != data["record"]["id"]:
                yield f"the notice {notice['id']} tells of record {data['record']['id']}"

    def _witness(self) -> Iterator[str]:
        """What the receiver has seen is one growing log, and this is that log."""
        told = [r["id"] for r in self.branch.records if r["type"] in EVENTS]
        seen = {notice["id"]: notice["body"]["data"] for notice in self.notices}
        before: int | None = 0
        for name in told:
            if name not in seen:
                before = None
                continue
            found = NOTE.search(seen[name]["proof"])
            assert found is not None, "a notice without a checkpoint"
            size, old = int(found[1]), seen[name]["consistency"]["old_size"]
            if (size, found[2]) not in self.branch.issued:
                yield f"the notice {name} carries a checkpoint that the branch never had"
            if before is not None and old != before:
                yield f"the notice {name} goes on from {old} records, the one before ended at {before}"
            before = size

    def _checkpoints(self) -> Iterator[str]:
        """No checkpoint is anywhere but those that the branch has carried."""
        for size, root in self.branch.issued:
            if size > len(self.branch.roots) or self.branch.roots[size - 1] != root:
                yield f"the branch carried a checkpoint over {size} records that is not true"
        for source, text in self._texts():
            for form in STATEMENTS:
                for size, root in form.findall(text):
                    if (int(size), root) not in self.branch.issued:
                        yield f"{source} holds a checkpoint over {size} records that was never issued"
        for folder in [self.journey.world.origin, *self._clones(), *self._copies()]:
            for ref in git(folder, "for-each-ref", "--format=%(refname)").splitlines():
                done = subprocess.run(["git", "show", f"{ref}:checkpoint"], cwd=folder, capture_output=True)
                if done.returncode == 0 and done.stdout.decode() not in self.branch.notes:
                    yield f"{ref} of {folder.name} holds a checkpoint that was never issued"

    def _leaks(self) -> Iterator[str]:
        """No secret, no person and no interaction is in a record, a notice or an output."""
        texts = [*self.branch.files.values(), json.dumps(self.notices).encode(), *self.outputs]
        whole = b"\n".join(texts).replace(b"purgectl@invalid", b"")
        for name in SECRETS:
            secret = self.journey.variables.get(name)
            if secret and secret.encode() in whole:
                yield f"{name} is in a record, a notice or an output"
        if found := ADDRESS.search(whole):
            yield f"an address is in a record, a notice or an output: {found[0].decode()}"
        named = set(re.findall(rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", whole))
        if named & _interactions():
            yield "the id of an interaction is in a record, a notice or an output"

    def _texts(self) -> Iterator[tuple[str, str]]:
        for number, output in enumerate(self.outputs):
            yield f"output {number}", output.decode(errors="replace")
        yield "the receiver", json.dumps(self.notices)
        for folder in self._clones():
            for path in folder.rglob("*"):
                if path.is_file() and "objects" not in path.parts:
                    yield str(path), path.read_bytes().decode(errors="replace")

    def _copies(self) -> Iterator[Path]:
        """The repositories that purgectl keeps inside a clone."""
        for clone in self._clones():
            yield from (clone / ".git" / "purgectl" / "audit").glob("*.git")

    def _clones(self) -> list[Path]:
        return [path for path in self.journey.world.root.iterdir() if (path / ".git").is_dir()]


def _with_first(commits: Sequence[list[str]]) -> Iterator[tuple[bool, list[str]]]:
    return ((number == 0, ids) for number, ids in enumerate(commits))


@lru_cache(maxsize=1)
def _interactions() -> frozenset[bytes]:
    """The ids of the sandbox's interactions."""
    return frozenset(each.id.encode() for each in generate(7, 2000))
