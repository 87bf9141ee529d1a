"""Rules that hold ``retentionDays`` against the periods of the law.

``entries`` are those that govern the policy (``governing``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from runner.model.finding import Fault, Severity
from runner.model.regulation import ClockStart, Force, Regulation
from runner.model.rule import Phase, Rule
from runner.rules.pack_entries import cited, conflicts

LONGEST_RETENTION = 3650
"""The most days that a policy can state: the article's limit, which the schema enforces."""

PHI_FLOOR = "org-phi-floor"
"""The entry for which RET-001 speaks; RET-002 speaks for all others."""

RET_001 = Rule(
    id="RET-001",
    title="HIPAA data is kept at least 2,555 days",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Organisational floor: HIPAA itself sets no period for PHI; state law commonly sets seven years, "
    "e.g. Cal. Health & Safety Code 123145",
    hint="keep the interactions at least 2555 days; 2557 cover seven calendar years",
)
RET_002 = Rule(
    id="RET-002",
    title="Data is kept as long as the law demands",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="The entry of a regulation pack that the finding names",
    hint="raise retentionDays to the period that the law demands",
)
RET_005 = Rule(
    id="RET-005",
    title="Years are calendar years",
    severity=Severity.WARNING,
    phase=Phase.REVIEW,
    basis="A statute's year is a calendar year, and leap years have 366 days",
    hint="count 366 days for a year, 1,096 for three, 1,827 for five, 2,192 for six and 2,557 for seven",
)
RET_006 = Rule(
    id="RET-006",
    title="A period that starts with an event names the event",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="The entry of a regulation pack that the finding names",
    hint="write retentionTrigger {event, date, evidence}",
)
RET_007 = Rule(
    id="RET-007",
    title="Data is not kept longer than the law allows",
    severity=Severity.WARNING,
    phase=Phase.REVIEW,
    basis="The entry of a regulation pack that the finding names; GDPR Art. 5(1)(e)",
    hint="lower retentionDays, or have counsel say why a longer period is lawful",
)


def above_the_floor(entries: Iterable[Regulation], retention_days: int) -> Iterator[Fault]:
    """RET-001: the minimum of the entry ``PHI_FLOOR``."""
    yield from _long_enough(RET_001, (e for e in entries if e.id == PHI_FLOOR), retention_days)


def long_enough(entries: Iterable[Regulation], retention_days: int) -> Iterator[Fault]:
    """RET-002: the longest minimum of all other entries. A guidance only warns.

    Where a part of the interaction may go and another may not, ERA-004 speaks.
    """
    yield from _long_enough(RET_002, (e for e in entries if e.id != PHI_FLOOR), retention_days)


def calendar_years(entries: Sequence[Regulation], retention_days: int) -> Iterator[Fault]:
    """RET-005: what the law demands can be stated at all, and is stated in calendar years.

    An error where a minimum exceeds ``LONGEST_RETENTION``; a warning below what an entry advises,
    and for a multiple of 365 days. What is below a minimum has its own finding already.
    """
    demanded = [(e, days) for e in entries if e.force.binds and (days := e.minimum_days) is not None]
    advised = [(e, days) for e in entries if (days := e.advised_days) is not None]
    entry, days = max(demanded, key=_days, default=(None, 0))
    if entry is not None and days > LONGEST_RETENTION:
        yield RET_005.fault(
            "/retentionDays",
            f"{entry.title}: kept at least {days} days, and a policy can state {LONGEST_RETENTION} at most",
            hint="such data cannot be purged with this version; withdraw the policy",
            severity=Severity.ERROR,
            basis=cited([entry]),
        )
        return
    if any(missed_minimum(each, retention_days) for each in entries):
        return
    entry, days = max(advised, key=_days, default=(None, 0))
    if entry is not None and retention_days < days:
        yield RET_005.fault(
            "/retentionDays",
            f"{entry.title}: {days} days are advised; {retention_days} are fewer than its calendar years",
            hint=f"raise retentionDays to {days}",
            basis=cited([entry]),
        )
    else:
        yield from _whole_years(retention_days)


