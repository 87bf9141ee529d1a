"""What the workflows must be, whatever else they become: read from the real files."""

import re

import pytest
from workflow_files import FOLDER, JOBS, SHELLS, STEPS, WORKFLOWS

from runner.cli.main import COMMANDS

TRIGGERS = {
    "ci.yml": {"pull_request", "merge_group", "push"},
    "purge.yml": {"push", "schedule", "workflow_dispatch"},
    "validate.yml": {"pull_request", "merge_group"},
}
PERMISSIONS = {
    ("ci.yml", "ci"): {"contents": "read"},
    ("purge.yml", "execute"): {"contents": "write"},
    ("purge.yml", "select"): {"contents": "read"},
    ("validate.yml", "validate"): {"contents": "read"},
}
PRIVILEGED = ("purge.yml", "execute")

each_job = pytest.mark.parametrize(
    ("file", "name", "job"), JOBS, ids=[f"{file}-{name}" for file, name, _ in JOBS]
)


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


def test_every_workflow_starts_on_the_agreed_events_and_no_other():
    assert {file: set(workflow["on"]) for file, workflow in WORKFLOWS.items()} == TRIGGERS


def test_a_push_counts_on_main_only():
    pushes = {
        file: workflow["on"]["push"] for file, workflow in WORKFLOWS.items() if "push" in workflow["on"]
    }
    assert {file: push["branches"] for file, push in pushes.items()} == {
        "ci.yml": ["main"],
        "purge.yml": ["main"],
    }
    assert pushes["purge.yml"]["paths"] == ["policies/**"]


def test_no_required_check_is_filtered_or_conditional():
    # GitHub leaves a filtered check pending for ever, and counts a skipped job as passed.
    for file in ("ci.yml", "validate.yml"):
        on = WORKFLOWS[file]["on"]
        assert not {"paths", "paths-ignore", "branches"} & set(on["pull_request"] or {})
        assert all("if" not in job for job in WORKFLOWS[file]["jobs"].values())


def test_permissions_are_none_at_the_top_and_the_agreed_ones_in_each_job():
    assert all(workflow["permissions"] == {} for workflow in WORKFLOWS.values())
    assert {(file, name): job["permissions"] for file, name, job in JOBS} == PERMISSIONS


@each_job
def test_every_permission_says_what_it_is_for(file, name, job):
    text = (FOLDER / file).read_text()
    for scope, level in job["permissions"].items():
        assert re.search(rf"^ +{scope}: {level} # \w", text, re.MULTILINE)


@each_job
def test_every_job_is_bounded_and_runs_on_a_named_image(file, name, job):
    assert 0 < job["timeout-minutes"] <= 35
    assert job["runs-on"] == "ubuntu-24.04"


def test_the_privileged_job_is_alone_with_its_lock_and_its_environment():
    execute = WORKFLOWS["purge.yml"]["jobs"]["execute"]
    assert execute["environment"] == "purge-${{ matrix.target }}"
    assert execute["concurrency"] == {
        "group": "purge-${{ matrix.target }}",
        "cancel-in-progress": False,
        "queue": "max",
    }
    assert execute["strategy"] == {
        "fail-fast": False,
        "max-parallel": 1,
        "matrix": {"target": "${{ fromJSON(needs.select.outputs.targets) }}"},
    }
    assert execute["needs"] == ["select"]
    assert "github.ref == 'refs/heads/main'" in execute["if"]
    assert WORKFLOWS["purge.yml"]["jobs"]["select"]["if"] == "${{ github.ref == 'refs/heads/main' }}"


def test_a_run_ends_before_its_job_is_cut_off():
    execute = WORKFLOWS["purge.yml"]["jobs"]["execute"]
    minutes = [int(number) for number in re.findall(r"'(\d+)'", execute["steps"][-1]["env"]["MAX_MINUTES"])]
    assert len(minutes) == 2
    assert max(minutes) + 5 < execute["timeout-minutes"]


def test_validate_has_the_history_that_it_compares_with():
    checkout, *_, validate, _ = WORKFLOWS["validate.yml"]["jobs"]["validate"]["steps"]
    assert checkout["with"]["fetch-depth"] == 0
    assert validate["env"] == {"BASE_SHA": "${{ github.event.merge_group.base_sha || 'HEAD^1' }}"}


def test_validate_tries_the_examples_of_the_packs_too():
    *_, last = WORKFLOWS["validate.yml"]["jobs"]["validate"]["steps"]
    assert last["run"] == "exec python -m runner test"
    assert "if" not in last


def test_secrets_and_variables_are_read_in_the_privileged_job_only():
    for file, workflow in WORKFLOWS.items():
        for name, job in workflow["jobs"].items():
            if (file, name) != PRIVILEGED:
                assert not [
                    text for text in texts(job) if re.search(r"\b(secrets|vars|github\.token)\b", text)
                ]
        rest = {key: value for key, value in workflow.items() if key != "jobs"}
        assert not [text for text in texts(rest) if re.search(r"\b(secrets|vars|github\.token)\b", text)]


def test_the_kill_switch_and_every_credential_reach_apply_and_no_other_step():
    *before, apply = WORKFLOWS["purge.yml"]["jobs"]["execute"]["steps"]
    assert all("env" not in step for step in before)
    assert set(apply["env"]) == {
        "TARGET",
        "MAX_MINUTES",
        "PURGE_ENABLED",
        "GENESYS_CLOUD_BASE_URL",
        "GENESYS_CLOUD_CLIENT_ID",
        "GENESYS_CLOUD_CLIENT_SECRET",
        "GOVERNANCE_WEBHOOK_URL",
        "GOVERNANCE_WEBHOOK_SECRET",
        "AUDIT_SIGNING_KEY",
        "PUSH_TOKEN",
    }


def test_every_action_is_pinned_to_a_commit_and_names_its_version():
    lines = [line for path in FOLDER.iterdir() for line in path.read_text().splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_no_checkout_leaves_a_credential_behind():
    checkouts = [step for _, step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert len(checkouts) == len(JOBS)
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_no_expression_is_pasted_into_a_shell():
    assert SHELLS
    assert not [name for name, shell in SHELLS.items() if "${{" in shell]


def test_the_runner_replaces_its_shell_so_that_signals_reach_it():
    called = {name: shell for name, shell in SHELLS.items() if re.search(r"python -m runner|\.ci/run", shell)}
    assert {name.partition(":")[0] for name in called} == set(WORKFLOWS)
    assert not [name for name, shell in called.items() if not shell.splitlines()[-1].startswith("exec ")]


def test_dependencies_come_hash_locked_and_without_a_build():
    installs = [step["run"] for _, step in STEPS if "pip install" in step.get("run", "")]
    assert installs == ["python -m pip install --require-hashes -r requirements.txt"] * 3


def test_ci_accepts_no_suite_that_did_not_run():
    *_, last = WORKFLOWS["ci.yml"]["jobs"]["ci"]["steps"]
    assert (last["run"], last["env"]) == ("exec bash .ci/run", {"REQUIRE_ALL": "1"})


def test_every_command_that_a_workflow_calls_exists():
    called = set(re.findall(r"python -m runner ([a-z]+)", "\n".join(SHELLS.values())))
    assert called == {"validate", "test", "targets", "apply"}
    assert called <= set(COMMANDS)
