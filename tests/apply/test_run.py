"""Runs that meet each other, die, or are overtaken: real git, a scripted platform, a fake clock."""

from __future__ import annotations

import pytest
from support.journey import EVENTS, HELD, hold, policy
from support.organisation import Died, Meddling, Unwritable, dies, raises

from runner.apply.decision import LEASE
from runner.apply.outcome import Ending
from runner.errors import ExitCode, LogBroken, OutcomeUnknown, Refused, RemoteFailure, RequestRejected
from runner.model.job import JobStatus
from runner.model.notice import Delivery, Notice
from runner.model.policy import Selection


def test_a_machine_that_dies_in_its_submission_leaves_an_intent_that_is_never_sent_again(organisation):
    organisation.merge()
    organisation.platform.on_submit = dies
    with pytest.raises(Died):
        organisation.run()
    assert organisation.kinds() == ["log.opened", "purge.intended"]

    organisation.platform.on_submit = lambda: None
    soon = organisation.run()
    assert [result.ending for result in soon.results] == [Ending.WAITING]
    assert soon.exit_code is ExitCode.OK

    organisation.clock.sleep(LEASE.total_seconds())
    late = organisation.run()
    assert late.exit_code is ExitCode.OUTCOME_UNKNOWN
    assert organisation.run().exit_code is ExitCode.OUTCOME_UNKNOWN
    assert len(organisation.platform.submitted) == 1
    assert organisation.kinds()[1:3] == ["purge.intended", "purge.ambiguous"]
    assert [notice.endpoint for notice in organisation.receiver.seen] == ["governance"]


def test_a_machine_that_dies_right_after_its_intent_is_ambiguous_too(organisation):
    organisation.merge()
    store = organisation.world.store(events=EVENTS, clock=organisation.clock)
    with pytest.raises(Died):
        organisation.runner(log=Meddling(store, dies))()
    organisation.clock.sleep(LEASE.total_seconds())
    assert organisation.run().exit_code is ExitCode.OUTCOME_UNKNOWN
    assert organisation.platform.submitted == []


def test_of_two_runners_only_the_one_whose_intent_landed_submits(organisation):
    organisation.merge()
    first, second = organisation.runner(), organisation.runner("second")
    count, finished = organisation.platform.count, []

    def second_runs_while_the_first_counts(selection: Selection) -> int | None:
        organisation.platform.count = count
        finished.append(second())
        return 7

    organisation.platform.count = second_runs_while_the_first_counts
    outcome = first()
    assert [result.ending for result in finished[0].results] == [Ending.COMPLETED]
    assert outcome.submitted == 0
    assert organisation.platform.submitted == ["old-calls"]
    assert organisation.kinds().count("purge.intended") == 1


MEDDLERS = {
    "removed": {"policies/purges/old-calls.yaml": None},
    "changed": {"policies/purges/old-calls.yaml": policy(reason="Another reason than was approved.")},
    "held": {HELD: hold()},
}


@pytest.mark.parametrize("change", MEDDLERS.values(), ids=MEDDLERS.keys())
def test_what_changes_on_main_between_intent_and_submission_halts_the_purge(organisation, change):
    organisation.merge()
    store = organisation.world.store(events=EVENTS, clock=organisation.clock)
    runner = organisation.runner(log=Meddling(store, lambda: organisation.world.commit(change)))
    outcome = runner()
    assert [result.ending for result in outcome.results] == [Ending.HALTED]
    assert outcome.exit_code is ExitCode.REFUSED
    assert organisation.platform.submitted == []
    assert organisation.kinds() == ["log.opened", "purge.intended", "purge.halted", "notice.delivered"]


def test_a_run_that_was_asleep_too_long_withdraws_its_intent_and_the_next_one_goes_on(organisation):
    organisation.merge()
    store = organisation.world.store(events=EVENTS, clock=organisation.clock)
    sleeps = lambda: organisation.clock.sleep(LEASE.total_seconds() / 2 + 1)  # noqa: E731
    outcome = organisation.runner(log=Meddling(store, sleeps))()
    assert [result.ending for result in outcome.results] == [Ending.WAITING]
    assert organisation.platform.submitted == []
    assert [result.ending for result in organisation.run().results] == [Ending.COMPLETED]
    assert organisation.kinds().count("purge.intended") == 2


