import re

from support.findings import each_hostile_text, finding
from support.trees import file

from runner.model.finding import Severity
from runner.model.text import hidden
from runner.reports.findings_github import findings_github

FILES = [file("policies/purges/x.yaml", ""), file("policies/purges/y.yaml", "")]
COMMAND = re.compile(r"::(error|warning|notice) (?:file=([^:,]*),line=(\d+),col=(\d+),)?title=([^:,]*)::(.*)")


def lines(*findings):
    return findings_github(findings, FILES).removesuffix("\n").split("\n")


def unescaped(text):
    for code, character in (("%3A", ":"), ("%2C", ","), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def test_an_annotation_stands_at_its_line():
    first, last = lines(finding())
    assert first == (
        "::error file=policies/purges/x.yaml,line=12,col=3,title=RET-003 error::not old enough (wait) [a law]"
    )
    assert last == "1 error in 1 of 2 files"


def test_severities_have_their_commands():
    shown = lines(*(finding(severity=severity) for severity in Severity))
    assert [line.split(" ")[0] for line in shown[:3]] == ["::error", "::warning", "::notice"]


def test_nine_are_shown_the_gravest_first_and_a_tenth_counts_the_rest():
    warnings = [finding("a.yaml", line=line, severity=Severity.WARNING) for line in range(1, 9)]
    errors = [finding("b.yaml", line=line) for line in range(1, 9)]
    shown = lines(*warnings, *errors)
    assert len(shown) == 11
    assert [line.startswith("::error") for line in shown] == [True] * 8 + [False] * 3
    assert shown[9] == "::warning title=purgectl::and 7 more, see the job summary"
    assert shown[10] == "8 errors, 8 warnings in 2 of 2 files"


def test_exactly_nine_need_no_tenth():
    assert len(lines(*(finding(line=line) for line in range(1, 10)))) == 10


def test_hidden_errors_are_counted_by_an_error():
    assert lines(*(finding(line=line) for line in range(1, 20)))[9].startswith("::error ")


@each_hostile_text
def test_hostile_text_stays_inside_its_command(text):
    file_name = "policies/" + text[:200]
    first, last = lines(finding(file_name, message=text, hint="", basis=""))
    severity, path, line, column, title, message = COMMAND.fullmatch(first).groups()
    assert (severity, line, column, title) == ("error", "12", "3", "RET-003 error")
    assert "##[" not in first
    assert not any(map(hidden, unescaped(path) + unescaped(message)))
    assert last.startswith("1 error")


def test_a_percent_sign_is_escaped_once():
    first, _ = lines(finding("a,b:c%.yaml", message="100%0A: x, y"))
    assert "file=a%2Cb%3Ac%25.yaml," in first
    assert first.endswith("::100%250A: x, y (wait) [a law]")
