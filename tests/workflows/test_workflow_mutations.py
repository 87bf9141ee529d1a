"""Twenty-two ways to break a workflow, and who notices: zizmor, the schema, or our own contract.

Each row says who must notice; a checker that would fall silent turns its row red. What only a run can
show is in ``test_workflow_harness.py``.
"""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
import test_workflow_contract
from ruamel.yaml.error import YAMLError
from workflow_files import ROOT, WORKFLOWS, Workflows

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent
ZIZMOR, SCHEMA, CONTRACT = "zizmor", "schema", "contract"
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
LOCK = """\
      cancel-in-progress: false # a run that has submitted must live to write it down
      queue: max
"""
APPLY = "          exec python -m runner apply"

MUTATIONS = {
    "pull_request_target is added": (
        "validate.yml",
        "on:\n  pull_request:",
        "on:\n  pull_request_target:\n  pull_request:",
        {ZIZMOR, CONTRACT},
    ),
    "an action is not pinned": ("validate.yml", CHECKOUT, "actions/checkout@v7", {ZIZMOR, CONTRACT}),
    "everything may be written at the top": (
        "purge.yml",
        "\npermissions: {}",
        "\npermissions: write-all",
        {ZIZMOR, CONTRACT},
    ),
    "no permissions at the top": ("purge.yml", "\npermissions: {}", "", {ZIZMOR, CONTRACT}),
    "an input inside a shell": (
        "plan-live.yml",
        '--target "$TARGET"',
        "--target ${{ inputs.target }}",
        {ZIZMOR, CONTRACT},
    ),
    "a commit message inside a shell": (
        "purge.yml",
        APPLY,
        "          echo ${{ github.event.head_commit.message }}\n" + APPLY,
        {ZIZMOR, CONTRACT},
    ),
    "a queue that cancels": (
        "purge.yml",
        LOCK,
        LOCK.replace("false", "true"),
        {CONTRACT},
    ),
    "the environment is gone": (
        "purge.yml",
        "    environment: purge-${{ matrix.target }}",
        "    # environment:",
        {ZIZMOR, CONTRACT},
    ),
    "a secret outside an environment": (
        "validate.yml",
        "    steps:\n",
        "    env:\n      S: ${{ secrets.GENESYS_CLOUD_CLIENT_SECRET }}\n    steps:\n",
        {ZIZMOR, CONTRACT},
    ),
    "no lock": (
        "purge.yml",
        "    concurrency:\n      group: purge-${{ matrix.target }}\n" + LOCK,
        "",
        {CONTRACT},
    ),
    "no time-out": ("purge.yml", "    timeout-minutes: 35\n", "", {CONTRACT}),
    "a push on any branch": ("purge.yml", "    branches: [main]\n", "", {CONTRACT}),
    "a required check with a filter": (
        "validate.yml",
        "  pull_request:\n",
        '  pull_request:\n    paths: ["policies/**"]\n',
        {CONTRACT},
    ),
    "a condition that no longer asks what came before": (
        "purge.yml",
        "if: ${{ github.ref == 'refs/heads/main' && needs.select.outputs.targets != '[]' }}",
        "if: ${{ always() }}",
        {CONTRACT},
    ),
    "a checkout that leaves its credential": (
        "plan-live.yml",
        "          persist-credentials: false\n",
        "",
        {ZIZMOR, CONTRACT},
    ),
    "a job that waits for nobody's name": ("purge.yml", "needs: [select]", "needs: [selcet]", {CONTRACT}),
    "a step's name mistyped": (
        "purge.yml",
        "steps.select.outputs",
        "steps.selcet.outputs",
        {CONTRACT},
    ),
    "text after the braces of a condition": (
        "purge.yml",
        "targets != '[]' }}",
        "targets != '[]' }} && true",
        {ZIZMOR, CONTRACT},
    ),
    "an event that does not exist": ("validate.yml", "  merge_group:", "  merge_grp:", {SCHEMA, CONTRACT}),
    "a cron that means nothing": ("purge.yml", '"7,37 * * * *"', '"7,37 * * *"', {CONTRACT}),
    "jobs that wait for each other": (
        "purge.yml",
        "    name: select\n",
        "    name: select\n    needs: [execute]\n",
        {CONTRACT},
    ),
    "a permission that does not exist": (
        "purge.yml",
        "contents: write #",
        "content: write #",
        {SCHEMA, CONTRACT},
    ),
    "a comment for pull requests from forks": (
        "validate.yml",
        " && github.event.pull_request.head.repo.full_name == github.repository",
        "",
        {CONTRACT},
    ),
    "the pull request's code beside the credential": (
        "plan-live.yml",
        "          fetch-depth: 0 #",
        "          ref: refs/pull/${{ inputs.pr }}/head\n          fetch-depth: 0 #",
        {CONTRACT},
    ),
    "the merge in memory made a work tree": (
        "plan-live.yml",
        'git update-ref refs/purgectl/merged "$commit"',
        'git checkout "$commit"',
        {CONTRACT},
    ),
    "a shell that outlives its signal": (
        "purge.yml",
        "exec python -m runner apply",
        "python -m runner apply",
        {CONTRACT},
    ),
    "announcements that do not wait for each other": (
        "announce.yml",
        "      group: announce-${{ matrix.target }} #",
        "      group: announce-${{ github.run_id }} #",
        {CONTRACT},
    ),
    "an announcement beside the credential": (
        "announce.yml",
        "    timeout-minutes: 15\n",
        "    timeout-minutes: 15\n    environment: purge-${{ matrix.target }}\n",
        {CONTRACT},
    ),
    "a pipe that hides a failure": ("comment.yml", "    shell: bash\n", "    shell: sh\n", {CONTRACT}),
    "a failure that is waved through": (
        "validate.yml",
        "        run: exec python -m runner test\n",
        "        continue-on-error: true\n        run: exec python -m runner test\n",
        {CONTRACT},
    ),
}


def broken(name):
    file, before, after, _ = MUTATIONS[name]
    text = WORKFLOWS.texts[file]
    assert before in text, "the workflow has changed: so must this mutation"
    return Workflows({**WORKFLOWS.texts, file: text.replace(before, after, 1)})


def contract_holds(workflows):
    """Whether every test of the contract passes; a job or key that is missing fails it too."""
    for name, test in inspect.getmembers(test_workflow_contract, inspect.isfunction):
        if name.startswith("test_"):
            try:
                test(workflows)
            except (AssertionError, KeyError, ValueError, TypeError, YAMLError):
                return False
    return True


def checkers(workflows, folder):
    """The checkers that object to some files, by name."""
    here = folder / ".github" / "workflows"
    here.mkdir(parents=True)
    for name, text in workflows.texts.items():
        (here / name).write_text(text)
    config = ROOT / ".github" / "zizmor.yml"
    commands = {
        ZIZMOR: ["zizmor", "--offline", "--quiet", "--persona", "auditor", "--config", config, here],
        SCHEMA: ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *here.iterdir()],
    }
    objecting = {
        name
        for name, (program, *arguments) in commands.items()
        if subprocess.run([BIN / program, *arguments], capture_output=True).returncode != 0
    }
    return objecting | (set() if contract_holds(workflows) else {CONTRACT})


def test_nobody_objects_to_the_real_files(tmp_path):
    assert checkers(WORKFLOWS, tmp_path) == set()


def test_all_of_the_known_twenty_two_are_here():
    assert len(MUTATIONS) >= 22


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_workflow_is_noticed_by_those_who_must(name, tmp_path):
    assert MUTATIONS[name][3] <= checkers(broken(name), tmp_path)
