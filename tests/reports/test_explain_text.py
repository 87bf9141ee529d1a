from dataclasses import replace
from datetime import timedelta

import pytest
from support.findings import each_hostile_text, finding
from support.trees import NOW, policy, purge, target

from runner.documents.reading import read
from runner.documents.typed import purge_policy
from runner.documents.typed import target as typed_target
from runner.model.finding import Severity
from runner.model.purge import PurgeState
from runner.model.settings import Settings
from runner.model.target import Approvals
from runner.model.text import hidden
from runner.reports.explain_text import Explained, explain_text
from runner.rules.catalogue import CATALOGUE


def explanation(source=None, at=NOW, **changes):
    known = Explained(
        file="policies/purges/a.yaml",
        policy=purge_policy(read(source or policy("a")).value),
        target=typed_target(read(target()).value),
        purge=None,
        entries=(),
        findings=(),
        rules=CATALOGUE,
        settings=Settings(),
        now=at,
    )
    return replace(known, **changes)


def explained(source=None, **changes):
    """The explanation with every run of white space as one space."""
    return " ".join(explain_text(explanation(source, **changes)).split())


def test_it_says_what_is_deleted_where_and_how_much():
    text = explained()
    assert "Voice interactions on target sandbox (a simulator on this machine) that took place from" in text
    assert "2018-01-01T00:00:00.000Z to 2018-12-31T23:59:59.999Z, both included" in text
    assert "department: billing" in text
    assert "deleted for good" in text
    assert "At most 5,000 interactions; if more match, nothing is deleted." in text
    assert "Reason: Seven-year period of the 2018 billing calls has ended." in text
    assert "confidential, under the law of US" in text


def test_it_says_what_goes_along_where_whole_conversations_go():
    recordings = typed_target(read(target(backend="recording-jobs")).value)
    queue = {"dimensions": {"queue": ["6f2f4f0e-0000-4000-8000-000000000001"]}}
    text = explained(policy("a", filters=queue), target=recordings)
    assert "platform.queue: 6f2f4f0e-0000-4000-8000-000000000001" in text
    assert "Each conversation goes as a whole" in text
    assert "as sensitive stay, because nobody says that they go." in text
    every = policy("a", interactionType="any", filters={}, includeSensitive=True)
    text = explained(every, target=recordings)
    assert "Interactions of every type on target sandbox" in text
    assert "marks as sensitive go too." in text
    assert "Each conversation" not in explained(policy("a"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"filters": {}, "allowUnfiltered": True}, "whatever attributes they carry"),
        ({"filters": {"attributes": {"queue": ["a", 1, True]}}}, "queue: a or 1 or True"),
        ({"purgeType": "soft", "graceDays": 30}, "can be restored for 30 days"),
        ({"purgeType": "soft"}, "can be restored for an unstated time"),
        ({"mode": "observe"}, "only observed"),
        (
            {"expected": {"count": 1240, "tolerancePercent": 2}},
            "expect 1,240; if the count differs by more than 2 percent",
        ),
        ({"revision": 3}, "runs once, as revision 3"),
        (
            {"retentionTrigger": {"event": "contract-end", "date": "2019-05-01", "evidence": "DOC-1"}},
            "after the last of them and contract-end of 2019-05-01",
        ),
    ],
)
def test_it_says_what_the_policy_says(changes, words):
    assert words in explained(policy("a", **changes))


def test_the_day_from_which_it_is_allowed_is_told_from_both_sides():
    allowed = explanation().policy.eligible_at
    assert "2026-01-01T00:00:00Z, in 1 day: 2,557 days after" in explained(at=allowed - timedelta(hours=1))
    assert "2026-01-01T00:00:00Z, today: 2,557 days after" in explained(at=allowed)
    assert "2026-01-01T00:00:00Z, 326 days ago" in explained()


def test_a_range_settles_even_when_nothing_has_to_be_kept():
    assert "2019-01-03T00:00:00Z" in explained(policy("a", retentionDays=0))


def test_card_data_need_not_settle():
    assert "2019-01-01T00:00:00Z" in explained(policy("a", retentionDays=0, tags=["card-sad"]))


def test_every_rule_of_a_policy_is_named_and_whether_it_is_met():
    text = explained(findings=(finding(rule="RET-003"), finding(rule="RET-005", severity=Severity.WARNING)))
    assert "RET-003 not met: " in text
    assert "HLD-001 met: No legal hold reaches the policy [FRCP 37(e)" in text
    assert "HLD-005" not in text
    assert "policies/purges/x.yaml:12:3: RET-003 error: not old enough" in text
    assert "- What stands against it is gone." in text


def test_what_is_missing_depends_on_the_target():
    sandbox = explanation().target
    real = replace(sandbox, region="eu-central-1", organization_id="0f6f", suspended=True)
    text = explained(target=real)
    assert "(Genesys Cloud organisation 0f6f in eu-central-1)" in text
    assert "`expected` holds the count" in text
    assert "not suspended any more" in text
    assert "have opened the log of sandbox (docs/setup.md)" in text
    assert "keygen" not in text
    assert "which is not known here" in explained(target=None)
    assert "`expected`" not in explained()


def test_it_says_whose_approval_it_waits_for():
    real = replace(explanation().target, approvals=Approvals.GITHUB)
    hipaa = policy("a", classification="hipaa", filters={}, allowUnfiltered=True)
    text = explained(hipaa, target=real)
    assert "approved exactly these bytes: 4 people, privacy-officer, records-manager." in text
    assert "these bytes: 1 person." in explained(policy("a", classification="public"), target=real)
    assert "these bytes" not in explained(hipaa)


@pytest.mark.parametrize("state", PurgeState)
def test_a_policy_whose_purge_has_begun_misses_nothing(state):
    source = policy("a")
    text = explained(source, purge=purge(source, state))
    assert ("its purge has begun" in text) is (state is not PurgeState.REFUSED)
    assert ("answers for its form only" in text) is state.terminal


@each_hostile_text
def test_hostile_text_is_harmless(text):
    source = policy("a", reason=text, filters={"attributes": {text[:90] or "x": text[:900] or "x"}})
    value = read(source).value
    known = explanation(
        policy=replace(explanation().policy, reason=text, body={"jurisdictions": [text]}),
        findings=(finding(message=text, file=text),),
        file=text,
    )
    outputs = [explain_text(known)]
    if value is not None and read(source).clean:
        outputs.append(explain_text(explanation(source)))
        long = policy("a", reason="word " * 17 + f"{text[:100]} " * 9)
        outputs.append(explain_text(explanation(long) if read(long).clean else known))
    for out in outputs:
        assert not any(hidden(character) for character in out.replace("\n", ""))
        assert "##[" not in out
        assert not any(line.lstrip().startswith("::") for line in out.splitlines())
