"""The real workflow files, run: pull request, fork, push, schedule, wrong branch, failure, hostile input.

``harness.py`` says what of this is real and what is not.
"""

import json
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from expressions import UnknownExpression, condition, evaluate, resolve
from harness import Harness
from machine import REPOSITORY, Environment, Event
from support.faketime import FakeTime
from support.githubforge import GitHubStandIn
from support.gitworld import git
from support.journey import PURGES, Journey, policy
from support.pullrequests import Hub
from support.sandbox import sandbox
from workflow_files import WORKFLOWS, Workflows, for_the_sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("jq") is None, reason="the stand-in for gh needs jq"),
]

MAIN = "refs/heads/main"
STATUS = {"success": True, "failure": False, "always": True, "cancelled": False}
SECRET = "do-not-tell"
RECORDER = """#!{python}
import json, os, pathlib, sys
if "pip" in sys.argv:
    sys.exit(0)
if "targets" in sys.argv:
    print(os.environ.get("TARGETS_FOUND", '["bank-eu","bank-us"]'))
    sys.exit({select})
with open({seen!r}, "a") as seen:
    seen.write(json.dumps([sys.argv[1:], dict(os.environ)]) + "\\n")
"""


@pytest.fixture
def box():
    with sandbox() as running:
        yield running


@pytest.fixture
def journey(tmp_path, box):
    return Journey(tmp_path, box.environment)


@pytest.fixture
def forge(tmp_path, journey):
    forge = Harness(tmp_path, journey.world.origin)
    with GitHubStandIn(Hub(journey.world.origin, FakeTime())) as api:
        forge.api = api.url
        yield forge


def pull_request(journey, files, *, fork=False, number=7):
    """Push files as the head of a pull request; return the event of its merge result."""
    clone = journey.world.clone
    main = git(clone, "rev-parse", "origin/main")
    git(clone, "checkout", "--quiet", "--detach", main)
    for name, text in files.items():
        path = clone / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", 'title"; touch pwned; $(touch pwned)')
    git(clone, "push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{number}/head")
    head = git(clone, "rev-parse", "HEAD")
    git(clone, "checkout", "--quiet", "--detach", main)
    git(clone, "merge", "--quiet", "--no-ff", "--message", "Merge", head)
    git(clone, "push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{number}/merge")
    merged = git(clone, "rev-parse", "HEAD")
    git(clone, "checkout", "--quiet", "main")
    repository = "stranger/fork" if fork else REPOSITORY
    payload = {
        "pull_request": {
            "number": number,
            "title": "::error::$(touch pwned)",
            "head": {"repo": {"full_name": repository}},
        }
    }
    return Event("pull_request", f"refs/pull/{number}/merge", merged, payload)


def on_main(journey, name, **inputs):
    return Event(name, MAIN, git(journey.world.clone, "rev-parse", "origin/main"), inputs=inputs)


def comments(forge, number=7):
    return [comment["body"] for comment in forge.state()["comments"].get(str(number), [])]


def results(ran):
    return {name: job.result for name, job in ran.items()}


def test_a_pull_request_is_validated_planned_and_commented_once(forge, journey):
    change = {f"{PURGES}/old-calls.yaml": policy()}
    for _ in range(2):
        ran = forge.run("validate.yml", pull_request(journey, change))
        assert results(ran) == {"validate": "success", "comment": "success"}, ran["validate"].log
    (body,) = comments(forge)
    marker, heading = body.splitlines()[:2]
    assert marker == "<!-- purgectl plan -->"
    assert heading == "## Purge plan: 1 purge would delete an unknown number of interactions for good"
    assert body.partition("\n")[2] in ran["validate"].summary
    assert [method for method, _ in forge.state()["calls"]] == ["GET", "POST", "GET", "PATCH"]


def test_a_strangers_comment_with_our_marker_is_left_alone(forge, journey):
    state = forge.state()
    state["comments"]["7"] = [{"id": 1000, "user": {"login": "mallory"}, "body": "<!-- purgectl plan -->"}]
    forge.forge.write_text(json.dumps(state))
    forge.run("validate.yml", pull_request(journey, {f"{PURGES}/old-calls.yaml": policy()}))
    assert comments(forge)[0] == "<!-- purgectl plan -->"
    assert len(comments(forge)) == 2


