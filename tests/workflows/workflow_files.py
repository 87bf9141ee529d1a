"""The real workflow files, read once. YAML 1.2, so that the key ``on`` stays a text."""

from pathlib import Path

from ruamel.yaml import YAML

FOLDER = Path(__file__).resolve().parents[2] / ".github" / "workflows"
WORKFLOWS = {path.name: YAML(typ="safe").load(path) for path in sorted(FOLDER.iterdir())}
JOBS = [(file, name, job) for file, workflow in WORKFLOWS.items() for name, job in workflow["jobs"].items()]
STEPS = [(file, step) for file, _, job in JOBS for step in job["steps"]]
SHELLS = {f"{file}: {step['name']}": step["run"] for file, step in STEPS if "run" in step}
