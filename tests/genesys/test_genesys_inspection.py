"""What a platform tells of itself: on the sandbox, and by a peer that says something else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from genesys_platform import make_target
from support.faketime import FakeTime, highest
from support.httppeer import answer
from support.recordings import Recordings
from support.sandbox import sandbox

from runner.errors import RemoteFailure
from runner.genesys.calls import required_permissions
from runner.genesys.connection import Access, Connection
from runner.genesys.inspection import RATE_LIMIT, inspect
from runner.genesys.token import ClientCredentials
from runner.model.target import Backend
from runner.model.unread import Unread
from runner.net.connection import Route
from runner.net.retry import Effect
from runner.net.transport import Setting
from runner.sandbox.settings import READ_ONLY_CLIENT, Settings

JOBS = make_target(backend=Backend.RECORDING_JOBS)
VIEW, DETAILS = "recording:job:view", "analytics:conversationDetail:view"
ME = {"organization": {"id": "5b1f0d63-0000-4000-8000-000000000001"}}
TOKEN = {"access_token": "first-token", "token_type": "Bearer", "expires_in": 14400}
LIMITS = {"entities": [{"key": RATE_LIMIT, "namespace": "platform.api", "value": 250}]}


@pytest.fixture
def recordings():
    with sandbox(size=0, retention_days=730) as box:
        yield Recordings(box)


def inspected(box, target=JOBS, client=None):
    names = box.environment
    client = client or names["GENESYS_CLOUD_CLIENT_ID"]
    access = Access(
        box.base_url, box.base_url, ClientCredentials(client, names["GENESYS_CLOUD_CLIENT_SECRET"])
    )
    connection = Connection(target, access, Setting(FakeTime(), highest, Route("test")), allows=Effect.SAFE)
    try:
        return inspect(connection)
    finally:
        connection.close()


def test_an_organisation_tells_everything_and_nothing_is_changed(recordings):
    facts = inspected(recordings.box)
    assert facts.organization == Settings().organization_id
    assert (facts.requests_a_minute, facts.maximum_days) == (300, 730)
    assert facts.complete_until is not None
    assert facts.skew is not None
    assert facts.permissions.keys() == required_permissions(Backend.RECORDING_JOBS).keys()
    assert {name for name, found in facts.permissions.items() if found is True} == {VIEW, DETAILS}
    unshown = {name: found for name, found in facts.permissions.items() if isinstance(found, Unread)}
    assert unshown.keys() == facts.permissions.keys() - {VIEW, DETAILS}
    assert "POST /api/v2/recording/jobs would" in unshown["recording:job:add"].why
    assert {entry["method"] for entry in recordings.box.journal() if "/api/" in entry["path"]} == {"GET"}


def test_a_permission_that_is_missing_is_told_by_its_name(recordings):
    client = recordings.box.environment["GENESYS_CLOUD_CLIENT_ID"]
    recordings.give(client, without=VIEW)
    assert inspected(recordings.box).permissions[VIEW] is False
    recordings.give(client, without=DETAILS)
    facts = inspected(recordings.box)
    assert facts.permissions[DETAILS] is False
    assert DETAILS in facts.complete_until.why
    recordings.give(client, without="analytics:dataRetention:view")
    assert "analytics:dataRetention:view" in inspected(recordings.box).maximum_days.why


def test_a_client_that_may_only_read_is_inspected_like_any_other(recordings):
    assert inspected(recordings.box, client=READ_ONLY_CLIENT).permissions[VIEW] is True


def test_the_articles_api_tells_the_time_and_nothing_else(recordings):
    facts = inspected(recordings.box, make_target())
    assert facts.skew is not None
    assert facts.permissions == {}
    for silent in (
        facts.organization,
        facts.complete_until,
        facts.requests_a_minute,
        facts.maximum_days,
    ):
        assert isinstance(silent, Unread)


def told(platform, *, me=ME, until=None, first=200, second=200, limits=LIMITS, maximum=None):
    """What is made of a peer's answers."""
    platform.peer.plays(
        answer(200, TOKEN, Date="Mon, 23 Nov 2026 09:00:30 GMT"),
        answer(200, me),
        answer(200, {"dataAvailabilityDate": "2026-11-22T00:00:00.000Z"} if until is None else until),
        answer(first, {}),
        answer(second, {"entities": []}),
        answer(200, limits),
        answer(200, {"retentionDays": 400} if maximum is None else maximum),
    )
    return inspect(platform.connection(replace(JOBS), allows=Effect.SAFE))


def test_a_date_is_held_against_our_own_clock(platform):
    facts = told(platform)
    assert facts.skew == timedelta(seconds=30)
    assert facts.complete_until.isoformat() == "2026-11-22T00:00:00+00:00"
    assert (facts.requests_a_minute, facts.maximum_days) == (250, 400)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"me": {}}, "organization"),
        ({"me": {"organization": "x"}}, "organization"),
        ({"me": {"organization": {"id": "a b\x1b"}}}, "organization"),
        ({"until": []}, "complete_until"),
        ({"limits": {"entities": {}}}, "requests_a_minute"),
        ({"limits": {"entities": [{"key": RATE_LIMIT, "value": "many"}]}}, "requests_a_minute"),
        ({"limits": {"entities": [{"key": RATE_LIMIT}]}}, "requests_a_minute"),
        ({"maximum": {"retentionDays": "long"}}, "maximum_days"),
        ({"maximum": {"retentionDays": -1}}, "maximum_days"),
        ({"maximum": []}, "maximum_days"),
    ],
)
def test_nonsense_is_no_answer_and_hides_no_other(platform, given, field):
    facts = told(platform, **given)
    unread = {
        name
        for name in ("organization", "complete_until", "requests_a_minute", "maximum_days")
        if isinstance(getattr(facts, name), Unread)
    }
    assert unread == {field}
    assert getattr(facts, field).why.isprintable()
    assert getattr(facts, field).needs


def test_what_is_not_said_is_not_zero(platform):
    facts = told(platform, until={}, limits={"entities": [7, {"key": "other", "value": "x"}]}, maximum={})
    assert (facts.complete_until, facts.requests_a_minute, facts.maximum_days) == (None, None, None)


def test_the_lowest_of_two_limits_counts(platform):
    twice = {"entities": [{"key": RATE_LIMIT, "value": 300}, {"key": RATE_LIMIT, "value": 9}]}
    assert told(platform, limits=twice).requests_a_minute == 9


def test_a_call_that_fails_otherwise_shows_no_permission(platform):
    facts = told(platform, first=404, second=403)
    assert isinstance(facts.permissions[DETAILS], Unread)
    assert facts.permissions[VIEW] is False


def test_without_a_token_there_is_nothing_to_tell(platform):
    platform.peer.plays(*[answer(401, {"error": "invalid_client"})] * 2)
    with pytest.raises(RemoteFailure):
        inspect(platform.connection(JOBS, allows=Effect.SAFE))
