"""Records: one way to write them, strict reading, a closed schema, and ids that follow from the event."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from support.auditdrafts import BODY, Drafting
from support.gitworld import ORIGIN

from runner.audit.identity import namespace, purge_id, record_id
from runner.audit.records import MAX_RECORD, BadRecord, TooLarge, canonical, encode, fits, parse, strict_json
from runner.documents.resources import schema
from runner.model.log import Draft, RecordType

JCS = Path(__file__).resolve().parents[2].parent / "shared" / "vectors" / "jcs"
D = Drafting()
EVERY_KIND = [
    D.refused(),
    D.refused("submission"),
    D.refused("submission", not_before="2026-11-23T10:00:00Z"),
    D.intended(),
    D.submitted(),
    D.ended(),
    D.ended(RecordType.FAILED, job=None),
    D.ended(RecordType.CANCELLED),
    D.halted(),
    D.ambiguous(),
    D.resolved(),
    D.verified(),
    D.delivered(("governance", 3)),
]


@pytest.mark.parametrize("draft", EVERY_KIND, ids=lambda draft: draft.type.value)
def test_every_kind_is_written_and_read_back(draft):
    data = encode(draft)
    record = parse(7, data)
    assert (record.index, record.data, record.id, record.type) == (7, data, draft.id, draft.type)
    assert record.at == draft.at
    assert rfc8785.dumps(record.body) == data
    assert record.body["v"] == 1


@pytest.mark.parametrize("draft", EVERY_KIND, ids=lambda draft: draft.type.value)
def test_every_kind_is_closed(draft):
    body = parse(0, encode(draft)).body
    with pytest.raises(BadRecord, match="closed schema"):
        parse(0, rfc8785.dumps({**body, "extra": 1}))
    for key in body:
        with pytest.raises(BadRecord, match="closed schema"):
            parse(0, rfc8785.dumps({k: v for k, v in body.items() if k != key}))
    with pytest.raises(BadRecord, match="closed schema"):
        parse(0, rfc8785.dumps({**body, "runner": {**body["runner"], "person": "x"}}))


def test_every_type_of_the_model_has_a_schema_and_no_other():
    assert set(schema("records")["properties"]["type"]["enum"]) == {kind.value for kind in RecordType}


GOOD = encode(D.submitted())


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (GOOD + b"\n", "canonical form"),
        (b" " + GOOD, "canonical form"),
        (json.dumps(json.loads(GOOD), indent=1).encode(), "canonical form"),
        (b'{"v":1,' + GOOD.replace(b',"v":1', b"")[1:], "canonical form"),
        (GOOD.replace(b"job-1", b"job\\u002d1"), "canonical form"),
        (GOOD.replace(b'{"at"', b'{"at":"x","at"'), "one key twice"),
        (GOOD.replace(b'"attempt":1', b'"attempt":1.0'), "not whole|NaN"),
        (GOOD.replace(b'"attempt":1', b'"attempt":1e0'), "not whole|NaN"),
        (GOOD.replace(b'"attempt":1', b'"attempt":NaN'), "not whole|NaN"),
        (GOOD.replace(b'"attempt":1', b'"attempt":9007199254740993'), r"beyond 2\^53 - 1"),
        (GOOD.replace(b'"attempt":1', b'"attempt":' + b"9" * 5000), "not strict JSON"),
        (GOOD.replace(b'"attempt":1', b'"attempt":true'), "closed schema"),
        (GOOD.replace(b"job-1", b"\\ud800"), "canonical form"),
        (b"\xff" + GOOD, "not strict JSON"),
        (b"\xef\xbb\xbf" + GOOD, "not strict JSON"),
        (b"[" * 30_000, "nested too deeply"),
        (b"[]", "not a JSON object"),
        (b"1", "not a JSON object"),
        (b"", "not strict JSON"),
        (b"{}", "closed schema"),
        (GOOD.replace(b"purge.submitted", b"purge.imagined"), "closed schema"),
        (GOOD.replace(b'"v":1', b'"v":2'), "closed schema"),
        (b"x" * (MAX_RECORD + 1), "65535 is the most"),
    ],
)
def test_what_is_no_record_is_refused_with_a_reason(data, says):
    with pytest.raises(BadRecord, match=says):
        parse(0, data)


@pytest.mark.parametrize("first", [900, 950])
def test_nesting_of_any_depth_is_refused_with_a_reason(first):
    """Where reading just succeeds, writing it again may not."""
    for depth in range(first, first + 50):
        with pytest.raises(BadRecord, match=r"nested|recursion|schema"):
            parse(0, b'{"a":' * depth + b"1" + b"}" * depth)


@given(st.binary(max_size=300))
def test_reading_any_bytes_gives_a_record_or_a_reason(data):
    with pytest.raises(BadRecord):
        parse(0, data)


@pytest.mark.parametrize(
    ("draft", "says"),
    [
        (D.intended(limit=1.5), "not whole"),
        (D.intended(limit=2**53), r"beyond 2\^53 - 1"),
        (D.intended(counts={"matched": -1}), "closed schema"),
        (D.intended(lease_until="2026-11-23T09:02:00+01:00"), "closed schema"),
        (D.intended(lease_until="2026-02-30T09:02:00Z"), "closed schema"),
        (D.intended(approval={"source": "none", "evidence": {"x": "\ud800"}}), "canonical form"),
    ],
)
def test_a_draft_that_is_no_record_is_refused_before_it_is_written(draft, says):
    with pytest.raises(BadRecord, match=says):
        encode(draft)


def test_size_is_bounded_and_can_be_asked():
    policy = D.intended().fields["policy"]

    def padded(count):
        return D.intended(policy={**policy, "body": {**BODY, "reason": "x" * count}})

    room = MAX_RECORD - len(encode(padded(0)))
    assert len(encode(padded(room))) == MAX_RECORD
    assert fits(padded(room))
    assert not fits(padded(room + 1))
    with pytest.raises(TooLarge):
        encode(padded(room + 1))


@pytest.mark.skipif(
    not JCS.is_dir(), reason="optional: the published RFC 8785 vectors are not in this repository"
)
@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_outside_vector_of_the_canonical_form(name):
    value = json.loads((JCS / "input" / f"{name}.json").read_bytes())
    expected = (JCS / "output" / f"{name}.json").read_bytes()
    assert rfc8785.dumps(value) == expected.rstrip(b"\n")
    if name in ("french", "unicode", "weird"):  # the others are no objects, or hold floats
        assert canonical(value) == expected.rstrip(b"\n")
        assert strict_json(canonical(value)) == value


ANY_TEXT = st.text(
    st.characters(exclude_categories=()) | st.sampled_from('\x00\x1f\x7f\\"/\ud800\udfff\ue000\U0001f600')
)
ANY_NUMBER = st.integers() | st.integers(-2, 2).flatmap(
    lambda off: st.sampled_from([2**53 + off, -(2**53) + off])
)
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | ANY_NUMBER | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
)


@given(st.dictionaries(ANY_TEXT, ANY_VALUE, max_size=5))
def test_the_canonical_form_is_that_of_the_reference(value):
    try:
        expected = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        with pytest.raises(BadRecord):
            canonical(value)
    else:
        assert canonical(value) == expected
        assert strict_json(expected) == value


DEEP = {}
for _ in range(5000):
    DEEP = {"a": DEEP}


@pytest.mark.parametrize(
    "value",
    [{"\ud800": 1}, {"a": "\udfff"}, {"a": 2**53}, {"a": [-(2**53)]}, {"a": 1.0}, {"a": float("nan")}, DEEP],
)
def test_what_has_no_canonical_form_gets_none(value):
    with pytest.raises(BadRecord):
        canonical(value)


def test_ids_are_uuids_of_the_event_under_the_origin():
    assert str(namespace("audit.example.com/acme/purge-policies")) == str(namespace(ORIGIN))
    known = {"purge_id": "67f33c6b-1015-598e-9fe1-d130bfe0a57c"}
    assert record_id(ORIGIN, RecordType.COMPLETED, known) == "10ef9ec2-ba42-58ca-bcaf-187444bec709"


def test_what_makes_two_events_different_makes_their_ids_different():
    again = replace(D, attempt=2)
    distinct = [
        D.refused(),
        D.refused("submission"),
        again.refused("submission"),
        D.intended(),
        again.intended(),
        D.submitted(),
        again.submitted(),
        D.halted(),
        again.halted(),
        D.ambiguous("no-answer"),
        D.ambiguous("job-vanished"),
        again.ambiguous("no-answer"),
        D.resolved("ran"),
        D.resolved("not-run"),
        D.ended(RecordType.COMPLETED),
        D.ended(RecordType.FAILED),
        D.verified(),
        D.delivered(("governance", 1)),
        D.delivered(("governance", 1), ("governance", 2)),
        replace(D, runner={**D.runner, "session": "other"}).delivered(("governance", 1)),
    ]
    assert len({draft.id for draft in distinct}) == len(distinct)
    ids = {purge_id(o, t, p, r) for o in "ab" for t in "ab" for p in "ab" for r in (1, 2)}
    assert len(ids) == 16


def test_what_two_runners_say_of_one_event_makes_the_same_id():
    elsewhere = replace(D, at=D.at.replace(hour=10), runner={**D.runner, "session": "other"})
    for draft, other in (
        (D.intended(), elsewhere.intended(counts={"matched": 7})),
        (D.submitted("job-1"), elsewhere.submitted("job-2")),
        (D.ended(), elsewhere.ended(job="job-2")),
        (D.verified("PASS"), elsewhere.verified("FAIL")),
    ):
        assert draft.id == other.id
        assert encode(draft) != encode(other)


def test_the_order_of_findings_does_not_matter_and_their_content_does():
    def refusal(*findings):
        fields = {**D.refused().fields, "findings": [{"rule": r, "path": p} for r, p in findings]}
        return record_id(ORIGIN, RecordType.REFUSED, fields)

    one, two = ("RET-003", "/dateRange"), ("HLD-001", "")
    assert refusal(one, two) == refusal(two, one)
    assert len({refusal(one), refusal(two), refusal(one, two), refusal()}) == 4


def test_fields_of_the_draft_cannot_override_what_every_record_has():
    draft = D.submitted()
    forged = Draft(draft.type, draft.id, draft.at, {**draft.fields, "id": "x", "v": 9, "at": "never"})
    assert encode(forged) == encode(draft)
