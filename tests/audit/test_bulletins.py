"""What the log gives people to know, whoever looks and whenever."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.auditdrafts import Drafting, records
from support.faketime import START
from support.gitworld import ORIGIN, RUNNER

from runner.audit.bulletins import Ambiguous, GivenUp, NotGone, Silent, current, pull_request, troubles
from runner.audit.identity import record_id
from runner.audit.records import opened
from runner.audit.trail import trails
from runner.merkle.keys import Signer
from runner.model.log import Draft, RecordType

D = Drafting()
KEY = str(Signer(ORIGIN, bytes(range(32))).verifier)
OPENED = opened(ORIGIN, "sandbox", [KEY], [], RUNNER, START)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
EVIDENCE = {"repository": "acme/purge-policies", "pull_request": 12}
APPROVED = D.intended(approval={"source": "github", "evidence": EVIDENCE})


def told(*drafts, now=START, since=START - WEEK):
    every = records(OPENED, *drafts)
    return list(troubles(trails(ORIGIN, every).values(), every, now, since))


def named(*drafts, **options):
    return [type(each) for each in told(*drafts, **options)]


def heartbeat(at):
    fields = {"day": f"{at:%Y-%m-%d}", "open": 0, "waiting": 0, "dead": 0, "runner": RUNNER}
    return Draft(RecordType.LOG_HEARTBEAT, record_id(ORIGIN, RecordType.LOG_HEARTBEAT, fields), at, fields)


def test_an_ambiguous_purge_is_trouble_until_somebody_decides():
    asked = [D.intended(), D.ambiguous()]
    assert named(*asked) == [Ambiguous]
    assert named(*asked, since=START + WEEK) == [Ambiguous]
    assert named(*asked, D.resolved()) == []


def test_a_failed_second_count_is_trouble_for_as_long_as_it_is_new():
    ended = [D.intended(), D.submitted(), D.ended()]
    assert named(*ended, D.verified("FAIL")) == [NotGone]
    assert named(*ended, D.verified("FAIL"), since=START) == []
    assert named(*ended, D.verified("PASS")) == named(*ended, D.verified("UNKNOWN")) == named(*ended) == []


def test_notices_are_given_up_until_they_are_sent_again():
    dead = D.given_up(("governance", 1), ("governance", 0), ("siem", 1))
    assert told(D.intended(), dead) == [GivenUp("governance", (0, 1)), GivenUp("siem", (1,))]
    assert told(D.intended(), dead, D.replayed(("governance", 0), ("siem", 1))) == [
        GivenUp("governance", (1,))
    ]
    assert told(D.intended(), dead, D.delivered(("governance", 0), ("governance", 1), ("siem", 1))) == []


def test_a_log_is_silent_two_days_after_its_last_sign_of_life():
    assert told(now=START + 2 * DAY) == []
    assert told(now=START + 2 * DAY + timedelta(seconds=1)) == [Silent(START)]
    assert told(heartbeat(START + DAY), now=START + 3 * DAY) == []
    later = replace(D, at=START + 3 * DAY)
    assert told(later.intended(), now=START + 3 * DAY) == [Silent(START)], "a record is no run that ended"


@pytest.mark.parametrize(
    ("drafts", "after", "found"),
    [
        ([D.intended()], WEEK, True),
        ([D.intended(), D.submitted()], WEEK, True),
        ([D.intended(), D.ambiguous()], WEEK, True),
        ([D.intended(), D.halted()], WEEK, False),
        ([D.intended(), D.halted()], -DAY, True),
        ([D.refused()], DAY, False),
        ([D.refused()], -DAY, True),
    ],
)
def test_what_is_under_way_or_new_is_told(drafts, after, found):
    known = trails(ORIGIN, records(OPENED, *drafts)).values()
    assert (list(current(known, START + after)) != []) is found


@pytest.mark.parametrize(
    ("draft", "repository", "number"),
    [
        (APPROVED, "acme/purge-policies", 12),
        (APPROVED, "acme/elsewhere", None),
        (D.intended(), "acme/purge-policies", None),
        (
            D.intended(approval={"source": "github", "evidence": {**EVIDENCE, "pull_request": "12"}}),
            "acme/purge-policies",
            None,
        ),
        (D.refused(), "acme/purge-policies", None),
    ],
)
def test_the_pull_request_is_the_one_whose_approval_is_recorded(draft, repository, number):
    (trail,) = trails(ORIGIN, records(OPENED, draft)).values()
    assert pull_request(trail, repository) == number
