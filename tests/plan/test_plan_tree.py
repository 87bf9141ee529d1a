"""What the documents around a policy bring into its review: holds, and the target's first day."""

from hypothesis import given
from hypothesis import strategies as st
from support.trees import NOW, hold, policy, target

from runner.plan.review import review


def rules(*sources):
    found = review(sources, now=NOW).findings
    return [(finding.rule, finding.file.rpartition("/")[2], finding.path) for finding in found]


def test_a_hold_with_personal_data_is_told_and_holds_all_the_same():
    spoken = hold("matter-1", basis="Letter to john.doe@mail.example", scope={"interactionTypes": ["chat"]})
    assert rules(target(), spoken, policy("a")) == [("PRV-001", "matter-1.yaml", "/basis")]
    assert rules(target(), spoken, policy("b", interactionType="chat")) == [
        ("PRV-001", "matter-1.yaml", "/basis"),
        ("HLD-001", "b.yaml", "/dateRange"),
    ]


def test_a_hold_names_conversations_by_whatever_id_the_platform_gave():
    assert rules(target(), hold("matter-1", scope={"conversationIds": ["020 7946 0958"]})) == []


def test_personal_data_in_one_field_is_told_whatever_is_wrong_in_another():
    source = policy("a", filters=[], ticket="020 7946 0958", retentionDays=-1)
    assert ("PRV-001", "a.yaml", "/ticket") in rules(target(), source)


def test_a_policy_begins_after_its_target_went_live():
    assert rules(target(goLive="2018-01-01"), policy("a")) == []
    assert rules(target(goLive="2018-01-02"), policy("a")) == [("DAT-005", "a.yaml", "/dateRange/start")]


ORGANISATION = "0f6f3a52-8a0e-4a8f-9f39-3f1d4c1b7a10"
REAL = {"region": "us-east-1", "approvals": "github"}


def real(name, organization=ORGANISATION, **changes):
    return target(name, **REAL | {"organizationId": organization} | changes)


def test_two_targets_of_one_organisation_are_told_and_every_policy_of_both_is_refused():
    twins = (real("a"), real("b"))
    found = rules(target(), *twins, policy("p", target="a"), policy("q", target="b"), policy("r"))
    assert found == [
        ("TGT-002", "p.yaml", "/target"),
        ("TGT-002", "q.yaml", "/target"),
        ("TGT-002", "a.yaml", "/organizationId"),
        ("TGT-002", "b.yaml", "/organizationId"),
    ]
    messages = {finding.message for finding in review([target(), *twins], now=NOW).findings}
    assert messages == {
        "these targets are the same organisation or log: policies/targets/a.yaml, policies/targets/b.yaml"
    }


def test_two_targets_with_one_log_are_told_whoever_they_are():
    same = {"log": {"origin": "sandbox.purgectl.example/interactions", "keys": []}}
    assert rules(target(), real("a", **same), policy("p")) == [
        ("TGT-002", "p.yaml", "/target"),
        ("TGT-002", "a.yaml", "/log/origin"),
        ("TGT-002", "sandbox.yaml", "/log/origin"),
    ]


def test_a_target_with_other_errors_is_a_twin_all_the_same():
    found = rules(target(), real("a"), real("b", counts="some"), policy("p", target="a"))
    assert ("TGT-002", "p.yaml", "/target") in found


def test_targets_that_share_nothing_and_sandboxes_without_an_organisation_stand_alone():
    other = "1f6f3a52-8a0e-4a8f-9f39-3f1d4c1b7a10"
    assert rules(target(), target("demo"), real("a"), real("b", other), policy("p")) == []


def test_many_twins_are_counted_and_the_first_are_named():
    found = review([real(f"t{number:02}") for number in range(14)], now=NOW).findings
    assert len(found) == 14
    assert all(finding.message.endswith("policies/targets/t09.yaml and 4 more") for finding in found)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_a_target_is_refused_exactly_where_another_has_its_organisation(numbers):
    sources = [real(f"t{i}", f"{n}f6f3a52-8a0e-4a8f-9f39-3f1d4c1b7a10") for i, n in enumerate(numbers)]
    told = {name for rule, name, _ in rules(*sources) if rule == "TGT-002"}
    assert told == {f"t{i}.yaml" for i, n in enumerate(numbers) if numbers.count(n) > 1}
