"""The same findings, with the same file, line, column and rule, come out of every format."""

import pytest
from support.findings import HOSTILE, finding
from support.formats import FORMATS, READERS, unsafe
from support.trees import file

from runner.cli.validate import command
from runner.model.finding import Severity
from runner.reports.findings import harmless

HOSTILE_NAMES = [text[:80] for text in HOSTILE.values() if text.strip()]
PLAIN = [
    finding("policies/purges/a.yaml", 1, 1, "DOC-027", Severity.WARNING),
    finding("policies/purges/a.yaml", 7, 3, "RET-003"),
    finding("policies/purges/a.yaml", 7, 3, "HLD-001", message="hold one"),
    finding("policies/holds/b.yaml", 200, 41, "PRV-001", Severity.NOTE),
    finding("policies/purges/ü, 50%:1.yaml", 12, 9, "SCH-001"),
]


def expected(findings):
    return sorted((harmless(each.file), each.line, each.column, each.rule) for each in findings)


def test_these_are_the_formats_of_the_command():
    (option,) = [option for option in command.params if "--format" in option.opts]
    assert tuple(option.type.choices) == tuple(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_every_finding_comes_back_from_every_format(name):
    written = FORMATS[name](PLAIN, [file("policies/purges/a.yaml", "kind: x\n")])
    assert sorted(READERS[name](written)) == expected(PLAIN)


@pytest.mark.parametrize("text", HOSTILE_NAMES)
@pytest.mark.parametrize("name", FORMATS)
def test_hostile_names_and_words_change_no_format_s_findings(name, text):
    path = f"policies/x{text}y.yaml"
    findings = [
        finding(path, 3, 5, "DAT-001", message=text, hint=text, basis=text),
        finding(path, 4, 5, "RSN-001", Severity.WARNING, message=text, hint=text, basis=text),
    ]
    source = file(path, (text + "\n") * 9 if text.isprintable() else "")
    written = FORMATS[name](findings, [source])
    assert sorted(READERS[name](written)) == expected(findings)
    assert unsafe(name, written) == []
