"""What dead, interrupted and cut-off runs leave behind, and what the next run makes of it."""

from __future__ import annotations

import pytest
from support.journey import EVENTS
from support.organisation import Died, Meddling, Unwritable, dies, raises

from runner.apply.decision import LEASE, LOOKS_APART, SETTLE
from runner.apply.outcome import Ending
from runner.apply.term import LAST_WORDS, STOPPING, Term
from runner.errors import ExitCode, Interrupted, OutcomeUnknown, Refused, RemoteFailure
from runner.model.job import JobStatus
from runner.model.log import RecordType
from runner.model.platform import Presence


def endings(outcome) -> list[Ending]:
    return [result.ending for result in outcome.results]


def records(organisation, kind: str):
    log = organisation.world.store(clock=organisation.clock).load()
    return [record for record in log.records if record.type.value == kind]


def leave_an_intent(organisation, *, arrived: bool) -> None:
    """A machine dies in its submission; the request has arrived or not."""

    def happens() -> None:
        if not arrived:
            organisation.platform.accepted.clear()
        raise Died

    organisation.merge()
    organisation.platform.on_submit = happens
    with pytest.raises(Died):
        organisation.run()
    organisation.platform.on_submit = lambda: None
    organisation.clock.sleep(LEASE.total_seconds())


class TestAPlatformThatListsItsJobs:
    @pytest.fixture(autouse=True)
    def listing(self, organisation):
        organisation.platform.listing = True

    def test_a_job_whose_answer_was_lost_is_adopted_and_polled_to_its_end(self, organisation):
        leave_an_intent(organisation, arrived=True)
        assert endings(organisation.run()) == [Ending.COMPLETED]
        assert organisation.platform.submitted == ["old-calls"]
        (submitted,) = records(organisation, "purge.submitted")
        assert submitted.body["recovered"] is True
        assert "purge.ambiguous" not in organisation.kinds()

    def test_two_runners_that_find_it_write_one_record(self, organisation):
        leave_an_intent(organisation, arrived=True)
        find = organisation.platform.find

        def second_comes_first(purge):
            organisation.platform.find = find
            organisation.runner("second")()
            return find(purge)

        organisation.platform.find = second_comes_first
        organisation.run()
        assert len(records(organisation, "purge.submitted")) == 1
        assert len(organisation.platform.submitted) == 1

    def test_two_jobs_are_for_a_person(self, organisation):
        leave_an_intent(organisation, arrived=True)
        organisation.platform.accepted.append(("old-calls", "job-2"))
        assert organisation.run().exit_code is ExitCode.OUTCOME_UNKNOWN
        (ambiguous,) = records(organisation, "purge.ambiguous")
        assert ambiguous.body["reason"] == "several-jobs"

    def test_a_request_that_never_arrived_is_withdrawn_after_two_looks_and_sent_again(self, organisation):
        leave_an_intent(organisation, arrived=False)
        assert endings(organisation.run()) == [Ending.WAITING]
        assert organisation.kinds() == ["log.opened", "purge.intended"]
        organisation.clock.sleep(SETTLE.total_seconds())
        before = organisation.clock.elapsed
        assert endings(organisation.run()) == [Ending.WAITING]
        assert organisation.clock.elapsed >= before + LOOKS_APART.total_seconds()
        assert organisation.kinds() == ["log.opened", "purge.intended", "purge.refused"]
        assert endings(organisation.run()) == [Ending.COMPLETED]
        assert organisation.kinds().count("purge.intended") == 2
        assert len(organisation.platform.accepted) == 1

    def test_a_job_that_shows_between_the_two_looks_is_adopted(self, organisation):
        leave_an_intent(organisation, arrived=False)
        organisation.clock.sleep(SETTLE.total_seconds())
        find, looks = organisation.platform.find, []

        def shows_late(purge):
            looks.append(purge)
            if len(looks) == 2:
                organisation.platform.accepted.append(("old-calls", "job-1"))
            return find(purge)

        organisation.platform.find = shows_late
        assert endings(organisation.run()) == [Ending.POLLING]
        assert endings(organisation.run()) == [Ending.COMPLETED]
        assert len(organisation.platform.submitted) == 1

    def test_a_run_without_time_for_a_second_look_leaves_it_to_the_next(self, organisation):
        leave_an_intent(organisation, arrived=False)
        organisation.clock.sleep(SETTLE.total_seconds())
        assert endings(organisation.runner(term=Term(organisation.clock, 30))()) == [Ending.WAITING]
        assert "purge.refused" not in organisation.kinds()

    def test_an_answer_that_is_lost_leaves_the_intent_open_for_a_look(self, organisation):
        organisation.merge()
        organisation.platform.on_submit = raises(OutcomeUnknown("cut off"))
        outcome = organisation.run()
        assert (endings(outcome), outcome.exit_code) == ([Ending.WAITING], ExitCode.OUTCOME_UNKNOWN)
        assert organisation.kinds() == ["log.opened", "purge.intended"]
        organisation.clock.sleep(LEASE.total_seconds())
        assert endings(organisation.run()) == [Ending.COMPLETED]

    def test_a_platform_that_cannot_be_asked_decides_nothing(self, organisation):
        leave_an_intent(organisation, arrived=True)
        find = organisation.platform.find
        organisation.platform.find = lambda purge: raises(RemoteFailure("no answer"))()
        assert organisation.run().exit_code is ExitCode.REMOTE_FAILURE
        organisation.platform.find = find
        assert endings(organisation.run()) == [Ending.COMPLETED]

    def test_a_job_that_belongs_to_another_purge_is_not_adopted(self, organisation):
        organisation.merge("other", filters="{attributes: {department: sales}}")
        organisation.run()
        leave_an_intent(organisation, arrived=False)
        organisation.platform.accepted.append(("old-calls", "job-1"))
        assert organisation.run().exit_code is ExitCode.OUTCOME_UNKNOWN


