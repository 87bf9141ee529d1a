import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.rules.reason import discreet, long_enough, meaningful, ticketed


def faults(reason):
    return [*long_enough(reason), *meaningful(reason)]


@pytest.mark.parametrize(
    "reason",
    [
        "HIPAA 7-year retention window expired. Approved by compliance officer #4492.",
        "Regulatory retention window expired per GDPR Article 17",
        "Frist zu Ende",
        "保存期間が満了したため削除する",
        "TSR five-year period ended",
        "ครบกำหนดแล้ว",
    ],
)
def test_a_reason_that_says_something_is_accepted(reason):
    assert faults(reason) == []


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
        "1234567890",
        "Period ended!",
        "ended, ended, ended and ended",
        "test test test test",
        "TODO: to be defined",
        "delete old data please",
        "Lorem ipsum, lorem ipsum",
        "n/a n/a n/a n/a",
    ],
)
def test_a_reason_that_says_nothing_is_refused(reason):
    assert len(faults(reason)) == 1


@given(st.text(max_size=200))
def test_any_text_gets_one_verdict(reason):
    assert len(faults(reason)) in (0, 1)
    assert len(list(discreet(reason))) in (0, 1)


@pytest.mark.parametrize(
    "reason", ["ended, REC-412", "ended (REC-2026-11)", "CHG0031245 approved", "approved by officer #4492."]
)
def test_a_ticket_is_recognised_as_trackers_write_it(reason):
    assert list(ticketed("hipaa", reason, None)) == []


@pytest.mark.parametrize(
    "reason", ["the period has ended", "a 7-year period", "see # 12", "Art. 17(1) GDPR", "xREC-4x"]
)
def test_the_most_protected_data_needs_a_ticket(reason):
    assert len(list(ticketed("pii", reason, None))) == 1
    assert len(list(ticketed("hipaa", reason, None))) == 1
    assert list(ticketed("confidential", reason, None)) == []
    assert list(ticketed("hipaa", reason, "REC-412")) == []


@pytest.mark.parametrize(
    "reason",
    [
        "Calls behind the Suspicious Activity report have been filed",
        "Suspicious-activity reports of 2018 are past their period",
        "Attorney-client talks are over",
        "legally privileged calls",
    ],
)
def test_a_reason_keeps_the_secrets_of_others(reason):
    assert len(list(discreet(reason))) == 1


def test_an_ordinary_reason_reveals_nothing():
    assert list(discreet("Seven-year period of the 2018 billing calls has ended. Ticket REC-412.")) == []
