"""Recording jobs against the embedded sandbox, which was written apart from them.

The sandbox of the tests holds every request against the platform's published description.
"""

import hashlib
import time
from datetime import UTC, datetime, timedelta

import pytest
from genesys_platform import make_target
from genesys_recordings import QUEUE, purge_of, recordings_policy, soft_policy
from support.faketime import highest
from support.recordings import DETAILS, JOB_SECONDS, JOBS, ONE_JOB, Recordings, conversation, conversation_id
from support.sandbox import sandbox

from runner.errors import OutcomeUnknown, Refused, RemoteFailure, RequestRejected
from runner.genesys.connection import Access, Connection
from runner.genesys.preparation import RecordingJobsPreparer
from runner.genesys.protection import DeletionProtection, Mirrored, mirror
from runner.genesys.recording_jobs import RecordingJobsReader, RecordingJobsSubmitter
from runner.genesys.search import Searches
from runner.genesys.token import ClientCredentials
from runner.model.job import JobStatus
from runner.model.platform import Survey
from runner.model.policy import InteractionType
from runner.model.target import Backend
from runner.model.time import format_milliseconds, parse_instant
from runner.net.connection import Route
from runner.net.retry import Effect
from runner.net.transport import Setting
from runner.sandbox.settings import OTHER_CLIENT, READ_ONLY_CLIENT, Settings

LAST_YEAR = datetime.now(UTC).year - 1
START = datetime(LAST_YEAR, 3, 1, tzinfo=UTC)
MONTH = {"start": START, "end": datetime(LAST_YEAR, 4, 1, tzinfo=UTC)}
ASIDE = "6f2f4f0e-0000-4000-8000-000000000009"


class OrganizationTime:
    """``ports.Clock`` that is the sandbox's own: it passes when somebody sleeps."""

    def __init__(self, recordings):
        self._recordings = recordings

    def now(self):
        return parse_instant(self._recordings.in_days(0))

    def monotonic(self):
        return time.monotonic()

    def sleep(self, seconds):
        self._recordings.pass_time(int(seconds) + 1)


class Hands:
    """Everything that a run has in its hands, as one client or another."""

    def __init__(self, box, recordings, client):
        names = box.environment
        credentials = ClientCredentials(client, names["GENESYS_CLOUD_CLIENT_SECRET"])
        setting = Setting(OrganizationTime(recordings), highest, Route("purgectl/test"))
        target = make_target(backend=Backend.RECORDING_JOBS)
        access = Access(box.base_url, box.base_url, credentials)
        self._connection = Connection(target, access, setting, allows=Effect.IRREVERSIBLE)
        self.searches = Searches(self._connection)
        self.reader = RecordingJobsReader(self._connection, self.searches)
        self.preparer = RecordingJobsPreparer(self._connection, self.searches)
        self.submitter = RecordingJobsSubmitter(self._connection, self.searches)
        self.protection = DeletionProtection(self._connection)

    def close(self):
        for each in (
            self.reader, self.preparer, self.submitter, self.protection, self.searches, self._connection
        ):  # fmt: skip
            each.close()


@pytest.fixture
def recordings():
    with sandbox(size=0, job_seconds=JOB_SECONDS, deletion_lag=7200) as box:
        yield Recordings(box)


@pytest.fixture
def hands(recordings):
    made = []

    def hands(client=None):
        box = recordings.box
        made.append(Hands(box, recordings, client or box.environment["GENESYS_CLOUD_CLIENT_ID"]))
        return made[-1]

    yield hands
    for each in made:
        each.close()


def call(name, day=10, queue=QUEUE, media="voice", **given):
    segments = [{"mediaType": media, "queueId": queue}]
    return conversation(name, f"{LAST_YEAR}-03-{day:02}T09:00:00Z", segments=segments, **given)


def thread(name, start, end):
    """A call that began and ended when the test says."""
    return call(name) | {"start": format_milliseconds(start), "end": format_milliseconds(end)}


def prepared(recordings, hands, policy):
    assert not hands.preparer.prepare(policy, ()).ready
    recordings.pass_time(JOB_SECONDS)
    ready = hands.preparer.prepare(policy, ())
    assert ready.ready
    return ready


