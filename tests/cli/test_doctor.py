"""``purgectl doctor``: whom it asks, what it shows, and the code that it ends with."""

import json
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from support.commandline import purgectl
from support.faketime import FakeTime
from support.githubforge import TOKEN, GitHubStandIn
from support.httppeer import Peer, answer
from support.sandbox import sandbox
from support.trees import file, target

from runner.merkle.keys import Signer

ROOT = Path(__file__).resolve().parents[2]
NAME = "acme/purge-policies"
ORIGIN = "bank-eu.purgectl.example/interactions"
SCHEMA = json.loads((ROOT / "schemas" / "doctor.schema.json").read_text())
APPROVERS = (
    "# yaml-language-server: $schema=../schemas/approvers.schema.json\napiVersion: purge/v1\n"
    "kind: Approvers\nname: approvers\nroles: {privacy-officer: [1], records-manager: [2], legal: [3]}\n"
)
FILES_AND_GITHUB = ("--only", "files", "--only", "github")


@pytest.fixture(scope="module")
def keys():
    return [Signer.generate(ORIGIN), Signer.generate(ORIGIN)]


@pytest.fixture
def place(tmp_path, keys):
    """A repository of policies with everything in order."""
    bank = target(
        "bank-eu",
        region="eu-central-1",
        organizationId="0f6f3a52-8a0e-4a8f-9f39-3f1d4c1b7a10",
        approvals="github",
        log={"origin": ORIGIN, "keys": [str(key.verifier) for key in keys]},
    )
    put(tmp_path, bank, file("policies/approvers.yaml", APPROVERS))
    for name in ("schemas", ".github"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def put(root, *sources):
    for source in sources:
        (root / source.path).parent.mkdir(parents=True, exist_ok=True)
        (root / source.path).write_bytes(source.data)


@pytest.fixture
def github():
    with GitHubStandIn(SimpleNamespace(name=NAME, clock=FakeTime())) as standin:
        standin.settings.put_in_order(["bank-eu"])
        yield standin


def doctor(place, *words, github=None, **variables):
    given = {} if github is None else github.environment()
    return purgectl(place, "doctor", *words, variables={**given, **variables})


def test_all_is_well_and_every_request_only_reads(place, github, keys):
    done = doctor(place, *FILES_AND_GITHUB, github=github, AUDIT_SIGNING_KEY=keys[0].secret())
    assert done.code == 0, done.out
    assert "WRONG" not in done.out
    assert "not checked: not asked for (--only)" in done.out
    assert done.out.endswith(" well, 0 wrong, 0 not checked\n")
    assert not github.desk.written


def test_what_is_wrong_comes_with_its_reason_and_the_call_that_mends_it(place, github, keys):
    github.settings.token["default_workflow_permissions"] = "write"
    done = doctor(place, *FILES_AND_GITHUB, github=github, AUDIT_SIGNING_KEY=keys[0].secret())
    assert done.code == 3
    assert (
        f"""\
  WRONG: the token of workflows: may write everything where a workflow says nothing
    why   a workflow that forgets to say what it may do could do too much
    next  gh api --method PUT repos/{NAME}/actions/permissions/workflow \
-f default_workflow_permissions=read -F can_approve_pull_request_reviews=false
"""
        in done.out
    )


def test_json_follows_its_schema_and_says_the_same(place, github):
    github.settings.withheld.add("/actions/permissions")
    text = doctor(place, *FILES_AND_GITHUB, github=github)
    done = doctor(place, *FILES_AND_GITHUB, "--format", "json", github=github)
    jsonschema.validate(done.json, SCHEMA)
    assert done.code == text.code == done.json["exitCode"] == 9
    assert done.json["asked"] == ["files", "github"]
    unknown = [each for each in done.json["checks"] if each["standing"] == "not-checked"]
    assert {each["id"] for each in unknown} == {"signing-key", "actions", "actions-pinned", "token"}
    assert all(f"not checked: {each['subject']}: {each['what']}" in text.out for each in unknown)


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"GITHUB_REPOSITORY": NAME},
        {"GITHUB_REPOSITORY": "no name", "GITHUB_TOKEN": TOKEN},
        {"GITHUB_REPOSITORY": NAME, "GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": "http://example.com"},
        {"GITHUB_REPOSITORY": NAME, "GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": "https://example.com"},
    ],
)
def test_a_forge_that_cannot_be_asked_is_never_well(place, variables):
    done = doctor(place, "--only", "github", **variables)
    assert done.code == 9
    assert "not checked: GitHub: " in done.out
    assert done.out.endswith("0 checks well, 0 wrong, 1 not checked\n")


