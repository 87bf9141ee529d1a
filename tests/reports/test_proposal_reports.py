"""A proposal in its three formats: true to the figures, harmless, and of a size that GitHub takes."""

import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from referencing import Registry, Resource
from support.findings import each_hostile_text
from support.trees import NOW, file, hold, policy, target

from runner.documents.resources import schema
from runner.model.platform import Presence, Survey
from runner.plan.figures import Counted, Figures
from runner.plan.guards import Measurement
from runner.plan.proposal import Snapshot, propose
from runner.reports.proposal_json import proposal_json
from runner.reports.proposal_markdown import LARGEST, proposal_markdown
from runner.reports.proposal_text import proposal_text

PARSER = MarkdownIt("commonmark").enable("table")
OURS = {"<br>", "<sub>", "</sub>"}
BILLING = policy("billing", classification="hipaa", tags=["phi"])


def measured(figures):
    survey = Survey(figures.selected, figures.population)
    return Counted(Measurement(NOW, Presence(NOW), survey), figures.held)


def proposed(base, head, figures=None):
    count = {} if figures is None else {"count": lambda order, holds: measured(figures)}
    return propose(Snapshot("b" * 40, tuple(base)), Snapshot("c" * 40, tuple(head)), {}, NOW, **count)


def document_of(proposal):
    """The JSON of a proposal, which follows its schema."""
    document = json.loads(proposal_json(proposal))
    registry = Registry().with_resource("findings.schema.json", Resource.from_contents(schema("findings")))
    jsonschema.Draft7Validator(schema("proposal"), registry=registry).validate(document)
    return document


def active(text):
    """Whatever a reader of Markdown would see as more than words, but for our own markup."""
    found = []
    for token in PARSER.parse(text):
        if token.type == "html_block" and not token.content.startswith(("<details>", "</details>")):
            found.append(token.content)
        for child in token.children or ():
            if child.type in ("link_open", "image") or (
                child.type == "html_inline" and child.content not in OURS
            ):
                found.append(child.content or child.attrs)
            if child.type == "text" and ("@" in child.content or "::" in child.content):
                found.append(child.content)
    return found


def test_the_first_lines_say_how_many_and_that_it_is_for_good():
    text = proposal_markdown(proposed([target()], [target(), BILLING], Figures(197, 1240, 0)))
    first, _, caution, beware, *_ = text.splitlines()
    assert first == "## Purge plan: 1 purge would delete 197 interactions for good"
    assert (caution, beware) == (
        "> [!CAUTION]",
        "> **What is deleted permanently, nobody can bring back.**",
    )
    (row,) = [line for line in text.splitlines() if line.startswith("| **billing**")]
    assert row == (
        "| **billing**<br>new<br>would run "
        "| voice of 2018-01-01 to 2018-12-31<br>` department = billing `<br>permanent, hipaa, on sandbox "
        "| **197 interactions**<br>of 1,240 of this type in the range (15.9 %)<br>limit 5,000 "
        "| 2026-01-01, 326 days ago | 3 people<br>privacy-officer<br>records-manager |"
    )
    assert "Plan digest, with 197 interactions: `sha256:" in text


@pytest.mark.parametrize(
    ("base", "head", "figures", "headline"),
    [
        ([], [], None, "no purge changes"),
        ([], [BILLING], None, "1 purge would delete an unknown number of interactions for good"),
        ([], [BILLING], Figures(None, None, 0), "nothing would be deleted, 1 refused"),
        ([BILLING], [], None, "nothing would be deleted"),
        ([], [policy("a", reason="test")], None, "nothing would be deleted, 1 refused"),
        ([], [policy("a", surprise=1)], None, "nothing would be deleted, 1 refused"),
        (
            [],
            [policy("a", expected={"count": 5, "tolerancePercent": 1}), policy("b", interactionType="chat")],
            None,
            "2 purges would delete about 5 interactions and an unknown number in 1 of them for good",
        ),
        (
            [],
            [policy("a", interactionType="sms", purgeType="soft", graceDays=30, classification="internal")],
            Figures(1, 100, 0),
            "1 purge would delete 1 interaction",
        ),
    ],
)  # fmt: skip
def test_the_headline_never_says_more_than_is_known(base, head, figures, headline):
    proposal = proposed([target(), *base], [target(), *head], figures)
    assert proposal_markdown(proposal).splitlines()[0] == f"## Purge plan: {headline}"
    assert proposal_text(proposal).splitlines()[0].endswith(f": {headline}")


