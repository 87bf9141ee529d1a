"""What precedes the irreversible call: one job, made once, found again, and removed."""

import hashlib
from datetime import timedelta

import pytest
from genesys_platform import token
from genesys_recordings import (
    JOBS,
    NOW,
    OTHER,
    OURS,
    free,
    gone,
    job,
    listing,
    recordings_policy,
    soft_policy,
)
from support.httppeer import answer, reset

from runner.errors import Refused, RemoteFailure, RequestRejected, RetryLater
from runner.genesys.calls import EXECUTE_JOB
from runner.genesys.job_request import job_request
from runner.genesys.manifest import Manifest
from runner.model.platform import Preparation
from runner.model.time import format_milliseconds
from runner.net.retry import Effect

POLICY = recordings_policy()
REQUEST = job_request(POLICY, NOW)
THIRD = "0b6f2a5e-0000-4000-8000-0000000000cc"


def mine(state, job_id=OURS, request=REQUEST, **members):
    return job(state, request, job_id, **members)


def created(**members):
    return answer(202, {**mine("PENDING", dateCreated="2026-11-23T09:00:00.000Z"), **members})


def prepared(platform, *answers, policy=POLICY, known=()):
    platform.peer.plays(token(), *answers)
    return platform.jobs_preparer().prepare(policy, known)


def sent(platform):
    return [f"{seen.method} {seen.path.partition('?')[0]}" for seen in platform.peer.journal[1:]]


def removed(platform):
    return [seen.path.rpartition("/")[2] for seen in platform.peer.journal if seen.method == "DELETE"]


def test_a_job_is_made_where_there_is_none(platform):
    got = prepared(platform, listing(), *free(), created())
    assert (got.ready, got.job_id, got.look_again) == (False, OURS, 1.0)
    assert got.why == f"job {OURS} is PENDING, and not READY"
    assert platform.peer.journal[-1].json() == REQUEST
    assert sent(platform) == [f"GET {JOBS}"] * 3 + [f"POST {JOBS}"]


def test_a_job_that_has_counted_is_ready_with_its_own_totals(platform):
    ready = mine("READY", totalConversations=12, totalRecordings=34)
    assert prepared(platform, listing(ready), *free()) == Preparation(
        ready=True, job_id=OURS, count=12, recordings=34, deletes_at=NOW
    )


@pytest.mark.parametrize("total", [None, -1, "12", True])
def test_trap_absent_totals_are_unknown_and_not_zero(platform, total):
    ready = mine("READY", totalConversations=total)
    got = prepared(platform, listing(ready), *free())
    assert (got.ready, got.count, got.recordings) == (True, None, None)


def test_a_job_that_counts_is_waited_for_and_never_made_twice(platform):
    got = prepared(platform, listing(mine("PENDING")))
    assert (got.ready, got.job_id) == (False, OURS)
    assert sent(platform) == [f"GET {JOBS}"]


@pytest.mark.parametrize(
    ("created", "pause"),
    [
        ("2026-11-23T09:00:00Z", 1.0), ("2026-11-23T08:59:00Z", 6.0), ("2026-11-23T08:00:00Z", 15.0),
        ("2026-11-23T09:05:00Z", 1.0), (None, 15.0), ("now", 15.0),
    ],
)  # fmt: skip
def test_a_young_job_is_looked_at_sooner(platform, created, pause):
    assert prepared(platform, listing(mine("PENDING", dateCreated=created))).look_again == pause


def test_trap_a_state_that_nobody_has_heard_of_is_waited_for(platform):
    got = prepared(platform, listing(mine("PAUSED\x1b[2J")))
    assert (got.ready, got.job_id) == (False, OURS)
    assert "is PAUSED [2J, and not READY" in got.why


@pytest.mark.parametrize("state", ["PENDING", "EXPIRED", "PROCESSING"])
def test_a_job_that_a_day_has_not_made_ready_is_told_and_stays(platform, state):
    young = mine(state, dateCreated="2026-11-22T09:00:00Z")
    assert prepared(platform, listing(young)).job_id == OURS
    old = mine(state, dateCreated="2026-11-22T08:59:59Z")
    with pytest.raises(RemoteFailure, match=f"was made at 2026-11-22T08:59:59Z, and is {state}") as caught:
        prepared(platform, listing(old))
    assert "remove it" in caught.value.hint
    assert removed(platform) == []


