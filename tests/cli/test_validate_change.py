"""``purgectl validate --base`` and ``--fix`` in a real repository."""

import json
import os

import pytest
from support.gitworld import git
from support.trees import hold, policy, target

from runner.cli.main import run

TEN = [policy(f"p{number}", filters={"attributes": {"department": f"d{number}"}}) for number in range(10)]
NARROW = hold("narrow", scope={"interactionTypes": ["chat"]})


class Clone:
    """A repository whose first commit holds a target and ten policies."""

    def __init__(self, root, capsys):
        self.root, self._capsys = root, capsys
        git(root, "init", "--quiet", "--initial-branch", "main")
        self.put(target(), NARROW, *TEN)
        self.commit()

    def put(self, *sources):
        for source in sources:
            path = self.root / source.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(source.data)

    def commit(self):
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--message", "Change")

    def validate(self, *arguments):
        code = run(["validate", *map(str, arguments)])
        out, err = self._capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    def findings(self, *arguments):
        code, out, _ = self.validate(*arguments, "--format", "json")
        return code, [(f["rule"], f["severity"], f["file"]) for f in json.loads(out)["findings"]]


@pytest.fixture
def clone(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return Clone(tmp_path, capsys)


class TestBase:
    def test_a_new_hold_over_ten_policies_is_green_and_the_job_summary_lists_the_ten(
        self, clone, monkeypatch
    ):
        summary = clone.root.parent / f"{clone.root.name}-summary.md"
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
        clone.put(hold("matter-1"))
        clone.commit()
        code, out, err = clone.validate("--base", "HEAD^1")
        assert (code, err) == (0, "")
        assert out.count("::notice file=policies/purges/p") == 9
        assert "::notice title=purgectl::and 1 more" in out
        rows = [line for line in summary.read_text().splitlines() if "HLD-001 note" in line]
        assert len(rows) == 10
        assert all(f"policies/purges/p{number}.yaml" in "".join(rows) for number in range(10))
        assert clone.validate()[0] == 1

    def test_what_is_not_committed_yet_counts_as_changed(self, clone):
        clone.put(policy("p3", reason="test"), policy("new", interactionType="sms", reason="test"))
        assert clone.findings("--base", "HEAD") == (
            1,
            [
                ("RSN-001", "error", "policies/purges/new.yaml"),
                ("RSN-001", "error", "policies/purges/p3.yaml"),
            ],
        )
        assert clone.findings("--base", "HEAD", "policies/purges/p4.yaml") == (0, [])

    def test_a_deleted_hold_is_told_at_its_old_place(self, clone):
        (clone.root / NARROW.path).unlink()
        code, out, _ = clone.validate("--base", "main", "--format", "text")
        assert code == 1
        assert out.startswith("policies/holds/narrow.yaml:1:1: HLD-005 error: ")

    @pytest.mark.parametrize(
        "revision", ["missing", "-x", "--all", "HEAD^9", "main:policies", "\x1b[31m", ""]
    )
    def test_an_unknown_revision_is_a_usage_error(self, clone, revision):
        code, out, err = clone.validate(f"--base={revision}")
        assert (code, out) == (2, "")
        assert "next:" in err
        assert "\x1b[31m\n" not in err

    def test_a_folder_below_the_top_of_a_repository_cannot_be_compared(self, clone, monkeypatch):
        (clone.root / "below" / "policies").mkdir(parents=True)
        monkeypatch.chdir(clone.root / "below")
        code, _, err = clone.validate("--base", "HEAD")
        assert code == 2
        assert "top of its repository" in err

    def test_outside_a_repository_nothing_can_be_compared(self, clone, monkeypatch, tmp_path_factory):
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        (elsewhere / "policies").mkdir()
        monkeypatch.chdir(elsewhere)
        assert clone.validate("--base", "HEAD")[0] == 2


class TestOneKind:
    """Policies or code, never both: ``main`` stays where it was, and the work goes on in a branch."""

    @pytest.fixture(autouse=True)
    def branch(self, clone):
        git(clone.root, "checkout", "--quiet", "-b", "change")

    def code(self, clone, name="runner/x.py"):
        (clone.root / name).parent.mkdir(exist_ok=True)
        (clone.root / name).write_text("x = 1\n")
        clone.commit()

    def test_a_policy_and_code_in_one_branch_are_refused_at_the_first_policy(self, clone):
        clone.put(policy("new", filters={"attributes": {"department": "new"}}), TEN[0])
        self.code(clone)
        self.code(clone, "runner/y.py")
        code, found = clone.findings("--base", "main")
        assert (code, found) == (1, [("CHG-001", "error", "policies/purges/new.yaml")])
        _, out, _ = clone.validate("--base", "main", "--format", "text")
        assert "policies/purges/new.yaml and outside policies/ runner/x.py and 1 more" in out

    def test_a_hold_that_goes_with_code_is_told_where_it_stood(self, clone):
        (clone.root / NARROW.path).unlink()
        self.code(clone)
        _, found = clone.findings("--base", "main")
        assert ("CHG-001", "error", NARROW.path) in found

    def test_code_alone_is_fine_and_so_are_policies(self, clone):
        self.code(clone)
        assert clone.findings("--base", "main") == (0, [])
        git(clone.root, "checkout", "--quiet", "main")
        clone.put(policy("new", filters={"attributes": {"department": "new"}}))
        clone.commit()
        assert clone.findings("--base", "HEAD^1") == (0, [])

    def test_what_main_has_changed_meanwhile_is_not_the_branch_s(self, clone):
        git(clone.root, "checkout", "--quiet", "main")
        self.code(clone)
        git(clone.root, "checkout", "--quiet", "change")
        clone.put(policy("new", filters={"attributes": {"department": "new"}}))
        clone.commit()
        assert clone.findings("--base", "main") == (0, [])

    def test_the_merge_result_of_a_pull_request_is_judged_as_a_whole(self, clone):
        clone.put(policy("new", filters={"attributes": {"department": "new"}}))
        clone.commit()
        self.code(clone)
        git(clone.root, "checkout", "--quiet", "main")
        git(clone.root, "merge", "--quiet", "--no-ff", "--message", "Merge", "change")
        code, found = clone.findings("--base", "HEAD^1")
        assert (code, [rule for rule, *_ in found]) == (1, ["CHG-001"])

    def test_a_name_that_is_a_pathspec_or_hostile_is_a_name(self, clone):
        clone.put(policy("new", filters={"attributes": {"department": "new"}}))
        self.code(clone, ":(exclude)x")
        self.code(clone, "a\x1b[2J::error::b")
        code, out, _ = clone.validate("--base", "main", "--format", "text")
        assert code == 1
        assert "\x1b" not in out
        assert not [line for line in out.splitlines() if line.startswith("::")]


class TestFix:
    def test_formatting_is_mended_and_every_mended_file_is_named(self, clone):
        source = policy("p3", filters={"attributes": {"department": "d3"}})
        path = clone.root / source.path
        path.write_bytes(source.data.partition(b"\n")[2].replace(b"\n", b" \r\n"))
        path.chmod(0o640)
        code, out, err = clone.validate("--fix")
        assert (code, out, err) == (0, "12 files, no findings\n", f"mended {source.path}\n")
        assert path.read_bytes() == source.data
        assert path.stat().st_mode & 0o777 == 0o640
        assert {each.name for each in path.parent.iterdir()} == {f"p{number}.yaml" for number in range(10)}
        assert clone.validate("--fix") == (0, out, "")

    def test_only_what_is_named_is_mended(self, clone):
        for number in (1, 2):
            source = TEN[number]
            (clone.root / source.path).write_bytes(source.data + b"\n\n")
        assert clone.validate("--fix", TEN[1].path)[2] == f"mended {TEN[1].path}\n"
        assert (clone.root / TEN[2].path).read_bytes().endswith(b"\n\n\n")

    def test_links_and_faulty_files_are_left_alone(self, clone):
        outside = clone.root / "outside.yaml"
        outside.write_bytes(TEN[0].data + b"\n\n")
        (clone.root / "policies/purges/link.yaml").symlink_to(outside)
        faulty = clone.root / "policies/purges/faulty.yaml"
        faulty.write_bytes(b"name:\t1  \r\n")
        assert clone.validate("--fix")[0] == 1
        assert outside.read_bytes() == TEN[0].data + b"\n\n"
        assert faulty.read_bytes() == b"name:\t1  \r\n"

    @pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
    def test_a_folder_that_cannot_be_written_is_told(self, clone):
        folder = clone.root / "policies/purges"
        (clone.root / TEN[0].path).write_bytes(TEN[0].data + b"\n")
        folder.chmod(0o500)
        try:
            code, _, err = clone.validate("--fix")
        finally:
            folder.chmod(0o700)
        assert code == 2
        assert "cannot be written" in err
