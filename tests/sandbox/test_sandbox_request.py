"""The body of a purge request: every fault is named, nothing odd gets through."""

import copy
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.policy import InteractionType, PurgeType
from runner.sandbox.problems import ApiError
from runner.sandbox.request import MOST_ITEMS, MOST_VALUES, parse

ARTICLE = {
    "type": "voice",
    "dateRange": {"start": "2022-01-01T00:00:00.000Z", "end": "2022-06-30T23:59:59.999Z"},
    "filters": {"attributes": {"compliance_class": "archived", "region": "eu-west"}},
    "purgeType": "permanent",
    "reason": "Regulatory retention window expired per GDPR Article 17",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def with_change(key, value):
    item = copy.deepcopy(ARTICLE)
    place = item
    *parents, last = key.split(".")
    for parent in parents:
        place = place[parent]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return item


def message(body, **options):
    with pytest.raises(ApiError) as caught:
        parse(body, **options)
    assert caught.value.status == 400
    return caught.value.message


def test_the_article_s_body_is_read():
    (item,) = parse({"interactions": [ARTICLE]})
    assert item.type is InteractionType.VOICE
    assert item.purge_type is PurgeType.PERMANENT
    assert (item.start, item.end) == (1640995200000, 1656633599999)
    assert item.attributes == {"compliance_class": ("archived",), "region": ("eu-west",)}
    assert item.echo == ARTICLE


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("type", "fax", "interactions[0].type must be one of voice"),
        ("type", ["voice"], "interactions[0].type must be one of"),
        ("type", ..., "interactions[0] lacks type"),
        ("dateRange", ..., "lacks dateRange"),
        ("dateRange", "2022", "dateRange must be an object"),
        ("dateRange.start", "2022-01-01T00:00:00", "dateRange.start has no offset"),
        ("dateRange.start", "2022-02-30T00:00:00Z", "dateRange.start is not a real date"),
        ("dateRange.start", 20220101, "dateRange.start must be a text"),
        ("dateRange.start", "2023-01-01T00:00:00Z", "start must precede end"),
        ("dateRange.start", "2022-06-30T23:59:59.999Z", "start must precede end"),
        ("dateRange.zone", "UTC", "dateRange has unknown keys: zone"),
        ("filters", None, "filters must be an object"),
        ("filters", {"queue": "billing-1"}, "filters has unknown keys: queue"),
        ("filters.attributes", ["region"], "filters.attributes must be an object"),
        ("filters.attributes", {"colour": "red"}, "colour is not an attribute here; known are department"),
        ("filters.attributes.region", None, "attributes.region must be a text"),
        ("filters.attributes.region", 1.5, "attributes.region must be a text"),
        ("filters.attributes.region", [["eu-west"]], "attributes.region must be a text"),
        ("filters.attributes.region", [], "attributes.region must have 1 to"),
        ("filters.attributes.region", ["x"] * (MOST_VALUES + 1), "attributes.region must have 1 to"),
        ("purgeType", "hard", "purgeType must be one of permanent, soft"),
        ("purgeType", ..., "lacks purgeType"),
        ("reason", "  ", "reason must be a text"),
        ("reason", 5, "reason must be a text"),
        ("reason", ..., "lacks reason"),
        ("filter", {}, "has unknown keys: filter"),
    ],
)
def test_a_fault_is_named_with_its_place(key, value, words):
    assert words in message({"interactions": [with_change(key, value)]})


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (None, "the body must be an object"),
        ([], "the body must be an object"),
        ({}, "the body lacks interactions"),
        ({"interactions": []}, "interactions must be a list of 1 to"),
        ({"interactions": {}}, "interactions must be a list of 1 to"),
        ({"interactions": [ARTICLE] * (MOST_ITEMS + 1)}, "interactions must be a list of 1 to"),
        ({"interactions": [None]}, "interactions[0] must be an object"),
        ({"interactions": [ARTICLE], "dryRun": True}, "the body has unknown keys: dryRun"),
    ],
)
def test_a_body_of_another_shape_is_refused(body, words):
    assert words in message(body)


def test_filters_may_be_left_out_or_empty():
    for filters in (..., {}, {"attributes": {}}):
        (item,) = parse({"interactions": [with_change("filters", filters)]})
        assert item.attributes == {}


def test_values_are_compared_as_texts():
    (item,) = parse({"interactions": [with_change("filters.attributes.region", ["a", 1, True, False])]})
    assert item.attributes["region"] == ("a", "1", "true", "false")


def test_a_count_needs_neither_purge_type_nor_reason():
    bare = {key: ARTICLE[key] for key in ("type", "dateRange", "filters")}
    assert parse({"interactions": [bare]}, counting=True)[0].type is InteractionType.VOICE
    assert "lacks purgeType, reason" in message({"interactions": [bare]})
    assert "purgeType must be one of" in message({"interactions": [bare | {"purgeType": 1}]}, counting=True)


def test_an_end_between_two_milliseconds_does_not_reach_the_next_one():
    (item,) = parse({"interactions": [with_change("dateRange.end", "2022-06-30T23:59:59.999900Z")]})
    assert item.end == 1656633599999
    (item,) = parse({"interactions": [with_change("dateRange.start", "2022-01-01T00:00:00.000001Z")]})
    assert item.start == 1640995200001


@pytest.mark.parametrize(
    ("change", "overlap"),
    [
        ({}, True),
        ({"type": "email"}, False),
        ({"dateRange": {"start": "2022-06-30T23:59:59.999Z", "end": "2023-01-01T00:00:00Z"}}, True),
        ({"dateRange": {"start": "2022-07-01T00:00:00Z", "end": "2023-01-01T00:00:00Z"}}, False),
        ({"filters": {"attributes": {"region": "us-east"}}}, False),
        ({"filters": {"attributes": {"region": ["us-east", "eu-west"]}}}, True),
        ({"filters": {"attributes": {"department": "billing"}}}, True),
        ({"filters": {}}, True),
    ],
)
def test_two_overlap_when_one_interaction_could_match_both(change, overlap):
    (one,), (other,) = (parse({"interactions": [item]}) for item in (ARTICLE, ARTICLE | change))
    assert one.overlaps(other) is other.overlaps(one) is overlap
    if overlap:
        assert "overlapping purge windows" in message({"interactions": [ARTICLE, ARTICLE | change]})


@given(JSON)
def test_no_value_gives_anything_but_a_refusal_or_items(value):
    for body in (value, {"interactions": value}, {"interactions": [value]}):
        with pytest.raises(ApiError):
            parse(body)


@given(
    st.sampled_from(["type", "dateRange", "filters", "purgeType", "reason", "filters.attributes.region"]),
    JSON,
)
def test_a_foreign_value_anywhere_is_read_or_refused(key, value):
    with suppress(ApiError):
        (item,) = parse({"interactions": [with_change(key, value)]})
        assert all(isinstance(text, str) for values in item.attributes.values() for text in values)
