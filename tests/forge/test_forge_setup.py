"""How settings are read from GitHub: strictly, one by one, and never more than is needed."""

from types import SimpleNamespace

import pytest
from support.faketime import FakeTime, highest
from support.githubforge import TOKEN, GitHubStandIn, Reply

from runner.errors import Interrupted, RemoteFailure
from runner.forge.client import GitHub
from runner.forge.setup import read_setup
from runner.model.unread import Unread
from runner.net.connection import Route
from runner.net.transport import Setting

NAME = "acme/purge-policies"
PURGE = "purge-bank-eu"


@pytest.fixture
def standin():
    with GitHubStandIn(SimpleNamespace(name=NAME, clock=FakeTime())) as standin:
        standin.settings.put_in_order(["bank-eu"])
        yield standin


def facts(standin, **setting):
    made = Setting(FakeTime(), highest, Route("test"), **setting)
    github = GitHub(standin.url, TOKEN, made, sandbox=True)
    try:
        return read_setup(github, NAME, {PURGE})
    finally:
        github.close()


def changed(**fields):
    return lambda body: {**body, **fields}


def first_of(key, **fields):
    return lambda body: {**body, key: [{**body[key][0], **fields}, *body[key][1:]]}


NONSENSE = {
    "rulesets": [
        ("/rulesets?", lambda body: {"rulesets": body}),
        ("/rulesets?", lambda body: [{**body[0], "id": "1"}]),
        ("/rulesets/1", lambda body: [body]),
        ("/rulesets/1", changed(enforcement=None)),
        ("/rulesets/1", changed(bypass_actors={})),
        ("/rulesets/1", lambda body: Reply(b"<html>")),
    ],
    "environments": [
        ("/environments?", changed(environments={})),
        ("/environments?", first_of("environments", protection_rules=None)),
        ("/environments?", first_of("environments", protection_rules=[{"type": "wait_timer"}])),
        ("/environments?", first_of("environments", protection_rules=[{"type": "required_reviewers"}])),
        ("/environments?", first_of("environments", deployment_branch_policy={})),
        ("/environments?", first_of("environments", deployment_branch_policy=7)),
        (
            "/environments?",
            first_of("environments", deployment_branch_policy={"custom_branch_policies": "yes"}),
        ),
    ],
    "shared_secrets": [
        ("/actions/secrets", changed(secrets=[{}])),
        ("/organization-secrets", changed(secrets=None)),
    ],
    "actions": [
        ("/actions/permissions", changed(enabled="yes")),
        ("/actions/permissions", changed(allowed_actions=7)),
    ],
    "token": [("/permissions/workflow", changed(can_approve_pull_request_reviews="no"))],
    "workflows": [
        ("/actions/workflows?", first_of("workflows", state=None)),
        ("/actions/workflows?", first_of("workflows", created_at="yesterday")),
    ],
    "owner_faults": [("/codeowners/errors", changed(errors=[{"line": "4", "message": "x"}]))],
    "logs": [
        ("/matching-refs", lambda body: [{"ref": "refs/heads/main"}]),
        ("/matching-refs", lambda body: [{"ref": None}]),
    ],
}


@pytest.mark.parametrize(
    ("field", "part", "twist"), [(field, *each) for field, all_ in NONSENSE.items() for each in all_]
)
def test_nonsense_is_no_answer_and_hides_no_other(standin, field, part, twist):
    standin.twists[part] = twist
    read = facts(standin)
    unread = {name for name in NONSENSE if isinstance(getattr(read, name), Unread)}
    assert field in unread
    assert unread <= {field, "token"}
    assert getattr(read, field).why.isprintable()
    assert getattr(read, field).needs.endswith(": read")


@pytest.mark.parametrize("runs", [None, [{}], [{"created_at": "soon"}], [7]])
def test_a_run_that_cannot_be_read_is_not_a_run_that_never_was(standin, runs):
    standin.twists["/runs?"] = changed(workflow_runs=runs)
    workflows = facts(standin).workflows
    assert all(isinstance(each.scheduled, Unread) for each in workflows.values())


def test_a_tag_of_that_name_is_not_the_branch(standin):
    standin.twists["/deployment-branch-policies"] = first_of("branch_policies", type="tag")
    assert facts(standin).environments[PURGE].branches == {"tag main"}


def test_nobody_looks_into_an_environment_that_is_not_asked_about(standin):
    assert facts(standin).environments.keys() == {PURGE}
    assert not [target for target in standin.seen if "plan-bank-eu" in target]


def test_the_name_of_a_repository_that_cannot_stand_in_a_command_is_no_name(standin):
    standin.settings.repository["full_name"] = "acme/x; rm -rf"
    with pytest.raises(RemoteFailure):
        facts(standin)


def test_an_end_that_somebody_asked_for_is_no_answer(standin):
    class Later:
        """Somebody wants the end once the repository has been read."""

        def requested(self):
            return any(target.startswith(f"/repos/{NAME}/") for target in standin.seen)

        def grace(self):
            return 60.0

    with pytest.raises(Interrupted):
        facts(standin, interruption=Later())