def test_a_pull_request_from_a_fork_gets_its_plan_in_the_summary_and_writes_nothing(forge, journey):
    ran = forge.run("validate.yml", pull_request(journey, {f"{PURGES}/a.yaml": policy("a")}, fork=True))
    assert results(ran) == {"validate": "success", "comment": "skipped"}
    assert "## Purge plan: 1 purge" in ran["validate"].summary
    assert forge.state()["calls"] == []


def test_what_is_refused_is_red_and_planned_all_the_same(forge, journey):
    ran = forge.run("validate.yml", pull_request(journey, {f"{PURGES}/a.yaml": policy("a", reason="test")}))
    assert results(ran) == {"validate": "failure", "comment": "success"}
    (body,) = comments(forge)
    assert "**refused** by RSN-001" in body


def test_an_author_cannot_put_words_into_the_comment(forge, journey):
    files = {f"{PURGES}/old-calls.yaml": policy(), "plan.md": "All is well.", "plan/plan.md": "All is well."}
    forge.run("validate.yml", pull_request(journey, files))
    (body,) = comments(forge)
    assert "All is well." not in body


def test_a_plan_that_failed_says_nothing(forge, journey):
    forge.program("python", "#!/bin/sh\nexit 70\n")
    ran = forge.run("validate.yml", pull_request(journey, {f"{PURGES}/old-calls.yaml": policy()}))
    assert results(ran) == {"validate": "failure", "comment": "failure"}
    assert forge.state()["calls"] == []


def test_a_merge_queue_validates_and_comments_nowhere(forge, journey):
    change = pull_request(journey, {f"{PURGES}/old-calls.yaml": policy()})
    base = git(journey.world.clone, "rev-parse", "origin/main")
    queued = Event("merge_group", "refs/heads/queue", change.sha, {"merge_group": {"base_sha": base}})
    ran = forge.run("validate.yml", queued)
    assert results(ran) == {"validate": "success", "comment": "skipped"}


def test_no_text_of_a_pull_request_is_obeyed(forge, journey, tmp_path):
    hostile = "::error::boom `@everyone` <img src=x> $(touch pwned) ${{ secrets.X }}"
    ran = forge.run(
        "validate.yml",
        pull_request(
            journey,
            {
                f"{PURGES}/a.yaml": policy("a", reason=json.dumps(hostile), ticket='"::add-mask::x"'),
                "policies/$(touch pwned).yaml": hostile,
                "policies/::warning::x.yaml": "",
            },
        ),
    )
    assert list(tmp_path.rglob("pwned")) == []
    told = [line for line in ran["validate"].log.splitlines() if line.startswith("::")]
    assert all(line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in told)
    assert not [line for line in ran["comment"].log.splitlines() if line.startswith("::")]
    (body,) = comments(forge)
    assert len(body) < 65_536


def live(forge, journey, box, **inputs):
    """Run plan-live with a client that may read, for a pull request and a target."""
    known = box.environment
    forge.environments["plan-sandbox"] = Environment(
        secrets={
            "GENESYS_CLOUD_CLIENT_ID": "sandbox-reader",
            "GENESYS_CLOUD_CLIENT_SECRET": known["GENESYS_CLOUD_CLIENT_SECRET"],
        },
        vars={"GENESYS_CLOUD_BASE_URL": known["GENESYS_CLOUD_BASE_URL"]},
    )
    given = {"pr": "7", "target": "sandbox", **inputs}
    return forge.run("plan-live.yml", on_main(journey, "workflow_dispatch", **given))


