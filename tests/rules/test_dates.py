from datetime import UTC, date, datetime, timedelta

import pytest

from runner.model.settings import Settings
from runner.model.time import exclusive_end
from runner.rules.dates import narrow, ordered, plausible, settled

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
    assert "2,922.0 days" in fault.message


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
