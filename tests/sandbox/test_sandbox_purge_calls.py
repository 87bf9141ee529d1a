"""The article's calls and the count over loopback, as purgectl and curl see them."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from support.sandbox import BILLING_CALLS, COUNT, PURGE, eventually, purge_of, sandbox

from runner.sandbox.data import generate

EVERY_CALL = BILLING_CALLS | {"filters": {}}
BILLING_EMAILS = BILLING_CALLS | {"type": "email"}


def billing(interaction_type):
    return sum(each.type == interaction_type and each.department == "billing" for each in generate(7, 2000))


def test_a_purge_is_accepted_exactly_as_in_the_article(box):
    answer = box.call("POST", PURGE, purge_of())
    purge_id = answer.json()["purgeId"]
    assert answer.status_code == 202
    assert answer.json() == {"purgeId": purge_id, "status": "pending", "interactions": [BILLING_CALLS]}
    assert list(answer.json()) == ["purgeId", "status", "interactions"]


@pytest.mark.parametrize("purge_type", ["permanent", "soft"])
def test_a_completed_purge_leaves_nothing_to_count(box, purge_type):
    calls = BILLING_CALLS | {"purgeType": purge_type}
    before = box.count(EVERY_CALL)
    assert box.count(calls) == billing("voice") > 100
    job = box.ended_job(box.submit(calls))
    assert job["status"] == "completed"
    assert job["interactions"][0]["totalInteractionsPurged"] == billing("voice")
    assert job["interactions"][0]["errorReason"] is None
    assert box.count(calls) == 0
    assert box.count(EVERY_CALL) == before - billing("voice")


def test_progress_grows():
    seen = []
    with sandbox(job_seconds=0.5) as box:
        headers = {"Authorization": f"Bearer {box.token()}"}
        purge_id = box.submit()

        def poll():
            job = box.request("GET", f"{PURGE}/{purge_id}", headers=headers).json()
            seen.append((job["status"], job["interactions"][0]["totalInteractionsPurged"]))
            return job["status"]

        eventually(poll, lambda status: status == "completed")
    counts = [count for _, count in seen]
    assert counts == sorted(counts)
    assert len(set(counts)) > 2
    assert list(dict.fromkeys(status for status, _ in seen)) == ["pending", "running", "completed"]


def test_several_elements_are_purged_and_counted_one_by_one(box):
    job = box.ended_job(box.submit(BILLING_CALLS, BILLING_EMAILS))
    purged = [each["totalInteractionsPurged"] for each in job["interactions"]]
    assert purged == [billing("voice"), billing("email")]


def test_a_purge_of_nothing_completes_with_zero(box):
    box.ended_job(box.submit())
    job = box.ended_job(box.submit())
    assert (job["status"], job["interactions"][0]["totalInteractionsPurged"]) == ("completed", 0)


def test_an_overlapping_purge_is_refused_while_the_other_runs(box):
    box.arm("job-stuck")
    box.submit()
    answer = box.call("POST", PURGE, purge_of(EVERY_CALL))
    assert answer.status_code == 400
    assert "overlapping purge windows" in answer.json()["message"]
    elsewhere = BILLING_CALLS | {"filters": {"attributes": {"department": "sales"}}}
    assert box.ended_job(box.submit(elsewhere))["status"] == "completed"


def test_of_many_equal_purges_at_once_one_is_accepted():
    with sandbox(job_seconds=3600) as box, ThreadPoolExecutor(8) as pool:
        headers = {"Authorization": f"Bearer {box.token()}"}

        def post(_):
            return requests.post(box.base_url + PURGE, json=purge_of(), headers=headers, timeout=10)

        answers = [answer.status_code for answer in pool.map(post, range(8))]
        assert sorted(answers) == [202] + [400] * 7
        assert sum(entry["effect"] for entry in box.submissions()) == 1


def test_a_count_is_marked_as_our_extension(box):
    assert box.call("POST", COUNT, purge_of()).headers["X-Sandbox-Extension"] == "true"
    assert "X-Sandbox-Extension" not in box.call("POST", PURGE, purge_of()).headers


def test_the_same_seed_holds_the_same_interactions():
    totals = []
    for seed in (7, 7, 8):
        with sandbox(seed=seed) as box:
            totals.append(box.count())
    assert totals[0] == totals[1] == billing("voice") != totals[2]


def test_an_unknown_job_is_not_found(box):
    answer = box.call("GET", f"{PURGE}/8f7e6d5c-4b3a-2c1d-0e9f-8a7b6c5d4e3f")
    assert (answer.status_code, answer.json()["code"]) == (404, "not.found")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad.request"),
        (b"", 400, "bad.request"),
        (b"[" * 50_000, 400, "bad.request"),
        (b'{"interactions": [{"type": ' + b"9" * 5000 + b"}]}", 400, "bad.request"),
        (b'"\xff"', 400, "bad.request"),
        (b'{"x": "' + b"x" * 600_000 + b'"}', 413, "request.entity.too.large"),
    ],
)
def test_a_hostile_body_is_refused_without_effect(box, body, status, code):
    headers = {"Authorization": f"Bearer {box.token()}", "Content-Type": "application/json"}
    answer = box.request("POST", PURGE, headers=headers, data=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not any(entry["effect"] for entry in box.submissions())


@pytest.mark.parametrize("text", ["\x00", "\ud800", "' OR 1=1 --", "%", "BILLING"])
def test_a_strange_value_matches_nothing(box, text):
    assert box.count(BILLING_CALLS | {"filters": {"attributes": {"department": text}}}) == 0


def test_a_body_that_is_not_json_by_its_type_is_refused(box):
    headers = {"Authorization": f"Bearer {box.token()}", "Content-Type": "text/plain"}
    assert box.request("POST", PURGE, headers=headers, data=json.dumps(purge_of())).status_code == 415
