import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.trees import NOW, POLICY, file, hold, policy, purge, target

from runner.model.finding import Severity
from runner.model.purge import PurgeState
from runner.model.source import EntryKind, SourceFile
from runner.plan.review import review
from runner.rules.scope import SCP_001

EFFECTIVE = sorted(state for state in PurgeState if not state.without_effect)
WITHOUT_EFFECT = sorted(state for state in PurgeState if state.without_effect)
IN_2024 = {"start": "2024-01-01T00:00:00Z", "end": "2024-12-31T23:59:59Z"}


def blob_of(source):
    return hashlib.sha1(b"blob %d\0" % len(source.data) + source.data).hexdigest()


def judge(*sources, purges=(), now=NOW):
    return review([target(), *sources], now=now, purges=purges)


def rules(reviewed, name):
    return [finding.rule for finding in reviewed.errors_of(f"policies/purges/{name}.yaml")]


def test_a_valid_tree_has_no_findings_and_typed_documents():
    reviewed = judge(policy("a"), hold("h", scope={"interactionTypes": ["chat"]}))
    assert reviewed.findings == ()
    assert [each.policy.name for each in reviewed.policies] == ["a"]
    assert [each.name for _, each in reviewed.holds] == ["h"]
    assert list(reviewed.targets) == ["sandbox"]
    assert list(reviewed.documents) == sorted(reviewed.documents)


def test_nothing_at_all_is_reviewed_too():
    assert review([], now=NOW).findings == ()


def test_findings_are_sorted_and_looked_up_by_file():
    reviewed = judge(
        policy("b", reason="test"), policy("a", interactionType="sms", retentionDays=365, reason="test")
    )
    assert list(reviewed.findings) == sorted(reviewed.findings)
    assert rules(reviewed, "b") == ["RSN-001"]
    assert rules(reviewed, "none") == []
    assert all(finding.severity is Severity.ERROR for finding in reviewed.errors)
    assert "RET-005" in [finding.rule for finding in reviewed.findings]
    assert "RET-005" not in [finding.rule for finding in reviewed.errors]


def test_a_fault_found_later_gets_its_place():
    reviewed = judge(policy("a"))
    finding = reviewed.locate("policies/purges/a.yaml", SCP_001.fault("/filters", "m", at_key=True))
    assert (finding.file, finding.line, finding.column) == ("policies/purges/a.yaml", 12, 1)


class TestRulesOnFilesWithOtherFaults:
    def test_a_rule_runs_when_its_values_are_valid(self):
        reviewed = judge(policy("a", surprise=1, classification="hipaa", retentionDays=30))
        assert rules(reviewed, "a") == ["RET-001", "SCH-001"]

    def test_a_rule_does_not_run_on_a_value_that_is_not(self):
        assert rules(judge(policy("a", classification="hipaa", retentionDays="30")), "a") == ["SCH-001"]
        assert rules(judge(policy("a", retentionTrigger={"event": "e"})), "a") == ["SCH-001", "SCH-001"]
        assert rules(judge(policy("a", filters=[])), "a") == ["SCH-001"]
        assert rules(judge(policy("a", revision="two")), "a") == ["SCH-001"]

    def test_holds_and_overlap_run_when_the_selection_is_valid(self):
        reviewed = judge(policy("a", without=("owner",)), policy("b"), hold("h"))
        assert rules(reviewed, "a") == ["SCH-001", "HLD-001", "SCP-005"]

    def test_a_policy_with_faults_is_not_typed(self):
        assert judge(policy("a", surprise=1)).policies == ()

    def test_a_policy_that_a_rule_refuses_is(self):
        assert [each.policy.name for each in judge(policy("a", reason="test")).policies] == ["a"]


