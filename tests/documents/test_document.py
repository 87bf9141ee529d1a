import pytest
from support.trees import file, policy

from runner.documents import form
from runner.documents.reading import read

CLEAN = read(policy("a"))


def at(document, pointer, *, at_key=False):
    finding = document.locate(form.SCHEMA.fault(pointer, "m", at_key=at_key))
    return finding.line, finding.column


def test_a_fault_stands_at_the_value_or_at_the_key():
    assert at(CLEAN, "/retentionDays") == (8, 16)
    assert at(CLEAN, "/retentionDays", at_key=True) == (8, 1)
    assert at(CLEAN, "/dateRange/end") == (7, 57)
    assert at(CLEAN, "/jurisdictions/0") == (10, 17)
    assert at(CLEAN, "/jurisdictions/0", at_key=True) == (10, 17)


def test_what_is_missing_is_told_at_the_nearest_parent_that_exists():
    assert at(CLEAN, "/dateRange/middle/of") == (7, 1)
    assert at(CLEAN, "/revision") == at(CLEAN, "") == (2, 1)
    assert at(CLEAN, "not a pointer") == (2, 1)


def test_a_finding_keeps_what_the_fault_says():
    fault = form.NAME.fault("/name", "says this", hint="do that")
    finding = CLEAN.locate(fault)
    assert (finding.file, finding.path, finding.rule) == ("policies/purges/a.yaml", "/name", form.NAME.id)
    assert (finding.severity, finding.message, finding.hint) == (fault.severity, "says this", "do that")
    assert finding.basis == form.NAME.basis


def test_in_an_unreadable_document_everything_stands_where_reading_stopped():
    document = read(file("policies/purges/a.yaml", "# a\nb: [\nc: {\n"))
    assert document.value is None
    stopped = document.locate(document.faults[0])
    assert at(document, "/reason") == (stopped.line, stopped.column)
    assert stopped.line > 1


def test_in_a_file_without_text_everything_stands_at_its_start():
    assert at(read(file("README.md", "")), "/reason") == (1, 1)


def test_a_clean_document_is_sound_everywhere_but_where_it_ends():
    assert CLEAN.clean
    for pointer in ("", "/reason", "/filters/attributes/department", "/jurisdictions/0"):
        assert CLEAN.sound(pointer)
    for pointer in ("/revision", "/reason/0", "/jurisdictions/1", "reason"):
        assert not CLEAN.sound(pointer)


@pytest.mark.parametrize(
    ("changes", "unsound", "sound"),
    [
        ({"retentionDays": "x"}, ["", "/retentionDays"], ["/dateRange", "/reason"]),
        ({"dateRange": {"start": "2018-01-01T00:00:00Z"}}, ["/dateRange"], ["/dateRange/start", "/reason"]),
        ({"filters": {"queue": "a"}}, ["/filters", "/filters/queue"], ["/reason"]),
        ({"filters": []}, ["/filters"], ["/reason"]),
        (
            {"filter": {"attributes": {}}},
            ["/filter", "/filter/attributes"],
            ["/filters", "/filters/attributes"],
        ),
        ({"limits": {}}, ["/limits"], ["/reason"]),
    ],
)
def test_a_fault_taints_what_lies_above_and_below_it_and_nothing_else(changes, unsound, sound):
    document = read(policy("a", **changes))
    assert not document.clean
    assert not any(document.sound(pointer) for pointer in unsound)
    assert all(document.sound(pointer) for pointer in sound)


def test_a_missing_field_taints_no_other():
    document = read(policy("a", without=("limits", "owner")))
    assert document.sound("/dateRange/start")
    assert not document.sound("/limits")


def test_a_tab_or_a_missing_editor_line_leaves_the_values_sound():
    text = policy("a").data.decode().partition("\n")[2]
    document = read(file("policies/purges/a.yaml", text.replace("Ticket", "Ti\tcket")))
    assert [fault.rule for fault in document.faults] == ["DOC-006", "DOC-027"]
    assert not document.clean
    assert document.sound("/reason")


def test_a_warning_alone_leaves_a_document_clean():
    document = read(file("policies/purges/a.yaml", policy("a").data.partition(b"\n")[2]))
    assert [fault.rule for fault in document.faults] == ["DOC-027"]
    assert document.clean
