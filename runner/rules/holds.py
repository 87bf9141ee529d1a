"""Legal holds: the one predicate that decides whether a hold reaches a selection, and its rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from runner.model.finding import Fault, Severity
from runner.model.hold import HoldScope, LegalHold
from runner.model.policy import DateRange, FilterValue, InteractionType, Selection
from runner.model.rule import Phase, Rule
from runner.model.settings import Settings
from runner.model.time import ONE_MILLISECOND, format_instant, format_milliseconds, gaps
from runner.rules import hold_causes
from runner.rules.check import Check
from runner.rules.dates import WHOLE_DAYS_HELD
from runner.rules.overlap import may_both_match, narrowing, reach

_MOST_RANGES = 3
HLD_004 = Rule(
    id="HLD-004",
    title="A released hold cools off",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Sedona Conference, Commentary on Legal Holds, 2nd ed., 20 Sedona Conf. J. 341 (2019): release",
    hint="write a later purgeableFrom; a release also needs the approval of two people, legal among them, "
    "and until then the hold is active",
)
HLD_005 = Rule(
    id="HLD-005",
    title="The file of a hold is never deleted",
    severity=Severity.ERROR,
    phase=Phase.CHANGE,
    basis="Zubulake v. UBS Warburg, 229 F.R.D. 422 (S.D.N.Y. 2004): preservation on a continuing basis",
    hint="restore the file; a hold ends by its release, and moving or renaming its file deletes it",
)

HLD_006 = Rule(
    id="HLD-006",
    title="A hold is never narrowed",
    severity=Severity.ERROR,
    phase=Phase.CHANGE,
    basis="Zubulake v. UBS Warburg, 229 F.R.D. 422 (S.D.N.Y. 2004): preservation on a continuing basis",
    hint="leave the scope as it was or make it wider; write a hold of its own for what stays held, and "
    "release this one",
)
HLD_007 = Rule(
    id="HLD-007",
    title="A hold that judged a purge stays on main",
    severity=Severity.ERROR,
    phase=Phase.PLAN,
    basis="Zubulake v. UBS Warburg, 229 F.R.D. 422 (S.D.N.Y. 2004): preservation on a continuing basis",
    hint="put the file back; the record of that purge names its git blob, and a hold ends by its release",
)

_RELEASE_HINT = (
    "its release is filled in, and counts once purgeableFrom has come and GitHub shows apply that two people "
    "approved it, legal among them; until then, and wherever GitHub is not asked, the hold is active"
)

_ONLY_DATES_HINT = (
    "wait until it is released, or move the policy out of its reach by dates: on this platform neither types "
    "nor filters keep two of them apart"
)


def touches(hold: LegalHold, selection: Selection, *, whole_conversations: bool) -> bool:
    """Whether a hold may reach an interaction that a purge of the selection takes.

    Whatever the hold does not say, and whatever cannot be told from the selection, counts as a
    match. ``conversationIds`` never narrow a hold, because a selection names no conversations. A
    release that is filled in changes nothing. Where the platform purges ``whole_conversations``,
    only targets and dates narrow a hold.
    """
    scope, taken = hold.scope, reach(selection, whole_conversations=whole_conversations)
    types, span = scope.interaction_types, taken.date_range
    return (
        (scope.targets is None or taken.target in scope.targets)
        and (types is None or taken.interaction_type in types | {InteractionType.ANY})
        and (scope.start is None or scope.start < span.end)
        and (scope.end is None or scope.end > span.start)
        and may_both_match(scope.attributes, taken.attributes)
    )


def not_narrowed(name: str, old: HoldScope, new: HoldScope) -> Iterator[Fault]:
    """HLD-006: whatever the ``old`` scope of a hold touches, its ``new`` one touches too."""
    for pointer, as_wide in (
        ("/scope/targets", _includes(new.targets, old.targets)),
        ("/scope/interactionTypes", _includes(new.interaction_types, old.interaction_types)),
        ("/scope/dateRange", _spans(new, old)),
        ("/scope/filters/attributes", _accepts(new.attributes, old.attributes)),
    ):
        if not as_wide:
            yield HLD_006.fault(pointer, f"hold {name} no longer reaches all that it reached")


def _includes(new: frozenset[str] | None, old: frozenset[str] | None) -> bool:
    return new is None or (old is not None and new >= old)


def _spans(new: HoldScope, old: HoldScope) -> bool:
    starts = new.start is None or (old.start is not None and new.start <= old.start)
    ends = new.end is None or (old.end is not None and new.end >= old.end)
    return starts and ends


def _accepts(new: Mapping[str, FilterValue], old: Mapping[str, FilterValue]) -> bool:
    asked = narrowing(old)
    return all(name in asked and values >= asked[name] for name, values in narrowing(new).items())


def not_held(
    selection: Selection, holds: Iterable[LegalHold], *, whole_conversations: bool
) -> Iterator[Fault]:
    """HLD-001 and HLD-003: one fault for each hold that reaches the selection (``touches``).

    A hold that reaches only a part of the range refuses the whole policy; the hint proposes the
    ranges that no hold reaches.
    """
    reaching = [hold for hold in holds if touches(hold, selection, whole_conversations=whole_conversations)]
    free = untouched(selection.date_range, reaching)
    for hold in reaching:
        cause = hold_causes.CAUSES[hold.type]
        told = f"{_called(hold)} reaches what this policy selects"
        way_out = cause.rule.hint
        if not touches(hold, selection, whole_conversations=False):
            told += ": whole conversations go here, which may have other media, queues and participants"
            way_out = _ONLY_DATES_HINT
        hints = (_RELEASE_HINT if hold.purgeable_from is not None else way_out, _proposal(free))
        hint = "; ".join(filter(None, hints))
        yield cause.rule.fault("/dateRange", told, hint=hint, basis=cause.basis, at_key=True)


def not_held_later(
    selection: Selection, newest_end: datetime | None, holds: Iterable[LegalHold]
) -> Iterator[Fault]:
    """HLD-001 and HLD-003 where whole conversations go: no hold reaches one that went on past the range.

    A conversation belongs to a range by its beginning. ``newest_end`` is when the last of those
    selected ended, ``None`` for unknown; holds that reach the range itself are left to ``not_held``.
    """
    span = selection.date_range
    if newest_end is None or newest_end < span.end:
        return
    longer = replace(selection, date_range=replace(span, end=newest_end + ONE_MILLISECOND))
    for hold in holds:
        if touches(hold, longer, whole_conversations=True) and not touches(
            hold, selection, whole_conversations=True
        ):
            cause = hold_causes.CAUSES[hold.type]
            yield cause.rule.fault(
                "/dateRange/end",
                f"a conversation that began in the range went on until {format_instant(newest_end)}, and "
                f"{_called(hold)} reaches it there",
                hint="end the range earlier, so that such conversations stay out of it",
                basis=cause.basis,
            )


def _called(hold: LegalHold) -> str:
    """What a hold is called in a sentence, with its file and the office to ask."""
    noun = hold_causes.CAUSES[hold.type].noun
    return f"{noun} {hold.name} (policies/holds/{hold.name}.yaml, ordered by {hold.issued_by})"


def untouched(span: DateRange, holds: Iterable[LegalHold]) -> tuple[DateRange, ...]:
    """Return the parts of a range that lie outside the dates of every hold, in order.

    Their ends are whole milliseconds, as the platform has them. A part that would begin and end in
    the same millisecond is left out, because no policy may be that narrow (DAT-001).
    """
    earliest, latest = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    held = ((hold.scope.start or earliest, hold.scope.end or latest) for hold in holds)
    free = ((_up(first), _down(end)) for first, end in gaps(span.start, span.end, held))
    return tuple(
        DateRange(first, end, format_milliseconds(first), format_milliseconds(end - ONE_MILLISECOND))
        for first, end in free
        if end - first > ONE_MILLISECOND
    )


def all_readable(unreadable: Iterable[str]) -> Iterator[Fault]:
    """HLD-001: no policy runs while a hold file (``unreadable`` gives the paths) has an error."""
    for path in unreadable:
        yield hold_causes.HLD_001.fault(
            "",
            f"{path} has errors, so nobody knows what it holds",
            hint=f"mend {path} first",
        )


def cooled_off(cool_off: timedelta, release: Mapping[str, str] | None) -> Iterator[Fault]:
    """HLD-004: ``release`` (as written) lets nothing go before ``cool_off`` has passed."""
    if release is None:
        return
    released, purgeable = (date.fromisoformat(release[key]) for key in ("releasedOn", "purgeableFrom"))
    if purgeable - released < cool_off:
        yield HLD_004.fault(
            "/release/purgeableFrom",
            f"{purgeable} is {(purgeable - released).days} days after the release on {released}; "
            f"{cool_off.days} are needed. The hold is active",
        )


def not_deleted(name: str) -> Iterator[Fault]:
    """HLD-005: the fault of a change after which the file of the hold ``name`` is gone."""
    yield HLD_005.fault("", f"this change deletes the file of hold {name}, which is active")


def still_there(judged: Iterable[str], present: Collection[str]) -> Iterator[Fault]:
    """HLD-007: every hold that an intent in the log names still has a file, readable or not.

    ``judged`` are the names in the log, ``present`` those of the files. A released hold keeps its
    file, so nothing but the removal of a file, or of history, is found.
    """
    for name in sorted({*judged} - {*present}):
        yield HLD_007.fault("", f"hold {name} judged an earlier purge, and its file is gone from main")


def _proposal(free: Sequence[DateRange]) -> str:
    named = " and ".join(f"{part.start_text} to {part.end_text}" for part in free[:_MOST_RANGES])
    more = f" and {len(free) - _MOST_RANGES} more" if len(free) > _MOST_RANGES else ""
    return f"outside the dates of every hold lies {named}{more}" if free else ""


def _down(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def _up(instant: datetime) -> datetime:
    whole = _down(instant)
    return whole if whole == instant else whole + ONE_MILLISECOND


def checks(settings: Settings) -> tuple[Check, ...]:
    """Return every rule that the document of a hold alone decides."""
    return (
        WHOLE_DAYS_HELD,
        Check(HLD_004, partial(cooled_off, settings.cool_off), may_read=("/release",)),
    )