class TestTargets:
    def test_an_unknown_target_names_the_known_ones(self):
        (finding,) = judge(policy("a", target="prod")).findings
        assert finding.rule == "TGT-001"
        assert "there: sandbox" in finding.hint

    def test_a_target_with_errors_refuses_its_policies(self):
        reviewed = judge(policy("a", target="prod"), target("prod", region="nowhere"), policy("b"))
        assert rules(reviewed, "a") == ["TGT-001"]
        assert rules(reviewed, "b") == []
        assert list(reviewed.targets) == ["sandbox"]

    def test_a_hold_on_an_unknown_target_refuses_everything(self):
        reviewed = judge(policy("a"), hold("h", scope={"targets": ["sandbox", "sandpit"]}))
        assert [(f.file, f.rule, f.path) for f in reviewed.errors] == [
            ("policies/holds/h.yaml", "TGT-001", "/scope/targets/1"),
            ("policies/purges/a.yaml", "HLD-001", ""),
        ]
        assert reviewed.holds == ()

    def test_a_hold_on_a_target_with_errors_still_holds(self):
        reviewed = judge(target("prod", region="nowhere"), hold("h", scope={"targets": ["prod"]}))
        assert [each.name for _, each in reviewed.holds] == ["h"]


class TestHolds:
    @pytest.mark.parametrize(
        "broken",
        [
            hold("h", without=("scope",)),
            hold("h", scope={"interactionTypes": ["telepathy"]}),
            file("policies/holds/h.yaml", "{"),
            file("policies/holds/h.yaml", b"\xff"),
            file("policies/holds/h.yaml", ""),
            file("policies/holds/h.yml", "kind: LegalHold\n"),
            file("policies/holds/deeper/h.yaml", "kind: LegalHold\n"),
            file("policies/purges/h.yaml", hold("h").data),
            file("policies/holds/h.yaml", b"\xef\xbb\xbf" + hold("h").data),
            SourceFile("policies/holds/h.yaml", EntryKind.SYMLINK, b"", 0),
            file("policies/Holds/h.yaml", hold("h").data),
            file("policies/hold/h.yaml", hold("h").data),
            file("policies/roles.yaml", hold("h").data),
            SourceFile("policies/holds/h.yaml", EntryKind.FILE, b"", 10_000_000),
        ],
    )
    def test_a_hold_that_cannot_be_read_refuses_every_policy(self, broken):
        reviewed = judge(policy("a"), policy("b", interactionType="sms"), broken)
        assert rules(reviewed, "a") == ["HLD-001"]
        assert rules(reviewed, "b") == ["HLD-001"]

    def test_a_warning_about_a_hold_refuses_nothing(self):
        source = hold("h", scope={"interactionTypes": ["chat"]})
        source = file(source.path, source.data.partition(b"\n")[2])
        assert judge(policy("a"), source).errors == ()

    def test_a_readme_beside_the_holds_is_no_hold(self):
        assert judge(policy("a"), file("policies/holds/README.md", "# Holds\n")).findings == ()

    def test_a_hold_ends_only_where_somebody_says_that_its_release_counts(self):
        release = {"reason": "Settled.", "releasedOn": "2026-01-01", "purgeableFrom": "2026-02-01"}
        sources = [target(), policy("a"), hold("h", release=release), hold("i")]
        assert rules(review(sources, now=NOW, released={"h", "i"}), "a") == []
        assert rules(review(sources, now=NOW, released={"h"}), "a") == ["HLD-001"]
        broken = file("policies/holds/i.yaml", "{")
        assert rules(review([*sources[:3], broken], now=NOW, released={"h", "i"}), "a") == ["HLD-001"]

    def test_a_hold_with_a_release_is_active(self):
        release = {"reason": "Settled.", "releasedOn": "2026-01-01", "purgeableFrom": "2026-02-01"}
        (finding,) = judge(policy("a"), hold("h", release=release)).findings
        assert finding.rule == "HLD-001"
        assert "the hold is active" in finding.hint