def test_the_answer_of_a_stalled_runner_is_taken_after_another_called_it_ambiguous(organisation):
    organisation.merge()

    def stalls() -> None:
        organisation.clock.sleep(LEASE.total_seconds())
        assert organisation.runner("second")().exit_code is ExitCode.OUTCOME_UNKNOWN

    organisation.platform.on_submit = stalls
    outcome = organisation.run()
    assert [result.ending for result in outcome.results] == [Ending.COMPLETED]
    assert organisation.kinds()[1:5] == [
        "purge.intended",
        "purge.ambiguous",
        "notice.delivered",
        "purge.submitted",
    ]
    assert len(organisation.platform.submitted) == 1


def test_a_refusal_that_may_pass_is_tried_again_after_a_growing_pause(organisation):
    organisation.merge()
    organisation.platform.on_submit = raises(RequestRejected("no purge:write", status=403))
    for attempt, minutes in ((1, 15), (2, 30), (3, 60)):
        assert organisation.run().exit_code is ExitCode.REMOTE_FAILURE
        assert len(organisation.platform.submitted) == attempt
        organisation.clock.sleep(minutes * 60 - 5)
        assert organisation.run().exit_code is ExitCode.OK
        assert len(organisation.platform.submitted) == attempt
        organisation.clock.sleep(6)
    organisation.platform.on_submit = lambda: None
    assert [result.ending for result in organisation.run().results] == [Ending.COMPLETED]


def test_an_answer_that_never_came_is_recorded_at_once(organisation):
    organisation.merge()
    organisation.platform.on_submit = raises(OutcomeUnknown("no answer"))
    assert organisation.run().exit_code is ExitCode.OUTCOME_UNKNOWN
    assert organisation.kinds()[:3] == ["log.opened", "purge.intended", "purge.ambiguous"]


def test_what_is_left_after_a_completed_job_is_a_failure(organisation):
    organisation.merge()
    organisation.platform.counts = [7, 7, 3]
    outcome = organisation.run()
    assert [(result.ending, result.verdict) for result in outcome.results] == [(Ending.COMPLETED, "FAIL")]
    assert outcome.exit_code is ExitCode.JOB_FAILED


def test_a_second_count_that_fails_is_made_by_the_next_run(organisation):
    organisation.merge()
    count = organisation.platform.count

    def fails_after_submission(selection: Selection) -> int | None:
        if organisation.platform.submitted:
            raise RemoteFailure("no answer")
        return count(selection)

    organisation.platform.count = fails_after_submission
    assert organisation.run().exit_code is ExitCode.REMOTE_FAILURE
    assert "purge.verified" not in organisation.kinds()
    organisation.platform.count = count
    outcome = organisation.run()
    assert [(result.ending, result.verdict) for result in outcome.results] == [(Ending.COMPLETED, "PASS")]


def test_a_job_past_its_deadline_needs_a_person_and_is_polled_on(organisation):
    organisation.merge()
    organisation.platform.statuses = [JobStatus.RUNNING] * 1000
    assert organisation.run().exit_code is ExitCode.OK
    organisation.clock.sleep(3600)
    late = organisation.run()
    assert [result.ending for result in late.results] == [Ending.POLLING]
    assert late.exit_code is ExitCode.OUTCOME_UNKNOWN
    organisation.platform.statuses = []
    assert organisation.run().exit_code is ExitCode.OK