def test_a_live_plan_counts_by_the_code_of_main_and_runs_nothing_of_the_pull_request(
    forge, journey, box, tmp_path
):
    trap = f"open({str(tmp_path / 'pwned')!r}, 'w')\n"
    pull_request(
        journey,
        {
            f"{PURGES}/old-calls.yaml": policy(),
            "runner/__init__.py": trap,
            "runner/__main__.py": trap,
            "sitecustomize.py": trap,
            ".gitattributes": "* filter=x merge=x\n",
        },
    )
    ran = live(forge, journey, box)
    assert results(ran) == {"plan": "success", "comment": "success"}, ran["plan"].log
    assert not (tmp_path / "pwned").exists()
    (body,) = comments(forge)
    assert body.startswith("<!-- purgectl plan-live sandbox -->\n## Purge plan: 1 purge would delete ")
    assert "of this type in the range" in body
    assert box.submissions() == []
    assert box.environment["GENESYS_CLOUD_CLIENT_SECRET"] not in json.dumps([ran["comment"].seen, body])


def test_a_live_plan_is_as_if_merged_into_todays_main(forge, journey, box):
    pull_request(journey, {f"{PURGES}/old-calls.yaml": policy()})
    journey.merge("newer", interactionType="chat")
    live(forge, journey, box)
    (body,) = comments(forge)
    assert "**old-calls**" in body
    assert "newer" not in body


def test_a_pull_request_that_conflicts_is_not_planned(forge, journey, box):
    pull_request(journey, {f"{PURGES}/old-calls.yaml": policy()})
    journey.merge(limits="{maxInteractions: 1}")
    ran = live(forge, journey, box)
    assert results(ran) == {"plan": "failure", "comment": "failure"}
    assert "the pull request conflicts with main" in ran["plan"].log
    assert comments(forge) == []


def test_the_credential_counts_by_the_target_of_main_only(forge, journey, box):
    organisation = "5a8a8f0e-61c5-4dd2-9d1b-2f5d0e8c1a77"
    elsewhere = journey.target(region="us-east-1", approvals="github", organizationId=organisation)
    pull_request(journey, {"policies/targets/sandbox.yaml": elsewhere, f"{PURGES}/old-calls.yaml": policy()})
    ran = live(forge, journey, box)
    assert ran["plan"].result == "failure"
    (body,) = comments(forge)
    assert "**refused** by SCP-004" in body
    assert "of this type in the range" in body


@pytest.mark.parametrize("pr", ["0", "7/../8", "7; touch pwned", "-1", "main:x"])
def test_what_is_no_number_fetches_nothing(forge, journey, box, pr, tmp_path):
    pull_request(journey, {f"{PURGES}/old-calls.yaml": policy()})
    event = on_main(journey, "workflow_dispatch", pr=pr, target="sandbox")
    file = {"plan-live.yml": WORKFLOWS.parsed["plan-live.yml"]}
    forge.workflows = _without_comment(file)
    forge.environments["plan-sandbox"] = Environment()
    assert results(forge.run("plan-live.yml", event)) == {"plan": "failure"}
    assert list(tmp_path.rglob("pwned")) == []


def _without_comment(files):
    """The workflow without its second job, whose input GitHub itself would refuse first."""
    changed = Workflows({})
    changed.__dict__["parsed"] = {
        name: {**each, "jobs": {"plan": each["jobs"]["plan"]}} for name, each in files.items()
    }
    return changed


@pytest.mark.parametrize("file", ["plan-live.yml", "purge.yml", "audit-verify.yml"])
def test_nothing_happens_on_another_branch(forge, journey, file):
    inputs = {"plan-live.yml": {"pr": "7", "target": "sandbox"}}.get(file, {})
    event = replace(on_main(journey, "workflow_dispatch", **inputs), ref="refs/heads/feature")
    assert set(results(forge.run(file, event)).values()) == {"skipped"}
    assert forge.state()["calls"] == []


def test_an_environment_gives_nothing_to_another_branch(forge, journey, box):
    open_to_all = Workflows(
        {
            **WORKFLOWS.texts,
            "plan-live.yml": WORKFLOWS.texts["plan-live.yml"].replace(
                "github.ref == 'refs/heads/main'", "true"
            ),
        }
    )
    forge.workflows = open_to_all
    event = replace(on_main(journey, "workflow_dispatch", pr="7", target="sandbox"), ref="refs/heads/feature")
    ran = forge.run("plan-live.yml", event)
    assert (ran["plan"].result, ran["plan"].seen) == ("failure", {})


