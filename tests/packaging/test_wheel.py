"""The wheel works in a repository that holds only policies: it carries the schemas and nothing is missing."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command, cwd):
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True)
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
    assert str(ROOT) not in origin
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


def test_an_installed_wheel_validates_a_repository_of_policies(wheel, policies_only, tmp_path):
    python, packages = new_environment(tmp_path / "environment")
    install(python, "--no-index", "--no-deps", wheel, cwd=tmp_path)
    # The dependencies of this environment, without its editable install of the checkout: a path
    # that comes from a .pth file has its own .pth files ignored.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    validates_like_a_user(python, policies_only)


@pytest.mark.slow
def test_the_locked_requirements_are_all_that_a_wheel_needs(wheel, policies_only, tmp_path):
    python, _ = new_environment(tmp_path / "environment")
    install(python, "--require-hashes", "--requirement", ROOT / "requirements.txt", cwd=tmp_path)
    install(python, "--no-index", "--no-deps", wheel, cwd=tmp_path)
    validates_like_a_user(python, policies_only)


@pytest.mark.slow
def test_the_demo_runs_from_a_wheel_with_the_sandbox_extra(wheel, tmp_path):
    python, _ = new_environment(tmp_path / "environment")
    install(python, "--require-hashes", "--requirement", ROOT / "requirements-sandbox.txt", cwd=tmp_path)
    install(python, "--no-index", "--no-deps", wheel, cwd=tmp_path)
    output = must(python.with_name("purgectl"), "demo", cwd=tmp_path)
    assert "Done." in output