def test_a_job_that_runs_and_is_not_in_the_log_is_waited_for_and_stays(platform):
    got = prepared(platform, listing(mine("READY", OTHER), mine("PROCESSING")), gone())
    assert (got.ready, got.job_id) == (False, OURS)
    assert removed(platform) == [OTHER]


def test_what_the_log_has_and_what_has_ended_is_not_found_again(platform):
    over = [mine("FULFILLED", "a"), mine("CANCELLED", "b"), mine("READY", "known")]
    got = prepared(platform, listing(*over), *free(), created(), known={"known"})
    assert got.job_id == OURS


def test_a_job_of_another_request_is_left_alone(platform):
    other = job_request(recordings_policy(include_sensitive=True), NOW)
    got = prepared(platform, listing(mine("READY", OTHER, other), job("READY")), *free(), created())
    assert got.job_id == OURS
    assert removed(platform) == []


def test_trap_only_the_jobs_of_this_client_are_looked_through_because_no_other_can_be_executed(platform):
    prepared(platform, listing(), *free(), created())
    first, *slots, _ = platform.peer.journal[1:]
    assert "showOnlyMyJobs=true" in first.path
    assert not [seen for seen in slots if "showOnlyMyJobs" in seen.path]


class TestTwins:
    def test_a_lost_answer_to_post_is_found_again_by_listing(self, platform):
        preparer = platform.jobs_preparer()
        platform.peer.plays(token(), listing(), *free(), reset)
        got = preparer.prepare(POLICY, ())
        assert (got.ready, got.job_id, got.look_again) == (False, None, 60.0)
        assert "may or may not have taken effect" in got.why
        platform.peer.plays(listing(mine("READY", totalConversations=1)), *free())
        got = preparer.prepare(POLICY, ())
        assert (got.ready, got.job_id, got.count) == (True, OURS, 1)
        assert platform.peer.count("POST", JOBS) == 1

    def test_two_jobs_of_one_request_become_one_the_same_for_every_run(self, platform):
        jobs = [
            mine("PENDING", "pending", dateCreated="2026-11-20T00:00:00Z"),
            mine("READY", "younger", dateCreated="2026-11-22T00:00:00Z"),
            mine("READY", "older", dateCreated="2026-11-21T00:00:00Z"),
        ]
        got = prepared(platform, listing(*jobs), answer(204), answer(204), *free())
        assert (got.ready, got.job_id) == (True, "older")
        assert removed(platform) == ["younger", "pending"]

    def test_a_soft_job_whose_grace_has_shrunk_is_made_again(self, platform):
        policy = soft_policy()
        old = {**REQUEST, "actionDate": format_milliseconds(NOW + timedelta(days=29))}
        new = mine("PENDING", request=job_request(policy, NOW))
        got = prepared(
            platform,
            listing(mine("READY", OTHER, old)),
            answer(204),
            *free(),
            answer(202, new),
            policy=policy,
        )
        assert (got.ready, got.job_id) == (False, OURS)
        assert removed(platform) == [OTHER]

    def test_a_soft_job_does_not_serve_a_permanent_purge(self, platform):
        soft = mine("READY", OTHER, job_request(soft_policy(), NOW))
        prepared(platform, listing(soft), answer(204), *free(), created())
        assert removed(platform) == [OTHER]

    def test_a_job_that_would_never_be_known_again_is_removed_at_once(self, platform):
        stranger = mine("PENDING", request={**REQUEST, "somethingNew": True})
        with pytest.raises(Refused, match=r"repeats the request of job .* otherwise than it was sent"):
            prepared(platform, listing(), *free(), answer(202, stranger), answer(200, stranger), answer(204))
        assert removed(platform) == [OURS]

    @pytest.mark.parametrize(
        "repeated",
        [{}, {**REQUEST, "somethingNew": True}, {**REQUEST, "actionDate": "2028-01-01T00:00:00Z"}],
        ids=["nothing", "more", "another date"],
    )
    def test_a_job_that_only_the_list_repeats_otherwise_is_not_made_by_every_look(self, platform, repeated):
        preparer = platform.jobs_preparer()
        platform.peer.plays(token(), listing(), *free(), created())
        assert preparer.prepare(POLICY, ()).job_id == OURS
        platform.peer.plays(listing(mine("READY", request=repeated)), answer(204))
        with pytest.raises(Refused, match=r"repeats the request of job .* otherwise than it was sent"):
            preparer.prepare(POLICY, ())
        assert (platform.peer.count("POST", JOBS), removed(platform)) == (1, [OURS])

    def test_a_job_that_the_list_does_not_tell_of_yet_is_waited_for(self, platform):
        preparer = platform.jobs_preparer()
        platform.peer.plays(token(), listing(), *free(), created())
        preparer.prepare(POLICY, ())
        platform.peer.plays(listing(), answer(200, mine("READY")))
        assert "the platform's list does not tell of it" in preparer.prepare(POLICY, ()).why
        platform.peer.plays(listing(mine("READY", totalConversations=1)), *free())
        assert preparer.prepare(POLICY, ()).ready
        platform.peer.plays(listing(), gone(), *free(), answer(202, mine("PENDING", OTHER)))
        assert preparer.prepare(POLICY, ()).job_id == OTHER

    def test_a_platform_that_repeats_the_request_only_when_it_is_asked(self, platform):
        bare = {"id": OURS, "state": "PENDING"}
        got = prepared(platform, listing(), *free(), answer(202, bare), answer(200, mine("PENDING")))
        assert got.job_id == OURS