def event_named(entries: Iterable[Regulation], trigger: Mapping[str, str] | None) -> Iterator[Fault]:
    """RET-006: a policy under a clock that an event starts says when the event was, and how we know.

    One date says nothing about a second event.
    """
    waiting = [entry for entry in entries if entry.clock is ClockStart.EVENT]
    events = tuple(dict.fromkeys(entry.event for entry in waiting))
    if len(events) > 1:
        yield RET_006.fault(
            "/retentionTrigger",
            f"one `retentionTrigger` cannot date several events: {'; '.join(events)}",
            hint="write a policy for each kind of data, so that all of it waits for one event",
            basis=cited(waiting),
        )
    elif waiting and trigger is None:
        yield RET_006.fault(
            "/retentionTrigger",
            f"the period starts with an event, and `retentionTrigger` is missing: {events[0]}",
            basis=cited(waiting),
        )


def short_enough(entries: Sequence[Regulation], retention_days: int) -> Iterator[Fault]:
    """RET-007: the shortest maximum; beyond a statute's it is an error.

    A maximum that contradicts a minimum is the matter of REG-003.
    """
    contested = {maximum.id for _, maximum in conflicts(entries)}
    over = [
        (entry, entry.maximum_days)
        for entry in entries
        if entry.maximum_days is not None
        and entry.maximum_days < retention_days
        and entry.id not in contested
    ]
    if not over:
        return
    gravest, days = min(over, key=lambda each: (each[0].force is not Force.STATUTE, each[1]))
    yield RET_007.fault(
        "/retentionDays",
        f"{gravest.title}: kept {days} days at most, not {retention_days}",
        severity=Severity.ERROR if gravest.force is Force.STATUTE else Severity.WARNING,
        basis=cited([gravest]),
    )


def missed_minimum(entry: Regulation, retention_days: int) -> int | None:
    """Return the minimum that is not reached; what no policy can state is the matter of RET-005."""
    days = entry.minimum_days
    return days if days is not None and retention_days < days <= LONGEST_RETENTION else None


def some_part_may_go(entry: Regulation, retention_days: int) -> bool:
    """Whether the period of a part of the interaction is over, whatever that of another part is."""
    return entry.first_minimum_days is None or entry.first_minimum_days <= retention_days


def _long_enough(rule: Rule, entries: Iterable[Regulation], retention_days: int) -> Iterator[Fault]:
    short = [
        (entry, days)
        for entry in entries
        if (days := missed_minimum(entry, retention_days)) and not some_part_may_go(entry, retention_days)
    ]
    if not short:
        return
    entry, days = max(short, key=lambda each: (each[0].force.binds, each[1]))
    yield rule.fault(
        "/retentionDays",
        f"{entry.title}: kept at least {days} days, not {retention_days}",
        hint=_way_up(entry, days),
        severity=Severity.ERROR if entry.force.binds else Severity.WARNING,
        basis=cited([entry]),
    )


def _way_up(entry: Regulation, days: int) -> str:
    """Name the days that are enough: those that are advised, where a minimum only passes."""
    extended, advised = entry.days(entry.retain.extendable_to), entry.advised_days
    if extended:
        return f"raise retentionDays to {days}, or to {extended} where the authority has extended the period"
    if advised is not None and advised > days:
        return f"raise retentionDays to {advised}, which its calendar years need; {days} is the least"
    return f"raise retentionDays to {days}"


def _whole_years(retention_days: int) -> Iterator[Fault]:
    """A multiple of 365 days is shorter than as many calendar years."""
    years, rest = divmod(retention_days, 365)
    if years and not rest:
        span = "a calendar year" if years == 1 else f"{years} calendar years"
        yield RET_005.fault("/retentionDays", f"{retention_days} days are shorter than {span} may be")


def _days(entry: tuple[Regulation, int]) -> int:
    return entry[1]
