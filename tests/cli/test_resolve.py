"""``purgectl resolve`` as a person runs it, after a look at the platform."""

from __future__ import annotations

import os
import pty
import subprocess
from dataclasses import replace

import pytest
from support.auditdrafts import Drafting
from support.commandline import Done, command_line

from runner.model.log import RecordType

DRAFTING = Drafting(policy="old-calls")
RAN = ("--decision", "ran", "--evidence", "job-seen", "--job", "job-1")
NOT_RUN = ("--decision", "not-run", "--evidence", "job-absent")


@pytest.fixture
def ambiguous(journey):
    """A purge that nobody can tell of since long ago; returns its id."""
    store = journey.world.store()
    intended = DRAFTING.intended(lease_until="2026-01-01T00:00:00Z", holds=[])
    announced = intended.fields["policy"]
    body = {**announced["body"], "filters": {"attributes": {"department": "billing"}}}
    policy = {**announced, "body": body}
    store.append([replace(intended, fields={**intended.fields, "policy": policy})])
    store.append([DRAFTING.ambiguous()])
    return DRAFTING.purge_id


def resolve(journey, purge_id, *arguments, **variables) -> Done:
    return journey.run("resolve", purge_id, "--target", "sandbox", *arguments, **variables)


def resolved(journey):
    (record,) = [each for each in journey.world.store().load().records if each.type is RecordType.RESOLVED]
    return record.body


def test_what_ran_is_closed_with_its_job_and_counted_by_the_next_run(journey, box, ambiguous):
    done = resolve(journey, ambiguous, *RAN, "--reference", "OPS-17", "--yes", GITHUB_ACTOR_ID="4711")
    assert done.code == 0, done.err
    assert "never runs again" in done.out
    body = resolved(journey)
    assert (body["decision"], body["evidence"], body["job"]) == ("ran", "job-seen", {"id": "job-1"})
    assert (body["reference"], body["decided_by"]) == ("OPS-17", {"actor_id": "4711"})
    counted = journey.apply()
    assert counted.code in (0, 8), counted.out
    assert journey.kinds()[-1] == "purge.verified"
    assert box.submissions() == []


def test_what_did_not_run_may_run_under_a_higher_revision(journey, box, ambiguous):
    assert resolve(journey, ambiguous, *NOT_RUN, "--yes").code == 0
    journey.merge(revision="2")
    done = journey.apply()
    assert done.code == 0, done.err + done.out
    assert [purge["ending"] for purge in done.json["purges"] if purge["revision"] == 2] == ["completed"]


def test_a_name_in_place_of_a_number_is_never_written_down(journey, ambiguous):
    done = resolve(journey, ambiguous, *NOT_RUN, "--yes", GITHUB_ACTOR_ID="jane", GITHUB_ACTOR="jane")
    assert done.code == 0
    assert resolved(journey)["decided_by"] == {"actor_id": ""}


def test_a_purge_is_resolved_once(journey, ambiguous):
    assert resolve(journey, ambiguous, *NOT_RUN, "--yes").code == 0
    again = resolve(journey, ambiguous, *RAN, "--yes")
    assert again.code == 3
    assert "resolved-not-run" in again.err


MISUSE = {
    "ran without a job": (("--decision", "ran", "--evidence", "job-seen", "--yes"), "--job"),
    "contradiction": (("--decision", "ran", "--evidence", "job-absent", "--yes"), "cannot rest on"),
    "nobody to confirm": (NOT_RUN, "--yes"),
    "a name for a ticket": ((*NOT_RUN, "--reference", "Jane Doe", "--yes"), "reference"),
    "no such evidence": (("--decision", "ran", "--evidence", "hope"), "--evidence"),
}


@pytest.mark.parametrize(("arguments", "names"), MISUSE.values(), ids=MISUSE.keys())
def test_misuse_is_named_and_nothing_is_recorded(journey, ambiguous, arguments, names):
    done = resolve(journey, ambiguous, *arguments)
    assert done.code == 2
    assert names in done.err
    assert "purge.resolved" not in journey.kinds()


def test_an_unknown_purge_is_a_usage_error(journey):
    assert resolve(journey, "no-such-purge", *NOT_RUN, "--yes").code == 2


def test_nobody_decides_before_a_late_answer_is_out_of_the_way(journey):
    store = journey.world.store()
    store.append([DRAFTING.intended(lease_until="2099-01-01T00:00:00Z")])
    store.append([DRAFTING.ambiguous()])
    done = resolve(journey, DRAFTING.purge_id, *NOT_RUN, "--yes")
    assert done.code == 3
    assert "decide after 2099-01-01T00:10:00Z" in done.err


@pytest.mark.parametrize(("typed", "code"), [("old-calls", 0), ("yes", 2)])
def test_at_a_terminal_the_name_of_the_policy_is_typed(journey, ambiguous, typed, code):
    ours, theirs = pty.openpty()
    try:
        with subprocess.Popen(
            command_line("resolve", ambiguous, "--target", "sandbox", *NOT_RUN),
            cwd=journey.world.clone,
            env=journey.variables,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            os.write(ours, f"{typed}\n".encode())
            out, err = process.communicate(timeout=30)
    finally:
        os.close(ours)
        os.close(theirs)
    assert process.returncode == code, err
    assert "nothing was deleted by this revision" in err
    assert ("Resolved: old-calls" in out) is (code == 0)


def test_the_run_and_the_status_name_the_command_lines_to_choose_from(journey, ambiguous):
    journey.merge()
    command = f"purgectl resolve {ambiguous} --target sandbox --decision"
    status = journey.run("status", "--target", "sandbox")
    run = journey.run("apply", "--target", "sandbox")
    assert run.code == 5
    for text in (status.out, run.out):
        assert f"{command} ran --evidence job-seen --job JOB" in text
        assert f"{command} not-run --evidence job-absent" in text
