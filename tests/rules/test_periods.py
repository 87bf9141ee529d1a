import pytest
from support.regulations import regulation

from runner.model.finding import Severity
from runner.model.regulation import ClockStart, Force
from runner.rules import periods

GUIDANCE = Force.GUIDANCE


def told(faults):
    return [(fault.rule, fault.severity) for fault in faults]


@pytest.mark.parametrize(("days", "short"), [(1826, True), (1827, False), (3650, False)])
def test_the_minimum_is_counted_by_the_calendar(days, short):
    found = told(periods.long_enough([regulation(minimum="P5Y")], days))
    assert found == ([("RET-002", Severity.ERROR)] if short else [])


def test_the_longest_minimum_is_named_with_its_citation():
    (fault,) = periods.long_enough([regulation("a", minimum="P3Y"), regulation("b", minimum="P5Y")], 100)
    assert "B: kept at least 1827 days, not 100" in fault.message
    assert fault.basis == "1 LAW 2 (b)"


def test_a_guidance_only_warns_and_does_not_hide_a_law():
    advice = regulation("advice", minimum="P6Y", force=GUIDANCE)
    assert told(periods.long_enough([advice], 100)) == [("RET-002", Severity.WARNING)]
    law = regulation("law", minimum="P1Y")
    assert told(periods.long_enough([advice, law], 100)) == [("RET-002", Severity.ERROR)]


def test_the_authority_may_extend_a_period():
    (fault,) = periods.long_enough([regulation(minimum="P5Y", extendable_to="P7Y")], 100)
    assert "2557" in fault.hint


def test_the_way_up_from_a_floor_leads_to_calendar_years():
    (fault,) = periods.above_the_floor([regulation(periods.PHI_FLOOR, minimum="P2555D", advised="P7Y")], 100)
    assert fault.hint == ("raise retentionDays to 2557, which its calendar years need; 2555 is the least")
    (fault,) = periods.long_enough([regulation(minimum="P2557D", advised="P7Y")], 100)
    assert fault.hint == "raise retentionDays to 2557"


def test_ret_001_speaks_for_one_entry_and_ret_002_for_the_others():
    entries = [regulation(periods.PHI_FLOOR, minimum="P2555D"), regulation("law", minimum="P1Y")]
    assert told(periods.above_the_floor(entries, 100)) == [("RET-001", Severity.ERROR)]
    assert told(periods.long_enough(entries, 366)) == []


def test_a_year_is_added_where_the_clock_starts_at_its_end():
    entry = regulation(minimum="P6Y", clock=ClockStart.END_OF_CALENDAR_YEAR)
    assert entry.minimum_days == 2557


@pytest.mark.parametrize(
    ("days", "warned"), [(0, False), (364, False), (365, True), (366, False), (2555, True)]
)
def test_multiples_of_365_are_warned_about(days, warned):
    assert told(periods.calendar_years([], days)) == ([("RET-005", Severity.WARNING)] if warned else [])


def test_a_minimum_that_no_policy_can_state_is_an_error_of_ret_005_alone():
    entries = [regulation(minimum="P10Y")]
    assert told(periods.calendar_years(entries, 3650)) == [("RET-005", Severity.ERROR)]
    assert told(periods.long_enough(entries, 3650)) == []


def test_below_what_is_advised_is_a_warning_and_below_the_minimum_none_of_ret_005():
    entries = [regulation(minimum="P2555D", advised="P7Y")]
    assert told(periods.calendar_years(entries, 2556)) == [("RET-005", Severity.WARNING)]
    assert told(periods.calendar_years(entries, 2557)) == []
    assert told(periods.calendar_years(entries, 2190)) == []


def test_an_event_must_be_named_where_it_starts_the_clock():
    entry = regulation(clock=ClockStart.EVENT, event="discharge", minimum="P7Y")
    (fault,) = periods.event_named([entry], None)
    assert (fault.rule, fault.pointer) == ("RET-006", "/retentionTrigger")
    assert "discharge" in fault.message
    assert list(periods.event_named([entry], {"event": "discharge"})) == []
    assert list(periods.event_named([regulation()], None)) == []


def test_one_date_does_not_serve_two_events():
    entries = [
        regulation(str(number), clock=ClockStart.EVENT, event=event)
        for number, event in enumerate(("discharge", "discharge", "last use"))
    ]
    for trigger in (None, {"event": "discharge", "date": "2015-12-31", "evidence": "DOC-1"}):
        (fault,) = periods.event_named(entries, trigger)
        assert (fault.rule, fault.pointer) == ("RET-006", "/retentionTrigger")
        assert "discharge; last use" in fault.message
    assert list(periods.event_named(entries[:2], {"event": "discharge"})) == []


def test_beyond_a_maximum_is_a_warning_and_beyond_a_statute_s_an_error():
    law, statute = regulation(maximum="P2Y"), regulation("s", maximum="P3Y", force=Force.STATUTE)
    assert told(periods.short_enough([law], 731)) == []
    assert told(periods.short_enough([law], 732)) == [("RET-007", Severity.WARNING)]
    assert told(periods.short_enough([law, statute], 1000)) == [("RET-007", Severity.WARNING)]
    assert told(periods.short_enough([law, statute], 1097)) == [("RET-007", Severity.ERROR)]


def test_a_maximum_that_contradicts_a_minimum_is_left_to_reg_003():
    entries = [regulation("least", minimum="P5Y"), regulation("most", maximum="P3Y", force=Force.STATUTE)]
    assert told(periods.short_enough(entries, 1827)) == []
