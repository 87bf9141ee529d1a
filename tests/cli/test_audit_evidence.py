"""What an auditor takes away from a log: completeness, certificates and exports, as people run them."""

import csv
import io
import json
from dataclasses import replace

import pytest
from support.auditcommand import audit, valid
from support.auditdrafts import Drafting
from support.gitworld import GitWorld, git
from support.trees import policy

from runner.audit.layout import record_path
from runner.merkle.keys import Signer

D = Drafting()
TARGET = ("--target", "sandbox")
PATH = "policies/purges/billing.yaml"


def intended(blob, name="billing", **more):
    """An intent of the bytes that stand on main."""
    drafting = replace(D, policy=name, **more)
    draft = drafting.intended()
    return drafting.intended(policy={**draft.fields["policy"], "blob": blob})


@pytest.fixture
def world(tmp_path):
    """A target, its log, and the policy ``billing``, merged after the log was opened and purged."""
    world = GitWorld.with_log(tmp_path, events=())
    world.commit({PATH: policy("billing").data})
    blob = git(world.clone, "rev-parse", f"HEAD:{PATH}")
    world.store().append([intended(blob), D.submitted(), D.ended(), D.verified()])
    git(world.clone, "fetch", "--quiet", "origin")
    return world


def completeness(world):
    done = audit(world.clone, "completeness", *TARGET, "--format", "json")
    document = valid("completeness", json.loads(done.out))
    accounts = {each["policy"]: each["account"] for each in document["revisions"]}
    return done.code, document["complete"], accounts


def test_a_log_that_accounts_for_all_of_main_is_complete(world):
    assert completeness(world) == (0, True, {"billing": "ended"})
    text = audit(world.clone, "completeness", *TARGET)
    assert text.code == 0
    assert text.out.startswith("audit/sandbox and main: nothing was skipped\n")
    assert "revisions   1, 1 completed" in text.out


def test_what_was_merged_and_left_out_is_a_gap_and_exits_9(world):
    before = {"GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z"}
    (world.clone / "policies/purges/sales.yaml").write_bytes(policy("sales").data)
    (world.clone / "policies/purges/watched.yaml").write_bytes(policy("watched", mode="observe").data)
    git(world.clone, "add", "--all")
    git(world.clone, "commit", "--quiet", "--message", "Long ago", **before)
    git(world.clone, "push", "--quiet", "origin", "main")
    assert completeness(world) == (
        9,
        False,
        {"billing": "ended", "sales": "missing", "watched": "observed"},
    )
    text = audit(world.clone, "completeness", *TARGET)
    assert text.out.startswith("audit/sandbox and main: 1 GAP: SOMETHING WAS SKIPPED, OR CANNOT BE TOLD\n")
    assert (
        "missing: it could have run, and the log says nothing of it\n    sales (revision 1), due " in text.out
    )


def test_what_has_just_been_merged_and_what_left_before_it_ran_are_no_gaps(world):
    world.commit({"policies/purges/new.yaml": policy("new").data, "policies/purges/x.yaml": policy("x").data})
    world.commit({"policies/purges/x.yaml": None})
    assert completeness(world) == (0, True, {"billing": "ended", "new": "pending", "x": "withdrawn"})


def test_a_purge_of_bytes_that_never_stood_on_main_is_a_gap(world):
    world.store().append([intended("e" * 40, "ghost", intent=5)])
    git(world.clone, "fetch", "--quiet", "origin")
    assert completeness(world) == (9, False, {"billing": "ended", "ghost": "unmerged"})


def test_hostile_names_links_and_submodules_on_main_are_told_harmlessly(world):
    (world.clone / "policies/purges/link.yaml").symlink_to("billing.yaml")
    world.commit({"policies/purges/x\x1b[31m.yaml": "kind: ["})
    head = git(world.clone, "rev-parse", "HEAD")
    git(world.clone, "update-index", "--add", "--cacheinfo", f"160000,{head},policies/purges/sub.yaml")
    git(world.clone, "commit", "--quiet", "--message", "Submodule")
    git(world.clone, "push", "--quiet", "origin", "main")
    done = audit(world.clone, "completeness", *TARGET)
    assert done.code == 9
    assert "\x1b" not in done.out
    assert "3 GAPS" in done.out


def test_completeness_needs_all_of_main(world):
    git(world.root, "clone", "--quiet", "--depth", "1", "--branch", "main", f"file://{world.origin}", "cut")
    cut, log = world.root / "cut", "audit/sandbox:refs/remotes/origin/audit/sandbox"
    git(cut, "fetch", "--quiet", "origin", log)
    shallow = audit(cut, "completeness", *TARGET)
    assert shallow.code == 9
    assert "the beginning of main is missing" in shallow.err
    git(cut, "fetch", "--quiet", "--unshallow", "origin")
    assert audit(cut, "completeness", *TARGET).code == 0
    git(world.root, "clone", "--quiet", "--bare", str(world.origin), "nomain.git")
    git(world.root / "nomain.git", "update-ref", "-d", "refs/heads/main")
    key = str(world.signer.verifier)
    done = audit(world.root / "nomain.git", "completeness", *TARGET, "--vkey", key)
    assert done.code == 9
    assert "no branch main" in done.err


def tampered(world):
    other = world.another_clone("tampered")
    git(other, "switch", "--quiet", "audit/sandbox")
    path = other / record_path(1)
    path.write_bytes(path.read_bytes().replace(b"1482", b"1483"))
    git(other, "commit", "--quiet", "--all", "--message", "nothing to see")
    git(other, "switch", "--quiet", "main")
    git(other, "update-ref", "refs/remotes/origin/audit/sandbox", "audit/sandbox")
    return other


