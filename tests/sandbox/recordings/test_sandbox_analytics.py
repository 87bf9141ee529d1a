"""The analytics calls over loopback: the count at once, the details later, what they match."""

import pytest
from support.recordings import DETAILS, JANUARY, VOICE, conversation, conversation_id

QUERY = f"{DETAILS}/query"
DETAILS_JOBS = f"{DETAILS}/jobs"
ENDED = {"type": "and", "predicates": [{"dimension": "conversationEnd", "operator": "exists"}]}


def hits(platform, first, last, **given):
    answer = platform.box.call("POST", QUERY, {"interval": f"{first}/{last}", **given})
    assert answer.status_code == 200, answer.text
    return answer.json()["totalHits"]


def results(platform, body):
    """Every conversation that an asynchronous query finds, by pages of two."""
    job_id = platform.box.call("POST", DETAILS_JOBS, body).json()["jobId"]
    waiting = platform.box.call("GET", f"{DETAILS_JOBS}/{job_id}")
    assert (waiting.status_code, waiting.json()["state"]) == (202, "PENDING")
    assert platform.box.call("GET", f"{DETAILS_JOBS}/{job_id}/results").status_code == 400
    platform.pass_time(1000)
    assert platform.box.call("GET", f"{DETAILS_JOBS}/{job_id}").json()["state"] == "FULFILLED"
    found, cursor = [], ""
    while cursor is not None:
        page = platform.box.call("GET", f"{DETAILS_JOBS}/{job_id}/results?pageSize=2{cursor}").json()
        found += page["conversations"]
        cursor = f"&cursor={page['cursor']}" if "cursor" in page else None
    assert platform.box.call("DELETE", f"{DETAILS_JOBS}/{job_id}").status_code == 204
    assert platform.box.call("GET", f"{DETAILS_JOBS}/{job_id}").status_code == 404
    return found


def test_a_count_goes_by_the_day_of_the_start_and_touches_the_day_of_its_end(platform):
    platform.hold(
        conversation("thread", "2024-01-08T09:00:00Z", end="2024-01-20T09:00:00Z"),
        conversation("in", "2024-01-10T01:00:00Z"),
        conversation("next", "2024-01-11T09:00:00Z"),
    )
    assert hits(platform, "2024-01-10T06:00:00.000Z", "2024-01-10T23:59:59.999Z") == 1
    assert hits(platform, "2024-01-10T00:00:00.000Z", "2024-01-11T00:00:00.000Z") == 2


def test_a_count_takes_seven_days_or_31_with_a_filter(platform):
    first, week, more = "2024-01-01T00:00:00.000Z", "2024-01-08T00:00:00.000Z", "2024-01-08T00:00:00.001Z"
    assert hits(platform, first, week) == 0
    assert platform.box.call("POST", QUERY, {"interval": f"{first}/{more}"}).status_code == 400
    assert hits(platform, first, "2024-02-01T00:00:00.000Z", segmentFilters=[VOICE]) == 0
    longer = {"interval": f"{first}/2024-02-01T00:00:00.001Z", "segmentFilters": [VOICE]}
    assert platform.box.call("POST", QUERY, longer).status_code == 400


def test_a_count_survives_the_purge_because_conversations_do(platform):
    platform.hold(conversation("a"), conversation("silent", recordings=[]), conversation("open", end=None))
    platform.purge()
    assert len(platform.deleted()) == 2
    day = ("2024-01-10T00:00:00.000Z", "2024-01-10T23:59:59.999Z")
    assert (hits(platform, *day), hits(platform, *day, conversationFilters=[ENDED])) == (3, 2)


def test_pages_come_in_order_and_without_attributes(platform):
    names = {conversation_id(name): name for name in "abc"}
    platform.hold(
        conversation("a", end="2024-01-12T00:00:00Z", attributes={"department": "billing"}),
        conversation("b", end="2024-01-11T00:00:00Z"),
        conversation("c", end=None),
    )
    body = {
        "interval": "2024-01-10T00:00:00.000Z/2024-01-10T23:59:59.999Z",
        "orderBy": "conversationEnd",
        "order": "desc",
    }
    seen = []
    for number in (1, 2, 3):
        page = platform.box.call(
            "POST", QUERY, {**body, "paging": {"pageSize": 2, "pageNumber": number}}
        ).json()
        assert page["totalHits"] == 3
        seen += [names[each["conversationId"]] for each in page.get("conversations", [])]
        assert "billing" not in str(page)
    assert seen == ["c", "a", "b"]


@pytest.mark.parametrize(
    "change",
    [
        {"paging": {"pageSize": 1}},
        {"paging": {"pageSize": 101, "pageNumber": 1}},
        {"paging": {"pageSize": 100, "pageNumber": 1001}},
        {"startOfDayIntervalMatching": True},
        {"order": "random"},
        {"interval": "2024-01-01"},
    ],
)
def test_a_count_is_refused(platform, change):
    body = {"interval": "2024-01-01T00:00:00.000Z/2024-01-02T00:00:00.000Z", **change}
    assert platform.box.call("POST", QUERY, body).status_code == 400


def test_details_match_as_a_job_does_and_carry_attributes(platform):
    long = "x" * 2000
    platform.hold(
        conversation("early", "2023-12-20T09:00:00Z", end="2024-01-02T00:00:00Z"),
        *(conversation(name, attributes={"note": long, "who": name}) for name in "abc"),
    )
    found = results(platform, {"interval": JANUARY})
    assert found[0]["conversationId"] == conversation_id("early")
    assert len(found) == 4
    cut = results(platform, {"interval": JANUARY, "startOfDayIntervalMatching": True})
    attributes = [each["participants"][0]["attributes"] for each in cut]
    assert sorted(each["who"] for each in attributes) == ["a", "b", "c"]
    assert {len(each["note"]) for each in attributes} == {1024}


def test_details_lag_a_day_behind(platform):
    yesterday, now = platform.in_days(-0.9), platform.in_days(0)
    platform.hold(conversation("young", yesterday, end=None))
    assert results(platform, {"interval": f"{yesterday}/{now}"}) == []
    available = platform.box.call("GET", f"{DETAILS_JOBS}/availability").json()["dataAvailabilityDate"]
    assert available < yesterday


def test_an_unknown_query_is_not_found(platform):
    for path in ("x", "x/results"):
        assert platform.box.call("GET", f"{DETAILS_JOBS}/{path}").status_code == 404