class TestSlots:
    def test_trap_two_slots_an_organisation_so_a_job_waits_and_nothing_fails(self, platform):
        got = prepared(platform, listing(), *free(busy=2))
        assert got == Preparation(
            ready=False, why="all 2 slots of the organisation for jobs are taken", look_again=15.0
        )
        assert sent(platform) == [f"GET {JOBS}"] * 3

    def test_a_job_that_runs_takes_a_slot_as_one_that_counts(self, platform):
        pending, running = listing(job("PENDING", job_id="a")), listing(job("PROCESSING", job_id="b"))
        assert not prepared(platform, listing(), pending, running).ready
        asked = [seen.path for seen in platform.peer.journal[2:]]
        assert ["state=PENDING" in asked[0], "state=PROCESSING" in asked[1]] == [True, True]

    def test_a_job_that_has_counted_is_not_ready_while_no_slot_is_free_to_run_it(self, platform):
        got = prepared(platform, listing(mine("READY")), *free(busy=2))
        assert (got.ready, got.job_id) == (False, OURS)
        assert "waits for a slot" in got.why

    def test_a_list_of_every_job_takes_no_slots(self, platform):
        everything = listing(mine("FULFILLED", "a"), mine("CANCELLED", "b"), mine("PENDING", "c"))
        assert prepared(platform, listing(), everything, everything, created()).job_id == OURS

    def test_a_slot_that_somebody_took_meanwhile(self, platform):
        refusal = answer(400, {"message": "too many jobs"})
        assert not prepared(platform, listing(), *free(), refusal, *free(busy=2)).ready


