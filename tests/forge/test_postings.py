"""What is written: the difference between what should be there and what is, and nothing more."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.forge.postings import (
    Close,
    Comment,
    Edit,
    Issue,
    Open,
    Pinned,
    Renew,
    Say,
    Ticket,
    for_comment,
    for_issues,
    marker,
    marker_of,
    settling_marker,
    settling_prefix,
)

MARK = marker("purge", "bank-eu", "p-1")
WANTED = Pinned(7, MARK, "## Running\n")
BODY = f"{MARK}\n## Running\n"


def test_a_comment_is_written_once_and_then_follows():
    assert list(for_comment(WANTED, [])) == [Say(7, BODY)]
    assert list(for_comment(WANTED, [Comment(1, BODY)])) == []
    assert list(for_comment(replace(WANTED, text="## Done\n"), [Comment(1, BODY)])) == [
        Edit(1, f"{MARK}\n## Done\n")
    ]


def test_line_ends_that_the_forge_changed_are_no_difference():
    assert list(for_comment(WANTED, [Comment(1, BODY.replace("\n", "\r\n").strip())])) == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "## Running",
        f" {MARK}",
        f"> {MARK}",
        MARK.replace("p-1", "p-10"),
        f"text\n{MARK}\n",
        "<!-- purgectl\n",
    ],
)
def test_a_comment_without_the_marker_in_its_first_line_is_another(body):
    assert list(for_comment(WANTED, [Comment(1, body)])) == [Say(7, BODY)]


def test_two_that_were_written_at_once_are_kept_alike():
    assert list(for_comment(WANTED, [Comment(1, f"{MARK}\nold"), Comment(2, BODY)])) == [Edit(1, BODY)]


@pytest.mark.parametrize("word", ["-->", "a\nb", "Ä", "`", "A" * 201])
def test_a_marker_holds_nothing_that_could_end_it(word):
    with pytest.raises(ValueError, match="marker"):
        marker("purge", word)


AMBIGUOUS = Ticket(settling_marker("bank-eu", "ambiguous", "p-1"), "Nobody knows", "Look.\n")
FAILED = Ticket(marker("report", "bank-eu", "not-gone", "p-1"), "It did not come out", "Look.\n")


def issue(ticket, number=9, *, opened=True, text=None):
    return Issue(number, opened, f"{ticket.marker}\n{ticket.text if text is None else text}")


def wanted(tickets, there):
    return list(for_issues(tickets, there, settling_prefix("bank-eu")))


@pytest.mark.parametrize("ticket", [AMBIGUOUS, FAILED])
def test_an_issue_is_opened_once_and_follows_while_it_is_open(ticket):
    assert wanted([ticket], []) == [Open(ticket.title, f"{ticket.marker}\nLook.\n")]
    assert wanted([ticket], [issue(ticket)]) == []
    assert wanted([ticket], [issue(ticket, text="Older.")]) == [Renew(9, f"{ticket.marker}\nLook.\n")]


def test_what_the_log_settles_closes_with_it_and_opens_while_it_lasts():
    closed, *said = wanted([], [issue(AMBIGUOUS)])
    assert (closed, [each.number for each in said]) == (Close(9), [9])
    renewed, again = wanted([AMBIGUOUS], [issue(AMBIGUOUS, opened=False)])
    assert (renewed, again.number) == (Renew(9, f"{AMBIGUOUS.marker}\nLook.\n"), 9)
    assert wanted([], [issue(AMBIGUOUS, opened=False)]) == []


def test_whoever_closes_what_no_log_can_settle_has_the_last_word():
    assert wanted([FAILED], [issue(FAILED, opened=False)]) == []
    assert wanted([], [issue(FAILED)]) == []


def test_of_several_an_open_one_is_enough_and_else_the_newest_is_opened():
    both = [issue(AMBIGUOUS, 3, opened=False), issue(AMBIGUOUS, 5, opened=False)]
    assert wanted([AMBIGUOUS], [*both, issue(AMBIGUOUS, 4)]) == []
    assert wanted([AMBIGUOUS], both)[0] == Renew(5, f"{AMBIGUOUS.marker}\nLook.\n")


@pytest.mark.parametrize("target", ["bank", "bank-eu-2", "bank-us"])
def test_the_issues_of_another_target_are_left_alone(target):
    other = Ticket(settling_marker(target, "silent"), "Silent", "Look.\n")
    assert wanted([], [issue(other)]) == []


def carried_out(postings, issues):
    """What the forge has afterwards; comments below issues are forgotten."""
    there = {each.number: each for each in issues}
    for posting in postings:
        match posting:
            case Open(_, body):
                there[len(there) + 100] = Issue(len(there) + 100, True, body)
            case Renew(number, body):
                there[number] = Issue(number, True, body)
            case Close(number):
                there[number] = replace(there[number], open=False)
    return list(there.values())


TICKETS = [
    Ticket(make("bank-eu", kind), kind, text)
    for make in (settling_marker, lambda *words: marker("report", *words))
    for kind in ("ambiguous", "silent")
    for text in ("Look.\n", "Look again.\n")
]
THERE = st.lists(
    st.builds(lambda ticket, opened: (ticket, opened), st.sampled_from(TICKETS), st.booleans()), max_size=6
)


@given(tickets=st.lists(st.sampled_from(TICKETS), unique_by=lambda each: each.marker), there=THERE)
def test_once_carried_out_nothing_is_left_to_write_wherever_the_last_run_died(tickets, there):
    issues = [issue(ticket, number, opened=opened) for number, (ticket, opened) in enumerate(there)]
    postings = wanted(tickets, issues)
    for died in range(len(postings) + 1):
        afterwards = carried_out(postings[:died], issues)
        rest = wanted(tickets, afterwards)
        assert wanted(tickets, carried_out(rest, afterwards)) == []
    marks = [marker_of(each.body) for each in carried_out(postings, issues) if each.open]
    settled = settling_prefix("bank-eu")
    assert {mark for mark in marks if mark.startswith(settled)} == {
        ticket.marker for ticket in tickets if ticket.marker.startswith(settled)
    }
