"""``purgectl validate`` as a user and as GitHub Actions run it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from support.findings import each_hostile_text
from support.gitworld import git
from support.trees import POLICY, hold, policy, target

from runner.cli.main import run
from runner.model.text import hidden

ROOT = Path(__file__).parents[2]
IN_2022 = {"start": "2022-01-01T00:00:00.000Z", "end": "2022-12-31T23:59:59.999Z"}
FORMATS = ("text", "json", "github", "markdown", "sarif", "junit")

ARTICLE_SAMPLE = """\
# yaml-language-server: $schema=../../schemas/purge-policy.schema.json
apiVersion: purge/v1
kind: PurgePolicy
name: article
owner: records-team
target: sandbox
interactionType: voice
dateRange:
  start: "2022-01-01T00:00:00.000Z"
  end: "2022-12-31T23:59:59.999Z"
retentionDays: 2600
classification: hipaa
jurisdictions: [US]
purgeType: permanent
filters:
  attributes:
    department: billing
    retention_status: expired
reason: "HIPAA 7-year retention window expired. Approved by compliance officer #4492."
limits: {maxInteractions: 5000}
"""


class Place:
    """A repository on disk, and the command run in it."""

    def __init__(self, root, capsys):
        self.root = root
        self._capsys = capsys
        self.put(target())

    def put(self, *sources):
        for source in sources:
            self.write(source.path, source.data)

    def write(self, path, data):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        return file

    def validate(self, *arguments):
        """Run the command in this process; return its exit code and what it printed."""
        code = run(["validate", *map(str, arguments)])
        out, err = self._capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    def findings(self, *arguments):
        """Run the command and return its exit code with rule and file of each finding."""
        code, out, err = self.validate(*arguments, "--format", "json")
        assert err == ""
        return code, [(found["rule"], found["file"]) for found in json.loads(out)["findings"]]


@pytest.fixture
def place(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return Place(tmp_path, capsys)


def as_a_process(folder, *arguments, **environment):
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    return subprocess.run(
        [sys.executable, "-m", "runner", "validate", *arguments],
        cwd=folder,
        env={**quiet, **environment},
        capture_output=True,
        text=True,
    )


TEN_FAULTS = {
    "a-not-utf-8": (b"name: \xff\n", "DOC-004", 1, 7),
    "b-empty": (b"", "DOC-009", 1, 1),
    "c-duplicate": (policy("c-duplicate").data + b"reason: again\n", "DOC-011", 17, 1),
    "d-anchor": (policy("d-anchor").data.replace(b"target: ", b"target: &t "), "DOC-012", 5, 9),
    "e-offset": (policy("e-offset").data.replace(b"00.000Z", b"00.000"), "SCH-001", 7, 22),
    "f-other-name": (policy("other-name").data, "DOC-026", 16, 7),
    "g-unknown": (policy("g-unknown", surprise=1).data, "SCH-001", 17, 1),
    "h-quoted": (policy("h-quoted", retentionDays="2600").data, "SCH-001", 8, 16),
    "i-young": (policy("i-young", interactionType="sms", dateRange=IN_2022).data, "RET-003", 7, 1),
    "j-target": (policy("j-target", interactionType="chat", target="prod").data, "TGT-001", 5, 9),
}


def test_ten_different_faults_in_ten_files_are_told_in_one_run(tmp_path):
    """Each file is a policy of its own year, so that no two of them overlap."""
    folder = tmp_path / "policies" / "purges"
    folder.mkdir(parents=True)
    (tmp_path / "policies" / "targets").mkdir()
    (tmp_path / target().path).write_bytes(target().data)
    for number, (name, (data, _, _, _)) in enumerate(TEN_FAULTS.items()):
        (folder / f"{name}.yaml").write_bytes(data.replace(b"2018", b"%d" % (2006 + number)))
    expected = [
        (f"policies/purges/{name}.yaml", line, column, rule)
        for name, (_, rule, line, column) in TEN_FAULTS.items()
    ]

    as_json = as_a_process(tmp_path, "--as-of", "2026-11-23", "--format", "json")
    assert (as_json.returncode, as_json.stderr) == (1, "")
    parsed = json.loads(as_json.stdout)
    schema = json.loads((ROOT / "schemas" / "findings.schema.json").read_text())
    assert list(Draft7Validator(schema).iter_errors(parsed)) == []
    assert [(f["file"], f["line"], f["column"], f["rule"]) for f in parsed["findings"]] == expected

    as_text = as_a_process(tmp_path, "--as-of", "2026-11-23")
    assert (as_text.returncode, as_text.stderr) == (1, "")
    for file, line, column, rule in expected:
        assert f"\n{file}:{line}:{column}: {rule} error: " in "\n" + as_text.stdout
    assert as_text.stdout.endswith("\n10 errors in 10 of 11 files\n")


def test_the_article_s_sample_is_refused_at_the_line_of_its_dates(place):
    place.write("policies/purges/article.yaml", ARTICLE_SAMPLE)
    code, out, err = place.validate("--as-of", "2026-11-23T09:00:00Z")
    assert (code, err) == (1, "")
    first, line, caret, last = out.splitlines()
    assert first.startswith("policies/purges/article.yaml:8:1: RET-003 error: ")
    assert "2030-02-13" in first
    assert (line, caret) == ("      8 | dateRange:", "        | ^")
    assert last == "1 error in 1 of 2 files"


def test_as_of_moves_the_clock(place):
    place.write("policies/purges/article.yaml", ARTICLE_SAMPLE)
    assert place.findings("--as-of", "2030-02-13") == (1, [("REG-001", "policies/purges/article.yaml")])
    core = (ROOT / "policies/regulations/core.yaml").read_text()
    core = re.sub("reviewedOn: .*", "reviewedOn: 2030-02-01", core)
    place.write(
        "policies/regulations/core.yaml", re.sub("nextReviewBy: .*", "nextReviewBy: 2031-01-01", core)
    )
    assert place.validate("--as-of", "2030-02-13")[:2] == (0, "3 files, no findings\n")
    assert place.validate("--as-of", "2030-02-13T00:00:00Z")[0] == 0
    assert place.validate("--as-of", "2030-02-12T23:59:59.999Z")[0] == 1


@pytest.mark.parametrize("instant", ["tomorrow", "2030-02-30", "2030-02-13T00:00:00", "", "\x1b[31m"])
def test_a_bad_instant_is_a_usage_error(place, instant):
    code, out, err = place.validate("--as-of", instant)
    assert (code, out) == (2, "")
    assert "--as-of" in err


def test_warnings_alone_are_allowed(place):
    place.put(policy("a", retentionDays=365))
    code, out, _ = place.validate()
    assert code == 0
    assert out.endswith("\n1 warning in 1 of 2 files\n")


class TestPaths:
    def test_the_whole_tree_is_judged_but_only_the_paths_decide(self, place):
        place.put(policy("a"), policy("b"), policy("c", interactionType="sms"))
        assert place.findings() == (
            1,
            [("SCP-005", "policies/purges/a.yaml"), ("SCP-005", "policies/purges/b.yaml")],
        )
        assert place.findings("policies/purges/a.yaml") == (1, [("SCP-005", "policies/purges/a.yaml")])
        assert place.findings("policies/purges/c.yaml", "policies/targets") == (0, [])
        assert place.findings("policies/purges")[0] == 1
        assert place.findings(".") == place.findings()
        assert place.validate("policies/purges/c.yaml")[1] == "1 file, no findings\n"

    def test_a_name_that_only_begins_alike_is_not_meant(self, place):
        place.put(policy("a", reason="test"), policy("a-b", interactionType="sms"))
        (place.root / "policies/purges/a").mkdir()
        assert place.findings("policies/purges/a", "policies/purges/a-b.yaml") == (0, [])

    def test_the_command_works_from_a_folder_below(self, place, monkeypatch):
        place.put(policy("a", reason="test"))
        monkeypatch.chdir(place.root / "policies" / "purges")
        assert place.findings("a.yaml") == (1, [("RSN-001", "policies/purges/a.yaml")])
        assert place.findings("../targets") == (0, [])
        assert place.findings(place.root / "policies") == (1, [("RSN-001", "policies/purges/a.yaml")])

    def test_a_policy_from_elsewhere_is_judged_as_if_it_stood_among_the_others(self, place):
        place.put(policy("a"))
        place.write("docs/examples/b.yaml", policy("b").data)
        assert place.findings("docs/examples/b.yaml") == (1, [("SCP-005", "docs/examples/b.yaml")])
        _, out, _ = place.validate("docs/examples/b.yaml")
        assert out.splitlines()[1].startswith("      7 | dateRange: {")
        assert out.endswith("\n1 error in 1 of 1 file\n")

    def test_a_policy_from_elsewhere_takes_the_place_of_its_older_self(self, place):
        place.put(policy("a"))
        place.write("new/a.yaml", policy("a", retentionDays=2558).data)
        assert place.findings("new/a.yaml") == (0, [])

    def test_a_hold_from_elsewhere_is_judged_as_a_hold(self, place):
        place.put(policy("a"))
        place.write("new/matter.yaml", hold("matter").data)
        assert place.findings("new/matter.yaml") == (0, [])
        assert place.findings("new/matter.yaml", "policies") == (1, [("HLD-001", "policies/purges/a.yaml")])

    def test_a_policy_from_outside_the_repository_keeps_its_path(self, place, tmp_path_factory):
        path = tmp_path_factory.mktemp("elsewhere") / "b.yaml"
        path.write_bytes(policy("b", reason="test").data)
        assert place.findings(path) == (1, [("RSN-001", str(path))])

    @pytest.mark.parametrize(
        "given", ["missing.yaml", "policies/missing.yaml", "docs", "docs/notes.md", "..", "/"]
    )
    def test_a_path_that_cannot_be_judged_is_a_usage_error(self, place, given):
        place.write("docs/notes.md", "notes")
        code, out, err = place.validate(given)
        assert (code, out) == (2, "")
        assert "where:" in err
        assert "next:" in err

    def test_two_files_that_would_stand_in_one_place_are_a_usage_error(self, place):
        place.write("x/a.yaml", policy("a").data)
        place.write("y/a.yaml", policy("a").data)
        assert place.validate("x/a.yaml", "y/a.yaml")[0] == 2

    def test_nothing_is_read_through_a_link(self, place):
        place.write("elsewhere/a.yaml", policy("a", reason="test").data)
        (place.root / "policies/purges").symlink_to(place.root / "elsewhere")
        (place.root / "linked.yaml").symlink_to(place.root / "elsewhere/a.yaml")
        assert place.validate("policies/purges/a.yaml")[0] == 2
        assert place.findings() == (1, [("DOC-001", "policies/purges")])
        (place.root / "policies/purges").unlink()
        assert place.findings("linked.yaml") == (1, [("DOC-001", "linked.yaml")])

    def test_without_policies_the_error_says_what_to_do(self, place, monkeypatch, tmp_path_factory):
        monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
        code, out, err = place.validate()
        assert (code, out) == (2, "")
        assert "no folder policies/" in err
        assert "next:" in err


class TestFormats:
    @pytest.mark.parametrize("name", FORMATS)
    def test_every_format_tells_the_same_finding_and_the_same_exit_code(self, place, name):
        place.put(policy("a", reason="test"))
        code, out, _ = place.validate("--format", name)
        assert code == 1
        assert "RSN-001" in out
        assert "policies/purges/a.yaml" in out

    def test_an_unknown_format_is_a_usage_error(self, place):
        assert place.validate("--format", "xml")[0] == 2

    def test_on_github_findings_are_annotations_and_a_job_summary(self, place, monkeypatch):
        summary = place.write("summary.md", "before\n")
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
        place.put(policy("a", reason="test"))
        code, out, err = place.validate()
        assert (code, err) == (1, "")
        assert out.startswith("::error file=policies/purges/a.yaml,line=13,col=9,title=RSN-001 error::")
        assert summary.read_text().startswith("before\n### purgectl: 1 error in 1 of 2 files\n")
        assert place.validate("--format", "text")[1].startswith(
            "policies/purges/a.yaml:13:9: RSN-001 error: "
        )
        assert summary.read_text().count("###") == 2

    def test_a_summary_that_cannot_be_written_changes_nothing(self, place, monkeypatch):
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(place.root / "missing" / "summary.md"))
        code, out, err = place.validate()
        assert (code, out) == (0, "1 file, no findings\n")
        assert "job summary" in err

    def test_a_pipe_gets_no_colour(self, tmp_path):
        (tmp_path / "policies").mkdir()
        (tmp_path / "policies" / "stray").write_text("")
        done = as_a_process(tmp_path, FORCE_COLOR="1")
        assert done.returncode == 1
        assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (policy("a").data + b"---\n" + policy("a").data, "DOC-010"),
        (policy("a", without=("filters",), filter={"attributes": {"queue": "a"}}).data, "SCH-001"),
        (policy("a").data.replace(b"target: ", b"target: *t "), "DOC-013"),
        (b"# " + b"x" * 10_000_000, "DOC-003"),
        (policy("b").data, "DOC-026"),
        (policy("a").data.replace(b"2018-12-31", b"2018-02-30"), "SCH-001"),
        (policy("a").data.replace(b"2018-12-31", b"2017-12-31"), "DAT-001"),
        (b"[" * 200_000, "DOC-018"),
        (policy("a").data.replace(b"2557", b"9" * 5000), "DOC-020"),
        (policy("a").data.replace(b"billing", b"bill\0ing"), "DOC-007"),
    ],
)
def test_bad_input_is_told_by_its_rule_in_every_format(place, data, rule):
    place.write("policies/purges/a.yaml", data)
    for name in FORMATS:
        code, out, err = place.validate("--format", name)
        assert (code, err) == (1, "")
        assert rule in out


@each_hostile_text
def test_hostile_text_in_a_policy_is_harmless_in_every_format(place, text):
    first = "# yaml-language-server: $schema=../../schemas/purge-policy.schema.json\n"
    raw = json.dumps({**POLICY, "name": "a", "reason": text, text[:100]: text}, ensure_ascii=False)
    place.write("policies/purges/a.yaml", (first + raw).encode("utf-8", "surrogatepass"))
    for name in FORMATS:
        code, out, _ = place.validate("--format", name)
        assert code == 1
        assert "##[" not in out
        assert not any(hidden(character) for character in out.replace("\n", ""))
        assert name == "github" or not any(line.lstrip().startswith("::") for line in out.split("\n"))


def test_a_file_name_that_is_not_utf_8_is_shown(place):
    os.close(os.open(os.fsencode(place.root) + b"/policies/\xff\x1b.yaml", os.O_CREAT))
    for name in FORMATS:
        code, out, _ = place.validate("--format", name)
        assert code == 1
        assert "\x1b" not in out
        assert "DOC-002" in out


def test_help_shows_examples(place):
    code, out, _ = place.validate("--help")
    assert code == 0
    assert "\n    purgectl validate --as-of 2030-02-13\n" in out


def test_a_finished_policy_is_not_judged_again_by_rules_but_may_not_change(journey):
    journey.merge()
    assert journey.apply().code == 0
    git(journey.world.clone, "fetch", "--quiet", "origin")
    held = journey.world.clone / "policies/holds/matter-1.yaml"
    held.parent.mkdir()
    held.write_bytes(hold("matter-1").data)
    assert journey.run("validate").code == 0
    policy = journey.world.clone / "policies/purges/old-calls.yaml"
    policy.write_text(
        policy.read_text().replace("limits: {maxInteractions: 5000}", "limits: {maxInteractions: 1}")
    )
    changed = journey.run("validate")
    assert changed.code == 1
    assert "PLC-001" in changed.out
