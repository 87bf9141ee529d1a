import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from runner.documents.composing import MAX_KEY, MAX_NODES, compose
from runner.documents.places import Place, Span
from runner.documents.scalars import LARGEST

letters = st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u3164\uffa0\u2800\u115f\u1160")
texts = st.text(letters | st.just(" "), max_size=20)
keys = st.text(letters, min_size=1, max_size=12)
scalars = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)
mappings = st.dictionaries(keys, values, max_size=5)


def block_style(value, indent=""):
    """YAML with a line for each value, and quotes around every text."""
    if isinstance(value, dict) and value:
        return "".join(
            f"\n{indent}{json.dumps(key, ensure_ascii=False)}:{block_style(each, indent + '  ')}"
            for key, each in value.items()
        )
    if isinstance(value, list) and value:
        return "".join(f"\n{indent}-{block_style(each, indent + '  ')}" for each in value)
    return " " + json.dumps(value, ensure_ascii=False)


@given(mappings)
def test_any_value_survives_in_flow_and_in_block_style(value):
    for text in (json.dumps(value, ensure_ascii=False), block_style(value)):
        composition = compose(text)
        assert composition.faults == ()
        assert composition.value == value


@given(mappings)
def test_what_the_reference_program_writes_is_read_back_or_refused(value):
    """Its writer leaves out quotes where YAML 1.2 allows it; then a fault says so, or the value is right."""
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(value, stream)
    composition = compose(stream.getvalue())
    assert composition.faults or composition.value == value


@given(mappings)
def test_every_value_has_a_place_where_its_text_stands(value):
    text = json.dumps(value, ensure_ascii=False, indent=1)
    lines = text.split("\n")
    composition = compose(text)

    def check(found, pointer):
        key, place = composition.spans[pointer]
        assert lines[place.line - 1][place.column - 1 :].startswith(json.dumps(found)[:1])
        if not isinstance(found, dict | list):
            assert lines[place.line - 1][place.column - 1 :].rstrip(",") == json.dumps(
                found, ensure_ascii=False
            )
        return lines[key.line - 1][key.column - 1 :]

    def walk(found, pointer):
        children = (
            found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
        )
        for name, each in children:
            below = f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
            at_key = check(each, below)
            assert at_key.startswith(json.dumps(name, ensure_ascii=False)) or not isinstance(found, dict)
            walk(each, below)

    check(value, "")
    walk(value, "")


def test_a_value_that_is_not_written_stands_at_its_key():
    composition = compose("a:\n\n# later\nb: {c: , d: 1}\ne:\n")
    assert composition.value == {"a": None, "b": {"c": None, "d": 1}, "e": None}
    assert composition.spans["/a"] == Span(Place(1, 1), Place(1, 1))
    assert composition.spans["/b/c"] == Span(Place(4, 5), Place(4, 5))
    assert composition.spans["/e"].value == Place(5, 1)


def test_what_is_refused_is_left_out_and_the_rest_is_read():
    composition = compose("a: &x 1\nb: *x\nc: 1.5\nd: !!int 7\ne: [no, ok]\n<<: {f: 1}\n1: x\na: 2\ng: 3\n")
    assert composition.value == {"a": 1, "b": None, "c": None, "d": None, "e": [None, "ok"], "g": 3}
    assert composition.lost == {"/b", "/c", "/d", "/e/0"}
    assert [(fault.rule, fault.place.line) for fault in composition.faults] == [
        ("DOC-012", 1),
        ("DOC-013", 2),
        ("DOC-021", 3),
        ("DOC-015", 4),
        ("DOC-022", 5),
        ("DOC-014", 6),
        ("DOC-017", 7),
        ("DOC-011", 8),
    ]


def test_what_the_second_of_two_documents_says_does_not_count():
    composition = compose("a: 1\n---\na: 2\n")
    assert composition.value == {"a": 1}
    assert [fault.rule for fault in composition.faults] == ["DOC-010"]


@pytest.mark.parametrize(
    "text", ["[" * 1_000_000, "{" * 1_000_000, "- " * 1_000_000, "{a: " * 1_000_000, "? " * 1_000_000]
)
def test_a_million_brackets_end_at_the_depth_that_is_allowed(text):
    composition = compose(text)
    assert composition.value is None
    assert composition.spans == {}
    assert composition.faults[-1].rule == "DOC-018"


@pytest.mark.parametrize("item", ["- 1\n", "- [a]\n", "- ? {a: [1]}\n"])
def test_a_document_of_too_many_values_is_not_read_to_its_end(item):
    composition = compose("a:\n" + item * MAX_NODES)
    assert composition.value is None
    assert composition.faults[-1].rule == "DOC-019"
    assert composition.faults[-1].place.line < MAX_NODES + 2


def test_keys_are_as_long_as_the_longest_name_of_an_attribute():
    assert compose(f"{'k' * MAX_KEY}: 1").faults == ()
    (fault,) = compose(f"{'k' * (MAX_KEY + 1)}: 1").faults
    assert (fault.rule, fault.message) == ("DOC-017", "this key has 129 characters")


def test_a_comma_of_thousands_is_told_as_one():
    (fault,) = compose("limits: {maxInteractions: 5,000}").faults
    assert fault.message == "the comma before 000 ends the value, and 000 would be a key"
    assert fault.hint == "write the number without a comma, such as 5000"
    (fault,) = compose("{a: x, 000: y}").faults
    assert "in quotes" in fault.hint


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "DOC-009"),
        ("\n  \n# only this\n", "DOC-009"),
        ("---\n...\n", "DOC-009"),
        ("null", "DOC-023"),
        ("reason", "DOC-023"),
        ("- a: 1", "DOC-023"),
        ("*all", "DOC-013"),
        ('"a": "\\UFFFFFFFF"', "DOC-008"),
        ("a: b\n%YAML 1.9\n---\n", "DOC-008"),
    ],
)
def test_what_is_no_mapping_has_one_fault_and_no_value(text, rule):
    composition = compose(text)
    assert composition.value is None
    assert [fault.rule for fault in composition.faults] == [rule]


def test_the_parser_s_complaint_names_the_place_where_the_trouble_began():
    (fault,) = compose('a: 1\nb: "open\nc: 2\n').faults
    assert fault.message == (
        "cannot be read: while scanning a quoted scalar from line 2: found unexpected end of stream"
    )
    assert fault.place == Place(4, 1)
    assert fault.hint == "close the quotes"


def test_a_fault_never_repeats_much_of_the_file():
    text = "a: !x" + "y" * 5000 + " 1\nb: " + "9" * 5000 + "\n" + "c" * 5000 + ": 1\n\x1b" + "d" * 5000
    for fault in compose(text).faults:
        assert len(fault.message) < 250
        assert fault.message.isprintable()
