"""The page that a regulator reads: short, whole, and harmless whatever stands in the records."""

import pytest
from support.auditdrafts import Drafting, records
from support.gitworld import ORIGIN

from runner.audit.disposition import disposition
from runner.audit.trail import trails
from runner.documents.resources import schema
from runner.model.log import Checkpoint, RecordType
from runner.model.purge import PurgeState
from runner.model.verdict import Verdict
from runner.reports.certificate_text import certificate_text

D = Drafting()
CHECKPOINT = Checkpoint(ORIGIN, 5, bytes(32))
ENDED = [D.intended(), D.submitted(), D.ended()]


def page(*drafts):
    told = records(D.verified(), *drafts)[1:]  # leaf 0 is the opening, of no interest here
    return certificate_text(disposition(ORIGIN, trails(ORIGIN, told)[D.purge_id]), CHECKPOINT)


@pytest.mark.parametrize(
    ("drafts", "verdict", "status"),
    [
        ([*ENDED, D.verified()], "PASS     a look after", "completed: the platform says that it is done"),
        ([*ENDED, D.verified("FAIL")], "FAIL     what was", "completed"),
        (ENDED, "UNKNOWN  nobody knows", "completed"),
        ([D.intended(), D.halted()], "FAIL     what was", "halted: stopped after it had been announced"),
        ([D.intended(), D.ambiguous()], "UNKNOWN  nobody", "ambiguous: nobody knows whether it ran"),
        (
            [D.intended(), D.submitted(), D.ended(RecordType.FAILED)],
            "FAIL",
            "failed; part of the data may be gone",
        ),
        ([D.intended(), D.refused("submission")], "FAIL", "refused"),
        ([D.intended(), D.ambiguous(), D.resolved()], "UNKNOWN", "a person found that it ran"),
        ([D.intended(), D.ambiguous(), D.resolved("not-run")], "FAIL", "found that it did not run"),
        ([D.intended()], "UNKNOWN", "intended"),
        ([D.intended(), D.submitted()], "UNKNOWN", "submitted"),
        ([D.intended(), D.submitted(), D.ended(RecordType.CANCELLED)], "FAIL", "cancelled"),
    ],
)
def test_verdict_and_status_stand_at_the_head_of_one_page(drafts, verdict, status):
    lines = page(*drafts).splitlines()
    assert lines[0] == "CERTIFICATE OF DISPOSITION"
    assert lines[2].startswith(f"  {verdict}")
    assert status in lines[3]
    assert len(lines) < 95
    assert max(map(len, lines)) <= 110


def test_what_is_not_recorded_says_so_and_zero_is_a_number():
    text = page(*ENDED, D.verified())
    assert "  ticket                  not recorded\n" in text
    assert "Approval\n  source                  none\n" in text
    assert "  left afterwards         0\n" in text
    assert "  matched before          1482\n" in text
    assert "  holds compared          matter-1 (blob bbbbbbbbbbbb)\n" in text
    assert "A person's decision" not in text
    resolved = page(D.intended(), D.ambiguous(), D.resolved())
    assert "  by account              4711\n" in resolved


def test_foreign_text_in_it_is_harmless():
    body = {**D.intended().fields["policy"]["body"], "reason": "x\x1b[31m\u202e\n::error::##[group]"}
    policy = {**D.intended().fields["policy"], "body": body}
    filters = {**policy, "body": {**body, "filters": {"attributes": {"a\x07": ["b\u2066"]}}}}
    for changed in (policy, filters):
        text = page(D.intended(policy=changed), D.submitted("job\x1b]0;x\x07"))
        assert not {"\x1b", "\x07", "\u202e", "\u2066"} & set(text)
        assert "##[" not in text
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())


def test_every_review_of_the_approval_is_a_line():
    reviews = [
        {"person": 4711, "state": "approved", "url": "https://x"},
        {"person": 4712, "state": "approved"},
    ]
    evidence = {"pull_request": 17, "involved": [1, 2], "reviews": reviews}
    text = page(D.intended(approval={"source": "github", "evidence": evidence}))
    assert "  pull request            17\n" in text
    assert "  involved                1, 2\n" in text
    assert text.count("  reviews                 ") == 2
    assert "person 4712; state approved\n" in text


def test_the_schema_knows_every_state_and_verdict():
    known = schema("certificate")["properties"]["certificate"]["properties"]
    assert set(known["status"]["enum"]) == set(PurgeState)
    assert set(known["verdict"]["enum"]) == set(Verdict)
