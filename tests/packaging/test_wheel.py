"""The wheel works in a repository that holds only policies: it carries the schemas and nothing is missing."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command, cwd):
    """Run a program, which must not find the checkout by the way: ``PYTHONPATH`` may name it."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [str(part) for part in command]
    done = subprocess.run(words, cwd=cwd, env=variables, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def must(*command, cwd):
    code, output = run(*command, cwd=cwd)
    assert code == 0, output
    return output


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    must(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, cwd=ROOT)
    (built,) = folder.glob("purgectl-*.whl")
    return built


def new_environment(folder):
    """An empty virtual environment without pip; returns its Python and its site-packages."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    packages = must(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    return python, Path(packages.strip())


def install(python, *arguments, cwd):
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--python", python)
    must(*pip, "install", *arguments, cwd=cwd)


@pytest.fixture
def policies_only(tmp_path):
    """A git repository with a copy of the shipped policies and nothing else, not even the law."""
    repository = tmp_path / "policies-only"
    repository.mkdir()
    must("cp", "-R", ROOT / "policies", repository, cwd=tmp_path)
    must("rm", "-R", repository / "policies" / "regulations", cwd=tmp_path)
    must("git", "init", "--quiet", "--initial-branch=main", cwd=repository)
    return repository


def validates_like_a_user(python, repository):
    origin = must(python, "-c", "import runner; print(runner.__file__)", cwd=repository)
    assert Path(origin.strip()).is_relative_to(python.parents[1])
    for command in ((python, "-m", "runner"), (python.with_name("purgectl"),)):
        code, output = run(*command, "validate", cwd=repository)
        assert code == 0, output
    policy = min((repository / "policies" / "purges").glob("*.yaml"))
    policy.write_text(policy.read_text() + "surprise: 1\n")
    code, output = run(python, "-m", "runner", "validate", "--format", "text", cwd=repository)
    assert code == 1, output
    assert f"{policy.relative_to(repository)}:" in output
    assert "surprise" in output


def test_the_wheel_holds_every_schema_the_licence_and_no_test(wheel):
    names = set(ZipFile(wheel).namelist())
    schemas = {path.name for path in (ROOT / "schemas").glob("*.json")}
    assert schemas
    assert {name.removeprefix("runner/schemas/") for name in names if "/schemas/" in name} == schemas
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"runner", "purgectl"}


def installed(wheel, folder):
    """An environment with the wheel alone; returns its Python."""
    python, packages = new_environment(folder)
    install(python, "--no-index", "--no-deps", wheel, cwd=folder)
    # The dependencies of this environment, without its editable install of the checkout: a path
    # that comes from a .pth file has its own .pth files ignored.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def make_repository(python, wheel, folder):
    """Let an installed purgectl make a new repository that pins the wheel."""
    options = {
        "wheel": wheel,
        "target": "trial",
        "region": "sandbox",
        "log-origin": "trial.example.com/purges",
        **{f"{team}-team": f"@acme/{team}" for team in ("compliance", "legal", "platform")},
    }
    given = [f"--{name}={value}" for name, value in options.items()]
    must(python.with_name("purgectl"), "init", "new", *given, cwd=folder)
    return folder / "new"


def test_an_installed_wheel_validates_a_repository_of_policies_and_makes_a_new_one(
    wheel, policies_only, tmp_path
):
    python = installed(wheel, tmp_path / "environment")
    validates_like_a_user(python, policies_only)
    new = make_repository(python, wheel, tmp_path)
    assert must(python.with_name("purgectl"), "validate", cwd=new).endswith(" files, no findings\n")
    assert (new / ".github" / "workflows" / "purge.yml").is_file()


@pytest.mark.slow
def test_the_lock_of_a_new_repository_is_all_that_its_workflows_need(wheel, policies_only, tmp_path):
    new = make_repository(installed(wheel, tmp_path / "environment"), wheel, tmp_path)
    python, _ = new_environment(tmp_path / "runner")
    install(python, "--require-hashes", "--requirement", "requirements.txt", cwd=new)
    must(python.with_name("purgectl"), "validate", cwd=new)
    validates_like_a_user(python, policies_only)


@pytest.mark.slow
def test_a_wheel_that_was_changed_is_not_installed(wheel, tmp_path):
    python = installed(wheel, tmp_path / "environment")
    new = make_repository(python, wheel, tmp_path)
    (pinned,) = [line for line in (new / "requirements.txt").read_text().splitlines() if line[:2] == "./"]
    (new / "pinned.txt").write_text(f"{pinned}\n")
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps")
    asked = (*pip, "--force-reinstall", "--require-hashes", "--requirement", "pinned.txt")
    must(*asked, cwd=new)
    with (new / "wheels" / wheel.name).open("ab") as file:
        file.write(b"more")
    code, output = run(*asked, cwd=new)
    assert (code != 0, "do not match the hashes" in output.lower().replace("\n", " ")) == (True, True), output


@pytest.mark.slow
def test_the_demo_runs_from_a_wheel_with_the_sandbox_extra(wheel, tmp_path):
    python, _ = new_environment(tmp_path / "environment")
    install(python, "--require-hashes", "--requirement", ROOT / "requirements-sandbox.txt", cwd=tmp_path)
    install(python, "--no-index", "--no-deps", wheel, cwd=tmp_path)
    output = must(python.with_name("purgectl"), "demo", cwd=tmp_path)
    assert "Done." in output
    assert "interactions-purge" in output
    assert "recording-jobs" in output