def test_one_failing_purge_does_not_stop_the_others(organisation):
    for name, department in (("a", "billing"), ("b", "sales"), ("c", "claims")):
        organisation.merge(name, filters=f"{{attributes: {{department: {department}}}}}")
    answers = [raises(OutcomeUnknown("no answer")), lambda: None, lambda: None]

    def next_answer() -> None:
        answers.pop(0)()

    organisation.platform.on_submit = next_answer
    outcome = organisation.run()
    assert [result.ending for result in outcome.results] == [
        Ending.AMBIGUOUS,
        Ending.COMPLETED,
        Ending.COMPLETED,
    ]
    assert outcome.exit_code is ExitCode.OUTCOME_UNKNOWN
    assert organisation.platform.submitted == ["a", "b", "c"]


def test_a_job_that_the_platform_does_not_know_yet_is_asked_about_again(organisation):
    organisation.merge()
    organisation.platform.statuses = [JobStatus.VANISHED] * 3
    assert [result.ending for result in organisation.run().results] == [Ending.COMPLETED]


def test_a_job_that_vanished_for_good_is_ambiguous(organisation):
    organisation.merge()
    organisation.platform.statuses = [JobStatus.VANISHED] * 1000
    outcome = organisation.run()
    assert [result.ending for result in outcome.results] == [Ending.AMBIGUOUS]
    assert organisation.clock.elapsed >= 60


def test_a_hold_that_is_merged_while_the_last_count_is_made_still_stops_the_purge(organisation):
    organisation.merge()
    count, calls = organisation.platform.count, []

    def second_count_takes_a_while(selection: Selection) -> int | None:
        calls.append(selection)
        if len(calls) == 2:
            organisation.world.commit(MEDDLERS["held"])
        return count(selection)

    organisation.platform.count = second_count_takes_a_while
    assert [result.ending for result in organisation.run().results] == [Ending.HALTED]
    assert organisation.platform.submitted == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RemoteFailure("no space left"), ExitCode.OUTCOME_UNKNOWN),
        (Refused("not now"), ExitCode.OUTCOME_UNKNOWN),
        (LogBroken("rewritten"), ExitCode.LOG_BROKEN),
    ],
)
def test_a_log_that_cannot_be_written_after_the_submission_does_not_lose_the_job(organisation, error, code):
    organisation.merge()
    store = organisation.world.store(events=EVENTS, clock=organisation.clock)
    outcome = organisation.runner(log=Unwritable(store, "purge.submitted", error))()
    (result,) = outcome.results
    assert (result.ending, result.job_id) == (Ending.AMBIGUOUS, "job-1")
    assert outcome.exit_code is code


def test_an_unknown_outcome_that_cannot_be_recorded_is_still_an_unknown_outcome(organisation):
    organisation.merge()
    organisation.platform.on_submit = raises(OutcomeUnknown("no answer"))
    store = organisation.world.store(events=EVENTS, clock=organisation.clock)
    outcome = organisation.runner(log=Unwritable(store, "purge.ambiguous", RemoteFailure("no network")))()
    assert outcome.exit_code is ExitCode.OUTCOME_UNKNOWN


def test_a_policy_that_was_edited_after_its_purge_ended_is_refused_and_not_skipped(organisation):
    organisation.merge()
    assert organisation.run().exit_code is ExitCode.OK
    organisation.merge(reason="Another reason than the one that was approved.")
    for _ in range(2):
        outcome = organisation.run()
        assert outcome.exit_code is ExitCode.REFUSED
        assert [finding.rule for result in outcome.results for finding in result.findings] == ["PLC-001"]
    assert organisation.kinds().count("purge.refused") == 1


def test_a_target_that_is_gone_between_intent_and_submission_halts_the_purge(organisation):
    organisation.merge()
    store = organisation.world.store(events=EVENTS, clock=organisation.clock)
    gone = {"policies/targets/sandbox.yaml": "kind: [\n"}
    outcome = organisation.runner(log=Meddling(store, lambda: organisation.world.commit(gone)))()
    assert [result.ending for result in outcome.results] == [Ending.HALTED]
    assert organisation.platform.submitted == []


