from datetime import UTC, date, datetime

import pytest

from runner.model import fields

BODY = {
    "text": "one",
    "number": 7,
    "nothing": None,
    "true": True,
    "instant": "2026-11-23T09:00:00Z",
    "day": "2026-11-23",
    "texts": ["a", "b"],
    "numbers": [1, 2],
    "objects": [{"a": 1}, {}],
    "mixed": [1, "a", {}, True],
    "inner": {"text": "two"},
}


@pytest.mark.parametrize(
    ("read", "key", "value"),
    [
        (fields.text, "text", "one"),
        (fields.number, "number", 7),
        (fields.number_or_none, "number", 7),
        (fields.number_or_none, "nothing", None),
        (fields.instant, "instant", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        (fields.day, "day", date(2026, 11, 23)),
        (fields.mapping, "inner", {"text": "two"}),
        (fields.texts, "texts", ("a", "b")),
        (fields.numbers, "numbers", (1, 2)),
        (fields.entries, "objects", ({"a": 1}, {})),
        (fields.optional_day, "day", date(2026, 11, 23)),
        (fields.optional_mapping, "inner", {"text": "two"}),
        (fields.optional_texts, "texts", frozenset("ab")),
        (fields.optional_entries, "objects", ({"a": 1}, {})),
    ],
)
def test_a_field_is_read_in_its_type(read, key, value):
    assert read(BODY, key) == value


@pytest.mark.parametrize(
    ("read", "others"),
    [
        (fields.text, ("number", "nothing", "texts", "inner")),
        (fields.number, ("text", "true", "nothing", "numbers")),
        (fields.number_or_none, ("text", "true")),
        (fields.instant, ("number", "text", "day")),
        (fields.day, ("number", "text", "instant")),
        (fields.mapping, ("text", "texts", "nothing")),
        (fields.texts, ("text", "inner", "numbers", "mixed")),
        (fields.numbers, ("number", "texts", "mixed")),
        (fields.entries, ("text", "inner", "texts", "mixed")),
    ],
)
def test_a_value_of_another_type_is_refused(read, others):
    for key in others:
        with pytest.raises((TypeError, ValueError)):
            read(BODY, key)


@pytest.mark.parametrize(
    "read", [fields.text, fields.number, fields.number_or_none, fields.instant, fields.day, fields.entries]
)
def test_what_is_not_there_has_no_value(read):
    with pytest.raises(KeyError):
        read(BODY, "absent")
    with pytest.raises(KeyError):
        read(BODY, "text", "deeper")


def test_what_may_be_absent_is_none_or_empty():
    assert fields.optional_day(BODY, "absent") is None
    assert fields.optional_mapping(BODY, "absent") is None
    assert fields.optional_texts(BODY, "absent") is None
    assert fields.optional_entries(BODY, "absent") == ()


def test_a_path_leads_into_objects():
    assert fields.text(BODY, "inner", "text") == "two"
