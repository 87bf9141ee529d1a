"""How long whole commands take over many policies, and how the checks between policies grow."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.measuring import PAIRS, compare, show, timed

from runner.model.hold import HoldScope, LegalHold
from runner.model.policy import DateRange, InteractionType, Selection
from runner.rules.holds import not_held
from runner.rules.overlap import overlapping

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
PURGECTL = (PYTHON, "-m", "runner")
PEER = (PYTHON, "-m", "check_jsonschema", "--schemafile", ROOT / "schemas" / "purge-policy.schema.json")

TARGET = """\
# yaml-language-server: $schema=../../schemas/target.schema.json
apiVersion: purge/v1
kind: Target
name: sandbox
region: sandbox
backend: interactions-purge
approvals: none
counts: required
webhooks: []
log: {origin: bench.example/interactions, keys: []}
rateLimit: {perMinute: 300}
poll: {deadline: PT24H}
"""
POLICY = """\
# yaml-language-server: $schema=../../schemas/purge-policy.schema.json
apiVersion: purge/v1
kind: PurgePolicy
name: bench-NUMBER
owner: records-team
target: sandbox
interactionType: voice
dateRange:
  start: "2014-01-01T00:00:00.000Z"
  end: "2014-12-31T23:59:59.999Z"
retentionDays: 2557
classification: hipaa
jurisdictions: [US]
tags: [phi]
purgeType: permanent
filters:
  attributes: {department: department-NUMBER, retention_status: expired}
reason: Seven-year organisational period for the 2014 calls has ended. Ticket REC-NUMBER.
limits: {maxInteractions: 5000}
"""


def corpus(folder, size):
    """A repository of ``size`` valid policies, none of which overlap; returns the policy files."""
    purges, targets = folder / "policies" / "purges", folder / "policies" / "targets"
    purges.mkdir(parents=True)
    targets.mkdir()
    (targets / "sandbox.yaml").write_text(TARGET)
    for number in range(size):
        (purges / f"bench-{number}.yaml").write_text(POLICY.replace("NUMBER", str(number)))
    return sorted(purges.iterdir())


def selections(size):
    """As many selections, over 40 departments and ever new days; none overlaps, and one in 40 is held."""
    types, first = tuple(InteractionType), datetime(2000, 1, 1, tzinfo=UTC)
    for number in range(size):
        start = first + timedelta(days=number // 40)
        span = DateRange(start, start + timedelta(days=1), "", "")
        yield Selection("sandbox", types[number % 6], span, {"department": f"department-{number % 40}"})


def holds(count):
    """Holds on one department, each over another part of the years."""
    first = datetime(2000, 1, 1, tzinfo=UTC)
    for number in range(count):
        start = first + timedelta(days=10 * number)
        scope = HoldScope(None, None, start, start + timedelta(days=10), {"department": "department-7"}, None)
        yield LegalHold(f"matter-{number}", "litigation", "legal", scope, None, {})


def cross_check(size):
    """Print how long overlap and holds take for as many policies, and against sorting their keys.

    Where the ratio hardly grows with the size, so does the time: as sorting, not as the square.
    """
    everything, held_by = list(selections(size)), list(holds(50))
    keys = [(each.target, each.interaction_type, each.date_range.start) for each in everything]
    checks = {
        "overlap": lambda: sum(1 for _ in overlapping(everything)),
        "50 holds": lambda: [list(not_held(each, held_by, whole_conversations=False)) for each in everything],
    }
    for what, check in checks.items():
        pairs = [(timed(check), timed(lambda: sorted(keys))) for _ in range(PAIRS)]
        ours, ratio = median(pair[0] for pair in pairs), median(ours / theirs for ours, theirs in pairs)
        show(f"{what}, {size:,} policies", f"{ours:.3f} s", f"{ratio:.0f} x", "sorting the same keys")


def measure(folder):
    """Measure in an empty folder."""
    compare("purgectl --help", (*PURGECTL, "--help"), "python -c pass", (PYTHON, "-c", "pass"), folder)
    for what, size in (("1 policy", 1), ("100 policies", 100), ("1,000 policies", 1000)):
        repository = folder / str(size)
        files = corpus(repository, size)
        compare(
            f"purgectl validate, {what}",
            (*PURGECTL, "validate"),
            "check-jsonschema (schema only, no rules, no positions)",
            (*PEER, *files),
            repository,
        )
    for size in (1_000, 5_000, 20_000):
        cross_check(size)