@pytest.mark.parametrize("command", [["completeness"], ["certificate", "billing"], ["export"]])
def test_nothing_is_built_on_a_log_that_does_not_verify(world, command):
    done = audit(tampered(world), *command, *TARGET)
    assert done.code == 6
    assert done.out == ""
    assert "record 1 was changed" in done.err


@pytest.mark.parametrize("command", [["completeness"], ["certificate", "billing"], ["export"]])
def test_without_a_log_or_a_repository_it_says_what_is_missing(world, tmp_path, command):
    assert audit(world.clone, *command, "--target", "other").code == 9
    (tmp_path / "empty").mkdir()
    assert audit(tmp_path / "empty", *command, *TARGET).code == 2


def test_a_certificate_is_read_as_a_page_and_proves_itself_as_a_file(world):
    page = audit(world.clone, "certificate", *TARGET, "billing")
    assert page.code == 0
    assert page.out.startswith("CERTIFICATE OF DISPOSITION\n\n  PASS     a look after the purge found")
    made = audit(world.clone, "certificate", *TARGET, D.purge_id, "--format", "json")
    valid("certificate", json.loads(made.out))
    file = world.root / "elsewhere" / "certificate.json"
    file.parent.mkdir()
    file.write_text(made.out)
    key = str(world.signer.verifier)
    checked = audit(file.parent, "verify-certificate", "certificate.json", "--vkey", key)
    assert (checked.code, checked.err) == (0, "")
    assert (
        checked.out
        == f"{page.out}\nThe certificate holds: signature, records and every field were checked.\n"
    )


def test_a_certificate_that_was_bent_does_not_hold(world):
    made = json.loads(audit(world.clone, "certificate", *TARGET, "billing", "--format", "json").out)
    file = world.root / "certificate.json"
    made["certificate"]["quantity"]["purged"] = 9999
    file.write_text(json.dumps(made))
    key = str(world.signer.verifier)
    done = audit(world.root, "verify-certificate", str(file), "--vkey", key)
    assert (done.code, done.out) == (6, "")
    assert "it says in quantity what its records do not say" in done.err
    other = str(Signer.generate(world.signer.name).verifier)
    assert audit(world.root, "verify-certificate", str(file), "--vkey", other).code == 6
    for data in (b"", b"\xff\x1b[31m", b"[" * 100_000):
        file.write_bytes(data)
        done = audit(world.root, "verify-certificate", str(file), "--vkey", key)
        assert done.code == 6
        assert "\x1b" not in done.err
    assert audit(world.root, "verify-certificate", "missing.json", "--vkey", key).code == 9
    assert audit(world.root, "verify-certificate", str(world.root), "--vkey", key).code == 9
    assert audit(world.root, "verify-certificate", str(file)).code == 2
    assert audit(world.root, "verify-certificate", str(file), "--vkey", "x").code == 2


def test_the_proofs_in_a_certificate_are_proofs_for_other_tools_too(world):
    made = json.loads(audit(world.clone, "certificate", *TARGET, "billing", "--format", "json").out)
    item = made["evidence"][-1]
    proof, record = world.root / "r.proof", world.root / "r.json"
    proof.write_text(item["proof"])
    record.write_text(json.dumps(item["record"], sort_keys=True, separators=(",", ":")))
    key = str(world.signer.verifier)
    done = audit(world.root, "verify-proof", "--vkey", key, "--record", str(record), str(proof))
    assert done.code == 0


def test_what_was_never_announced_has_no_certificate(world):
    world.store().append([replace(D, policy="sales").refused()])
    git(world.clone, "fetch", "--quiet", "origin")
    refused = audit(world.clone, "certificate", *TARGET, "sales")
    assert refused.code == 2
    assert "was never announced" in refused.err
    unknown = audit(world.clone, "certificate", *TARGET, "x\x1b[31m")
    assert unknown.code == 2
    assert "\x1b" not in unknown.err


def test_of_a_policy_the_newest_announced_revision_is_certified(world):
    second = replace(D, policy="sales", intent=5)
    third = replace(D, policy="sales", revision=3)
    world.store().append([second.intended(), second.halted(), third.refused()])
    git(world.clone, "fetch", "--quiet", "origin")
    page = audit(world.clone, "certificate", *TARGET, "sales")
    assert "status   halted" in page.out


def test_an_export_is_taken_from_a_period_and_written_to_a_new_file_only(world):
    done = audit(world.clone, "export", *TARGET)
    (row,) = csv.DictReader(io.StringIO(done.out))
    assert (done.code, row["policy"], row["verdict"], row["records"]) == (0, "billing", "PASS", "1 2 3 4")
    whole = valid("export", json.loads(audit(world.clone, "export", *TARGET, "--format", "json").out))
    assert whole["purges"][0]["checkpoint"] == row["checkpoint"]
    lines = audit(world.clone, "export", *TARGET, "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["index"] for line in lines] == [0, 1, 2, 3, 4]
    day = ("--from", "2026-11-23", "--to", "2026-11-24")
    assert audit(world.clone, "export", *TARGET, *day).out == done.out
    for empty in (("--to", "2026-11-23"), ("--from", "2026-11-24T00:00:00Z")):
        assert len(audit(world.clone, "export", *TARGET, *empty).out.splitlines()) == 1
    assert audit(world.clone, "export", *TARGET, "--from", "yesterday").code == 2
    file = world.root / "out.csv"
    assert audit(world.clone, "export", *TARGET, "-o", str(file)).code == 0
    assert file.read_bytes().decode() == done.out.replace("\n", "\r\n").replace("\r\r\n", "\r\n")
    again = audit(world.clone, "export", *TARGET, "-o", str(file))
    assert again.code == 2
    assert "a file already" in again.err