@pytest.fixture
def recorded(forge, tmp_path):
    """Put a recorder in the place of python; returns what it saw of ``apply`` and its like."""
    seen = tmp_path / "seen.jsonl"

    def calls(select=0, targets='["bank-eu","bank-us"]'):
        text = RECORDER.format(python=sys.executable, seen=str(seen), select=select)
        forge.program("python", text.replace('\'["bank-eu","bank-us"]\'', repr(targets)))
        return lambda: [json.loads(line) for line in seen.read_text().splitlines()] if seen.exists() else []

    for target in ("bank-eu", "bank-us"):
        forge.environments[f"purge-{target}"] = Environment(
            secrets={"GENESYS_CLOUD_CLIENT_SECRET": f"{SECRET}-{target}"}, vars={"PURGE_ENABLED": "true"}
        )
    return calls


@pytest.mark.parametrize(
    ("event", "minutes"), [("push", "25"), ("schedule", "5"), ("workflow_dispatch", "25")]
)
def test_each_target_is_purged_with_its_own_credential(forge, journey, recorded, event, minutes):
    calls = recorded()
    given = {"spool_run": ""} if event == "workflow_dispatch" else {}
    ran = forge.run("purge.yml", on_main(journey, event, **given))
    assert set(results(ran).values()) == {"success"}
    applied, announced = calls()[:2], calls()[2:]
    assert [arguments for arguments, _ in applied] == [
        ["-m", "runner", "apply", "--target", target, "--max-minutes", minutes]
        for target in ("bank-eu", "bank-us")
    ]
    for (arguments, environment), target in zip(announced, ("bank-eu", "bank-us"), strict=True):
        assert arguments == ["-m", "runner", "announce", "--target", target]
        assert SECRET not in str(environment)
        assert "PURGE_ENABLED" not in environment
    for (_, environment), target in zip(applied, ("bank-eu", "bank-us"), strict=True):
        assert environment["GENESYS_CLOUD_CLIENT_SECRET"] == f"{SECRET}-{target}"
        assert environment["PURGE_ENABLED"] == "true"
    assert SECRET not in "".join(job.log for job in ran.values())
    assert SECRET not in json.dumps(ran["select"].seen)


def test_without_a_target_the_privileged_job_never_begins(forge, journey, recorded):
    calls = recorded(targets="[]")
    assert results(forge.run("purge.yml", on_main(journey, "schedule"))) == {
        "select": "success",
        "execute": "skipped",
        "announce": "skipped",
    }
    assert calls() == []


def test_where_select_fails_nothing_is_purged(forge, journey, recorded):
    calls = recorded(select=1)
    assert results(forge.run("purge.yml", on_main(journey, "push"))) == {
        "select": "failure",
        "execute": "skipped",
        "announce": "skipped",
    }
    assert calls() == []


def test_a_condition_that_no_longer_asks_would_have_purged(forge, journey, recorded):
    calls = recorded(select=1)
    asked = "if: ${{ github.ref == 'refs/heads/main' && needs.select.outputs.targets != '[]' }}"
    text = WORKFLOWS.texts["purge.yml"]
    assert asked in text
    forge.workflows = Workflows({"purge.yml": text.replace(asked, "if: ${{ always() }}")})
    ran = forge.run("purge.yml", on_main(journey, "push"))
    assert (ran["select"].result, len(calls())) == ("failure", 2)


def test_an_input_pasted_into_a_shell_is_refused_by_the_harness(forge, journey, recorded):
    recorded()
    text = WORKFLOWS.texts["purge.yml"].replace('--target "$TARGET"', "--target ${{ matrix.target }}")
    forge.workflows = Workflows({"purge.yml": text})
    with pytest.raises(UnknownExpression):
        forge.run("purge.yml", on_main(journey, "push"))


CREATION = {"activity_type": "branch_creation", "timestamp": "t", "before": "0", "after": "1"}
PUSH = {**CREATION, "activity_type": "push"}


