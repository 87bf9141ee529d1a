"""Dates of single recordings, protection, permissions and divisions, over loopback."""

import pytest
from support.recordings import DETAILS, JOBS, METADATA, PROTECTION, conversation, conversation_id, delete_job
from support.sandbox import READ_ONLY_CLIENT

RUNNER = "sandbox-runner"
NOBODY = "00000000-0000-4000-8000-000000000000"
A_DAY = {"interval": "2024-01-01T00:00:00.000Z/2024-01-02T00:00:00.000Z"}


def recording_path(platform, name):
    return f"/api/v2/conversations/{conversation_id(name)}/recordings/{platform.metadata(name)[0]['id']}"


def test_a_delete_date_can_be_taken_back_while_it_lies_ahead(platform):
    platform.hold(conversation("a"))
    path, tomorrow = recording_path(platform, "a"), platform.in_days(1)
    assert platform.box.call("PUT", path, {"deleteDate": tomorrow}).json()["deleteDate"] == tomorrow
    assert "deleteDate" not in platform.box.call("PUT", path, {"deleteDate": None}).json()
    platform.pass_time(2 * 86_400)
    assert platform.states("a") == ["AVAILABLE"]
    platform.box.call("PUT", path, {"deleteDate": tomorrow, "archiveDate": tomorrow})
    refused = platform.box.call("PUT", path, {"deleteDate": None})
    assert (refused.status_code, refused.json()["code"]) == (400, "recording.not.archivable")
    assert platform.states("a") == ["DELETED"]
    assert [entry["effect"] for entry in platform.box.journal("PUT")] == [True, True, True, False]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ([], 400, "recording.invalid.json"),
        ({"deleteDate": "tomorrow"}, 400, "invalid.date"),
        ({"fileState": "DELETED"}, 400, "bad.request"),
    ],
)
def test_a_change_of_a_recording_is_refused(platform, body, status, code):
    platform.hold(conversation("a"))
    answer = platform.box.call("PUT", recording_path(platform, "a"), body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_what_is_not_there_is_not_found(platform):
    platform.hold(conversation("a"))
    answer = platform.box.call("GET", METADATA.replace("{conversationId}", NOBODY))
    assert (answer.status_code, answer.json()["code"]) == (404, "conversation.not.found")
    one = f"/api/v2/conversations/{conversation_id('a')}/recordings/{NOBODY}"
    answer = platform.box.call("PUT", one, {"deleteDate": None})
    assert (answer.status_code, answer.json()["code"]) == (404, "recording.not.archivable")


def test_protect_means_true_when_it_is_left_out(platform):
    platform.hold(conversation("a"), conversation("b"))
    both = {"conversationIds": [conversation_id("a"), conversation_id("b")]}
    assert platform.box.call("PUT", PROTECTION, {"conversationIds": both["conversationIds"][:1]}).text == ""
    assert [each["id"] for each in platform.box.call("POST", PROTECTION, both).json()] == [
        conversation_id("a")
    ]
    assert platform.box.call("PUT", f"{PROTECTION}?protect=false", both).status_code == 204
    assert platform.box.call("POST", PROTECTION, both).json() == []


def test_protection_may_fail_in_part(platform):
    platform.hold(conversation("a"), conversation("silent", recordings=[]))
    ids = [conversation_id("a"), conversation_id("silent")]
    answer = platform.box.call("PUT", f"{PROTECTION}?protect=true", {"conversationIds": ids})
    assert answer.status_code == 200
    (failed,) = answer.json()["failedUpdates"]
    assert (failed["conversation"]["id"], failed["errorCode"]) == (ids[1], "recording.not.found")
    assert platform.truth()[ids[0]]["protected"]


def test_an_organisation_protects_a_thousand_conversations(platform):
    names = [str(number) for number in range(1001)]
    platform.hold(*(conversation(name) for name in names))
    ids = [conversation_id(name) for name in names]
    answers = [
        platform.box.call("PUT", f"{PROTECTION}?protect=true", {"conversationIds": ids[at : at + 100]})
        for at in range(0, 1001, 100)
    ]
    assert [answer.status_code for answer in answers] == [204] * 10 + [200]


@pytest.mark.parametrize(
    ("ids", "status", "code"),
    [
        ([], 400, "bad.request"),
        ([NOBODY] * 101, 400, "bad.request"),
        (["x"], 400, "recording.conversation.id.not.uuid"),
        ([NOBODY], 404, "recording.conversation.not.found"),
    ],
)
def test_protection_refuses(platform, ids, status, code):
    for method in ("POST", "PUT"):
        answer = platform.box.call(method, PROTECTION, {"conversationIds": ids})
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_protection_without_a_body_is_refused(platform):
    answer = platform.box.call("PUT", PROTECTION)
    assert (answer.status_code, answer.json()["code"]) == (400, "recording.empty.payload")


@pytest.mark.parametrize(
    ("method", "path", "body", "permission"),
    [
        ("POST", JOBS, delete_job(), "recording:job:add"),
        ("POST", JOBS, delete_job(), "recording:recording:viewSensitiveData"),
        ("GET", JOBS, None, "recording:job:view"),
        ("GET", f"{JOBS}/{NOBODY}", None, "recording:job:view"),
        ("GET", f"{JOBS}/{NOBODY}/failedrecordings", None, "recording:job:view"),
        ("PUT", f"{JOBS}/{NOBODY}", {"state": "PROCESSING"}, "recording:job:edit"),
        ("PUT", f"{JOBS}/{NOBODY}", {"state": "PROCESSING"}, "recording:recording:editRetention"),
        ("PUT", f"{JOBS}/{NOBODY}", {"state": "PROCESSING"}, "recording:screenRecording:editRetention"),
        ("PUT", f"{JOBS}/{NOBODY}", {"state": "PROCESSING"}, "recording:snippetRecording:editRetention"),
        ("DELETE", f"{JOBS}/{NOBODY}", None, "recording:job:delete"),
        ("PUT", f"{PROTECTION}?protect=true", {}, "recording:deletionProtection:apply"),
        ("PUT", f"{PROTECTION}?protect=false", {}, "recording:deletionProtection:revoke"),
        ("POST", f"{DETAILS}/query", A_DAY, "analytics:conversationDetail:view"),
        ("GET", f"{DETAILS}/jobs/availability", None, "analytics:conversationDetail:view"),
        ("GET", "/api/v2/analytics/dataretention/settings", None, "analytics:dataRetention:view"),
    ],
)
def test_a_missing_permission_is_named(platform, method, path, body, permission):
    platform.give(RUNNER, without=permission)
    answer = platform.box.call(method, path, body)
    assert answer.status_code == 403
    assert answer.json()["code"] in ("missing.permissions", "missing.any.permissions")
    assert permission in answer.json()["message"]


def test_dates_need_the_permission_of_the_kind_of_recording(platform):
    platform.hold(conversation("a", recordings=[{"media": "screen", "mediaSubtype": "Screen"}]))
    path = recording_path(platform, "a")
    platform.give(RUNNER, without="recording:recording:editRetention")
    assert platform.box.call("PUT", path, {"deleteDate": None}).status_code == 200
    platform.give(RUNNER, without="recording:screenRecording:editRetention")
    answer = platform.box.call("PUT", path, {"deleteDate": None})
    assert answer.json()["code"] == "recording.recording.edit.retention.permission.check.failed"


def test_the_reader_sees_and_never_changes(platform):
    platform.hold(conversation("a"))
    assert platform.box.call("GET", JOBS, client_id=READ_ONLY_CLIENT).status_code == 200
    assert platform.box.call("POST", f"{DETAILS}/query", A_DAY, READ_ONLY_CLIENT).status_code == 200
    for method, path, body in (
        ("POST", JOBS, delete_job()),
        ("PUT", recording_path(platform, "a"), {"deleteDate": None}),
        ("PUT", PROTECTION, {"conversationIds": [conversation_id("a")]}),
    ):
        assert platform.box.call(method, path, body, READ_ONLY_CLIENT).status_code == 403


def test_a_division_is_left_out_in_silence_unless_it_is_named(platform):
    platform.hold(conversation("mine", divisionId="north"), conversation("theirs", divisionId="south"))
    platform.give(RUNNER, divisions=["north"])
    assert platform.ready()["totalConversations"] == 1
    named = {"type": "and", "predicates": [{"dimension": "divisionId", "value": "south"}]}
    query = {**delete_job()["conversationQuery"], "conversationFilters": [named]}
    answer = platform.box.call("POST", JOBS, delete_job(conversationQuery=query))
    assert (answer.status_code, answer.json()["code"]) == (403, "missing.division.permission")
    path = METADATA.replace("{conversationId}", conversation_id("theirs"))
    assert platform.box.call("GET", path).status_code == 403


def test_no_call_needs_less_than_a_token(platform):
    for method, path in (("GET", JOBS), ("POST", PROTECTION), ("GET", "/api/v2/tokens/me")):
        assert platform.box.request(method, path, json={}).status_code == 401


def test_there_is_no_call_that_shortens_the_retention_of_all_or_ends_a_conversation(platform):
    platform.hold(conversation("a"))
    retention = platform.box.call("PUT", "/api/v2/analytics/dataretention/settings", {"retentionDays": 90})
    ended = platform.box.call("DELETE", f"/api/v2/conversations/{conversation_id('a')}")
    assert (retention.status_code, ended.status_code) == (405, 404)
