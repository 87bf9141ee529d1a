"""The article's three calls and our count, against a peer that behaves and one that does not."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from genesys_platform import SECRET, make_policy, make_target, token
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.faketime import START
from support.httppeer import answer, hang, raw, reset, then_close

from runner.errors import OutcomeUnknown, PurgectlError, RemoteFailure, RequestRejected, RetryLater
from runner.genesys.interactions_purge import InteractionsPurgeSubmitter
from runner.model.job import Job, JobStatus
from runner.model.platform import Survey
from runner.model.target import Counts
from runner.model.text import hidden
from runner.net.retry import Effect
from runner.net.wire import Limits

PURGE = "/api/v2/interactions/purge"
COUNT = f"{PURGE}/count"
JOB_ID = "8f7e6d5c-4b3a-2c1d-0e9f-8a7b6c5d4e3f"
JOB = f"{PURGE}/{JOB_ID}"


def accepted(purge_id=JOB_ID, status=202, **more):
    return answer(status, {"purgeId": purge_id, "status": "pending", "interactions": [{}]}, **more)


def job(status="running", **figures):
    return answer(200, {"purgeId": JOB_ID, "status": status, "interactions": [figures]})


class TestCount:
    def test_the_selection_is_sent_in_the_articles_words(self, platform):
        platform.peer.plays(token(), answer(200, {"total": 1284}), answer(200, {"total": 9000}))
        policy = make_policy(department="billing", tier=(1, 2), vip=False)
        assert platform.reader().survey(policy) == Survey(1284, population=9000)
        seen, everything = platform.peer.journal[1:]
        assert everything.json()["interactions"][0]["filters"] == {}
        assert (seen.method, seen.path, seen.headers["authorization"]) == (
            "POST",
            COUNT,
            "Bearer first-token",
        )
        assert seen.json() == {
            "interactions": [
                {
                    "type": "voice",
                    "dateRange": {
                        "start": "2018-01-01T01:00:00.000+01:00",
                        "end": "2018-12-31T23:59:59.999Z",
                    },
                    "filters": {"attributes": {"department": "billing", "tier": [1, 2], "vip": False}},
                }
            ]
        }

    def test_nothing_is_not_unknown(self, platform):
        platform.peer.plays(token(), answer(200, {"total": 0}))
        assert platform.reader().survey(make_policy()).count == 0
        assert platform.peer.journal[1].json()["interactions"][0]["filters"] == {}

    def test_a_target_that_cannot_count_is_not_asked(self, platform):
        target = make_target(counts=Counts.UNAVAILABLE)
        assert platform.reader(target=target).survey(make_policy()).count is None
        assert platform.peer.journal == []

    @pytest.mark.parametrize("body", [{}, {"total": None}, {"total": -1}, {"total": True}, {"total": 1.0},
                                      {"total": "12"}, {"total": [1]}])  # fmt: skip
    def test_a_total_that_is_none(self, platform, body):
        platform.peer.plays(token(), answer(200, body, ININ_Correlation_Id="c-9"))
        with pytest.raises(
            RemoteFailure, match="holds no total that is a whole number from 0: HTTP 200"
        ) as caught:
            platform.reader().survey(make_policy())
        assert "correlation id c-9, give it to Genesys support" in caught.value.message

    @pytest.mark.parametrize(
        "body", [b"", b"<html>", b'{"total": NaN}', b'{"total": 1, "total": 2}', b"[" * 99_999]
    )
    def test_an_answer_that_is_no_json(self, platform, body):
        platform.peer.plays(token(), answer(200, body))
        with pytest.raises(RemoteFailure, match=f"the answer to POST {COUNT} "):
            platform.reader().survey(make_policy())

    def test_a_platform_without_a_count_is_told_apart(self, platform):
        platform.peer.plays(token(), answer(404))
        with pytest.raises(RemoteFailure, match="HTTP 404") as caught:
            platform.reader().survey(make_policy())
        assert "counts: unavailable" in caught.value.hint

    def test_a_missing_scope_is_named(self, platform):
        platform.peer.plays(token(), answer(403, {"message": "Missing scope"}))
        with pytest.raises(
            RequestRejected, match="needs the scope purge:read: HTTP 403: Missing scope"
        ) as caught:
            platform.reader().survey(make_policy())
        assert "admin console" in caught.value.hint

    def test_it_is_asked_again_because_it_deletes_nothing(self, platform):
        platform.peer.plays(token(), reset, answer(503), answer(200, {"total": 2}))
        assert platform.reader().survey(make_policy()).count == 2
        assert platform.peer.count("POST", COUNT) == 3


class TestJob:
    @pytest.mark.parametrize(
        ("word", "status"),
        [
            ("pending", JobStatus.PENDING), ("queued", JobStatus.PENDING), ("running", JobStatus.RUNNING),
            ("in_progress", JobStatus.RUNNING), ("processing", JobStatus.RUNNING),
            ("completed", JobStatus.COMPLETED), ("failed", JobStatus.FAILED),
            ("cancelled", JobStatus.CANCELLED), ("canceled", JobStatus.CANCELLED),
            ("paused", JobStatus.UNKNOWN), ("Completed", JobStatus.UNKNOWN), ("vanished", JobStatus.UNKNOWN),
            ("", JobStatus.UNKNOWN),
        ],
    )  # fmt: skip
    def test_each_word_of_the_platform(self, platform, word, status):
        platform.peer.plays(token(), job(word))
        got = platform.reader().job(JOB_ID)
        assert (got.id, got.status, got.raw_status) == (JOB_ID, status, word)

    def test_all_that_is_observed(self, platform):
        body = (
            b'{"purgeId": "%b", "status": "failed", "interactions": '
            b'[{"totalInteractionsPurged": 17, "errorReason": "disk"}]}' % JOB_ID.encode()
        )
        platform.peer.plays(token(), answer(200, body, ININ_Correlation_Id="c-3"))
        assert platform.reader().job(JOB_ID) == Job(
            JOB_ID, JobStatus.FAILED, "failed", 17, "disk", "c-3", sha256(body).hexdigest()
        )
        assert platform.peer.journal[1].path == JOB

    @pytest.mark.parametrize("count", [None, -1, True, 1.5, "17", [17]])
    def test_a_count_that_is_none_is_not_zero(self, platform, count):
        platform.peer.plays(token(), job("completed", totalInteractionsPurged=count), job("completed"))
        reader = platform.reader()
        assert reader.job(JOB_ID).purged is None
        assert reader.job(JOB_ID).purged is None

    @pytest.mark.parametrize("interactions", [None, [], {}, "x", [None], ["x"], 7])
    def test_figures_that_are_not_there(self, platform, interactions):
        body = {"purgeId": JOB_ID, "status": "completed", "interactions": interactions}
        platform.peer.plays(token(), answer(200, body))
        got = platform.reader().job(JOB_ID)
        assert (got.status, got.purged, got.error_reason) == (JobStatus.COMPLETED, None, None)

    @pytest.mark.parametrize("status", [None, 7, ["completed"], {"a": 1}])
    def test_a_status_that_is_no_word(self, platform, status):
        platform.peer.plays(token(), job(status))
        got = platform.reader().job(JOB_ID)
        assert (got.status, got.raw_status) == (JobStatus.UNKNOWN, "")

    def test_a_job_that_is_gone_has_vanished(self, platform):
        platform.peer.plays(token(), answer(404, {"message": "no such job"}, ININ_Correlation_Id="c-4"))
        got = platform.reader().job(JOB_ID)
        assert (got.status, got.purged, got.correlation_id) == (JobStatus.VANISHED, None, "c-4")

    @pytest.mark.parametrize("other", ["another-job", None, 7])
    def test_an_answer_about_another_job_is_refused(self, platform, other):
        platform.peer.plays(token(), answer(200, {"purgeId": other, "status": "completed"}))
        with pytest.raises(RemoteFailure, match="tells of another job"):
            platform.reader().job(JOB_ID)

    def test_a_job_id_cannot_lead_elsewhere(self, platform):
        platform.peer.plays(token(), answer(404))
        platform.reader().job("../../x?y#z")
        assert platform.peer.journal[1].path == f"{PURGE}/..%2F..%2Fx%3Fy%23z"

    @pytest.mark.parametrize("status", [400, 401, 403, 405, 302])
    def test_a_refusal(self, platform, status):
        platform.peer.plays(token(), answer(status), token("second"), answer(status))
        with pytest.raises(RequestRejected) as caught:
            platform.reader().job(JOB_ID)
        assert caught.value.status == status
        assert caught.value.hint

    def test_an_error_reason_is_fit_for_the_log(self, platform):
        reason = (
            "\x1b[31mfailed\x1b[0m for john.doe@example.com,\r\n::error::call +49 30 1234567 "
            f"\u202ecard 4111 1111 1111 1111 token first-token {SECRET} " + "x" * 600
        )
        platform.peer.plays(token(), job("failed", errorReason=reason))
        got = platform.reader().job(JOB_ID).error_reason
        assert got.startswith(
            "[31mfailed [0m for [removed],  ::error::call [removed]  card [removed] token [masked]"
        )
        assert len(got) == 500

    @pytest.mark.parametrize("reason", ["", " \n ", None, 7, {"a": 1}])
    def test_no_error_reason(self, platform, reason):
        platform.peer.plays(token(), job("failed", errorReason=reason))
        assert platform.reader().job(JOB_ID).error_reason is None

    @settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(status=st.text(max_size=150), reason=st.text(max_size=600))
    def test_no_recorded_text_holds_a_control_character(self, platform, status, reason):
        platform.peer.scripts.clear()
        platform.peer.plays(token(), job(status, errorReason=reason))
        got = platform.reader().job(JOB_ID)
        recorded = got.raw_status + (got.error_reason or "")
        assert not any(hidden(character) for character in recorded)
        assert len(got.raw_status) <= 100


class TestConnect:
    def test_it_proves_the_credentials_and_tells_the_time(self, platform):
        platform.peer.plays(token(), answer(200, {"total": 1}, Date="Mon, 23 Nov 2026 09:00:07 GMT"))
        reader = platform.reader()
        assert reader.connect().clock is None
        reader.survey(make_policy())
        platform.time.sleep(60)
        assert reader.connect().clock == datetime(2026, 11, 23, 9, 1, 7, tzinfo=UTC)
        assert platform.peer.count("POST", "/oauth/token") == 1


UNCERTAIN = {
    "204": answer(204),
    "203": accepted(status=203),
    "no body": answer(202),
    "no JSON": answer(202, b"<html>accepted</html>"),
    "a list": answer(202, []),
    "one key twice": answer(202, b'{"purgeId": "a", "purgeId": "b"}'),
    "NaN": answer(202, b'{"purgeId": "a", "total": NaN}'),
    "deep": answer(202, b'{"purgeId": "a", "x": ' + b"[" * 99_999),
    "no id": answer(202, {"status": "pending"}),
    "a number for an id": accepted(7),
    "an empty id": accepted(""),
    "an id with a path": accepted("../x"),
    "an id that climbs": accepted(".."),
    "an id with a new line": accepted("a\n"),
    "an id of 129 characters": accepted("a" * 129),
    "our own token as the id": accepted("first-token"),
    "reset": reset,
    "closed": then_close(b""),
    "garbage": raw(b"hello\r\n\r\n"),
    "cut": then_close(b"HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\n{"),
    "endless": answer(202, b" " * 1_100_000),
    "500": answer(500),
    "502": answer(502),
    "503": answer(503, Retry_After="1"),
    "504": answer(504),
    "408": answer(408),
    "redirect": answer(307, Location=PURGE),
}  # fmt: skip

REJECTED = [
    (400, True, "HTTP 400: Overlapping purge windows", "have it reviewed"),
    (401, False, "HTTP 401: Overlapping purge windows", "OAuth client"),
    (403, False, "needs the scope purge:write: HTTP 403", "add purge:write to its scopes"),
    (404, False, "HTTP 404", "it is not in the published API"),
    (405, False, "HTTP 405", "correlation id"),
    (409, True, "HTTP 409", "another purge"),
    (413, True, "HTTP 413", "split the policy"),
    (422, True, "HTTP 422", "have it reviewed"),
]


class TestSubmit:
    def test_the_request_is_the_articles(self, platform):
        platform.peer.plays(token(), accepted(ININ_Correlation_Id="c-7"))
        got = platform.submitter().submit(make_policy(department="billing", tier=(1, 2)), None)
        assert (got.id, got.status, got.raw_status) == (JOB_ID, JobStatus.PENDING, "pending")
        assert (got.correlation_id, len(got.response_sha256)) == ("c-7", 64)
        seen = platform.peer.journal[1]
        assert (seen.method, seen.path, seen.headers["authorization"]) == (
            "POST",
            PURGE,
            "Bearer first-token",
        )
        assert seen.json() == {
            "interactions": [
                {
                    "type": "voice",
                    "dateRange": {
                        "start": "2018-01-01T01:00:00.000+01:00",
                        "end": "2018-12-31T23:59:59.999Z",
                    },
                    "filters": {"attributes": {"department": "billing", "tier": [1, 2]}},
                    "purgeType": "permanent",
                    "reason": "Seven-year period ended. Ticket REC-412.",
                }
            ]
        }

    @pytest.mark.parametrize("status", [200, 201, 202])
    def test_each_way_to_accept(self, platform, status):
        platform.peer.plays(token(), accepted(status=status))
        assert platform.submitter().submit(make_policy(), None).id == JOB_ID

    @pytest.mark.parametrize("script", UNCERTAIN.values(), ids=UNCERTAIN.keys())
    def test_whatever_may_have_been_accepted_is_sent_once(self, platform, script):
        platform.peer.plays(token(), script)
        with pytest.raises(OutcomeUnknown) as caught:
            platform.submitter().submit(make_policy(), None)
        assert caught.value.where == platform.peer.url + PURGE
        assert caught.value.hint
        assert platform.peer.count("POST", PURGE) == 1
        assert "first-token" not in caught.value.message

    def test_no_answer_in_time(self, platform):
        platform.peer.plays(token(), hang)
        with pytest.raises(OutcomeUnknown, match="no answer in time"):
            platform.submitter(limits=Limits(connect=10, read=0.3, total=20)).submit(make_policy(), None)
        assert platform.peer.count("POST", PURGE) == 1

    @pytest.mark.parametrize(("status", "permanent", "sentence", "hint"), REJECTED)
    def test_a_refusal_is_certain(self, platform, status, permanent, sentence, hint):
        refusal = answer(status, {"message": "Overlapping purge windows"}, ININ_Correlation_Id="")
        platform.peer.plays(token(), refusal, token("second"), refusal)
        with pytest.raises(RequestRejected) as caught:
            platform.submitter().submit(make_policy(), None)
        assert (caught.value.status, caught.value.permanent) == (status, permanent)
        assert caught.value.reason == "Overlapping purge windows"
        assert sentence in caught.value.message
        assert hint in caught.value.hint
        assert platform.peer.count("POST", PURGE) == (2 if status == 401 else 1)

    def test_a_refused_token_is_renewed_exactly_once(self, platform):
        platform.peer.plays(token("old"), answer(401), token("new"), accepted())
        assert platform.submitter().submit(make_policy(), None).id == JOB_ID
        sent = [seen.headers["authorization"] for seen in platform.peer.journal if seen.path == PURGE]
        assert sent == ["Bearer old", "Bearer new"]

    def test_the_servers_words_are_made_harmless(self, platform):
        message = "\x1b[2J::error::\u202e first-token " + "x" * 600
        platform.peer.plays(token(), answer(400, {"message": message}))
        with pytest.raises(RequestRejected) as caught:
            platform.submitter().submit(make_policy(), None)
        assert caught.value.reason.startswith("\\x1b[2J::error::\\u202e [masked] xxx")
        assert len(caught.value.reason) == 500

    def test_throttling_is_waited_for(self, platform):
        platform.peer.plays(token(), answer(429, Retry_After="5"), answer(429), accepted())
        assert platform.submitter().submit(make_policy(), None).id == JOB_ID
        assert platform.time.slept == [6.0, 2.0]

    @pytest.mark.parametrize("seconds", [26, 3600])
    def test_a_pause_that_a_submission_has_no_time_for(self, platform, seconds):
        platform.peer.plays(token(), answer(429, Retry_After=str(seconds)))
        with pytest.raises(RetryLater) as caught:
            platform.submitter().submit(make_policy(), None)
        assert caught.value.not_before == START + timedelta(seconds=seconds)
        assert platform.time.slept == []

    def test_no_try_begins_that_could_end_after_a_minute(self, platform):
        platform.peer.plays(token(), answer(429, Retry_After="20"), answer(429, Retry_After="20"), accepted())
        with pytest.raises(RetryLater):
            platform.submitter().submit(make_policy(), None)
        assert platform.time.elapsed <= 60 - 35
        assert platform.peer.count("POST", PURGE) == 2

    def test_a_token_that_takes_too_long_means_that_nothing_was_sent(self, platform):
        platform.peer.plays(answer(503, Retry_After="100"), token())
        with pytest.raises(RemoteFailure, match="its time is over") as caught:
            platform.submitter().submit(make_policy(), None)
        assert type(caught.value) is RemoteFailure
        assert platform.peer.count("POST", PURGE) == 0

    def test_a_token_without_the_scope_is_a_rejection_of_this_submission(self, platform):
        platform.peer.plays(token(scope="purge:read"))
        with pytest.raises(RequestRejected, match="lacks the scope purge:write") as caught:
            platform.submitter().submit(make_policy(), None)
        assert not caught.value.permanent
        assert platform.peer.count("POST", PURGE) == 0

    def test_a_wrong_secret_is_no_rejection_of_the_policy(self, platform):
        platform.peer.plays(*[answer(400, {"error": "invalid_client"})] * 2)
        with pytest.raises(RemoteFailure) as caught:
            platform.submitter().submit(make_policy(), None)
        assert type(caught.value) is RemoteFailure


def test_no_submitter_can_be_made_of_a_connection_for_reading(platform):
    with pytest.raises(ValueError, match="for safe calls only"):
        InteractionsPurgeSubmitter(platform.connection(allows=Effect.SAFE))
    assert platform.peer.journal == []


CALLS = {
    "connect": lambda platform: platform.reader().connect(),
    "count": lambda platform: platform.reader().survey(make_policy()),
    "job": lambda platform: platform.reader().job(JOB_ID),
    "submit": lambda platform: platform.submitter().submit(make_policy(), None),
}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    call=st.sampled_from(sorted(CALLS)),
    status=st.sampled_from([200, 202, 204, 302, 400, 401, 403, 404, 409, 429, 500, 503]),
    secret=st.sampled_from([SECRET, "first-token"]),
    key=st.sampled_from(["message", "purgeId", "status", "total", "errorReason", "error_description"]),
    header=st.sampled_from(["ININ_Correlation_Id", "Retry_After", "Location", "Date", "WWW_Authenticate"]),
)
def test_a_platform_that_echoes_our_secrets_gives_nothing_away(platform, call, status, secret, key, header):
    platform.peer.scripts.clear()
    body = {"purgeId": JOB_ID, key: f"{secret} {secret}", "interactions": [{"errorReason": secret}]}
    platform.peer.plays(token(), *[answer(status, body, **{header: secret})] * 6)
    shown = []
    try:
        shown.append(repr(CALLS[call](platform)))
    except PurgectlError as error:
        shown += [str(error), repr(error), error.where, error.hint, getattr(error, "reason", "")]
    shown += platform.said
    assert not any(secret in text for text in shown)
