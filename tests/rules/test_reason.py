import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.rules.reason import meaningful


@pytest.mark.parametrize(
    "reason",
    [
        "HIPAA 7-year retention window expired. Approved by compliance officer #4492.",
        "Regulatory retention window expired per GDPR Article 17",
        "Frist zu Ende",
        "保存期間が満了したため削除する",
        "1234567890",
    ],
)
def test_a_reason_that_says_something_is_accepted(reason):
    assert list(meaningful(reason)) == []


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "too short",
        "   nine in    ",
        "\u200b" * 20,
        "Period\u200b\u200b\u200b\u200b\u200b",
        "aaaaaaaaaaaaaaaaaaaa",
        "abababababababababab",
        "----------!?",
        "test test test test",
        "TODO: to be defined",
        "delete old data please",
        "Lorem ipsum, lorem ipsum",
        "n/a n/a n/a n/a",
    ],
)
def test_a_reason_that_says_nothing_is_refused(reason):
    assert len(list(meaningful(reason))) == 1


@given(st.text(max_size=200))
def test_any_text_gets_one_verdict(reason):
    assert len(list(meaningful(reason))) in (0, 1)
