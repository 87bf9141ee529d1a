"""A whole organisation for tests: origin, clone, target, log, and a platform to purge on."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from support.commandline import Done, command_line, kept_variables, purgectl
from support.gitworld import GitWorld

from runner.cli.clock import SystemClock
from runner.model.log import RecordType

EVENTS = ("purge.completed", "purge.failed", "purge.cancelled", "purge.halted", "purge.ambiguous")
PURGES = "policies/purges"


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


HELD = "policies/holds/matter-1.yaml"


def hold(scope: str = "") -> str:
    """The text of a valid hold, the file ``HELD``; with no ``scope`` it is on everything."""
    return f"""# yaml-language-server: $schema=../../schemas/legal-hold.schema.json
apiVersion: purge/v1
kind: LegalHold
name: matter-1
type: litigation
basis: Preservation letter of 2020-03-02, file 2020-007
issuedBy: legal
issuedOn: "2020-03-02"
scope: {{{scope}}}
review: {{every: P90D}}
"""


class Journey:
    """Runs purgectl as a user does: in a clone, with variables."""

    def __init__(self, root: Path, variables: Mapping[str, str]) -> None:
        self.world = GitWorld.with_log(root, events=EVENTS, clock=SystemClock)
        self.variables = kept_variables()
        self.variables |= {"PURGE_ENABLED": "true", "AUDIT_SIGNING_KEY": self.world.signer.secret()}
        self.variables |= variables

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

    def run(self, *arguments: str, at: Path | None = None, **variables: str | None) -> Done:
        """Run one command to its end, in the clone or ``at`` a folder; a ``None`` unsets a variable."""
        environment = {k: v for k, v in (self.variables | variables).items() if v is not None}
        return purgectl(at or self.world.clone, *arguments, variables=environment)

    def apply(self, *arguments: str, **variables: str | None) -> Done:
        """Run ``apply`` on the sandbox target, for its JSON."""
        return self.run("apply", "--target", "sandbox", "--format", "json", *arguments, **variables)

    def start_apply(self) -> subprocess.Popen[bytes]:
        """Start ``apply`` and do not wait for it."""
        return subprocess.Popen(
            command_line("apply", "--target", "sandbox"),
            cwd=self.world.clone,
            env=self.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kinds(self) -> list[str]:
        """The types of all records in the log but the daily sign of life, in order."""
        kinds = (record.type for record in self.world.store().load().records)
        return [kind.value for kind in kinds if kind is not RecordType.LOG_HEARTBEAT]
