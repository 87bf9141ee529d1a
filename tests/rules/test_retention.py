from datetime import UTC, datetime, timedelta

from runner.model.policy import RetentionTrigger
from runner.rules.retention import Items, each_old_enough, old_enough

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


class TestItems:
    NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
    OLD = NOW - timedelta(days=2557)

    def judge(self, *items, days=2557, trigger=None):
        found = each_old_enough([Items(*each) for each in items], days, trigger, self.NOW)
        return [fault.message for fault in found]

    def test_items_that_ended_at_that_instant_are_old_enough(self):
        assert self.judge((self.OLD, 5000)) == self.judge() == []

    def test_a_single_item_that_ended_a_microsecond_later_stops_all(self):
        (message,) = self.judge((self.OLD, 4999), (self.OLD + timedelta(microseconds=1), 1))
        assert message.startswith("1 of the selected interactions are not old enough")

    def test_all_that_are_too_young_are_counted_and_the_youngest_is_named(self):
        day = timedelta(days=1)
        (message,) = self.judge((self.OLD + 2 * day, 40), (self.OLD + day, 2_000), (self.OLD, 7))
        assert message.startswith("2,040 of")
        assert message.endswith("the last of them ended at 2019-11-25T09:00:00Z")

    def test_an_item_without_an_end_is_never_old_enough(self):
        (message,) = self.judge((None, 3), days=0)
        assert message.endswith("the platform tells no end of them")
        (message,) = self.judge((None, 3), (self.NOW, 1))
        assert message.startswith("4 of")

    def test_no_item_of_an_age_is_no_item(self):
        assert self.judge((None, 0), (self.NOW, 0)) == []

    def test_a_later_event_counts_for_every_item(self):
        trigger = RetentionTrigger("contract-end", self.NOW.date() - timedelta(days=300), "DOC-1")
        assert self.judge((self.OLD, 1), days=290, trigger=trigger) == []
        assert len(self.judge((self.OLD, 1), days=300, trigger=trigger)) == 1
