"""Orders that are prepared before they are submitted, on a platform in memory with two slots."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.faketime import START
from support.imagined import Organisation, Wire
from support.imaginedlog import Machine
from support.imaginedtree import HOLD, TARGET, order, path
from support.journey import HELD

from runner.apply.decision import LEASE, SETTLE
from runner.apply.outcome import Ending, RunOutcome
from runner.apply.term import Term
from runner.errors import ExitCode, Refused, RequestRejected, RetryLater
from runner.model.job import RecordingFigures
from runner.model.platform import Presence
from runner.model.time import format_instant

ELSEWHERE = "11111111-2222-4333-8444-555555555555"
OURS = "0f6f3a52-8a0e-4a8f-9f39-3f1d4c1b7a10"


class Days:
    """One organisation whose platform prepares; each ``run`` is a run of the same machine."""

    def __init__(self) -> None:
        self.org = Organisation(f"{TARGET}organizationId: {OURS}\n", prepares=True)
        self.platform = self.org.platform
        self.machine = Machine("first", self.org.clock)
        self.platform.ends_itself = True

    def merge(self, *years: str, **changes: str) -> None:
        self.org.main.commit(**{path(year): order(year, **changes) for year in years})

    def run(self, seconds: float = 1500) -> RunOutcome:
        return self.org.run(self.machine, Wire(), seconds=seconds)

    def records(self, kind: str) -> list:
        return [record.body for record in self.org.branch.records if record.type.value == f"purge.{kind}"]

    def kinds(self) -> list[str]:
        kinds = [record.type.value for record in self.org.branch.records]
        return [kind.removeprefix("purge.") for kind in kinds if kind.startswith("purge.")]

    def refuses(self, outcome: RunOutcome, *rules: str) -> None:
        """Exit code 3, the rules in the log, nothing deleted, and no job left behind."""
        assert outcome.exit_code is ExitCode.REFUSED
        found = {finding.rule for result in outcome.results for finding in result.findings}
        assert found == set(rules)
        assert self.platform.effects == []
        assert self.platform.prepared == {}
        assert self.kinds()[-1] in ("refused", "halted")


@pytest.fixture
def days() -> Days:
    return Days()


def endings(outcome: RunOutcome) -> list[Ending]:
    return [result.ending for result in outcome.results]


def test_a_purge_is_counted_by_its_job_and_only_then_told_to_delete(days):
    days.merge("2014")
    outcome = days.run()
    assert endings(outcome) == [Ending.COMPLETED]
    assert outcome.exit_code is ExitCode.OK
    assert days.kinds() == ["intended", "submitted", "completed"]
    (intent,) = days.records("intended")
    assert intent["job"]["id"] == "job-1"
    assert "manifest_sha256" not in intent["job"]
    assert intent["counts"] == {"matched": 7, "recordings": 9}
    assert days.records("submitted")[0]["job"] == {"id": "job-1"}
    (purge,) = days.org.branch.purges.values()
    assert (purge.prepared_job, purge.recordings) == ("job-1", RecordingFigures(9, 9, 0, 0))
    assert format_instant(purge.deletes_at) == intent["job"]["deletes_at"]
    assert days.records("completed")[0]["recordings"] == {
        "total": 9, "processed": 9, "skipped": 0, "failed": 0
    }  # fmt: skip


def test_fulfilled_is_not_erased_and_a_later_run_gives_the_verdict(days):
    days.merge("2014")
    (result,) = days.run().results
    assert result.verdict is None
    assert "what is left can be told from 2026-11-23T" in result.detail
    (waiting,) = days.run().results
    assert (waiting.ending, waiting.verdict) == (Ending.COMPLETED, None)
    days.org.clock.sleep(days.platform.erasing.total_seconds())
    (verified,) = days.run().results
    assert verified.verdict == "PASS"
    assert days.records("verified")[0]["looked_at"] == 3


def test_recordings_that_were_skipped_are_told_before_there_is_a_verdict(days):
    days.merge("2014")
    days.platform.figures = RecordingFigures(9, 8, 1, None)
    for outcome in (days.run(), days.run()):
        (result,) = outcome.results
        assert (result.ending, result.verdict) == (Ending.COMPLETED, None)
        assert result.detail.endswith("its job has skipped 1 recordings, and 0 failed")
        assert outcome.exit_code is ExitCode.JOB_FAILED


@pytest.mark.parametrize(
    "figures",
    [RecordingFigures(9, 9, 1, 0), RecordingFigures(9, 8, 0, 1), RecordingFigures(None, None, 2, 3)],
)
def test_recordings_that_were_skipped_or_failed_never_pass(days, figures):
    days.merge("2014")
    days.platform.figures, days.platform.erasing = figures, timedelta(0)
    outcome = days.run()
    assert [result.verdict for result in outcome.results] == ["FAIL"]
    assert outcome.exit_code is ExitCode.JOB_FAILED


def test_the_hash_of_the_interactions_that_a_job_names_is_announced(days):
    days.merge("2014")
    days.platform.manifest = "0" * 64
    days.run()
    assert days.records("intended")[0]["job"]["manifest_sha256"] == "0" * 64


@pytest.mark.parametrize(
    ("total", "rules"), [(5001, ["SCP-003", "RET-004"]), (None, ["SCP-007"]), (0, ["SCP-009"])]
)
def test_what_a_job_counts_is_judged_before_it_is_announced(days, total, rules):
    days.merge("2014")
    days.platform.total = total
    days.refuses(days.run(), *rules)
    assert days.platform.removed == ["job-1"]
    assert days.kinds() == ["refused"]


def test_a_count_that_is_not_the_approved_one_is_refused(days):
    days.merge("2014", expected="{count: 100, tolerancePercent: 2}")
    days.refuses(days.run(), "SCP-004")


def test_a_hold_that_is_merged_while_a_job_counts_refuses_it(days):
    days.merge("2014")
    days.platform.on_prepare = once(lambda: days.org.main.commit(**{HELD: HOLD}))
    days.refuses(days.run(), "HLD-001")
    assert days.kinds() == ["refused"]


def test_a_hold_that_is_merged_between_two_runs_refuses_what_the_first_one_prepared(days):
    days.merge("2014")
    days.platform.counting = timedelta(minutes=40)
    days.run()
    assert list(days.platform.prepared) == ["job-1"]
    days.org.main.commit(**{HELD: HOLD})
    days.refuses(days.run(), "HLD-001")


def test_a_hold_that_is_merged_between_the_intent_and_the_call_halts_it(days):
    days.merge("2014")
    days.org.on_append["purge.intended"] = lambda: days.org.main.commit(**{HELD: HOLD})
    days.refuses(days.run(), "HLD-001")
    assert days.kinds() == ["intended", "halted"]
    assert days.platform.removed == ["job-1"]


def wrong_organisation(days: Days) -> None:
    days.platform.connect = lambda: Presence(days.org.clock.now(), ELSEWHERE)


def wrong_clock(days: Days) -> None:
    days.platform.connect = lambda: Presence(days.org.clock.now() + timedelta(hours=2), OURS)


def no_permission(days: Days) -> None:
    def prepare(policy, known):
        raise RequestRejected("it needs recording:job:add", status=403)

    days.platform.prepare = prepare


def no_scope(days: Days) -> None:
    def prepare(policy, known):
        raise Refused("the token has no scope recordings", hint="ask for it")

    days.platform.prepare = prepare


@pytest.mark.parametrize("made", [False, True], ids=["from the beginning", "while the job counts"])
@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        (wrong_organisation, "TGT-003"),
        (wrong_clock, "DAT-004"),
        (no_permission, "RUN-003"),
        (no_scope, "RUN-003"),
    ],
)
def test_what_is_wrong_with_the_way_there_refuses_and_leaves_no_job(days, fault, rule, made):
    days.merge("2014")
    if made:
        days.platform.on_prepare = once(lambda: fault(days))
    else:
        fault(days)
    days.refuses(days.run(), rule)
    assert days.platform.made == made


def test_a_permission_that_is_missing_at_the_irreversible_call_refuses_and_may_be_given(days):
    days.merge("2014")
    days.platform.moods = ["forbids"]
    days.refuses(days.run(), "RUN-003")
    days.org.clock.sleep(3600)
    assert endings(days.run()) == [Ending.COMPLETED]


def test_slots_that_are_taken_are_waited_for_and_no_error(days):
    days.merge("2014")
    days.platform.others = 2
    outcome = days.run()
    assert [(r.ending, r.exit_code) for r in outcome.results] == [(Ending.WAITING, ExitCode.OK)]
    assert "all slots are taken" in outcome.results[0].detail
    assert (outcome.exit_code, days.kinds(), days.platform.made) == (ExitCode.OK, [], 0)
    days.platform.others = 0
    assert endings(days.run()) == [Ending.COMPLETED]


def test_a_job_that_counts_longer_than_a_run_is_found_again_by_the_next(days):
    days.merge("2014")
    days.platform.counting = timedelta(minutes=40)
    outcome = days.run()
    assert endings(outcome) == [Ending.WAITING]
    assert "it counts" in outcome.results[0].detail
    assert list(days.platform.prepared) == ["job-1"]
    assert endings(days.run()) == [Ending.COMPLETED]
    assert days.platform.made == 1


def test_an_answer_to_the_making_of_a_job_that_is_lost_makes_no_second_job(days):
    days.merge("2014")
    days.platform.posts = ["lost"]
    assert endings(days.run()) == [Ending.COMPLETED]
    assert (days.platform.made, len(days.platform.effects)) == (1, 1)


def test_a_job_is_adopted_whose_execution_was_not_answered(days):
    """The platform is asked for the job that the intent names, before anything is sent again."""
    days.merge("2014")
    days.platform.moods = ["loses its answer"]
    lost = days.run()
    assert lost.exit_code is ExitCode.OUTCOME_UNKNOWN
    assert days.kinds() == ["intended"]
    days.org.clock.sleep(LEASE.total_seconds())
    assert endings(days.run()) == [Ending.COMPLETED]
    assert days.records("submitted")[0]["recovered"] is True
    assert len(days.platform.asked) == len(days.platform.effects) == 1


def test_a_hold_that_is_merged_while_an_answer_is_lost_is_told_although_it_is_too_late(days):
    days.merge("2014")
    days.platform.moods = ["loses its answer"]
    days.run()
    days.org.main.commit(**{HELD: HOLD})
    early = days.run()
    assert (endings(early), early.exit_code) == ([Ending.WAITING], ExitCode.REFUSED)
    days.org.clock.sleep(LEASE.total_seconds())
    late = days.run()
    assert (endings(late), late.exit_code) == ([Ending.COMPLETED], ExitCode.REFUSED)
    assert {finding.rule for result in late.results for finding in result.findings} == {"HLD-001"}


def test_a_job_that_another_run_has_made_needless_is_removed(days):
    days.merge("2014")
    second = Machine("second", days.org.clock)
    days.platform.on_prepare = once(lambda: days.org.run(second, Wire(), seconds=1500))
    (result,) = days.run().results
    assert "another run has announced this purge" in result.detail
    assert [effect.job for effect in days.platform.effects] == ["job-1"]
    assert (days.platform.removed, days.platform.prepared) == (["job-2"], {})


def test_an_execution_that_never_arrived_is_withdrawn_and_the_same_job_executed(days):
    days.merge("2014")
    days.platform.moods = ["is deaf"]
    days.run()
    days.org.clock.sleep((LEASE + SETTLE).total_seconds())
    assert endings(days.run()) == [Ending.WAITING]
    assert days.kinds() == ["intended", "refused"]
    assert endings(days.run()) == [Ending.COMPLETED]
    assert [effect.job for effect in days.platform.effects] == ["job-1"]
    assert days.platform.made == 1


@pytest.mark.parametrize(
    ("change", "ending"),
    [({path("2014"): None}, Ending.NOTHING), ({path("2014"): order("2014", owner="others")}, Ending.WAITING)],
    ids=["gone", "reworded"],
)
def test_the_job_of_a_policy_that_is_no_longer_the_same_is_removed(days, change, ending):
    days.merge("2014")
    days.platform.on_prepare = once(lambda: days.org.main.commit(**change))
    outcome = days.run()
    assert (endings(outcome), days.kinds()) == ([ending], [])
    assert (days.platform.removed, days.platform.effects) == (["job-1"], [])


def test_a_job_that_cannot_be_removed_is_told(days):
    days.merge("2014")
    days.platform.total = 5001

    def discard(job_id: str) -> None:
        raise RequestRejected("not now", status=503)

    days.platform.discard = discard
    outcome = days.run()
    assert outcome.results[0].detail == "its prepared job job-1 may still be there: not now"
    assert outcome.exit_code is ExitCode.REMOTE_FAILURE
    assert days.kinds() == ["refused"]


def test_a_pause_that_the_platform_asks_for_is_everybodys(days):
    days.merge("2014", "2015", "2016")
    asked = []

    def pause() -> None:
        asked.append(days.org.clock.elapsed)
        if len(asked) == 1:
            raise RetryLater("a pause", not_before=START + timedelta(seconds=600))

    days.platform.on_prepare = pause
    assert endings(days.run()) == [Ending.COMPLETED] * 3
    assert min(asked[1:]) >= 600


def test_a_pause_beyond_the_end_of_the_run_is_the_next_runs(days):
    days.merge("2014", "2015")

    def pause() -> None:
        raise RetryLater("a pause", not_before=START + timedelta(hours=6))

    days.platform.on_prepare = pause
    outcome = days.run()
    assert endings(outcome) == [Ending.WAITING] * 2
    assert outcome.exit_code is ExitCode.REMOTE_FAILURE
    assert days.org.clock.elapsed < 60


def test_a_run_that_is_asked_to_stop_leaves_what_is_prepared(days):
    days.merge("2014", "2015")

    def plan(term: Term) -> None:
        days.platform.on_prepare = term.stop

    outcome = days.org.run(days.machine, Wire(), plan=plan)
    assert endings(outcome) == [Ending.WAITING] * 2
    assert outcome.exit_code is ExitCode.INTERRUPTED
    assert (list(days.platform.prepared), days.platform.asked) == (["job-1"], [])


def test_open_jobs_are_asked_about_by_one_listing(days):
    days.merge("2014", "2015")
    days.platform.running = timedelta(minutes=10)
    assert endings(days.run()) == [Ending.COMPLETED] * 2
    assert days.platform.reads == 0
    assert days.platform.listings < 2 * 600 / 15


def once(happens):
    """Do something at the second call, and at no other: the first one has made the job."""
    calls = []

    def call() -> None:
        calls.append(None)
        if len(calls) == 2:
            happens()

    return call
