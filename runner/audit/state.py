"""The state of every purge, as a fold of the records: there is no other memory.

Each kind of record may follow only certain states. A log that breaks this order does not verify,
and a writer refuses to extend a log against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from runner.audit.identity import purge_id
from runner.audit.purge_form import read_recordings
from runner.documents import typed
from runner.model.fields import (
    entries,
    instant,
    instant_or_none,
    mapping,
    number,
    number_or_none,
    optional_mapping,
    text,
)
from runner.model.json import Json
from runner.model.log import Record, RecordType
from runner.model.purge import Purge, PurgeState

_AUTOMATED = "automated_retention"


class IllegalRecord(ValueError):
    """A record cannot follow what the log says before it; the message says why."""


def fold(records: Sequence[Record]) -> Mapping[str, Purge]:
    """Return every purge of a verified log by its id. Raises ``IllegalRecord``."""
    purges: dict[str, Purge] = {}
    origin = ""
    for record in records:
        if record.type is RecordType.LOG_OPENED:
            origin = text(record.body, "log", "origin")
        purge = follow(purges, origin, record)
        if purge is not None:
            purges[purge.id] = purge
    return purges


def baseline(records: Sequence[Record]) -> Mapping[str, str]:
    """Return the purges that never run, because the log was opened after them: id and file's blob."""
    return {text(item, "purge_id"): text(item, "blob") for item in entries(records[0].body, "baseline")}


def follow(purges: Mapping[str, Purge], origin: str, record: Record) -> Purge | None:
    """Return the purge that a record is about, as it stands after it; ``None`` for other kinds.

    Raises ``IllegalRecord`` when the record cannot stand at this place.
    """
    if (record.type is RecordType.LOG_OPENED) != (record.index == 0):
        raise IllegalRecord("a log is opened by its first record, and by no other")
    step = _STEPS.get(record.type)
    if step is None:
        return None
    purge = purges.get(text(record.body, "purge_id"))
    if record.type in _CREATORS:
        _require_own_id(origin, record)
    elif purge is None:
        raise IllegalRecord("is about a purge that was never announced")
    elif (number(record.body, "intent"), number(record.body, "attempt")) != (purge.intent, purge.attempt):
        raise IllegalRecord("is not about the newest intent of its purge")
    return replace(step(purge, record), changed_at=record.at)


def _require_own_id(origin: str, record: Record) -> None:
    body = record.body
    target = text(body, "target", "name") if record.type is RecordType.INTENDED else text(body, "target")
    policy = mapping(body, "policy")
    expected = purge_id(origin, target, text(policy, "name"), number(policy, "revision"))
    if text(body, "purge_id") != expected:
        raise IllegalRecord("has a purge id that is not the one of its target, policy and revision")


def _refused(purge: Purge | None, record: Record) -> Purge:
    body = record.body
    if text(body, "phase") == "submission":
        begun = _unanswered(purge)
        if number(body, "attempt") != begun.attempt:
            raise IllegalRecord("is not about the newest intent of its purge")
        not_before = instant_or_none(body, "not_before")
        refusals = begun.refusals | {record.id}
        return replace(begun, state=PurgeState.REFUSED, not_before=not_before, refusals=refusals)
    if purge is not None:
        return replace(purge, refusals=purge.refusals | {record.id})
    return Purge(
        id=text(body, "purge_id"),
        target=text(body, "target"),
        policy=text(body, "policy", "name"),
        revision=number(body, "policy", "revision"),
        state=PurgeState.REFUSED,
        refusals=frozenset({record.id}),
    )


def _intended(purge: Purge | None, record: Record) -> Purge:
    if purge is not None and purge.state is not PurgeState.REFUSED:
        raise IllegalRecord(f"announces a purge that is already {purge.state.value}")
    body = record.body
    if number(body, "attempt") != (purge.attempt + 1 if purge else 1):
        raise IllegalRecord("does not count its attempt on from the one before")
    document, job = mapping(body, "policy", "body"), optional_mapping(body, "job")
    try:
        selection, traits = typed.selection(document), typed.traits(document)
        trigger = typed.retention_trigger(document)
    except (KeyError, TypeError, ValueError) as error:
        raise IllegalRecord(f"holds a policy whose selection cannot be read: {error}") from None
    return Purge(
        id=text(body, "purge_id"),
        target=text(body, "target", "name"),
        policy=text(body, "policy", "name"),
        revision=number(body, "policy", "revision"),
        state=PurgeState.INTENDED,
        path=text(body, "policy", "path"),
        blob=text(body, "policy", "blob"),
        selection=selection,
        traits=traits,
        trigger=trigger,
        limit=number(body, "limit"),
        matched=number_or_none(body, "counts", "matched"),
        compliance_tags=(
            text(document, "classification"),
            text(document, "purgeType"),
            "automated_retention",
        ),
        intent=record.index,
        attempt=number(body, "attempt"),
        lease_until=instant(body, "lease_until"),
        prepared_job=None if job is None else text(job, "id"),
        deletes_at=None if job is None else instant_or_none(job, "deletes_at"),
        leaves_sensitive=job is not None and document.get("includeSensitive") is not True,
        holds=(purge.holds if purge else frozenset())
        | {text(hold, "name") for hold in entries(body, "holds")},
        refusals=purge.refusals if purge else frozenset(),
    )


