"""``purgectl init``: what it writes is ready, and a folder that holds anything is left alone."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.commandline import purgectl
from support.findings import each_hostile_text
from support.newrepository import WHEEL, init, wheel_file
from support.terminal import converse

from runner.documents.kinds import Kind

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SANDBOX = {"target": "trial", "region": "sandbox", "log-origin": "trial.example.com/purges"}


@pytest.fixture
def wheel(tmp_path):
    return wheel_file(tmp_path)


@pytest.fixture
def new(tmp_path, wheel):
    done = init(tmp_path, wheel, privacy_officers="7", records_managers="7,8", legal_counsels="9")
    assert done.code == 0, done.out + done.err
    return tmp_path / "new"


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_it_writes_passes_validate_and_the_examples_of_its_law(new):
    done = purgectl(new, "validate", variables={})
    assert (done.code, done.out) == (0, "5 files, no findings\n")
    assert purgectl(new, "test", variables={}).code == 0
    assert {path.parent.name for path in (new / "policies").rglob("*.yaml")} == {
        "policies",
        "purges",
        "regulations",
        "targets",
    }
    (observed,) = (new / "policies/purges").iterdir()
    assert "mode: observe" in observed.read_text()
    assert "It is only observed" in purgectl(
        new, "explain", str(observed.relative_to(new)), variables={}
    ).out.replace("\n", " ")


def test_what_it_writes_passes_the_checks_of_our_own_workflows(new):
    checked = subprocess.run(["sh", ROOT / ".ci" / "workflows", BIN], cwd=new, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_its_workflows_are_ours_but_for_the_installed_purgectl(new):
    ours = {path.name: path.read_text() for path in (ROOT / ".github" / "workflows").iterdir()}
    theirs = {path.name: path.read_text() for path in (new / ".github" / "workflows").iterdir()}
    assert ours.pop("ci.yml")
    assert theirs == {name: text.replace("python -m runner ", "purgectl ") for name, text in ours.items()}
    assert not [name for name, text in theirs.items() if "-m runner" in text]
    required = json.loads((new / ".github/rulesets/main.json").read_text())["rules"][-1]["parameters"]
    for check in required["required_status_checks"]:
        assert f"    name: {check['context']} #" in theirs[f"{check['context']}.yml"]


def test_it_pins_the_wheel_and_our_lock_by_hash(new, wheel):
    data = (new / "wheels" / WHEEL).read_bytes()
    assert data == wheel.read_bytes()
    first, rest = (new / "requirements.txt").read_text().split("\n\n", 1)
    assert first.splitlines()[-1] == (f"./wheels/{WHEEL} --hash=sha256:{hashlib.sha256(data).hexdigest()}")
    assert rest == (ROOT / "requirements.txt").read_text()


def test_its_owners_schemas_and_updates_are_those_of_the_organisation(new):
    owners = (new / ".github/CODEOWNERS").read_text()
    assert set(re.findall(r"^/?\S+ +(@\S+)$", owners, re.MULTILINE)) == {
        "@acme/records",
        "@acme/legal",
        "@octocat",
    }
    assert "purgectl/" not in owners
    updates = (new / ".github/dependabot.yml").read_text()
    assert re.findall(r"package-ecosystem: (\S+)", updates) == ["github-actions"]
    schemas = {f"{name}.schema.json" for name in {kind.schema for kind in Kind} | {"definitions"}}
    assert {path.name for path in (new / "schemas").iterdir()} == schemas
    assert "For code" not in (new / ".github/pull_request_template.md").read_text()


def test_every_link_in_it_leads_somewhere(new):
    for document in new.rglob("*.md"):
        for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
            if not re.match(r"[a-z]+:", link):
                path = link.partition("#")[0]
                assert (document.parent / path).exists(), f"{document.name}: {link}"
    assert not re.search(r"@[a-z]+@", (new / "README.md").read_text())


def test_nobody_need_be_named_yet(tmp_path, wheel):
    assert init(tmp_path, wheel).code == 0
    assert not (tmp_path / "new/policies/approvers.yaml").exists()


def test_a_first_repository_may_be_for_the_sandbox(tmp_path, wheel):
    done = init(tmp_path, wheel, **{"organization-id": None, **SANDBOX})
    assert done.code == 0, done.out + done.err
    assert purgectl(tmp_path / "new", "validate", variables={}).code == 0


@pytest.mark.parametrize("stands", ["a.txt", ".hidden", "policies/x.yaml"])
def test_a_folder_that_holds_anything_is_left_as_it_is(tmp_path, wheel, stands):
    path = tmp_path / "new" / stands
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    done = init(tmp_path, wheel)
    assert done.code == 2
    assert "was left as it is" in done.err
    assert files(tmp_path / "new") == {stands: b"mine"}


def test_a_file_or_a_dangling_link_in_its_place_is_left_as_it_is(tmp_path, wheel):
    (tmp_path / "new").write_text("mine")
    assert init(tmp_path, wheel).code == 2
    (tmp_path / "new").unlink()
    (tmp_path / "new").symlink_to(tmp_path / "nowhere")
    assert init(tmp_path, wheel).code == 2
    assert not (tmp_path / "nowhere").exists()


def test_an_empty_clone_is_written_into(tmp_path, wheel):
    subprocess.run(["git", "init", "--quiet", tmp_path / "new"], check=True)
    assert init(tmp_path, wheel).code == 0
    assert (tmp_path / "new" / "README.md").is_file()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "purgectl-9.9.9-py3-none-any.whl", "version": "9.9.9"}, "is of version 9.9.9"),
        ({"name": "other-1.0-py3-none-any.whl"}, "is not called purgectl-VERSION"),
        ({"version": "9.9.9"}, "is no wheel"),
        ({"said": "other"}, "does not hold what its name says"),
        ({"inside": "x"}, "is no wheel"),
    ],
)
def test_what_is_no_wheel_of_this_version_is_refused(tmp_path, options, words):
    done = init(tmp_path, wheel_file(tmp_path, **options))
    assert done.code == 2
    assert words in done.err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"<html>", b"PK" * 1000])
def test_a_broken_wheel_is_refused(tmp_path, data):
    (tmp_path / WHEEL).write_bytes(data)
    assert init(tmp_path, tmp_path / WHEEL).code == 2
    assert init(tmp_path, tmp_path / "nothing.whl").code == 2
    assert not (tmp_path / "new").exists()


def test_without_a_terminal_every_missing_option_is_named(tmp_path, wheel):
    done = init(tmp_path, wheel, compliance_team=None, legal_team=None)
    assert (done.code, "--compliance-team, --legal-team" in done.err) == (2, True)
    done = init(tmp_path, wheel, region=None, log_origin=None)
    assert (done.code, "--region, --log-origin" in done.err) == (2, True)
    assert init(tmp_path, wheel, target=None).code == 2
    assert not (tmp_path / "new").exists()


@each_hostile_text
def test_hostile_answers_write_nothing(tmp_path, wheel, text):
    for option in ("target", "compliance-team", "region", "log-origin"):
        done = init(tmp_path, wheel, **{option: text.replace("\x00", "")})
        assert done.code in (1, 2), (option, done.out)
        assert not (tmp_path / "new").exists()


def test_on_a_terminal_it_asks_for_what_is_missing(tmp_path, wheel, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    answers = ["Bank", "trial", "nobody", "@acme/a", "@acme/b", "@acme/c", "moon", "sandbox", *[""] * 3]
    answers += ["trial.example.com/purges", "", "", "7", "x", "8", ""]
    code, shown = converse(tmp_path, "init", "new", "--wheel", str(wheel), answers=answers)
    assert code == 0, shown
    assert "use 1 to 63 lower-case letters" in shown
    assert "write @organisation/team or @login" in shown
    approvers = (tmp_path / "new/policies/approvers.yaml").read_text()
    assert "roles: {privacy-officer: [7], records-manager: [8]}" in approvers


def test_on_a_terminal_nobody_need_be_named_yet(tmp_path, wheel, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    answers = ["trial", "@acme/a", "@acme/b", "@acme/c", "sandbox", *[""] * 3]
    answers += ["trial.example.com/purges", *[""] * 5]
    code, shown = converse(tmp_path, "init", "new", "--wheel", str(wheel), answers=answers)
    assert code == 0, shown
    assert not (tmp_path / "new/policies/approvers.yaml").exists()
