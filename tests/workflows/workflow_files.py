"""The workflow files: the real ones, or copies with a change.

They are read as YAML 1.2, so that the key ``on`` stays a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".github" / "workflows"


@dataclass(frozen=True)
class Workflows:
    """Some workflow files by name."""

    texts: Mapping[str, str]

    @classmethod
    def read(cls, folder: Path) -> Workflows:
        """Read every file of a folder."""
        return cls({path.name: path.read_text() for path in sorted(folder.iterdir())})

    @cached_property
    def parsed(self) -> dict[str, dict[str, Any]]:
        """Each file as a mapping."""
        return {name: YAML(typ="safe").load(text) for name, text in self.texts.items()}

    @property
    def jobs(self) -> list[tuple[str, str, dict[str, Any]]]:
        """File, name and body of every job that has steps of its own."""
        return [each for each in self.all_jobs if "steps" in each[2]]

    @property
    def all_jobs(self) -> list[tuple[str, str, dict[str, Any]]]:
        """File, name and body of every job."""
        return [(file, name, job) for file, each in self.parsed.items() for name, job in each["jobs"].items()]

    @property
    def steps(self) -> list[tuple[str, dict[str, Any]]]:
        """File and body of every step."""
        return [(file, step) for file, _, job in self.jobs for step in job["steps"]]

    @property
    def shells(self) -> dict[str, str]:
        """The shell of every step, by file and the step's name."""
        return {f"{file}: {step['name']}": step["run"] for file, step in self.steps if "run" in step}


WORKFLOWS = Workflows.read(FOLDER)
SHELLS = WORKFLOWS.shells


def for_the_sandbox(file: str) -> Workflows:
    """Every workflow, one of them as if the sandbox were a target like any other."""
    asked, text = "exec python -m runner targets --format json", WORKFLOWS.texts[file]
    assert asked in text
    return Workflows({**WORKFLOWS.texts, file: text.replace(asked, "exec echo '[\"sandbox\"]'")})
