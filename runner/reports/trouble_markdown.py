"""What in a log needs a person, as an issue: what it is, what to do, and when it is over.

Nothing in it changes with the clock, so that an issue is written anew only when the log has changed.
"""

from __future__ import annotations

from collections.abc import Callable

from runner.audit.bulletins import Ambiguous, GivenUp, NotGone, Silent, Trouble
from runner.audit.trail import Trail
from runner.forge.postings import Ticket, marker, settling_marker
from runner.model.time import format_instant
from runner.reports.bulletin_markdown import headline
from runner.reports.findings import counted
from runner.reports.resolving import ways_out

_MOST_LISTED = 20


def ticket(trouble: Trouble, target: str, link: Callable[[int], str]) -> Ticket:
    """Return the issue about one trouble; ``link`` gives the address of a record by its index."""
    match trouble:
        case Ambiguous(trail):
            return _ambiguous(trail, target, link)
        case NotGone(trail):
            return _not_gone(trail, target, link)
        case GivenUp(endpoint, indexes):
            return _given_up(endpoint, indexes, target, link)
        case Silent(since):
            return _silent(format_instant(since), target)


def _ambiguous(trail: Trail, target: str, link: Callable[[int], str]) -> Ticket:
    purge = trail.purge
    ways = "\n".join(ways_out(purge.id, target))
    return Ticket(
        settling_marker(target, "ambiguous", purge.id),
        f"{target}: nobody knows whether the purge {purge.policy} (revision {purge.revision}) ran",
        f"""\
**{headline(purge)}.** {_where(trail, link)}

A request was sent, or may have been, and no answer came that anybody can rely on. Nothing more is sent until
a person has decided.

1. Look in Genesys Cloud whether a job for this purge ran.
2. Write down what you found:

```text
{ways}
```

This issue closes itself when that is in the log, and opens again while it is not.
""",
    )


def _not_gone(trail: Trail, target: str, link: Callable[[int], str]) -> Ticket:
    purge = trail.purge
    return Ticket(
        marker("report", target, "not-gone", purge.id),
        f"{target}: the purge {purge.policy} (revision {purge.revision}) did not come out as it should",
        f"""\
**{headline(purge)}.** {_where(trail, link)}

Interactions that this purge selected were still there when they were counted again, or more were deleted than
its limit allows.

1. Compare the figures: `purgectl audit certificate --target {target} {purge.policy}`.
2. Look in Genesys Cloud what is left, and why.
3. To delete what is left, write a new policy, or raise `revision` where the job did not complete.

It is opened once: close it when the cause is known.
""",
    )


def _given_up(endpoint: str, indexes: tuple[int, ...], target: str, link: Callable[[int], str]) -> Ticket:
    listed = ", ".join(f"[{index}]({link(index)})" for index in indexes[:_MOST_LISTED])
    beyond = f" and {len(indexes) - _MOST_LISTED:,} more" if len(indexes) > _MOST_LISTED else ""
    replay = f"--from {indexes[0]} --to {indexes[-1]}"
    return Ticket(
        settling_marker(target, "given-up", endpoint),
        f"{target}: notices to the endpoint {endpoint} were given up",
        f"""\
**The endpoint `{endpoint}` has not taken {counted(len(indexes), "notice")} in 30 days**, and nobody tries any
more. They tell of the records {listed}{beyond}.

1. Mend the receiver. `purgectl notices list --target {target}` says what its last answers were.
2. Send them again: `purgectl notices replay --target {target} --endpoint {endpoint} {replay}`.

This issue closes itself when none is given up any more.
""",
    )


def _silent(since: str, target: str) -> Ticket:
    return Ticket(
        settling_marker(target, "silent"),
        f"{target}: no purge run has ended since {since[:10]}",
        f"""\
**The log of `{target}` has had no sign of life since {since}.** Every run of `purge` leaves one a day, so
none has come to its end since.

1. Look at the newest runs of the workflow `purge`. GitHub switches a schedule off without a word.
2. Start it by hand. It does whatever was left undone.

This issue closes itself with the next sign of life.
""",
    )


def _where(trail: Trail, link: Callable[[int], str]) -> str:
    purge, newest = trail.purge, trail.records[-1].index
    place = f"Policy `{purge.policy}`, revision {purge.revision}, on `{purge.target}`"
    return f"{place}; record [{newest}]({link(newest)})."
