"""The files of an imagined repository: one target, one hold, and a policy for each year."""

from __future__ import annotations

from support.gitworld import ORIGIN
from support.journey import EVENTS, hold, policy

TARGET = f"""# yaml-language-server: $schema=../../schemas/target.schema.json
apiVersion: purge/v1
kind: Target
name: sandbox
region: sandbox
backend: interactions-purge
approvals: none
counts: required
webhooks: [{{id: governance, events: [{", ".join(EVENTS)}]}}]
log: {{origin: {ORIGIN}, keys: [{ORIGIN}+27053ca4+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4]}}
poll: {{deadline: PT1H}}
rateLimit: {{perMinute: 300}}
"""
HOLD = hold(
    'targets: [sandbox], dateRange: {start: "2014-01-01T00:00:00.000Z", end: "2014-12-31T23:59:59.999Z"}'
)
TARGET_FILE = "policies/targets/sandbox.yaml"


def path(year: str) -> str:
    return f"policies/purges/year-{year}.yaml"


def order(year: str, **changes: str) -> str:
    dates = f'{{start: "{year}-01-01T00:00:00.000Z", end: "{year}-12-31T23:59:59.999Z"}}'
    return policy(f"year-{year}", dateRange=dates, **changes)
