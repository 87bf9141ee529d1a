"""Everything that passes a sandbox is held against the published description: here, that this bites."""

import io
import json

import pytest
from support.published import published
from support.recordings import EXECUTE, JOBS, METADATA, PROTECTION, conversation, conversation_id, delete_job

JOB = {"id": "x", "state": "READY"}


@pytest.fixture
def description():
    found = published()
    if found is None:
        pytest.skip("shared/genesys-openapi is not at hand")
    return found


def breaches(description, method, path, body, status, answer):
    """What is found when an application accepts a request and answers so."""

    def app(environ, start_response):
        start_response(f"{status} -", [])
        return Parts([json.dumps(answer).encode()] if answer is not None else [])

    raw = b"" if body is None else json.dumps(body).encode()
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(raw)),
        "wsgi.input": io.BytesIO(raw),
    }
    list(description.around(app)(environ, lambda *_: None))
    return description.breaches


class Parts(list):
    def close(self):
        pass


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "answer", "word"),
    [
        ("POST", JOBS, delete_job() | {"reason": "x"}, 202, JOB, "reason"),
        ("POST", JOBS, {"actionDate": "2026-01-01T00:00:00Z"}, 202, JOB, "action"),
        ("POST", JOBS, delete_job(actionDate="2026-01-01"), 202, JOB, "date-time"),
        ("POST", JOBS, delete_job("2024-01-01/2024-02-01"), 202, JOB, "interval"),
        ("POST", JOBS, delete_job(), 202, {"id": "x"}, "state"),
        ("POST", JOBS, delete_job(), 202, JOB | {"state": "RUNNING"}, "RUNNING"),
        ("POST", JOBS, delete_job(), 202, JOB | {"totalRecordings": 2**31}, "int32"),
        ("POST", JOBS, delete_job(), 202, JOB | {"eta": 1}, "eta"),
        ("POST", JOBS, delete_job(), 201, JOB, "not published"),
        ("POST", JOBS, delete_job(), 418, {}, "not published"),
        ("POST", JOBS, {}, 400, {"status": "400"}, "400"),
        ("GET", f"{JOBS}?mine=true", None, 200, {}, "mine"),
        ("GET", f"{JOBS}?pageSize=many", None, 200, {}, "pageSize"),
        ("GET", "/api/v2/recordings/retention/query", None, 200, {}, "retentionThresholdDays"),
        ("GET", f"{JOBS}/x", {}, 200, JOB, "a body"),
        ("DELETE", f"{JOBS}/x", None, 204, {}, "an answer"),
        ("DELETE", "/api/v2/conversations/x", None, 204, None, "not published"),
    ],
)
def test_what_is_not_published_is_found(description, method, path, body, status, answer, word):
    (breach,) = breaches(description, method, path, body, status, answer)
    assert word in breach


def test_what_is_published_passes(description):
    assert breaches(description, "POST", JOBS, delete_job(), 202, JOB) == []
    assert breaches(description, "POST", JOBS, {}, 400, {"status": 400}) == []
    assert breaches(description, "PUT", f"{PROTECTION}?protect=true", None, 204, None) == []


def test_a_journey_is_checked_from_end_to_end(platform, description):
    platform.hold(conversation("a"))
    platform.purge()
    platform.metadata("a")
    platform.box.call("PUT", f"{PROTECTION}?protect=true", {"conversationIds": [conversation_id("a")]})
    platform.box.arm("job-unknown-status", f"POST {JOBS}")
    platform.ready()
    assert {
        ("post", JOBS, "202"),
        ("put", JOBS + "/{jobId}", "200"),
        ("get", METADATA, "200"),
        ("put", PROTECTION, "204"),
    } <= platform.box.description.seen
    assert EXECUTE == {"state": "PROCESSING"}