def test_a_clock_that_is_not_the_platforms_calls_no_lease_over(organisation):
    leave_an_intent(organisation, arrived=True)
    now = organisation.clock.now()
    organisation.platform.connect = lambda: Presence(now.replace(year=2025))
    assert organisation.run().exit_code is ExitCode.REFUSED
    assert "purge.ambiguous" not in organisation.kinds()


class TestTheSpool:
    def test_an_accepted_job_that_could_not_be_pushed_is_imported_by_the_next_run(self, organisation):
        organisation.merge()
        store = organisation.world.store(events=EVENTS, clock=organisation.clock)
        unwritable = Unwritable(store, "purge.submitted", RemoteFailure("no network"))
        outcome = organisation.runner(log=unwritable)()
        (kept,) = organisation.spool().pending()
        assert [draft.type for draft in kept.drafts] == [RecordType.SUBMITTED]
        assert kept.name in outcome.results[0].detail
        assert outcome.exit_code is ExitCode.OUTCOME_UNKNOWN
        assert endings(organisation.run()) == [Ending.COMPLETED]
        assert organisation.spool().pending() == ()
        assert "purge.ambiguous" not in organisation.kinds()
        assert len(organisation.platform.submitted) == 1

    def test_a_machine_that_dies_between_the_answer_and_its_push_has_kept_the_answer(self, organisation):
        organisation.merge()
        store = organisation.world.store(events=EVENTS, clock=organisation.clock)
        dying = Unwritable(store, "purge.submitted", Died())
        with pytest.raises(Died):
            organisation.runner(log=dying)()
        assert organisation.kinds() == ["log.opened", "purge.intended"]
        organisation.clock.sleep(LEASE.total_seconds())
        assert endings(organisation.run()) == [Ending.COMPLETED]
        assert organisation.kinds()[1:3] == ["purge.intended", "purge.submitted"]

    def test_the_answer_is_a_fact_even_after_another_machine_called_it_ambiguous(self, organisation):
        organisation.merge()
        store = organisation.world.store(events=EVENTS, clock=organisation.clock)
        with pytest.raises(Died):
            organisation.runner(log=Unwritable(store, "purge.submitted", Died()))()
        organisation.clock.sleep(LEASE.total_seconds())
        assert organisation.runner("second")().exit_code is ExitCode.OUTCOME_UNKNOWN
        assert endings(organisation.run()) == [Ending.COMPLETED]

    def test_a_machine_that_dies_after_the_push_imports_what_the_log_has_already(self, organisation):
        organisation.merge()
        store = organisation.world.store(events=EVENTS, clock=organisation.clock)
        runner = organisation.runner(log=store)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(runner.ports.spool, "drop", lambda name: dies())
            with pytest.raises(Died):
                runner()
        assert len(organisation.spool().pending()) == 1
        assert endings(organisation.run()) == [Ending.COMPLETED]
        assert len(records(organisation, "purge.submitted")) == 1

    def test_an_answer_that_the_log_no_longer_allows_stops_the_run_before_any_effect(self, organisation):
        organisation.merge()
        store = organisation.world.store(events=EVENTS, clock=organisation.clock)
        with pytest.raises(Died):
            organisation.runner(log=Unwritable(store, "purge.submitted", Died()))()
        organisation.clock.sleep(LEASE.total_seconds())
        organisation.runner("second")()
        (purge,) = store.load().purges.values()
        organisation.resolve(purge, "not-run", "job-absent")
        with pytest.raises(Refused, match="resolved-not-run") as refused:
            organisation.run()
        (kept,) = organisation.spool().pending()
        assert refused.value.where == kept.name
        assert len(organisation.platform.submitted) == 1

    def test_an_end_that_could_not_be_pushed_is_imported_even_if_the_job_is_gone(self, organisation):
        organisation.merge()
        store = organisation.world.store(events=EVENTS, clock=organisation.clock)
        organisation.runner(log=Unwritable(store, "purge.completed", RemoteFailure("no network")))()
        organisation.platform.statuses = [JobStatus.VANISHED] * 100
        organisation.run()
        assert "purge.completed" in organisation.kinds()
        assert "purge.ambiguous" not in organisation.kinds()

    def test_a_spool_that_is_gone_does_not_keep_an_answer_from_the_log(self, organisation):
        organisation.merge()
        runner = organisation.runner()
        runner.ports.spool._folder.rmdir()
        assert endings(runner()) == [Ending.COMPLETED]


