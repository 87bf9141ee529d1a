"""``docs/rules.md`` is what the command writes, and a page that a Markdown reader understands."""

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from runner.reports.rules import EVERY_RULE
from runner.reports.rules_markdown import rules_markdown

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


@pytest.fixture(scope="module")
def written():
    return rules_markdown(tuple(EVERY_RULE.values()))


def test_the_page_in_docs_is_up_to_date(written):
    assert PAGE.read_text(encoding="utf-8") == written, "purgectl rules --format markdown > docs/rules.md"


def test_every_rule_has_a_row_and_a_section_that_the_row_leads_to(written):
    rows = re.findall(r"^\| \[([A-Z]{3}-\d{3})\]\(#([a-z]{3}-\d{3})\) \|", written, re.MULTILINE)
    assert [(rule, rule.lower()) for rule in EVERY_RULE] == rows
    assert re.findall(r"^## (\S+)$", written, re.MULTILINE) == list(EVERY_RULE)


def test_nothing_in_it_is_read_as_html_and_every_example_is_closed(written):
    tokens = MarkdownIt("commonmark").enable("table").parse(written)
    kinds = {token.type for token in tokens} | {
        child.type for token in tokens for child in token.children or ()
    }
    assert not kinds & {"html_block", "html_inline", "image"}
    assert all(token.info == "yaml" for token in tokens if token.type == "fence")
