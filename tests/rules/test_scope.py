import pytest

from runner.rules.scope import alone, filtered


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


def test_others_that_are_not_named_are_counted():
    (fault,) = alone(5000, ["a", "b", "c"])
    assert fault.message.endswith(" a, b, c and 4,997 more")
    (fault,) = alone(3, ["a", "b", "c"])
    assert fault.message.endswith(" a, b, c")
    assert list(alone(0, [])) == []
