"""The schedule of a notice over days: a table, a line for each endpoint, and an end after a month."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.faketime import START

from runner.model.notice import Delivery, Notice
from runner.notices.schedule import GIVE_UP_AFTER, given_up, heir, holds_up, is_due, line, prospects, tried

ID = "10ef9ec2-ba42-58ca-bcaf-187444bec709"
NOTICE = Notice("governance", 3, ID, b"{}", START, 0, "", None)
DOWN = Delivery(delivered=False, result="http-503")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PLANNED = [timedelta(seconds=5), 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR,
           20 * HOUR, DAY, DAY, DAY]  # fmt: skip
OUTAGES = ["connect", "tls", "timeout", "address", "guard", "http-301", "http-308", "http-408", "http-429",
           "http-500", "http-502", "http-503", "http-504", "http-599"]  # fmt: skip
SCHEDULE = pytest.mark.parametrize("result", OUTAGES)


def refused(result, **more):
    return Delivery(delivered=False, result=result, **more)


def pauses(delivery, count):
    """The pauses after each of ``count`` attempts that all end alike, each made when it was due."""
    notice, now = NOTICE, START
    for _ in range(count):
        notice = tried(notice, delivery, now)
        yield notice.next_attempt_at - now
        now = notice.next_attempt_at


@SCHEDULE
def test_the_pauses_of_an_outage_are_those_of_the_table_within_a_tenth(result):
    for pause, planned in zip(pauses(refused(result), len(PLANNED)), PLANNED, strict=True):
        assert planned * 0.9 <= pause <= planned * 1.1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 411, 413, 415, 422, 451, 499])
def test_a_misconfiguration_is_tried_once_a_day(status):
    for pause in pauses(refused(f"http-{status}"), 5):
        assert DAY * 0.9 <= pause <= DAY * 1.1


def test_an_attempt_counts_and_keeps_what_was_said():
    notice = tried(NOTICE, DOWN, START)
    assert (notice.attempts, notice.last_result, notice.last_at) == (1, "http-503", START)
    assert (notice.body, notice.webhook_id, notice.enqueued_at) == (NOTICE.body, ID, START)
    delivered = tried(notice, Delivery(True, "http-204"), START + MINUTE)
    assert (delivered.attempts, delivered.last_result, delivered.next_attempt_at) == (2, "http-204", None)


@pytest.mark.parametrize(
    ("seconds", "at_least", "at_most"),
    [(0, 4.5, 5.5), (1, 4.5, 5.5), (600, 600, 600), (86_400, 86_400, 86_400), (10**9, 86_400, 86_400)],
)
def test_retry_after_is_a_lower_bound_up_to_a_day(seconds, at_least, at_most):
    asked = tried(NOTICE, refused("http-429", retry_after=seconds), START)
    assert at_least <= (asked.next_attempt_at - START).total_seconds() <= at_most


def test_the_spread_differs_from_notice_to_notice_and_never_from_time_to_time():
    others = [replace(NOTICE, webhook_id=f"{number}", attempts=4) for number in range(50)]
    found = {tried(other, DOWN, START).next_attempt_at for other in others}
    assert len(found) == 50
    assert found == {tried(other, DOWN, START).next_attempt_at for other in others}


@given(
    st.integers(0, 10_000),
    st.sampled_from([*OUTAGES, "http-400", "http-401", "http-410", "http-999", "no-url", ""]),
    st.none() | st.integers(0, 10**12),
    st.timedeltas(timedelta(), timedelta(days=3650)),
)
def test_whatever_is_answered_the_next_attempt_is_within_two_days_or_waits_for_a_person(
    attempts, result, retry_after, later
):
    now = START + later
    after = tried(replace(NOTICE, attempts=attempts), refused(result, retry_after=retry_after), now)
    if result == "http-410":
        assert not is_due(after, now + 10_000 * DAY)
    else:
        assert now < after.next_attempt_at <= now + 2 * DAY
        assert is_due(after, after.next_attempt_at)
        assert not is_due(after, now)


def waits(index, result="", due=timedelta(), **changes):
    return replace(
        NOTICE,
        index=index,
        last_result=result,
        next_attempt_at=START + due if result else None,
        **changes,
    )


def indexes(notices, now=START):
    return [notice.index for notice in line(notices, now)]


def test_a_line_is_in_the_order_of_the_log():
    assert indexes([waits(7), waits(2), waits(5, "http-503")]) == [2, 5, 7]


@pytest.mark.parametrize("result", [*OUTAGES, "http-401", "http-403", "http-404", "http-405"])
def test_nothing_goes_before_an_older_notice_that_waits_for_the_receiver(result):
    head = waits(2, result, HOUR)
    assert indexes([waits(1, "http-400", HOUR), head, waits(3), waits(4)]) == []
    assert indexes([waits(1), head, waits(3), waits(4)]) == [1]
    assert indexes([head, waits(3), waits(4)], START + HOUR) == [2, 3, 4]


@pytest.mark.parametrize("status", [400, 402, 406, 409, 413, 415, 422])
def test_one_notice_that_the_receiver_does_not_want_steps_aside(status):
    aside = waits(2, f"http-{status}", DAY)
    assert not holds_up(aside.last_result)
    assert indexes([waits(1), aside, waits(3)]) == [1, 3]
    assert indexes([waits(1), aside, waits(3)], START + DAY) == [1, 2, 3]


def test_an_endpoint_that_is_gone_is_left_alone_until_a_person_begins_anew():
    gone = tried(NOTICE, refused("http-410"), START)
    assert gone.next_attempt_at is None
    assert indexes([gone, waits(4)], START + 1000 * DAY) == []
    assert given_up(gone, [waits(4)], START + 1000 * DAY) == ()


def test_a_url_that_one_run_does_not_know_holds_nothing_up_for_the_next():
    unknown = replace(NOTICE, last_result="no-url", last_at=START)
    assert indexes([unknown, waits(4)]) == [3, 4]


def test_after_thirty_days_a_notice_is_given_up_with_those_as_old_behind_it():
    end = START + GIVE_UP_AFTER
    head = tried(replace(NOTICE, attempts=35), DOWN, end)
    as_old, younger = waits(4), waits(5, enqueued_at=START + MINUTE)
    assert given_up(head, [as_old, younger], end - timedelta(seconds=1)) == ()
    assert given_up(head, [as_old, younger], end) == (head, as_old)


def test_a_day_of_entry_at_the_end_of_time_is_no_accident():
    """The outbox is unsigned: whoever may push can write any day into it."""
    last_day = datetime(9999, 12, 31, tzinfo=UTC)
    assert given_up(waits(3, "connect", enqueued_at=last_day), (), START) == ()


def test_a_notice_that_is_not_wanted_is_given_up_alone():
    end = START + GIVE_UP_AFTER
    unwanted = tried(NOTICE, refused("http-422"), end)
    assert given_up(unwanted, [waits(4)], end) == (unwanted,)


@pytest.mark.parametrize("result", OUTAGES)
def test_a_month_of_outage_is_at_most_forty_one_attempts(result):
    notice, now = NOTICE, START
    while not given_up(notice, (), now):
        notice = tried(notice, refused(result), now)
        now = notice.next_attempt_at if not given_up(notice, (), now) else now
    assert 33 <= notice.attempts <= 41


def ahead(*notices):
    return [(each.notice.index, each.not_before, each.by_hand) for each in prospects(notices)]


def test_an_instant_that_somebody_wrote_into_the_outbox_silences_nobody():
    assert indexes([waits(1, "http-503", 47 * HOUR), waits(2)]) == []
    assert indexes([waits(1, "http-503", 49 * HOUR), waits(2)]) == [1, 2]
    assert indexes([waits(1, "http-503", 2_000_000 * DAY)]) == [1]


def test_what_waits_behind_the_oldest_waits_for_it():
    head, aside = waits(2, "http-503", HOUR), waits(1, "http-422", DAY)
    assert ahead(waits(4), aside, head, waits(3)) == [
        (1, START + DAY, False),
        (2, START + HOUR, False),
        (3, START + HOUR, False),
        (4, START + HOUR, False),
    ]


def test_behind_an_endpoint_that_is_gone_everything_waits_for_a_person():
    gone = tried(NOTICE, refused("http-410"), START)
    elsewhere = replace(NOTICE, endpoint="other")
    assert ahead(gone, waits(4), elsewhere) == [(3, None, True), (4, None, True), (3, None, False)]


@given(st.lists(st.sampled_from(["", "no-url", "connect", "http-401", "http-410", "http-422"]), max_size=8),
       st.timedeltas(timedelta(), 2 * DAY))  # fmt: skip
def test_what_is_ahead_is_what_a_run_then_does(results, later):
    """A notice is in the line exactly when nobody has to act and its instant has come."""
    notices = [
        waits(index, result, HOUR * index) if result not in ("", "no-url", "http-410") else
        replace(NOTICE, index=index, last_result=result)
        for index, result in enumerate(results)
    ]  # fmt: skip
    now = START + later
    due = [
        each.notice.index
        for each in prospects(notices)
        if not each.by_hand and (each.not_before is None or each.not_before <= now)
    ]
    assert indexes(notices, now) == due


def test_the_next_in_line_takes_over_what_is_known_of_the_receiver():
    end = START + GIVE_UP_AFTER
    gone = tried(replace(NOTICE, attempts=35), DOWN, end)
    aside = waits(4, "http-422", DAY)
    next_one = heir(gone, [aside, waits(5), waits(6)], end)
    assert (next_one.index, next_one.attempts, next_one.last_result) == (5, 0, "http-503")
    assert DAY * 0.9 <= next_one.next_attempt_at - end <= DAY * 1.1
    assert indexes([aside, next_one, waits(6)], end) == [4]
    assert heir(gone, [aside], end) is None
    assert heir(tried(NOTICE, refused("http-422"), end), [waits(5)], end) is None
