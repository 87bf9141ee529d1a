"""The count before anything is done: its parts, its total, its population and its newest end."""

from datetime import UTC, datetime

import pytest
from genesys_platform import make_target, token
from genesys_recordings import DETAILS, conforms, day, recordings_policy
from support.httppeer import answer

from runner.errors import RemoteFailure, RequestRejected
from runner.model.platform import Survey
from runner.model.policy import InteractionType
from runner.model.target import Counts

JANUARY = {"start": day(2024), "end": day(2024, 2)}


def hits(total, end=None, **more):
    conversation = {"conversationId": "c-1", **({"conversationEnd": end} if end else {})}
    return answer(200, {"totalHits": total, "conversations": [conversation] if total else [], **more})


def surveyed(platform, *answers, **policy):
    platform.peer.plays(token(), *answers)
    return platform.jobs_reader().survey(recordings_policy(**policy))


def asked(platform):
    return [seen.json() for seen in platform.peer.journal[1:]]


def test_one_month(platform):
    got = surveyed(
        platform, hits(7, "2024-02-03T10:00:00.000Z"), hits(40, "2024-02-05T00:00:00Z"), hits(0), **JANUARY
    )
    assert got == Survey(7, 40, datetime(2024, 2, 3, 10, tzinfo=UTC))
    selected, everything, waiting = asked(platform)
    assert selected["interval"] == "2024-01-01T00:00:00.000Z/2024-01-31T23:59:59.999Z"
    assert (selected["order"], selected["orderBy"]) == ("desc", "conversationEnd")
    assert selected["paging"] == {"pageSize": 1, "pageNumber": 1}
    assert [it["dimension"] for it in everything["segmentFilters"][0]["predicates"]] == ["mediaType"]
    assert waiting["conversationFilters"][0]["predicates"][0]["operator"] == "notExists"
    assert all(conforms(body, "ConversationQuery") for body in asked(platform))
    assert {seen.path for seen in platform.peer.journal[1:]} == {f"{DETAILS}/query"}


def test_trap_a_query_takes_31_days_and_a_midnight_would_touch_the_next_day(platform):
    got = surveyed(
        platform,
        hits(3, "2024-01-31T00:00:00Z"), hits(0), hits(2, "2024-03-01T00:00:00Z"), hits(0), hits(0),
        start=day(2024), end=day(2024, 3, 5), dimensions={},
    )  # fmt: skip
    assert got == Survey(5, 5, datetime(2024, 3, 1, tzinfo=UTC))
    assert [body["interval"] for body in asked(platform)[:3]] == [
        "2024-01-01T00:00:00.000Z/2024-01-31T23:59:59.999Z",
        "2024-02-01T00:00:00.000Z/2024-03-02T23:59:59.999Z",
        "2024-03-03T00:00:00.000Z/2024-03-04T23:59:59.999Z",
    ]


def test_trap_without_a_filter_a_query_takes_7_days(platform):
    got = surveyed(platform, *[hits(0)] * 5, kind=InteractionType.ANY, dimensions={}, **JANUARY)
    assert got == Survey(0, 0, None)
    assert len(asked(platform)) == 5


def test_trap_a_conversation_that_goes_on_makes_the_newest_end_unknown(platform):
    got = surveyed(platform, hits(7, "2024-02-03T10:00:00.000Z"), hits(1), dimensions={}, **JANUARY)
    assert got == Survey(7, 7, None)


@pytest.mark.parametrize("end", [None, "yesterday", "2024-02-03T10:00:00", "9999-12-31T23:59:59.999999Z"])
def test_an_end_that_cannot_be_read_is_unknown(platform, end):
    assert surveyed(platform, hits(7, end), hits(0), dimensions={}, **JANUARY).newest_end is None


def test_trap_an_absent_total_is_unknown_and_not_zero(platform):
    got = surveyed(platform, answer(200, {}), hits(0), dimensions={}, **JANUARY)
    assert (got.count, got.population) == (None, None)


@pytest.mark.parametrize("total", [-1, True, "7", 1.5, [7]])
def test_a_total_that_is_none(platform, total):
    with pytest.raises(RemoteFailure, match="no whole number from 0"):
        surveyed(platform, answer(200, {"totalHits": total}), **JANUARY)


def test_trap_attributes_are_not_counted_as_if_they_were_not_there(platform):
    started = answer(202, {"jobId": "s-1"})
    waiting = [answer(202, {"state": "PENDING"})] * 200
    got = surveyed(platform, hits(40), started, *waiting, attributes={"department": "billing"}, **JANUARY)
    assert got == Survey(None, 40, why="search s-1 for conversations by attributes is not FULFILLED")
    assert 250 < sum(platform.time.slept) <= 300


def test_what_attributes_single_out_is_counted_when_it_is_found(platform):
    told = [
        {"conversationId": name, "conversationEnd": end, "participants": [{"attributes": {"department": it}}]}
        for name, end, it in (
            ("c-1", "2024-01-05T10:00:00Z", "billing"), ("c-2", "2024-01-06T10:00:00Z", "billing"),
            ("c-3", "2024-01-07T10:00:00Z", "sales"),
        )
    ]  # fmt: skip
    answers = answer(202, {"jobId": "s-1"}), answer(200, {"state": "FULFILLED"})
    page = answer(200, {"conversations": told})
    got = surveyed(platform, hits(40), *answers, page, attributes={"department": "billing"}, **JANUARY)
    assert got == Survey(2, 40, datetime(2024, 1, 6, 10, tzinfo=UTC))


def test_a_part_of_a_day_counts_as_the_day(platform):
    surveyed(platform, hits(0), start=day(2024, 1, 1, 8), end=day(2024, 1, 2, 9), dimensions={})
    assert asked(platform)[0]["interval"] == "2024-01-01T00:00:00.000Z/2024-01-02T23:59:59.999Z"


def test_a_target_that_cannot_count_is_not_asked(platform):
    target = make_target(counts=Counts.UNAVAILABLE)
    assert platform.jobs_reader(target=target).survey(recordings_policy()) == Survey(None)
    assert platform.peer.journal == []


def test_trap_a_missing_permission_and_a_missing_division_are_named(platform):
    missing = {"code": "missing.any.division.permissions", "message": "at least one of: x in division Y"}
    with pytest.raises(RequestRejected) as caught:
        surveyed(platform, answer(403, missing), **JANUARY)
    assert "needs the permission analytics:conversationDetail:view" in caught.value.message
    assert "in division Y" in caught.value.message
    assert "divisions that are named" in caught.value.hint
