import pytest

from runner.documents.kinds import Kind, kind_of
from runner.model.pointer import child, dotted, join, parent, within


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("policies/purges/a.yaml", Kind.PURGE_POLICY),
        ("policies/holds/a.yaml", Kind.LEGAL_HOLD),
        ("policies/targets/a.yaml", Kind.TARGET),
        ("policies/purges/a.b.yaml", Kind.PURGE_POLICY),
        ("policies/approvers.yaml", Kind.APPROVERS),
        ("policies/approver.yaml", None),
        ("policies/approvers.yaml/a.yaml", None),
        ("policies/purges/approvers.yml", None),
        ("policies/purges/a/b.yaml", None),
        ("x/policies/purges/a.yaml", None),
        ("/policies/purges/a.yaml", None),
        ("policies/purges/../holds/a.yaml", None),
        ("policies/purges/README.md", None),
        ("", None),
    ],
)
def test_the_place_decides_the_kind(path, kind):
    assert kind_of(path) is kind


def test_every_kind_has_a_folder_and_a_schema():
    assert [kind_of(kind.path("a")) for kind in Kind] == list(Kind)
    assert {kind.schema for kind in Kind} == {
        "purge-policy",
        "legal-hold",
        "target",
        "regulation-pack",
        "policy-test",
        "approvers",
    }


def test_pointers_escape_what_rfc_6901_escapes():
    pointer = join(["a/b", 0, "m~n", ""])
    assert pointer == "/a~1b/0/m~0n/"
    assert parent(pointer) == "/a~1b/0/m~0n"
    assert parent("/a") == parent("") == ""
    assert child("", "~1") == "/~01"


def test_a_pointer_lies_within_itself_and_its_parents_only():
    assert within("/a/b", "/a")
    assert within("/a", "/a")
    assert within("/a", "")
    assert not within("/ab", "/a")
    assert not within("/a", "/a/b")


def test_the_dotted_form_is_what_a_person_would_say():
    assert dotted(["webhooks", 0, "events", 2]) == "webhooks[0].events[2]"
    assert dotted(["dateRange", "start"]) == "dateRange.start"
