import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from support.trees import HOLD, POLICY, TARGET

from runner.documents import wording
from runner.documents.places import MAX_FAULTS
from runner.documents.resources import schema
from runner.documents.schema import check
from runner.model.policy import InteractionType

FOLDER = Path(__file__).resolve().parents[2] / "schemas"
MINE = ("definitions", "purge-policy", "legal-hold", "target", "article-policy")
VALID = {
    "purge-policy": {**POLICY, "name": "a"},
    "legal-hold": {**HOLD, "name": "a"},
    "target": {**TARGET, "name": "a"},
    "article-policy": {
        key: POLICY[key]
        for key in (
            "interactionType",
            "dateRange",
            "retentionDays",
            "classification",
            "purgeType",
            "filters",
            "reason",
        )
    },
}


def told(name, value):
    return [(fault.pointer, fault.message) for fault in check(name, value)]


def changed(name, **changes):
    return {**VALID[name], **changes}


def subschemas(value, pointer=""):
    """Every schema inside a schema, by the pointer to it."""
    yield pointer, value
    for keyword in ("properties", "definitions"):
        for key, each in value.get(keyword, {}).items():
            yield from subschemas(each, f"{pointer}/{keyword}/{key}")
    for keyword in ("items", "additionalProperties", "propertyNames", "if", "then", "else", "not"):
        if isinstance(value.get(keyword), dict):
            yield from subschemas(value[keyword], f"{pointer}/{keyword}")
    for position, each in enumerate(value.get("allOf", [])):
        yield from subschemas(each, f"{pointer}/allOf/{position}")


EVERY = [(name, pointer, each) for name in MINE for pointer, each in subschemas(schema(name))]


@pytest.mark.parametrize("name", list(VALID))
def test_a_valid_value_has_no_faults(name):
    assert check(name, VALID[name]) == ()


