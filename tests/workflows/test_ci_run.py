"""``.ci/run`` with a stand-in for ``make``: what it calls, and what it says when it cannot."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

MAKE = """#!/bin/sh
echo "make: $2"
env | grep -E '^(GITHUB_|GENESYS_|GOVERNANCE_|AUDIT_|PURGE_)' && exit 9
[ "$2" != "$FAILING" ]
"""


@pytest.fixture
def run(tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "make").write_text(MAKE)
    (programs / "make").chmod(0o755)
    for name in ("bash", "sh", "dirname", "env", "grep"):
        (programs / name).symlink_to(shutil.which(name))

    def call(*present, **environment):
        for name in present:
            (programs / name).symlink_to(programs / "make")
        done = subprocess.run(
            ["bash", ROOT / ".ci" / "run"],
            env={"PATH": str(programs), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout.splitlines()

    return call


def test_every_suite_runs_and_none_sees_the_forge_or_a_credential(run):
    code, lines = run(
        "git",
        "openssl",
        "strace",
        REQUIRE_ALL="1",
        GITHUB_ACTIONS="true",
        GENESYS_CLOUD_CLIENT_SECRET="s",
        AUDIT_SIGNING_KEY="k",
        PURGE_ENABLED="true",
    )
    assert code == 0
    called = ["make: test", "make: lint", "make: test-slow", "make: demo"]
    assert [line for line in lines if line.startswith(("make: test", "make: lint", "make: demo"))] == called
    assert lines[-1] == "passed"


def test_a_suite_that_fails_ends_the_run(run):
    code, lines = run("git", "openssl", FAILING="lint")
    assert code != 0
    assert lines[-1] == "make: lint"


def test_a_suite_that_cannot_run_is_named_and_fails_where_all_are_required(run):
    code, lines = run("git")
    assert code == 0
    assert "NOT RUN: test: openssl is not installed" in lines
    traced = "NOT RUN: the system calls of test-slow: strace is not installed, or may not trace here"
    assert traced in lines
    assert "make: demo" in lines
    code, lines = run(REQUIRE_ALL="1")
    assert code == 1
    assert lines[-1] == "failed: REQUIRE_ALL=1 and a suite did not run"
