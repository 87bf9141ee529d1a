"""Reader and submitter against the embedded sandbox, which was written apart from them."""

from datetime import UTC, datetime, timedelta

import pytest
from genesys_platform import make_policy, make_target
from support.faketime import FakeTime, highest
from support.sandbox import COUNT, PURGE, TOKEN, eventually, sandbox

from runner.errors import OutcomeUnknown, Refused, RemoteFailure, RequestRejected
from runner.genesys.connection import Access, Connection
from runner.genesys.interactions_purge import InteractionsPurgeReader, InteractionsPurgeSubmitter
from runner.genesys.token import ClientCredentials
from runner.model.job import JobStatus
from runner.net.connection import Route
from runner.net.retry import Effect
from runner.net.transport import Setting
from runner.sandbox.settings import READ_ONLY_CLIENT


@pytest.fixture(scope="module")
def running():
    with sandbox() as running:
        yield running


@pytest.fixture
def box(running):
    yield running
    running.clear_faults()


@pytest.fixture
def connect(box):
    made = []

    def connect(*, allows=Effect.IRREVERSIBLE, client=None):
        names = box.environment
        credentials = ClientCredentials(
            client or names["GENESYS_CLOUD_CLIENT_ID"], names["GENESYS_CLOUD_CLIENT_SECRET"]
        )
        setting = Setting(FakeTime(), highest, Route("purgectl/test"))
        access = Access(box.base_url, box.base_url, credentials)
        connection = Connection(make_target(), access, setting, allows=allows)
        reader, submitter = InteractionsPurgeReader(connection), None
        made.extend([connection, reader])
        if allows is Effect.IRREVERSIBLE:
            submitter = InteractionsPurgeSubmitter(connection)
            made.append(submitter)
        return reader, submitter

    yield connect
    for each in made:
        each.close()


def test_count_purge_poll_and_nothing_is_left(connect):
    reader, submitter = connect()
    matched = reader.survey(make_policy(department="billing")).count
    assert matched > 0
    job = submitter.submit(make_policy(department="billing"), None)
    assert job.status is JobStatus.PENDING
    assert job.correlation_id
    ended = eventually(lambda: reader.job(job.id), lambda seen: seen.status.ended)
    assert (ended.status, ended.purged, ended.error_reason) == (JobStatus.COMPLETED, matched, None)
    assert reader.survey(make_policy(department="billing")).count == 0


def test_the_platforms_clock(connect, box):
    reader, _ = connect()
    assert abs(reader.connect().clock - datetime.now(UTC)) < timedelta(seconds=60)
    box.arm("date-skew", f"POST {TOKEN}", seconds=3600)
    assert connect()[0].connect().clock - datetime.now(UTC) > timedelta(seconds=3000)


def test_a_wrong_range_and_an_unknown_attribute_are_told_in_the_platforms_words(connect):
    _, submitter = connect()
    with pytest.raises(RequestRejected, match="colour is not an attribute here") as caught:
        submitter.submit(make_policy(colour="red"), None)
    assert caught.value.permanent


def test_a_client_that_may_only_read_is_stopped_before_anything_is_sent(connect, box):
    before = len(box.submissions())
    reader, _ = connect(allows=Effect.SAFE, client=READ_ONLY_CLIENT)
    assert reader.survey(make_policy()).count is not None
    reader, submitter = connect(client=READ_ONLY_CLIENT)
    with pytest.raises(Refused, match="lacks the scope purge:write"):
        reader.connect()
    with pytest.raises(RequestRejected, match="lacks the scope purge:write"):
        submitter.submit(make_policy(), None)
    assert len(box.submissions()) == before


def test_an_expired_token_and_a_throttled_token_endpoint(connect, box):
    box.arm("expired-token", f"POST {COUNT}")
    box.arm("token-throttled")
    assert connect()[0].survey(make_policy()).count is not None


@pytest.mark.parametrize("kind", ["cut-before-effect", "cut-after-effect", "wrong-json"])
def test_an_ambiguous_submission_is_sent_once(connect, box, kind):
    before = len(box.submissions())
    box.arm(kind, f"POST {PURGE}")
    _, submitter = connect()
    with pytest.raises(OutcomeUnknown):
        submitter.submit(make_policy(department=kind), None)
    assert len(box.submissions()) == before + 1


def test_a_platform_that_cannot_count(connect, box):
    box.arm("no-count")
    with pytest.raises(RemoteFailure) as caught:
        connect()[0].survey(make_policy())
    assert "counts: unavailable" in caught.value.hint


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("job-failed", JobStatus.FAILED),
        ("job-cancelled", JobStatus.CANCELLED),
        ("job-vanished", JobStatus.VANISHED),
        ("job-unknown-status", JobStatus.UNKNOWN),
    ],
)
def test_each_way_a_job_can_go(connect, box, kind, status):
    box.arm(kind)
    reader, submitter = connect()
    job = submitter.submit(make_policy(department=f"nobody-{kind}"), None)
    assert eventually(lambda: reader.job(job.id), lambda seen: seen.status is status)
