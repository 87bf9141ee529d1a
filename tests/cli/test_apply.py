"""``purgectl apply`` as a user runs it: real git, a real server, counted by the server's journal."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess

import jsonschema
import pytest
from referencing import Registry, Resource
from support.articleserver import PURGE_ID, article_server
from support.commandline import command_line
from support.gitworld import git
from support.journey import HELD, Journey, hold, policy
from support.sandbox import COUNT, JOB, PURGE, TOKEN, eventually, sandbox

from runner.documents.resources import core_pack, schema

BILLING = ["purge.intended", "purge.submitted", "purge.completed", "purge.verified", "notice.delivered"]


def only(done):
    """The one purge of a run's JSON."""
    (purge,) = done.json["purges"]
    return purge


def test_what_was_merged_is_purged_once_verified_and_announced(journey, box):
    journey.merge()
    first = journey.apply()
    assert first.code == 0, first.err
    purge = only(first)
    assert (purge["ending"], purge["verdict"]) == ("completed", "PASS")
    assert purge["figures"]["totalInteractionsPurged"] > 0
    assert journey.kinds() == ["log.opened", *BILLING]
    assert len(box.notices()) == 1
    intended = journey.world.store().load().records[1]
    assert intended.body["packs"] == [{"name": "core", "blob": core_pack().git_blob}]

    again = journey.apply()
    assert (again.code, again.json["submitted"]) == (0, 0)
    assert len(box.submissions()) == 1
    assert len(box.notices()) == 1
    assert journey.kinds() == ["log.opened", *BILLING]


def test_the_json_of_a_run_follows_its_schema(journey, box):
    journey.merge()
    journey.merge("young", dateRange='{start: "2026-01-01T00:00:00Z", end: "2026-02-01T00:00:00Z"}')
    done = journey.apply()
    assert done.code == 3
    findings = Resource.from_contents(schema("findings"))
    registry = Registry().with_resource("findings.schema.json", findings)
    jsonschema.Draft7Validator(schema("apply"), registry=registry).validate(done.json)
    assert {purge["ending"] for purge in done.json["purges"]} == {"completed", "refused"}


def test_the_whole_job_against_a_server_written_from_the_article_alone(tmp_path):
    with article_server() as server:
        journey = Journey(
            tmp_path,
            {
                "GENESYS_CLOUD_BASE_URL": server.base_url,
                "GENESYS_CLOUD_CLIENT_ID": "YOUR_CLIENT_ID",
                "GENESYS_CLOUD_CLIENT_SECRET": "YOUR_CLIENT_SECRET",
            },
        )
        journey.world.commit(
            {"policies/targets/sandbox.yaml": journey.target(counts="unavailable", webhooks="[]")}
        )
        journey.merge()
        done = journey.apply()
        assert done.code == 0, done.err
        purge = only(done)
        assert (purge["jobId"], purge["ending"], purge["verdict"]) == (PURGE_ID, "completed", "UNKNOWN")
        assert purge["figures"]["totalInteractionsPurged"] == 120
        assert server.seen.count(("POST", "/api/v2/interactions/purge")) == 1
        assert {path for _, path in server.seen} == {"/oauth/token", PURGE, f"{PURGE}/{PURGE_ID}"}
        assert server.bodies == [
            {
                "interactions": [
                    {
                        "type": "voice",
                        "dateRange": {"start": "2018-01-01T00:00:00.000Z", "end": "2018-12-31T23:59:59.999Z"},
                        "filters": {"attributes": {"department": "billing", "retention_status": "expired"}},
                        "purgeType": "permanent",
                        "reason": "The agreed period for these calls has ended.",
                    }
                ]
            }
        ]


def test_a_run_killed_while_polling_is_taken_up_by_the_next(tmp_path):
    with sandbox(job_seconds=3) as box:
        journey = Journey(tmp_path, box.environment)
        journey.merge()
        process = journey.start_apply()
        eventually(lambda: box.journal("GET", JOB), bool)
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=10) == -signal.SIGKILL
        assert journey.kinds() == ["log.opened", "purge.intended", "purge.submitted"]
        done = journey.apply()
        assert done.code == 0, done.err
        purge = only(done)
        assert (purge["ending"], purge["submittedNow"]) == ("completed", False)
        assert len(box.submissions()) == 1
        assert journey.kinds() == ["log.opened", *BILLING]


@pytest.mark.parametrize("kind", ["cut-after-effect", "cut-before-effect"])
def test_a_lost_answer_is_ambiguous_and_never_sent_again(journey, box, kind):
    journey.merge()
    box.arm(kind, "POST " + PURGE)
    first = journey.apply()
    assert first.code == 5
    assert only(first)["ending"] == "ambiguous"
    assert journey.apply().code == 5
    assert len(box.submissions()) == 1
    assert journey.kinds().count("purge.ambiguous") == 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_on_the_purge_request_is_ambiguous_too(journey, box, status):
    journey.merge()
    box.arm("status", "POST " + PURGE, status=status)
    assert journey.apply().code == 5
    assert len(box.submissions()) == 1


