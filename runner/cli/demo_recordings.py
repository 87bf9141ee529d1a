"""The demo of ``backend: recording-jobs``: a job counts first, and its totals are held against the cap."""

from __future__ import annotations

from dataclasses import dataclass, replace

import click

from runner.cli.clock import SystemClock
from runner.cli.demo_stage import DemoError, Stage, chapter
from runner.errors import ExitCode
from runner.sandbox.recordings.fill import names
from runner.sandbox.settings import Settings

TARGET = "contact-centre"

_JOBS = "/api/v2/recording/jobs"
_YEARS_AGO = 4
"""The platform filters what is less than five years old, and the policies keep theirs for three."""

_TARGET_FILE = f"""\
# yaml-language-server: $schema=../../schemas/target.schema.json
apiVersion: purge/v1
kind: Target
name: {TARGET}
region: sandbox                         # a server on this machine
organizationId: {Settings().organization_id}
backend: recording-jobs                 # the API that an organisation really has
approvals: none                         # legal for a sandbox only
counts: required
webhooks: []
log:
  origin: {TARGET}.purgectl.example/interactions
  keys: []
poll: {{deadline: PT24H}}
rateLimit: {{perMinute: 300}}
"""
_POLICY_FILE = """\
# yaml-language-server: $schema=../../schemas/purge-policy.schema.json
apiVersion: purge/v1
kind: PurgePolicy
name: {name}
owner: records-team
target: {target}
interactionType: voice
dateRange:
  start: "{first}T00:00:00.000Z"
  end: "{last}T23:59:59.999Z"
retentionDays: 1096                     # three calendar years, one of them a leap year
classification: public
purgeType: permanent
includeSensitive: true                  # also what the platform marks as sensitive
filters:
  dimensions:
    queue: [{queues}]
reason: The calls of this quarter are past the three years of the schedule. Ticket REC-430.
ticket: REC-430
limits: {{maxInteractions: {cap}}}
"""


@dataclass(frozen=True, slots=True)
class _Policy:
    """What tells the policies of the demo apart; the days are of one quarter of the year."""

    name: str
    first: str
    last: str
    queues: tuple[str, ...]
    cap: int

    def write(self, stage: Stage) -> None:
        """Put the document into the repository."""
        ids, year = names()["queue"], SystemClock().now().year - _YEARS_AGO
        text = _POLICY_FILE.format(
            name=self.name,
            target=TARGET,
            first=f"{year}-{self.first}",
            last=f"{year}-{self.last}",
            queues=", ".join(ids[queue] for queue in self.queues),
            cap=self.cap,
        )
        folder = stage.policies / "purges"
        folder.mkdir(exist_ok=True)
        (folder / f"{self.name}.yaml").write_text(text, encoding="utf-8")


_BILLING = _Policy("billing-calls", "01-01", "03-31", ("billing-1",), cap=500)
_SALES = _Policy("sales-calls", "04-01", "06-30", ("sales-1",), cap=10)


def play(stage: Stage) -> None:
    """Merge two policies of which one has a cap that is too low, and apply them."""
    chapter(1, "A repository whose target is an organisation with the published API")
    stage.open_repository(_TARGET_FILE)
    stage.say("audit", "open", "--target", TARGET)

    chapter(2, "Two policies for a quarter's calls, with queues by the platform's own ids")
    stage.propose("first-policies")
    _BILLING.write(stage)
    _SALES.write(stage)
    stage.say("validate")
    stage.merge("first-policies", "The first policies")

    chapter(3, "Each job counts before it deletes; totals above the cap, and the job is removed")
    stage.say("apply", "--target", TARGET, expect=ExitCode.REFUSED)
    _tell(stage, made=2, executed=1, removed=1)

    chapter(4, "The officers have seen the figure, and merge a cap that allows it")
    stage.propose("higher-cap")
    replace(_SALES, cap=100).write(stage)
    stage.merge("higher-cap", "A cap that fits")
    stage.say("apply", "--target", TARGET)
    _tell(stage, made=3, executed=2, removed=1)

    chapter(5, "The log verifies from a clone, offline")
    stage.say("audit", "verify", "--target", TARGET)


def _tell(stage: Stage, *, made: int, executed: int, removed: int) -> None:
    """Say what really reached the platform, and that it is what must have. Raises ``DemoError``."""
    seen = (
        stage.requests("POST", _JOBS),
        stage.requests("PUT", _JOBS),
        stage.requests("DELETE", _JOBS),
    )
    click.echo("\nBy the sandbox's own journal, so far:")
    for what, count in zip(("made, and counted", "told to delete", "removed"), seen, strict=True):
        click.echo(f"  jobs {what:<18} {count}")
    if seen != (made, executed, removed):
        raise DemoError("the jobs are not those that there must be", where=str(stage.journal))