@pytest.mark.parametrize("variables", [{"GITHUB_TOKEN": "ended"}, {"GITHUB_REPOSITORY": "acme/other"}])
def test_a_forge_that_shows_nothing_is_never_well(place, github, variables):
    done = doctor(place, "--only", "github", github=github, **variables)
    assert done.code == 9
    assert "not checked: GitHub: GitHub refused GET" in done.out


def test_an_answer_that_cannot_be_read_is_not_checked(place, github):
    github.twists["/actions/permissions/workflow"] = lambda body: {"default_workflow_permissions": 1}
    done = doctor(place, "--only", "github", github=github)
    assert done.code == 9
    assert "not checked: the token of workflows: the answer to GET" in done.out


def test_one_target_alone_is_looked_at_when_it_is_named(place, github):
    put(
        place,
        target("sandbox"),
        target(
            "bank-us",
            region="us-east-1",
            approvals="github",
            organizationId="0f6f3a52-8a0e-4a8f-9f39-3f1d4c1b7a11",
        ),
    )
    subjects = {each["subject"] for each in doctor(place, "--format", "json", github=github).json["checks"]}
    assert {"environment purge-bank-eu", "environment purge-bank-us"} <= subjects
    assert not [each for each in subjects if "sandbox" in each]
    words = ("--target", "bank-eu", "--format", "json")
    subjects = {each["subject"] for each in doctor(place, *words, github=github).json["checks"]}
    assert not [each for each in subjects if "bank-us" in each]
    assert doctor(place, "--target", "nobody").code == 2
    assert doctor(place, "--target", "../x").code == 2


def test_a_platform_is_asked_with_the_credentials_in_the_environment(place):
    put(place, target("sandbox", backend="recording-jobs"))
    words = ("--only", "platform", "--target", "sandbox", "--format", "json")
    with sandbox(size=0) as box:
        done = doctor(place, *words, **box.environment)
        ended = doctor(place, *words, **{**box.environment, "GENESYS_CLOUD_CLIENT_SECRET": "another"})
        assert {entry["method"] for entry in box.journal() if "/api/" in entry["path"]} == {"GET"}
    jsonschema.validate(done.json, SCHEMA)
    assert done.code == 9
    standings = {(each["id"], each["standing"]) for each in done.json["checks"]}
    assert ("credentials", "well") in standings
    assert ("maximum-retention", "well") in standings
    assert {id_ for id_, standing in standings if standing != "well"} == {"permission"}
    for refused in (ended, doctor(place, *words)):
        assert refused.code == 9
        (told,) = refused.json["checks"]
        assert (told["id"], told["standing"]) == ("credentials", "not-checked")


def test_scopes_that_are_too_few_are_wrong(place):
    put(place, target("sandbox"))
    words = ("--only", "platform", "--target", "sandbox", "--format", "json")
    with Peer() as peer:
        answers = {"access_token": "token", "token_type": "Bearer", "expires_in": 14400, "scope": "other"}
        peer.plays(answer(200, answers))
        given = {"BASE_URL": peer.url, "CLIENT_ID": "client", "CLIENT_SECRET": "secret"}
        done = doctor(place, *words, **{f"GENESYS_CLOUD_{name}": text for name, text in given.items()})
    assert done.code == 3
    assert [(each["id"], each["standing"]) for each in done.json["checks"]] == [("credentials", "wrong")]


def test_without_a_target_no_platform_is_well(tmp_path):
    (tmp_path / "policies").mkdir()
    done = doctor(tmp_path, "--only", "platform")
    assert (done.code, "there is no target to ask" in done.out) == (9, True)


def test_a_ruleset_that_cannot_be_read_is_a_usage_error(place):
    (place / ".github").unlink()
    (place / ".github/rulesets").mkdir(parents=True)
    (place / ".github/rulesets/main.json").write_text("{")
    done = doctor(place, "--only", "github")
    assert (done.code, ".github/rulesets/main.json" in done.err) == (2, True)


def test_outside_a_repository_of_policies_it_says_so(tmp_path):
    assert doctor(tmp_path).code == 2