def test_a_throttled_submission_waits_as_told_and_is_sent(journey, box):
    journey.merge()
    box.arm("status", "POST " + PURGE, status=429, retry_after=1)
    done = journey.apply()
    assert done.code == 0, done.err
    assert [entry["status"] for entry in box.submissions()] == [429, 202]


def test_a_pause_of_hours_ends_the_run_and_the_next_one_keeps_it(journey, box):
    journey.merge()
    box.arm("status", "POST " + PURGE, status=429, retry_after=7200)
    first = journey.apply()
    assert first.code == 4
    assert "resume later" in only(first)["detail"]
    second = journey.apply()
    assert (second.code, only(second)["ending"]) == (0, "waiting")
    assert len(box.submissions()) == 1
    assert journey.kinds() == ["log.opened", "purge.intended", "purge.refused"]


def test_a_request_refused_for_good_needs_a_new_revision(journey, box):
    journey.merge()
    box.arm("status", "POST " + PURGE, status=400, body={"message": "overlapping purge windows"})
    first = journey.apply()
    assert first.code == 8
    assert "overlapping purge windows" in only(first)["detail"]
    assert journey.apply().code == 0
    assert len(box.submissions()) == 1
    journey.merge(revision="2")
    raised = journey.apply()
    assert raised.code == 0, raised.err
    assert {purge["revision"]: purge["ending"] for purge in raised.json["purges"]} == {
        1: "nothing",
        2: "completed",
    }


@pytest.mark.parametrize(("fault", "ending"), [("job-failed", "failed"), ("job-cancelled", "cancelled")])
def test_a_job_that_does_not_complete(journey, box, fault, ending):
    journey.merge()
    box.arm(fault)
    done = journey.apply()
    assert (done.code, only(done)["ending"]) == (8, ending)
    journey.apply()
    assert len(box.submissions()) == 1


def test_an_unknown_status_is_polled_on(journey, box):
    journey.merge()
    box.arm("job-unknown-status", polls=1)
    done = journey.apply()
    assert (done.code, only(done)["ending"]) == (0, "completed")


def test_time_that_is_over_leaves_the_job_for_the_next_run(tmp_path):
    with sandbox(job_seconds=4) as box:
        journey = Journey(tmp_path, box.environment)
        journey.merge()
        first = journey.apply("--max-minutes", "0.06")
        assert (first.code, only(first)["ending"]) == (0, "polling")
        assert only(journey.apply())["ending"] == "completed"
        assert len(box.submissions()) == 1


REFUSALS = {
    "over its limit": ({"limits": "{maxInteractions: 1}"}, "SCP-003"),
    "too young": ({"retentionDays": "3650"}, "RET-003"),
    "another count than approved": ({"expected": "{count: 100000, tolerancePercent: 2}"}, "SCP-004"),
}


