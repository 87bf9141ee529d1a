"""Two requests are one when only their writing differs, and never when their selection may."""

import copy
import json

import pytest
from genesys_recordings import NOW, day, recordings_policy, soft_policy
from hypothesis import given
from hypothesis import strategies as st

from runner.genesys.job_request import job_request
from runner.genesys.job_twins import named_conversations, same_purpose, same_request
from runner.genesys.manifest import Manifest

OURS = job_request(recordings_policy(dimensions={"queue": ("a", "b"), "user": ("c",)}), NOW)


def changed(**members):
    return {**copy.deepcopy(OURS), **members}


def query(**members):
    return changed(conversationQuery={**OURS["conversationQuery"], **members})


def reordered():
    (only,) = copy.deepcopy(OURS["conversationQuery"]["segmentFilters"])
    only["predicates"].reverse()
    only["clauses"][0]["predicates"].reverse()
    for each in only["predicates"]:
        del each["type"], each["operator"]
    return query(segmentFilters=[only])


@pytest.mark.parametrize(
    "theirs",
    [
        OURS,
        changed(actionDate="2020-01-01T00:00:00.000Z"),
        changed(integrationId=None, agedConversationInterval=None),
        {
            name: value
            for name, value in OURS.items()
            if name not in ("clearExport", "includeScreenRecordings")
        },
        query(
            interval="2024-01-01T00:00:00Z/2025-01-01T00:00:00.000000Z",
            order="asc",
            orderBy="conversationStart",
        ),
        query(interval="2024-01-01T01:00:00+01:00/2025-01-01T00:00:00Z", surveyFilters=[]),
        reordered(),
    ],
)
def test_the_same_written_otherwise(theirs):
    assert same_request(OURS, theirs)
    assert same_request(OURS, json.loads(json.dumps(theirs)))


@pytest.mark.parametrize(
    "theirs",
    [
        {},
        changed(action="EXPORT"),
        changed(includeRecordingsWithSensitiveData=True),
        changed(includeSnippetRecordings=False),
        changed(clearExport=True),
        changed(screenRecordingActionDate="2026-01-01T00:00:00.000Z"),
        changed(something="new"),
        changed(conversationQuery=None),
        query(interval="2024-01-01T00:00:00Z/2025-01-02T00:00:00Z"),
        query(interval="2024-01-01T00:00:00/2025-01-01T00:00:00"),
        query(startOfDayIntervalMatching=False),
        query(startOfDayIntervalMatching=None),
        query(limit=10),
        query(segmentFilters=[]),
        query(
            conversationFilters=[{"type": "and", "predicates": [{"dimension": "divisionId", "value": "x"}]}]
        ),
        changed(conversationQuery="deep", more=json.loads("[" * 900 + "]" * 900)),
    ],
)
def test_another_request(theirs):
    assert not same_request(OURS, theirs)


def test_a_soft_and_a_permanent_purge_differ_in_their_date_only():
    assert same_request(job_request(soft_policy(), NOW), job_request(recordings_policy(), NOW))
    assert not same_request(OURS, job_request(recordings_policy(end=day(2024, 6)), NOW))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["action", "conversationQuery", "interval", "dimension", "new"]), values)
def test_whatever_the_platform_repeats_is_compared_without_an_accident(name, value):
    assert same_request({name: value}, {name: value})
    if isinstance(value, bool | int | float | str) and value != OURS.get(name):
        assert not same_request(OURS, changed(**{name: value}))


class TestNamedConversations:
    POLICY = recordings_policy(attributes={"department": "billing"}, dimensions={"division": ("d",)})

    def request(self, *names):
        return job_request(self.POLICY, NOW, Manifest(names, None))

    def test_other_conversations_are_another_request_of_the_same_purpose(self):
        ours, theirs = self.request("a", "b"), self.request("b", "c")
        assert named_conversations(theirs) == ("b", "c")
        assert same_request(ours, self.request("b", "a"))
        assert not same_request(ours, theirs)
        assert same_purpose(ours, theirs)

    def test_a_request_that_names_nobody_has_another_purpose(self):
        plain = job_request(recordings_policy(dimensions={"division": ("d",)}), NOW)
        assert named_conversations(plain) == ()
        assert not same_purpose(plain, self.request("a"))
        assert not same_purpose(self.request("a"), plain)
        assert same_purpose(plain, plain)

    @pytest.mark.parametrize(
        "odd", [None, [], {}, {"conversationFilters": [None, 7, {"predicates": [None]}]}]
    )
    def test_what_is_no_query_names_nobody(self, odd):
        assert named_conversations({"conversationQuery": odd}) == ()
        assert not same_purpose(self.request("a"), {"conversationQuery": odd})
