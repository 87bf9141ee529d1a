"""The fold: what each record makes of a purge, and which records cannot follow which."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.auditdrafts import BLOB, BODY, Drafting
from support.faketime import START
from support.gitworld import ORIGIN, RUNNER

from runner.audit.records import encode, opened, parse
from runner.audit.state import IllegalRecord, baseline, fold
from runner.model.log import RecordType
from runner.model.policy import InteractionType
from runner.model.purge import PurgeState

D = Drafting()
VKEY = f"{ORIGIN}+27053ca4+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
OPENED = opened(ORIGIN, "sandbox", [VKEY], [], RUNNER, START)


def log(*drafts):
    return [parse(index, encode(draft)) for index, draft in enumerate((OPENED, *drafts))]


def state(*drafts):
    (purge,) = fold(log(*drafts)).values()
    return purge


def second(intent):
    return replace(D, attempt=2, intent=intent)


def test_an_intent_says_everything_about_its_purge():
    purge = state(D.intended())
    assert purge.state is PurgeState.INTENDED
    assert (purge.id, purge.target, purge.policy, purge.revision) == (D.purge_id, "sandbox", "billing", 1)
    assert (purge.path, purge.blob) == ("policies/purges/billing.yaml", BLOB)
    assert (purge.limit, purge.matched, purge.intent, purge.attempt) == (5000, 1482, 1, 1)
    assert purge.compliance_tags == ("hipaa", "permanent", "automated_retention")
    assert purge.lease_until == START + timedelta(minutes=2)
    assert purge.begun
    selection = purge.selection
    assert selection.interaction_type is InteractionType.VOICE
    assert selection.date_range.end == datetime(2019, 1, 1, tzinfo=UTC)
    assert selection.attributes == {"department": "billing", "team": ("a", 7)}


def test_the_whole_way_of_a_purge():
    steps = [D.intended(), D.submitted(), D.ended(), D.verified()]
    purge = state(*steps)
    assert purge.state is PurgeState.COMPLETED
    assert purge.job_id == "job-1"
    assert purge.submitted_at == START + timedelta(seconds=5.25)
    assert (purge.changed_at, purge.purged, purge.verdict) == (START, 1482, "PASS")


@pytest.mark.parametrize(
    ("drafts", "expected"),
    [
        ([D.refused()], PurgeState.REFUSED),
        ([D.refused(), D.intended(), D.submitted()], None),
        ([D.intended(), D.refused()], PurgeState.INTENDED),
        ([D.intended(), D.refused("submission")], PurgeState.REFUSED),
        ([D.intended(), D.refused("submission"), second(3).intended()], PurgeState.INTENDED),
        ([D.intended(), D.halted()], PurgeState.HALTED),
        ([D.intended(), D.submitted(), D.halted()], PurgeState.HALTED),
        ([D.intended(), D.ambiguous()], PurgeState.AMBIGUOUS),
        ([D.intended(), D.ambiguous("lease-expired"), D.submitted()], PurgeState.SUBMITTED),
        ([D.intended(), D.ambiguous("lease-expired"), D.refused("submission")], PurgeState.REFUSED),
        ([D.intended(), D.ambiguous("lease-expired"), D.halted()], PurgeState.HALTED),
        ([D.intended(), D.submitted(), D.ambiguous("job-vanished")], PurgeState.AMBIGUOUS),
        ([D.intended(), D.ambiguous(), D.resolved("ran")], PurgeState.RESOLVED_RAN),
        ([D.intended(), D.ambiguous(), D.resolved("not-run")], PurgeState.RESOLVED_NOT_RUN),
        ([D.intended(), D.ambiguous(), D.resolved("ran"), D.verified()], PurgeState.RESOLVED_RAN),
        ([D.intended(), D.submitted(), D.ended(RecordType.FAILED)], PurgeState.FAILED),
        ([D.intended(), D.submitted(), D.ended(RecordType.CANCELLED)], PurgeState.CANCELLED),
        ([D.intended(), D.ended(RecordType.FAILED, job=None)], PurgeState.FAILED),
        ([D.intended(), D.delivered(("governance", 1))], PurgeState.INTENDED),
    ],
)
def test_where_a_purge_stands(drafts, expected):
    if expected is None:
        with pytest.raises(IllegalRecord, match="newest intent"):
            state(*drafts)
    else:
        assert state(*drafts).state is expected


def test_a_refusal_at_selection_never_moves_a_purge_that_was_begun():
    before = state(D.intended(), D.submitted())
    after = state(D.intended(), D.submitted(), D.refused())
    assert after == replace(before, refusals=frozenset({D.refused().id}))


def test_a_refusal_at_submission_keeps_the_attempt_and_the_pause():
    purge = state(D.intended(), D.refused("submission", not_before="2026-11-23T10:00:00Z"))
    assert (purge.attempt, purge.begun) == (1, True)
    assert purge.not_before == START + timedelta(hours=1)
    again = state(D.intended(), D.refused("submission"), second(3).intended())
    assert (again.attempt, again.intent, again.not_before) == (2, 3, None)
    assert again.refusals == {D.refused("submission").id}


AGAIN = [D.intended(), D.refused("submission"), second(3).intended()]
OTHER = Drafting(policy="other", intent=2)


@pytest.mark.parametrize(
    ("drafts", "says"),
    [
        ([D.submitted()], "never announced"),
        ([D.ended()], "never announced"),
        ([D.refused("submission")], "never announced"),
        ([D.refused(), D.ambiguous()], "newest intent"),
        ([D.intended(), D.intended()], "already intended"),
        ([second(1).intended()], "count its attempt"),
        ([D.intended(), D.refused("submission"), D.intended()], "count its attempt"),
        ([D.intended(), D.submitted(), D.submitted()], "is submitted"),
        ([D.intended(), D.submitted(), D.refused("submission")], "is submitted"),
        ([D.intended(), D.ended()], "is intended"),
        ([D.intended(), D.ended(RecordType.CANCELLED, job=None)], "is intended"),
        ([D.intended(), D.submitted(), D.ended(job="job-2")], "another job"),
        ([D.intended(), D.submitted(), D.ended(RecordType.FAILED, job=None)], "is submitted"),
        ([D.intended(), D.submitted(), D.ended(), D.ended(RecordType.FAILED)], "is completed"),
        ([D.intended(), D.submitted(), D.ended(), second(4).intended()], "already completed"),
        ([D.intended(), D.halted(), D.submitted()], "is halted"),
        ([D.intended(), D.ambiguous("job-vanished")], "is intended"),
        ([D.intended(), D.submitted(), D.ambiguous()], "is submitted"),
        ([D.intended(), D.submitted(), D.ambiguous("job-vanished"), D.submitted()], "has a job"),
        ([D.intended(), D.resolved()], "is intended"),
        ([D.intended(), D.verified()], "is intended"),
        ([D.intended(), OTHER.intended(), replace(D, intent=2).submitted()], "newest intent"),
        ([D.intended(), second(1).submitted()], "newest intent"),
        ([*AGAIN, D.submitted()], "newest intent"),
        ([*AGAIN, D.refused("submission")], "newest intent"),
        ([D.intended(purge_id=OTHER.purge_id)], "purge id that is not"),
        ([OPENED], "first record"),
    ],
)
def test_what_cannot_follow_is_illegal(drafts, says):
    with pytest.raises(IllegalRecord, match=says):
        fold(log(*drafts))


def test_a_log_begins_with_its_opening():
    with pytest.raises(IllegalRecord, match="first record"):
        fold([parse(0, encode(D.intended()))])


def test_a_range_that_cannot_be_read_is_illegal():
    policy = D.intended().fields["policy"]
    backwards = {**BODY, "filters": {"attributes": {}}, "dateRange": {**BODY["dateRange"]}}
    assert state(D.intended(policy={**policy, "body": backwards})).selection.attributes == {}


def test_purges_are_kept_apart_and_the_baseline_is_read():
    entry = {"policy": "old", "revision": 1, "path": "p", "blob": BLOB, "purge_id": OTHER.purge_id}
    first = opened(ORIGIN, "sandbox", [VKEY], [entry], RUNNER, START)
    records = [parse(i, encode(d)) for i, d in enumerate((first, D.intended(), OTHER.intended()))]
    assert set(fold(records)) == {D.purge_id, OTHER.purge_id}
    assert baseline(records) == {OTHER.purge_id: BLOB}
    assert fold([]) == {}


def test_the_holds_of_every_intent_are_remembered():
    again = second(3).intended(holds=[{"name": "matter-2", "blob": "f" * 40}])
    assert state(D.intended()).holds == {"matter-1"}
    assert state(D.intended(), D.refused("submission"), again).holds == {"matter-1", "matter-2"}
