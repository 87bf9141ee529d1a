"""``purgectl new``: what it writes is valid, and it never writes over anything."""

import os
import sys

import pytest
from support.findings import each_hostile_text
from support.terminal import converse
from support.trees import hold, policy, target

from runner.cli.main import run
from runner.documents.reading import read
from runner.model.policy import EACH_TYPE, Classification
from runner.model.source import EntryKind, SourceFile
from runner.model.text import hidden

OPTIONS = {
    "owner": "records-team",
    "target": "sandbox",
    "type": "voice",
    "filters": "department=billing, retention_status=expired",
    "classification": "internal",
    "jurisdictions": "US",
    "retention-days": "2557",
    "retention-basis": "Retention schedule RS-12, item 4",
    "start": "2014-01-01",
    "end": "2014-12-31",
    "reason": "Seven-year period has ended. Ticket REC-412.",
    "max-interactions": "5000",
}
HOLD = {"type": "litigation", "basis": "Notice of March.", "issued-by": "legal", "issued-on": "2026-03-02"}


class Place:
    def __init__(self, root, capsys):
        self.root, self._capsys = root, capsys
        self.put(target())

    def put(self, *sources):
        for source in sources:
            path = self.root / source.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(source.data)

    def run(self, *words):
        code = run(list(words))
        out, err = self._capsys.readouterr()
        assert "Traceback" not in out + err
        assert "internal error" not in err
        return code, out, err

    def new(self, kind, name, options):
        return self.run("new", kind, name, *(f"--{key}={value}" for key, value in options.items()))

    def value(self, path):
        data = (self.root / path).read_bytes()
        return read(SourceFile(path, EntryKind.FILE, data, len(data))).value


