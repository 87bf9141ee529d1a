"""Notices: who is told, the one body that each has, and entries that are read to the byte."""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.auditdrafts import Drafting, records
from support.faketime import START
from support.gitworld import ORIGIN

from runner.audit.outbox import Occasion, addressed, body, entry, read_entry
from runner.audit.records import BadRecord, canonical
from runner.merkle.checkpoint import read, sign
from runner.merkle.keys import Signer
from runner.merkle.tree import Tree, consistency_holds, inclusion_holds, leaf_hash
from runner.model.log import Checkpoint
from runner.model.notice import Notice
from runner.model.target import Webhook

CLOUDEVENTS = Path(__file__).resolve().parents[2].parent / "shared/vectors/cloudevents/cloudevents.json"
USED = json.loads(Path(__file__).with_name("cloudevents-used.schema.json").read_text())
D = Drafting()
LOG = records(D.refused(), D.intended(), D.submitted(), D.ended(), D.delivered(("governance", 3)))
TREE = Tree(leaf_hash(record.data) for record in LOG)
SIGNER = Signer.generate(ORIGIN)
NOTE = sign(Checkpoint(ORIGIN, 5, TREE.root(5)), SIGNER)


def event(index, old_size=2):
    return json.loads(body(ORIGIN, LOG[index], TREE, Occasion(NOTE, 5, old_size)))


def test_a_notice_is_an_event_with_its_record():
    made = event(3)
    data = made.pop("data")
    assert made == {
        "specversion": "1.0",
        "id": LOG[3].id,
        "source": f"https://{ORIGIN}",
        "type": "purgectl.purge.completed.v1",
        "subject": D.purge_id,
        "time": "2026-11-23T09:00:00Z",
        "datacontenttype": "application/json",
    }
    assert data["record"] == LOG[3].body
    assert data["index"] == 3
    assert "subject" not in event(4)


def test_a_receiver_can_prove_the_record_and_that_nothing_was_rewritten():
    data = event(3)["data"]
    header, index, *rest = data["proof"].split("\n")
    assert (header, index) == ("c2sp.org/tlog-proof@v1", "index 3")
    end = rest.index("")
    checkpoint = read("\n".join(rest[end + 1 :]).encode(), ORIGIN, [SIGNER.verifier])
    path = [base64.b64decode(line) for line in rest[:end]]
    leaf = leaf_hash(canonical(data["record"]))
    assert inclusion_holds(3, checkpoint.size, leaf, path, checkpoint.root)
    hashes = [base64.b64decode(value) for value in data["consistency"]["hashes"]]
    assert data["consistency"]["old_size"] == 2
    assert consistency_holds(2, 5, TREE.root(2), checkpoint.root, hashes)


@pytest.mark.parametrize("index", range(len(LOG)))
def test_a_notice_is_a_cloudevent(index):
    jsonschema.validate(event(index), USED, format_checker=jsonschema.FormatChecker())


@pytest.mark.skipif(
    not CLOUDEVENTS.is_file(), reason="optional: the published CloudEvents schema is not in this repository"
)
@pytest.mark.parametrize("index", range(len(LOG)))
def test_a_notice_is_of_the_published_cloudevents_schema(index):
    jsonschema.validate(event(index), json.loads(CLOUDEVENTS.read_bytes()))


def test_endpoints_are_told_what_they_asked_for_in_the_order_of_the_log():
    one = Webhook("one", frozenset({"purge.completed", "purge.intended"}))
    two = Webhook("two", frozenset({"purge.submitted"}))
    told = [(end.id, record.index) for end, record in addressed(LOG, [one, two])]
    assert told == [("one", 1), ("one", 3), ("two", 2)]


NOTICE = Notice("governance", 3, LOG[3].id, b'{"a":"\xc3\xa4\\n"}', START, 0, "", None)
TRIED = replace(
    NOTICE,
    attempts=3,
    last_result="http-503",
    last_at=START,
    next_attempt_at=START + timedelta(minutes=30),
)


@pytest.mark.parametrize("notice", [NOTICE, TRIED])
def test_an_entry_reads_back_as_it_was(notice):
    assert read_entry(entry(notice)) == notice


def test_what_an_entry_looks_like():
    assert json.loads(entry(TRIED)) == {
        "v": 1,
        "endpoint": "governance",
        "index": 3,
        "webhook_id": LOG[3].id,
        "body": '{"a":"ä\\n"}',
        "body_sha256": hashlib.sha256(TRIED.body).hexdigest(),
        "enqueued_at": "2026-11-23T09:00:00Z",
        "attempts": 3,
        "last": {"at": "2026-11-23T09:00:00Z", "result": "http-503"},
        "next_attempt_at": "2026-11-23T09:30:00Z",
    }


@given(st.integers(0, len(entry(TRIED)) - 1), st.integers(1, 255))
def test_no_changed_byte_keeps_the_body_and_the_form(place, change):
    data = bytearray(entry(TRIED))
    data[place] ^= change
    try:
        notice = read_entry(bytes(data))
    except BadRecord:
        return
    assert notice.body == TRIED.body


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"attempts": "3"},
        {"attempts": True},
        {"attempts": -1},
        {"attempts": 2**53 - 1},
        {"last": {"at": "2026-11-23T09:00:00Z", "result": "x" * 51}},
        {"last": []},
        {"last": {"at": "never", "result": "x"}},
        {"next_attempt_at": "soon"},
        {"enqueued_at": "2026-11-23T10:00:00+01:00"},
        {"body_sha256": "0" * 64},
        {"body": None},
        {"v": 2},
    ],
)
def test_what_is_no_entry_is_refused(change):
    with pytest.raises(BadRecord):
        read_entry(canonical({**json.loads(entry(TRIED)), **change}))
    for key in json.loads(entry(TRIED)):
        with pytest.raises(BadRecord):
            read_entry(canonical({k: v for k, v in json.loads(entry(TRIED)).items() if k != key}))
