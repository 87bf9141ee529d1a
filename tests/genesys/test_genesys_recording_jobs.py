"""Reader and submitter of recording jobs, against a peer that behaves and one that does not."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from genesys_platform import SECRET, token
from genesys_recordings import (
    DETAILS,
    JOBS,
    NOW,
    ORGANIZATION,
    OTHER,
    OURS,
    conforms,
    gone,
    job,
    listing,
    purge_of,
    recordings_policy,
    soft_policy,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.httppeer import answer, hang, reset, then_close

from runner.errors import OutcomeUnknown, PurgectlError, RemoteFailure, RequestRejected, RetryLater
from runner.genesys.job_request import job_request
from runner.model.job import Job, JobStatus, RecordingFigures
from runner.model.platform import Presence
from runner.model.policy import Expected
from runner.model.text import hidden
from runner.net.retry import Effect
from runner.net.wire import Limits

POLICY = recordings_policy()
REQUEST = job_request(POLICY, NOW)


def mine(state, request=REQUEST, **members):
    return answer(200, job(state, request, **members))


class TestConnect:
    def presence(self, platform, me, availability):
        platform.peer.plays(token(), me, availability)
        return platform.jobs_reader().connect()

    def test_whose_credentials_these_are_and_until_when_the_data_is_complete(self, platform):
        me = answer(200, {"organization": {"id": ORGANIZATION, "name": "Bank"}})
        until = answer(
            200, {"dataAvailabilityDate": "2026-11-22T01:00:00.000Z"}, Date="Mon, 23 Nov 2026 09:00:07 GMT"
        )
        assert self.presence(platform, me, until) == Presence(
            datetime(2026, 11, 23, 9, 0, 7, tzinfo=UTC), ORGANIZATION, datetime(2026, 11, 22, 1, tzinfo=UTC)
        )
        assert [seen.path for seen in platform.peer.journal[1:]] == [
            "/api/v2/tokens/me",
            f"{DETAILS}/jobs/availability",
        ]

    def test_the_organisation_is_asked_for_once_and_the_availability_each_time(self, platform):
        me = answer(200, {"organization": {"id": ORGANIZATION}})
        platform.peer.plays(token(), me, answer(200, {}), answer(200, {"dataAvailabilityDate": "x"}))
        reader = platform.jobs_reader()
        assert [reader.connect().settled_until for _ in range(2)] == [None, None]
        assert platform.peer.count("GET", "/api/v2/tokens/me") == 1

    @pytest.mark.parametrize(
        "body", [{}, {"organization": None}, {"organization": {"id": 7}}, {"organization": {"id": ""}}, []]
    )
    def test_a_token_of_no_organisation_is_refused(self, platform, body):
        with pytest.raises(RemoteFailure):
            self.presence(platform, answer(200, body), answer(200, {}))

    def test_no_scopes_are_asked_of_a_token_because_roles_count(self, platform):
        platform.peer.plays(
            token(scope="something"), answer(200, {"organization": {"id": ORGANIZATION}}), answer(200, {})
        )
        assert platform.jobs_reader().connect().organization_id == ORGANIZATION

    def test_trap_throttling_at_the_token_endpoint_is_a_400(self, platform):
        busy = answer(400, {"error": "invalid_request", "error_description": "rate limit exceeded; wait"})
        platform.peer.plays(
            busy, token(), answer(200, {"organization": {"id": ORGANIZATION}}), answer(200, {})
        )
        assert platform.jobs_reader().connect().organization_id == ORGANIZATION


class TestJob:
    @pytest.mark.parametrize(
        ("word", "status", "purged"),
        [
            ("PENDING", JobStatus.PENDING, None), ("READY", JobStatus.PENDING, None),
            ("PROCESSING", JobStatus.RUNNING, None), ("FULFILLED", JobStatus.COMPLETED, 9),
            ("FAILED", JobStatus.FAILED, None), ("CANCELLED", JobStatus.CANCELLED, None),
            ("fulfilled", JobStatus.UNKNOWN, None), ("PAUSED", JobStatus.UNKNOWN, None),
            ("", JobStatus.UNKNOWN, None), (None, JobStatus.UNKNOWN, None), (7, JobStatus.UNKNOWN, None),
        ],
    )  # fmt: skip
    def test_trap_each_state_and_those_that_nobody_has_heard_of(self, platform, word, status, purged):
        platform.peer.plays(token(), mine(word, totalConversations=9))
        got = platform.jobs_reader().job(OURS)
        assert (got.id, got.status, got.raw_status) == (OURS, status, word if isinstance(word, str) else "")
        assert got.purged == purged

    def test_trap_what_was_skipped_and_what_failed_is_told(self, platform):
        body = (
            b'{"id": "%b", "state": "FULFILLED", "totalConversations": 5, "totalRecordings": 9, '
            b'"totalProcessedRecordings": 6, "totalSkippedRecordings": 2, "totalFailedRecordings": 1, '
            b'"errorMessage": "disk"}' % OURS.encode()
        )
        platform.peer.plays(token(), answer(200, body, ININ_Correlation_Id="c-3"))
        assert platform.jobs_reader().job(OURS) == Job(
            OURS, JobStatus.COMPLETED, "FULFILLED", 5, "disk", "c-3", sha256(body).hexdigest(),
            RecordingFigures(total=9, processed=6, skipped=2, failed=1),
        )  # fmt: skip

    def test_trap_absent_totals_are_unknown_and_not_zero(self, platform):
        platform.peer.plays(token(), mine("FULFILLED", totalSkippedRecordings="2", totalFailedRecordings=-1))
        got = platform.jobs_reader().job(OURS)
        assert (got.purged, got.recordings) == (None, RecordingFigures())

    def test_a_job_that_is_gone_has_vanished(self, platform):
        platform.peer.plays(token(), gone())
        assert platform.jobs_reader().job(OURS).status is JobStatus.VANISHED

    def test_a_gateways_404_says_nothing_of_a_job(self, platform):
        platform.peer.plays(token(), answer(404, b"<html>"))
        with pytest.raises(RequestRejected, match="HTTP 404"):
            platform.jobs_reader().job(OURS)

    def test_an_id_that_gives_a_secret_away_is_none(self, platform):
        platform.peer.plays(token(), answer(200, job("READY", job_id="first-token")))
        with pytest.raises(RemoteFailure, match="holds a job without an id"):
            platform.jobs_reader().job("first-token")

    @pytest.mark.parametrize("body", [job("READY", job_id=OTHER), {"state": "READY"}, [], 7, b"", b"<html>"])
    def test_an_answer_about_another_job_or_none_is_refused(self, platform, body):
        platform.peer.plays(token(), answer(200, body))
        with pytest.raises(RemoteFailure):
            platform.jobs_reader().job(OURS)

    @settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(st.text(max_size=150), st.text(max_size=600))
    def test_no_recorded_text_holds_a_control_character(self, platform, state, error):
        platform.peer.scripts.clear()
        platform.peer.plays(token(), mine(state, errorMessage=error))
        got = platform.jobs_reader().job(OURS)
        assert not any(map(hidden, got.raw_status + (got.error_reason or "")))

    def test_an_error_is_fit_for_the_log(self, platform):
        error = f"\x1b[31mfor john.doe@example.com token first-token {SECRET} " + "x" * 600
        platform.peer.plays(token(), mine("FAILED", errorMessage=error))
        reason = platform.jobs_reader().job(OURS).error_reason
        assert reason.startswith("[31mfor [removed] token [masked] [masked] xxx")
        assert len(reason) == 500

    def test_one_sweep_tells_of_every_job_of_this_client(self, platform):
        platform.peer.plays(token(), listing(job("FULFILLED"), job("PROCESSING", job_id=OTHER)))
        jobs = platform.jobs_reader().jobs()
        assert {job_id: seen.status for job_id, seen in jobs.items()} == {
            OURS: JobStatus.COMPLETED,
            OTHER: JobStatus.RUNNING,
        }


class TestFind:
    def found(self, platform, script):
        platform.peer.plays(token(), script)
        return platform.jobs_reader().find(purge_of(POLICY, job_id=None))

    @pytest.mark.parametrize("state", ["PROCESSING", "FULFILLED", "FAILED", "PAUSED"])
    def test_trap_a_lost_answer_to_put_the_job_was_told(self, platform, state):
        (seen,) = self.found(platform, mine(state))
        assert (seen.id, seen.raw_status) == (OURS, state)
        assert [it.method for it in platform.peer.journal[1:]] == ["GET"]

    @pytest.mark.parametrize("script", [mine("READY"), mine("PENDING"), mine("CANCELLED"), gone()])
    def test_trap_a_lost_answer_to_put_the_job_was_not_told(self, platform, script):
        assert self.found(platform, script) == ()

    def test_an_intent_that_names_no_job_cannot_be_looked_for(self, platform):
        assert platform.jobs_reader().find(purge_of(POLICY, prepared_job=None)) is None
        assert platform.peer.journal == []


def submit(platform, *answers, policy=POLICY, job_id=OURS, **more):
    platform.peer.plays(token(), *answers)
    return platform.jobs_submitter(**more).submit(policy, job_id)


def puts(platform):
    return platform.peer.count("PUT", f"{JOBS}/{OURS}")


UNCERTAIN = {
    "reset": reset,
    "cut": then_close(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
    "500": answer(500),
    "501": answer(501),
    "503": answer(503, Retry_After="1"),
    "no job": answer(200, {}),
    "another job": answer(200, job("PROCESSING", job_id=OTHER)),
    "no json": answer(200, b"<html>"),
    "redirect": answer(302, Location="/elsewhere"),
}


class TestSubmit:
    def test_a_ready_job_is_told_to_delete(self, platform):
        running = answer(200, job("PROCESSING", REQUEST), ININ_Correlation_Id="c-7")
        got = submit(platform, mine("READY"), running)
        assert (got.id, got.status, got.correlation_id) == (OURS, JobStatus.RUNNING, "c-7")
        put = platform.peer.journal[-1]
        assert (put.method, put.path, put.json()) == ("PUT", f"{JOBS}/{OURS}", {"state": "PROCESSING"})
        assert conforms(put.json(), "ExecuteRecordingJobsQuery")

    @pytest.mark.parametrize("script", UNCERTAIN.values(), ids=UNCERTAIN.keys())
    def test_trap_put_is_never_sent_blindly_again(self, platform, script):
        with pytest.raises(OutcomeUnknown) as caught:
            submit(platform, mine("READY"), script)
        assert caught.value.hint
        assert puts(platform) == 1

    def test_no_answer_in_time(self, platform):
        with pytest.raises(OutcomeUnknown, match="no answer in time"):
            submit(platform, mine("READY"), hang, limits=Limits(connect=10, read=0.3, total=20))
        assert puts(platform) == 1

    @pytest.mark.parametrize("state", ["PROCESSING", "FULFILLED", "FAILED", "PAUSED"])
    def test_a_job_that_was_told_before_is_not_told_again(self, platform, state):
        assert submit(platform, mine(state)).raw_status == state
        assert puts(platform) == 0

    @pytest.mark.parametrize(
        ("script", "problem"),
        [
            (mine("PENDING"), "is PENDING"),
            (mine("CANCELLED"), "is CANCELLED"),
            (gone(), "is gone"),
            (mine("READY", {**REQUEST, "includeSnippetRecordings": False}), "for another selection"),
            (mine("READY", {}), "for another selection"),
            (mine("PROCESSING", {**REQUEST, "clearExport": True}), "for another selection"),
            (mine("READY", {**REQUEST, "actionDate": "2027-01-01T00:00:00Z"}), "too old for its date"),
        ],
    )
    def test_a_job_that_is_not_ready_for_it_is_not_told(self, platform, script, problem):
        with pytest.raises(RemoteFailure, match=f"{problem}.*, so nothing was deleted") as caught:
            submit(platform, script)
        assert not isinstance(caught.value, RequestRejected)
        assert puts(platform) == 0

    @pytest.mark.parametrize(
        ("total", "expected", "problem"),
        [
            (POLICY.max_interactions + 1, None, "1 over its limit of"),
            (12, Expected(10, 10), "approved were 10 with a tolerance of 10 %"),
        ],
    )
    def test_a_job_that_has_counted_on_since_it_was_judged_is_not_told(
        self, platform, total, expected, problem
    ):
        policy = recordings_policy(expected=expected)
        with pytest.raises(RemoteFailure, match=f"{problem}.*, so nothing was deleted"):
            submit(platform, mine("READY", totalConversations=total), policy=policy)
        assert puts(platform) == 0

    def test_a_soft_job_whose_grace_has_shrunk_is_not_told(self, platform):
        old = {**REQUEST, "actionDate": "2026-12-23T00:00:00Z"}
        with pytest.raises(RemoteFailure, match="too old for its date of deletion"):
            submit(platform, mine("READY", old), policy=soft_policy())

    def test_nothing_was_prepared(self, platform):
        with pytest.raises(RemoteFailure, match="nothing was prepared"):
            submit(platform, job_id=None)

    def test_a_policy_that_cannot_be_said_any_more(self, platform):
        policy = recordings_policy(attributes={"department": "billing"})
        with pytest.raises(RemoteFailure, match="cannot be filtered by department"):
            submit(platform, mine("READY"), policy=policy)
        assert puts(platform) == 0

    @pytest.mark.parametrize("status", [400, 409])
    def test_trap_a_conflict_is_followed_by_a_look(self, platform, status):
        conflict = answer(status, {"message": "conflict"})
        got = submit(platform, mine("READY"), conflict, mine("PROCESSING"))
        assert got.status is JobStatus.RUNNING
        platform.peer.journal.clear()
        with pytest.raises(RemoteFailure, match=f"conflict; job {OURS} has deleted nothing") as caught:
            submit(platform, mine("READY"), conflict, mine("READY"))
        assert not isinstance(caught.value, RequestRejected)
        platform.peer.journal.clear()
        with pytest.raises(OutcomeUnknown, match="and then"):
            submit(platform, mine("READY"), conflict, answer(403))
        assert puts(platform) == 1

    def test_trap_the_missing_permissions_are_named_and_another_clients_job_is_not_executed(self, platform):
        refusal = answer(403, {"code": "not.authorized", "message": "only its creator may execute a job"})
        with pytest.raises(RequestRejected, match="only its creator") as caught:
            submit(platform, mine("READY"), refusal)
        assert "recording:screenRecording:editRetention" in caught.value.message
        assert (caught.value.status, caught.value.permanent, puts(platform)) == (403, False, 1)

    def test_trap_a_pause_of_hours_is_not_slept_through(self, platform):
        with pytest.raises(RetryLater) as caught:
            submit(platform, mine("READY"), answer(429, Retry_After="7200"))
        assert caught.value.not_before == NOW + timedelta(hours=2)

    def test_a_token_that_was_refused_is_renewed_once(self, platform):
        got = submit(platform, mine("READY"), answer(401), token("new"), mine("PROCESSING"))
        assert (got.status, puts(platform)) == (JobStatus.RUNNING, 2)

    def test_a_slow_look_leaves_no_time_for_the_request(self, platform):
        platform.peer.plays(token(), *[answer(429, Retry_After="15")] * 2, mine("READY"))
        with pytest.raises(PurgectlError) as caught:
            platform.jobs_submitter().submit(POLICY, OURS)
        assert not isinstance(caught.value, OutcomeUnknown)
        assert puts(platform) == 0


def test_no_submitter_can_be_made_of_a_connection_for_reading(platform):
    with pytest.raises(ValueError, match="safe calls only"):
        platform.jobs_submitter(allows=Effect.SAFE)
