"""Findings for the tests of reports, harmless and hostile ones."""

from __future__ import annotations

from runner.model.finding import Finding, Severity

HOSTILE = (
    "\x1b[31mred\x1b[0m \x1b]0;title\x07",
    "line\r\n::error::x",
    "::error::x",
    "##[add-mask]x and ####[error]",
    "\u202egnp.exe \u2066 \u200b \ufeff \x00",
    "| a | b | \\| \\\\|",
    "`code` ``more`` \\` ```",
    "<script>alert(1)</script> &lt; <img src=x onerror=y>",
    "@everyone #1 user@example.com",
    "[text](https://example.com) ![x](y) https://example.com www.example.com",
    "# heading",
    "- item\n- item",
    "100% sure, key: value, a,b::c",
    "\ud800 surrogate",
    "x" * 100_000,
    " leading and trailing ",
    "``",
    "",
)


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