@pytest.fixture
def place(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    return Place(tmp_path, capsys)


@pytest.mark.parametrize("classification", Classification)
@pytest.mark.parametrize("type_", EACH_TYPE)
def test_every_type_and_classification_gives_a_policy_that_validates(place, type_, classification):
    code, out, _ = place.new("policy", "a", {**OPTIONS, "type": type_, "classification": classification})
    assert code == 0, out
    assert out.startswith("wrote policies/purges/a.yaml\nnext: ")
    code, out, _ = place.run("validate")
    assert (code, out) == (0, "2 files, no findings\n")


def test_a_policy_says_what_was_said(place):
    place.new("policy", "a", {**OPTIONS, "end": "2014-06-30T12:00:00+02:00"})
    value = place.value("policies/purges/a.yaml")
    assert value["dateRange"] == {"start": "2014-01-01T00:00:00.000Z", "end": "2014-06-30T12:00:00+02:00"}
    assert value["filters"] == {"attributes": {"department": "billing", "retention_status": "expired"}}
    assert value["limits"] == {"maxInteractions": 5000}
    assert value["purgeType"] == "permanent"


def test_an_attribute_that_is_named_twice_has_both_values(place):
    assert (
        place.new("policy", "a", {**OPTIONS, "filters": "department=billing,queue=1,department=sales"})[0]
        == 0
    )
    attributes = place.value("policies/purges/a.yaml")["filters"]["attributes"]
    assert attributes == {"department": ["billing", "sales"], "queue": "1"}


def test_a_policy_for_recording_jobs_names_dimensions_grace_and_sensitive_recordings(place):
    place.put(target("recordings", backend="recording-jobs"))
    queue = "6f2f4f0e-0000-4000-8000-000000000001"
    options = {
        **OPTIONS,
        "target": "recordings",
        "start": "2023-01-01",
        "end": "2023-12-31",
        "retention-days": "400",
    }
    dimensions = f"platform.queue={queue}, platform.direction=inbound, platform.direction=outbound"
    soft = {"filters": dimensions, "purge-type": "soft", "grace-days": "30"}
    code, out, _ = place.new("policy", "a", {**options, **soft})
    assert code == 0, out
    value = place.value("policies/purges/a.yaml")
    assert value["filters"] == {"dimensions": {"queue": [queue], "direction": ["inbound", "outbound"]}}
    assert value["graceDays"] == 30
    sensitive = {"classification": "pii", "include-sensitive": "true", "type": "email", "filters": dimensions}
    code, out, _ = place.new(
        "policy", "b", {**options, **sensitive, "start": "2022-01-01", "end": "2022-12-31"}
    )
    assert code == 0, out
    assert place.value("policies/purges/b.yaml")["includeSensitive"] is True
    both = {
        "filters": f"department=billing, platform.queue={queue}",
        "start": "2024-01-01",
        "end": "2024-12-31",
    }
    code, out, _ = place.new("policy", "c", {**options, **both})
    assert code == 0, out
    assert place.value("policies/purges/c.yaml")["filters"] == {
        "attributes": {"department": "billing"},
        "dimensions": {"queue": [queue]},
    }


def test_a_policy_for_everything_admits_it(place):
    assert place.new("policy", "a", {**OPTIONS, "filters": "everything"})[0] == 0
    value = place.value("policies/purges/a.yaml")
    assert value["allowUnfiltered"] is True
    assert "filters" not in value


@pytest.mark.parametrize(
    "type_", ["litigation", "dsar", "restriction-art18", "complaint", "subpoena", "tax", "audit"]
)
def test_a_hold_is_valid_and_holds_everything_unless_it_is_narrowed(place, type_):
    assert place.new("hold", "all", {**HOLD, "type": type_})[0] == 0
    narrow = {"targets": "sandbox", "interaction-types": "voice, chat", "start": "2018-01-01"}
    assert place.new("hold", "some", {**HOLD, "type": type_, **narrow, "filters": "department=sales"})[0] == 0
    assert place.value("policies/holds/all.yaml")["scope"] == {"dateRange": {"end": "open"}}
    assert place.value("policies/holds/some.yaml")["scope"] == {
        "targets": ["sandbox"],
        "interactionTypes": ["voice", "chat"],
        "dateRange": {"start": "2018-01-01T00:00:00.000Z", "end": "open"},
        "filters": {"attributes": {"department": "sales"}},
    }
    assert place.run("validate")[0] == 0


def test_a_hold_over_policies_is_written_all_the_same(place):
    place.put(policy("a"))
    assert place.new("hold", "matter-1", HOLD)[0] == 0
    assert place.run("validate")[0] == 1


def test_targets_of_both_sorts_are_valid(place):
    sandbox = {"region": "sandbox", "log-origin": "sandbox.purgectl.example/two"}
    assert place.new("target", "two", sandbox)[0] == 0
    real = {
        "region": "eu-central-1",
        "organization-id": "0f6f3a52-8a0e-4a8f-9f39-3f1d4c1b7a10",
        "log-origin": "audit.example.com/bank",
        "webhooks": "governance, second",
    }
    code, out, _ = place.new("target", "bank-eu", real)
    assert code == 0
    assert "purgectl audit keygen --target bank-eu --write" in out
    assert place.value("policies/targets/two.yaml")["approvals"] == "none"
    assert place.value("policies/targets/bank-eu.yaml")["approvals"] == "github"
    assert place.run("validate") == (0, "3 files, no findings\n", "")


def test_without_a_terminal_every_missing_option_is_named(place):
    code, out, err = place.run("new", "policy", "a", "--type", "voice")
    assert (code, out) == (2, "")
    for option in ("--owner", "--target", "--classification", "--retention-days", "--reason"):
        assert option in err
    assert "--type" not in err
    assert "--purge-type" not in err
    assert not (place.root / "policies/purges").exists()


@pytest.mark.parametrize("name", ["", "A", "../a", "a.yaml", "a" * 64, "a/b", "\x1b[31m", "-"])
def test_a_name_that_cannot_be_one_is_a_usage_error(place, name):
    before = sorted(place.root.rglob("*"))
    code, _, err = place.run(
        "new", "policy", *(f"--{key}={value}" for key, value in OPTIONS.items()), "--", name
    )
    assert code == 2
    assert "\x1b[31m" not in err.replace("\x1b[31m\x1b[1merror", "")
    assert sorted(place.root.rglob("*")) == before


def test_nothing_is_written_over_another_file_or_through_a_link(place):
    place.put(policy("a"))
    assert place.new("policy", "a", OPTIONS)[0] == 2
    assert (place.root / "policies/purges/a.yaml").read_bytes() == policy("a").data
    (place.root / "policies/purges/b.yaml").symlink_to(place.root / "elsewhere.yaml")
    assert place.new("policy", "b", OPTIONS)[0] == 2
    assert not (place.root / "elsewhere.yaml").exists()
    (place.root / "policies/holds").symlink_to(place.root)
    assert place.new("hold", "h", HOLD)[0] == 2
    assert not (place.root / "h.yaml").exists()


@pytest.mark.parametrize(
    ("option", "answer", "rule"),
    [
        ("retention-days", "many", "SCH-001"),
        ("retention-days", "9" * 400, "SCH-001"),
        ("type", "fax", "SCH-001"),
        ("target", "prod", "TGT-001"),
        ("reason", "test", "RSN-001"),
        ("filters", "billing", "SCH-001"),
        ("end", "2014-02-30", "SCH-001"),
        ("end", "2013-01-01", "DAT-001"),
        ("end", "2099-01-01", "DAT-002"),
    ],
)
def test_what_a_rule_refuses_is_not_written(place, option, answer, rule):
    code, out, err = place.new("policy", "a", {**OPTIONS, option: answer})
    assert code == 1
    assert rule in out
    assert err == "Nothing was written.\n"
    assert not (place.root / "policies/purges").exists()


def test_a_policy_under_a_hold_is_not_written(place):
    place.put(hold("matter-1"))
    code, out, _ = place.new("policy", "a", OPTIONS)
    assert code == 1
    assert "HLD-001" in out


@each_hostile_text
def test_hostile_answers_are_harmless(place, text):
    for option in ("reason", "owner", "filters", "start"):
        code, out, err = place.new("policy", "a", {**OPTIONS, option: text.replace("\x00", "")})
        assert code in (0, 1, 2)
        assert not any(
            hidden(character) for character in (out + err).replace("\n", "") if character != "\x1b"
        )
        if code == 0:
            assert place.run("validate")[0] == 0
            (place.root / "policies/purges/a.yaml").unlink()


def test_on_a_terminal_it_asks_and_checks_every_answer_at_once(place, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    place.put(hold("matter-1", scope={"dateRange": {"start": "2014-01-01T00:00:00Z"}}))
    answers = [
        "Team A",
        "records-team",
        "voice",
        "department=billing",
        "internal",
        "",
        "",
        "2557",
        "2014-01-01",
    ]
    answers += [
        "2014-12-31",
        "test",
        "Period has ended. Ticket REC-412.",
        "",
        "RS-12",
        "5000",
        "2013-01-01",
        "2013-12-31",
    ]
    code, shown = converse(place.root, "new", "policy", "talk", "--target", "sandbox", answers=answers)
    assert code == 0, shown
    assert 'not "Team A"' in shown
    assert "the reason has 4 characters" in shown
    assert "HLD-001" in shown
    assert "target:" not in shown
    assert "wrote policies/purges/talk.yaml" in shown
    assert place.value("policies/purges/talk.yaml")["dateRange"]["start"] == "2013-01-01T00:00:00.000Z"
    assert place.run("validate")[0] == 0


def test_help_names_every_option(place):
    code, out, _ = place.run("new", "policy", "--help")
    assert code == 0
    assert all(f"--{option} " in out for option in OPTIONS)