class TestRefusals:
    def test_409_is_looked_at_again(self, platform):
        got = prepared(platform, listing(), *free(), answer(409, {"message": "conflict"}))
        assert (got.ready, got.job_id, got.look_again) == (False, None, 15.0)
        assert "conflict; the jobs are looked at again" in got.why

    def test_400_with_free_slots_is_the_policys_fault(self, platform):
        with pytest.raises(RequestRejected, match="bad filter") as caught:
            prepared(platform, listing(), *free(), answer(400, {"message": "bad filter"}), *free())
        assert caught.value.permanent

    def test_trap_501_is_a_feature_that_the_organisation_lacks(self, platform):
        toggle = "Feature toggle is not enabled for actionAge and screen recording parameters"
        with pytest.raises(Refused, match="lacks a feature") as caught:
            prepared(
                platform, listing(), *free(), answer(501, {"message": toggle}, ININ_Correlation_Id="c-1")
            )
        assert toggle in caught.value.message
        assert "correlation id c-1" in caught.value.message
        assert platform.peer.count("POST", JOBS) == 1

    def test_trap_the_missing_permission_and_division_are_named(self, platform):
        body = {
            "code": "missing.division.permission",
            "message": "You are missing the permission 'recording:job:add' in the provided division(s).",
        }
        with pytest.raises(RequestRejected) as caught:
            prepared(platform, listing(), *free(), answer(403, body))
        assert "needs the permission recording:job:add" in caught.value.message
        assert "in the provided division(s)" in caught.value.message
        assert "filters.dimensions.division" in caught.value.hint

    def test_trap_sensitive_recordings_need_a_permission_of_their_own(self, platform):
        policy = recordings_policy(include_sensitive=True)
        with pytest.raises(RequestRejected) as caught:
            prepared(platform, listing(), *free(), answer(403, {"message": "no"}), policy=policy)
        assert "recording:recording:viewSensitiveData" in caught.value.hint

    def test_a_scope_that_the_organisation_enforces(self, platform):
        body = {
            "code": "app.not.authorized.for.scope",
            "message": "App not authorized to use scope recordings",
        }
        with pytest.raises(RequestRejected, match="to use scope recordings") as caught:
            prepared(platform, listing(), *free(), answer(403, body))
        assert "enforces scopes" in caught.value.hint

    def test_413_says_to_split(self, platform):
        with pytest.raises(RequestRejected) as caught:
            prepared(platform, listing(), *free(), answer(413))
        assert caught.value.hint == "split the policy"

    def test_trap_a_pause_of_hours_is_not_slept_through(self, platform):
        with pytest.raises(RetryLater) as caught:
            prepared(platform, listing(), *free(), answer(429, Retry_After="14400"))
        assert caught.value.not_before == NOW + timedelta(hours=4)

    def test_what_cannot_be_said_is_refused_before_anything_is_asked(self, platform):
        with pytest.raises(Refused, match="1,024 bytes of an attribute"):
            prepared(platform, policy=recordings_policy(attributes={"department": "x" * 2000}))
        assert platform.peer.journal == []

    @pytest.mark.parametrize("made", [None, "soon", "9999-12-31T23:59:59Z"])
    def test_a_job_that_failed_nobody_knows_when_is_not_made_again(self, platform, made):
        with pytest.raises(RemoteFailure, match="could not prepare job"):
            prepared(platform, listing(mine("FAILED", dateCreated=made)))

    def test_a_job_that_failed_to_count_is_not_made_again_within_the_hour(self, platform):
        failed = mine("FAILED", dateCreated="2026-11-23T08:30:00Z", errorMessage="timed out\n::error::")
        with pytest.raises(RemoteFailure, match=r"could not prepare job .*: timed out ::error::") as caught:
            prepared(platform, listing(failed))
        assert "narrower range" in caught.value.hint
        platform.time.sleep(1801)
        platform.peer.plays(token(), listing(failed), *free(), answer(202, mine("PENDING", OTHER)))
        assert platform.jobs_preparer().prepare(POLICY, ()).job_id == OTHER


class TestDiscard:
    @pytest.mark.parametrize("state", ["PENDING", "READY"])
    def test_a_prepared_job_is_removed(self, platform, state):
        platform.peer.plays(token(), answer(200, mine(state)), answer(204))
        platform.jobs_preparer().discard(OURS)
        assert sent(platform) == [f"GET {JOBS}/{OURS}", f"DELETE {JOBS}/{OURS}"]

    @pytest.mark.parametrize("state", ["PROCESSING", "FULFILLED", "FAILED", "CANCELLED", "PAUSED", ""])
    def test_any_other_is_left_alone(self, platform, state):
        platform.peer.plays(token(), answer(200, mine(state)))
        platform.jobs_preparer().discard(OURS)
        assert removed(platform) == []

    def test_one_that_is_gone_needs_nothing(self, platform):
        platform.peer.plays(token(), gone(), answer(200, mine("READY")), gone())
        preparer = platform.jobs_preparer()
        preparer.discard(OURS)
        preparer.discard(OURS)
        assert removed(platform) == [OURS]

    def test_a_lost_answer_is_told_and_not_sent_again(self, platform):
        platform.peer.plays(token(), answer(200, mine("READY")), reset)
        with pytest.raises(RemoteFailure, match="deletes nothing as it is"):
            platform.jobs_preparer().discard(OURS)
        assert removed(platform) == [OURS]

    def test_a_refusal_is_told(self, platform):
        platform.peer.plays(token(), answer(200, mine("READY")), answer(403, {"message": "no"}))
        with pytest.raises(RequestRejected, match="recording:job:delete"):
            platform.jobs_preparer().discard(OURS)


def test_a_preparer_cannot_execute_whatever_happens(platform):
    caller = platform.connection().caller(Effect.REVERSIBLE)
    platform.peer.plays(token())
    with pytest.raises(ValueError, match="reversible requests only"):
        caller.ask(EXECUTE_JOB, OURS, body={"state": "PROCESSING"})
    assert sent(platform) == []
    caller.close()


