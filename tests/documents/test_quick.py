"""The quick yes: it never says yes where the full check finds a fault, and misses no sound record."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.auditdrafts import Drafting, key_draft
from support.gitworld import ORIGIN, RUNNER

from runner.audit.records import encode, opened
from runner.documents import schema
from runner.documents.quick import UnknownKeyword, compiled, surely
from runner.merkle.keys import Signer
from runner.model.log import RecordType

D = Drafting()
KEY = Signer.generate(ORIGIN).verifier
DRAFTS = [
    opened(ORIGIN, "sandbox", [str(KEY)], [], RUNNER, D.at),
    D.intended(),
    D.submitted(),
    D.ended(),
    D.ended(RecordType.FAILED, job=None),
    D.halted(),
    D.ambiguous(),
    D.resolved(),
    D.resolved("not-run"),
    D.verified(),
    D.refused(),
    D.refused("submission", not_before="2026-11-23T10:00:00Z"),
    D.delivered(("governance", 1)),
    D.given_up(("governance", 1)),
    D.replayed(("governance", 1)),
    key_draft(RecordType.KEY_ADDED, KEY),
    key_draft(RecordType.KEY_COMPROMISED, KEY, from_size=1),
]
BODIES = [json.loads(encode(draft)) for draft in DRAFTS]
ODD = [None, True, 0, -1, 1, 10**9, 1.5, "", "A" * 600, "a\n", "2026-13-01T00:00:00Z", [], {}, [1]]


def full(body):
    """Whether the library finds no fault."""
    return schema.check("records", body) == ()


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body["type"])
def test_every_sound_record_gets_it(body):
    assert surely("records", body)
    assert full(body)


def places(value, path=()):
    """Every place in a value, as a list of keys."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


@st.composite
def altered(draw):
    """A record with one or two things in it replaced, taken away or added."""
    body = copy.deepcopy(draw(st.sampled_from(BODIES)))
    for _ in range(draw(st.integers(1, 2))):
        *path, last = draw(st.sampled_from([place for place in places(body) if place]))
        holder = body
        for key in path:
            holder = holder[key]
        act = draw(st.sampled_from(["replace", "remove", "add"]))
        if act == "replace" or isinstance(holder, list):
            holder[last] = copy.deepcopy(draw(st.sampled_from([*ODD, *BODIES[0].values()])))
        elif act == "remove":
            del holder[last]
        else:
            holder["more"] = copy.deepcopy(draw(st.sampled_from(ODD)))
    return body


@given(altered())
def test_an_altered_record_is_judged_as_by_the_library(body):
    assert surely("records", body) is full(body)


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, {"type": []}, {"type": {}}, {"type": "x"}])
def test_what_is_no_record_at_all_does_not_get_it(value):
    assert not surely("records", value)


@pytest.mark.parametrize(
    "described", [{"not": {}}, {"type": "string", "uniqueItems": True}, {"if": {"not": {}}, "then": {}}]
)
def test_a_schema_with_another_keyword_is_not_compiled(described):
    with pytest.raises(UnknownKeyword):
        compiled(described)


@pytest.mark.parametrize(
    ("described", "good", "bad"),
    [
        ({"enum": [1, "a", None]}, [1, "a", None], [True, 1.0, "b", [], {}]),
        ({"const": 1}, [1], [True, 1.0, "1"]),
        ({"type": ["integer", "null"]}, [1, None], [True, 1.0, "1"]),
        ({"pattern": "^a$"}, ["a", 7], ["a\n", "ba"]),
        ({"pattern": "a"}, ["xax"], ["b"]),
        ({"minimum": 2, "maximum": 3}, [2, 3, "x"], [1, 4, 1.5]),
        ({"minLength": 1, "maxLength": 2}, ["a", "ab", 7], ["", "abc"]),
        ({"minItems": 1, "maxItems": 2}, [[1], {}], [[], [1, 2, 3]]),
        ({"items": {"type": "string"}}, [["a"], [], "x"], [["a", 1]]),
        (
            {"additionalProperties": {"type": "string"}, "properties": {"n": {}}},
            [{"n": 1, "x": "y"}],
            [{"x": 1}],
        ),
        ({"additionalProperties": False, "properties": {"n": {}}}, [{"n": 1}, {}, 7], [{"x": 1}]),
        ({"required": ["a"]}, [{"a": 1}, []], [{}]),
        ({"anyOf": [{"type": "string"}, {"minimum": 3}]}, ["x", 3], [2]),
        ({"if": {"type": "string"}, "then": {"maxLength": 1}}, ["x", 3], ["xy"]),
        ({"format": "date"}, ["2026-11-23", 7], ["2026-11-31"]),
    ],
)
def test_each_keyword(described, good, bad):
    check = compiled(described)
    assert [value for value in good if not check(value)] == []
    assert [value for value in bad if check(value)] == []
