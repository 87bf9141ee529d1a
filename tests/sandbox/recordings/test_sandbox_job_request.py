"""What a bulk job takes: intervals, filters, kinds of recordings, the five years; and what it refuses."""

import pytest
from support.recordings import JANUARY, JOBS, VOICE, conversation, conversation_id, delete_job


def matched(platform, body):
    """The names of the conversations that a job of this body would delete."""
    names = {conversation_id(name): name for name in ("before", "early", "inside", "last", "after", "old")}
    assert platform.purge(body)["state"] == "FULFILLED"
    gone = platform.deleted()
    return {
        names[key]
        for key, one in platform.truth().items()
        if any(each["id"] in gone for each in one["recordings"])
    }


def threads(platform):
    """Threads before, into, inside, up to and after the interval from 10 January 06:00 to 1 February."""
    platform.hold(
        conversation("before", "2024-01-09T09:00:00Z"),
        conversation("early", "2024-01-09T09:00:00Z", end="2024-01-12T09:00:00Z"),
        conversation("inside", "2024-01-10T01:00:00Z", end="2024-01-11T09:00:00Z"),
        conversation("last", "2024-01-31T23:00:00Z", end=None),
        conversation("after", "2024-02-01T00:00:00Z", end="2024-02-01T01:00:00Z"),
    )


def query(**given):
    interval = "2024-01-10T06:00:00.000Z/2024-02-01T00:00:00.000Z"
    return delete_job(conversationQuery={"interval": interval, **given})


def test_an_interval_matches_whatever_overlaps_it(platform):
    threads(platform)
    assert matched(platform, query()) == {"early", "inside", "last"}


def test_start_of_day_matching_cuts_at_midnight_of_the_start_date(platform):
    threads(platform)
    assert matched(platform, query(startOfDayIntervalMatching=True)) == {"inside", "last"}


def test_a_limit_takes_the_first(platform):
    threads(platform)
    assert matched(platform, query(limit=1, order="desc")) == {"last"}


def test_sensitive_recordings_stay_unless_they_are_named(platform):
    platform.hold(conversation("inside", recordings=[{"sensitive": True}]))
    body = delete_job()
    del body["includeRecordingsWithSensitiveData"]
    assert matched(platform, body) == set()
    assert matched(platform, delete_job()) == {"inside"}


@pytest.mark.parametrize(
    ("recording", "name"),
    [
        ({"media": "screen", "mediaSubtype": "Screen"}, "includeScreenRecordings"),
        ({"mediaSubtype": "Snippet"}, "includeSnippetRecordings"),
        ({"policyBased": True}, "includePolicyBasedRecordings"),
    ],
)
def test_other_kinds_are_taken_unless_they_are_left_out(platform, recording, name):
    platform.hold(conversation("inside", recordings=[recording]))
    assert matched(platform, delete_job(**{name: False})) == set()
    assert matched(platform, delete_job()) == {"inside"}


def test_a_conversation_matches_by_any_segment_and_all_its_recordings_go(platform):
    platform.hold(
        conversation(
            "inside",
            segments=[{"mediaType": "callback"}, {"mediaType": "voice", "queueId": "q"}],
            recordings=[{}, {"media": "email"}],
        ),
        conversation("last", segments=[{"mediaType": "voice"}, {"mediaType": "chat", "queueId": "q"}]),
    )
    voice_in_queue = {**VOICE, "predicates": [*VOICE["predicates"], {"dimension": "queueId", "value": "q"}]}
    assert matched(platform, delete_job(JANUARY, voice_in_queue)) == {"inside"}
    assert len(platform.deleted()) == 2
    apart = [VOICE, {"type": "or", "predicates": [{"dimension": "queueId", "value": "q"}]}]
    assert matched(platform, delete_job(JANUARY, *apart)) == {"inside", "last"}


def test_filters_nest_and_ask_for_presence(platform):
    platform.hold(
        conversation("inside", segments=[{"mediaType": "message", "messageType": "sms"}]),
        conversation("last", segments=[{"mediaType": "message", "messageType": "facebook"}]),
        conversation("after", segments=[{"mediaType": "voice"}]),
    )
    either = {
        "type": "or",
        "clauses": [
            {"type": "and", "predicates": [{"dimension": "messageType", "value": "sms"}]},
            {"type": "and", "predicates": [{"dimension": "messageType", "operator": "notExists"}]},
        ],
    }
    assert matched(platform, delete_job(JANUARY, either)) == {"inside", "after"}


def test_five_years_part_the_two_kinds_of_interval(platform):
    platform.hold(
        conversation("old", platform.in_days(-2000)[:11] + "09:00:00Z"),
        conversation("inside", platform.in_days(-1000)[:11] + "09:00:00Z"),
    )
    everything = f"{platform.in_days(-3000)}/{platform.in_days(0)}"
    assert matched(platform, delete_job(conversationQuery={"interval": everything})) == {"inside"}
    aged = delete_job(agedConversationInterval=f"{platform.in_days(-2050)}/{platform.in_days(-1950)}")
    del aged["conversationQuery"]
    assert matched(platform, aged) == {"inside", "old"}


def test_what_is_younger_than_48_hours_is_not_found(platform):
    young = platform.in_days(-1)
    platform.hold(conversation("inside", young, end=None))
    body = delete_job(conversationQuery={"interval": f"{platform.in_days(-3)}/{platform.in_days(0)}"})
    assert matched(platform, body) == set()
    platform.pass_time(86_400)
    assert matched(platform, body) == {"inside"}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"actionDate": None}, 400),
        ({"action": "PURGE"}, 400),
        ({"action": "EXPORT"}, 501),
        ({"actionAge": 30}, 501),
        ({"screenRecordingActionDate": "2026-01-01T00:00:00Z"}, 501),
        ({"reason": "none is known"}, 400),
        ({"agedConversationInterval": JANUARY}, 400),
        ({"conversationQuery": {}}, 400),
        ({"conversationQuery": {"interval": "2024-02-01T00:00:00Z/2024-01-01T00:00:00Z"}}, 400),
        ({"conversationQuery": {"interval": JANUARY, "startOfDayIntervalMatching": "yes"}}, 400),
        ({"conversationQuery": {"interval": JANUARY, "limit": True}}, 400),
        ({"conversationQuery": {"interval": JANUARY, "segmentFilters": [{"type": "and"}]}}, 400),
        ({"conversationQuery": {"interval": JANUARY, "segmentFilters": [
            {"type": "and", "predicates": [{"dimension": "attribute", "value": "x"}]}]}}, 400),
        ({"conversationQuery": {"interval": JANUARY, "conversationFilters": [
            {"type": "or", "predicates": [{"dimension": "conversationId", "value": "x"}] * 101}]}}, 400),
    ],
)  # fmt: skip
def test_a_job_is_refused(platform, change, status):
    answer = platform.box.call("POST", JOBS, delete_job(**change))
    assert answer.status_code == status, answer.text
    assert answer.json()["contextId"] == answer.headers["ININ-Correlation-Id"]
    assert platform.box.call("GET", JOBS).json()["total"] == 0


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [(-3000, -2800, "6 months"), (-1900, -1800, "5 years ago"), (9e5, 2e6, "5 years ago")],
)
def test_an_aged_interval_is_refused(platform, first, last, reason):
    body = delete_job(agedConversationInterval=f"{platform.in_days(first)}/{platform.in_days(last)}")
    del body["conversationQuery"]
    answer = platform.box.call("POST", JOBS, body)
    assert (answer.status_code, reason in answer.json()["message"]) == (400, True)
