"""Rules that judge what the platform tells, asked of a case: its document, and the figures in its head."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from runner.documents.reading import read
from runner.documents.resources import core_pack
from runner.documents.typed import purge_policy
from runner.documents.typed_packs import regulation_pack
from runner.model.finding import Fault
from runner.model.policy import Classification
from runner.model.purge import Purge, PurgeState
from runner.model.settings import Settings
from runner.model.target import Counts
from runner.model.time import parse_instant
from runner.rules.approvals import Evidence, Vote, approved, as_reviewed, asked, founded, in_time, independent
from runner.rules.changes import of_one_kind
from runner.rules.evidence import certified
from runner.rules.execution import (
    as_expected,
    clock_right,
    counted,
    enabled,
    not_suspended,
    permitted,
    something,
    unchanged_since_opening,
    within_limit,
    within_share,
)
from runner.rules.holds import still_there
from runner.rules.platform import PlatformMaximum, deletes_nothing_early
from runner.rules.retention import last_old_enough
from runner.rules.scope import Marked, nothing_higher
from runner.rules.targets import same_organization


def _ages(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    policy = purge_policy(document)
    newest = measured and parse_instant(measured)
    return last_old_enough(newest, policy.retention_days, policy.retention_trigger, now)


def _markers(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    marked = [Marked(marker, Classification(class_), count) for marker, class_, count in measured]
    return nothing_higher(purge_policy(document).classification, marked)


def _share(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    count, whole = measured["count"], document.get("allowUnfiltered", False)
    yield from within_limit(count, purge_policy(document).max_interactions)
    yield from within_share(count, measured["population"], 20, allow_unfiltered=whole)


def _foundations(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    for path, merged in measured.items():
        faults = as_reviewed(merged=merged, same_bytes=True, unknown_people=0)
        yield from (founded(path, fault) for fault in faults)


def _organisation(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    return same_organization(measured["wanted"], measured["told"], tells=True)


def _settings(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    core = regulation_pack(read(core_pack()).value)
    entries = [entry for entry in core.regulations if entry.id in measured["entries"]]
    maxima = [PlatformMaximum(scope, None, days) for scope, days in measured["maxima"]]
    return deletes_nothing_early(maxima, entries)


def _count(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    return counted(measured["count"], Counts(measured["counts"]))


def _something(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    return something(measured)


def _drift(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    return as_expected(measured, purge_policy(document).expected, on_loopback=False)


def _kill_switch(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    return enabled(measured)


def _permission(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    return permitted(measured)


def _suspended(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    return not_suspended(measured)


def _clock(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    return clock_right(now, measured and parse_instant(measured))


def _baseline(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    return unchanged_since_opening(measured["blob"], measured["baseline"])


def _holds(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    return still_there(measured["judged"], measured["present"])


def _ended(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    ended, verdict = parse_instant(measured["ended"]), measured["verdict"]
    state = PurgeState(measured["state"])
    purge = Purge("id", "sandbox", "earlier", 1, state, job_id="job-1", changed_at=ended, verdict=verdict)
    return certified([purge], now)


def _evidence(measured: Any, now: datetime) -> Evidence:
    votes = tuple(Vote(person, frozenset(roles), blob, now) for person, roles, blob in measured)
    return Evidence("these bytes", votes, frozenset({7}))


def _votes(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    quorum = asked(Settings(), (), document["classification"], unfiltered=False)
    return approved(_evidence(measured, now), quorum)


def _own_votes(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    quorum = asked(Settings(), (), document["classification"], unfiltered=False)
    return independent(_evidence(measured, now), quorum)


def _late(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    vote = [1, [], "these bytes"]
    return in_time(_evidence([vote], parse_instant(measured)), now, valid_for=Settings().valid_for)


def _arrival(document: Any, measured: Any, now: datetime) -> Iterable[Fault]:
    return as_reviewed(**measured)


MEASURED: Mapping[str, Callable[[Any, Any, datetime], Iterable[Fault]]] = {
    "APR-001": _votes,
    "APR-002": _own_votes,
    "APR-003": _late,
    "APR-004": _arrival,
    "APR-005": _foundations,
    "CHG-001": lambda _, measured, now: of_one_kind(**measured),
    "DAT-004": _clock,
    "EVD-001": _ended,
    "HLD-007": _holds,
    "PLC-004": _baseline,
    "PLT-001": _settings,
    "RET-004": _ages,
    "RUN-001": _kill_switch,
    "RUN-002": _suspended,
    "RUN-003": _permission,
    "SCP-003": _share,
    "SCP-004": _drift,
    "SCP-006": _markers,
    "SCP-007": _count,
    "SCP-009": _something,
    "TGT-003": _organisation,
}
"""By rule: what is asked of the value of a document, the figures, and the present instant."""
