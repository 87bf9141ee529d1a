"""What the log gives people to know: how a purge stands, and what needs a person.

Everything follows from the records and the clock, so whoever missed an event learns the same later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from runner.audit.outbox import told
from runner.audit.trail import Trail
from runner.model.fields import mapping, number, text
from runner.model.log import Record, RecordType
from runner.model.purge import PurgeState
from runner.model.verdict import Verdict

SILENCE = timedelta(days=2)
"""How long a log may go without its daily sign of life."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A purge of which only a person can tell whether it ran."""

    trail: Trail


@dataclass(frozen=True, slots=True)
class NotGone:
    """A purge whose second count failed it. No later record can change that."""

    trail: Trail


@dataclass(frozen=True, slots=True)
class GivenUp:
    """The notices to one endpoint that were given up; ``indexes`` are those of their records."""

    endpoint: str
    indexes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing has run since ``since``, as far as the log tells."""

    since: datetime


Trouble: TypeAlias = "Ambiguous | NotGone | GivenUp | Silent"
"""Something in a log that needs a person."""


def current(trails: Iterable[Trail], since: datetime) -> Iterator[Trail]:
    """Yield the purges that are under way, or of which a record was written after ``since``."""
    for trail in trails:
        if trail.purge.state.open or trail.records[-1].at > since:
            yield trail


def pull_request(trail: Trail, repository: str) -> int | None:
    """Return the number of the pull request whose approval a purge was announced with.

    ``None`` where it was never announced, nobody had to approve it, or another repository is named.
    """
    if trail.intent is None:
        return None
    try:
        evidence = mapping(trail.intent.body, "approval", "evidence")
        return number(evidence, "pull_request") if text(evidence, "repository") == repository else None
    except (KeyError, TypeError):
        return None


def troubles(
    trails: Iterable[Trail], records: Sequence[Record], now: datetime, since: datetime
) -> Iterator[Trouble]:
    """Yield what needs a person; a purge that failed its second count only if that was after ``since``."""
    for trail in trails:
        if trail.purge.state is PurgeState.AMBIGUOUS:
            yield Ambiguous(trail)
        if trail.purge.verdict == Verdict.FAIL and trail.records[-1].at > since:
            yield NotGone(trail)
    yield from _given_up(records)
    beaten = max(r.at for r in records if r.type in (RecordType.LOG_OPENED, RecordType.LOG_HEARTBEAT))
    if now - beaten > SILENCE:
        yield Silent(beaten)


def _given_up(records: Iterable[Record]) -> Iterator[GivenUp]:
    dead: set[tuple[str, int]] = set()
    for record in records:
        if record.type is RecordType.NOTICE_DEAD:
            dead |= told(record)
        else:
            dead -= told(record)
    for endpoint in sorted({endpoint for endpoint, _ in dead}):
        yield GivenUp(endpoint, tuple(sorted(index for each, index in dead if each == endpoint)))
