from datetime import UTC, datetime, timedelta

from runner.rules.retention import old_enough

END = "2022-12-31T23:59:59.999Z"


def test_the_article_s_sample_becomes_eligible_on_13_february_2030():
    (fault,) = old_enough(END, 2600, None, datetime(2026, 11, 23, tzinfo=UTC))
    assert fault.message.endswith(" 2030-02-13")
    assert (fault.pointer, fault.at_key) == ("/dateRange", True)


def test_a_range_is_old_enough_at_that_instant_and_not_before():
    eligible = datetime(2030, 2, 13, tzinfo=UTC)
    assert list(old_enough(END, 2600, None, eligible)) == []
    assert list(old_enough(END, 2600, None, eligible - timedelta(microseconds=1)))


def test_an_end_within_a_day_is_told_to_the_second():
    (fault,) = old_enough("2022-06-30T11:59:59.999Z", 365, None, datetime(2023, 1, 1, tzinfo=UTC))
    assert fault.message.endswith(" 2023-06-30T12:00:00Z")


def test_retention_runs_from_the_day_after_a_later_event():
    trigger = {"event": "contract-end", "date": "2023-05-31", "evidence": "DOC-1"}
    (fault,) = old_enough(END, 0, trigger, datetime(2023, 5, 31, tzinfo=UTC))
    assert fault.message.endswith(" 2023-06-01T12:00:00Z")


def test_a_retention_past_the_last_year_there_is_is_refused():
    (fault,) = old_enough("9995-12-31T23:59:59.999Z", 3650, None, datetime(2026, 11, 23, tzinfo=UTC))
    assert "9999-12-31" in fault.message
