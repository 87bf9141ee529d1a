from datetime import UTC, datetime, timedelta

from runner.model.policy import RetentionTrigger
from runner.rules.retention import last_old_enough, old_enough

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


class TestTheLast:
    NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
    OLD = NOW - timedelta(days=2557)

    def judge(self, newest_end, days=2557, trigger=None):
        return [fault.message for fault in last_old_enough(newest_end, days, trigger, self.NOW)]

    def test_one_that_ended_at_that_instant_is_old_enough(self):
        assert self.judge(self.OLD) == []

    def test_one_that_ended_a_microsecond_later_stops_all(self):
        (message,) = self.judge(self.OLD + timedelta(microseconds=1))
        assert message.startswith(
            "the last of the selected interactions ended at 2019-11-23T09:00:00Z; with 2557"
        )
        assert message.endswith("it may go on 2026-11-23T09:00:00Z")

    def test_one_that_has_not_ended_is_never_old_enough(self):
        (message,) = self.judge(None, days=0)
        assert message == "the platform does not say that all of the selected interactions have ended"

    def test_a_later_event_counts(self):
        trigger = RetentionTrigger("contract-end", self.NOW.date() - timedelta(days=300), "DOC-1")
        assert self.judge(self.OLD, days=290, trigger=trigger) == []
        assert len(self.judge(self.OLD, days=300, trigger=trigger)) == 1