class TestOverlap:
    def test_both_policies_are_told(self):
        reviewed = judge(policy("a"), policy("b"), policy("c", interactionType="sms"))
        assert rules(reviewed, "a") == ["SCP-005"]
        assert rules(reviewed, "b") == ["SCP-005"]
        assert rules(reviewed, "c") == []

    def test_of_many_rivals_three_are_named(self):
        (finding,) = judge(*(policy(name) for name in "abcdef")).errors_of("policies/purges/a.yaml")
        assert finding.message.count("policies/purges/") == 3
        assert finding.message.endswith(" and 2 more")

    @pytest.mark.parametrize("state", EFFECTIVE)
    def test_a_copy_of_a_purged_policy_is_refused(self, state):
        (finding,) = judge(policy("b"), purges=[purge(policy("a"), state)]).findings
        assert finding.rule == "SCP-005"
        assert f"the purge of a (revision 1, {state.value})" in finding.message

    def test_what_came_late_to_a_range_that_need_not_settle_is_not_ordered_again(self):
        """Card authentication data goes at once; the officers' guide says what becomes of the rest."""
        fresh = {"start": "2026-11-01T00:00:00.000Z", "end": "2026-11-22T23:59:59.999Z"}
        urgent = {"tags": ["card-sad"], "classification": "pii", "retentionDays": 0, "dateRange": fresh}
        first, again = (policy(name, **urgent, ticket="REC-1") for name in "ab")
        assert judge(first).findings == ()
        purges = [purge(first, PurgeState.COMPLETED)]
        assert rules(judge(again, purges=purges), "b") == ["SCP-005"]

    @pytest.mark.parametrize("state", WITHOUT_EFFECT)
    def test_a_purge_without_effect_is_no_rival(self, state):
        assert judge(policy("b"), purges=[purge(policy("a"), state)]).findings == ()

    def test_a_purge_on_another_target_is_no_rival(self):
        purges = [purge(policy("a", target="prod"), PurgeState.COMPLETED)]
        assert judge(policy("b"), purges=purges).findings == ()

    @pytest.mark.parametrize("state", EFFECTIVE)
    def test_supersedes_lifts_only_what_failed_or_was_cancelled(self, state):
        reviewed = judge(policy("b", supersedes="a"), purges=[purge(policy("a"), state)])
        lifted = state in (PurgeState.FAILED, PurgeState.CANCELLED)
        assert rules(reviewed, "b") == ([] if lifted else ["SCP-005"])

    def test_supersedes_names_one_policy(self):
        purges = [purge(policy("a"), PurgeState.FAILED), purge(policy("c"), PurgeState.FAILED)]
        assert rules(judge(policy("b", supersedes="a"), purges=purges), "b") == ["SCP-005"]

    def test_supersedes_does_not_lift_a_policy_that_may_yet_run(self):
        assert rules(judge(policy("a"), policy("b", supersedes="a")), "b") == ["SCP-005"]

    @pytest.mark.parametrize("state", EFFECTIVE)
    def test_once_begun_a_policy_stands_for_itself_by_its_purge_alone(self, state):
        old = policy("a")
        reviewed = judge(old, policy("b"), purges=[purge(old, state, blob=blob_of(old))])
        (finding,) = reviewed.errors_of("policies/purges/b.yaml")
        assert "policies/purges/a.yaml" not in finding.message
        assert rules(reviewed, "a") == []

    def test_a_halted_policy_gives_its_interactions_free(self):
        old = policy("a")
        reviewed = judge(old, policy("b"), purges=[purge(old, PurgeState.HALTED, blob=blob_of(old))])
        assert reviewed.findings == ()


class TestLineage:
    def test_a_closed_policy_answers_for_form_schema_and_plc_001_only(self):
        old = policy("a", dateRange=IN_2024, reason="test", target="gone", surprise=1)
        purges = [purge(old, PurgeState.COMPLETED, blob=blob_of(old))]
        assert rules(judge(old, hold("h"), purges=purges), "a") == ["SCH-001"]
        changed = [replace(purges[0], blob="0" * 40)]
        assert rules(judge(old, hold("h"), purges=changed), "a") == ["PLC-001", "SCH-001"]

    def test_an_open_policy_answers_for_everything(self):
        old = policy("a")
        purges = [purge(old, PurgeState.SUBMITTED, blob=blob_of(old))]
        assert rules(judge(old, hold("h"), purges=purges), "a") == ["HLD-001"]

    def test_the_blob_of_a_commit_is_believed(self):
        old = replace(policy("a"), blob="f" * 40)
        assert judge(old, purges=[purge(old, PurgeState.COMPLETED, blob="f" * 40)]).findings == ()
        assert rules(judge(old, purges=[purge(old, PurgeState.COMPLETED, blob=blob_of(old))]), "a") == [
            "PLC-001"
        ]

    def test_a_purge_of_that_name_on_another_target_is_another_purge(self):
        purges = [purge(policy("a", target="prod"), PurgeState.COMPLETED, blob="0" * 40)]
        assert judge(policy("a"), purges=purges).findings == ()

    def test_a_higher_revision_after_a_failure_is_judged_afresh(self):
        new = policy("a", revision=2, reason="test")
        purges = [purge(policy("a"), PurgeState.FAILED, blob="0" * 40)]
        assert rules(judge(new, purges=purges), "a") == ["RSN-001"]


