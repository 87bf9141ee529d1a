"""FULFILLED is not erased: what is left is looked for recording by recording."""

from dataclasses import replace
from datetime import timedelta

import pytest
from genesys_platform import token
from genesys_recordings import JOBS, NOW, OURS, day, gone, job, listing, purge_of, recordings_policy
from support.httppeer import answer

from runner.errors import RemoteFailure
from runner.genesys.absence import MOST_PAGES, PAGE, PATIENCE
from runner.genesys.job_request import job_request
from runner.genesys.manifest import Manifest
from runner.model.platform import Remains

JANUARY = recordings_policy(start=day(2024), end=day(2024, 2))
PERMANENT = purge_of(JANUARY, deletes_at=NOW - timedelta(minutes=5), submitted_at=NOW)
SOFT = purge_of(JANUARY, deletes_at=day(2026, 12, 24), submitted_at=NOW)
LATER = NOW + timedelta(hours=6)


def found(*ids):
    """The answers that lead to these conversations: none failed, and the pages that hold them."""
    some = [{"conversationId": each} for each in ids]
    total = answer(200, {"totalHits": len(ids), "conversations": some[:1]})
    return [total, listing(), *([answer(200, {"conversations": some})] if ids else [])]


def metadata(*recordings):
    return answer(200, list(recordings))


def recording(state="AVAILABLE", date=None):
    return {"id": "r-1", "fileState": state, **({"deleteDate": date} if date else {})}


def remains(platform, purge, *answers):
    platform.peer.plays(token(), *answers)
    return platform.jobs_reader().remains(purge)


@pytest.mark.parametrize(
    "gone",
    [metadata(), answer(404, {"code": "conversation.not.found"}), metadata(recording("DELETED"))],
    ids=["no recording", "not known", "deleted"],
)
def test_what_is_gone_is_gone(platform, gone):
    assert remains(platform, PERMANENT, *found("c-1"), gone) == Remains(0, None, 1)
    assert platform.peer.journal[-1].path == "/api/v2/conversations/c-1/recordingmetadata"


def test_trap_a_fulfilled_job_has_only_written_dates_so_the_verdict_waits(platform):
    dated = recording(date="2026-11-23T08:55:00.000Z")
    got = remains(platform, PERMANENT, *found("c-1"), metadata(dated, dated, recording("DELETED")))
    assert got == Remains(2, LATER, 1)


def test_what_is_left_may_be_what_a_purge_leaves_out_on_purpose(platform):
    platform.time.sleep(PATIENCE.total_seconds())
    purge = replace(PERMANENT, leaves_sensitive=True)
    got = remains(platform, purge, *found("c-1"), metadata(recording()))
    assert got == Remains(None, None, 1)


def test_a_job_that_was_made_long_ago_is_given_time_from_when_it_was_told(platform):
    purge = replace(PERMANENT, deletes_at=NOW - timedelta(days=30))
    dated = metadata(recording(date="2026-10-24T09:00:00.000Z"))
    assert remains(platform, purge, *found("c-1"), dated) == Remains(1, LATER, 1)


def test_patience_ends(platform):
    platform.time.sleep(PATIENCE.total_seconds())
    got = remains(platform, PERMANENT, *found("c-1"), metadata(recording(date="2026-11-23T08:55:00Z")))
    assert got == Remains(1, None, 1)


@pytest.mark.parametrize(
    ("date", "left"),
    [
        ("2026-12-24T00:00:00.000Z", 0), ("2026-12-24T23:59:59Z", 0), ("2026-12-01T00:00:00Z", 0),
        ("2026-12-25T00:00:00.000Z", 1), ("2026-11-23T08:59:59Z", 1), (None, 1), ("soon", 1),
    ],
)  # fmt: skip
def test_a_soft_purge_has_left_nothing_when_every_date_is_as_planned(platform, date, left):
    got = remains(platform, SOFT, *found("c-1"), metadata(recording(date=date)))
    assert got == Remains(left, LATER if left else None, 1)


def test_a_soft_purge_that_is_past_its_date_is_given_time_from_then(platform):
    platform.time.sleep((day(2026, 12, 25) - NOW).total_seconds())
    dated = metadata(recording(date="2026-12-24T00:00:00Z"))
    assert remains(platform, SOFT, *found("c-1"), dated).not_before == day(2026, 12, 25, 6)


@pytest.mark.parametrize("state", ["ARCHIVED", "RESTORED", "UPLOADING", "ERROR", "NEW", None, 7])
def test_a_recording_in_any_other_state_is_there(platform, state):
    assert remains(platform, PERMANENT, *found("c-1"), metadata(recording(state))).count == 1


def test_trap_a_recording_that_the_job_names_as_failed_is_looked_at_first_and_ends_the_patience(platform):
    failed = {"conversation": {"id": "c-9"}, "recording": {"id": "r-9"}}
    total, _, page = found("c-1")
    got = remains(
        platform, PERMANENT, total, listing(failed, failed), page, metadata(recording()), metadata()
    )
    assert got == Remains(1, None, 2)
    assert platform.peer.journal[2].path.startswith(f"{JOBS}/{OURS}/failedrecordings?pageSize=100")
    assert platform.peer.journal[4].path == "/api/v2/conversations/c-9/recordingmetadata"


