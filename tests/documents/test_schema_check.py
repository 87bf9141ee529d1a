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
from runner.model.text import printable

FOLDER = Path(__file__).resolve().parents[2] / "schemas"
MINE = (
    "definitions",
    "purge-policy",
    "legal-hold",
    "target",
    "article-policy",
    "regulation-pack",
    "policy-test",
    "approvers",
)
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


def with_field(name, field, value):
    return {**VALID[name], field: value}


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


SENTENCES = [
    json.loads(line)
    for line in Path(__file__).with_name("sentences.jsonl").read_text(encoding="utf-8").splitlines()
]
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


def test_where_words_have_glosses_every_word_has_one():
    glossed = [each for *_, each in EVERY if "enumDescriptions" in each]
    assert glossed
    assert all(len(set(each["enumDescriptions"])) == len(each["enum"]) for each in glossed)


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
        "enumDescriptions",
        "definitions",
    }
    silent |= {"$ref", "properties", "items", "if", "then", "else", "allOf", "propertyNames", "required"}
    used = {keyword for *_, each in EVERY for keyword in each} - silent - {"additionalProperties"}
    assert used == set(wording._PREDICATES)


@pytest.mark.parametrize("case", SENTENCES, ids=lambda case: case["message"][:60])
def test_a_fault_is_one_sentence_that_an_officer_understands(case):
    value = {**VALID[case["schema"]], **case["change"]}
    assert told(case["schema"], value) == [(case["pointer"], case["message"])]


@pytest.mark.parametrize(
    ("field", "value", "pointer", "message"),
    [
        ("reason", "x" * 2001, "/reason", "`reason` must have at most 2000 characters, not 2001"),
        (
            "filters",
            {"attributes": {"a": [1] * 101}},
            "/filters/attributes/a",
            "`filters.attributes.a` must have at most 100 entries, not 101",
        ),
        (
            "filters",
            {"attributes": {str(number): 1 for number in range(33)}},
            "/filters/attributes",
            "`filters.attributes` must have at most 32 entries, not 33",
        ),
        (
            "filters",
            {"attributes": {"n" * 129: 1}},
            f"/filters/attributes/{'n' * 129}",
            f'the name "{"n" * 79}…" must have at most 128 characters, not 129',
        ),
    ],
)
def test_what_is_too_long_is_told_by_its_length(field, value, pointer, message):
    assert told("purge-policy", {**VALID["purge-policy"], field: value}) == [(pointer, message)]


def test_a_value_that_is_no_mapping_is_told_as_a_whole():
    assert told("article-policy", [1]) == [("", "the document must be a mapping, not a list")]


def test_every_missing_field_is_told_once_with_its_description():
    faults = check("article-policy", {})
    assert [fault.pointer for fault in faults] == sorted(
        f"/{key}" for key in VALID["article-policy"] if key != "filters"
    )
    assert all(
        fault.hint.startswith(f"add `{fault.pointer[1:]}: …` here. ") and len(fault.hint) > 20
        for fault in faults
    )
    assert not any(fault.at_key for fault in faults)


def test_an_unknown_key_is_pointed_at_and_the_known_ones_are_named():
    (fault,) = check("purge-policy", with_field("purge-policy", "limits", {"maxInteractions": 1, "max": 2}))
    assert (fault.at_key, fault.hint) == (True, "known here: maxInteractions")


def test_the_article_s_filters_may_be_anything_or_absent():
    for filters in ({}, {"queue": [1.5, None]}, {"a": {"b": {"c": []}}}):
        assert check("article-policy", with_field("article-policy", "filters", filters)) == ()
    assert check("article-policy", {k: v for k, v in VALID["article-policy"].items() if k != "filters"}) == ()


def test_a_sandbox_needs_no_organisation_and_every_other_region_does():
    regions = schema("target")["properties"]["region"]["enum"]
    assert len(regions) == 19
    for region in regions:
        pointers = [
            pointer
            for pointer, _ in told("target", {**VALID["target"], "region": region, "approvals": "github"})
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
    for fault in check(name, with_field(name, key, value)):
        assert fault.message == printable(fault.message)
        assert len(fault.message) < 500


def test_a_schema_that_does_not_exist_is_a_mistake_of_the_caller():
    with pytest.raises(FileNotFoundError):
        schema("no-such-thing")


@pytest.mark.parametrize("found", [5, True, [], {}])
def test_a_value_that_may_be_null_and_is_something_else_is_a_fault_like_any_other(found):
    faults = check("records", {"type": "purge.submitted", "correlation_id": found})
    (fault,) = (fault for fault in faults if fault.pointer == "/correlation_id")
    assert "must be a text or null" in fault.message