def test_ten_thousand_comparisons_with_holds_and_policies_stay_small():
    policies = [policy(f"p{n}", filters={"attributes": {"department": f"d{n}"}}) for n in range(200)]
    holds = [hold(f"h{n}", scope={"filters": {"attributes": {"department": f"d{n}"}}}) for n in range(50)]
    reviewed = judge(*policies, *holds)
    assert len(reviewed.findings) == 50
    assert {finding.rule for finding in reviewed.findings} == {"HLD-001"}


paths = st.sampled_from(
    [f"policies/{folder}/a.yaml" for folder in ("purges", "holds", "targets")]
    + ["policies/x", "policies/README.md"]
)


@given(st.dictionaries(paths, st.binary(max_size=200)))
def test_any_bytes_are_reviewed(files):
    reviewed = review([file(path, data) for path, data in files.items()], now=NOW)
    assert {finding.file for finding in reviewed.findings} <= files.keys()


texts = st.text(max_size=20)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), texts)
trees = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3))
)
fields = st.sampled_from(sorted({*POLICY, "revision", "supersedes", "retentionTrigger", "allowUnfiltered"}))


@given(st.dictionaries(fields, trees, min_size=1, max_size=4))
def test_any_value_in_any_field_is_reviewed(changes):
    source = policy("a", **changes)
    reviewed = judge(source, hold("h"), policy("b"), purges=[purge(policy("a"), PurgeState.FAILED)])
    assert rules(reviewed, "a")


RECORDINGS = target("recordings", backend="recording-jobs")
OTHER_QUEUE = {"dimensions": {"queue": ["6f2f4f0e-0000-4000-8000-000000000002"]}}


def on_recordings(name, **changes):
    """A policy on a target whose platform purges whole conversations."""
    queue = {"dimensions": {"queue": ["6f2f4f0e-0000-4000-8000-000000000001"]}}
    year = {"start": "2023-01-01T00:00:00.000Z", "end": "2023-12-31T23:59:59.999Z"}
    fields = {"target": "recordings", "filters": queue, "dateRange": year, "retentionDays": 400}
    return policy(name, **{**fields, **changes})


class TestWholeConversations:
    def test_two_that_are_to_run_share_whatever_has_a_date_in_common(self):
        other = on_recordings("b", interactionType="email", filters=OTHER_QUEUE)
        reviewed = judge(RECORDINGS, on_recordings("a"), other)
        assert rules(reviewed, "a") == rules(reviewed, "b") == ["SCP-005"]
        assert "whole conversations" in reviewed.errors_of("policies/purges/a.yaml")[0].hint

    @pytest.mark.parametrize("state", sorted(PurgeState))
    def test_one_that_runs_is_in_the_way_and_one_that_has_ended_took_what_it_asked_for(self, state):
        purges = [purge(on_recordings("a"), state)]
        other = judge(RECORDINGS, on_recordings("b", filters=OTHER_QUEUE), purges=purges)
        assert rules(other, "b") == (["SCP-005"] if state.open else [])
        copy = judge(RECORDINGS, on_recordings("b"), purges=purges)
        assert rules(copy, "b") == ([] if state.without_effect else ["SCP-005"])

    def test_other_days_are_others(self):
        later = {"start": "2024-01-01T00:00:00.000Z", "end": "2024-12-31T23:59:59.999Z"}
        reviewed = judge(RECORDINGS, on_recordings("a"), on_recordings("b", dateRange=later))
        assert rules(reviewed, "a") == rules(reviewed, "b") == []