def executed(recordings, hands, policy):
    """A purge of a policy whose job has ended."""
    ready = prepared(recordings, hands, policy)
    at = parse_instant(recordings.in_days(0))
    hands.submitter.submit(policy, ready.job_id)
    recordings.pass_time(JOB_SECONDS)
    return purge_of(policy, prepared_job=ready.job_id, job_id=ready.job_id, deletes_at=ready.deletes_at,
                    submitted_at=at)  # fmt: skip


def requests(box, method, path):
    return len(box.journal(method, path))


def test_the_whole_way_with_the_answers_lost(recordings, hands):
    box, policy, all_hands = recordings.box, recordings_policy(**MONTH), hands()
    before = START - timedelta(hours=1)
    recordings.hold(
        call("first", 1), call("last", 31), call("elsewhere", queue=ASIDE), call("mail", media="email"),
        call("marked", recordings=[{"sensitive": True}]),
        thread("began-earlier", before, START + timedelta(days=1)),
    )  # fmt: skip
    presence = all_hands.reader.connect()
    assert presence.organization_id == Settings().organization_id
    assert presence.settled_until > MONTH["end"]
    survey = all_hands.reader.survey(policy)
    assert survey == Survey(3, 4, datetime(LAST_YEAR, 3, 31, 9, 5, tzinfo=UTC))

    box.arm("cut-after-effect", f"POST {JOBS}")
    lost = all_hands.preparer.prepare(policy, ())
    assert (lost.ready, lost.job_id) == (False, None)
    recordings.pass_time(JOB_SECONDS)
    ready = all_hands.preparer.prepare(policy, ())
    assert (ready.ready, ready.count, ready.recordings) == (True, 2, 2)
    assert requests(box, "POST", JOBS) == 1
    assert recordings.deleted() == set()

    box.arm("cut-after-effect", f"PUT {ONE_JOB}")
    with pytest.raises(OutcomeUnknown):
        all_hands.submitter.submit(policy, ready.job_id)
    named = purge_of(policy, prepared_job=ready.job_id, job_id=ready.job_id, deletes_at=ready.deletes_at)
    (found,) = all_hands.reader.find(named)
    assert found.status is JobStatus.RUNNING
    assert all_hands.submitter.submit(policy, ready.job_id).status is JobStatus.RUNNING
    assert requests(box, "PUT", ONE_JOB) == 1

    recordings.pass_time(JOB_SECONDS)
    job = all_hands.reader.jobs()[ready.job_id]
    assert (job.status, job.purged, job.recordings.failed, job.recordings.skipped) == (
        JobStatus.COMPLETED, 2, 0, 0,
    )  # fmt: skip
    waiting = all_hands.reader.remains(named)
    assert (waiting.count, waiting.looked_at) == (3, 3)  # the marked one is not to go
    assert waiting.not_before is not None
    recordings.pass_time(7200)
    left = all_hands.reader.remains(named)
    assert (left.count, recordings.states("marked")) == (1, ["AVAILABLE"])
    for name, states in {
        "first": ["DELETED"], "last": ["DELETED"],
        "elsewhere": ["AVAILABLE"], "mail": ["AVAILABLE"], "began-earlier": ["AVAILABLE"],
    }.items():  # fmt: skip
        assert recordings.states(name) == states, name


def test_a_soft_purge_sets_dates_and_deletes_nothing_until_then(recordings, hands):
    recordings.hold(call("one"), call("two"))
    all_hands, policy = hands(), soft_policy(include_sensitive=True, **MONTH)
    purge = executed(recordings, all_hands, policy)
    assert purge.deletes_at - purge.submitted_at >= timedelta(days=30)
    assert all_hands.reader.remains(purge).count == 0
    assert recordings.metadata("one")[0]["deleteDate"] == format_milliseconds(purge.deletes_at)
    recordings.pass_time(29 * 86400)
    assert recordings.deleted() == set()
    recordings.pass_time(3 * 86400)
    assert len(recordings.deleted()) == 2
    assert all_hands.reader.remains(purge).count == 0


