import json
import shutil
from pathlib import Path

import pytest
from support.regulations import cases_file, pack_file

from runner.cli.main import run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def purgectl(tmp_path, monkeypatch, capsys):
    (tmp_path / "policies").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments):
        code = run(list(arguments))
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


def put(*sources):
    for source in sources:
        Path(source.path).parent.mkdir(parents=True, exist_ok=True)
        Path(source.path).write_bytes(source.data)


def test_the_pack_that_came_with_purgectl_is_tried_where_there_is_none(purgectl):
    code, out, err = purgectl("test", "--mutate")
    assert (code, out) == (0, "1 file, no findings\n")
    assert "examples and cases tried" in err
    assert "put off by a day" in err


def test_what_does_not_come_out_fails_in_every_format(purgectl):
    wrong = {
        "name": "::error::",
        "expect": "pass",
        "policy": {"classification": "confidential", "retentionDays": 1},
    }
    put(cases_file("ours", wrong))
    for name in ("text", "json", "github", "markdown", "sarif", "junit"):
        code, out, _ = purgectl("test", "--format", name)
        assert code == 1
        assert "TST-001" in out
    code, out, _ = purgectl("test", "--format", "json")
    (finding,) = json.loads(out)["findings"]
    assert (finding["file"], finding["path"]) == ("policies/tests/ours.yaml", "/cases/0")


def test_a_number_that_no_example_protects_fails_with_mutate_only(purgectl):
    lax = {"name": "long", "expect": "pass", "policy": {"classification": "public", "retentionDays": 3000}}
    put(pack_file("core", {"id": "law", "retain": {"min": "P5Y"}, "tests": [lax]}))
    assert purgectl("test")[0] == 0
    code, out, _ = purgectl("test", "--mutate")
    assert code == 1
    assert out.count("TST-004") == 2


def test_the_law_of_india_is_inert_today_and_active_in_2027(purgectl):
    shutil.copytree(ROOT / "policies" / "targets", "policies/targets")
    Path("policies/purges").mkdir()
    policy = (ROOT / "policies" / "purges" / "claims-email-2017.yaml").read_text()
    policy = policy.replace("[EU]", "[IN]").replace("retentionDays: 2557", "retentionDays: 90")
    Path("policies/purges/claims-email-2017.yaml").write_text(policy + "retentionBasis: RS-1\n")
    assert purgectl("validate", "--as-of", "2026-11-23")[0] == 0
    code, out, _ = purgectl("validate", "--as-of", "2027-06-01")
    assert code == 1
    assert "RET-002" in out
    assert "in-dpdp-rule-8-3" in out
    case = {
        "name": "india",
        "expect": "pass",
        "policy": {
            "classification": "pii",
            "jurisdictions": ["IN"],
            "retentionDays": 90,
            "retentionBasis": "RS-1",
        },
    }
    put(cases_file("india", case))
    assert purgectl("test", "--as-of", "2026-11-23")[0] == 0
    assert purgectl("test", "--as-of", "2027-06-01")[0] == 1
