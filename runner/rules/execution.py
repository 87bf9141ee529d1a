"""Rules that need the world as it is right before an effect: counts, approval, switches, clocks.

They are judged when a plan is made and again right before submission. There is no flag that
lowers one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from runner.model.finding import Fault, Severity
from runner.model.policy import Expected
from runner.model.rule import Phase, Rule
from runner.model.target import Counts
from runner.model.time import format_instant

SCP_003 = Rule(
    id="SCP-003",
    title="No more than the limit",
    severity=Severity.ERROR,
    phase=Phase.PLAN,
    basis="Decision: a cap is part of what reviewers approve",
    hint="narrow the policy, or raise limits.maxInteractions by pull request",
)
SCP_004 = Rule(
    id="SCP-004",
    title="The count that was approved is the count that runs",
    severity=Severity.ERROR,
    phase=Phase.PLAN,
    basis="Decision: an approval covers a number; drift beyond its tolerance needs a new approval",
    hint="look at what changed, then write the new figure under expected by pull request",
)
SCP_007 = Rule(
    id="SCP-007",
    title="What cannot be counted is not purged",
    severity=Severity.ERROR,
    phase=Phase.PLAN,
    basis="Decision: an unknown count is never fine, unless reviewers accepted it on the target",
    hint="make the count work, or declare counts: unavailable in the target by pull request",
)
SCP_009 = Rule(
    id="SCP-009",
    title="There is something to purge",
    severity=Severity.ERROR,
    phase=Phase.PLAN,
    basis="Decision: a policy that selects nothing is a slip in a filter, or has nothing left to do",
    hint="mend the filters or the range; where nothing is left, withdraw the policy: the refusal in the log "
    "tells why it never ran",
)
RUN_001 = Rule(
    id="RUN-001",
    title="The kill switch is open",
    severity=Severity.ERROR,
    phase=Phase.EXECUTION,
    basis="Decision: an environment stops every submission at once, without a pull request",
    hint="set PURGE_ENABLED=true in the environment when purging is wanted",
)
RUN_002 = Rule(
    id="RUN-002",
    title="The target is not suspended",
    severity=Severity.ERROR,
    phase=Phase.PLAN,
    basis="Decision: a reviewed switch in the target's own file stops every submission",
    hint="set suspended: false in the target by pull request when purging is wanted",
)
RUN_003 = Rule(
    id="RUN-003",
    title="The platform lets the client purge",
    severity=Severity.ERROR,
    phase=Phase.EXECUTION,
    basis="Genesys Cloud: to make a recording job, to execute it and to change retention need permissions",
    hint="give the role of the OAuth client the permission that is named, and start again",
)
DAT_004 = Rule(
    id="DAT-004",
    title="The clock is right",
    severity=Severity.ERROR,
    phase=Phase.PLAN,
    basis="A runner whose clock is ahead would find data old enough that is not (RFC 9110 section 6.6.1)",
    hint="set the runner's clock and start again",
)

EVD_002 = Rule(
    id="EVD-002",
    title="What cannot be recorded is not purged",
    severity=Severity.ERROR,
    phase=Phase.EXECUTION,
    basis="Decision: no audit, no purge; a record has at most 65,535 bytes (C2SP tlog-tiles)",
    hint="make the policy shorter or split it, and release holds that have ended",
)
PLC_004 = Rule(
    id="PLC-004",
    title="What stood on main before the log was opened does not run in disguise",
    severity=Severity.ERROR,
    phase=Phase.PLAN,
    basis="Decision: a purge is its target, name and revision, and the log cannot know an older one's past",
    hint="raise `revision` by pull request to run it under this log",
)

MAX_CLOCK_SKEW = timedelta(seconds=60)


def within_limit(count: int | None, limit: int) -> Iterator[Fault]:
    """SCP-003: a known count does not exceed ``limits.maxInteractions``."""
    if count is not None and count > limit:
        yield SCP_003.fault(
            "/limits/maxInteractions",
            f"selects {count:,} interactions, {count - limit:,} over its limit of {limit:,}",
        )


def within_share(
    count: int | None, population: int | None, most_percent: int, *, allow_unfiltered: bool
) -> Iterator[Fault]:
    """SCP-003: a known count is a small share of all interactions of its type in its range.

    A policy that admits to be unfiltered takes them all, and is asked for more approvals instead.
    """
    if count is None or allow_unfiltered:
        return
    if population is None:
        yield SCP_003.fault(
            "/filters",
            f"nobody knows of how many interactions it selects {count:,}",
            hint="make the count of all interactions of this type work",
        )
    elif count * 100 > population * most_percent:
        yield SCP_003.fault(
            "/filters",
            f"selects {count:,} of {population:,} interactions, more than {most_percent} %",
            hint="narrow the policy, or split its range",
        )


def as_expected(count: int | None, expected: Expected | None, on_loopback: bool) -> Iterator[Fault]:
    """SCP-004: the count is what reviewers approved, within the tolerance in percent."""
    if expected is None:
        if not on_loopback:
            yield SCP_004.fault(
                "",
                "`expected` is missing, so nobody has approved a count",
                hint="write expected {count, tolerancePercent}",
            )
        return
    if count is not None and _drifts(abs(count - expected.count), expected):
        yield _drifted(f"selects {count:,} interactions", expected)


def no_more_than_expected(count: int | None, expected: Expected) -> Iterator[Fault]:
    """SCP-004: a prepared job takes no more than what reviewers approved."""
    if count is not None and _drifts(count - expected.count, expected):
        yield _drifted(f"the job that the platform has prepared takes {count:,} interactions", expected)


def _drifts(drift: int, expected: Expected) -> bool:
    return drift * 100 > expected.count * expected.tolerance_percent


def _drifted(what: str, expected: Expected) -> Fault:
    return SCP_004.fault(
        "/expected",
        f"{what}; approved were {expected.count:,} with a tolerance of {expected.tolerance_percent} %",
    )


def counted(count: int | None, counts: Counts, why: str = "") -> Iterator[Fault]:
    """SCP-007: the count is known, or the target admits that it cannot be.

    ``why`` is what a count that may come later waits for.
    """
    if count is not None or counts is Counts.UNAVAILABLE:
        return
    unknown = "the number of interactions that it selects is unknown"
    if why:
        hint = "try again later, or narrow the range or the dimensions; the count is what goes into expected"
        yield SCP_007.fault("/target", f"{unknown}: {why}", hint=hint)
    else:
        yield SCP_007.fault("/target", unknown)


def too_large_for_a_record() -> Fault:
    """EVD-002: the intent, with the policy and the holds looked at, exceeds what a record can hold."""
    return EVD_002.fault("", "the record of its intent would be larger than the log takes")


def something(count: int | None) -> Iterator[Fault]:
    """SCP-009: a known count is not zero."""
    if count == 0:
        yield SCP_009.fault("/filters", "selects nothing, so there is nothing to purge")


def unchanged_since_opening(blob: str, baseline_blob: str) -> Iterator[Fault]:
    """PLC-004: a policy of the baseline is still the file that stood there."""
    if blob != baseline_blob:
        yield PLC_004.fault(
            "", "it changed since the log was opened, and this revision never runs", at_key=True
        )


def enabled(kill_switch_open: bool) -> Iterator[Fault]:
    """RUN-001: the environment allows submissions."""
    if not kill_switch_open:
        yield RUN_001.fault("", "PURGE_ENABLED is not true, so nothing is submitted")


def permitted(refusal: str | None, hint: str = "") -> Iterator[Fault]:
    """RUN-003: the platform has refused nothing of what precedes a purge; ``refusal`` is its answer."""
    if refusal is not None:
        yield RUN_003.fault("/target", refusal, hint=hint)


def not_suspended(suspended: bool) -> Iterator[Fault]:
    """RUN-002: the target's file allows submissions."""
    if suspended:
        yield RUN_002.fault("/target", "the target is suspended, so nothing is submitted")


def clock_right(now: datetime, platform: datetime | None) -> Iterator[Fault]:
    """DAT-004: the runner's clock is within 60 s of the platform's ``Date`` header."""
    if platform is None:
        yield DAT_004.fault("/target", "the platform sent no Date, so the runner's clock cannot be checked")
    elif abs(now - platform) > MAX_CLOCK_SKEW:
        yield DAT_004.fault(
            "/target",
            f"the runner's clock says {format_instant(now)}, the platform's {format_instant(platform)}",
        )
