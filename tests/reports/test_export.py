"""The export: exact figures for programs, and nothing that a spreadsheet would obey."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.auditdrafts import Drafting, records
from support.gitworld import ORIGIN

from runner.audit.trail import trails
from runner.documents import schema
from runner.model.log import Checkpoint, RecordType
from runner.reports.export import COLUMNS
from runner.reports.export_csv import export_csv
from runner.reports.export_json import export_json, export_jsonl

D = Drafting()
CHECKPOINT = Checkpoint(ORIGIN, 9, bytes(32))
ENDED = [D.intended(), D.submitted(), D.ended(), D.verified()]


def told(*drafts):
    return records(D.verified(), *drafts)[1:]  # leaf 0 is the opening, of no interest here


def found(*drafts):
    return trails(ORIGIN, told(*drafts)).values()


def table(*drafts):
    return list(csv.DictReader(io.StringIO(export_csv(found(*drafts), CHECKPOINT), newline="")))


def test_a_purge_is_one_row_with_its_figures():
    (row,) = table(*ENDED)
    assert tuple(row) == COLUMNS
    assert (row["policy"], row["revision"], row["state"], row["verdict"]) == (
        "billing",
        "1",
        "completed",
        "PASS",
    )
    assert (row["matched"], row["purged"], row["remaining"]) == ("1482", "1482", "0")
    assert (row["start"], row["classification"]) == ("2018-01-01T00:00:00.000Z", "hipaa")
    assert (row["records"], row["checkpoint"]) == ("1 2 3 4", f"9:{'A' * 43}=")


def test_unknown_is_empty_and_never_zero():
    (row,) = table(D.intended(counts={"matched": None}))
    assert (row["matched"], row["remaining"], row["endedAt"], row["verdict"]) == ("", "", "", "UNKNOWN")


def test_what_was_only_refused_has_its_rules_and_no_figures():
    (row,) = table(D.refused())
    assert (row["state"], row["refusedBy"], row["verdict"], row["limit"]) == ("refused", "RET-003", "", "")


def test_lines_end_as_rfc_4180_says_and_an_empty_log_has_a_header():
    text = export_csv(found(*ENDED), CHECKPOINT)
    assert text.count("\r\n") == text.count("\n") == text.count("\r") == 2
    assert export_csv([], CHECKPOINT) == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize(
    "job",
    ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "=\u202e", "\uff1d1", '"=1', "a,b", 'a"b', "\x00", "'"],
)
def test_no_cell_is_obeyed_and_the_row_stays_whole(job):
    (row,) = table(D.intended(), D.submitted(job))
    cell = row["jobId"]
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))
    assert cell.isprintable()
    assert len(row) == len(COLUMNS)


@given(st.text(min_size=1, max_size=40).filter(lambda text: not any(0xD800 <= ord(c) < 0xE000 for c in text)))
def test_whatever_a_server_says_stays_in_its_cell(job):
    (row,) = table(D.intended(), D.submitted(job))
    assert None not in row
    assert row["state"] == "submitted"
    assert row["jobId"].lstrip()[:1] not in ("=", "+", "-", "@")


def test_as_json_it_follows_its_schema_and_says_the_same():
    drafts = [*ENDED, Drafting(policy="sales").refused()]
    document = json.loads(export_json("sandbox", found(*drafts), CHECKPOINT))
    assert schema.check("export", document) == ()
    first, second = document["purges"]
    assert (first["remaining"], first["records"], second["verdict"]) == (0, [1, 2, 3, 4], None)
    assert tuple(first) == COLUMNS


def test_records_are_one_line_each():
    lines = export_jsonl("sandbox", told(*ENDED, D.ended(RecordType.FAILED))).splitlines()
    assert [json.loads(line)["index"] for line in lines] == [1, 2, 3, 4, 5]
    assert json.loads(lines[1])["record"]["job"] == {"id": "job-1"}
    hostile = export_jsonl("sandbox", told(D.intended(), D.submitted("##[x\x1b\u202e")))
    assert hostile.isascii()
    assert "##[" not in hostile
    assert json.loads(hostile.splitlines()[1])["record"]["job"]["id"] == "##[x\x1b\u202e"
