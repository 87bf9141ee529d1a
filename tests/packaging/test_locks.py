"""The lock files: every package pinned and hashed, one version everywhere, no web framework near a secret."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("requirements.txt", "requirements-sandbox.txt", "requirements-dev.txt")
VENDOR_LOCK = "tests/sandbox/vendor-sdk/requirements.txt"


def pins(lock):
    """``{name: version}`` of a lock file."""
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", (ROOT / lock).read_text(), re.MULTILINE))


def names(requirements):
    """The names of requirements, normalised as a lock file writes them."""
    return {re.sub(r"[._]", "-", re.split(r"[<>=]", requirement)[0]).lower() for requirement in requirements}


@pytest.mark.parametrize("lock", [*LOCKS, VENDOR_LOCK])
def test_every_package_is_pinned_with_hashes(lock):
    entries = re.split(r"\n(?=[a-z])", (ROOT / lock).read_text().strip())
    assert len(entries) == len(pins(lock))
    assert not [entry for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)]


def test_every_dependency_is_in_its_lock():
    assert names(PROJECT["project"]["dependencies"]) <= set(pins("requirements.txt"))
    sandbox = names(PROJECT["project"]["optional-dependencies"]["sandbox"])
    assert sandbox <= set(pins("requirements-sandbox.txt"))
    assert names(PROJECT["dependency-groups"]["dev"]) | sandbox <= set(pins("requirements-dev.txt"))


def test_a_smaller_lock_is_a_part_of_the_larger_one():
    small, sandbox, dev = (set(pins(lock).items()) for lock in LOCKS)
    assert small <= sandbox <= dev


def test_the_lock_of_the_privileged_job_holds_no_web_framework():
    assert not {"flask", "werkzeug", "jinja2"} & set(pins("requirements.txt"))