def test_two_slots_and_somebody_elses_job(recordings, hands):
    recordings.hold(call("one"))
    ours, theirs, policy = hands(), hands(OTHER_CLIENT), recordings_policy(**MONTH)
    assert not ours.preparer.prepare(policy, ()).ready
    assert not theirs.preparer.prepare(policy, ()).ready
    full = ours.preparer.prepare(recordings_policy(dimensions={"queue": (ASIDE,)}, **MONTH), ())
    assert (full.ready, full.job_id) == (False, None)
    recordings.pass_time(JOB_SECONDS)
    mine, other = ours.preparer.prepare(policy, ()), theirs.preparer.prepare(policy, ())
    assert mine.job_id != other.job_id
    with pytest.raises(RequestRejected) as caught:
        ours.submitter.submit(policy, other.job_id)
    assert not caught.value.permanent
    ours.preparer.discard(mine.job_id)
    assert ours.reader.find(purge_of(policy, prepared_job=mine.job_id)) == ()
    assert recordings.deleted() == set()


def test_a_hold_between_post_and_put_is_kept_by_the_second_lock(recordings, hands):
    recordings.hold(call("held"), call("free"))
    all_hands, policy = hands(), recordings_policy(**MONTH)
    ready = prepared(recordings, all_hands, policy)
    held = conversation_id("held")
    assert mirror(all_hands.protection, [held, conversation_id("unheard-of")]) == Mirrored(
        frozenset({held}), frozenset({held}), frozenset({conversation_id("unheard-of")})
    )
    all_hands.submitter.submit(policy, ready.job_id)
    recordings.pass_time(JOB_SECONDS)
    purge = purge_of(policy, prepared_job=ready.job_id, job_id=ready.job_id, deletes_at=ready.deletes_at)
    job = all_hands.reader.job(ready.job_id)
    assert job.status is JobStatus.COMPLETED
    recordings.pass_time(8 * 86400)
    left = all_hands.reader.remains(purge)
    assert (left.count, left.not_before) == (1, None)
    assert (recordings.states("held"), recordings.states("free")) == (["AVAILABLE"], ["DELETED"])


def test_what_a_client_lacks_is_named(recordings, hands):
    recordings.hold(call("one"))
    client, all_hands = recordings.box.environment["GENESYS_CLOUD_CLIENT_ID"], hands()
    recordings.give(client, without="recording:job:add")
    with pytest.raises(RequestRejected, match="needs the permission recording:job:add"):
        all_hands.preparer.prepare(recordings_policy(**MONTH), ())
    with pytest.raises(RequestRejected, match="recording:job:add"):
        hands(READ_ONLY_CLIENT).preparer.prepare(recordings_policy(**MONTH), ())
    recordings.give(client, without="analytics:conversationDetail:view")
    with pytest.raises(RequestRejected, match="needs the permission analytics:conversationDetail:view"):
        all_hands.reader.survey(recordings_policy(**MONTH))


def test_the_failed_the_unknown_and_the_absent(recordings, hands):
    box = recordings.box
    recordings.hold(call("one"), call("two"))
    all_hands, policy = hands(), recordings_policy(**MONTH)
    box.arm("no-totals")
    ready = prepared(recordings, all_hands, policy)
    assert (ready.count, ready.recordings) == (None, None)
    all_hands.preparer.discard(ready.job_id)
    box.clear_faults()
    box.arm("recordings-fail")
    purge = executed(recordings, all_hands, policy)
    job = all_hands.reader.job(purge.job_id)
    assert job.recordings.failed
    left = all_hands.reader.remains(purge)
    assert left.count
    assert left.not_before is None


def test_older_than_five_years(recordings, hands):
    start = datetime(LAST_YEAR - 8, 3, 1, tzinfo=UTC)
    old = {"start": start, "end": start + timedelta(days=31)}
    recordings.hold(thread("old", start + timedelta(days=3), start + timedelta(days=3, hours=1)), call("new"))
    all_hands = hands()
    with pytest.raises(Refused, match="told apart by their dates only"):
        all_hands.preparer.prepare(recordings_policy(**old), ())
    policy = recordings_policy(kind=InteractionType.ANY, dimensions={}, **old)
    assert all_hands.reader.survey(policy).count == 1
    purge = executed(recordings, all_hands, policy)
    recordings.pass_time(7200)
    assert all_hands.reader.remains(purge).count == 0
    assert (recordings.states("old"), recordings.states("new")) == (["DELETED"], ["AVAILABLE"])


BILLING = {"department": "billing", "year": ["2018", "2019"]}


def by_attributes(attributes=BILLING):
    wanted = {name: tuple(it) if isinstance(it, list) else it for name, it in attributes.items()}
    return recordings_policy(attributes=wanted, **MONTH)


