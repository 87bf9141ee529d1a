"""Findings for the tests of reports, harmless and hostile ones."""

from __future__ import annotations

import pytest

from runner.model.finding import Finding, Severity

HOSTILE = {
    "escapes": "\x1b[31mred\x1b[0m \x1b]0;title\x07",
    "command after a line end": "line\r\n::error::x",
    "command": "::error::x",
    "legacy command": "##[add-mask]x and ####[error]",
    "unseen": "\u202egnp.exe \u2066 \u200b \ufeff \x00",
    "pipes": "| a | b | \\| \\\\|",
    "backticks": "`code` ``more`` \\` ```",
    "only backticks": "``",
    "html": "<script>alert(1)</script> &lt; <img src=x onerror=y>",
    "mentions": "@everyone #1 user@example.com",
    "links": "[text](https://example.com) ![x](y) https://example.com www.example.com",
    "heading": "# heading",
    "list": "- item\n- item",
    "separators": "100% sure, key: value, a,b::c",
    "surrogate": "\ud800 surrogate",
    "long": "x" * 100_000,
    "spaces": " leading and trailing ",
    "nothing": "",
}
each_hostile_text = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


def finding(
    file: str = "policies/purges/x.yaml",
    line: int = 12,
    column: int = 3,
    rule: str = "RET-003",
    severity: Severity = Severity.ERROR,
    message: str = "not old enough",
    hint: str = "wait",
    basis: str = "a law",
) -> Finding:
    """A finding, wrong in the ways that are given."""
    return Finding(file, line, column, rule, severity, "/dateRange", message, hint, basis)
