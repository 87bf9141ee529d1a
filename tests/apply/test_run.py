"""Runs that meet each other, die, or are overtaken: real git, a scripted platform, a fake clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.faketime import FakeTime
from support.gitworld import ORIGIN, RUNNER, GitWorld
from support.journey import EVENTS, policy

from runner.apply.decision import LEASE
from runner.apply.drafts import Drafts
from runner.apply.outcome import Ending, RunOutcome
from runner.apply.run import Limits, Run
from runner.apply.world import Ports
from runner.errors import ExitCode, LogBroken, OutcomeUnknown, Refused, RemoteFailure, RequestRejected
from runner.forge.evidence import ApprovalsOnLoopback
from runner.git.main import MainBranch
from runner.model.job import Job, JobStatus
from runner.model.notice import Delivery, Notice
from runner.model.policy import PurgePolicy, Selection
from runner.model.target import Target
from runner.plan.tree import read_tree


class Died(BaseException):
    """The machine is gone: nothing after this point happened."""


@dataclass
class Platform:
    """A platform that counts, accepts and ends jobs as it is told. It is Reader and Submitter."""

    clock: FakeTime
    counts: list[int | None] = field(default_factory=list)
    statuses: list[JobStatus] = field(default_factory=list)
    on_submit: Callable[[], None] = lambda: None
    submitted: list[str] = field(default_factory=list)

    def connect(self):
        return self.clock.now()

    def count(self, selection: Selection) -> int | None:
        if self.counts:
            return self.counts.pop(0)
        return 0 if self.submitted else 7

    def submit(self, policy: PurgePolicy) -> Job:
        self.submitted.append(policy.name)
        self.on_submit()
        return self._job(f"job-{len(self.submitted)}", JobStatus.PENDING)

    def job(self, job_id: str) -> Job:
        return self._job(job_id, self.statuses.pop(0) if self.statuses else JobStatus.COMPLETED)

    def _job(self, job_id: str, status: JobStatus) -> Job:
        purged = 7 if status is JobStatus.COMPLETED else 0
        return Job(job_id, status, status.value, purged, None, "corr-1", "0" * 64)


@dataclass
class Receiver:
    """A governance endpoint that can be down."""

    down: bool = False
    seen: list[Notice] = field(default_factory=list)

    def deliver(self, notice: Notice) -> Delivery:
        if self.down:
            return Delivery(delivered=False, result="http-503")
        self.seen.append(notice)
        return Delivery(delivered=True, result="http-204")


class Silence:
    """Nobody watches."""

    def say(self, text: str) -> None:
        """Say nothing."""

    def job(self, policy: str, job: Job, matched: int | None, age_seconds: float) -> None:
        """Show nothing."""


class Organisation:
    """One repository, one platform, one clock, and as many runners as a test wants."""

    def __init__(self, root: Path) -> None:
        self.clock = FakeTime()
        self.world = GitWorld(root)
        self.world.commit_target(events=EVENTS)
        self.world.open_log(clock=self.clock)
        self.platform = Platform(self.clock)
        self.receiver = Receiver()

    def merge(self, name: str = "old-calls", **changes: str | None) -> None:
        self.world.commit({f"policies/purges/{name}.yaml": policy(name, **changes)})

    def runner(self, name: str = "first", log=None) -> Run:
        clone = self.world.clone if name == "first" else self.world.another_clone(name)
        ports = Ports(
            source=MainBranch(self.world.repository(clone)),
            log=log or self.world.store(clone, events=EVENTS, clock=self.clock),
            reader=self.platform,
            submitter=self.platform,
            forge=ApprovalsOnLoopback(),
            notifier=self.receiver,
            clock=self.clock,
            watcher=Silence(),
        )
        limits = Limits(self.clock.monotonic() + 1500, kill_switch_open=True)
        return Run(ports, Drafts(ORIGIN, {**RUNNER, "session": name}, self.clock), limits, self.target)

    @property
    def target(self) -> Target:
        """The target as its file on main says."""
        commit = MainBranch(self.world.repository()).fetch()
        files = MainBranch(self.world.repository()).files(commit)
        return read_tree(files).targets["sandbox"]

    def run(self) -> RunOutcome:
        return self.runner()()

    def kinds(self) -> list[str]:
        return [record.type.value for record in self.world.store(clock=self.clock).load().records]


@pytest.fixture
def organisation(tmp_path: Path) -> Organisation:
    return Organisation(tmp_path)


def dies() -> None:
    raise Died


class Meddling:
    """The real log store, and something that happens right after an append has landed."""

    def __init__(self, store, after: Callable[[], None]) -> None:
        self._store = store
        self._after = [after]

    def load(self):
        return self._store.load()

    def append(self, drafts, **outbox):
        appended = self._store.append(drafts, **outbox)
        if self._after:
            self._after.pop()()
        return appended


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


HOLD_ON_EVERYTHING = """# yaml-language-server: $schema=../../schemas/legal-hold.schema.json
apiVersion: purge/v1
kind: LegalHold
name: matter-1
type: litigation
basis: Letter of 2 November
issuedBy: legal-team
issuedOn: "2026-11-02"
scope: {}
review: {every: P90D}
"""
MEDDLERS = {
    "removed": {"policies/purges/old-calls.yaml": None},
    "changed": {"policies/purges/old-calls.yaml": policy(reason="Another reason than was approved.")},
    "held": {"policies/holds/matter-1.yaml": HOLD_ON_EVERYTHING},
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


def raises(error: Exception) -> Callable[[], None]:
    def answer() -> None:
        raise error

    return answer


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


class Unwritable:
    """The real log store, which fails at the appends that hold one kind of record."""

    def __init__(self, store, kind: str, error: Exception) -> None:
        self._store = store
        self._kind = kind
        self._error = error

    def load(self):
        return self._store.load()

    def append(self, drafts, **outbox):
        if any(draft.type.value == self._kind for draft in drafts):
            raise self._error
        return self._store.append(drafts, **outbox)


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
    outcome = runner()
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
    elsewhere = HOLD_ON_EVERYTHING.replace("scope: {}", "scope: {interactionTypes: [sms]}")
    store = organisation.world.store(events=EVENTS, clock=organisation.clock)
    change = {"policies/holds/matter-1.yaml": elsewhere}
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