@pytest.mark.parametrize(("changes", "rule"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_guard_refuses_before_anything_is_sent_and_says_so_once(journey, box, changes, rule):
    journey.merge(**changes)
    for _ in range(2):
        done = journey.apply()
        assert done.code == 3
        assert rule in {finding["rule"] for finding in only(done)["findings"]}
    assert box.submissions() == []
    assert journey.kinds() == ["log.opened", "purge.refused"]


def test_a_hold_that_was_merged_after_the_policy_stops_it(journey, box):
    journey.merge()
    journey.world.commit({HELD: hold("filters: {attributes: {queue: billing-1}}")})
    done = journey.apply()
    assert done.code == 3
    assert [finding["rule"] for finding in only(done)["findings"]] == ["HLD-001"]
    assert box.submissions() == []
    assert "purge.refused" in journey.kinds()


def test_a_hold_that_cannot_be_read_stops_everything(journey, box):
    journey.merge()
    journey.world.commit({HELD: "apiVersion: [\n"})
    assert journey.apply().code == 3
    assert box.submissions() == []


def test_a_hold_that_judged_a_purge_and_vanished_from_main_stops_every_other(journey, box):
    journey.world.commit({HELD: hold("interactionTypes: [email]")})
    journey.merge()
    assert journey.apply().code == 0
    journey.world.commit({HELD: None})
    journey.merge("old-mails", interactionType="email")
    refused = journey.apply()
    assert refused.code == 3
    assert "HLD-007" in json.dumps(refused.json)
    assert len(box.submissions()) == 1
    journey.world.commit({HELD: hold("interactionTypes: [chat]")})
    assert journey.apply().code == 0
    assert len(box.submissions()) == 2


@pytest.mark.parametrize("value", [None, "", "false", "True", "1"])
def test_the_kill_switch_refuses_whatever_is_not_true(journey, box, value):
    journey.merge()
    done = journey.apply(PURGE_ENABLED=value)
    assert done.code == 3
    assert [finding["rule"] for finding in only(done)["findings"]] == ["RUN-001"]
    assert box.submissions() == []


def test_a_suspended_target_refuses(journey, box):
    journey.merge()
    journey.world.commit({"policies/targets/sandbox.yaml": journey.target(suspended="true")})
    assert journey.apply().code == 3
    assert box.submissions() == []


def test_a_policy_that_is_only_observed_writes_nothing(journey, box):
    journey.merge(mode="observe")
    assert journey.apply().code == 0
    assert (box.submissions(), journey.kinds()) == ([], ["log.opened"])


def test_a_clock_that_is_wrong_refuses(journey, box):
    journey.merge()
    box.arm("date-skew", "POST " + TOKEN, seconds=-7200, times=None)
    done = journey.apply()
    assert done.code == 3
    assert [finding["rule"] for finding in only(done)["findings"]] == ["DAT-004"]
    assert box.submissions() == []


def test_a_count_that_cannot_be_had_submits_nothing(journey, box):
    journey.merge()
    box.arm("no-count", times=None)
    done = journey.apply()
    assert done.code == 4
    assert box.submissions() == []
    assert journey.kinds() == ["log.opened"]


def test_a_changed_policy_whose_purge_began_is_refused(journey, box):
    journey.merge()
    assert journey.apply().code == 0
    journey.merge(reason="The agreed period for these calls has ended, once more.")
    done = journey.run("plan", "--target", "sandbox", "--format", "json")
    assert done.code == 3
    assert "PLC-001" in json.dumps(done.json)
    journey.apply()
    assert len(box.submissions()) == 1


def test_a_copy_of_a_finished_policy_is_refused(journey, box):
    journey.merge()
    assert journey.apply().code == 0
    journey.world.commit(
        {"policies/purges/old-calls.yaml": None, "policies/purges/copy.yaml": policy("copy")}
    )
    done = journey.apply()
    assert done.code == 3
    assert "SCP-005" in json.dumps(done.json)
    assert len(box.submissions()) == 1


FORGE = {"GITHUB_REPOSITORY": "acme/purge-policies", "GITHUB_TOKEN": "t"}
NO_EVIDENCE = {
    "no forge": ({}, "GITHUB_REPOSITORY and GITHUB_TOKEN not set"),
    "no token": ({"GITHUB_REPOSITORY": "acme/purge-policies"}, "GITHUB_TOKEN not set"),
    "no repository": ({**FORGE, "GITHUB_REPOSITORY": "../.."}, "GITHUB_REPOSITORY is no owner/name"),
    "a forge that anybody could be": (
        {**FORGE, "GITHUB_API_URL": "http://127.0.0.1:1"},
        "GITHUB_API_URL is not https",
    ),
    "a foreign forge": (
        {**FORGE, "GITHUB_API_URL": "https://api.github.com.example.org"},
        "which is not GitHub's own host",
    ),
}


@pytest.mark.parametrize(("variables", "said"), NO_EVIDENCE.values(), ids=NO_EVIDENCE)
def test_a_target_outside_the_sandbox_needs_a_forge_and_says_so_without_a_request(
    journey, box, variables, said
):
    target = journey.target(
        region="us-east-1", approvals="github", organizationId="7d0d2b1e-0000-4000-8000-000000000001"
    )
    journey.world.commit({"policies/targets/sandbox.yaml": target})
    journey.merge(expected="{count: 24, tolerancePercent: 2}")
    real = {"GENESYS_CLOUD_BASE_URL": "https://api.mypurecloud.com", "GOVERNANCE_WEBHOOK_URL": None}
    done = journey.apply(**real, **variables)
    assert done.code == 2
    assert said in done.err
    assert journey.kinds() == ["log.opened"]
    assert box.journal() == []


MISUSE = {
    "no base URL": ({"GENESYS_CLOUD_BASE_URL": None}, 2, "GENESYS_CLOUD_BASE_URL"),
    "no secret": ({"GENESYS_CLOUD_CLIENT_SECRET": None}, 2, "GENESYS_CLOUD_CLIENT_SECRET"),
    "a foreign host": ({"GENESYS_CLOUD_BASE_URL": "https://api.example.com"}, 2, "GENESYS_CLOUD_BASE_URL"),
    "no signing key": ({"AUDIT_SIGNING_KEY": None}, 2, "AUDIT_SIGNING_KEY"),
    "a broken signing key": ({"AUDIT_SIGNING_KEY": "PRIVATE+KEY+x"}, 2, "AUDIT_SIGNING_KEY"),
    "a wrong secret": ({"GENESYS_CLOUD_CLIENT_SECRET": "wrong"}, 4, "secret"),
}


@pytest.mark.parametrize(("variables", "code", "names"), MISUSE.values(), ids=MISUSE.keys())
def test_a_wrong_environment_is_named_and_nothing_happens(journey, box, variables, code, names):
    journey.merge()
    done = journey.apply(**variables)
    assert done.code == code
    assert names in done.err + done.out
    assert "wrong" not in (done.out + done.err).replace("wrong secret", "")
    assert (box.submissions(), journey.kinds()) == ([], ["log.opened"])


def test_an_unknown_target_is_named_with_those_there_are(journey):
    done = journey.run("apply", "--target", "production")
    assert done.code == 2
    assert "sandbox" in done.err


def test_a_missing_log_is_refused_and_not_made(journey, box):
    journey.merge()
    git(journey.world.origin, "update-ref", "-d", journey.world.branch)
    remembered = journey.apply()
    assert remembered.code == 6
    assert "vanished" in remembered.err
    journey.world.forget()
    unknown = journey.apply()
    assert unknown.code == 3
    assert "purgectl audit open --target sandbox" in unknown.err
    assert box.submissions() == []


def test_a_log_that_does_not_verify_stops_everything(journey, box):
    journey.merge()
    assert journey.apply().code == 0
    journey.merge("second", filters="{attributes: {department: sales}}")
    world = journey.world
    forger = world.another_clone("forger")
    git(forger, "checkout", "--quiet", "audit/sandbox")
    record = forger / "records/000/000/003.json"
    record.write_bytes(record.read_bytes().replace(b'"completed"', b'"complete2"'))
    git(forger, "commit", "--quiet", "--all", "--message", "nothing to see")
    git(forger, "push", "--quiet", "origin", "audit/sandbox")
    done = journey.apply()
    assert done.code == 6
    assert "records/000/000/003.json" in done.err
    assert len(box.submissions()) == 1


def test_a_log_that_was_cut_since_this_clone_saw_it_stops_everything(journey, box):
    journey.merge()
    opened = journey.world.tip()
    assert journey.apply().code == 0
    git(journey.world.origin, "update-ref", journey.world.branch, opened)
    for _ in range(2):
        done = journey.apply()
        assert done.code == 6
        assert "rewritten or rolled back" in done.err
    assert len(box.submissions()) == 1


def test_a_folder_that_is_no_repository_is_a_usage_error(journey, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done = subprocess.run(
        command_line("apply", "--target", "sandbox"),
        cwd=elsewhere,
        env=journey.variables | {"GIT_CEILING_DIRECTORIES": str(elsewhere.parent)},
        capture_output=True,
    )
    assert done.returncode == 2
    assert b"git repository" in done.stderr


def test_the_plan_counts_and_sends_nothing_that_could_purge(journey, box):
    journey.merge()
    done = journey.run("plan", "--target", "sandbox", "--format", "json")
    assert done.code == 0, done.err
    (order,) = done.json["orders"]
    assert order["standing"] == "ready"
    assert order["count"] > 0
    assert {(entry["method"], entry["path"]) for entry in box.journal()} == {("POST", TOKEN), ("POST", COUNT)}
    assert journey.kinds() == ["log.opened"]


def test_the_status_tells_the_next_step_without_credentials(journey, box):
    journey.merge()
    before = journey.run("status", "--target", "sandbox", GENESYS_CLOUD_CLIENT_SECRET=None)
    assert before.code == 0
    assert "apply submits it" in before.out
    journey.apply()
    after = journey.run("status", "--target", "sandbox", "--format", "json").json
    assert [(purge["state"], purge["verdict"]) for purge in after["purges"]] == [("completed", "PASS")]


@pytest.mark.parametrize(
    "redirection",
    [
        "2>&-",
        ">/dev/full",
        "2>&1 | head -n 1",
        *(pytest.param(more, marks=pytest.mark.slow) for more in ("2>/dev/full", "| true", ">&-")),
    ],
)
def test_output_that_nobody_reads_changes_nothing_about_the_run(journey, box, redirection):
    journey.merge()
    line = f"{shlex.join(command_line('apply', '--target', 'sandbox'))} {redirection}"
    shell = ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"]
    done = subprocess.run(shell, cwd=journey.world.clone, env=journey.variables, capture_output=True)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr + done.stdout
    assert journey.kinds() == ["log.opened", *BILLING]
    assert len(box.submissions()) == 1
