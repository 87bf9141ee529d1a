from datetime import UTC, date, datetime, timedelta

import pytest

from runner.model.settings import Settings
from runner.model.time import exclusive_end
from runner.rules.dates import ends_with_a_day, known, narrow, ordered, plausible, settled, whole_days_held

END = "2020-06-30T23:59:59.999Z"
AFTER = datetime(2020, 7, 1, tzinfo=UTC)
SETTLING = timedelta(hours=48)
YEAR = timedelta(days=366)


def test_an_end_is_inclusive_to_the_millisecond():
    assert exclusive_end(END) == AFTER


@pytest.mark.parametrize(
    ("start", "end", "faults"),
    [
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00.001Z", 0),
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", 1),
        ("2020-01-01T00:00:00+02:00", "2019-12-31T22:00:00Z", 1),
        ("2020-01-01T00:00:00+02:00", "2019-12-31T23:00:00Z", 0),
    ],
)
def test_order_is_that_of_instants_not_of_texts(start, end, faults):
    assert len(list(ordered(start, end))) == faults


def test_a_range_is_settled_48_hours_after_its_end_and_not_before():
    assert list(settled(Settings(), END, None, AFTER + SETTLING)) == []
    (fault,) = settled(Settings(), END, None, AFTER + SETTLING - timedelta(microseconds=1))
    assert "2020-07-03T00:00:00Z" in fault.message


def test_a_range_in_the_future_is_called_that():
    (fault,) = settled(Settings(), END, None, AFTER - timedelta(milliseconds=1))
    assert "future" in fault.message


def test_the_widest_range_is_a_leap_year():
    assert list(narrow(YEAR, "2020-01-01T00:00:00Z", "2020-12-31T23:59:59.999Z", None)) == []
    (fault,) = narrow(YEAR, "2015-01-01T00:00:00Z", "2022-12-31T23:59:59.999Z", None)
    assert fault.message == "the range is 2,556 days too wide; 366 days are allowed"
    assert "end it at 2016-01-01T23:59:59.999Z" in fault.hint


def test_a_range_that_is_hardly_too_wide_says_by_how_much_and_where_to_end_it():
    (fault,) = narrow(YEAR, "2016-01-01T00:00:00.000Z", "2017-01-01T00:00:00.000Z", None)
    assert fault.message == "the range is 1 millisecond too wide; 366 days are allowed"
    assert fault.hint.startswith("end it at 2016-12-31T23:59:59.999Z")
    assert list(narrow(YEAR, "2016-01-01T00:00:00.000Z", "2016-12-31T23:59:59.999Z", None)) == []
    (fault,) = narrow(YEAR, "2016-01-01T00:00:00Z", "2017-01-02T03:00:00.000Z", None)
    assert "1 day and 3 hours and 1 millisecond" in fault.message
    (fault,) = narrow(YEAR, "2016-01-01T00:00:00.000001Z", "2016-12-31T23:59:59.999002Z", None)
    assert "less than a millisecond" in fault.message


@pytest.mark.parametrize(
    ("end", "meant"),
    [
        ("2016-12-31T00:00:00.000Z", "2016-12-31T23:59:59.999Z"),
        ("2016-12-31T00:00:00+01:00", "2016-12-31T23:59:59.999+01:00"),
        ("0001-01-01T00:00:00.0Z", "0001-01-01T23:59:59.999Z"),
        ("2016-12-31T23:59:59.999Z", ""),
        ("2016-12-31T00:00:00.001Z", ""),
        ("2016-12-31T12:00:00Z", ""),
    ],
)
def test_an_end_at_midnight_is_doubted(end, meant):
    faults = [*ends_with_a_day("/dateRange/end", end), *whole_days_held({"dateRange": {"end": end}})]
    assert [fault.pointer for fault in faults] == (
        ["/dateRange/end", "/scope/dateRange/end"] if meant else []
    )
    assert all(f"did you mean {meant}," in fault.hint for fault in faults)


@pytest.mark.parametrize("scope", [{}, {"dateRange": {}}, {"dateRange": {"end": "open"}}])
def test_a_hold_without_an_end_has_no_midnight(scope):
    assert list(whole_days_held(scope)) == []


def test_card_data_waits_for_nothing_but_its_end_and_may_be_of_many_years():
    card = ["phi", "card-sad"]
    assert list(settled(Settings(), END, card, AFTER)) == []
    (fault,) = settled(Settings(), END, card, AFTER - timedelta(milliseconds=1))
    assert "future" in fault.message
    assert list(narrow(YEAR, "2015-01-01T00:00:00Z", "2022-12-31T23:59:59.999Z", card)) == []
    assert len(list(narrow(YEAR, "2015-01-01T00:00:00Z", "2022-12-31T23:59:59.999Z", ["card-data"]))) == 1


@pytest.mark.parametrize("card", [None, ["card-sad"]])
def test_the_last_day_that_there_is_lies_in_the_future(card):
    (fault,) = settled(Settings(), "9999-12-31T23:59:59.998Z", card, AFTER)
    assert "future" in fault.message


@pytest.mark.parametrize(
    ("start", "go_live", "faults"),
    [
        ("2019-04-01T00:00:00+02:00", date(2019, 4, 1), 0),
        ("2019-03-31T23:59:59Z", date(2019, 4, 1), 1),
        ("1985-01-01T00:00:00Z", date(1984, 12, 31), 0),
        ("1990-01-01T00:00:00Z", None, 0),
        ("1989-12-31T23:59:59Z", None, 1),
        ("0222-01-01T00:00:00Z", None, 1),
    ],
)
def test_no_interaction_is_older_than_its_organisation(start, go_live, faults):
    assert len(list(plausible(start, go_live))) == faults


def test_a_range_may_end_with_what_the_platform_knows_all_of_and_not_after_it():
    assert list(known(AFTER, AFTER, tells=True)) == []
    (fault,) = known(AFTER, AFTER - timedelta(milliseconds=1), tells=False)
    assert (fault.rule, fault.message) == (
        "DAT-002",
        "the platform's data is complete until 2020-06-30T23:59:59Z, before the range ends",
    )
    assert list(known(AFTER, None, tells=False)) == []
    assert len(list(known(AFTER, None, tells=True))) == 1
