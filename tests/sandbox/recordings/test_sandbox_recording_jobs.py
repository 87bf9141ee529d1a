"""Bulk jobs over loopback: the life cycle, the slots, who may execute, and what is really deleted."""

import pytest
from support.recordings import (
    EXECUTE,
    JOB_SECONDS,
    JOBS,
    ONE_JOB,
    PROTECTION,
    Recordings,
    conversation,
    conversation_id,
    delete_job,
)
from support.sandbox import sandbox

OTHER = "sandbox-other"
NOBODY = "00000000-0000-4000-8000-000000000000"


def figures(job):
    """Conversations, recordings, processed, skipped, failed."""
    kinds = ("Conversations", "Recordings", "ProcessedRecordings", "SkippedRecordings", "FailedRecordings")
    return tuple(job.get(f"total{kind}") for kind in kinds)


def protect(platform, *names, protect="true"):
    body = {"conversationIds": [conversation_id(name) for name in names]}
    return platform.box.call("PUT", f"{PROTECTION}?protect={protect}", body)


def test_a_job_counts_waits_and_then_writes_delete_dates(platform):
    platform.hold(conversation("a"), conversation("b", recordings=[{}, {}]), conversation("c", recordings=[]))
    made = platform.box.call("POST", JOBS, delete_job())
    assert (made.status_code, made.json()["state"], figures(made.json())) == (202, "PENDING", (None,) * 5)
    job_id = made.json()["id"]
    platform.pass_time(JOB_SECONDS // 10)
    ready = platform.job(job_id)
    assert (ready["state"], figures(ready)) == ("READY", (2, 3, 0, 0, 0))
    assert ready["recordingJobsQuery"] == delete_job()
    platform.pass_time(86_400)
    assert (platform.job(job_id)["state"], platform.deleted()) == ("READY", set())
    assert platform.execute(job_id).json()["state"] == "PROCESSING"
    platform.pass_time(JOB_SECONDS // 2)
    assert (platform.job(job_id)["state"], platform.job(job_id)["percentProgress"]) == ("PROCESSING", 33)
    platform.pass_time(JOB_SECONDS)
    done = platform.job(job_id)
    assert (done["state"], figures(done), done["percentProgress"]) == ("FULFILLED", (2, 3, 3, 0, 0), 100)
    assert len(platform.deleted()) == 3
    assert figures(platform.ready()) == (0, 0, 0, 0, 0)
    effects = [(entry["method"], entry["effect"]) for entry in platform.box.journal(path=ONE_JOB)]
    assert effects.count(("PUT", True)) == 1
    assert ("GET", True) not in effects


def test_fulfilled_is_not_erased():
    with sandbox(size=0, job_seconds=0, deletion_lag=3600) as box:
        platform = Recordings(box)
        platform.hold(conversation("a"))
        tomorrow = platform.in_days(1)
        assert platform.purge(delete_job(actionDate=tomorrow))["state"] == "FULFILLED"
        (recording,) = platform.metadata("a")
        assert (recording["fileState"], recording["deleteDate"]) == ("AVAILABLE", tomorrow)
        platform.pass_time(86_400)
        assert platform.states("a") == ["AVAILABLE"]
        platform.pass_time(3600)
        assert platform.metadata("a")[0]["fileState"] == "DELETED"


def test_a_third_job_finds_no_slot_whoever_made_the_others(platform):
    platform.create(client_id=OTHER)
    first = platform.create()
    for _ in range(2):
        refused = platform.box.call("POST", JOBS, delete_job())
        assert (refused.status_code, refused.json()["code"]) == (400, "bad.request")
    assert [entry["effect"] for entry in platform.box.journal("POST", JOBS)] == [True, True, False, False]
    platform.pass_time(JOB_SECONDS)
    platform.create()
    assert platform.execute(first).status_code == 200
    assert platform.box.call("POST", JOBS, delete_job()).status_code == 400


def test_execution_waits_for_a_slot_too(platform):
    job_id = platform.ready()["id"]
    platform.create()
    platform.create()
    assert platform.execute(job_id).status_code == 400
    assert platform.job(job_id)["state"] == "READY"


def test_only_the_client_that_made_a_job_executes_it_and_only_once_ready(platform):
    job_id = platform.create()
    assert platform.execute(job_id).status_code == 409
    platform.pass_time(JOB_SECONDS)
    assert platform.execute(job_id, OTHER).status_code == 403
    assert platform.execute(job_id).status_code == 200
    assert platform.execute(job_id).status_code == 409
    assert platform.execute(NOBODY).status_code == 404
    wrong = platform.box.call("PUT", f"{JOBS}/{job_id}", {"state": "CANCELLED"})
    assert wrong.status_code == 400


@pytest.mark.parametrize("executed", [False, True])
def test_a_deleted_job_is_cancelled_and_what_it_did_stays(platform, executed):
    platform.hold(*(conversation(str(number)) for number in range(10)))
    job_id = platform.ready()["id"]
    if executed:
        platform.execute(job_id)
        platform.pass_time(JOB_SECONDS // 2)
    assert platform.box.call("DELETE", f"{JOBS}/{job_id}").status_code == 204
    platform.pass_time(10 * JOB_SECONDS)
    assert platform.job(job_id)["state"] == "CANCELLED"
    assert len(platform.deleted()) == (5 if executed else 0)
    assert platform.box.call("DELETE", f"{JOBS}/{job_id}").status_code == 409


def test_what_is_protected_is_skipped_and_falls_due_when_released(platform):
    platform.hold(conversation("held"), conversation("free"), conversation("uploading", recordings=[
        {"fileState": "UPLOADING"}
    ]))  # fmt: skip
    assert protect(platform, "held").status_code == 204
    job = platform.ready()
    assert figures(job) == (3, 3, 0, 1, 0)
    platform.execute(job["id"])
    platform.pass_time(JOB_SECONDS)
    assert figures(platform.job(job["id"])) == (3, 3, 1, 2, 0)
    assert [platform.states(name) for name in ("held", "free", "uploading")] == [
        ["AVAILABLE"],
        ["DELETED"],
        ["UPLOADING"],
    ]


def test_protection_between_the_date_and_the_deletion_saves_a_recording(platform):
    platform.hold(conversation("a", recordings=[{"deleteDate": platform.in_days(1)}]))
    protect(platform, "a")
    platform.pass_time(2 * 86_400)
    assert platform.states("a") == ["AVAILABLE"]
    protect(platform, "a", protect="false")
    assert platform.states("a") == ["DELETED"]
    protect(platform, "a")
    assert platform.states("a") == ["DELETED"]


@pytest.mark.parametrize("kind", ["failed", "cancelled"])
def test_a_job_may_end_badly_while_it_counts_or_works(platform, kind):
    platform.hold(*(conversation(str(number)) for number in range(4)))
    platform.box.arm(f"job-{kind}", f"POST {JOBS}", reason="data lake \x1b[31m trouble")
    job = platform.ready()
    assert (job["state"], job["errorMessage"]) == (kind.upper(), "data lake \x1b[31m trouble")
    platform.box.arm(f"job-{kind}", f"PUT {ONE_JOB}")
    assert platform.purge()["state"] == kind.upper()
    assert len(platform.deleted()) == 2


def test_a_job_may_never_end(platform):
    platform.box.arm("job-stuck", f"POST {JOBS}")
    assert platform.ready()["state"] == "PENDING"
    platform.hold(conversation("a"), conversation("b"))
    platform.box.arm("job-stuck", f"PUT {ONE_JOB}")
    assert platform.purge()["state"] == "PROCESSING"
    assert len(platform.deleted()) == 1


def test_a_job_may_have_a_state_that_nobody_knows_or_vanish(platform):
    platform.box.arm("job-unknown-status", f"POST {JOBS}", polls=1, word="RETICULATING")
    job_id = platform.create()
    assert [platform.job(job_id)["state"] for _ in range(2)] == ["RETICULATING", "PENDING"]
    platform.box.arm("job-vanished", f"POST {JOBS}", polls=1)
    job_id = platform.create()
    assert [platform.box.call("GET", f"{JOBS}/{job_id}").status_code for _ in range(2)] == [200, 404]
    assert job_id not in {job["id"] for job in platform.box.call("GET", JOBS).json()["entities"]}


def test_totals_may_be_absent(platform):
    platform.hold(conversation("a"))
    platform.box.arm("no-totals")
    assert figures(platform.ready()) == (None,) * 5


def test_recordings_that_fail_are_listed_without_a_reason(platform):
    platform.hold(*(conversation(str(number)) for number in range(5)))
    platform.box.arm("recordings-fail", f"PUT {ONE_JOB}", count=3)
    job = platform.purge()
    assert (job["state"], figures(job)) == ("FULFILLED", (5, 5, 2, 0, 3))
    failed, uri = [], job["failedRecordings"] + "?includeTotal=false&pageSize=2"
    while uri:
        page = platform.box.call("GET", uri).json()
        failed += page["entities"]
        uri = page.get("nextUri")
    alive = {
        (one["id"], each["id"])
        for one in platform.truth().values()
        for each in one["recordings"]
        if each["fileState"] == "AVAILABLE"
    }
    assert {(each["conversation"]["id"], each["recording"]["id"]) for each in failed} == alive
    assert len(failed) == 3


def test_a_cut_after_the_effect_leaves_a_job_or_executes_one(platform):
    platform.hold(conversation("a"))
    for method, path, body in (("POST", JOBS, delete_job()), ("PUT", None, EXECUTE)):
        platform.box.arm("cut-after-effect", f"{method} {path or ONE_JOB}")
        with pytest.raises(ConnectionError):
            cut(platform, method, path, body)
        platform.pass_time(JOB_SECONDS)
    (job,) = platform.box.call("GET", JOBS).json()["entities"]
    assert (job["state"], len(platform.deleted())) == ("FULFILLED", 1)


def cut(platform, method, path, body):
    """Send a request whose answer is lost; without a path, to the only job."""
    where = path or JOBS + "/" + platform.box.call("GET", JOBS).json()["entities"][0]["id"]
    try:
        platform.box.call(method, where, body)
    except OSError as error:
        raise ConnectionError from error
