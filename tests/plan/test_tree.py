"""What the documents around a policy bring into its review: holds, and the target's first day."""

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
