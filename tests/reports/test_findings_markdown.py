from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from support.findings import each_hostile_text, finding
from support.trees import file

from runner.reports.findings import harmless
from runner.reports.findings_markdown import findings_markdown

FILES = [file("policies/purges/x.yaml", "")]
PARSER = MarkdownIt("commonmark").enable("table")


def cells(*findings):
    """Every cell below the head, as the list of its inline tokens."""
    tokens = PARSER.parse(findings_markdown(findings, FILES))
    body = [token.type for token in tokens].index("tbody_open")
    return [token.children for token in tokens[body:] if token.type == "inline"]


def assert_only_code(children, text):
    shown = harmless(text)
    assert [child.type for child in children] == (["code_inline"] if shown else [])
    assert "".join(child.content for child in children) == shown


def test_a_heading_and_a_table():
    assert findings_markdown([finding()], FILES) == (
        "### purgectl: 1 error in 1 of 1 file\n"
        "\n"
        "| Where | Rule | Finding | What to do | Basis |\n"
        "|---|---|---|---|---|\n"
        "| ` policies/purges/x.yaml:12:3 ` | ` RET-003 error ` "
        "| ` not old enough ` | ` wait ` | ` a law ` |\n"
    )


def test_no_findings_are_a_heading_alone():
    assert findings_markdown([], FILES) == "### purgectl: 1 file, no findings\n"


@each_hostile_text
def test_hostile_text_is_code_and_nothing_else(text):
    where, _, message, hint, basis = cells(finding("a" + text[:500], message=text, hint=text, basis=text))
    assert_only_code(where, f"a{text[:500]}:12:3")
    for cell in (message, hint, basis):
        assert_only_code(cell, text)


@given(st.text(alphabet=st.sampled_from("`|\\ a@#<>[]()*_&;\n:/"), min_size=1, max_size=30))
def test_any_punctuation_is_code_and_nothing_else(text):
    _, _, message, hint, basis = cells(finding(message=text))
    if text.strip(" "):
        assert_only_code(message, text)
    assert_only_code(hint, "wait")
    assert_only_code(basis, "a law")


def test_a_summary_is_cut_before_github_drops_it():
    many = [finding(line=line, message="m" * 900, hint="h" * 900) for line in range(1, 2001)]
    text = findings_markdown(many, FILES)
    assert len(text.encode()) < 1024 * 1024
    shown = text.count("RET-003")
    assert f"| and {2000 - shown} more |" in text