def found(recordings, hands, policy):
    """What the next steps come to once the search for conversations is over."""
    assert not hands.preparer.prepare(policy, ()).ready
    recordings.pass_time(JOB_SECONDS)
    return hands.preparer.prepare(policy, ())


def test_attributes_single_out_these_conversations_and_no_other_with_the_answers_lost(recordings, hands):
    box, policy = recordings.box, by_attributes()
    has = {"department": "billing", "year": "2019", "note": "x"}
    recordings.hold(
        call("wanted", attributes=has), call("wanted-too", attributes={**has, "year": "2018"}),
        call("sales", attributes={**has, "department": "sales"}),
        call("later", attributes={**has, "year": "2020"}),
        call("half", attributes={"department": "billing"}), call("without"),
        call("elsewhere", queue=ASIDE, attributes=has), call("mail", media="email", attributes=has),
        call("goes-on", attributes={"department": "sales"}) | {"end": None},
        thread("began-earlier", START - timedelta(hours=1), START + timedelta(days=1)) | {"attributes": has},
    )  # fmt: skip
    before = hands().reader.survey(policy)
    assert before == Survey(2, 8, datetime(LAST_YEAR, 3, 10, 9, 5, tzinfo=UTC))

    box.arm("cut-after-effect", f"POST {DETAILS}/jobs")
    all_hands = hands()
    searching = all_hands.preparer.prepare(policy, ())
    assert (searching.ready, searching.job_id) == (False, None)
    recordings.pass_time(JOB_SECONDS)
    box.arm("cut-after-effect", f"POST {JOBS}")
    assert "is looked for" in all_hands.preparer.prepare(policy, ()).why
    recordings.pass_time(JOB_SECONDS)
    ready = all_hands.preparer.prepare(policy, ())
    assert (ready.ready, ready.count, requests(box, "POST", JOBS)) == (True, 2, 1)
    ids = sorted(conversation_id(name) for name in ("wanted", "wanted-too"))
    assert ready.manifest_sha256 == hashlib.sha256("\n".join(ids).encode()).hexdigest()
    assert all_hands.reader.survey(policy) == before

    box.arm("cut-after-effect", f"PUT {ONE_JOB}")
    with pytest.raises(OutcomeUnknown):
        all_hands.submitter.submit(policy, ready.job_id)
    assert all_hands.submitter.submit(policy, ready.job_id).status is JobStatus.RUNNING
    assert requests(box, "PUT", ONE_JOB) == 1
    recordings.pass_time(JOB_SECONDS + 7200)
    purge = purge_of(policy, prepared_job=ready.job_id, job_id=ready.job_id, deletes_at=ready.deletes_at)
    left = hands().reader.remains(purge)
    assert (left.count, left.looked_at) == (0, 2)
    truth = recordings.truth()
    gone = {each["id"] for each in truth.values() if each["recordings"][0]["fileState"] == "DELETED"}
    assert gone == set(ids)


def test_attributes_that_changed_meanwhile_are_never_executed_as_they_were(recordings, hands):
    recordings.hold(call("one", attributes={"department": "billing"}), call("two"))
    policy, first, second = by_attributes({"department": "billing"}), hands(), hands()
    assert found(recordings, first, policy).job_id
    recordings.pass_time(JOB_SECONDS)
    stale = first.preparer.prepare(policy, ())
    assert stale.ready
    with pytest.raises(RemoteFailure, match="cannot be filtered by department, so nothing was deleted"):
        second.submitter.submit(policy, stale.job_id)
    recordings.hold(call("two", attributes={"department": "billing"}))
    anew = found(recordings, second, policy)
    assert anew.job_id != stale.job_id
    with pytest.raises(RemoteFailure, match=r"the prepared job .* is CANCELLED, so nothing was deleted"):
        first.submitter.submit(policy, stale.job_id)
    assert recordings.deleted() == set()


def test_attributes_of_nobody_and_of_too_many(recordings, hands):
    all_hands, has = hands(), {"department": "billing"}
    recordings.hold(*[call(f"call-{number}", attributes=has) for number in range(Settings().most_predicates)])
    nobody = found(recordings, all_hands, by_attributes({"department": "sales"}))
    assert (nobody.ready, nobody.job_id, nobody.count) == (True, None, 0)
    with pytest.raises(Refused, match=r"predicates: it names 100 conversations"):
        found(recordings, all_hands, by_attributes(has))
    assert recordings.deleted() == set()
