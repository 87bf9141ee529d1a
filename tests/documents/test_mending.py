from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.trees import file, hold, policy, target

from runner.documents.mending import mended
from runner.documents.reading import read
from runner.model.source import EntryKind

GOOD = policy("a")
FIRST, _, REST = GOOD.data.partition(b"\n")


def mend(data, path=GOOD.path):
    return mended(read(file(path, data)))


@pytest.mark.parametrize("source", [policy("a"), hold("h"), target()])
def test_what_is_in_order_stays_and_a_missing_first_line_is_written(source):
    assert mended(read(source)) is None
    without = source.data.partition(b"\n")[2]
    assert mended(read(file(source.path, without))) == source.data


@pytest.mark.parametrize(
    "data",
    [
        GOOD.data.rstrip(b"\n"),
        GOOD.data + b"\n\n",
        GOOD.data.replace(b"\n", b"\r\n"),
        GOOD.data.replace(b"\n", b"   \n"),
        b"# yaml-language-server: $schema=../../schemas/target.schema.json\n" + REST,
        REST.replace(b"\n", b" \r\n").rstrip(),
    ],
    ids=["no line end", "empty lines", "crlf", "trailing spaces", "another schema", "everything"],
)
def test_formatting_is_put_in_order(data):
    assert mend(data) == GOOD.data


def test_the_schema_is_named_by_its_path_from_the_file():
    assert mend(REST, "docs/examples/deep/a.yaml").startswith(
        b"# yaml-language-server: $schema=../../../schemas/purge-policy.schema.json\n"
    )
    assert mend(REST, "a.yaml").startswith(b"# yaml-language-server: $schema=schemas/purge-policy")
    assert mend(REST, "/elsewhere/a.yaml") is None


def test_spaces_that_are_meant_stay():
    text = REST.replace(b"kind: PurgePolicy\n", b"kind: PurgePolicy  \n") + b"ticket: |\n  one  \n  two\n"
    out = mend(text)
    assert out == FIRST + b"\n" + text


@pytest.mark.parametrize(
    "data",
    [
        REST + b"reason: again\n",
        REST.replace(b"kind: ", b"kind:\t"),
        b"\xef\xbb\xbf" + REST,
        REST.replace(b'"a"', b'"b"'),
        REST.replace(b"billing", b"bill\xe2\x80\xaeing"),
        b"",
        b"- a\n",
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_file_with_another_fault_of_form_is_left_alone(data):
    assert mend(data) is None


def test_a_fault_of_the_schema_is_no_obstacle():
    assert mend(REST + b"surprise: 1 \n") == GOOD.data + b"surprise: 1\n"


def test_what_is_no_document_is_left_alone():
    assert mended(read(replace(GOOD, kind=EntryKind.SYMLINK, data=b"", size=0))) is None
    assert mend(b"text  \n", "policies/README.md") is None
    assert mend(REST, "policies/stray.yaml") is None


def test_a_long_run_of_spaces_takes_no_time():
    assert mend(REST + b"#" + b" " * 200_000 + b"x \n") == GOOD.data + b"#" + b" " * 200_000 + b"x\n"


LINES = ["ticket: a", "ticket: |", "  b  ", " ", "\r", "# c ", "tags: [x]", "- y", "'z"]


@given(st.lists(st.sampled_from(LINES)))
def test_mending_keeps_every_value_and_is_done_once(lines):
    before = read(file(GOOD.path, REST + "\n".join(lines).encode()))
    out = mended(before)
    if out is not None:
        after = read(file(GOOD.path, out))
        assert after.value == before.value
        assert after.faults == tuple(fault for fault in before.faults if fault.rule != "DOC-027")
        assert mended(after) is None
