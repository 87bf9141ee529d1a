"""What the workflows must be, whatever else they become. Each test takes the files that it judges.

``test_workflow_mutations.py`` calls the same tests with files that somebody has broken.
"""

import re

import pytest
from workflow_files import WORKFLOWS

from runner.cli import audit
from runner.cli.main import COMMANDS

REVIEW = {"types": ["opened", "synchronize", "reopened", "edited"]}
QUEUE = {"types": ["checks_requested"]}
MAIN = "github.ref == 'refs/heads/main'"
EVENTS = {
    "announce.yml": {"workflow_call": {"targets": "string"}},
    "audit-verify.yml": {"schedule": [{"cron": "23 4 * * *"}], "workflow_dispatch": None},
    "ci.yml": {"pull_request": None, "merge_group": QUEUE, "push": {"branches": ["main"]}},
    "comment.yml": {"workflow_call": {"number": "number", "marker": "string"}},
    "plan-live.yml": {"workflow_dispatch": {"pr": "number", "target": "string"}},
    "purge.yml": {
        "push": {"branches": ["main"], "paths": ["policies/**"]},
        "schedule": [{"cron": "7,37 * * * *"}],
        "workflow_dispatch": {"spool_run": "string"},
    },
    "validate.yml": {"pull_request": REVIEW, "merge_group": QUEUE},
}
ANNOUNCE = {"contents": "read", "pull-requests": "write", "issues": "write"}
PERMISSIONS = {
    ("announce.yml", "announce"): ANNOUNCE,
    ("audit-verify.yml", "announce"): ANNOUNCE,
    ("purge.yml", "announce"): ANNOUNCE,
    ("audit-verify.yml", "select"): {"contents": "read"},
    ("audit-verify.yml", "verify"): {"contents": "read"},
    ("audit-verify.yml", "alive"): {"actions": "read"},
    ("audit-verify.yml", "tell"): {"issues": "write"},
    ("ci.yml", "ci"): {"contents": "read"},
    ("comment.yml", "comment"): {"pull-requests": "write"},
    ("plan-live.yml", "plan"): {"contents": "read", "pull-requests": "read"},
    ("plan-live.yml", "comment"): {"pull-requests": "write"},
    ("purge.yml", "execute"): {"contents": "write", "pull-requests": "read", "actions": "read"},
    ("purge.yml", "select"): {"contents": "read"},
    ("validate.yml", "validate"): {"contents": "read"},
    ("validate.yml", "comment"): {"pull-requests": "write"},
}
NEEDS = {
    ("audit-verify.yml", "verify"): ["select"],
    ("audit-verify.yml", "alive"): ["select"],
    ("audit-verify.yml", "announce"): ["select"],
    ("audit-verify.yml", "tell"): ["select", "verify", "alive"],
    ("plan-live.yml", "comment"): ["plan"],
    ("purge.yml", "announce"): ["select", "execute"],
    ("purge.yml", "execute"): ["select"],
    ("validate.yml", "comment"): ["validate"],
}
SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"
CONDITIONS = {
    ("audit-verify.yml", "select"): MAIN,
    ("audit-verify.yml", "verify"): "needs.select.outputs.targets != '[]'",
    ("audit-verify.yml", "alive"): "needs.select.outputs.targets != '[]'",
    ("audit-verify.yml", "announce"): "needs.select.outputs.targets != '[]'",
    ("audit-verify.yml", "tell"): f"failure() && {MAIN}",
    ("plan-live.yml", "plan"): MAIN,
    ("plan-live.yml", "comment"): f"!cancelled() && {MAIN}",
    ("purge.yml", "select"): MAIN,
    ("purge.yml", "announce"): (
        f"!cancelled() && {MAIN} && needs.select.result == 'success' && needs.select.outputs.targets != '[]'"
    ),
    ("purge.yml", "execute"): f"{MAIN} && needs.select.outputs.targets != '[]'",
    ("validate.yml", "comment"): (
        f"!cancelled() && github.event_name == 'pull_request' && {SAME_REPOSITORY}"
    ),
}
ENVIRONMENTS = {
    ("purge.yml", "execute"): "purge-${{ matrix.target }}",
    ("plan-live.yml", "plan"): "plan-${{ inputs.target }}",
}
GROUPS = {
    ("announce.yml", "announce"): {"group": "announce-${{ matrix.target }}", "cancel-in-progress": False},
    ("audit-verify.yml", None): {"group": "audit-verify", "cancel-in-progress": True},
    ("ci.yml", None): {
        "group": "ci-${{ github.event.pull_request.number || github.run_id }}",
        "cancel-in-progress": True,
    },
    ("plan-live.yml", None): {
        "group": "plan-live-${{ inputs.pr }}-${{ inputs.target }}",
        "cancel-in-progress": True,
    },
    ("purge.yml", "execute"): {
        "group": "purge-${{ matrix.target }}",
        "cancel-in-progress": False,
        "queue": "max",
    },
    ("validate.yml", None): {
        "group": "validate-${{ github.event.pull_request.number || github.run_id }}",
        "cancel-in-progress": True,
    },
}
CREDENTIAL = r"\b(secrets|vars)\b"
CHECKED_OUT = {
    ("announce.yml", "announce"),
    ("audit-verify.yml", "select"),
    ("audit-verify.yml", "verify"),
    ("ci.yml", "ci"),
    ("plan-live.yml", "plan"),
    ("purge.yml", "execute"),
    ("purge.yml", "select"),
    ("validate.yml", "validate"),
}


