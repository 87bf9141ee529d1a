"""A change of keys: what is written into the log, and what must hold before it is.

The order of the steps, and what a runner with the old key meets at each, stands in
``docs/for-operators.md``.
"""

from __future__ import annotations

from datetime import datetime

from runner.audit.identity import record_id
from runner.audit.key_history import KeyHistory, Term
from runner.audit.trust import Trust
from runner.documents.kinds import Kind
from runner.errors import Refused
from runner.merkle.keys import Verifier
from runner.model.json import JsonObject
from runner.model.log import Draft, Log, RecordType
from runner.model.purge import PurgeState


def added(trust: Trust, keys: KeyHistory, key: Verifier, runner: JsonObject, at: datetime) -> Draft:
    """Make the record from which on a key may sign. Raises ``Refused`` for one that nobody reviewed."""
    if key not in trust.verifiers:
        raise Refused(
            f"log.keys of target {trust.target} on main does not name {key}",
            where=Kind.TARGET.path(trust.target),
            hint="add it there by pull request first: a new key is reviewed like everything else",
        )
    term = keys.term(key)
    if term is not None:
        raise Refused(
            f"the log has admitted {key} already, by record {term.since}",
            where=f"audit/{trust.target}",
            hint="nothing is to be done" if term.until is None else "a key that has ended never comes back",
        )
    return _draft(RecordType.KEY_ADDED, key, {"key": str(key), "runner": runner}, at)


def retired(
    trust: Trust, keys: KeyHistory, log: Log, key: Verifier, runner: JsonObject, at: datetime
) -> Draft:
    """Make the record from which on a key signs no more.

    Raises ``Refused`` for the last valid key, for one that is not valid, and while a run may be
    between its announcement and the answer to its request: it could no longer record that answer.
    """
    term = _endable(trust, keys, key)
    if term.until is not None:
        raise Refused(
            f"{key} is not valid any more: record {term.until} ended it",
            where=f"audit/{trust.target}",
            hint="nothing is to be done",
        )
    for purge in log.purges.values():
        if purge.state is PurgeState.INTENDED and purge.lease_until is not None and purge.lease_until > at:
            raise Refused(
                f"a run is submitting {purge.policy} right now, and may hold this key",
                where=f"record {purge.intent} of audit/{trust.target}",
                hint=f"try again after {purge.lease_until:%H:%M:%S} UTC",
            )
    return _draft(RecordType.KEY_RETIRED, key, {"key": str(key), "runner": runner}, at)


def compromised(
    trust: Trust, keys: KeyHistory, log: Log, key: Verifier, from_size: int, runner: JsonObject, at: datetime
) -> Draft:
    """Make the record that ends a key, and all belief in what it alone signed over ``from_size`` records.

    Raises ``Refused`` for the only valid key, and for a size that the log does not have.
    """
    term = _endable(trust, keys, key)
    if term.trusted_size is not None:
        raise Refused(
            f"the log says already that {key} was compromised from {term.trusted_size} records on",
            where=f"audit/{trust.target}",
            hint="nothing is to be done",
        )
    if from_size > log.checkpoint.size:
        raise Refused(
            f"the log has {log.checkpoint.size} records, fewer than {from_size}",
            where=f"audit/{trust.target}",
            hint="give the size of the last checkpoint from before the theft",
        )
    fields: JsonObject = {"key": str(key), "from_size": from_size, "runner": runner}
    return _draft(RecordType.KEY_COMPROMISED, key, fields, at)


def _endable(trust: Trust, keys: KeyHistory, key: Verifier) -> Term:
    term = keys.term(key)
    if term is None:
        raise Refused(
            f"the log never had the key {key}",
            where=f"audit/{trust.target}",
            hint=f"purgectl audit verify --target {trust.target} lists its keys",
        )
    if term.until is None and not any(other.until is None for other in keys.terms if other is not term):
        raise Refused(
            f"{key} is the only valid key of the log, after which nobody could sign it",
            where=f"audit/{trust.target}",
            hint=f"admit another one first: purgectl audit key add --target {trust.target}",
        )
    return term


def _draft(kind: RecordType, key: Verifier, fields: JsonObject, at: datetime) -> Draft:
    return Draft(kind, record_id(key.name, kind, fields), at, fields)
