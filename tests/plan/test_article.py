import copy
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner import PolicyValidationError, validate_policy

SAMPLE = {
    "interactionType": "voice",
    "dateRange": {"start": "2022-01-01T00:00:00.000Z", "end": "2022-12-31T23:59:59.999Z"},
    "retentionDays": 2600,
    "classification": "hipaa",
    "purgeType": "permanent",
    "filters": {"attributes": {"department": "billing", "retention_status": "expired"}},
    "reason": "HIPAA 7-year retention window expired. Approved by compliance officer #4492.",
}
TODAY = datetime(2026, 11, 23, tzinfo=UTC)
ELIGIBLE = datetime(2030, 2, 13, tzinfo=UTC)


def faults(policy, now=TODAY):
    with pytest.raises(PolicyValidationError) as caught:
        validate_policy(policy, now)
    return caught.value.faults


def test_the_article_s_sample_is_refused_with_the_date_on_which_it_becomes_eligible():
    (fault,) = faults(SAMPLE)
    assert fault.startswith("dateRange: ")
    assert "2030-02-13" in fault
    assert faults(SAMPLE, ELIGIBLE - timedelta(seconds=1)) == (fault,)


def test_the_article_s_sample_is_accepted_when_its_dates_are_old_enough():
    assert validate_policy(SAMPLE, ELIGIBLE) == SAMPLE


def test_now_is_the_present_by_default():
    old = {**SAMPLE, "dateRange": {"start": "2015-01-01T00:00:00Z", "end": "2015-12-31T23:59:59Z"}}
    assert validate_policy(old) == old
    future = {**SAMPLE, "dateRange": {"start": "2999-01-01T00:00:00Z", "end": "2999-12-31T23:59:59Z"}}
    with pytest.raises(PolicyValidationError):
        validate_policy(future)


def test_now_may_stand_in_any_time_zone_but_must_have_one():
    there = timezone(timedelta(hours=5))
    assert validate_policy(SAMPLE, ELIGIBLE.astimezone(there)) == SAMPLE
    with pytest.raises(ValueError, match="aware"):
        validate_policy(SAMPLE, ELIGIBLE.replace(tzinfo=None))


def test_what_comes_back_is_a_copy_made_of_plain_dicts_and_lists():
    given_policy = MappingProxyType(
        {**SAMPLE, "filters": MappingProxyType({"attributes": {"queue": ("a", "b")}})}
    )
    result = validate_policy(given_policy, ELIGIBLE)
    assert type(result) is dict
    assert result["filters"] == {"attributes": {"queue": ["a", "b"]}}
    before = copy.deepcopy(SAMPLE)
    result = validate_policy(SAMPLE, ELIGIBLE)
    result["filters"]["attributes"]["department"] = "changed"
    assert before == SAMPLE


def test_filters_may_be_left_out():
    policy = {key: value for key, value in SAMPLE.items() if key != "filters"}
    assert validate_policy(policy, ELIGIBLE) == policy


def test_every_fault_is_listed_at_once():
    found = faults(
        {
            "interactionType": "telepathy",
            "dateRange": {"start": "2022-01-01", "end": "2023-02-30T00:00:00Z"},
            "retentionDays": 2000,
            "classification": "hipaa",
            "purgeType": "shred",
            "filters": [],
            "reason": "too short",
            "surprise": 1,
        }
    )
    assert sorted(fault.partition(": ")[0] for fault in found) == [
        "dateRange.end",
        "dateRange.start",
        "filters",
        "interactionType",
        "purgeType",
        "reason",
        "retentionDays",
        "surprise",
    ]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"retentionDays": 2554}, "retentionDays"),
        ({"retentionDays": "2600"}, "retentionDays"),
        ({"retentionDays": 3651}, "retentionDays"),
        ({"retentionDays": -1}, "retentionDays"),
        ({"retentionDays": True}, "retentionDays"),
        ({"classification": "pii", "purgeType": "soft"}, "purgeType"),
        ({"reason": "         x"}, "reason"),
        (
            {"dateRange": {"start": SAMPLE["dateRange"]["end"], "end": SAMPLE["dateRange"]["start"]}},
            "dateRange.end",
        ),
        ({"filters": {"a/b": {"c~d": object()}}}, "filters.a/b.c~d"),
        ({"filters": {1: "x"}}, "filters.1"),
        ({"filters": {"score": float("nan")}}, "filters.score"),
        ({"filters": {"when": TODAY}}, "filters.when"),
    ],
)
def test_a_single_fault_names_its_path(changes, path):
    (fault,) = faults({**SAMPLE, **changes}, ELIGIBLE)
    assert fault.startswith(f"{path}: ")


@pytest.mark.parametrize("key", [key for key in SAMPLE if key != "filters"])
def test_a_missing_field_is_named(key):
    (fault,) = faults({name: value for name, value in SAMPLE.items() if name != key}, ELIGIBLE)
    assert fault.startswith(f"{key}: ")


@pytest.mark.parametrize("policy", [None, [], "policy", 7])
def test_what_is_no_mapping_is_refused(policy):
    (fault,) = faults(policy)
    assert fault.startswith("policy: ")


def test_an_object_that_contains_itself_is_refused():
    filters = {}
    filters["again"] = filters
    (fault,) = faults({**SAMPLE, "filters": filters}, ELIGIBLE)
    assert "levels deep" in fault


def test_a_recent_range_is_not_settled():
    recent = {"start": "2026-11-21T00:00:00Z", "end": "2026-11-21T23:59:59.999Z"}
    policy = {**SAMPLE, "dateRange": recent, "retentionDays": 0, "classification": "internal"}
    (fault,) = faults(policy)
    assert fault.startswith("dateRange.end: ")


anything = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.binary(max_size=3)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.text(max_size=5), st.integers()), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*SAMPLE, "surprise"]), anything, min_size=1))
def test_any_value_is_accepted_or_refused(changes):
    try:
        accepted = validate_policy({**SAMPLE, **changes}, ELIGIBLE)
    except PolicyValidationError as refused:
        accepted = None
        found = refused.faults
    assert accepted is not None or all(": " in fault for fault in found)
    assert accepted is None or "surprise" not in changes