@pytest.fixture
def workflows():
    return WORKFLOWS


def texts(value):
    """Every text below a YAML value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def told(event):
    """An event's filters, or the types of what it is given."""
    if isinstance(event, dict) and "inputs" in event:
        return {name: given["type"] for name, given in event["inputs"].items()}
    return event


def by_job(workflows, key):
    return {(file, name): job[key] for file, name, job in workflows.all_jobs if key in job}


def test_every_workflow_starts_on_the_agreed_events_and_no_other(workflows):
    # A required check has no filter: GitHub leaves a filtered one pending for ever.
    found = {
        file: {name: told(event) for name, event in workflow["on"].items()}
        for file, workflow in workflows.parsed.items()
    }
    assert found == EVENTS


def test_permissions_are_none_at_the_top_and_the_agreed_ones_in_each_job(workflows):
    assert all(workflow["permissions"] == {} for workflow in workflows.parsed.values())
    assert by_job(workflows, "permissions") == PERMISSIONS


def test_every_permission_says_what_it_is_for(workflows):
    for file, _, job in workflows.all_jobs:
        for scope, level in job["permissions"].items():
            assert re.search(rf"^ +{scope}: {level} # \w", workflows.texts[file], re.MULTILINE)


def test_every_job_is_bounded_and_runs_on_a_named_image(workflows):
    for _, _, job in workflows.jobs:
        assert 0 < job["timeout-minutes"] <= 35
        assert job["runs-on"] == "ubuntu-24.04"


def test_jobs_wait_for_each_other_as_agreed(workflows):
    assert by_job(workflows, "needs") == NEEDS


def test_jobs_run_under_the_agreed_conditions_and_a_required_check_under_none(workflows):
    # A required check has no condition: GitHub counts a skipped job as passed.
    wanted = {job: f"${{{{ {condition} }}}}" for job, condition in CONDITIONS.items()}
    assert by_job(workflows, "if") == wanted


def test_every_condition_is_one_expression(workflows):
    for _, step in workflows.steps:
        assert re.fullmatch(r"\$\{\{ [^{}]+ \}\}", step.get("if", "${{ always() }}"))


def test_environments_are_the_agreed_ones(workflows):
    assert by_job(workflows, "environment") == ENVIRONMENTS


def test_the_lock_of_a_purge_is_its_own_and_no_run_is_lost_in_its_queue(workflows):
    found = {
        (file, None): each["concurrency"] for file, each in workflows.parsed.items() if "concurrency" in each
    }
    assert found | by_job(workflows, "concurrency") == GROUPS


def test_each_target_is_a_job_of_its_own(workflows):
    matrix = {"target": "${{ fromJSON(needs.select.outputs.targets) }}"}
    assert by_job(workflows, "strategy") == {
        ("purge.yml", "execute"): {"fail-fast": False, "max-parallel": 1, "matrix": matrix},
        ("audit-verify.yml", "verify"): {"fail-fast": False, "matrix": matrix},
        ("announce.yml", "announce"): {
            "fail-fast": False,
            "matrix": {"target": "${{ fromJSON(inputs.targets) }}"},
        },
    }


def test_what_a_job_hands_on_comes_from_a_step_that_is_there(workflows):
    for _, _, job in workflows.jobs:
        ids = {step["id"] for step in job["steps"] if "id" in step}
        named = {name for text in texts(job) for name in re.findall(r"\bsteps\.([\w-]+)", text)}
        assert named == ids
    for _, _, job in workflows.all_jobs:
        named = {name for text in texts(job) for name in re.findall(r"\bneeds\.([\w-]+)", text)}
        assert named <= set(job.get("needs", ()))


