import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.trees import HOLD, POLICY, TARGET, file

from runner.documents.drafting import draft
from runner.documents.kinds import Kind
from runner.documents.reading import read
from runner.documents.resources import schema

BODIES = {Kind.PURGE_POLICY: POLICY, Kind.LEGAL_HOLD: HOLD, Kind.TARGET: TARGET}
WORDS = st.sampled_from(
    ["yes", "NO", "null", "012", "1e3", "0x1", "~", "# a", "a: b", "-", "'", '"', "\\n", "{", "*"]
)


def written(kind, **fields):
    body = {key: value for key, value in BODIES[kind].items() if key not in ("apiVersion", "kind")}
    return draft(kind, "a", {**body, **fields})


@pytest.mark.parametrize("kind", BODIES)
def test_a_draft_is_commented_and_follows_its_schema(kind):
    text = written(kind)
    document = read(file(kind.path("a"), text))
    assert document.faults == ()
    assert document.value == {**BODIES[kind], "name": "a"}
    assert text.count("\n# ") >= 5
    assert "@" not in text


def test_the_draft_of_a_hold_names_every_cause_there_is():
    comment = written(Kind.LEGAL_HOLD).partition("\ntype: ")[0].rpartition("\n\n")[2]
    assert set(schema("legal-hold")["properties"]["type"]["enum"]) <= set(re.findall(r"[\w-]+", comment))


def test_what_is_absent_is_left_out_with_its_comment():
    text = written(Kind.PURGE_POLICY)
    assert "ropaRef" not in text
    assert "record of processing" not in text
    assert "\n\n\n" not in text


def test_a_field_without_a_place_is_never_dropped_in_silence():
    with pytest.raises(ValueError, match="no place for release"):
        written(Kind.LEGAL_HOLD, release={"reason": "settled"})


def test_short_texts_stand_without_quotes_and_ambiguous_ones_do_not():
    text = written(Kind.PURGE_POLICY, jurisdictions=["US", "NO"], tags=["on", "phi"])
    assert 'jurisdictions: [US, "NO"]' in text
    assert 'tags: ["on", phi]' in text


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])) | WORDS, st.integers(0, 10**6))
def test_every_text_is_read_as_it_was_given(text, number):
    drafted = written(Kind.PURGE_POLICY, reason=text, filters={"attributes": {text or "a": [text, number]}})
    document = read(file("policies/purges/a.yaml", drafted))
    if not any(fault.rule == "DOC-007" for fault in document.faults):
        assert document.value is not None
        assert document.value["reason"] == text
        assert document.value["filters"] == {"attributes": {text or "a": [text, number]}}