def looked_after(forge, journey, pushes=(CREATION, PUSH), hours=1):
    """Run audit-verify over a forge with some activity and a schedule that ran some hours ago."""
    then = (datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    forge.answer("activity", None if pushes is None else list(pushes))
    forge.answer("runs", {"workflow_runs": [] if hours is None else [{"created_at": then}]})
    return forge.run("audit-verify.yml", on_main(journey, "schedule"))


def test_logs_that_are_whole_open_no_issue(forge, journey, recorded):
    calls = recorded()
    ran = looked_after(forge, journey)
    assert results(ran) == {
        "select": "success",
        "verify (bank-eu)": "success",
        "verify (bank-us)": "success",
        "alive": "success",
        "announce (bank-eu)": "success",
        "announce (bank-us)": "success",
        "tell": "skipped",
    }, ran["verify (bank-eu)"].log
    assert [arguments[2:] for arguments, _ in calls()] == [
        *(
            ["audit", what, "--target", target]
            for target in ("bank-eu", "bank-us")
            for what in ("verify", "completeness")
        ),
        *(["announce", "--target", target] for target in ("bank-eu", "bank-us")),
    ]
    assert forge.state()["issues"] == []


@pytest.mark.parametrize(
    "trouble",
    [
        {"pushes": (CREATION, {**PUSH, "activity_type": "force_push"})},
        {"pushes": ({**PUSH, "activity_type": "branch_deletion"}, CREATION)},
        {"pushes": (CREATION, PUSH, CREATION)},
        {"pushes": None},
        {"hours": 7},
    ],
    ids=["rewritten", "deleted", "created twice", "not told", "schedule silent"],
)
def test_trouble_opens_one_issue_and_the_next_day_no_other(forge, journey, recorded, trouble):
    recorded()
    for _ in range(2):
        ran = looked_after(forge, journey, **trouble)
        assert "failure" in results(ran).values()
        assert ran["tell"].result == "success", ran["tell"].log
    (issue,) = forge.state()["issues"]
    assert issue["title"] == "audit-verify: a log needs a person"
    assert f"https://forge.example/{REPOSITORY}/actions/runs/1" in issue["body"]


def test_a_repository_with_nothing_but_a_sandbox_is_left_in_peace(forge, journey, recorded):
    recorded(targets="[]")
    assert set(results(looked_after(forge, journey, hours=99)).values()) == {"success", "skipped"}


def test_the_real_logs_are_verified_by_the_real_commands(forge, journey, box):
    journey.merge()
    assert journey.apply().code == 0
    forge.workflows = for_the_sandbox("audit-verify.yml")
    ran = looked_after(forge, journey)
    assert ran["verify (sandbox)"].result == "success", ran["verify (sandbox)"].log
    assert "the log is whole" in ran["verify (sandbox)"].log
    git(journey.world.clone, "fetch", "--quiet", "origin", "audit/sandbox")
    git(journey.world.clone, "push", "--quiet", "--force", "origin", "main:audit/sandbox")
    assert looked_after(forge, journey)["verify (sandbox)"].result == "failure"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a.b == 'X' && 'yes' || 'no'", "yes"),
        ("!a.nothing && a.b != 'y'", True),
        ("(1 == 1) && null", None),
        ("fromJSON('[1]')", [1]),
        ("'it''s'", "it's"),
        ("a.missing || 'else'", "else"),
    ],
)
def test_expressions_mean_what_github_says(expression, value):
    assert evaluate(expression, {"a": {"b": "x"}}, STATUS) == value


@pytest.mark.parametrize(
    "expression", ["contains(a, b)", "b.c", "a[0]", "a == ", "'open", "a.b == 1", "a b", "hashFiles('x')", ""]
)
def test_an_expression_that_is_not_known_is_refused(expression):
    with pytest.raises(UnknownExpression):
        evaluate(expression, {"a": {"b": "x"}}, STATUS)


def test_a_condition_asks_for_success_unless_it_asks_for_something_else():
    failed = {**STATUS, "success": False, "failure": True}
    assert condition(None, {}, STATUS)
    assert not condition(None, {}, failed)
    assert not condition("${{ 'true' }}", {}, failed)
    assert condition("${{ failure() }}", {}, failed)
    with pytest.raises(UnknownExpression):
        condition("${{ always() }} && true", {}, STATUS)
    assert resolve({"x": ["${{ a.b }}-1", "${{ a.n }}"]}, {"a": {"b": "x", "n": 5}}, STATUS) == {
        "x": ["x-1", 5]
    }