def test_a_policy_too_large_for_a_record_is_refused_and_stops_no_other(organisation):
    values = ", ".join(f"v{number:04}{'x' * 900}" for number in range(100))
    organisation.merge("a-large-one", filters=f"{{attributes: {{department: [{values}]}}}}")
    organisation.merge("b-small-one", filters="{attributes: {department: sales}}")
    outcome = organisation.run()
    assert [result.ending for result in outcome.results] == [Ending.REFUSED, Ending.COMPLETED]
    assert organisation.platform.submitted == ["b-small-one"]


def test_a_scope_that_is_lost_does_not_stop_the_polling_of_what_runs(organisation):
    organisation.merge()
    organisation.platform.statuses = [JobStatus.RUNNING] * 1000
    organisation.run()
    organisation.merge("second", filters="{attributes: {department: sales}}")
    organisation.platform.statuses = []

    def without_scope():
        raise Refused("the client lacks purge:write")

    organisation.platform.connect = without_scope
    outcome = organisation.run()
    assert {result.key.policy: result.ending for result in outcome.results} == {
        "old-calls": Ending.COMPLETED,
        "second": Ending.WAITING,
    }


def test_many_notices_are_recorded_in_several_records(organisation):
    store = organisation.world.store(events=("purge.refused",), clock=organisation.clock)
    runner = organisation.runner(log=store)
    organisation.receiver.down = True
    for name in range(120):
        organisation.world.commit(
            {f"policies/purges/p-{name}.yaml": policy(f"p-{name}", retentionDays="3650")}
        )
    runner()
    organisation.receiver.down = False
    organisation.clock.sleep(3600)
    outcome = organisation.runner(log=store)()
    assert (outcome.delivered, outcome.waiting) == (120, ())
    assert organisation.kinds().count("notice.delivered") == 2


def test_an_end_that_cannot_be_recorded_is_told_and_seen_again_by_the_next_run(organisation):
    for name in ("a", "b"):
        organisation.merge(name, filters=f"{{attributes: {{department: {name}}}}}")
    organisation.platform.statuses = [JobStatus.FAILED] * 4
    store = organisation.world.store(events=EVENTS, clock=organisation.clock)
    first = organisation.runner(log=Unwritable(store, "purge.failed", RemoteFailure("no network")))()
    assert [result.ending for result in first.results] == [Ending.FAILED, Ending.FAILED]
    assert first.exit_code is ExitCode.JOB_FAILED
    assert "purge.failed" not in organisation.kinds()
    assert organisation.run().exit_code is ExitCode.JOB_FAILED
    assert organisation.kinds().count("purge.failed") == 2
    assert len(organisation.platform.submitted) == 2


def test_a_hold_elsewhere_that_arrives_after_the_intent_is_named_by_a_new_intent(organisation):
    organisation.merge()
    elsewhere = hold("interactionTypes: [sms]")
    store = organisation.world.store(events=EVENTS, clock=organisation.clock)
    change = {HELD: elsewhere}
    outcome = organisation.runner(log=Meddling(store, lambda: organisation.world.commit(change)))()
    assert [result.ending for result in outcome.results] == [Ending.WAITING]
    assert [result.ending for result in organisation.run().results] == [Ending.COMPLETED]
    records = organisation.world.store(clock=organisation.clock).load().records
    intents = [record for record in records if record.type.value == "purge.intended"]
    assert [len(record.body["holds"]) for record in intents] == [0, 1]


def test_a_notice_that_the_receiver_does_not_want_does_not_hold_up_the_others(organisation):
    for name in ("a", "b"):
        organisation.merge(name, filters=f"{{attributes: {{department: {name}}}}}")
    deliver = organisation.receiver.deliver
    unwanted = []

    def refuses_the_first(notice: Notice) -> Delivery:
        unwanted.append(notice)
        return Delivery(delivered=False, result="http-400") if len(unwanted) == 1 else deliver(notice)

    organisation.receiver.deliver = refuses_the_first
    outcome = organisation.run()
    assert (outcome.delivered, len(outcome.waiting)) == (1, 1)
    assert outcome.exit_code is ExitCode.NOTICE_UNDELIVERED
