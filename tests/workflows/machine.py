"""One job of ``harness.py``: its steps, in order, on a machine of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from expressions import UnknownExpression, condition, resolve, shown
from workflow_files import ROOT

REPOSITORY = "acme/purge-policies"
KEPT = ("HOME", "TMPDIR", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Event:
    """What starts a run. ``payload`` is ``github.event``, ``sha`` the commit that is checked out."""

    name: str
    ref: str
    sha: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Environment:
    """Secrets and variables of an environment, which is limited to the branch ``main``."""

    secrets: Mapping[str, str] = field(default_factory=dict)
    vars: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Ran:
    """One job that was run, or not: its result, what its steps printed, and the environment of each."""

    result: str
    log: str = ""
    summary: str = ""
    outputs: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, dict[str, str]] = field(default_factory=dict)


class Forge(Protocol):
    """What a job needs of the forge: where its code comes from, its programs and its environments."""

    origin: Path
    api: str
    programs: Path
    environments: dict[str, Environment]


class Run(Protocol):
    """The run that a job belongs to. Its jobs share the artifacts and nothing else."""

    harness: Forge
    event: Event
    folder: Path
    artifacts: Path


class Job:
    """One job on a fresh machine."""

    def __init__(
        self,
        run: Run,
        workflow: Mapping[str, Any],
        job: Mapping[str, Any],
        contexts: Mapping[str, Any],
        name: str,
    ) -> None:
        self.run, self.job = run, job
        self.machine = run.folder / name
        self.workspace = self.machine / "workspace"
        self.workspace.mkdir(parents=True)
        (self.machine / "temp").mkdir()
        self.ran = Ran("success")
        self.steps: dict[str, Any] = {}
        self.shell = workflow.get("defaults", {}).get("run", {}).get("shell")
        token = "token:" + json.dumps(job["permissions"], sort_keys=True)
        self.contexts = {
            **contexts,
            "github": {**contexts["github"], "token": token},
            "runner": {"temp": str(self.machine / "temp")},
            "steps": self.steps,
            **self.environment(contexts),
        }

    def environment(self, contexts: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
        named = self.job.get("environment")
        name = None if named is None else resolve(named, contexts, self.status())
        found = self.run.harness.environments.get(name, Environment())
        if name is not None and self.run.event.ref != "refs/heads/main":
            self.ran.result = "failure"
            self.ran.log = f"{self.run.event.ref} is not allowed to deploy to {name}\n"
            found = Environment()
        return {"secrets": found.secrets, "vars": found.vars}

    def status(self) -> dict[str, bool]:
        failed = self.ran.result == "failure"
        return {"success": not failed, "failure": failed, "always": True, "cancelled": False}

    def go(self) -> Ran:
        if self.ran.log:
            return self.ran
        for step in self.job["steps"]:
            if condition(step.get("if"), self.contexts, self.status()):
                code = self.action(step) if "uses" in step else self.bash(step)
                if code != 0:
                    self.ran.result = "failure"
        self.ran.outputs = resolve(self.job.get("outputs", {}), self.contexts, self.status())
        return self.ran

    def bash(self, step: Mapping[str, Any]) -> int:
        if "${{" in step["run"]:
            raise UnknownExpression("an expression inside run: would be pasted into the shell")
        files = {name: self.machine / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        given = {**self.job.get("env", {}), **step.get("env", {})}
        stated = {name: shown(value) for name, value in resolve(given, self.contexts, self.status()).items()}
        github = self.contexts["github"]
        environment = {
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            "PATH": f"{self.run.harness.programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GITHUB_ACTIONS": "true",
            "GITHUB_SERVER_URL": "https://forge.example",
            "GITHUB_API_URL": self.run.harness.api,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": github["run_id"],
            "GITHUB_SHA": github["sha"],
            "RUNNER_TEMP": self.contexts["runner"]["temp"],
            "GITHUB_REF": github["ref"],
            **{name: str(file) for name, file in files.items()},
            **stated,
        }
        options = ["--noprofile", "--norc", "-eo", "pipefail"] if self.shell == "bash" else ["-e"]
        script = self.machine / "step.sh"
        script.write_text(step["run"])
        done = subprocess.run(
            ["bash", *options, script],
            cwd=self.workspace,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
        )
        self.ran.log += done.stdout.decode()
        self.ran.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        self.ran.seen[step["name"]] = stated
        if "id" in step:
            lines = files["GITHUB_OUTPUT"].read_text().splitlines()
            self.steps[step["id"]] = {"outputs": dict(line.split("=", 1) for line in lines)}
        return done.returncode

    def action(self, step: Mapping[str, Any]) -> int:
        given = resolve(step.get("with", {}), self.contexts, self.status())
        action = step["uses"].partition("@")[0]
        known = {
            "actions/checkout": self.checkout,
            "actions/setup-python": lambda given: 0,
            "actions/upload-artifact": self.upload,
            "actions/download-artifact": self.download,
        }
        if action not in known:
            raise UnknownExpression(f"uses: {step['uses']}")
        return known[action](given)

    def checkout(self, given: Mapping[str, Any]) -> int:
        if set(given) - {"persist-credentials", "fetch-depth"}:
            raise UnknownExpression(f"checkout with {given}")
        origin, sha = f"file://{self.run.harness.origin}", self.run.event.sha
        whole = given.get("fetch-depth") == 0
        depth = [] if whole else ["--depth=1"]
        refs = ["+refs/heads/*:refs/remotes/origin/*"] if whole else []
        for command in (
            ["init", "--quiet"],
            ["remote", "add", "origin", origin],
            ["fetch", "--quiet", *depth, "origin", *refs, sha],
            ["checkout", "--quiet", "--detach", sha],
        ):
            subprocess.run(["git", *command], cwd=self.workspace, check=True)
        return 0

    def upload(self, given: Mapping[str, Any]) -> int:
        found = sorted(Path("/").glob(str((self.workspace / given["path"]).relative_to("/"))))
        if found:
            folder = self.run.artifacts / given["name"]
            folder.mkdir()
            for file in found:
                shutil.copy(file, folder)
        elif given.get("if-no-files-found") != "ignore":
            return 1
        return 0

    def download(self, given: Mapping[str, Any]) -> int:
        folder = self.run.artifacts / given["name"]
        if not folder.is_dir():
            self.ran.log += f"no artifact {given['name']}\n"
            return 1
        shutil.copytree(folder, self.workspace / given["path"])
        return 0