def test_no_preparer_can_be_made_of_a_connection_for_reading(platform):
    with pytest.raises(ValueError, match="safe calls only"):
        platform.jobs_preparer(allows=Effect.SAFE)


class TestByAttributes:
    """Two steps: a search for the conversations, then a job that names them."""

    POLICY = recordings_policy(attributes={"department": "billing"})
    SEARCHED = answer(202, {"jobId": "s-1"}), answer(200, {"state": "FULFILLED"})

    @staticmethod
    def page(*names):
        has = [{"attributes": {"department": "billing"}}]
        return answer(
            200, {"conversations": [{"conversationId": each, "participants": has} for each in names]}
        )

    def request(self, *names):
        return job_request(self.POLICY, NOW, Manifest(names, None))

    def prepared(self, platform, found, *answers):
        begun, fulfilled = self.SEARCHED
        platform.peer.plays(token(), begun, fulfilled, self.page(*found), *answers)
        preparer = platform.jobs_preparer()
        waiting = preparer.prepare(self.POLICY, ())
        assert (waiting.ready, waiting.job_id) == (False, None)
        assert "search s-1" in waiting.why
        return preparer.prepare(self.POLICY, ())

    def test_the_job_names_what_was_found_and_its_hash_is_told(self, platform):
        made = answer(202, mine("PENDING", request=self.request("a", "b")))
        got = self.prepared(platform, ["b", "a"], listing(), *free(), made)
        assert (got.ready, got.job_id) == (False, OURS)
        assert platform.peer.journal[-1].json() == self.request("a", "b")
        assert got.manifest_sha256 == hashlib.sha256(b"a\nb").hexdigest()

    def test_the_same_conversations_are_the_same_job(self, platform):
        ready = mine("READY", request=self.request("a", "b"), totalConversations=2, totalRecordings=3)
        got = self.prepared(platform, ["b", "a"], listing(ready), *free())
        assert (got.ready, got.job_id, got.count, got.recordings) == (True, OURS, 2, 3)
        assert got.manifest_sha256 == hashlib.sha256(b"a\nb").hexdigest()

    def test_trap_a_job_for_other_conversations_is_removed_and_never_executed(self, platform):
        stale = mine("READY", OTHER, self.request("a", "c"))
        made = answer(202, mine("PENDING", request=self.request("a", "b")))
        got = self.prepared(platform, ["a", "b"], listing(stale), answer(204), *free(), made)
        assert (got.ready, got.job_id) == (False, OURS)
        assert removed(platform) == [OTHER]

    def test_trap_a_job_without_the_names_is_another_policys_and_left_alone(self, platform):
        made = answer(202, mine("PENDING", request=self.request("a")))
        got = self.prepared(platform, ["a"], listing(mine("READY", OTHER, REQUEST)), *free(), made)
        assert (got.job_id, removed(platform)) == (OURS, [])

    def test_nobody_is_a_count_and_makes_no_job(self, platform):
        got = self.prepared(platform, [])
        assert (got.ready, got.job_id, got.count) == (True, None, 0)
        assert platform.peer.count("POST", JOBS) == 0

    def test_trap_a_job_that_takes_more_than_it_names_is_refused_and_removed(self, platform):
        ready = mine("READY", request=self.request("a", "b"), totalConversations=3)
        with pytest.raises(Refused, match="has counted 3 conversations, and its request names 2"):
            self.prepared(platform, ["a", "b"], listing(ready), answer(204))
        assert removed(platform) == [OURS]

    @pytest.mark.parametrize("status", [400, 413])
    def test_more_than_the_platform_takes_is_refused_as_a_whole(self, platform, status):
        slots = free() if status == 400 else ()
        refusal = answer(status, {"message": "too many predicates"})
        with pytest.raises(Refused, match="too many predicates: it names 2 conversations") as caught:
            self.prepared(platform, ["a", "b"], listing(), *free(), refusal, *slots)
        assert "split the range" in caught.value.hint
        assert platform.peer.count("POST", JOBS) == 1

    def test_what_was_prepared_for_whichever_conversations_is_cleared(self, platform):
        jobs = listing(mine("READY", OTHER, self.request("x")), mine("READY"))
        platform.peer.plays(token(), jobs, answer(204))
        platform.jobs_preparer().clear([self.POLICY], ())
        assert removed(platform) == [OTHER]