class TestBeingAskedToStop:
    def stopped(self, organisation, when: str):
        """Run, and be asked to stop right after a call of the platform."""
        term = Term(organisation.clock, 1500)
        call = getattr(organisation.platform, when)

        def and_stop(*arguments):
            answer = call(*arguments)
            term.stop()
            return answer

        setattr(organisation.platform, when, and_stop)
        outcome = organisation.runner(term=term)()
        setattr(organisation.platform, when, call)
        return outcome

    def test_before_the_intent_nothing_is_announced(self, organisation):
        organisation.merge()
        organisation.merge("second", filters="{attributes: {department: sales}}")
        outcome = self.stopped(organisation, "connect")
        assert outcome.exit_code is ExitCode.INTERRUPTED
        assert organisation.platform.submitted == []
        assert organisation.kinds().count("purge.intended") == organisation.kinds().count("purge.refused")
        assert endings(organisation.run()) == [Ending.COMPLETED] * 2

    def test_between_intent_and_request_the_intent_is_withdrawn_and_the_next_run_sends(self, organisation):
        organisation.merge()
        term = Term(organisation.clock, 1500)
        store = organisation.world.store(events=EVENTS, clock=organisation.clock)
        outcome = organisation.runner(log=Meddling(store, term.stop), term=term)()
        assert (endings(outcome), outcome.exit_code) == ([Ending.WAITING], ExitCode.INTERRUPTED)
        assert organisation.kinds() == ["log.opened", "purge.intended", "purge.refused"]
        assert endings(organisation.run()) == [Ending.COMPLETED]

    def test_during_the_request_its_answer_is_written_down_and_polled_by_the_next_run(self, organisation):
        organisation.merge()
        organisation.merge("second", filters="{attributes: {department: sales}}")
        outcome = self.stopped(organisation, "submit")
        assert endings(outcome) == [Ending.POLLING, Ending.WAITING]
        assert outcome.exit_code is ExitCode.INTERRUPTED
        assert organisation.kinds() == ["log.opened", "purge.intended", "purge.submitted"]
        assert endings(organisation.run()) == [Ending.COMPLETED] * 2
        assert organisation.platform.submitted == ["old-calls", "second"]

    def test_while_polling_an_end_that_was_seen_is_written_down(self, organisation):
        organisation.merge()
        outcome = self.stopped(organisation, "job")
        assert endings(outcome) == [Ending.COMPLETED]
        assert outcome.exit_code is ExitCode.INTERRUPTED
        assert organisation.kinds()[-1] == "purge.completed"
        assert [result.verdict for result in organisation.run().results] == ["PASS"]

    def test_a_request_that_the_signal_kept_back_is_withdrawn(self, organisation):
        organisation.merge()
        organisation.platform.on_submit = raises(Interrupted("given up while it waited to be sent"))
        outcome = organisation.run()
        assert endings(outcome) == [Ending.WAITING]
        assert organisation.kinds() == ["log.opened", "purge.intended", "purge.refused"]

    def test_a_second_time_nothing_is_waited_for_but_the_answer_is_kept(self, organisation):
        organisation.merge()
        term = Term(organisation.clock, 1500)

        def twice() -> None:
            term.stop()
            term.stop()

        organisation.platform.on_submit = twice
        store = organisation.world.store(events=EVENTS, clock=organisation.clock)
        no_time = Unwritable(store, "purge.submitted", RemoteFailure("this run has no time left"))
        outcome = organisation.runner(log=no_time, term=term)()
        assert outcome.exit_code is ExitCode.OUTCOME_UNKNOWN
        assert len(organisation.spool().pending()) == 1
        organisation.platform.on_submit = lambda: None
        assert endings(organisation.run()) == [Ending.COMPLETED]


