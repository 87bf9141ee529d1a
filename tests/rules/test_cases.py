"""Every rule has at least one policy that passes and one that fails, each a file under ``cases/``.

A new case is a new file. It is judged beside ``cases/policies``. ``# as-of: <instant>`` in its
head sets the clock; ``# log: <state> revision=<n> bytes=<same|other>`` gives its name a purge in
the log; ``# deleted`` makes a case of the change that deletes the file, ``# was: <key>: <value>`` one of
the change of that line; ``# measured: <JSON>`` is what the platform would tell, for a rule that is judged
by more than files. A failing case marks the line of its one finding with ``# <- <rule>``.
"""

import hashlib
import json
import re
from pathlib import Path

import pytest
from support.measured import MEASURED
from support.trees import NOW, file, purge

from runner.documents.kinds import Kind
from runner.documents.reading import read
from runner.model.purge import PurgeState
from runner.model.time import parse_instant
from runner.plan.change import review_change
from runner.plan.review import review
from runner.rules.catalogue import CATALOGUE

CASES = Path(__file__).parent / "cases"
BESIDE = [
    file(path.relative_to(CASES).as_posix(), path.read_bytes())
    for path in sorted((CASES / "policies").rglob("*.yaml"))
]
PLACES = {kind.value: kind.folder for kind in Kind}
FILES = sorted(path for path in CASES.rglob("*.yaml") if "policies" not in path.parts)
ELSEWHERE = {
    "EVD-002": ("apply/test_run.py", "too_large_for_a_record"),
    **{rule: ("plan/test_policy_tests.py", rule) for rule in ("TST-001", "TST-002", "TST-003", "TST-004")},
}
"""Rules about a record and about examples, which the file of a case cannot show: who tries them, and how."""


def findings_of(path):
    text = path.read_text()
    kind = re.search(r"^kind: (\w+)$", text, re.MULTILINE)[1]
    source = file(f"{PLACES[kind]}/{path.name}", text)
    as_of = re.search(r"^# as-of: (\S+)$", text, re.MULTILINE)
    logged = re.search(r"^# log: (\S+) revision=(\d+)(?: bytes=(\w+))?$", text, re.MULTILINE)
    purges = []
    if logged:
        state, revision, its_bytes = logged.groups()
        blob = hashlib.sha1(b"blob %d\0" % source.size + source.data).hexdigest()
        if its_bytes == "other":
            blob = "0" * 40
        purges.append(purge(source, PurgeState(state), blob=blob, revision=int(revision)))
    now = parse_instant(as_of[1]) if as_of else NOW
    if re.search(r"^# deleted\b", text, re.MULTILINE):
        found = review_change([*BESIDE, source], BESIDE, now=now, purges=purges).findings
    elif was := re.search(r"^# was: (\w+): (.*)$", text, re.MULTILINE):
        earlier = re.sub(rf"^( *{was[1]}): .*$", rf"\1: {was[2]}", text, flags=re.MULTILINE)
        base = [*BESIDE, file(source.path, earlier)]
        found = review_change(base, [*BESIDE, source], now=now, purges=purges).findings
    else:
        found = review([*BESIDE, source], now=now, purges=purges).findings
    if measured := re.search(r"^# measured: (.*)$", text, re.MULTILINE):
        document = read(source)
        faults = MEASURED[path.parent.name](document.value, json.loads(measured[1]), now)
        found = [*found, *map(document.locate, faults)]
    return [(finding.rule, finding.line) for finding in found if finding.file == source.path]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_case_has_the_one_finding_that_it_marks_or_none(path):
    rule = path.parent.name
    marked = [
        (rule, number)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if line.endswith(f"# <- {rule}")
    ]
    assert len(marked) == (1 if path.stem.startswith("fail-") else 0)
    assert findings_of(path) == marked


@pytest.mark.parametrize("verdict", ["pass", "fail"])
@pytest.mark.parametrize("rule", sorted(CATALOGUE.keys() - ELSEWHERE.keys()))
def test_every_rule_has_a_case_that_passes_and_one_that_fails(rule, verdict):
    assert list((CASES / rule).glob(f"{verdict}-*.yaml"))


def test_a_rule_without_cases_is_tried_elsewhere():
    assert ELSEWHERE.keys() <= CATALOGUE.keys()
    for tests, words in ELSEWHERE.values():
        assert words in (CASES.parents[1] / tests).read_text()


def test_the_files_around_the_cases_break_no_rule():
    assert review(BESIDE, now=NOW).findings == ()
