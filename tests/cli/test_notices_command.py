"""``purgectl notices``: what waits is listed, and what went out goes out again, the same to the byte."""

import json
from datetime import timedelta

import jsonschema
import pytest
from support.gitworld import git
from support.sandbox import GOVERNANCE

from runner.documents.resources import schema
from runner.model.time import parse_instant

TARGET = ("--target", "sandbox")


@pytest.fixture
def undelivered(journey, box):
    """One purge is done, and its notice met a receiver that was down; it has since come back."""
    journey.merge()
    box.arm("status", "POST " + GOVERNANCE, status=503, times=None)
    done = journey.apply()
    assert (done.code, done.json["purges"][0]["ending"]) == (7, "completed")
    assert box.notices() == []
    box.clear_faults()
    return done


def listed(journey):
    done = journey.run("notices", "list", *TARGET, "--format", "json")
    assert done.code == 0, done.err
    jsonschema.Draft7Validator(schema("notices")).validate(done.json)
    return done.json


def replay(journey, *options, **variables):
    return journey.run("notices", "replay", *TARGET, *options, **variables)


def test_a_log_without_notices(journey):
    assert listed(journey) == {"version": 1, "target": "sandbox", "waiting": [], "givenUp": []}
    done = journey.run("notices", "list", *TARGET)
    assert done.out == "Notices of target sandbox\n\n0 notices waiting, 0 given up.\n"


def test_what_waits_is_told_everywhere_with_the_next_attempt(journey, undelivered):
    (waiting,) = listed(journey)["waiting"]
    assert (waiting["attempts"], waiting["lastResult"], waiting["needsReplay"]) == (2, "http-503", False)
    due = waiting["nextAttemptNotBefore"]
    pause = parse_instant(due) - parse_instant(waiting["lastAttemptAt"])
    assert timedelta(minutes=4) < pause < timedelta(minutes=6)
    told = {"delivered": 0, "undelivered": 1, "givenUp": 0, "nextAttemptNotBefore": due}
    assert undelivered.json["notices"] == told
    index = waiting["index"]
    sentence = (
        f"1 notice for endpoint governance waiting, the oldest of record {index}: HTTP 503 "
        f"(after 2 attempts); next attempt by the first apply after {due}"
    )
    assert sentence in journey.run("status", *TARGET).out
    shown = journey.run("notices", "list", *TARGET).out
    assert f"waiting  governance, record {index}: HTTP 503 (2 attempts, last at " in shown
    assert f"next: by the first apply after {due}" in shown
    status = journey.run("status", *TARGET, "--format", "json").json["log"]
    assert (status["noticesWaiting"], status["noticesGivenUp"]) == (1, 0)
    assert status["nextAttemptNotBefore"] == due


def test_a_run_before_the_next_attempt_is_red_and_calls_nobody(journey, box, undelivered):
    calls = len(box.journal("POST", GOVERNANCE))
    again = journey.apply()
    assert (again.code, again.json["notices"]["undelivered"]) == (7, 1)
    assert len(box.journal("POST", GOVERNANCE)) == calls
    assert "next attempt by the first apply after" in journey.run("apply", *TARGET).out


def test_a_notice_that_waits_goes_at_once_when_somebody_says_so(journey, box, undelivered):
    (waiting,) = listed(journey)["waiting"]
    done = replay(journey, "--from", str(waiting["index"]))
    assert done.code == 0, done.err
    assert f"1 notice for endpoint governance in the outbox again, of record {waiting['index']}" in done.out
    (again,) = listed(journey)["waiting"]
    assert (again["attempts"], again["nextAttemptNotBefore"]) == (0, None)
    assert journey.apply().code == 0
    (received,) = box.notices()
    assert received["id"] == waiting["webhookId"]


def test_a_delivered_notice_goes_out_again_and_again_the_same_to_the_byte(journey, box):
    journey.merge()
    assert journey.apply().code == 0
    for _ in range(2):
        assert replay(journey, "--from", "0", "--endpoint", "governance").code == 0
        assert journey.apply().code == 0
    (received,) = box.notices()
    assert len(received["times"]) == 3
    git(journey.world.clone, "fetch", "--quiet", "origin")
    verified = journey.run("audit", "verify", *TARGET)
    assert verified.code == 0, verified.out
    kinds = journey.kinds()
    assert kinds.count("notice.replayed") == 2
    assert kinds.count("notice.delivered") == 3


@pytest.mark.parametrize(
    "options", [("--from", "500"), ("--from", "0", "--endpoint", "nobody"), ("--from", "1", "--to", "0")]
)
def test_what_was_never_told_cannot_be_sent_again(journey, box, options):
    journey.merge()
    assert journey.apply().code == 0
    before = journey.world.tip()
    done = replay(journey, *options)
    assert done.code == 2
    assert "no endpoint was ever told" in done.err
    assert journey.world.tip() == before


def test_sending_again_needs_the_key(journey, undelivered):
    done = replay(journey, "--from", "0", AUDIT_SIGNING_KEY=None)
    assert done.code == 2
    assert "AUDIT_SIGNING_KEY" in done.err


def test_an_endpoint_that_main_no_longer_names_is_owed_nothing(journey, undelivered):
    journey.world.commit({"policies/targets/sandbox.yaml": journey.target(webhooks="[]")})
    done = journey.apply()
    assert (done.code, done.json["notices"]["undelivered"]) == (0, 0)
    assert len(listed(journey)["waiting"]) == 1


def test_the_daily_sign_of_life_is_delivered_by_the_run_that_gives_it(journey, box):
    webhooks = "[{id: governance, events: [log.heartbeat]}]"
    journey.world.commit({"policies/targets/sandbox.yaml": journey.target(webhooks=webhooks)})
    assert [journey.apply().code for _ in range(2)] == [0, 0]
    (received,) = box.notices()
    assert received["body"]["type"] == "purgectl.log.heartbeat.v1"


def test_the_bytes_of_a_body_are_those_of_the_first_time(journey, box, undelivered):
    place = "outbox/governance"
    show = ("ls-tree", "-r", "--name-only", journey.world.branch, place)
    (path,) = git(journey.world.origin, *show).splitlines()
    before = json.loads(git(journey.world.origin, "show", f"{journey.world.branch}:{path}"))
    assert replay(journey, "--from", "0").code == 0
    after = json.loads(git(journey.world.origin, "show", f"{journey.world.branch}:{path}"))
    assert (after["body"], after["webhook_id"]) == (before["body"], before["webhook_id"])
    assert (after["attempts"], before["attempts"]) == (0, 2)