class TestATerm:
    def test_its_minutes_leave_time_for_last_words(self, organisation):
        term = Term(organisation.clock, 60)
        assert (term.over(), term.requested(), term.grace()) == (False, False, 60 + LAST_WORDS)
        organisation.clock.sleep(60)
        assert (term.over(), term.closing(), term.grace()) == (True, False, LAST_WORDS)
        organisation.clock.sleep(LAST_WORDS / 2 + 1)
        assert term.closing()
        organisation.clock.sleep(LAST_WORDS)
        assert term.grace() == 0

    def test_being_asked_leaves_seconds_and_being_asked_again_none(self, organisation):
        term = Term(organisation.clock, 1500)
        term.stop()
        assert (term.over(), term.closing(), term.requested()) == (True, True, True)
        assert term.grace() == STOPPING
        organisation.clock.sleep(1)
        assert term.grace() == STOPPING - 1
        term.stop()
        assert term.grace() == 0

    def test_being_asked_late_lengthens_nothing(self, organisation):
        term = Term(organisation.clock, 0)
        organisation.clock.sleep(LAST_WORDS - 1)
        term.stop()
        assert term.grace() == 1

    def test_a_run_without_minutes_submits_nothing(self, organisation):
        organisation.merge()
        outcome = organisation.runner(term=Term(organisation.clock, 0))()
        assert (endings(outcome), outcome.exit_code) == ([Ending.WAITING], ExitCode.OK)
        assert organisation.platform.submitted == []


def test_the_kill_switch_is_looked_at_before_every_submission(organisation):
    organisation.merge("a", filters="{attributes: {department: a}}")
    organisation.merge("b", filters="{attributes: {department: b}}")
    outcome = organisation.runner(enabled=lambda: not organisation.platform.submitted)()
    assert endings(outcome) == [Ending.COMPLETED, Ending.REFUSED]
    assert [finding.rule for finding in outcome.results[1].findings] == ["RUN-001"]


def test_a_kill_switch_that_closes_after_the_intent_halts_the_purge(organisation):
    organisation.merge()
    enabled = lambda: "purge.intended" not in organisation.kinds()  # noqa: E731
    assert endings(organisation.runner(enabled=enabled)()) == [Ending.HALTED]
    assert organisation.platform.submitted == []


