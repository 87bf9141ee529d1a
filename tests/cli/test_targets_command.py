"""``purgectl targets`` over real folders."""

import json
from uuid import NAMESPACE_URL, uuid5

import pytest
from click.testing import CliRunner

from runner.cli.targets import command

TARGET = """\
# yaml-language-server: $schema=../../schemas/target.schema.json
apiVersion: purge/v1
kind: Target
name: {name}
region: {region}
{organization}backend: interactions-purge
approvals: {approvals}
counts: required
webhooks: []
log: {{origin: example.com/{name}, keys: []}}
rateLimit: {{perMinute: 60}}
poll: {{deadline: PT24H}}
"""


def sandbox(name):
    return TARGET.format(name=name, region="sandbox", organization="", approvals="none")


def real(name):
    organization = f"organizationId: {uuid5(NAMESPACE_URL, name)}\n"
    return TARGET.format(name=name, region="eu-west-1", organization=organization, approvals="github")


@pytest.fixture
def targets(tmp_path, monkeypatch):
    """Call the command in a repository with these target files; returns the result of click's runner."""
    folder = tmp_path / "policies" / "targets"
    folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)

    def call(*arguments, **files):
        for stem, text in files.items():
            (folder / f"{stem.replace('_', '-')}.yaml").write_text(text)
        return CliRunner().invoke(command, arguments, standalone_mode=False)

    return call


def test_the_sandbox_is_left_out_and_the_rest_is_sorted_on_one_line(targets):
    result = targets(
        "--format", "json", sandbox=sandbox("sandbox"), bank_us=real("bank-us"), bank_eu=real("bank-eu")
    )
    assert (result.return_value, result.output) == (0, '["bank-eu","bank-us"]\n')


def test_text_is_one_name_a_line(targets):
    result = targets(bank_us=real("bank-us"), bank_eu=real("bank-eu"))
    assert (result.return_value, result.output) == (0, "bank-eu\nbank-us\n")


def test_nothing_but_a_sandbox_is_an_empty_list(targets):
    assert targets("--format", "json", sandbox=sandbox("sandbox")).output == "[]\n"
    assert targets("--format", "text").output == ""


def test_a_target_that_is_not_valid_fails_with_its_place_and_prints_no_list(targets):
    broken = real("bank-eu").replace("counts: required", "counts: maybe")
    result = targets("--format", "json", bank_eu=broken, bank_us=real("bank-us"))
    assert result.return_value == 1
    assert result.stdout == ""
    assert "policies/targets/bank-eu.yaml:9:9:" in result.stderr


@pytest.mark.parametrize("name", ["bank.yml", "bank-eu.yaml~", "notes.txt"])
def test_what_may_be_a_misplaced_target_is_never_ignored(targets, tmp_path, name):
    (tmp_path / "policies" / "targets" / name).write_text(real("bank"))
    result = targets("--format", "json")
    assert result.return_value == 1
    assert f"policies/targets/{name}:1:1:" in result.stderr


def test_a_folder_of_targets_that_is_a_link_fails(targets, tmp_path):
    folder = tmp_path / "policies" / "targets"
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    result = targets("--format", "json")
    assert result.return_value == 1
    assert "policies/targets:1:1:" in result.stderr


def test_a_fault_in_a_policy_is_not_this_commands_business(targets, tmp_path):
    purges = tmp_path / "policies" / "purges"
    purges.mkdir()
    (purges / "broken.yaml").write_text("{")
    assert json.loads(targets("--format", "json", bank_eu=real("bank-eu")).output) == ["bank-eu"]


def test_its_help_ends_in_examples():
    shown = CliRunner().invoke(command, ["--help"], terminal_width=80).output
    assert "purgectl targets --format json" in shown.partition("Examples:")[2]
    assert max(map(len, shown.splitlines())) <= 80


def test_outside_a_policy_repository_it_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, [], standalone_mode=False)
    assert "no folder policies/" in str(result.exception)
