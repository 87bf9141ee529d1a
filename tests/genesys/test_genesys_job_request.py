"""The body that makes a job: every switch said, every trap of the platform refused or stepped around."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from genesys_recordings import NOW, QUEUE, conforms, day, recordings_policy, soft_policy
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import Refused
from runner.genesys.job_request import LARGEST_BODY, date_fits, job_request
from runner.genesys.manifest import Manifest
from runner.model.policy import Classification, InteractionType, PurgeType

ANY = {"kind": InteractionType.ANY, "dimensions": {}}


def refusal(policy, now=NOW, manifest=None):
    with pytest.raises(Refused) as caught:
        job_request(policy, now, manifest)
    assert caught.value.message.startswith("the recording bulk job cannot carry this policy out: ")
    assert caught.value.hint
    return caught.value.message.partition(": ")[2], caught.value.hint


def test_the_whole_body():
    body = job_request(recordings_policy(), NOW)
    assert body == {
        "action": "DELETE",
        "actionDate": "2026-11-23T09:00:00.000Z",
        "includeRecordingsWithSensitiveData": False,
        "includeScreenRecordings": True,
        "includePolicyBasedRecordings": True,
        "includeSnippetRecordings": True,
        "clearExport": False,
        "conversationQuery": {
            "interval": "2024-01-01T00:00:00.000Z/2025-01-01T00:00:00.000Z",
            "startOfDayIntervalMatching": True,
            "segmentFilters": [
                {
                    "type": "and",
                    "predicates": [
                        {
                            "type": "dimension",
                            "dimension": "mediaType",
                            "operator": "matches",
                            "value": "voice",
                        },
                        {"type": "dimension", "dimension": "queueId", "operator": "matches", "value": QUEUE},
                    ],
                }
            ],
        },
    }
    assert conforms(body, "RecordingJobsQuery")


def test_trap_conversations_that_began_before_the_interval_are_left_out():
    query = job_request(recordings_policy(), NOW)["conversationQuery"]
    assert query["startOfDayIntervalMatching"] is True


def test_trap_a_range_that_does_not_keep_to_days_is_refused_with_the_nearest_that_does():
    problem, hint = refusal(recordings_policy(day(2024, 1, 1, 8), day(2024, 2, 1)))
    assert "does not begin and end at midnight" in problem
    assert "2024-01-02T00:00:00.000Z to 2024-01-31T23:59:59.999Z inside it" in hint


@pytest.mark.parametrize("kind", [Classification.PII, Classification.HIPAA])
@pytest.mark.parametrize("said", [None, False])
def test_trap_sensitive_recordings_are_left_out_by_default_so_personal_data_must_say(kind, said):
    problem, hint = refusal(recordings_policy(classification=kind, include_sensitive=said))
    assert "marks as sensitive would stay" in problem
    assert "includeSensitive: true" in hint


@pytest.mark.parametrize(("said", "sent"), [(True, True), (False, False), (None, False)])
def test_trap_sensitive_recordings_are_always_spoken_of(said, sent):
    body = job_request(recordings_policy(include_sensitive=said), NOW)
    assert body["includeRecordingsWithSensitiveData"] is sent


def test_trap_a_range_across_five_years_is_refused_with_the_split():
    problem, hint = refusal(recordings_policy(day(2021), day(2022, 6)))
    assert "both sides of five years ago" in problem
    assert "split it" in hint


def test_trap_older_than_five_years_takes_an_interval_and_nothing_else():
    body = job_request(recordings_policy(day(2019), day(2019, 7), **ANY), NOW)
    assert body["agedConversationInterval"] == "2019-01-01T00:00:00.000Z/2019-07-01T00:00:00.000Z"
    assert "conversationQuery" not in body
    assert conforms(body, "RecordingJobsQuery")
    assert "at most 6 months" in refusal(recordings_policy(day(2019), day(2019, 7, 2), **ANY))[0]


@pytest.mark.parametrize(
    "selected",
    [
        {},
        {"kind": InteractionType.ANY},
        {"dimensions": {}},
        {"kind": InteractionType.ANY, "dimensions": {}, "attributes": {"department": "billing"}},
    ],
)
def test_trap_older_than_five_years_cannot_be_filtered_so_a_filter_is_refused_and_never_dropped(selected):
    problem, hint = refusal(recordings_policy(day(2019), day(2019, 7), **selected))
    assert "told apart by their dates only" in problem
    assert "interactionType: any" in hint


def test_younger_conversations_are_asked_for_by_type():
    assert "asked for by type" in refusal(recordings_policy(**ANY))[0]


def test_trap_attributes_cannot_be_filtered_so_conversations_are_named_or_nothing_is_asked():
    policy = recordings_policy(attributes={"department": "billing"})
    assert "cannot be filtered by department" in refusal(policy)[0]
    assert "cannot be filtered by department" in refusal(policy, manifest=Manifest((), None))[0]
    hostile = refusal(recordings_policy(attributes={"\x1b[2J\u202e" + "x" * 999: 1}))[0]
    assert "\\x1b[2J\\u202exxx" in hostile
    assert len(hostile) == 500
    query = job_request(policy, NOW, Manifest(("a", "b"), None))["conversationQuery"]
    without = job_request(recordings_policy(), NOW)["conversationQuery"]
    (named,) = query.pop("conversationFilters")
    assert query == without
    assert named["type"] == "or"
    assert [each["value"] for each in named["predicates"]] == ["a", "b"]
    assert {each["dimension"] for each in named["predicates"]} == {"conversationId"}


def test_more_conversations_than_a_request_can_name_are_refused_as_a_whole():
    policy = recordings_policy(attributes={"department": "billing"})
    many = Manifest(tuple(str(UUID(int=number)) for number in range(5000)), None)
    problem, hint = refusal(policy, manifest=many)
    assert "the platform takes 512,000" in problem
    assert "single out 5,000 conversations" in hint
    fits = int(re.search(r"at most about ([\d,]+) fit", hint)[1].replace(",", ""))
    assert 3000 < fits < 5000
    assert job_request(policy, NOW, Manifest(many.conversations[: fits - 20], None))


@pytest.mark.parametrize("value", ["x" * 1024, ("short", "\u20ac" * 342), "\ud800" * 400])
def test_trap_what_the_platform_cuts_is_compared_with_nothing(value):
    problem, hint = refusal(recordings_policy(attributes={"note": value, "short": "x" * 1023}))
    assert problem.endswith("1,024 bytes of an attribute at most: note")
    assert "filters.dimensions" in hint


@pytest.mark.parametrize("dimensions", [{"queue": ()}, {"colour": ("red",)}])
def test_a_dimension_without_values_or_without_a_predicate_is_refused(dimensions):
    assert "cannot be filtered by" in refusal(recordings_policy(dimensions=dimensions))[0]


def test_a_type_and_no_filter_is_still_a_filter_by_type():
    by_type = job_request(recordings_policy(dimensions={}), NOW)["conversationQuery"]
    assert by_type["segmentFilters"][0]["predicates"][0]["value"] == "voice"


def test_a_kind_of_message_that_is_not_the_types_is_refused():
    policy = recordings_policy(kind=InteractionType.SMS, dimensions={"messageType": ("whatsapp",)})
    assert "whatsapp is not what interactionType: sms stands for" in refusal(policy)[0]


def test_permanent_deletes_now_and_never_by_age():
    body = job_request(recordings_policy(), NOW + timedelta(milliseconds=999))
    assert body["actionDate"] == "2026-11-23T09:00:00.000Z"
    assert not [name for name in body if "Age" in name or name.startswith("screenRecording")]


@pytest.mark.parametrize(
    ("now", "date"),
    [(NOW, "2026-12-24T00:00:00.000Z"), (day(2026, 11, 23), "2026-12-23T00:00:00.000Z")],
)
def test_soft_deletes_at_the_first_midnight_past_its_grace(now, date):
    assert job_request(soft_policy(), now)["actionDate"] == date


def test_soft_without_days_of_grace_is_refused():
    assert "graceDays" in refusal(soft_policy(grace_days=None))[1]


def test_a_body_that_is_too_large_is_refused_before_it_is_sent():
    values = tuple(f"{number:036d}" for number in range(5000))
    problem, hint = refusal(recordings_policy(dimensions={"queue": values}))
    assert f"the platform takes {LARGEST_BODY:,}" in problem
    assert "split" in hint


class TestAJobThatWasMadeEarlier:
    @pytest.mark.parametrize(
        ("date", "fits"),
        [(None, False), (day(2020), True), (NOW, True), (NOW + timedelta(days=30), False)],
    )
    def test_a_permanent_purge_wants_a_date_that_is_past(self, date, fits):
        assert date_fits(recordings_policy(), date, NOW) is fits

    @pytest.mark.parametrize(
        ("days", "fits"), [(-1, False), (0, False), (29.9, False), (30, True), (31, True), (32.1, False)]
    )
    def test_a_soft_purge_keeps_its_whole_grace(self, days, fits):
        assert date_fits(soft_policy(), NOW + timedelta(days=days), NOW) is fits

    @given(st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)), st.integers(1, 365))  # noqa: DTZ001
    def test_what_is_made_now_fits_now(self, now, days):
        for purge_type in PurgeType:
            policy = replace(
                soft_policy(grace_days=days, start=day(2025), end=day(2025, 2)), purge_type=purge_type
            )
            moment = now.replace(tzinfo=UTC)
            date = datetime.fromisoformat(job_request(policy, moment)["actionDate"])
            assert date_fits(policy, date, moment)
