"""``purgectl overdue`` as a user runs it, in a clone with a log and without one."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from support.auditdrafts import BODY, Drafting
from support.formats import unsafe
from support.gitworld import GitWorld, git
from support.regulations import pack_file
from support.trees import file, hold, policy

from runner.cli.main import run

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "overdue.schema.json").read_text())
D = Drafting()
YEAR = pack_file("core", {"id": "law", "retain": {"max": "P1Y"}})
SAME = {"classification": "hipaa", "filters": BODY["filters"]}


@pytest.fixture
def world(tmp_path):
    made = GitWorld(tmp_path)
    made.commit_target()
    made.commit({YEAR.path: YEAR.data})
    return made


@pytest.fixture
def overdue(world, monkeypatch, capsys):
    monkeypatch.chdir(world.clone)

    def call(*words):
        code = run(["overdue", "--as-of", "2026-11-23", *words])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    def as_json(*words):
        code, out, err = call(*words, "--format", "json")
        assert (code, err) == (0, "")
        document = json.loads(out)
        Draft7Validator(SCHEMA).validate(document)
        return document

    call.json = as_json
    return call


def put(world, *sources):
    for source in sources:
        path = world.clone / source.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.data)


def purged(world, *ends):
    world.open_log()
    world.store().append([D.intended(), D.submitted(), *ends])
    git(world.clone, "fetch", "--quiet", "origin")


def test_without_a_log_everything_old_is_late_and_the_report_says_that_it_knows_no_log(world, overdue):
    put(world, policy("billing", **SAME))
    code, out, err = overdue()
    assert (code, err) == (0, "")
    assert "Overdue at 2026-11-23T00:00:00Z: 1 range. This informs, and stops no purge." in out
    assert "does not know what was purged before, so data that is gone already is listed too." in out
    assert "(the earliest start in a policy, without a goLive)" in out
    assert "git fetch origin audit/sandbox" in out
    assert "  2018-01-01T00:00:00.000Z until before 2025-11-22T00:00:00.000Z" in out
    assert "law: A law [1 LAW 2]" in out
    assert "2019-01-02T00:00:00.000Z, 2,882 days ago" in out
    (target,) = overdue.json()["targets"]
    assert target["logKnown"] is False


def test_what_a_purge_in_the_log_covered_is_not_late(world, overdue):
    purged(world, D.ended(), D.verified())
    put(world, policy("billing", **SAME))
    document = overdue.json("--target", "sandbox")
    assert [(e["start"], e["before"]) for e in document["overdue"]] == [
        ("2019-01-01T00:00:00.000Z", "2025-11-22T00:00:00.000Z")
    ]
    assert document["targets"][0]["logKnown"] is True


def test_a_policy_whose_file_is_gone_is_known_from_the_log(world, overdue):
    purged(world, D.ended(), D.verified("FAIL"))
    (late,) = overdue.json()["overdue"]
    assert late["start"] == "2018-01-01T00:00:00.000Z"
    assert late["data"]["attributes"] == {"department": "billing", "team": ["a", 7]}


def test_an_event_that_nobody_dates_is_told(world, overdue):
    clock = {"start": "event", "event": "end of the contract"}
    put(world, pack_file("core", {"id": "law", "clock": clock, "retain": {"max": "P1Y"}}), policy("a"))
    (undated,) = overdue.json()["undated"]
    assert (undated["entry"]["id"], undated["policies"]) == ("law", ["a"])
    assert "counts from an event without a date here: end of the contract" in overdue()[1]
    assert "no retentionTrigger in a" in overdue()[1]


def test_policies_that_cannot_be_read_are_named_and_foreign_text_is_harmless(world, overdue):
    hostile = {"attributes": {"department": "::error::##[x]"}}
    put(world, policy("bad", surprise=1), policy("a", filters=hostile), policy("b", filters={}))
    code, out, _ = overdue()
    assert code == 0
    assert "policies/purges/bad.yaml has errors and was not looked at" in out
    assert unsafe("text", out) == []
    assert "policies/purges/bad.yaml" in overdue.json()["unread"]
    assert unsafe("json", overdue("--format", "json")[1]) == []


def test_what_a_hold_keeps_is_told_apart_and_one_that_cannot_be_read_is_named(world, overdue):
    span = {"start": "2019-01-01T00:00:00Z", "end": "open"}
    broken = hold("broken", scope=[])
    put(world, policy("a"), hold("matter-1", scope={"dateRange": span}), broken)
    _, out, _ = overdue()
    assert "Overdue at 2026-11-23T00:00:00Z: 2 ranges, 1 of them held." in out
    assert "    held: it stays until matter-1 is released" in out
    assert f"{broken.path} has errors and was not looked at" in out
    document = overdue.json()
    assert [(each["start"][:4], each["heldBy"]) for each in document["overdue"]] == [
        ("2018", []),
        ("2019", ["matter-1"]),
    ]
    assert document["unread"] == [broken.path]


@pytest.mark.parametrize(
    ("words", "code"), [(["--target", "nowhere"], 2), (["--target", "\x1b[31m"], 2), (["--as-of", "soon"], 2)]
)
def test_a_wrong_command_line_is_a_usage_error(overdue, words, code):
    found, out, err = overdue(*words)
    assert (found, out) == (code, "")
    assert "\x1b[31m" not in err


def test_a_pack_that_cannot_be_read_refuses(world, overdue):
    put(world, file(YEAR.path, "{"))
    code, out, err = overdue()
    assert (code, out) == (3, "")
    assert "policies/regulations/core.yaml" in err
    assert "next:" in err


def test_a_log_that_does_not_verify_is_no_evidence(world, overdue):
    purged(world, D.ended())
    stranger = GitWorld.__dataclass_fields__["signer"].default_factory()
    put(world, file("policies/targets/sandbox.yaml", world.target_file([str(stranger.verifier)])))
    assert overdue()[0] == 6


def test_help_fits_a_terminal_and_has_examples(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["overdue", "--help"]) == 0
    out = capsys.readouterr().out
    assert "purgectl overdue --target sandbox" in out
    assert max(map(len, out.splitlines())) <= 80