@pytest.mark.parametrize("name", MINE)
def test_a_schema_is_a_draft_07_schema(name):
    assert schema(name)["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(schema(name))


def test_every_property_is_described_and_every_mapping_is_closed():
    for name, pointer, each in EVERY:
        is_property = re.search(r"/(properties|items)(/[^/]+)?$", pointer) and "/if/" not in pointer
        if is_property:
            assert "$ref" in each or each.get("description"), (name, pointer)
        if "/definitions/" in pointer and pointer.count("/") == 2:
            assert each.get("description"), (name, pointer)
        open_by_design = (name, pointer) == ("article-policy", "/properties/filters")
        if each.get("type") == "object" and not open_by_design:
            assert "additionalProperties" in each, (name, pointer)


def test_a_reference_names_a_file_beside_it_as_editors_need_it():
    for name, pointer, each in EVERY:
        if "$ref" in each:
            file, _, fragment = each["$ref"].partition("#/definitions/")
            assert list(each) == ["$ref"], (name, pointer)
            assert fragment in json.loads((FOLDER / file).read_text(encoding="utf-8"))["definitions"]


def test_patterns_are_anchored_and_have_a_sentence():
    for name, pointer, each in EVERY:
        if "pattern" in each:
            assert re.fullmatch(r"\^.*\$", each["pattern"]), (name, pointer)
            assert each["patternErrorMessage"].startswith("must be"), (name, pointer)


def test_every_keyword_that_can_be_broken_has_words():
    silent = {
        "$schema",
        "title",
        "description",
        "examples",
        "errorMessage",
        "patternErrorMessage",
        "definitions",
    }
    silent |= {"$ref", "properties", "items", "if", "then", "else", "allOf", "propertyNames", "required"}
    used = {keyword for *_, each in EVERY for keyword in each} - silent - {"additionalProperties"}
    assert used == set(wording._PREDICATES)


@pytest.mark.parametrize(
    ("name", "changes", "pointer", "message"),
    [
        (
            "purge-policy",
            {"retentionDays": "2600"},
            "/retentionDays",
            '`retentionDays` must be a whole number, not the text "2600"; remove the quotes',
        ),
        (
            "purge-policy",
            {"retentionDays": 26.0},
            "/retentionDays",
            "`retentionDays` must be a whole number, not 26.0",
        ),
        (
            "purge-policy",
            {"retentionDays": True},
            "/retentionDays",
            "`retentionDays` must be a whole number, not true",
        ),
        (
            "purge-policy",
            {"retentionDays": 3653},
            "/retentionDays",
            "Retention cannot exceed 10 years: `retentionDays` must be at most 3650, not 3653",
        ),
        (
            "purge-policy",
            {"retentionDays": -1},
            "/retentionDays",
            "`retentionDays` must be at least 0, not -1",
        ),
        ("purge-policy", {"reason": 412}, "/reason", "`reason` must be a text, not 412; put it in quotes"),
        ("purge-policy", {"reason": None}, "/reason", "`reason` is empty; it must be a text"),
        (
            "purge-policy",
            {"reason": "x" * 2001},
            "/reason",
            "`reason` must have at most 2000 characters, not 2001",
        ),
        ("purge-policy", {"filter": {}}, "/filter", "unknown key `filter`; did you mean `filters`?"),
        (
            "purge-policy",
            {"RetentionDays": 1},
            "/RetentionDays",
            "unknown key `RetentionDays`; did you mean `retentionDays`?",
        ),
        ("purge-policy", {"zzz": 1}, "/zzz", "unknown key `zzz`"),
        ("purge-policy", {"a/b~": 1}, "/a~1b~0", "unknown key `a/b~`"),
        ("purge-policy", {"limits": {}}, "/limits/maxInteractions", "`limits.maxInteractions` is missing"),
        (
            "purge-policy",
            {"interactionType": "fax"},
            "/interactionType",
            '`interactionType` must be one of voice, email, chat, callback, sms, social, not "fax"',
        ),
        (
            "purge-policy",
            {"interactionType": "Voice"},
            "/interactionType",
            f'`interactionType` must be one of {", ".join(InteractionType)}, not "Voice"; did you mean voice?',
        ),
        (
            "purge-policy",
            {"target": "sandbox\n"},
            "/target",
            '`target` must be 1 to 63 lower-case letters, digits and inner hyphens, not "sandbox\\n"',
        ),
        (
            "purge-policy",
            {"graceDays": 3},
            "/graceDays",
            "Only a soft purge has days of grace: `graceDays` must be absent",
        ),
        (
            "purge-policy",
            {"filters": {"attributes": {"a": {}}}},
            "/filters/attributes/a",
            "`filters.attributes.a` must be a text, a whole number, true or false or a list, not a mapping",
        ),
        (
            "purge-policy",
            {"filters": {"attributes": {"a": ["x", 1.5]}}},
            "/filters/attributes/a/1",
            "`filters.attributes.a[1]` must be a text, a whole number or true or false, not 1.5",
        ),
        (
            "purge-policy",
            {"filters": {"attributes": {"a": [1] * 101}}},
            "/filters/attributes/a",
            "`filters.attributes.a` must have at most 100 entries, not 101",
        ),
        (
            "purge-policy",
            {"filters": {"attributes": {str(i): 1 for i in range(33)}}},
            "/filters/attributes",
            "`filters.attributes` must have at most 32 entries, not 33",
        ),
        (
            "purge-policy",
            {"filters": {"attributes": {"n" * 129: 1}}},
            f"/filters/attributes/{'n' * 129}",
            f'the name "{"n" * 79}…" must have at most 128 characters, not 129',
        ),
        (
            "purge-policy",
            {"dateRange": {"start": "2018-01-01T00:00:00Z", "end": "2018-12-31T23:59"}},
            "/dateRange/end",
            'End date must be ISO 8601 format: `dateRange.end` must be an ISO 8601 date-time such as 2018-01-01T00:00:00.000Z: "2018-12-31T23:59"',
        ),
        (
            "target",
            {"region": "eu-central-1", "organizationId": "0f6f3a52-8a0e-4a8f-9f39-3f1d4c1b7a10"},
            "/approvals",
            'Only a sandbox may go without evidence of approval: `approvals` must not be "none"',
        ),
        (
            "target",
            {"webhooks": [{"id": "a", "events": ["purge.failed"]}] * 2},
            "/webhooks/1/id",
            '`webhooks[1].id` repeats "a", which may stand once',
        ),
        (
            "target",
            {"poll": {"deadline": "P1M"}},
            "/poll/deadline",
            '`poll.deadline` must be a duration such as PT24H or P90D, without months and years: "P1M"',
        ),
        ("legal-hold", {"issuedOn": "2026-13-01"}, "/issuedOn", '`issuedOn` is not a real day: "2026-13-01"'),
        (
            "legal-hold",
            {"scope": {"targets": []}},
            "/scope/targets",
            "`scope.targets` must have at least 1 entry, not 0",
        ),
        ("article-policy", {"filters": "all"}, "/filters", '`filters` must be a mapping, not the text "all"'),
        ("article-policy", {"owner": "x"}, "/owner", "unknown key `owner`"),
    ],
)
def test_a_fault_is_one_sentence_that_an_officer_understands(name, changes, pointer, message):
    assert told(name, changed(name, **changes)) == [(pointer, message)]


def test_a_value_that_is_no_mapping_is_told_as_a_whole():
    assert told("article-policy", [1]) == [("", "the document must be a mapping, not a list")]


def test_every_missing_field_is_told_once_with_its_description():
    faults = check("article-policy", {})
    assert [fault.pointer for fault in faults] == sorted(
        f"/{key}" for key in VALID["article-policy"] if key != "filters"
    )
    assert all(fault.hint.startswith("add it: ") and len(fault.hint) > 20 for fault in faults)
    assert not any(fault.at_key for fault in faults)


def test_an_unknown_key_is_pointed_at_and_the_known_ones_are_named():
    (fault,) = check("purge-policy", changed("purge-policy", limits={"maxInteractions": 1, "max": 2}))
    assert (fault.at_key, fault.hint) == (True, "known here: maxInteractions")


def test_the_article_s_filters_may_be_anything_or_absent():
    for filters in ({}, {"queue": [1.5, None]}, {"a": {"b": {"c": []}}}):
        assert check("article-policy", changed("article-policy", filters=filters)) == ()
    assert check("article-policy", {k: v for k, v in VALID["article-policy"].items() if k != "filters"}) == ()


def test_a_sandbox_needs_no_organisation_and_every_other_region_does():
    regions = schema("target")["properties"]["region"]["enum"]
    assert len(regions) == 19
    for region in regions:
        pointers = [
            pointer for pointer, _ in told("target", changed("target", region=region, approvals="github"))
        ]
        assert pointers == ([] if region == "sandbox" else ["/organizationId"])


def test_faults_are_sorted_and_at_most_a_hundred_and_one():
    faults = check("purge-policy", {f"k{i:03}": 1 for i in range(300)})
    assert len(faults) == MAX_FAULTS + 1
    assert [fault.pointer for fault in faults[:-1]] == sorted(fault.pointer for fault in faults[:-1])
    assert faults[-1].pointer == ""


@given(
    st.sampled_from(list(VALID)),
    st.data(),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.binary(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(), inner, max_size=3)
        ),
        max_leaves=8,
    ),
)
def test_whatever_stands_in_a_field_is_accepted_or_told_in_one_printable_line(name, data, value):
    key = data.draw(st.sampled_from(list(VALID[name])))
    for fault in check(name, changed(name, **{key: value})):
        assert fault.message.isprintable()
        assert len(fault.message) < 500


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\x1b[31m\u202e", '"a\\x1b[31m\\u202e"'),
        ("x" * 500, '"' + "x" * 79 + '…"'),
        ("\x00" * 500, '"' + "\\x00" * 19 + '\\x0…"'),
        (-(2**53), "-9007199254740992"),
        (None, "nothing"),
        (False, "false"),
        ((1,), "a list"),
        (b"x", 'a "bytes"'),
    ],
)
def test_a_foreign_value_is_shown_short_and_printable(value, shown):
    assert wording.quote(value) == shown


def test_a_number_too_long_to_write_is_shown_too():
    assert wording.quote(10**5000) == "a number of more than 19 digits"


def test_a_schema_that_does_not_exist_is_a_mistake_of_the_caller():
    with pytest.raises(FileNotFoundError):
        schema("no-such-thing")
