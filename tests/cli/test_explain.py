"""``purgectl explain`` as a user runs it."""

import pytest
from support.trees import hold, policy, target

from runner.cli.main import run


@pytest.fixture
def explain(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for source in (target(), policy("a"), hold("h", scope={"interactionTypes": ["chat"]})):
        path = tmp_path / source.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.data)

    def call(*words):
        code = run(["explain", *map(str, words)])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


def test_a_policy_is_explained_with_what_stands_against_it_on_a_day(explain):
    code, out, err = explain("policies/purges/a.yaml", "--as-of", "2026-12-01")
    assert (code, err) == (0, "")
    assert out.startswith("policies/purges/a.yaml, judged at 2026-12-01T00:00:00Z\n\nWhat it deletes\n")
    code, out, _ = explain("policies/purges/a.yaml", "--as-of", "2025-12-01")
    assert code == 0
    assert "policies/purges/a.yaml:7:1: RET-003 error" in out
    assert "2026-01-01T00:00:00Z, in 31 days" in out


def test_the_laws_that_govern_it_are_cited(explain, tmp_path):
    tagged = policy("t", classification="hipaa", tags=["telemarketing"], ticket="REC-412")
    (tmp_path / tagged.path).write_bytes(tagged.data)
    _, out, _ = explain(tagged.path)
    assert "us-tsr-310-5" in out
    assert "16 CFR 310.5" in out


def test_a_file_from_elsewhere_is_explained_in_its_place(explain, tmp_path):
    (tmp_path / "draft.yaml").write_bytes(policy("draft").data)
    code, out, _ = explain("draft.yaml")
    assert code == 0
    assert out.startswith("draft.yaml, judged at ")
    assert "draft.yaml:7:1: SCP-005 error" in out


def test_what_cannot_be_read_is_told_as_validate_tells_it(explain, tmp_path):
    (tmp_path / "draft.yaml").write_bytes(policy("draft", surprise=1).data)
    code, out, _ = explain("draft.yaml")
    assert code == 1
    assert "SCH-001 error" in out


@pytest.mark.parametrize(
    "path", ["policies", "policies/purges", "policies/holds/h.yaml", "missing.yaml", "/"]
)
def test_what_is_no_policy_is_a_usage_error(explain, path):
    code, out, err = explain(path)
    assert (code, out) == (2, "")
    assert "next:" in err
