"""Every file in ``faulty/`` says at its end which faults it has, and where: all of them, and no other.

A new case is a new file. Its last lines are ``# expect: RULE line:column [pointer]``, one for each
fault, and ``# as: PATH`` where the file stands for another path than ``policies/purges/<name>.yaml``.
"""

import re
from pathlib import Path

import pytest

from runner.documents import form
from runner.documents.reading import read
from runner.model.source import EntryKind, SourceFile

FAULTY = sorted(Path(__file__).with_name("faulty").glob("*.yaml"))
NOT_A_TEXT_FILE = {"DOC-001", "DOC-003", "DOC-004", "DOC-005", "DOC-019"}

EXPECT = re.compile(r"^# expect: (\S+) (\d+):(\d+)(?: (\S+))?$", re.MULTILINE)
AS = re.compile(r"^# as: (\S+)$", re.MULTILINE)


def place_in_repository(file, text):
    found = AS.search(text)
    return found[1] if found else f"policies/purges/{file.name}"


@pytest.mark.parametrize("file", FAULTY, ids=lambda file: file.stem)
def test_every_fault_is_found_where_it_is(file):
    data = file.read_bytes()
    text = data.decode()
    expected = {(rule, int(line), int(column)) for rule, line, column, _ in EXPECT.findall(text)}
    pointers = {pointer for *_, pointer in EXPECT.findall(text) if pointer}

    document = read(SourceFile(place_in_repository(file, text), EntryKind.FILE, data, len(data)))
    findings = [document.locate(fault) for fault in document.faults]

    assert {(found.rule, found.line, found.column) for found in findings} == expected
    assert pointers <= {found.path for found in findings}
    assert all(found.message and found.hint and found.basis for found in findings)


def test_every_rule_of_this_room_has_a_faulty_file():
    shown = {rule for file in FAULTY for rule, *_ in EXPECT.findall(file.read_text(encoding="utf-8"))}
    assert shown == {rule.id for rule in form.RULES} - NOT_A_TEXT_FILE