def test_a_run_ends_before_its_job_is_cut_off(workflows):
    execute = workflows.parsed["purge.yml"]["jobs"]["execute"]
    (apply,) = [step for step in execute["steps"] if step["name"] == "Apply"]
    minutes = [int(number) for number in re.findall(r"'(\d+)'", apply["env"]["MAX_MINUTES"])]
    assert len(minutes) == 2
    assert max(minutes) + 5 < execute["timeout-minutes"]


def test_validate_checks_tries_the_examples_and_plans_with_the_history_that_it_needs(workflows):
    checkout, _, _, validate, test, plan, keep = workflows.parsed["validate.yml"]["jobs"]["validate"]["steps"]
    assert checkout["with"]["fetch-depth"] == 0
    base = {"BASE_SHA": "${{ github.event.merge_group.base_sha || 'HEAD^1' }}"}
    assert validate["env"] == plan["env"] == base
    assert test["run"] == "exec python -m runner test"
    assert not {"if", "continue-on-error"} & {*validate, *test}
    assert plan["if"] == keep["if"] == "${{ !cancelled() }}"


def test_the_plan_that_is_kept_is_the_one_that_is_commented(workflows):
    keeps = [step["with"] for _, step in workflows.steps if step["name"] == "Keep the plan"]
    (fetch,) = [step["with"] for _, step in workflows.steps if step["name"] == "Fetch the plan"]
    assert [(keep["name"], keep["path"]) for keep in keeps] == [("plan", "${{ runner.temp }}/plan.md")] * 2
    assert fetch == {"name": "plan", "path": "plan"}
    calls = {(file, name): job["uses"] for file, name, job in workflows.all_jobs if "uses" in job}
    assert calls == {
        ("audit-verify.yml", "announce"): "./.github/workflows/announce.yml",
        ("plan-live.yml", "comment"): "./.github/workflows/comment.yml",
        ("purge.yml", "announce"): "./.github/workflows/announce.yml",
        ("validate.yml", "comment"): "./.github/workflows/comment.yml",
    }
    assert not [job for _, _, job in workflows.all_jobs if "secrets" in job]


def test_whoever_announces_has_the_whole_log_and_its_own_token(workflows):
    checkout, *_, announce = workflows.parsed["announce.yml"]["jobs"]["announce"]["steps"]
    assert checkout["with"]["fetch-depth"] == 0
    assert announce["env"] == {"TARGET": "${{ matrix.target }}", "GITHUB_TOKEN": "${{ github.token }}"}
    for file in ("audit-verify.yml", "purge.yml"):
        given = workflows.parsed[file]["jobs"]["announce"]["with"]
        assert given == {"targets": "${{ needs.select.outputs.targets }}"}


def test_secrets_and_variables_are_read_in_environments_only(workflows):
    for file, name, job in workflows.all_jobs:
        if (file, name) not in ENVIRONMENTS:
            assert not [text for text in texts(job) if re.search(CREDENTIAL, text)]
    for workflow in workflows.parsed.values():
        rest = {key: value for key, value in workflow.items() if key != "jobs"}
        assert not [text for text in texts(rest) if re.search(rf"{CREDENTIAL}|github\.token", text)]


def test_the_kill_switch_and_every_credential_reach_apply_and_no_other_step(workflows):
    *before, apply, after = workflows.parsed["purge.yml"]["jobs"]["execute"]["steps"]
    assert all("env" not in step for step in (*before, after))
    assert set(apply["env"]) == {
        "TARGET",
        "PURGECTL_SPOOL",
        "MAX_MINUTES",
        "PURGE_ENABLED",
        "GENESYS_CLOUD_BASE_URL",
        "GENESYS_CLOUD_CLIENT_ID",
        "GENESYS_CLOUD_CLIENT_SECRET",
        "GOVERNANCE_WEBHOOK_URL",
        "GOVERNANCE_WEBHOOK_SECRET",
        "AUDIT_SIGNING_KEY",
        "AUDIT_EXPECT",
        "GITHUB_TOKEN",
    }


