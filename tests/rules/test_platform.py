import pytest
from support.regulations import regulation

from runner.model.finding import Severity
from runner.model.regulation import ClockStart, Force
from runner.rules.platform import PlatformMaximum, deletes_nothing_early

SALES = regulation("sales", minimum="P5Y")


def maximum(days, types=None, scope="organisation"):
    return PlatformMaximum(scope, None if types is None else frozenset(types), days)


def judge(*maxima, entries=(SALES,)):
    return [(fault.severity, fault.message) for fault in deletes_nothing_early(maxima, entries)]


@pytest.mark.parametrize("days", [None, 1827, 3650])
def test_a_platform_that_deletes_later_or_never_contradicts_nothing(days):
    assert judge(maximum(days)) == []


@pytest.mark.parametrize("days", [0, 365, 1826])
def test_one_that_deletes_earlier_is_an_error_with_both_numbers(days):
    ((severity, message),) = judge(maximum(days))
    assert severity is Severity.ERROR
    assert message.startswith(f"organisation: the platform deletes after {days} days by itself")
    assert message.endswith("Sales is kept at least 1827 days")


def test_settings_that_cannot_be_read_are_an_error():
    (fault,) = deletes_nothing_early(None, [])
    assert fault.severity is Severity.ERROR


def test_no_settings_and_no_law_are_fine():
    assert judge() == judge(maximum(1), entries=[]) == judge(maximum(1), entries=[regulation()]) == []


def test_a_guidance_only_warns_and_does_not_hide_a_law():
    advice = regulation("advice", minimum="P9Y", force=Force.GUIDANCE)
    ((severity, _),) = judge(maximum(365), entries=[advice])
    assert severity is Severity.WARNING
    ((severity, message),) = judge(maximum(365), entries=[advice, SALES])
    assert severity is Severity.ERROR
    assert "Sales" in message


def test_a_period_that_an_event_starts_is_doubted_under_any_maximum():
    law = regulation("law", minimum="P1Y", clock=ClockStart.EVENT, event="discharge")
    ((severity, message),) = judge(maximum(3650), entries=[law])
    assert severity is Severity.WARNING
    assert message.endswith("at least 366 days after discharge")
    assert judge(maximum(None), entries=[law]) == []
    ((severity, _),) = judge(maximum(10), entries=[law])
    assert severity is Severity.ERROR


def test_a_setting_for_other_interactions_is_none_of_a_law_s_business():
    calls = regulation("calls", minimum="P5Y", interaction_types=["voice"])
    assert judge(maximum(1, ["chat", "email"]), entries=[calls]) == []
    assert len(judge(maximum(1, ["voice", "email"]), entries=[calls])) == 1
    assert len(judge(maximum(1), entries=[calls])) == 1
    assert len(judge(maximum(1, ["chat"]), entries=[SALES])) == 1


def test_each_setting_is_told_by_itself():
    found = judge(maximum(1, scope="queue billing"), maximum(9999), maximum(2, scope="queue sales"))
    assert [message.partition(":")[0] for _, message in found] == ["queue billing", "queue sales"]
