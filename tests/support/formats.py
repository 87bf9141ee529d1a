"""Every format of findings, and how to read file, line, column and rule of each finding back out of it."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from urllib.parse import unquote_to_bytes

from runner.reports.findings import harmless
from runner.reports.findings_github import findings_github
from runner.reports.findings_json import findings_json
from runner.reports.findings_junit import findings_junit
from runner.reports.findings_markdown import findings_markdown
from runner.reports.findings_sarif import findings_sarif
from runner.reports.findings_text import findings_text

FORMATS = {
    "text": findings_text,
    "json": findings_json,
    "github": findings_github,
    "markdown": findings_markdown,
    "sarif": findings_sarif,
    "junit": findings_junit,
}

Read = tuple[str, int, int, str]
_SENTENCE = re.compile(r"(.*?):(\d+):(\d+): ([A-Z]{3}-\d{3}) (?:error|warning|note): ")


def _sentences(lines: list[str]) -> list[Read]:
    found = [match for match in map(_SENTENCE.match, lines) if match]
    return [(match[1], int(match[2]), int(match[3]), match[4]) for match in found]


def _from_text(text: str) -> list[Read]:
    return _sentences(text.splitlines())


def _from_json(text: str) -> list[Read]:
    found = json.loads(text)["findings"]
    return [(harmless(each["file"]), each["line"], each["column"], each["rule"]) for each in found]


def _from_github(text: str) -> list[Read]:
    command = r"^::\w+ file=([^:,]*),line=(\d+),col=(\d+),title=([A-Z]{3}-\d{3}) "
    found = re.findall(command, text, re.MULTILINE)
    return [(_unescaped(file), int(line), int(column), rule) for file, line, column, rule in found]


def _unescaped(text: str) -> str:
    return text.replace("%3A", ":").replace("%2C", ",").replace("%25", "%")


def _from_markdown(text: str) -> list[Read]:
    found = re.findall(r"^\| `+ (.*):(\d+):(\d+) `+ \| ` ([A-Z]{3}-\d{3}) ", text, re.MULTILINE)
    return [(file.replace(r"\|", "|"), int(line), int(column), rule) for file, line, column, rule in found]


def _from_sarif(text: str) -> list[Read]:
    return [_result(each) for each in json.loads(text)["runs"][0]["results"]]


def _result(result: Mapping[str, object]) -> Read:
    place = result["locations"][0]["physicalLocation"]
    file = unquote_to_bytes(place["artifactLocation"]["uri"]).decode("utf-8", "surrogatepass")
    region = place["region"]
    return harmless(file), region["startLine"], region["startColumn"], result["ruleId"]


def _from_junit(text: str) -> list[Read]:
    return _sentences([child.text or "" for case in ET.fromstring(text).iter("testcase") for child in case])


READERS: Mapping[str, Callable[[str], list[Read]]] = {
    "text": _from_text,
    "json": _from_json,
    "github": _from_github,
    "markdown": _from_markdown,
    "sarif": _from_sarif,
    "junit": _from_junit,
}


def unsafe(name: str, written: str) -> list[str]:
    """Return what is dangerous in the text of a format; an empty list is what a test wants."""
    lines = written.split("\n")
    dangers = {
        "a hidden character": any(_hidden(line) for line in lines),
        "a legacy command of GitHub's runner": "##[" in written,
        "a command of GitHub's runner": name != "github" and any(x.lstrip().startswith("::") for x in lines),
        "a live tag": name == "junit" and "<script" in written,
        "HTML that Markdown would show": name == "markdown" and "<script" in _outside_code(written),
    }
    return [danger for danger, found in dangers.items() if found]


def _hidden(line: str) -> bool:
    return harmless(line[:1000]) != line[:1000].replace("##[", r"#\x23[")


def _outside_code(markdown: str) -> str:
    return html.unescape(re.sub(r"(`+) .*? \1", "", markdown))
