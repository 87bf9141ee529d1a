"""Every kind of fault, struck over loopback: what the caller sees, and what really happened."""

import time
from email.utils import parsedate_to_datetime

import pytest
import requests
from support.sandbox import COUNT, JOB, PURGE, TOKEN, eventually, purge_of, sandbox


def cut(box):
    """Submit, and lose the connection."""
    headers = {"Authorization": f"Bearer {box.token()}"}
    with pytest.raises(requests.ConnectionError, match=r"reset|aborted"):
        box.request("POST", PURGE, headers=headers, json=purge_of())


@pytest.mark.parametrize("status", [400, 403, 409, 429, 500, 502, 503, 504])
def test_a_status_is_answered_once_and_without_effect(box, status):
    everything = box.count()
    box.arm("status", f"POST {PURGE}", status=status, retry_after=2)
    answer = box.call("POST", PURGE, purge_of())
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["Retry-After"] == "2"
    assert ("limit" in answer.json()) is (status == 429)
    assert box.count() == everything
    box.submit()
    assert [(entry["status"], entry["effect"]) for entry in box.submissions()] == [
        (status, False),
        (202, True),
    ]


def test_a_status_may_bring_its_own_body(box):
    box.arm("status", f"POST {PURGE}", status=400, body={"message": "start precedes end"})
    box.arm("status", f"POST {PURGE}", status=502, body="<html>bad gateway</html>")
    assert box.call("POST", PURGE, purge_of()).json() == {"message": "start precedes end"}
    answer = box.call("POST", PURGE, purge_of())
    assert answer.text == "<html>bad gateway</html>"
    assert "Retry-After" not in answer.headers


def test_a_connection_cut_before_the_effect_did_nothing(box):
    everything = box.count()
    box.arm("cut-before-effect", f"POST {PURGE}")
    cut(box)
    (entry,) = box.submissions()
    assert (entry["status"], entry["effect"], entry["faults"]) == (None, False, ["cut-before-effect"])
    assert box.count() == everything


def test_a_connection_cut_after_the_effect_did_it(box):
    box.arm("cut-after-effect", f"POST {PURGE}")
    cut(box)
    (entry,) = box.submissions()
    assert (entry["status"], entry["effect"], entry["faults"]) == (None, True, ["cut-after-effect"])
    assert eventually(box.count, lambda count: count == 0) == 0


def test_a_cut_after_the_effect_waits_for_a_request_that_had_one(box):
    box.arm("cut-after-effect", f"POST {PURGE}")
    assert box.request("POST", PURGE, json=purge_of()).status_code == 401
    cut(box)


def test_a_slow_answer_comes_late(box):
    box.arm("slow", f"POST {PURGE}", seconds=30)
    token = box.token()
    with pytest.raises(requests.Timeout):
        requests.post(
            box.base_url + PURGE,
            json=purge_of(),
            headers={"Authorization": f"Bearer {token}"},
            timeout=(5, 0.05),
        )
    assert box.submissions() == []


def test_wrong_json_is_sent_as_it_stands(box):
    box.arm("wrong-json", f"POST {PURGE}")
    box.arm("wrong-json", f"GET {JOB}", body="[]")
    answer = box.call("POST", PURGE, purge_of())
    assert (answer.status_code, answer.text) == (202, '{"purgeId": ')
    assert box.submissions()[0]["effect"]
    eventually(box.count, lambda count: count == 0)
    assert box.job(box.submit()) == []


def test_an_expired_token_stays_expired(box):
    headers = {"Authorization": f"Bearer {box.token()}"}
    box.arm("expired-token")
    for _ in range(2):
        answer = box.request("POST", PURGE, json=purge_of(), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "bad.credentials")
    assert box.armed() == []
    box.submit()


def test_an_expired_token_waits_for_a_request_with_a_token(box):
    box.arm("expired-token")
    box.request("POST", PURGE, json=purge_of())
    assert [fault["kind"] for fault in box.armed()] == ["expired-token"]


def test_a_throttled_token_endpoint_answers_400(box):
    box.arm("token-throttled")
    form = {"grant_type": "client_credentials"}
    answer = box.request("POST", TOKEN, data=form)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
    assert answer.json()["error_description"].startswith("rate limit exceeded; ")
    assert box.token()


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_job_that_ends_badly_says_why_and_purged_a_part(box, status):
    everything = box.count()
    box.arm(f"job-{status}", reason="Backend \x1b[31m trouble")
    job = box.ended_job(box.submit())
    assert job["status"] == status
    assert job["interactions"][0]["errorReason"] == "Backend \x1b[31m trouble"
    purged = job["interactions"][0]["totalInteractionsPurged"]
    assert 0 < purged < everything
    assert box.count() == everything - purged


def test_a_job_vanishes_after_some_polls(box):
    box.arm("job-vanished", polls=2)
    purge_id = box.submit()
    polls = [box.call("GET", f"{PURGE}/{purge_id}").status_code for _ in range(4)]
    assert polls == [200, 200, 404, 404]


def test_a_job_has_a_status_that_nobody_knows(box):
    box.arm("job-unknown-status", polls=3, word="reticulating")
    purge_id = box.submit()
    assert [box.job(purge_id)["status"] for _ in range(3)] == ["reticulating"] * 3
    assert box.ended_job(purge_id)["status"] == "completed"


def test_a_stuck_job_never_ends():
    with sandbox(job_seconds=0) as box:
        everything = box.count()
        box.arm("job-stuck")
        purge_id = box.submit()
        job = eventually(
            lambda: box.job(purge_id), lambda job: job["interactions"][0]["totalInteractionsPurged"]
        )
        assert job["status"] == "running"
        assert 0 < box.count() < everything


def test_a_job_s_fault_waits_for_a_job(box):
    box.arm("job-failed")
    assert box.call("POST", PURGE, {}).status_code == 400
    assert box.ended_job(box.submit())["status"] == "failed"


def test_a_server_without_the_count_call_answers_404(box):
    box.arm("no-count", times=None)
    for _ in range(3):
        answer = box.call("POST", COUNT, purge_of())
        assert (answer.status_code, answer.json()["code"]) == (404, "not.found")
        assert "X-Sandbox-Extension" not in answer.headers


@pytest.mark.parametrize("seconds", [-3600, 86_400])
def test_the_clock_of_the_platform_can_be_wrong(box, seconds):
    box.arm("date-skew", times=None, seconds=seconds)
    for answer in (box.call("POST", COUNT, purge_of()), box.request("GET", "/nowhere")):
        stated = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        assert abs(stated - time.time() - seconds) < 30


def test_the_date_is_right_otherwise(box):
    stated = parsedate_to_datetime(box.call("POST", COUNT, purge_of()).headers["Date"]).timestamp()
    assert abs(stated - time.time()) < 30


def test_a_wrong_description_switches_nothing_on(box):
    for body in ({}, [], {"kind": "status"}, None):
        answer = box.request("POST", "/sandbox/faults", json=body)
        assert answer.status_code in (400, 415)
    assert box.armed() == []


def test_faults_never_strike_the_control_calls(box):
    box.arm("status", "*", times=None)
    assert box.request("GET", "/sandbox/journal").status_code == 200
    assert box.request("POST", PURGE, json=purge_of()).status_code == 503
    box.clear_faults()
    assert box.token()
