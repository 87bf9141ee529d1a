"""What people and programs read of notices that have not arrived."""

import json
from dataclasses import replace
from datetime import timedelta

import jsonschema
import pytest
from support.faketime import START

from runner.apply.outcome import RunOutcome
from runner.documents.resources import schema
from runner.errors import ExitCode
from runner.model.log import Checkpoint, Log
from runner.model.notice import Notice
from runner.reports.apply_json import apply_json
from runner.reports.apply_markdown import apply_markdown
from runner.reports.apply_text import apply_text
from runner.reports.notices import next_attempt, outlook
from runner.reports.notices_json import notices_json
from runner.reports.notices_text import notices_text, replayed_text

FRESH = Notice("governance", 3, "id-3", b"{}", START, 0, "", None)
LATER = START + timedelta(hours=2)
DOWN = replace(FRESH, attempts=3, last_result="http-503", last_at=START, next_attempt_at=LATER)
GONE = replace(FRESH, endpoint="left", attempts=1, last_result="http-410", last_at=START)
DEAD = replace(FRESH, index=1, attempts=36, last_result="connect", last_at=START)
CHECKPOINT = Checkpoint("o", 9, b"r" * 32)


def log(outbox, dead=()):
    return Log("tip", CHECKPOINT, {}, {}, START, None, (), tuple(outbox), tuple(dead))


def test_one_sentence_an_endpoint_however_many_wait():
    waiting = [DOWN, *(replace(FRESH, index=index) for index in range(4, 1000)), GONE]
    assert list(outlook(waiting, [DEAD, replace(DEAD, index=2)])) == [
        (
            "997 notices for endpoint governance waiting, the oldest of record 3: HTTP 503 "
            "(after 3 attempts); next attempt by the first apply after 2026-11-23T11:00:00Z"
        ),
        (
            "1 notice for endpoint left waiting, the oldest of record 3: HTTP 410 (after 1 attempt); "
            "next attempt not before purgectl notices replay, for the receiver wants no more"
        ),
        (
            "2 notices for endpoint governance given up, the oldest of record 1: no connection; "
            "purgectl notices replay sends them again"
        ),
    ]
    assert list(outlook([], [])) == []


def test_the_next_attempt_of_all():
    other = replace(DOWN, endpoint="right", next_attempt_at=LATER + timedelta(hours=1))
    assert next_attempt([other, DOWN, GONE]) == "2026-11-23T11:00:00Z"
    assert next_attempt([DOWN, replace(FRESH, endpoint="right")]) is None
    assert next_attempt([GONE]) is None
    assert next_attempt([]) is None


def test_a_list_for_a_person():
    assert notices_text("sandbox", log([DOWN, replace(FRESH, index=4)], [DEAD])) == (
        "Notices of target sandbox\n\n"
        "  waiting  governance, record 3: HTTP 503 (3 attempts, last at 2026-11-23T09:00:00Z)\n"
        "    next: by the first apply after 2026-11-23T11:00:00Z\n"
        "  waiting  governance, record 4: not tried yet (0 attempts)\n"
        "    next: by the first apply after 2026-11-23T11:00:00Z\n"
        "  given up governance, record 1: no connection (36 attempts, last at 2026-11-23T09:00:00Z)\n"
        "    next: purgectl notices replay --from 1 --to 1 --endpoint governance\n\n"
        "2 notices waiting, 1 given up.\n"
    )


def test_a_list_for_a_program():
    shown = json.loads(notices_json("sandbox", log([DOWN, GONE, FRESH], [DEAD])))
    jsonschema.Draft7Validator(schema("notices")).validate(shown)
    assert [(each["endpoint"], each["needsReplay"]) for each in shown["waiting"]] == [
        ("governance", False), ("governance", False), ("left", True),
    ]  # fmt: skip
    (dead,) = shown["givenUp"]
    assert (dead["index"], dead["attempts"], dead["lastResult"]) == (1, 36, "connect")


def test_what_goes_out_again():
    again = [FRESH, replace(FRESH, index=7), replace(FRESH, endpoint="left")]
    assert replayed_text(again) == (
        "2 notices for endpoint governance in the outbox again, of records 3 to 7\n"
        "1 notice for endpoint left in the outbox again, of record 3\n"
        "The next apply sends them, oldest first.\n"
    )


@pytest.mark.parametrize("hostile", ["http-\x1b[31m", "::error::x", "##[group]x", "x\u202ey", "http-`|x"])
@pytest.mark.parametrize("report", [apply_text, apply_markdown, apply_json, notices_text, notices_json])
def test_a_result_that_somebody_wrote_into_the_branch_commands_nothing(report, hostile):
    """An entry's result is unsigned: whoever may push may write it."""
    waiting, dead = (replace(DOWN, last_result=hostile),), (replace(DEAD, last_result=hostile),)
    if report in (notices_text, notices_json):
        shown = report("sandbox", log(waiting, dead))
    else:
        shown = report(RunOutcome("sandbox", "c0de", CHECKPOINT, (), waiting=waiting, given_up=dead))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "##[" not in shown
    assert not any(line.lstrip().startswith("::") for line in shown.splitlines())


@pytest.mark.parametrize(
    ("waiting", "given_up", "code"),
    [((), (), 0), ((FRESH,), (), 7), ((DOWN,), (), 7), ((GONE,), (), 7), ((), (DEAD,), 7)],
)
def test_a_run_is_red_while_anything_is_undelivered(waiting, given_up, code):
    outcome = RunOutcome("sandbox", "c0de", CHECKPOINT, (), waiting=waiting, given_up=given_up)
    assert outcome.exit_code == ExitCode(code)
