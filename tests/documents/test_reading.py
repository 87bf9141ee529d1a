from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.trees import file, policy

from runner.documents.kinds import Kind
from runner.documents.places import MAX_FAULTS
from runner.documents.reading import MAX_SIZE, read
from runner.model.source import EntryKind, SourceFile
from runner.model.text import printable

ROOT = Path(__file__).resolve().parents[2]
PLACES = ["policies/purges/a.yaml", "policies/holds/a.yaml", "policies/targets/a.yaml", "elsewhere.yaml"]
SEED = policy("a").data
FRAGMENTS = st.sampled_from(
    [
        "\t", "\n", "- ", "? ", ": ", "{", "}", "[", "]", ",", "&a ", "*a", "!!str ", "!", "%YAML 1.1\n",
        "---\n", "|", ">", "'", '"', "\\U00110000", "\\uD800", "#", "<<: ", "1e5", "0x1", "\x00", "\ufeff",
        "\u2028", "\r", "a", "name: a",
    ]
)  # fmt: skip


def rules(document):
    return [fault.rule for fault in document.faults]


def is_whole(document):
    """Whatever went in, the faults can be told, and a clean document has a value and a kind."""
    for finding in map(document.locate, document.faults):
        assert finding.line >= 1
        assert finding.column >= 1
        assert finding.message == printable(finding.message)
        assert len(finding.message) < 400
    assert not document.clean or (document.value is not None and document.kind is not None)
    assert document.faults or document.clean


@given(st.sampled_from(PLACES), st.binary(max_size=200))
def test_no_bytes_are_too_much(path, data):
    is_whole(read(file(path, data)))


@given(st.sampled_from(PLACES), st.lists(FRAGMENTS, max_size=20))
def test_no_text_is_too_much(path, fragments):
    is_whole(read(file(path, "".join(fragments))))


@given(st.lists(st.tuples(st.integers(0, len(SEED)), st.integers(0, 9), FRAGMENTS), min_size=1, max_size=5))
def test_no_damage_is_too_much(cuts):
    data = SEED
    for start, length, fragment in cuts:
        data = data[:start] + fragment.encode() + data[start + length :]
    is_whole(read(file("policies/purges/a.yaml", data)))


@pytest.mark.parametrize("kind", [EntryKind.SYMLINK, EntryKind.OTHER])
@pytest.mark.parametrize("path", ["policies/purges/a.yaml", "policies/README.md", "policies/tests/a.yaml"])
def test_what_is_no_regular_file_is_refused_whatever_it_is_called(kind, path):
    assert rules(read(SourceFile(path, kind, SEED, len(SEED)))) == ["DOC-001"]


@pytest.mark.parametrize(
    "path",
    [
        "policies/purges/a.yml",
        "policies/purges/a.YAML",
        "policies/purges/a.yaml.orig",
        "policies/purges/2018/a.yaml",
        "policies/purges/.yaml",
        "policies/a.yaml",
        "policies/.gitkeep",
        "policies/purge/a.yaml",
        "policies/readme.md",
        "policies/tests/a.txt",
        "policies/regulations/eu/a.yaml",
    ],
)
def test_a_file_out_of_place_is_refused(path):
    document = read(file(path, SEED))
    assert rules(document) == ["DOC-002"]
    assert document.faults[0].message == "no document belongs here"
    assert (document.kind, document.clean) == (None, False)
    assert document.value["kind"] == "PurgePolicy"


@pytest.mark.parametrize("folder", ["", "policies/", "policies/purges/", "policies/tests/", "policies/any/"])
def test_a_readme_is_never_a_document(folder):
    document = read(file(f"{folder}README.md", b"\xff\t" * MAX_SIZE))
    assert (document.value, document.faults, document.kind) == (None, (), None)
    assert not document.clean


def test_a_file_is_read_up_to_its_largest_size_and_not_beyond():
    filler = SEED + b"#" * (MAX_SIZE - len(SEED))
    assert read(file("policies/purges/a.yaml", filler)).clean
    assert rules(read(file("policies/purges/a.yaml", filler + b"#"))) == ["DOC-003"]


def test_a_file_that_was_not_read_whole_is_refused_by_its_size():
    source = SourceFile("policies/purges/a.yaml", EntryKind.FILE, b"", MAX_SIZE + 1)
    assert rules(read(source)) == ["DOC-003"]


def test_an_example_elsewhere_has_the_kind_that_it_declares():
    document = read(file("docs/examples/a.yaml", SEED))
    assert (document.kind, document.clean) == (Kind.PURGE_POLICY, True)
    assert rules(read(file("docs/examples/b.yaml", SEED))) == ["DOC-026"]
    stranger = read(file("docs/examples/a.yaml", SEED.replace(b"PurgePolicy", b"Novel")))
    assert (stranger.kind, rules(stranger)) == (None, ["DOC-025"])
    assert rules(read(file("docs/examples/a.yaml", "a: 1"))) == ["DOC-025"]


def test_windows_line_ends_change_nothing():
    document = read(file("policies/purges/a.yaml", SEED.replace(b"\n", b"\r\n")))
    assert document.clean
    assert document.value == read(file("policies/purges/a.yaml", SEED)).value


def test_faults_of_every_sort_are_told_at_once():
    text = "\ufeff" + policy("a", retentionDays="2557", owners="x").data.decode()
    text = text.replace("target:", "\u200btarget:").replace("reason:", "reason: &x") + "name: a\n"
    assert set(rules(read(file("policies/purges/a.yaml", text)))) == {
        "DOC-005",
        "DOC-007",
        "DOC-011",
        "DOC-012",
        "SCH-001",
    }


def test_a_value_that_was_left_out_is_told_once():
    document = read(policy("a", retentionDays=1.5, owner="x", mode=None))
    assert [(fault.rule, fault.pointer) for fault in document.faults] == [
        ("DOC-021", "/retentionDays"),
        ("SCH-001", "/mode"),
    ]


@pytest.mark.parametrize(
    ("text", "rule"),
    [("".join(f"k{i}: 1\n" for i in range(500)), "SCH-001"), ("a: [*b" + ", *b" * 500 + "]", "DOC-008")],
)
def test_more_faults_than_anybody_reads_are_cut_and_nothing_is_sound(text, rule):
    document = read(file("policies/purges/a.yaml", SEED + text.encode()))
    assert MAX_FAULTS < len(document.faults) < MAX_FAULTS + 5
    (rest,) = [fault for fault in document.faults if "more than" in fault.message]
    assert (rest.rule, rest.pointer) == (rule, "")
    assert not document.sound("/reason")


@pytest.mark.parametrize(
    "path",
    sorted([*ROOT.glob("policies/**/*.*"), *ROOT.glob("docs/examples/*.yaml")]),
    ids=lambda path: path.name,
)
def test_every_file_that_is_shipped_is_valid(path):
    document = read(file(path.relative_to(ROOT).as_posix(), path.read_bytes()))
    assert document.faults == ()
    assert document.clean or path.name == "README.md"
