"""The documents tell the truth where a machine can check it."""

import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from runner.cli.main import COMMANDS, cli
from runner.documents.kinds import Kind
from runner.documents.resources import schema
from runner.errors import ExitCode
from runner.model.source import EntryKind, SourceFile
from runner.plan.change import review_change
from runner.plan.review import review
from runner.reports.findings_text import sentence
from runner.reports.rules import EVERY_RULE

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / ".github").glob("*.md")})
each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=[str(document.relative_to(ROOT)) for document in DOCUMENTS]
)


def anchors(document):
    """The fragments that GitHub gives to the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_document
def test_every_link_inside_the_repository_leads_somewhere(document):
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if re.match(r"https?://", link):
            continue
        path, _, fragment = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), f"{document.name}: {link}"
        assert not fragment or fragment in anchors(target), f"{document.name}: {link}"


@each_document
def test_every_make_target_that_is_named_exists(document):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", document.read_text())) <= targets


def test_every_exit_code_is_explained():
    rows = re.findall(r"^\| (\d+) \|", (ROOT / "docs" / "exit-codes.md").read_text(), re.MULTILINE)
    assert sorted(map(int, rows)) == sorted(map(int, ExitCode))


def test_every_command_is_in_the_list_of_commands_and_no_other():
    text = (ROOT / "docs" / "formats.md").read_text()
    section = text.partition("## 3. ")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", section.partition("### Planned")[0], re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([a-z]+)", row)} == set(COMMANDS)


def options(command):
    """``{words of a command: its options}``, for a command and all below it."""
    names = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    yield (), names | {"--help"}
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            yield from (((name, *words), found) for words, found in options(below))


@each_document
def test_every_command_line_that_is_shown_has_these_commands_and_options(document):
    known = dict(options(cli))
    for line in re.findall(r"purgectl ((?:[a-z]+ )*)(--[^`\n]*)", document.read_text()):
        words = tuple(line[0].split())
        assert words in known, line
        assert set(re.findall(r"--[a-z-]+", line[1])) <= known[words], line


def test_every_rule_is_listed_with_the_commands_that_ask_it_and_no_other():
    text = (ROOT / "docs" / "formats.md").read_text()
    rows = re.findall(r"^\| ([A-Z]{3}-\d{3}) \| (.*?) \| (.*?) \|", text, re.MULTILINE)
    assert sorted(rows) == sorted((rule.id, rule.title, asked_by(rule)) for rule in EVERY_RULE.values())


def asked_by(rule):
    commands = ", ".join(f"`{command}`" for command in rule.phase.commands)
    return f"{commands} **(planned)**" if rule.planned else commands


def complete_documents():
    """Every whole YAML document that a document shows, with the place where it belongs."""
    for document in DOCUMENTS:
        for indent, block in re.findall(
            r"^( *)```yaml\n(.*?)```", document.read_text(), re.DOTALL | re.MULTILINE
        ):
            text = re.sub(f"^{indent}", "", block, flags=re.MULTILINE)
            if kind := re.search(r"^kind: (\w+)$", text, re.MULTILINE):
                name = re.search(r"^name: (\S+)", text, re.MULTILINE)
                yield pytest.param(Kind(kind[1]).path(name[1]), text, id=f"{document.stem}-{name[1]}")


@pytest.mark.parametrize(("path", "text"), list(complete_documents()))
def test_every_document_that_is_shown_is_valid(path, text):
    shown = SourceFile(path, EntryKind.FILE, text.encode(), len(text.encode()))
    target = (ROOT / "policies" / "targets" / "sandbox.yaml").read_bytes()
    sandbox = SourceFile("policies/targets/sandbox.yaml", EntryKind.FILE, target, len(target))
    assert review([shown, sandbox], now=datetime(2026, 11, 23, tzinfo=UTC)).findings == ()


def test_the_refusal_that_officers_read_is_what_the_command_says(monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "false")
    example = "docs/examples/refused-2022-hipaa.yaml"
    command = [sys.executable, "-m", "runner", "validate", "--as-of", "2026-11-23", example]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"```\n{done.stdout}```" in (ROOT / "docs" / "for-compliance-officers.md").read_text()


def officers_guide():
    return (ROOT / "docs" / "for-compliance-officers.md").read_text()


def test_the_finding_on_a_hold_that_officers_read_is_what_the_check_says():
    text = next(
        text for path, text in (case.values for case in complete_documents()) if "matter-2026-007" in path
    )
    there = [
        shown_file("policies/purges/billing-voice-2018.yaml"),
        shown_file("policies/targets/sandbox.yaml"),
    ]
    hold = SourceFile(
        Kind.LEGAL_HOLD.path("matter-2026-007"), EntryKind.FILE, text.encode(), len(text.encode())
    )
    changed = review_change(there, [*there, hold], now=datetime(2026, 11, 23, tzinfo=UTC))
    (note,) = changed.findings
    assert f"\n{sentence(note)}\n" in officers_guide()


def shown_file(path):
    data = (ROOT / path).read_bytes()
    return SourceFile(path, EntryKind.FILE, data, len(data))


def test_the_words_for_the_cause_of_a_hold_are_those_of_the_schema():
    cause = schema("legal-hold")["properties"]["type"]
    rows = re.findall(
        r"^   \| `([\w-]+)` \| ([^|]+) \|$", officers_guide().partition("| `type` | for |")[2], re.MULTILINE
    )
    assert rows == list(zip(cause["enum"], cause["enumDescriptions"], strict=True))


def test_officers_are_sent_to_rules_and_fields_that_there_are():
    assert set(re.findall(r"\b[A-Z]{3}-\d{3}\b", officers_guide())) - {"REC-431"} <= set(EVERY_RULE)
    fields = re.findall(r"^   \| `(\w+)` \|", officers_guide().partition("### Filters")[0], re.MULTILINE)
    assert len(fields) > 15
    assert set(fields) <= set(schema("purge-policy")["properties"])


def test_every_dependency_is_justified():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["sandbox"],
        *project["dependency-groups"]["dev"],
    ]
    text = (ROOT / "docs" / "dependencies.md").read_text()
    justified = re.findall(r"^\| \[?`?([A-Za-z0-9_.-]+)", text, re.MULTILINE)
    assert {re.split(r"[<>=]", requirement)[0] for requirement in declared} <= set(justified)
