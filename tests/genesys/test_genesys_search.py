"""The search for conversations by attributes: begun once, read to its end, and believed only when whole."""

import pytest
from genesys_platform import token
from genesys_recordings import DETAILS, conforms, day, recordings_policy
from support.httppeer import answer, reset

from runner.errors import Refused, RemoteFailure, RequestRejected, RetryLater
from runner.genesys import search
from runner.genesys.manifest import Manifest
from runner.genesys.search import PATIENCE, Searching
from runner.net.retry import Effect

SELECTION = recordings_policy(
    start=day(2024), end=day(2024, 2), attributes={"department": "billing"}
).selection
BEGUN = answer(202, {"jobId": "s-1"})
PENDING = answer(202, {"state": "PENDING"})
FULFILLED = answer(200, {"state": "FULFILLED"})


def told(name, department="billing", end="2024-01-05T10:00:00Z"):
    participants = [{"purpose": "agent"}, {"attributes": {"department": department}}]
    ended = {"conversationEnd": end} if end else {}
    return {"conversationId": name, "participants": participants, **ended}


def page(*conversations, **more):
    return answer(200, {"conversations": list(conversations), **more})


@pytest.fixture
def searches(platform):
    return platform.searches(platform.connection(allows=Effect.SAFE))


def played(platform, searches, *answers):
    """What as many steps as there are come to, each without waiting."""
    platform.peer.plays(token(), BEGUN, *answers)
    assert isinstance(searches.advance(SELECTION), Searching)
    return searches.advance(SELECTION)


def paths(platform):
    return [f"{seen.method} {seen.path}" for seen in platform.peer.journal[1:]]


def test_the_whole_way(platform, searches):
    cursor = page(
        told("c-2"), told("c-3", "sales"), cursor="next page", dataAvailabilityDate="2026-01-01T00:00:00Z"
    )
    got = played(platform, searches, PENDING)
    assert got == Searching("search s-1 for conversations by attributes is not FULFILLED", 1.0)
    assert searches.known(SELECTION) is None
    platform.peer.plays(FULFILLED, cursor, page(told("c-1"), told("c-2")))
    found = Manifest(("c-1", "c-2"), day(2024, 1, 5, 10))
    assert searches.advance(SELECTION) == searches.advance(SELECTION) == searches.known(SELECTION) == found
    begin, *looks, first, second = paths(platform)
    assert (begin, looks) == (f"POST {DETAILS}/jobs", [f"GET {DETAILS}/jobs/s-1"] * 2)
    assert first == f"GET {DETAILS}/jobs/s-1/results?pageSize=200"
    assert second == f"{first}&cursor=next+page"
    body = platform.peer.journal[1].json()
    assert body["interval"] == "2024-01-01T00:00:00.000Z/2024-02-01T00:00:00.000Z"
    assert body["startOfDayIntervalMatching"] is True
    assert "conversationFilters" not in body
    assert conforms(body, "AsyncConversationQuery")


def test_a_search_is_of_one_selection_only(platform, searches):
    assert played(platform, searches, FULFILLED, page()) == Manifest((), None)
    other = recordings_policy(start=day(2024), end=day(2024, 2), attributes={"department": "sales"}).selection
    assert searches.known(other) is None
    platform.peer.plays(answer(202, {"jobId": "s-2"}))
    assert isinstance(searches.advance(other), Searching)


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED", "EXPIRED"])
def test_a_search_that_the_platform_has_ended_is_begun_anew(platform, searches, state):
    ended = answer(200, {"state": state, "errorMessage": "too much\n::error::"})
    with pytest.raises(RemoteFailure, match=f"by attributes is {state}: too much ::error::") as caught:
        played(platform, searches, ended)
    assert "narrower range" in caught.value.hint
    platform.peer.plays(answer(202, {"jobId": "s-2"}), FULFILLED, page(told("c-1")))
    assert isinstance(searches.advance(SELECTION), Searching)
    assert searches.advance(SELECTION).conversations == ("c-1",)


def test_one_that_is_gone_is_begun_anew(platform, searches):
    with pytest.raises(RequestRejected):
        played(platform, searches, answer(404, {"code": "not.found"}))
    platform.peer.plays(answer(202, {"jobId": "s-2"}))
    assert isinstance(searches.advance(SELECTION), Searching)


def test_trap_a_search_made_before_the_platform_had_the_whole_range_is_not_complete(platform, searches):
    early = page(told("c-1"), dataAvailabilityDate="2024-01-31T23:59:59Z")
    with pytest.raises(RemoteFailure, match="complete until 2024-01-31T23:59:59Z only"):
        played(platform, searches, FULFILLED, early)
    assert searches.known(SELECTION) is None


def test_lost_answers_are_asked_for_again(platform, searches):
    platform.peer.plays(token(), reset, BEGUN)
    searches.advance(SELECTION)
    platform.peer.plays(reset, FULFILLED, reset, page(told("c-1")))
    assert searches.advance(SELECTION).conversations == ("c-1",)


def test_where_it_was_interrupted_it_goes_on(platform, searches):
    with pytest.raises(RetryLater):
        played(platform, searches, FULFILLED, page(told("c-1"), cursor="2"), answer(429, Retry_After="14400"))
    platform.peer.plays(page(told("c-2")))
    assert searches.advance(SELECTION).conversations == ("c-1", "c-2")
    assert platform.peer.count("POST", f"{DETAILS}/jobs") == 1


def test_many_pages_are_read_in_several_steps_and_too_many_not_at_all(platform, searches, monkeypatch):
    monkeypatch.setattr(search, "_PAGES_AT_ONCE", 2)
    monkeypatch.setattr(search, "MOST_PAGES", 3)
    pages = [page(told(f"c-{number}"), cursor=str(number)) for number in range(3)]
    got = played(platform, searches, FULFILLED, *pages)
    assert got == Searching("400 conversations of search s-1 are looked through", 0.0)
    for _ in range(2):
        with pytest.raises(Refused, match="looked for in 600 conversations") as caught:
            searches.advance(SELECTION)
        assert "split the range" in caught.value.hint
    assert searches.known(SELECTION) is None


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ([FULFILLED, page({**told("c-1"), "conversationId": "../x"})], "without an id"),
        ([FULFILLED, page("c-1")], "no object"),
        ([FULFILLED, answer(200, {"conversations": {}})], "lists no conversations"),
        ([FULFILLED, page(cursor=7)], "without saying where"),
        ([FULFILLED, page(cursor="a"), page(cursor="a")], "without saying where"),
        ([answer(200, [])], "POST|GET"),
    ],
)
def test_nonsense_is_not_believed(platform, searches, answers, problem):
    with pytest.raises(RemoteFailure, match=problem):
        played(platform, searches, *answers)
    assert searches.known(SELECTION) is None


def test_a_search_without_an_id_is_none(platform, searches):
    platform.peer.plays(token(), answer(202, {}))
    with pytest.raises(RemoteFailure, match="names no job"):
        searches.advance(SELECTION)


def test_what_has_no_filter_is_refused_and_not_left_out(platform, searches):
    odd = recordings_policy(attributes={"a": 1}, dimensions={"colour": ("red",)}).selection
    with pytest.raises(Refused, match="cannot be filtered by colour"):
        searches.advance(odd)
    assert platform.peer.journal == []


def test_waiting_has_an_end(platform, searches):
    platform.peer.plays(token(), BEGUN, *[PENDING] * 100)
    assert isinstance(searches.awaited(SELECTION), Searching)
    assert PATIENCE - 15 < sum(platform.time.slept) <= PATIENCE
    assert platform.said == ["search s-1 for conversations by attributes is not FULFILLED"]
