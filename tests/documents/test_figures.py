"""``expected`` written in place: the figure changes, and nothing else in the file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.journey import policy
from support.trees import file

from runner.documents.figures import with_expected
from runner.documents.reading import read
from runner.model.policy import Expected

PATH = "policies/purges/old-calls.yaml"
LINE = "expected: {count: 197, tolerancePercent: 2}\n"
LIMITS = "limits: {maxInteractions: 5000}\n"


def written(text, count=197, tolerance=2):
    data = with_expected(read(file(PATH, text)), Expected(count, tolerance))
    return None if data is None else data.decode()


def test_a_line_is_added_below_the_limits():
    assert written(policy()) == policy().replace(LIMITS, LIMITS + LINE)


@pytest.mark.parametrize(
    "limits",
    [
        "limits: {maxInteractions: 5000}   # no more\n",
        "limits:\n  # as agreed\n  maxInteractions: 5000   # no more\n",
        '"limits": {maxInteractions: 5000}\n',
        "limits: {\n  maxInteractions: 5000\n  }\n",
    ],
)
def test_the_line_stands_below_all_that_belongs_to_the_limits(limits):
    text = policy().replace(LIMITS, limits + "\n# what follows\n")
    assert written(text) == text.replace(limits, limits + LINE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("expected: {count: 5, tolerancePercent: 1}  # REC-1\n",
         "expected: {count: 197, tolerancePercent: 2}  # REC-1\n"),
        ("expected:\n  tolerancePercent: 0   # firm\n  # counted on Monday\n  count: 5   # calls\n",
         "expected:\n  tolerancePercent: 2   # firm\n  # counted on Monday\n  count: 197   # calls\n"),
        ("expected: {'count': 5,\n  tolerancePercent: 1}\n",
         "expected: {'count': 197,\n  tolerancePercent: 2}\n"),
    ],
)  # fmt: skip
def test_figures_that_stand_there_are_replaced_and_every_comment_stays(before, after):
    assert written(policy() + before) == policy() + after


def test_a_file_keeps_its_line_ends_and_may_end_without_one():
    dos = policy().replace("\n", "\r\n")
    assert written(dos) == dos.replace("5000}\r\n", "5000}\r\n" + LINE.replace("\n", "\r\n"))
    bare = policy(retentionBasis=None, classification="public").rstrip("\n")
    assert bare.endswith("5000}")
    assert written(bare) == f"{bare}\n{LINE}"


@pytest.mark.parametrize(
    "text",
    [policy(limits=None), policy(surprise="1"), "{", policy() + policy(), policy(limits="5"), "\0"],
)
def test_a_file_with_errors_is_left_alone(text):
    assert written(text) is None


def test_a_document_in_one_line_is_left_alone():
    flow = "{" + ", ".join(policy().splitlines()[1:]) + "}\n"
    assert written(flow) is None


@given(count=st.integers(0, 10**9), tolerance=st.integers(0, 100), times=st.integers(1, 3))
def test_writing_again_writes_the_same_and_only_the_figure_differs(count, tolerance, times):
    text = policy()
    for _ in range(times):
        text = written(text, count, tolerance)
    assert read(file(PATH, text)).value["expected"] == {"count": count, "tolerancePercent": tolerance}
    assert [line for line in text.splitlines() if not line.startswith("expected:")] == policy().splitlines()
