"""A whole organisation for tests: origin, clone, target, log, and a platform to purge on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.gitworld import GitWorld

from runner.cli.clock import SystemClock
from runner.model.log import RecordType

EVENTS = ("purge.completed", "purge.failed", "purge.cancelled", "purge.halted", "purge.ambiguous")
PURGES = "policies/purges"
KEPT = ("PATH", "HOME", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")


def policy(name: str = "old-calls", **changes: str | None) -> str:
    """The text of a valid policy on the sandbox; ``changes`` replace or (``None``) drop a field."""
    fields: dict[str, str | None] = {
        "apiVersion": "purge/v1",
        "kind": "PurgePolicy",
        "name": name,
        "owner": "records-team",
        "target": "sandbox",
        "interactionType": "voice",
        "dateRange": '{start: "2018-01-01T00:00:00.000Z", end: "2018-12-31T23:59:59.999Z"}',
        "retentionDays": "1000",
        "classification": "internal",
        "purgeType": "permanent",
        "filters": "{attributes: {department: billing, retention_status: expired}}",
        "reason": "The agreed period for these calls has ended.",
        "limits": "{maxInteractions: 5000}",
        "retentionBasis": "Retention schedule RS-12",
    } | changes
    lines = [f"{key}: {value}" for key, value in fields.items() if value is not None]
    return "\n".join(["# yaml-language-server: $schema=../../schemas/purge-policy.schema.json", *lines, ""])


@dataclass
class Done:
    """What one command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The result, of a command that was asked for JSON."""
        return json.loads(self.out)


class Journey:
    """Runs purgectl as a user does: as a process, in a clone, with variables."""

    def __init__(self, root: Path, variables: Mapping[str, str]) -> None:
        self.world = GitWorld(root)
        self.variables = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.variables |= {"PURGE_ENABLED": "true", "AUDIT_SIGNING_KEY": self.world.signer.secret()}
        self.variables |= variables
        self.world.commit({"policies/targets/sandbox.yaml": self.target()})
        self.world.open_log(clock=SystemClock())

    def target(self, **changes: str) -> str:
        """The text of the target's file; ``changes`` add or replace fields."""
        text = self.world.target_file(events=EVENTS)
        for key, value in changes.items():
            lines = [line for line in text.splitlines() if not line.startswith(f"{key}:")]
            text = "\n".join([*lines, f"{key}: {value}", ""])
        return text

    def merge(self, name: str = "old-calls", **changes: str | None) -> str:
        """Merge a policy to main; return its path."""
        path = f"{PURGES}/{name}.yaml"
        self.world.commit({path: policy(name, **changes)})
        return path

    def command(self, *arguments: str) -> list[str]:
        """The argument list of a purgectl process."""
        return [sys.executable, "-m", "runner", *arguments]

    def run(self, *arguments: str, at: Path | None = None, **variables: str | None) -> Done:
        """Run one command to its end, in the clone or ``at`` a folder; a ``None`` unsets a variable."""
        environment = {k: v for k, v in (self.variables | variables).items() if v is not None}
        done = subprocess.run(
            self.command(*arguments),
            cwd=at or self.world.clone,
            env=environment,
            capture_output=True,
            timeout=60,
        )
        result = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in result.err + result.out
        return result

    def apply(self, *arguments: str, **variables: str | None) -> Done:
        """Run ``apply`` on the sandbox target, for its JSON."""
        return self.run("apply", "--target", "sandbox", "--format", "json", *arguments, **variables)

    def start_apply(self) -> subprocess.Popen[bytes]:
        """Start ``apply`` and do not wait for it."""
        return subprocess.Popen(
            self.command("apply", "--target", "sandbox"),
            cwd=self.world.clone,
            env=self.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kinds(self) -> list[str]:
        """The types of all records in the log but the daily sign of life, in order."""
        kinds = (record.type for record in self.world.store().load().records)
        return [kind.value for kind in kinds if kind is not RecordType.LOG_HEARTBEAT]