def _submitted(purge: Purge | None, record: Record) -> Purge:
    return replace(
        _unanswered(purge),
        state=PurgeState.SUBMITTED,
        job_id=text(record.body, "job", "id"),
        submitted_at=instant(record.body, "submitted_at"),
    )


def _ended(state: PurgeState) -> Callable[[Purge | None, Record], Purge]:
    """Return the step of a job's end. A failure without a job is a request refused for good."""

    def step(purge: Purge | None, record: Record) -> Purge:
        metrics = mapping(record.body, "audit", "metrics")
        job = metrics["jobId"]
        if job is None and state is PurgeState.FAILED:
            begun = _unanswered(purge)
        else:
            begun = _in_state(purge, PurgeState.SUBMITTED)
            if job != begun.job_id:
                raise IllegalRecord("is about another job than the one submitted")
        purged = number_or_none(metrics, "totalInteractionsPurged")
        reason, recordings = _reason(metrics["errorReason"]), read_recordings(record.body)
        return replace(begun, state=state, purged=purged, reason=reason, recordings=recordings)

    return step


def _halted(purge: Purge | None, record: Record) -> Purge:
    del record
    submitted = purge is not None and purge.state is PurgeState.SUBMITTED
    begun = _in_state(purge, PurgeState.SUBMITTED) if submitted else _unanswered(purge)
    return replace(begun, state=PurgeState.HALTED)


def _ambiguous(purge: Purge | None, record: Record) -> Purge:
    vanished = text(record.body, "reason") == "job-vanished"
    begun = _in_state(purge, PurgeState.SUBMITTED if vanished else PurgeState.INTENDED)
    return replace(begun, state=PurgeState.AMBIGUOUS, reason=text(record.body, "reason"))


def _resolved(purge: Purge | None, record: Record) -> Purge:
    ambiguous = _in_state(purge, PurgeState.AMBIGUOUS)
    if text(record.body, "decision") != "ran":
        return replace(ambiguous, state=PurgeState.RESOLVED_NOT_RUN)
    seen = record.body["job"]
    job_id = ambiguous.job_id if seen is None else text(record.body, "job", "id")
    return replace(ambiguous, state=PurgeState.RESOLVED_RAN, job_id=job_id)


def _verified(purge: Purge | None, record: Record) -> Purge:
    ends = (PurgeState.COMPLETED, PurgeState.FAILED, PurgeState.CANCELLED, PurgeState.RESOLVED_RAN)
    ended = _in_state(purge, *ends)
    if ended.verdict is not None:
        raise IllegalRecord("gives a second verdict on its purge")
    return replace(ended, verdict=text(record.body, "verdict"))


def _reason(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _in_state(purge: Purge | None, *states: PurgeState) -> Purge:
    if purge is None or purge.state not in states:
        stands = "was never announced" if purge is None else f"is {purge.state.value}"
        raise IllegalRecord(f"cannot follow here: its purge {stands}")
    return purge


def _unanswered(purge: Purge | None) -> Purge:
    """Require an intent whose answer is still out.

    The run that announced it may come back late, after another run has called it ambiguous; its
    answer is a fact and is taken.
    """
    begun = _in_state(purge, PurgeState.INTENDED, PurgeState.AMBIGUOUS)
    if begun.job_id is not None:
        raise IllegalRecord("cannot follow here: its purge has a job already")
    return begun


_CREATORS = frozenset({RecordType.REFUSED, RecordType.INTENDED})
_STEPS: Mapping[RecordType, Callable[[Purge | None, Record], Purge]] = {
    RecordType.REFUSED: _refused,
    RecordType.INTENDED: _intended,
    RecordType.SUBMITTED: _submitted,
    RecordType.COMPLETED: _ended(PurgeState.COMPLETED),
    RecordType.FAILED: _ended(PurgeState.FAILED),
    RecordType.CANCELLED: _ended(PurgeState.CANCELLED),
    RecordType.HALTED: _halted,
    RecordType.AMBIGUOUS: _ambiguous,
    RecordType.RESOLVED: _resolved,
    RecordType.VERIFIED: _verified,
}
