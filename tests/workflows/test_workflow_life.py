"""The life of a purge in the real workflow files, from the pull request to what it is told in the end.

GitHub is its stand-in, the platform is the sandbox, and git is git.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import Harness
from machine import Environment, Event
from support.gitworld import git
from support.journey import HELD, PURGES, Journey, hold, policy
from support.office import Office
from support.sandbox import sandbox
from workflow_files import for_the_sandbox

pytestmark = pytest.mark.slow

MAIN = "refs/heads/main"
POLICY = f"{PURGES}/old-calls.yaml"


@pytest.fixture
def box():
    with sandbox() as running:
        yield running


@pytest.fixture
def office(tmp_path, box):
    office = Office(Journey(tmp_path, box.environment))
    with office.api:
        yield office


@pytest.fixture
def forge(tmp_path, office):
    forge = Harness(tmp_path, office.journey.world.origin)
    forge.api = office.api.url
    given = office.journey.variables
    secrets = ("GENESYS_CLOUD_CLIENT_ID", "GENESYS_CLOUD_CLIENT_SECRET", "AUDIT_SIGNING_KEY")
    webhook = ("GOVERNANCE_WEBHOOK_URL", "GOVERNANCE_WEBHOOK_SECRET")
    forge.environments["purge-sandbox"] = Environment(
        secrets={name: given[name] for name in (*secrets, *webhook)},
        vars={name: given[name] for name in ("GENESYS_CLOUD_BASE_URL", "PURGE_ENABLED")},
    )
    return forge


def run(forge, office, file, event, sha=None):
    """Run a workflow on ``main``, or on an older commit of it; return its jobs."""
    forge.workflows = for_the_sandbox(file)
    return forge.run(file, Event(event, MAIN, sha or office.hub.tip()))


def merge_result(office, pull):
    """The commit that GitHub makes of a pull request to try it."""
    desk = office.journey.world.another_clone(f"merge-of-{pull.number}")
    git(desk, "merge", "--quiet", "--no-ff", "--message", "Merge", pull.head)
    git(desk, "push", "--quiet", "origin", f"HEAD:refs/pull/{pull.number}/merge")
    return git(desk, "rev-parse", "HEAD")


def results(ran):
    return {name: job.result for name, job in ran.items()}


def test_from_the_pull_request_to_the_notice(office, forge, box):
    office.hub.push(office.ada, "change", {POLICY: policy()})
    pull = office.hub.open(office.ada, "change")
    payload = {"number": pull.number, "head": {"repo": {"full_name": office.hub.name}}}
    proposed = Event(
        "pull_request",
        f"refs/pull/{pull.number}/merge",
        merge_result(office, pull),
        {"pull_request": payload},
    )
    ran = forge.run("validate.yml", proposed)
    assert results(ran) == {"validate": "success", "comment": "success"}, ran["validate"].log
    (plan,) = forge.state()["comments"][str(pull.number)]
    assert "## Purge plan: 1 purge would delete" in plan["body"]

    office.hub.review(pull, office.bob)
    office.hub.merge(pull, office.carol, "squash")
    ran = run(forge, office, "purge.yml", "push")
    assert set(results(ran).values()) == {"success"}, "".join(job.log for job in ran.values())
    assert len(box.submissions()) == 1
    assert [notice["body"]["type"] for notice in box.notices()] == ["purgectl.purge.completed.v1"]

    (told,) = office.api.desk.bodies(pull.number)
    assert told.splitlines()[1].startswith("## Purge complete, nothing is left: ")
    assert f"(https://forge.example/{office.hub.name}/blob/audit/sandbox/records/000/000/001.json)" in told

    forge.answer("activity", [{"activity_type": "push", "timestamp": "t", "before": "0", "after": "1"}])
    ran = run(forge, office, "audit-verify.yml", "schedule")
    assert "the log is whole" in ran["verify (sandbox)"].log
    assert "nothing was skipped" in ran["verify (sandbox)"].log
    assert ran["announce (sandbox)"].log == "sandbox: everything that the log says is told already\n"
    assert office.api.desk.issues == []


def test_a_live_plan_says_who_must_still_approve(office, forge, box):
    two = policy(classification="confidential", jurisdictions="[US]", retentionDays="2557")
    office.hub.push(office.ada, "change", {POLICY: two})
    pull = office.hub.open(office.ada, "change")
    git(office.hub.origin, "update-ref", f"refs/pull/{pull.number}/head", pull.head)
    forge.environments["plan-sandbox"] = forge.environments["purge-sandbox"]

    def said():
        inputs = {"pr": str(pull.number), "target": "sandbox"}
        ran = forge.run("plan-live.yml", Event("workflow_dispatch", MAIN, office.hub.tip(), inputs=inputs))
        assert results(ran) == {"plan": "success", "comment": "success"}, ran["plan"].log
        (comment,) = forge.state()["comments"][str(pull.number)]
        return comment["body"]

    assert "2 people<br>records-manager<br>still to come: 2 people, with records-manager" in said()
    office.hub.review(pull, office.bob)
    assert "still to come: 1 person, with records-manager" in said()


def purged_once(office, box, policies=1):
    """Whether each policy was submitted once, and its purge has come to its end."""
    kinds = office.journey.kinds()
    assert len(box.submissions()) == kinds.count("purge.intended") == policies
    assert kinds.count("purge.verified") == policies


def test_a_push_that_started_nothing_is_made_up_for_by_the_schedule(office, forge, box):
    office.merge({POLICY: policy()}, office.bob)
    assert results(run(forge, office, "purge.yml", "schedule"))["execute (sandbox)"] == "success"
    purged_once(office, box)


def test_a_run_that_was_cancelled_while_it_waited_is_made_up_for_by_the_next(office, forge, box):
    office.merge({POLICY: policy()}, office.bob)
    office.merge({f"{PURGES}/chats.yaml": policy("chats", interactionType="chat")}, office.bob, branch="more")
    assert results(run(forge, office, "purge.yml", "push"))["execute (sandbox)"] == "success"
    purged_once(office, box, 2)


def test_two_runs_at_once_submit_once(office, forge, box):
    office.merge({POLICY: policy()}, office.bob)
    forge.workflows = for_the_sandbox("purge.yml")
    event = Event("push", MAIN, office.hub.tip())
    with ThreadPoolExecutor(2) as both:
        ran = list(both.map(lambda _: forge.run("purge.yml", event), range(2)))
    assert [results(each)["execute (sandbox)"] for each in ran] == ["success"] * 2, ran[0]
    purged_once(office, box)


@pytest.mark.parametrize("held", [False, True])
def test_a_run_of_weeks_ago_that_is_started_again_does_what_is_right_today(office, forge, box, held):
    office.merge({POLICY: policy()}, office.bob)
    then = office.hub.tip()
    if held:
        office.hub.push(office.carol, "main", {HELD: hold()})
    else:
        assert results(run(forge, office, "purge.yml", "push"))["execute (sandbox)"] == "success"
    ran = run(forge, office, "purge.yml", "push", then)
    if held:
        assert results(ran)["execute (sandbox)"] == "failure"
        assert office.refusal() == {"HLD-001"}
        assert box.submissions() == []
    else:
        purged_once(office, box)
