"""What a target's platform says of itself, against the target's file and the law."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from runner.documents.kinds import Kind
from runner.documents.typed import traits
from runner.genesys.inspection import PlatformFacts
from runner.model.finding import Severity
from runner.model.regulation import Regulation
from runner.model.target import Target
from runner.model.time import format_instant
from runner.model.unread import Unread
from runner.plan.review import Review
from runner.rules.execution import MAX_CLOCK_SKEW
from runner.rules.pack_entries import governing
from runner.rules.platform import PlatformMaximum, deletes_nothing_early
from runner.setup import requirements as must
from runner.setup.check import Check
from runner.setup.wording import age

LATEST_FIGURES = timedelta(days=7)
"""How old the newest complete figures of a platform may be before something is wrong with it."""


def entries_in_use(judged: Review, target: str, now: datetime) -> tuple[Regulation, ...]:
    """Return the entries of the packs that govern any policy for a target today."""
    day = now.astimezone(UTC).date()
    found = {
        entry.id: entry
        for each in judged.policies
        if each.policy.target == target
        for entry in governing(judged.packs.packs, traits(each.policy.body), day)
    }
    return tuple(found.values())


def platform_checks(
    target: Target, facts: PlatformFacts, entries: Sequence[Regulation], now: datetime
) -> Iterator[Check]:
    """Judge what a platform told; ``entries`` are those of the packs in use on the target."""
    yield must.CREDENTIALS.well(f"client of {target.name}", "gets a token")
    yield _organization(target, facts)
    yield _clock(target, facts)
    yield from _permissions(target, facts)
    yield _availability(target, facts, now)
    yield _limits(target, facts)
    yield from _maximum(target, facts, entries)


def _organization(target: Target, facts: PlatformFacts) -> Check:
    subject, found = f"organisation of {target.name}", facts.organization
    if isinstance(found, Unread):
        return must.ORGANIZATION.not_checked(subject, found.why, found.needs)
    if target.organization_id not in (None, found):
        return must.ORGANIZATION.wrong(
            subject,
            f"the client is of {found}, and the target's file says {target.organization_id}",
            f"use a client of the right organisation, or correct {Kind.TARGET.path(target.name)}",
        )
    return must.ORGANIZATION.well(subject, f"is {found}")


def _clock(target: Target, facts: PlatformFacts) -> Check:
    subject = f"clock of {target.name}"
    if facts.skew is None:
        return must.CLOCK.not_checked(
            subject, "the platform sent no date", "check that no gateway takes the header Date away"
        )
    seconds = round(facts.skew.total_seconds())
    if abs(facts.skew) > MAX_CLOCK_SKEW:
        return must.CLOCK.wrong(
            subject,
            f"is {seconds} s ahead of this machine's",
            "let this machine's clock follow a time server",
        )
    return must.CLOCK.well(subject, "agrees with this machine's, to the minute")


def _permissions(target: Target, facts: PlatformFacts) -> Iterator[Check]:
    for name, found in facts.permissions.items():
        subject = f"{name} on {target.name}"
        if isinstance(found, Unread):
            yield must.PERMISSION.not_checked(subject, found.why, found.needs)
        elif found:
            yield must.PERMISSION.well(subject, "the client has it")
        else:
            yield must.PERMISSION.wrong(
                subject,
                "the client lacks it",
                "Genesys Cloud → Admin → Roles: add it to a role of the OAuth client, in every division "
                "whose interactions policies select",
            )


def _availability(target: Target, facts: PlatformFacts, now: datetime) -> Check:
    subject, found = f"figures of {target.name}", facts.complete_until
    if isinstance(found, Unread):
        return must.AVAILABILITY.not_checked(subject, found.why, found.needs)
    if found is None:
        return must.AVAILABILITY.not_checked(
            subject, "the platform does not say until when they are complete", "run it again in a day"
        )
    if now - found > LATEST_FIGURES:
        return must.AVAILABILITY.wrong(
            subject,
            f"are complete until {format_instant(found)}, {age(now - found)} ago",
            "look at the status page of Genesys Cloud, then ask its support",
        )
    return must.AVAILABILITY.well(subject, f"are complete until {format_instant(found)}")


def _limits(target: Target, facts: PlatformFacts) -> Check:
    subject, found = f"requests to {target.name}", facts.requests_a_minute
    path, ours = Kind.TARGET.path(target.name), target.rate_per_minute
    if isinstance(found, Unread):
        return must.LIMITS.not_checked(subject, found.why, found.needs)
    if found is None:
        return must.LIMITS.not_checked(
            subject, "the platform names no limit", f"compare {path} with your contract"
        )
    if ours > found:
        return must.LIMITS.wrong(
            subject,
            f"are up to {ours} a minute, and the platform allows {found}",
            f"write rateLimit: {{perMinute: {found}}} in {path}, by pull request",
        )
    return must.LIMITS.well(subject, f"are up to {ours} a minute, of {found} that are allowed")


def _maximum(target: Target, facts: PlatformFacts, entries: Sequence[Regulation]) -> Iterator[Check]:
    """PLT-001. What only warns is told and well: no setting can serve a period that an event starts."""
    subject, found = f"maximum retention of {target.name}", facts.maximum_days
    if isinstance(found, Unread):
        yield must.MAXIMUM.not_checked(subject, found.why, found.needs)
        return
    says = "is not set" if found is None else f"is {found} days"
    faults = tuple(deletes_nothing_early([PlatformMaximum(subject, None, found)], entries))
    for fault in faults:
        if fault.severity is Severity.ERROR:
            yield must.MAXIMUM.wrong(
                subject,
                fault.message,
                "Genesys Cloud → Admin → Account settings → Organization: raise the maximum interaction "
                "data retention; it can never be removed again",
            )
    if not any(fault.severity is Severity.ERROR for fault in faults):
        also = "".join(f"; {fault.message}" for fault in faults)
        yield must.MAXIMUM.well(subject, f"{says}, and shortens nothing that a policy here must keep{also}")
