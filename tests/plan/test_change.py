import pytest
from support.trees import NOW, file, hold, policy, purge, target

from runner.model.finding import Severity
from runner.model.purge import PurgeState
from runner.plan.change import review_change
from runner.plan.review import review

TEN = [policy(f"p{number}", filters={"attributes": {"department": f"d{number}"}}) for number in range(10)]
RELEASE = {"reason": "settled", "releasedOn": "2026-01-01", "purgeableFrom": "2026-06-01"}
NARROW = {"interactionTypes": ["chat"]}


def found(base, sources, purges=()):
    """Rule, severity and file of each finding of a change."""
    judged = review_change(base, sources, now=NOW, purges=purges)
    assert list(judged.findings) == sorted(judged.findings)
    return [(f.rule, f.severity, f.file) for f in judged.findings]


def test_a_change_of_nothing_answers_for_nothing_but_form():
    broken = policy("broken", surprise=1)
    held = [target(), *TEN, hold("h"), policy("short", reason="test"), broken]
    assert found(held, held) == [("SCH-001", Severity.ERROR, broken.path)]


def test_a_new_hold_over_ten_policies_is_green_and_names_all_ten():
    base = [target(), *TEN]
    expected = [("HLD-001", Severity.NOTE, each.path) for each in TEN]
    assert found(base, [*base, hold("h")]) == expected


def test_a_second_hold_names_them_again_with_what_is_new_only():
    base = [target(), *TEN, hold("h")]
    judged = review_change(base, [*base, hold("h2")], now=NOW)
    assert len(judged.findings) == 10
    assert all("h2" in finding.message for finding in judged.findings)


def test_what_a_changed_policy_breaks_is_an_error_and_what_it_causes_elsewhere_a_note():
    base = [target(), policy("a"), policy("b", filters={"attributes": {"department": "sales"}})]
    assert found(base, [target(), policy("a"), policy("b")]) == [
        ("SCP-005", Severity.NOTE, "policies/purges/a.yaml"),
        ("SCP-005", Severity.ERROR, "policies/purges/b.yaml"),
    ]


def test_a_new_policy_under_an_old_hold_is_refused():
    base = [target(), hold("h")]
    assert found(base, [*base, policy("a")]) == [("HLD-001", Severity.ERROR, "policies/purges/a.yaml")]


def test_a_warning_in_a_changed_file_stays_and_in_another_is_left_out():
    warned = policy("a", retentionDays=365)
    base = [target(), warned]
    assert found(base, base) == []
    assert found([target()], base) == [("RET-005", Severity.WARNING, warned.path)]


def test_a_target_that_goes_is_noted_where_it_is_missed():
    assert found([target(), policy("a")], [policy("a")]) == [
        ("TGT-001", Severity.NOTE, "policies/purges/a.yaml")
    ]


def test_a_hold_that_is_broken_by_a_change_is_an_error_and_every_policy_a_note():
    base = [target(), policy("a"), hold("h", scope=NARROW)]
    assert found(base, [target(), policy("a"), hold("h", scope=[])]) == [
        ("SCH-001", Severity.ERROR, "policies/holds/h.yaml"),
        ("HLD-001", Severity.NOTE, "policies/purges/a.yaml"),
    ]


@pytest.mark.parametrize(
    "gone",
    [
        hold("gone", scope=NARROW),
        hold(
            "gone",
            scope=NARROW,
            release=RELEASE,
        ),
        file("policies/holds/gone.yaml", "{"),
    ],
    ids=["active", "released", "unreadable"],
)
def test_the_file_of_a_hold_may_not_go(gone):
    judged = review_change([target(), gone], [target()], now=NOW)
    (finding,) = judged.errors
    assert (finding.rule, finding.file) == ("HLD-005", "policies/holds/gone.yaml")
    assert (finding.line, finding.column) == (1, 1)
    assert "gone" in finding.message


def test_renaming_a_hold_deletes_it():
    assert found([target(), hold("a", scope=NARROW)], [target(), hold("b", scope=NARROW)]) == [
        ("HLD-005", Severity.ERROR, "policies/holds/a.yaml")
    ]


def test_what_never_was_a_hold_may_go():
    stray = [file("policies/holds/notes.txt", "x"), file("policies/holds/README.md", "x")]
    assert found([target(), *stray], [target()]) == []


@pytest.mark.parametrize("state", PurgeState)
def test_a_policy_may_go_with_a_warning_while_its_purge_is_open(state):
    gone = policy("a")
    expected = [("PLC-003", Severity.WARNING, gone.path)]
    is_open = state in (PurgeState.INTENDED, PurgeState.SUBMITTED, PurgeState.AMBIGUOUS)
    assert found([target(), gone], [target()], [purge(gone, state)]) == (expected if is_open else [])


def test_everything_else_of_the_review_is_that_of_the_whole_tree():
    sources = [target(), *TEN, hold("h", scope=NARROW)]
    changed, whole = review_change([], sources, now=NOW), review(sources, now=NOW)
    assert changed == whole
