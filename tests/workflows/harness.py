"""Runs the real workflow files: their jobs in order, their conditions, and the shell of their steps.

What is real: the files, the bash of every ``run:``, its exit code, its environment as the expressions
give it, outputs, artifacts, the job summary, git, and whatever program the shell calls. An expression
or a feature that the harness does not know is refused, never guessed.

What is a stand-in: each action behind ``uses:`` (a checkout is a clone of a local bare repository), the
program ``gh`` (``ghstandin.py``), GitHub's REST API at ``api`` (nobody answers there, unless a test puts
``support/githubforge.py`` there), ``pip``, and GitHub's token, of which only the permissions count.
Secrets and variables reach a job by the environment that it names, and by nothing else; an
environment that is limited to ``main`` fails every job from elsewhere.

What is not there: GitHub's own parser, concurrency and queues, time-outs, cancelled runs, required
reviewers, runner images, rulesets, and the forge's enforcement of a token's permissions beyond the
calls of ``gh``. docs/for-operators.md lists what must be tried on the real forge.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from expressions import UnknownExpression, condition, resolve
from machine import REPOSITORY, Environment, Event, Job, Ran
from workflow_files import FOLDER, Workflows

PYTHON = """#!/bin/sh
case "$*" in "-m pip install --require-hashes -r requirements.txt") exit 0 ;; esac
exec {interpreter} "$@"
"""


class Harness:
    """A forge on this machine, on which workflows run one after the other."""

    def __init__(self, root: Path, origin: Path, workflows: Workflows | None = None) -> None:
        self.root = root
        self.origin = origin
        self.api = "http://127.0.0.1:9"
        self.workflows = workflows or Workflows.read(FOLDER)
        self.environments: dict[str, Environment] = {}
        self.forge = root / "forge.json"
        self.forge.write_text(json.dumps({"comments": {}, "issues": [], "answers": {}, "calls": []}))
        self.programs = root / "programs"
        self.programs.mkdir()
        self.program("python", PYTHON.format(interpreter=sys.executable))
        stand_in = Path(__file__).with_name("ghstandin.py")
        self.program("gh", f'#!/bin/sh\nexec {sys.executable} {stand_in} {self.forge} "$@"\n')
        self.runs = 0

    def program(self, name: str, text: str) -> None:
        """Put a program in front of the machine's own."""
        (self.programs / name).write_text(text)
        (self.programs / name).chmod(0o755)

    def state(self) -> dict[str, Any]:
        """What the forge knows: comments by pull request, issues, and the calls that were made."""
        known: dict[str, Any] = json.loads(self.forge.read_text())
        return known

    def answer(self, path: str, body: object) -> None:
        """Let ``gh api`` get this from a path; ``None`` is a 404."""
        state = self.state()
        state["answers"][path] = body
        self.forge.write_text(json.dumps(state))

    def run(self, file: str, event: Event) -> dict[str, Ran]:
        """Run a workflow, if the event starts it, and return its jobs by name and matrix value."""
        workflow = self.workflows.parsed[file]
        if event.name not in workflow["on"]:
            raise UnknownExpression(f"{file} does not start on {event.name}")
        self.runs += 1
        return _Run(self, file, event).all(workflow, dict(event.inputs))


class _Run:
    """One run: its jobs share artifacts and nothing else."""

    def __init__(self, harness: Harness, file: str, event: Event) -> None:
        self.harness, self.file, self.event = harness, file, event
        self.folder = harness.root / f"run-{harness.runs}"
        self.artifacts = self.folder / "artifacts"
        self.artifacts.mkdir(parents=True)

    def all(self, workflow: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Ran]:
        done: dict[str, Ran] = {}
        ran: dict[str, Ran] = {}
        while len(done) < len(workflow["jobs"]):
            ready = [
                name
                for name, job in workflow["jobs"].items()
                if name not in done and set(job.get("needs", ())) <= done.keys()
            ]
            if not ready:
                raise UnknownExpression(f"{self.file}: no job can begin")
            for name in ready:
                below = self.job(workflow, name, inputs, done)
                results = [each.result for each in below.values()]
                worst = next((r for r in ("failure", "skipped") if r in results), "success")
                outputs = {} if len(below) > 1 else next(iter(below.values())).outputs
                done[name] = Ran(worst, outputs=outputs)
                ran |= below
        return ran

    def job(
        self, workflow: Mapping[str, Any], name: str, inputs: Mapping[str, Any], done: Mapping[str, Ran]
    ) -> dict[str, Ran]:
        job = workflow["jobs"][name]
        needed = self.above(workflow, name)
        status = {
            "success": all(done[each].result == "success" for each in needed),
            "failure": any(done[each].result == "failure" for each in needed),
            "always": True,
            "cancelled": False,
        }
        contexts = {
            "github": self.github(),
            "inputs": inputs,
            "needs": {
                each: {"result": done[each].result, "outputs": done[each].outputs}
                for each in job.get("needs", ())
            },
        }
        if not condition(job.get("if"), contexts, status):
            return {name: Ran("skipped")}
        if "uses" in job:
            return self.called(job, contexts, status)
        matrix = resolve(job.get("strategy", {}).get("matrix", {}), contexts, status)
        if not matrix:
            return {name: Job(self, workflow, job, contexts, name).go()}
        ((key, values),) = matrix.items()
        return {
            f"{name} ({value})": Job(
                self, workflow, job, {**contexts, "matrix": {key: value}}, f"{name}-{value}"
            ).go()
            for value in values
        }

    def above(self, workflow: Mapping[str, Any], name: str) -> set[str]:
        """Every job that a job waits for, also through others."""
        direct = set(workflow["jobs"][name].get("needs", ()))
        return direct.union(*(self.above(workflow, each) for each in direct))

    def called(
        self, job: Mapping[str, Any], contexts: Mapping[str, Any], status: Mapping[str, bool]
    ) -> dict[str, Ran]:
        """Run a workflow of the same repository that a job calls; no secret goes along."""
        file = job["uses"].removeprefix("./.github/workflows/")
        if file not in self.harness.workflows.parsed or "secrets" in job:
            raise UnknownExpression(f"uses: {job['uses']}")
        callee = self.harness.workflows.parsed[file]
        declared = callee["on"]["workflow_call"]["inputs"]
        given = resolve(job.get("with", {}), contexts, status)
        if set(given) != set(declared):
            raise UnknownExpression(f"{file} takes {sorted(declared)}")
        types = {"number": int, "string": str}
        if not all(isinstance(given[name], types[spec["type"]]) for name, spec in declared.items()):
            raise UnknownExpression(f"{file} is given values of another type: {given}")
        for each in callee["jobs"].values():
            if not each["permissions"].items() <= job["permissions"].items():
                raise UnknownExpression(f"{file} asks for more than it is given")
        return self.all(callee, given)

    def github(self) -> dict[str, Any]:
        return {
            "event_name": self.event.name,
            "event": {**self.event.payload, "inputs": dict(self.event.inputs)},
            "ref": self.event.ref,
            "sha": self.event.sha,
            "repository": REPOSITORY,
            "run_id": str(self.harness.runs),
            "run_attempt": "1",
        }
