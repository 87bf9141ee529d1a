"""The rule about what a platform can be told: a policy is carried out as it was reviewed, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import partial

from runner.model.finding import Fault, Severity
from runner.model.policy import (
    DateRange,
    Dimension,
    FilterValue,
    InteractionType,
    PurgeType,
    Selection,
)
from runner.model.rule import Phase, Rule
from runner.model.target import Backend
from runner.model.time import ONE_MILLISECOND, format_milliseconds, midnight_after, midnight_before
from runner.rules.check import Check
from runner.rules.erasure import SENSITIVE_TOO

PLT_002 = Rule(
    id="PLT-002",
    title="The platform can do exactly what the policy says",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Genesys Cloud, POST /api/v2/recording/jobs: whole days (UTC); what is up to five years old by "
    "a query, older ones by an interval of at most six months without filters",
    hint="write what the platform can do, or name a target whose backend can do this",
)

_LEAST_FIVE_YEARS, _MOST_FIVE_YEARS = timedelta(days=5 * 365), timedelta(days=5 * 365 + 2)
"""Nobody says how the platform counts years, so a range must be clear of every way to count them."""

_TIME_TO_RUN = timedelta(days=30)
_AGED_MONTHS = 6
_CUT_AT = 1024
_SMS = "sms"
_MESSAGES = (InteractionType.SMS, InteractionType.SOCIAL)


class Age(StrEnum):
    """On which side of five years all of a range lies; the platform asks for each side in its own way."""

    YOUNGER = "younger than five years"
    OLDER = "older than five years"
    BOTH = "on both sides of five years"


def age(span: DateRange, now: datetime) -> Age:
    """Return on which side of five years all of a range lies at an instant."""
    if now - span.start <= _LEAST_FIVE_YEARS:
        return Age.YOUNGER
    return Age.OLDER if now - span.end >= _MOST_FIVE_YEARS else Age.BOTH


def checks(backend: Backend, selection: Selection) -> tuple[Check, ...]:
    """Return what a policy with a selection answers to on a target with a backend."""
    if backend is Backend.INTERACTIONS_PURGE:
        return (Check(PLT_002, partial(of_the_article, selection)),)
    return (
        Check(PLT_002, partial(by_whole_days, selection.date_range)),
        Check(PLT_002, partial(by_age, selection), clock=True),
        Check(PLT_002, partial(comparable, selection)),
        Check(PLT_002, partial(of_messages, selection)),
        Check(PLT_002, dated, reads=("/purgeType",), may_read=("/graceDays",)),
        SENSITIVE_TOO,
    )


def of_the_article(selection: Selection) -> Iterator[Fault]:
    """PLT-002 for ``interactions-purge``: one type, and nothing that only the platform itself knows."""
    if selection.interaction_type is InteractionType.ANY:
        yield PLT_002.fault("/interactionType", "the backend interactions-purge takes one type at a time")
    if selection.dimensions:
        names = ", ".join(sorted(selection.dimensions))
        yield PLT_002.fault(
            "/filters/dimensions",
            f"the backend interactions-purge knows no dimensions: {names}",
            hint="narrow it with filters.attributes, or name a target with backend recording-jobs",
            at_key=True,
        )


def by_whole_days(span: DateRange) -> Iterator[Fault]:
    """PLT-002 for ``recording-jobs``: a range begins and ends at midnight (UTC).

    The platform cuts at the day, so any other range would take what lies outside of it.
    """
    first, last = midnight_after(span.start), midnight_before(span.end)
    begins, ends = midnight_before(span.start), midnight_after(span.end)
    if (first, last) == (span.start, span.end):
        return
    inside = f"{_written(first, last)} inside it, or " if first < last else ""
    yield PLT_002.fault(
        "/dateRange",
        "the platform purges whole days (UTC), and this range does not begin and end at midnight",
        hint=f"the nearest ranges of whole days are {inside}{_written(begins, ends)} around it",
        at_key=True,
    )


def by_age(selection: Selection, now: datetime) -> Iterator[Fault]:
    """PLT-002 for ``recording-jobs``: what is older than five years is told apart by its dates only."""
    span, any_type = selection.date_range, selection.interaction_type is InteractionType.ANY
    match age(span, now):
        case Age.BOTH:
            yield _across(span, now)
        case Age.YOUNGER if any_type:
            yield PLT_002.fault(
                "/interactionType",
                "any is for conversations of more than five years; younger ones are asked for by type",
                hint="write one type",
            )
        case Age.OLDER:
            yield from _aged(selection, any_type=any_type)


def comparable(selection: Selection) -> Iterator[Fault]:
    """PLT-002 for ``recording-jobs``: the platform cuts an attribute, and what is cut equals nothing."""
    long = [name for name, value in selection.attributes.items() if _longest(value) >= _CUT_AT]
    if long:
        yield PLT_002.fault(
            "/filters/attributes",
            f"the platform tells {_CUT_AT:,} bytes of an attribute at most: {', '.join(sorted(long))}",
            hint="compare a shorter value, or narrow it with filters.dimensions, such as the queue",
            at_key=True,
        )


def _longest(value: FilterValue) -> int:
    values = value if isinstance(value, tuple) else (value,)
    return max((len(str(each).encode(errors="surrogatepass")) for each in values), default=0)


def of_messages(selection: Selection) -> Iterator[Fault]:
    """PLT-002 for ``recording-jobs``: a type of message narrows messages, and is one of its own kind."""
    wanted = selection.dimensions.get(Dimension.MESSAGE_TYPE)
    kind = selection.interaction_type
    if wanted is None:
        return
    if kind not in _MESSAGES:
        told = f"{kind.value} interactions have no type of message"
    elif all((each == _SMS) is (kind is InteractionType.SMS) for each in wanted):
        return
    else:
        told = f"{', '.join(wanted)} is not what interactionType: {kind.value} stands for"
    yield PLT_002.fault(
        "/filters/dimensions/messageType",
        told,
        hint="sms has messageType sms, social all others; leave messageType out, or write another type",
    )


def dated(purge_type: str, grace_days: int | None) -> Iterator[Fault]:
    """PLT-002 for ``recording-jobs``: a soft purge is one whose delete date lies ahead."""
    if purge_type == PurgeType.SOFT and grace_days is None:
        yield PLT_002.fault(
            "/graceDays",
            "a soft purge sets the day of deletion, and nobody says how many days ahead it lies",
            hint="write graceDays",
        )


def _across(span: DateRange, now: datetime) -> Fault:
    """Propose a cut at which the younger part stays younger for long enough to be approved and run."""
    cut = midnight_after(now - _LEAST_FIVE_YEARS + _TIME_TO_RUN)
    hint = f"wait until {_aged_from(span.end)}"
    if cut < span.end:
        younger, older = _written(cut, span.end), _written(span.start, cut)
        hint = f"split it: {younger} within {_TIME_TO_RUN.days} days, {older} from {_aged_from(cut)} on"
    return PLT_002.fault(
        "/dateRange",
        "the range lies on both sides of five years ago, and the platform has no query for that",
        hint=f"{hint}; what is older goes as interactionType: any, without filters",
        at_key=True,
    )


def _aged_from(end: datetime) -> str:
    last = date.max - _MOST_FIVE_YEARS
    return (min(end.date(), last) + _MOST_FIVE_YEARS).isoformat()


def _aged(selection: Selection, *, any_type: bool) -> Iterator[Fault]:
    without = "conversations of more than five years are told apart by their dates only"
    hint = "write interactionType: any, no filters, and allowUnfiltered: true"
    if not any_type:
        yield PLT_002.fault("/interactionType", without, hint=hint)
    if selection.narrowed:
        yield PLT_002.fault("/filters", without, hint=hint, at_key=True)
    span = selection.date_range
    last = _months_later(span.start, _AGED_MONTHS)
    if span.end > last:
        yield PLT_002.fault(
            "/dateRange",
            f"conversations of more than five years go in ranges of at most {_AGED_MONTHS} months",
            hint=f"split it: the first part is {_written(span.start, last)}",
            at_key=True,
        )


def _months_later(instant: datetime, months: int) -> datetime:
    """Return the midnight of the same day some months later, or of the month's last day."""
    years, month = divmod(instant.month - 1 + months, 12)
    first = datetime(instant.year + years, month + 1, 1, tzinfo=UTC)
    next_month = (first + timedelta(days=31)).replace(day=1)
    return min(first + timedelta(days=instant.day - 1), next_month - timedelta(days=1))


def _written(first: datetime, end: datetime) -> str:
    """Return a half-open range as a policy states it, with its last millisecond."""
    return f"{format_milliseconds(first)} to {format_milliseconds(end - ONE_MILLISECOND)}"
