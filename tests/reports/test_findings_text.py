import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.findings import each_hostile_text, finding
from support.trees import file

from runner.model.finding import Severity
from runner.model.text import hidden
from runner.reports.findings_text import findings_text

SOURCE = file("policies/purges/x.yaml", "one: 1\ndateRange:\n  start: here\n")


def lines(*findings, source=SOURCE, **options):
    text = findings_text(findings, [source], **options)
    assert text.endswith("\n")
    return text.removesuffix("\n").split("\n")


def test_a_finding_shows_its_place_its_rule_the_way_out_and_its_line():
    assert lines(finding(line=3, column=10)) == [
        "policies/purges/x.yaml:3:10: RET-003 error: not old enough (wait) [a law]",
        "      3 |   start: here",
        "        |          ^",
        "1 error in 1 of 1 file",
    ]


def test_findings_are_sorted_and_those_elsewhere_are_shown_without_a_line():
    shown = lines(finding(line=3), finding("a.yaml", hint="", basis=""), finding(line=2, column=1))
    assert shown[0] == "a.yaml:12:3: RET-003 error: not old enough"
    assert [line for line in shown if line.startswith("policies")] == [shown[1], shown[4]]
    assert shown[1].startswith("policies/purges/x.yaml:2:1: ")


def test_without_findings_there_is_one_line():
    assert lines() == ["1 file, no findings"]


@pytest.mark.parametrize("line", [4, 5, 1_000_000])
def test_a_line_that_is_blank_or_not_there_is_left_out(line):
    assert len(lines(finding(line=line))) == 2


def test_the_caret_stands_under_the_character_whatever_stands_before_it():
    source = file(SOURCE.path, "日本\u0301\u202e: value\n")
    _, shown, caret, _ = lines(finding(line=1, column=7), source=source)
    assert shown == "      1 | 日本\u0301\\u202e: value"
    columns = 4 + len("\\u202e: ")  # two wide characters, one mark of no width, one escape
    assert caret == "        | " + " " * columns + "^"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_yaml_lines_do(end):
    source = file(SOURCE.path, "\ufeff" + end.join(["one", "two", "three"]))
    assert lines(finding(line=1, column=1), source=source)[1:3] == ["      1 | one", "        | ^"]
    assert lines(finding(line=3, column=1), source=source)[1] == "      3 | three"


def test_a_long_line_is_cut_around_the_column():
    source = file(SOURCE.path, "a" * 100_000 + "HERE" + "b" * 100_000)
    _, shown, caret, _ = lines(finding(line=1, column=100_001), source=source)
    assert len(shown) < 120
    assert shown[caret.index("^") :].startswith("HERE")


def test_colour_comes_only_when_asked_for():
    assert "\x1b" not in "".join(lines(finding(line=3)))
    coloured = lines(finding(line=3), finding(line=3, severity=Severity.WARNING), colour=True)
    assert "\x1b[31m" in "".join(coloured)
    assert "\x1b[33m" in "".join(coloured)
    plain = [re.sub(r"\x1b\[\d+m", "", line) for line in coloured]
    assert plain == lines(finding(line=3), finding(line=3, severity=Severity.WARNING))


@each_hostile_text
def test_hostile_text_stays_text(text):
    source = file("policies/" + text[:50], text.encode("utf-8", "surrogatepass"))
    shown = lines(finding(source.path, 1, 1, message=text, hint=text, basis=text), source=source)
    for line in shown:
        assert not any(map(hidden, line))
        assert not line.lstrip().startswith("::")
        assert "##[" not in line


@given(st.binary(max_size=300), st.integers(1, 5), st.integers(1, 300))
def test_any_bytes_can_be_shown(data, line, column):
    shown = lines(finding(line=line, column=column), source=file(SOURCE.path, data))
    assert len(shown) in (2, 4)
    assert not any(hidden(character) for character in "".join(shown))
