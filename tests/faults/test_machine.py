"""A month of bad days, played by hypothesis: whatever happens in whatever order, the promises hold.

Everything that a run touches is behind ports, so an example is replayed by its seed alone. A failure
prints the steps as a program and ``PURGECTL_SEED=<n>``; to play the very same examples again:

    PURGECTL_SEED=<n> python -m pytest tests/faults/test_machine.py
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from support.imagined import Died, Organisation, Wire
from support.imaginedjobs import RecordingPlatform
from support.imaginedlog import Machine, fates
from support.imaginedtree import HOLD, TARGET, TARGET_FILE, order, path
from support.journey import HELD

from runner.errors import PurgectlError
from runner.model.fields import text
from runner.model.job import JobStatus
from runner.model.policy import PurgePolicy, Selection
from runner.model.purge import PurgeState

YEARS = ("2014", "2015", "2016")
MACHINES = ("first", "second")
MOODS = ("accepts", "rejects", "throttles", "is deaf", "loses its answer", "is late")
LAST_CALL = 60
"""The call of a port at which something happens at the latest; a run has some fifty."""
calls = st.integers(1, LAST_CALL)


class BadDays(RuleBasedStateMachine):
    """One organisation, two machines, and a world that does as it likes."""

    @initialize(kind=st.sampled_from(["cannot list", "lists", "prepares"]))
    def opens(self, kind: str) -> None:
        self.org = Organisation(TARGET, lists_jobs=kind == "lists", prepares=kind == "prepares")
        self.org.platform.on_submit = self._the_request_was_allowed
        self.machines = {name: Machine(name, self.org.clock) for name in MACHINES}
        self.ends: dict[str, PurgeState] = {}
        self.size = 1

    # -- people --------------------------------------------------------------------------------

    @rule(year=st.sampled_from(YEARS), revision=st.integers(1, 3))
    def somebody_merges_a_policy(self, year: str, revision: int) -> None:
        self.org.main.commit(**{path(year): order(year, revision=str(revision))})

    @rule(year=st.sampled_from(YEARS))
    def somebody_rewords_a_policy(self, year: str) -> None:
        self.org.main.commit(**{path(year): order(year, owner="other-team", revision="1")})

    @rule(year=st.sampled_from(YEARS))
    def somebody_removes_a_policy(self, year: str) -> None:
        self.org.main.commit(**{path(year): None})

    @rule(held=st.booleans())
    def somebody_holds_or_releases(self, held: bool) -> None:
        self.org.main.commit(**{HELD: HOLD if held else None})

    @rule(suspended=st.booleans())
    def somebody_suspends_the_target_or_not(self, suspended: bool) -> None:
        self.org.main.commit(**{TARGET_FILE: TARGET + "suspended: true\n" * suspended})

    @rule(is_open=st.booleans())
    def somebody_turns_the_kill_switch(self, is_open: bool) -> None:
        self.org.kill_switch_open = is_open

    @precondition(lambda self: not self.org.branch.lies)
    @rule()
    def somebody_sends_notices_again(self) -> None:
        self.org.replay()

    @precondition(lambda self: not self.org.branch.lies)
    @rule()
    def somebody_resolves_what_is_ambiguous(self) -> None:
        self.org.resolve()

    # -- the world -----------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 59, 119, 130, 400, 900, 3600, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.org.clock.elapsed += seconds

    @rule(moods=st.lists(st.sampled_from(MOODS), min_size=1, max_size=3))
    def the_platform_has_moods(self, moods: list[str]) -> None:
        self.org.platform.moods = moods

    @precondition(lambda self: isinstance(self.org.platform, RecordingPlatform))
    @rule(
        posts=st.lists(st.sampled_from(["lost", "refused", ""]), max_size=3),
        others=st.integers(0, 2),
        total=st.sampled_from([7, 7, 7, 10_000_000, None]),
        seconds=st.sampled_from([0, 40, 4000]),
    )
    def the_platform_prepares_as_it_likes(
        self, posts: list[str], others: int, total: int | None, seconds: int
    ) -> None:
        platform = self.org.platform
        platform.posts, platform.others, platform.total = posts, others, total
        platform.counting = timedelta(seconds=seconds)

    @rule(status=st.sampled_from([s for s in JobStatus if s is not JobStatus.PENDING]))
    def the_jobs_end(self, status: JobStatus) -> None:
        self.org.platform.end(status)

    @rule(mood=st.sampled_from(["http-204", "http-503", "http-410", "http-400", "timeout", "connect"]))
    def the_receiver_has_a_mood(self, mood: str) -> None:
        self.org.receiver.mood = mood

    @rule(faults=st.lists(st.sampled_from(["", "refused", "unanswered"]), max_size=6))
    def pushes_will_fail(self, faults: list[str]) -> None:
        self.org.broken[:] = faults

    @precondition(lambda self: not self.org.branch.lies)
    @rule()
    def somebody_tampers(self) -> None:
        self.org.branch.lies = True

    @precondition(lambda self: self.org.branch.lies)
    @rule()
    def somebody_puts_it_right(self) -> None:
        self.org.branch.lies = False

    # -- runs ----------------------------------------------------------------------------------

    @rule(name=st.sampled_from(MACHINES))
    def a_run(self, name: str) -> None:
        self._run(name, Wire())

    @rule(name=st.sampled_from(MACHINES), call=calls, before=st.booleans())
    def a_run_dies(self, name: str, call: int, before: bool) -> None:
        wire = Wire()
        (wire.before if before else wire.after)[call] = wire.die
        self._run(name, wire)

    @rule(call=calls, second_call=calls, dies=st.booleans())
    def a_second_run_in_the_middle_of_the_first(self, call: int, second_call: int, dies: bool) -> None:
        second = Wire()
        if dies:
            second.before[second_call] = second.die
        self._run("first", Wire(before={call: lambda: self._run("second", second)}))

    @rule(name=st.sampled_from(MACHINES), call=calls, change=st.sampled_from(["hold", "suspend", "remove"]))
    def a_change_is_merged_in_the_middle_of_a_run(self, name: str, call: int, change: str) -> None:
        merged = {
            "hold": {HELD: HOLD},
            "suspend": {TARGET_FILE: TARGET + "suspended: true\n"},
            "remove": {path(year): None for year in YEARS},
        }[change]
        self._run(name, Wire(before={call: lambda: self.org.main.commit(**merged)}))

    @rule(name=st.sampled_from(MACHINES), call=calls)
    def a_run_is_cancelled(self, name: str, call: int) -> None:
        wire = Wire()
        self._run(name, wire, plan=lambda term: wire.before.update({call: term.stop}))

    @rule(name=st.sampled_from(MACHINES), size=st.integers(1, 30))
    def a_run_meets_a_branch_that_was_rolled_back(self, name: str, size: int) -> None:
        whole, seen = self.org.branch.records, self.machines[name].seen
        if size >= len(seen):
            return
        asked = len(self.org.platform.asked)
        self.org.branch.records = whole[:size]
        self._run(name, Wire())
        assert self.org.branch.records == whole[:size], "a branch that was rolled back was extended"
        assert len(self.org.platform.asked) == asked, "a request was sent on a branch that was rolled back"
        self.org.branch.records = whole

    def _run(self, name: str, wire: Wire, **options) -> None:
        lying, asked = self.org.branch.lies, len(self.org.platform.asked)
        with suppress(Died, PurgectlError):
            self.org.run(self.machines[name], wire, **options)
        assert not lying or len(self.org.platform.asked) == asked, "a request was sent on a log that lies"
        if not wire.dead:
            kept = {text(draft.fields, "job", "id") for draft in self.machines[name].submitted()}
            recorded = {purge.job_id for purge in self.org.branch.purges.values()}
            assert wire.answers <= kept | recorded, "an accepted job is in no record and in no spool"

    # -- promises ------------------------------------------------------------------------------

    def _the_request_was_allowed(self, ordered: PurgePolicy, seen: Mapping[str, str]) -> None:
        """Called by the platform when a request arrives; ``seen`` is what its run saw of main last."""
        purge = self._purge(ordered.name, ordered.revision)
        assert self.org.kill_switch_open, "a request was sent although the kill switch is off"
        assert purge is not None, "a request was sent that nobody has announced"
        assert purge.state is PurgeState.INTENDED, f"a request was sent for a purge that is {purge.state}"
        assert "suspended" not in seen[TARGET_FILE], "a request was sent although the target is suspended"
        held = HELD in seen and ordered.name == f"year-{YEARS[0]}"
        assert not held, "a request was sent for what is held"
        file = seen.get(f"policies/purges/{ordered.name}.yaml", "")
        assert f"revision: {ordered.revision}" in file, "a request was sent for a policy that is not on main"
        begun = [effect for effect in self.org.platform.effects if effect.policy == purge_key(ordered)]
        assert begun == [], "a request was sent for a purge that runs or has run"
        if isinstance(self.org.platform, RecordingPlatform):
            assert purge.prepared_job in self.org.platform.prepared, "a job runs that nobody announced"
            assert purge.matched == 7, "a job runs whose totals nobody allowed"

    def _purge(self, name: str, revision: int):
        purges = self.org.branch.purges.values()
        return next((p for p in purges if (p.policy, p.revision) == (name, revision)), None)

    @invariant()
    def each_purge_has_at_most_one_job(self) -> None:
        begun = [effect.policy for effect in self.org.platform.effects]
        assert len(begun) == len(set(begun))

    @invariant()
    def the_log_never_says_that_nothing_ran_where_something_did(self) -> None:
        for effect in self.org.platform.effects:
            purge = self._purge(*effect.policy)
            assert purge is not None
            assert not purge.state.without_effect, f"{effect} is {purge.state}"

    @invariant()
    def every_job_in_the_log_is_the_one_that_was_begun(self) -> None:
        jobs = {effect.policy: effect.job for effect in self.org.platform.effects}
        for purge in self.org.branch.purges.values():
            if purge.job_id is not None:
                assert jobs[purge.policy, purge.revision] == purge.job_id

    @invariant()
    def what_has_ended_stays_so(self) -> None:
        for purge in self.org.branch.purges.values():
            assert self.ends.get(purge.id, purge.state) is purge.state
            if purge.state.terminal:
                self.ends[purge.id] = purge.state

    @invariant()
    def the_log_only_grows_and_says_everything_once(self) -> None:
        ids = [record.id for record in self.org.branch.records]
        assert len(ids) == len(set(ids))
        assert len(ids) >= self.size
        self.size = len(ids)

    @invariant()
    def no_notice_is_lost(self) -> None:
        branch, told = self.org.branch, fates(self.org.branch.records)
        assert {key for key, fate in told.items() if fate == "pending"} == set(branch.outbox)
        assert {key for key, fate in told.items() if fate == "dead"} == set(branch.dead)
        for (_, index), fate in told.items():
            assert fate != "delivered" or self.org.receiver.seen[index] == branch.records[index].data

    def teardown(self) -> None:
        """Let the world be well again: every story must come to an end."""
        if not hasattr(self, "org"):
            return
        org = self.org
        org.branch.lies, org.kill_switch_open, org.broken[:] = False, True, []
        org.platform.moods, org.receiver.mood = [], "http-204"
        if isinstance(org.platform, RecordingPlatform):
            org.platform.posts, org.platform.others, org.platform.total = [], 0, 7
        org.main.commit(**{TARGET_FILE: TARGET, HELD: None})
        org.replay()
        for _ in range(6):
            for name in MACHINES:
                self._run(name, Wire())
                org.platform.end(JobStatus.COMPLETED)
                org.clock.elapsed += 100_000
        for check in (
            self.each_purge_has_at_most_one_job,
            self.the_log_never_says_that_nothing_ran_where_something_did,
            self.no_notice_is_lost,
        ):
            check()
        for machine in self.machines.values():
            assert machine.kept == {}, f"the spool of {machine.name} was not imported"
        for purge in org.branch.purges.values():
            assert purge.state not in (PurgeState.INTENDED, PurgeState.SUBMITTED), f"{purge} has no end"
            ran = purge.state in (PurgeState.COMPLETED, PurgeState.FAILED, PurgeState.CANCELLED)
            assert not ran or purge.job_id is None or purge.verdict is not None, f"{purge} was not verified"
        assert org.branch.outbox == {}, "a notice waits although its receiver is well"


def purge_key(ordered: PurgePolicy) -> tuple[str, int]:
    return ordered.name, ordered.revision


def play(examples: int, steps: int) -> None:
    """Play examples from a seed; a failure names it."""
    number = int(os.environ.get("PURGECTL_SEED") or secrets.randbelow(2**32))
    try:
        run_state_machine_as_test(
            seed(number)(BadDays),
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate, Phase.shrink],
            ),
        )
    except BaseException as failure:
        failure.add_note(f"PURGECTL_SEED={number}")
        raise


def test_the_promises_hold_on_a_few_bad_days():
    play(examples=30, steps=20)


@pytest.mark.slow
def test_the_promises_hold_on_many_bad_days():
    play(examples=600, steps=40)


def test_a_runner_that_was_overtaken_while_it_counted_refuses_nothing():
    """Its count is of what the other run has left: none; that is no fault of the policy."""
    org = Organisation(TARGET)
    org.main.commit(**{path("2014"): order("2014")})
    first, second = (Machine(name, org.clock) for name in MACHINES)
    count = org.platform.count

    def overtaken(selection: Selection) -> int | None:
        org.platform.count = count
        org.run(second, Wire())
        return count(selection)

    org.platform.count = overtaken
    outcome = org.run(first, Wire())
    assert "purge.refused" not in [record.type.value for record in org.branch.records]
    assert outcome.exit_code == 0
