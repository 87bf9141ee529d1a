import pytest

from runner.model.policy import Classification
from runner.rules.scope import Marked, alone, filtered, nothing_higher


@pytest.mark.parametrize(
    "filters",
    [None, {}, {"attributes": {}}, {"attributes": {"queue": "*"}}, {"attributes": {"queue": ["a", "*"]}}],
)
def test_what_does_not_narrow_is_unfiltered(filters):
    assert len(list(filtered(filters, None))) == 1
    assert len(list(filtered(filters, False))) == 1
    assert list(filtered(filters, True)) == []


@pytest.mark.parametrize("value", ["billing", 0, False, ["a", "b"], ""])
def test_one_value_narrows(value):
    assert list(filtered({"attributes": {"queue": value}}, None)) == []
    assert list(filtered({"attributes": {}, "dimensions": {"queue": ["q"]}}, None)) == []


def test_others_that_are_not_named_are_counted():
    (fault,) = alone(5000, ["a", "b", "c"], whole_conversations=False)
    assert fault.message.endswith(" a, b, c and 4,997 more")
    (fault,) = alone(3, ["a", "b", "c"], whole_conversations=True)
    assert fault.message.endswith(" a, b, c")
    assert "whole conversations" in fault.hint
    assert list(alone(0, [], whole_conversations=True)) == []


@pytest.mark.parametrize("policy", Classification)
@pytest.mark.parametrize("marker", Classification)
def test_a_marker_of_a_higher_class_refuses_and_no_other(policy, marker):
    order = ["public", "internal", "confidential", "pii", "hipaa"]
    higher = order.index(marker) > order.index(policy)
    assert len(list(nothing_higher(policy, [Marked("queue claims", marker, 1)]))) == higher


def test_each_marker_is_told_with_its_count_and_none_is_not_nothing():
    hipaa = Classification.HIPAA
    marked = [Marked("a", hipaa, 1200), Marked("b", hipaa, 0), Marked("c", hipaa, None)]
    first, second = nothing_higher(Classification.INTERNAL, marked)
    assert first.message.startswith("1,200 of the selected interactions are marked a, which is hipaa data")
    assert second.message.startswith("an unknown number of the selected interactions are marked c")
