"""What a person may decide, when, and on which evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runner.apply.decision import SETTLE
from runner.apply.resolution import Decision, Evidence, Resolution, resolvable
from runner.errors import Refused, UsageError
from runner.model.purge import Purge, PurgeState

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PURGE = Purge("id", "sandbox", "x", 1, PurgeState.AMBIGUOUS, intent=4, attempt=1, lease_until=NOW - SETTLE)
SEEN = Resolution(Decision.RAN, Evidence.JOB_SEEN, "job-1")
ABSENT = Resolution(Decision.NOT_RUN, Evidence.JOB_ABSENT)

SOUND = [
    ("ran", "job-seen", "job-1"),
    ("ran", "count", None),
    ("ran", "platform-operator", None),
    ("not-run", "job-absent", None),
    ("not-run", "count", None),
    ("not-run", "platform-operator", None),
]


@pytest.mark.parametrize(("decision", "evidence", "job"), SOUND)
def test_a_decision_with_its_evidence_closes_an_ambiguous_purge(decision, evidence, job):
    resolution = Resolution(Decision(decision), Evidence(evidence), job, "OPS-17", "4711")
    assert resolvable({"id": PURGE}, "id", resolution, NOW) == PURGE


CONTRADICTIONS = {
    "ran without a job": (Decision.RAN, Evidence.JOB_ABSENT, None),
    "not run with a job": (Decision.NOT_RUN, Evidence.JOB_SEEN, "job-1"),
    "a job that is not named": (Decision.RAN, Evidence.JOB_SEEN, None),
    "a job that was not seen": (Decision.RAN, Evidence.COUNT, "job-1"),
    "a job with a space": (Decision.RAN, Evidence.JOB_SEEN, "job 1"),
    "a job with an escape": (Decision.RAN, Evidence.JOB_SEEN, "job\x1b[2J"),
    "an endless job": (Decision.RAN, Evidence.JOB_SEEN, "j" * 201),
    "an empty job": (Decision.RAN, Evidence.JOB_SEEN, ""),
}


@pytest.mark.parametrize(("decision", "evidence", "job"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_decision_that_contradicts_itself_is_a_usage_error(decision, evidence, job):
    with pytest.raises(UsageError):
        Resolution(decision, evidence, job)


@pytest.mark.parametrize("reference", ["Jane Doe", "x" * 65, "a@b.example", "tab\t", "é"])
def test_a_reference_is_a_ticket_and_no_name_or_sentence(reference):
    with pytest.raises(UsageError, match="reference"):
        Resolution(Decision.NOT_RUN, Evidence.COUNT, None, reference)


@pytest.mark.parametrize("state", [state for state in PurgeState if state is not PurgeState.AMBIGUOUS])
def test_whatever_is_not_ambiguous_is_not_for_a_person(state):
    with pytest.raises(Refused, match="nothing to decide"):
        resolvable({"id": replace(PURGE, state=state)}, "id", ABSENT, NOW)


def test_an_unknown_purge_is_a_usage_error():
    with pytest.raises(UsageError, match="knows no purge"):
        resolvable({"id": PURGE}, "other", ABSENT, NOW)


def test_nobody_decides_while_the_answer_may_still_arrive():
    with pytest.raises(Refused, match="may still arrive") as refused:
        resolvable({"id": PURGE}, "id", ABSENT, NOW - timedelta(seconds=1))
    assert refused.value.hint == "decide after 2026-11-23T09:00:00Z"


def test_a_job_of_another_purge_proves_nothing():
    other = replace(PURGE, id="other", policy="y", state=PurgeState.COMPLETED, job_id="job-1")
    with pytest.raises(Refused, match=r"belongs to y \(revision 1\)"):
        resolvable({"id": PURGE, "other": other}, "id", SEEN, NOW)


def test_a_job_that_vanished_can_only_be_the_one_that_was_accepted():
    vanished = replace(PURGE, job_id="job-0")
    with pytest.raises(Refused, match="accepted this purge as job job-0"):
        resolvable({"id": vanished}, "id", SEEN, NOW)
    assert resolvable({"id": replace(PURGE, job_id="job-1")}, "id", SEEN, NOW).job_id == "job-1"