def test_the_reading_credential_reaches_the_count_and_no_other_step(workflows):
    steps = workflows.parsed["plan-live.yml"]["jobs"]["plan"]["steps"]
    held = {step["name"]: set(step["env"]) for step in steps if "env" in step}
    assert held == {
        "Merge the pull request into today's main, in memory": {"NUMBER", "READ_TOKEN"},
        "Plan": {
            "NUMBER",
            "GITHUB_TOKEN",
            "TARGET",
            "GENESYS_CLOUD_BASE_URL",
            "GENESYS_CLOUD_CLIENT_ID",
            "GENESYS_CLOUD_CLIENT_SECRET",
        },
    }


def test_no_code_of_a_pull_request_is_checked_out_beside_a_credential_or_a_token_that_writes(workflows):
    checkouts = [
        (file, name, step)
        for file, name, job in workflows.jobs
        for step in job["steps"]
        if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert {(file, name) for file, name, _ in checkouts} == CHECKED_OUT
    for _, _, step in checkouts:
        assert step["with"].keys() <= {"persist-credentials", "fetch-depth"}
        assert step["with"]["persist-credentials"] is False
    reviewed = {file for file, events in EVENTS.items() if "pull_request" in events}
    for file, name in CHECKED_OUT:
        if file in reviewed:
            assert set(PERMISSIONS[file, name].values()) == {"read"}
    live = "\n".join(
        step.get("run", "") for step in workflows.parsed["plan-live.yml"]["jobs"]["plan"]["steps"]
    )
    assert not re.search(r"git (checkout|switch|restore|reset|merge |worktree|read-tree)", live)


def test_what_a_run_could_not_record_is_kept_whatever_became_of_it(workflows):
    fetch, apply, keep = workflows.parsed["purge.yml"]["jobs"]["execute"]["steps"][-3:]
    assert keep["if"] == "${{ always() }}"
    assert keep["with"]["path"] == f"{apply['env']['PURGECTL_SPOOL']}/*.spool"
    assert keep["with"]["if-no-files-found"] == "ignore"
    assert fetch["if"] == "${{ inputs.spool_run != '' }}"
    assert fetch["with"]["path"] == apply["env"]["PURGECTL_SPOOL"]
    assert keep["with"]["name"].startswith(fetch["with"]["pattern"].removesuffix("*"))


def test_every_action_is_pinned_to_a_commit_and_names_its_version(workflows):
    lines = [line for text in workflows.texts.values() for line in text.splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        if "uses: ./" not in line:
            assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_no_expression_is_pasted_into_a_shell(workflows):
    assert workflows.shells
    assert not [name for name, shell in workflows.shells.items() if "${{" in shell]


def test_a_shell_with_a_pipe_fails_when_any_part_of_it_does(workflows):
    for file, workflow in workflows.parsed.items():
        if file not in ("ci.yml", "purge.yml"):
            assert workflow["defaults"] == {"run": {"shell": "bash"}}
    pipes = [name for name, shell in workflows.shells.items() if " | " in re.sub(r"'[^']*'", "", shell)]
    assert {name.partition(":")[0] for name in pipes} <= {"comment.yml", "plan-live.yml", "purge.yml"}


def test_the_runner_replaces_its_shell_so_that_signals_reach_it(workflows):
    called = {
        name: shell
        for name, shell in workflows.shells.items()
        if re.search(r"python -m runner|\.ci/run", shell)
    }
    assert {name.partition(":")[0] for name in called} == set(workflows.texts) - {"comment.yml"}
    for name, shell in called.items():
        last = shell.replace("\\\n", " ").splitlines()[-1]
        assert last.startswith("exec "), name


def test_dependencies_come_hash_locked_and_without_a_build(workflows):
    installs = [step["run"] for _, step in workflows.steps if "pip install" in step.get("run", "")]
    assert installs == ["python -m pip install --require-hashes -r requirements.txt"] * 7


def test_ci_accepts_no_suite_that_did_not_run(workflows):
    *_, last = workflows.parsed["ci.yml"]["jobs"]["ci"]["steps"]
    assert (last["run"], last["env"]) == ("exec bash .ci/run", {"REQUIRE_ALL": "1"})


def test_every_command_that_a_workflow_calls_exists(workflows):
    called = set(re.findall(r"python -m runner ([a-z]+)", "\n".join(workflows.shells.values())))
    assert called == {"validate", "test", "plan", "targets", "apply", "announce", "audit"}
    assert called <= set(COMMANDS)
    below = set(re.findall(r"python -m runner audit ([a-z-]+)", "\n".join(workflows.shells.values())))
    assert below == {"verify", "completeness"}
    assert below <= set(audit.command.commands)