def test_a_policy_that_selects_nothing_is_refused_once_and_named(organisation):
    organisation.merge()
    organisation.platform.counts = [0, 0]
    for _ in range(2):
        outcome = organisation.run()
        assert [finding.rule for finding in outcome.results[0].findings] == ["SCP-009"]
    assert organisation.kinds() == ["log.opened", "purge.refused"]


@pytest.mark.parametrize("status", [JobStatus.FAILED, JobStatus.CANCELLED])
def test_what_a_job_that_did_not_complete_has_left_is_counted_and_recorded(organisation, status):
    organisation.merge()
    organisation.platform.statuses = [status]
    organisation.platform.counts = [7, 7, 3]
    (result,) = organisation.run().results
    assert (result.ending.value, result.verdict) == (status.value, "FAIL")
    (verified,) = records(organisation, "purge.verified")
    assert verified.body["remaining"] == 3
    assert organisation.run().exit_code is ExitCode.OK


def test_ends_that_are_seen_together_are_pushed_together_and_so_are_verdicts(organisation):
    for name in "abc":
        organisation.merge(name, filters=f"{{attributes: {{department: {name}}}}}")
    organisation.platform.statuses = [JobStatus.RUNNING] * 3
    pushes: list[list[str]] = []
    store = organisation.world.store(events=EVENTS, clock=organisation.clock)

    class Watched:
        load = staticmethod(store.load)

        def append(self, drafts, **outbox):
            pushes.append([draft.type.value for draft in drafts])
            return store.append(drafts, **outbox)

    organisation.runner(log=Watched())()
    intents = [push for push in pushes if "purge.intended" in push]
    assert intents == [["purge.intended"]] * 3
    assert ["purge.verified"] * 3 in pushes
    assert len([push for push in pushes if "purge.completed" in push]) < 3


def test_an_end_that_the_log_refuses_holds_up_no_other(organisation):
    for name in "ab":
        organisation.merge(name, filters=f"{{attributes: {{department: {name}}}}}")
    organisation.platform.statuses = [JobStatus.RUNNING] * 1000
    organisation.run()
    organisation.platform.statuses = []
    store = organisation.world.store(events=EVENTS, clock=organisation.clock)
    purges = {purge.policy: purge.id for purge in store.load().purges.values()}

    class Picky:
        load = staticmethod(store.load)

        def append(self, drafts, **outbox):
            about = {draft.fields.get("purge_id") for draft in drafts if draft.type is RecordType.COMPLETED}
            if purges["a"] in about:
                raise Refused("the log has moved on")
            return store.append(drafts, **outbox)

    organisation.runner(log=Picky())()
    (completed,) = records(organisation, "purge.completed")
    assert completed.body["purge_id"] == purges["b"]
    (kept,) = organisation.spool().pending()
    assert [draft.fields["purge_id"] for draft in kept.drafts] == [purges["a"]]


def test_a_sign_of_life_is_left_once_a_day(organisation):
    for _ in range(3):
        organisation.run()
    assert len(records(organisation, "log.heartbeat")) == 1
    organisation.clock.sleep(24 * 3600)
    organisation.run()
    days = [record.body["day"] for record in records(organisation, "log.heartbeat")]
    assert days == ["2026-11-23", "2026-11-24"]


def test_a_sign_of_life_tells_what_is_open(organisation):
    organisation.merge()
    organisation.platform.statuses = [JobStatus.RUNNING] * 1000
    organisation.run()
    (beat,) = records(organisation, "log.heartbeat")
    assert (beat.body["open"], beat.body["waiting"], beat.body["dead"]) == (1, 0, 0)


def test_what_a_person_says_has_run_is_counted_by_the_next_run(organisation):
    leave_an_intent(organisation, arrived=True)
    organisation.run()
    organisation.clock.sleep(SETTLE.total_seconds())
    (purge,) = organisation.world.store(clock=organisation.clock).load().purges.values()
    organisation.resolve(purge, "ran", "job-seen", "job-1")
    organisation.platform.counts = [0]
    (result,) = organisation.run().results
    assert (result.ending, result.verdict) == (Ending.RESOLVED, "PASS")
    assert len(organisation.platform.submitted) == 1