def test_without_a_count_it_says_so_and_names_what_binds():
    written = policy("a", expected={"count": 1240, "tolerancePercent": 2})
    text = proposal_markdown(proposed([target()], [target(), written]))
    assert "| **unknown: not counted here**<br>expected 1,240, tolerance 2 %<br>limit 5,000 |" in text
    assert "What binds is `expected` in the policy" in text
    assert "Plan digest, with 1,240 interactions" in text


def test_a_wider_selection_and_a_policy_set_free_stand_on_top():
    wide = policy("wide", interactionType="chat", filters={"attributes": {"department": ["billing", "x"]}})
    before = [target(), policy("wide", interactionType="chat"), policy("a"), hold("h")]
    after = [target(), wide, policy("a")]
    text = proposal_markdown(proposed(before, after, Figures(5, 50, 0)))
    assert "> 1 policy selects more than before, or something else." in text
    assert "> 1 policy that this change does not touch would run after it." in text
    assert "**wide**<br>changed, **selects more**<br>would run" in text


def test_what_is_refused_says_why_and_what_to_do_and_comes_first():
    held = hold("h", scope={"interactionTypes": ["voice"]})
    text = proposal_markdown(
        proposed([target(), policy("a")], [target(), policy("a"), policy("b", interactionType="sms"), held])
    )
    rows = [line.split("<br>")[:4] for line in text.splitlines() if line.startswith("| **")]
    assert rows[0][:3] == ["| **a**", "same file, other outcome", "**refused** by HLD-001"]
    assert rows[0][3].startswith("until now: would run")
    assert "- HLD-001 at ` policies/purges/a.yaml:7 `: ` litigation hold h" in text
    assert "held: an unknown number, by h" in text
    assert "Other changed files: ` policies/holds/h.yaml `" in text


@each_hostile_text
def test_hostile_text_stays_text(text):
    hostile = policy(
        "a",
        reason=f"{text} the agreed period has ended",
        filters={"attributes": {text[:100] or "x": text}},
        retentionBasis=text or "x",
    )
    strange = file(f"policies/purges/{text[:60]}.yaml", text.encode("utf-8", "replace"))
    proposal = proposed([target()], [target(), hostile, strange])
    markdown = proposal_markdown(proposal)
    assert active(markdown) == []
    for out in (markdown, proposal_text(proposal)):
        assert not [line for line in out.splitlines() if line.lstrip().startswith("::")]
        assert "##[" not in out
        assert out.isprintable() or set(filter(lambda c: not c.isprintable(), out)) == {"\n"}
    assert document_of(proposal)["others"]


@settings(max_examples=40)
@given(st.text(alphabet=st.sampled_from("`|\\ a@#<>[]()*_&;:/!~"), min_size=1, max_size=30))
def test_any_punctuation_stays_text(text):
    named = policy("a", filters={"attributes": {"department": text}}, reason=f"{text} has ended long ago")
    assert active(proposal_markdown(proposed([target()], [target(), named]))) == []


@pytest.mark.parametrize("reason", ["w" * 5000, "a word " * 700])
def test_four_hundred_policies_fit_into_a_comment_and_the_rest_is_counted(reason):
    many = [policy(f"p{number:03}", filters={"attributes": {"queue": f"q{number}"}}) for number in range(400)]
    worse = [policy(f"w{number:03}", reason=reason, filters={}, surprise=reason) for number in range(30)]
    text = proposal_markdown(proposed([target()], [target(), *many, *worse]))
    assert len(text) <= LARGEST
    assert " more | | | | |" in text
    assert "`purgectl plan --base`." in text
    assert text.rstrip().endswith("</sub>")
    assert active(text) == []


def test_every_format_tells_every_policy():
    head = [target(), policy("a"), policy("b", interactionType="sms", reason="no"), hold("h")]
    proposal = proposed([target(), policy("c", interactionType="chat")], head, Figures(3, 30, 1))
    document = document_of(proposal)
    assert [(each["policy"], each["touch"]) for each in document["orders"]] == [
        ("a", "new"),
        ("b", "new"),
        ("c", "withdrawn"),
    ]
    assert document["orders"][0]["count"] == {
        "selected": 3,
        "population": 30,
        "held": 1,
        "sharePermille": 100,
    }
    text = proposal_text(proposal)
    assert "  a (revision 1) new: refused" in text
    assert (
        "    count   3 interactions, of 30 of this type in the range (10.0 %), limit 5,000, "
        "held: up to 1, by h" in text
    )
    assert "  c (revision 1) withdrawn: it never runs" in text
    assert "HLD-001 error: litigation hold h" in text
