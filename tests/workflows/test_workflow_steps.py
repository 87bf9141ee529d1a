"""The shell of the workflows, run as GitHub runs it, with a stand-in for ``python``."""

import base64
import json
import os
import subprocess

import pytest
from workflow_files import SHELLS

# Writes down how it was called, says what it is told to say, and exits as it is told to exit.
STAND_IN = """#!/usr/bin/env python3
import json, os, sys
with open(os.environ["SEEN"], "w") as seen:
    json.dump({"argv": sys.argv[1:], "pid": os.getpid(), "env": dict(os.environ)}, seen)
print(os.environ.get("SAYS", ""))
sys.exit(int(os.environ.get("EXITS", "0")))
"""


@pytest.fixture
def run_step(tmp_path):
    """Run one step's shell; returns its exit code, its output, its process id and what python saw."""
    stand_in = tmp_path / "bin" / "python"
    stand_in.parent.mkdir()
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o755)
    script = tmp_path / "step.sh"
    seen = tmp_path / "seen.json"

    def run(shell, **environment):
        script.write_text(shell)
        process = subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
            env={
                "PATH": f"{stand_in.parent}{os.pathsep}{os.environ['PATH']}",
                "SEEN": str(seen),
                **environment,
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        output, _ = process.communicate(timeout=30)
        return process.returncode, output, process.pid, json.loads(seen.read_text())

    return run


@pytest.mark.parametrize("name", SHELLS)
def test_the_shell_parses(name):
    checked = subprocess.run(["bash", "-n"], input=SHELLS[name], text=True, capture_output=True)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_select_writes_the_targets_as_the_jobs_output(run_step, tmp_path):
    output = tmp_path / "output"
    code, _, pid, seen = run_step(
        SHELLS["purge.yml: Select the targets"], GITHUB_OUTPUT=str(output), SAYS='["bank-eu","bank-us"]'
    )
    assert code == 0
    assert output.read_text() == 'targets=["bank-eu","bank-us"]\n'
    assert seen["argv"] == ["-m", "runner", "targets", "--format", "json"]
    assert seen["pid"] == pid


def test_select_fails_when_the_command_fails(run_step, tmp_path):
    code, *_ = run_step(
        SHELLS["purge.yml: Select the targets"], GITHUB_OUTPUT=str(tmp_path / "output"), EXITS="1"
    )
    assert code == 1


def test_apply_gets_a_push_credential_that_is_masked_first_and_kept_in_no_file(run_step, tmp_path):
    before = set(tmp_path.rglob("*"))
    code, output, pid, seen = run_step(
        SHELLS["purge.yml: Apply"],
        TARGET="bank-eu",
        MAX_MINUTES="25",
        GITHUB_TOKEN="t" * 300,
        GITHUB_SERVER_URL="https://forge.example",
        HOME=str(tmp_path),
        EXITS="3",
    )
    credential = base64.b64encode(b"x-access-token:" + b"t" * 300).decode()
    assert code == 3
    assert output.splitlines()[0] == f"::add-mask::{credential}"
    assert seen["argv"] == ["-m", "runner", "apply", "--target", "bank-eu", "--max-minutes", "25"]
    assert seen["pid"] == pid
    assert seen["env"]["GITHUB_TOKEN"] == "t" * 300
    created = {path.name for path in set(tmp_path.rglob("*")) - before}
    assert created == {"step.sh", "seen.json"}
    configured = subprocess.run(
        ["git", "config", "--get-urlmatch", "http.extraheader", "https://forge.example/acme/policies"],
        env=seen["env"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert configured.stdout == f"AUTHORIZATION: basic {credential}\n"


def test_a_target_name_is_never_read_as_shell(run_step, tmp_path):
    hostile = f'x"; touch {tmp_path}/pwned; $(touch {tmp_path}/pwned)'
    _, _, _, seen = run_step(
        SHELLS["purge.yml: Apply"],
        TARGET=hostile,
        MAX_MINUTES="5",
        GITHUB_TOKEN="t",
        GITHUB_SERVER_URL="https://forge.example",
    )
    assert seen["argv"][4] == hostile
    assert not (tmp_path / "pwned").exists()


def test_validate_compares_with_the_commit_that_it_is_told_and_reads_no_shell_in_it(run_step, tmp_path):
    hostile = f'x"; touch {tmp_path}/pwned; $(touch {tmp_path}/pwned)'
    code, _, pid, seen = run_step(SHELLS["validate.yml: Validate"], BASE_SHA=hostile, EXITS="1")
    assert code == 1
    assert seen["argv"] == ["-m", "runner", "validate", "--base", hostile]
    assert seen["pid"] == pid
    assert not (tmp_path / "pwned").exists()