def test_of_many_conversations_the_same_even_sample_is_looked_at_each_time(platform):
    def look(purge):
        platform.peer.journal.clear()
        pages = [
            answer(200, {"conversations": [{"conversationId": f"c-{page}-{n}"} for n in range(PAGE)]})
            for page in range(MOST_PAGES)
        ]
        total = answer(200, {"totalHits": 100_000_000, "conversations": []})
        platform.peer.plays(token(), total, listing(), *pages, *[metadata()] * PAGE * MOST_PAGES)
        got = platform.jobs_reader().remains(purge)
        assert got == Remains(0, None, PAGE * MOST_PAGES)
        numbers = [seen.json()["paging"]["pageNumber"] for seen in platform.peer.journal[3 : 3 + MOST_PAGES]]
        assert max(numbers) <= 5000
        return numbers

    first = look(PERMANENT)
    assert first == sorted(set(first)) == look(PERMANENT)
    assert first != look(purge_of(JANUARY, id="p-2"))


@pytest.mark.parametrize(
    "unknown",
    [
        {"job_id": None},
        {"deletes_at": None},
        {"selection": None},
        {"selection": recordings_policy(dimensions={"colour": ("red",)}).selection},
    ],
)
def test_what_nobody_can_look_for_is_unknown(platform, unknown):
    assert platform.jobs_reader().remains(purge_of(JANUARY, **unknown)) == Remains(None)
    assert platform.peer.journal == []


class TestByAttributes:
    PURGE = replace(PERMANENT, selection=replace(JANUARY.selection, attributes={"department": "billing"}))

    @staticmethod
    def job(*ids):
        manifest = Manifest(ids, None)
        return answer(200, job("FULFILLED", job_request(JANUARY, NOW, manifest if ids else None)))

    def test_the_conversations_that_the_job_names_are_looked_at(self, platform):
        looks = metadata(recording("DELETED")), metadata(recording())
        got = remains(platform, self.PURGE, self.job("c-1", "c-2"), listing(), *looks)
        assert (got.count, got.looked_at) == (1, 2)
        assert {seen.path for seen in platform.peer.journal[-2:]} == {
            f"/api/v2/conversations/c-{n}/recordingmetadata" for n in (1, 2)
        }

    def test_of_many_an_even_sample_is_looked_at(self, platform):
        named = [f"c-{number}" for number in range(1000)]
        got = remains(platform, self.PURGE, self.job(*named), listing(), *[metadata()] * PAGE * MOST_PAGES)
        assert got == Remains(0, None, PAGE * MOST_PAGES)

    def test_a_job_that_is_gone_or_names_nobody_proves_nothing(self, platform):
        assert remains(platform, self.PURGE, gone()) == Remains(None)
        assert remains(platform, self.PURGE, self.job()) == Remains(None)


def test_a_selection_that_is_not_found_any_more_proves_nothing(platform):
    assert remains(platform, PERMANENT, *found()) == Remains(None)
    empty = answer(200, {"totalHits": 7}), listing(), answer(200, {})
    assert remains(platform, PERMANENT, *empty) == Remains(None)
    assert remains(platform, purge_of(JANUARY, matched=0), *found()) == Remains(0, None, 0)


def test_a_404_that_is_not_the_platforms_own_proves_nothing(platform):
    with pytest.raises(RemoteFailure, match="HTTP 404"):
        remains(platform, PERMANENT, *found("c-1"), answer(404, b"<html>no such page</html>"))


def test_an_absent_total_is_unknown(platform):
    assert remains(platform, PERMANENT, answer(200, {})) == Remains(None)


@pytest.mark.parametrize("body", [{}, {"a": 1}, 7, None, b"<html>"])
def test_metadata_that_is_none_is_refused(platform, body):
    with pytest.raises(RemoteFailure):
        remains(platform, PERMANENT, *found("c-1"), answer(200, body))


def test_metadata_of_nonsense_counts_as_left(platform):
    assert remains(platform, PERMANENT, *found("c-1"), metadata(None, 7, [])).count == 3


@pytest.mark.parametrize("entity", [None, {}, {"conversation": None}, {"conversation": {"id": "a/b"}}])
def test_a_failed_recording_of_nobody_is_refused(platform, entity):
    total, _, _ = found("c-1")
    with pytest.raises(RemoteFailure, match="names a failed recording without its conversation"):
        remains(platform, PERMANENT, total, listing(entity))


def test_a_conversation_without_an_id_is_refused(platform):
    total, failed, _ = found("c-1")
    with pytest.raises(RemoteFailure, match="holds a conversation without an id"):
        remains(platform, PERMANENT, total, failed, answer(200, {"conversations": [{}]}))
