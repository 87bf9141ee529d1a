"""``purgectl audit`` as people run it: a process in a clone, its exit code, and what it prints."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support.auditcommand import audit, valid
from support.auditdrafts import Drafting
from support.gitworld import ORIGIN, GitWorld, git
from support.trees import policy

from runner.audit.layout import record_path
from runner.merkle.keys import Signer, Verifier

D = Drafting()
TARGET = ("--target", "sandbox")
FILE = "policies/targets/sandbox.yaml"
AUDIT_LOG = Path(__file__).resolve().parents[2] / "docs" / "audit-log.md"


@pytest.fixture
def world(tmp_path):
    world = GitWorld(tmp_path)
    world.commit_target(events=["purge.completed"])
    return world


def opened(world, **variables):
    return audit(world.clone, "open", *TARGET, AUDIT_SIGNING_KEY=world.signer.secret(), **variables)


@pytest.fixture
def log(tmp_path):
    """A log of five records, known to the clone."""
    world = GitWorld.with_log(tmp_path, events=["purge.completed"])
    world.store(events=["purge.completed"]).append([D.intended(), D.submitted(), D.ended(), D.verified()])
    git(world.clone, "fetch", "--quiet", "origin")
    return world


def test_open_creates_the_branch_and_verify_holds_from_any_subfolder(world):
    below = world.clone / "policies" / "targets"
    done = audit(below, "open", *TARGET, AUDIT_SIGNING_KEY=world.signer.secret())
    assert (done.code, done.err) == (0, "")
    assert "Opened the log of target sandbox: branch audit/sandbox, 1 record" in done.out
    key = re.search(r"^  verifier key  (\S+)$", done.out, re.MULTILINE)[1]
    checkpoint = re.search(r"^  checkpoint    (\S+)$", done.out, re.MULTILINE)[1]
    assert key == str(world.signer.verifier)
    checked = audit(below, "verify", *TARGET, "--vkey", key, "--expect", checkpoint)
    assert checked.code == 0
    assert "the log is whole" in checked.out
    assert git(world.origin, "rev-parse", world.branch)


def test_open_names_the_policies_that_will_never_run(world):
    for name in ("first", "second"):
        world.commit({f"policies/purges/{name}.yaml": policy(name).data})
    done = opened(world)
    assert done.code == 0
    assert "2 policies stood on main" in done.out
    shown = audit(world.clone, "show", *TARGET, "0")
    assert json.loads(shown.out[shown.out.index("{") :])["baseline"][0]["policy"] == "first"


def test_open_reads_main_as_the_remote_has_it_and_not_the_work_tree(world):
    other = world.another_clone("other")
    (other / FILE).unlink()
    done = audit(other, "open", *TARGET, AUDIT_SIGNING_KEY=world.signer.secret())
    assert done.code == 0


def test_open_a_second_time_is_refused(log):
    done = opened(log)
    assert done.code == 3
    assert "has a log already" in done.err


def test_open_without_a_key_in_the_target_is_refused_and_names_keygen(world):
    world.commit_target(keys=[])
    done = opened(world)
    assert done.code == 3
    assert "purgectl audit keygen --target sandbox --write" in done.err


@pytest.mark.parametrize(
    ("secret", "code", "says"),
    [
        (None, 2, "AUDIT_SIGNING_KEY is not set"),
        ("PRIVATE+KEY+nonsense", 2, "AUDIT_SIGNING_KEY: a signing key"),
        (Signer.generate(ORIGIN).secret(), 3, "does not trust"),
    ],
)
def test_open_needs_the_right_key_and_never_shows_it(world, secret, code, says):
    variables = {} if secret is None else {"AUDIT_SIGNING_KEY": secret}
    done = audit(world.clone, "open", *TARGET, **variables)
    assert done.code == code
    assert says in done.err
    assert secret is None or secret.split("+", 4)[-1] not in done.err + done.out
    assert git(world.origin, "for-each-ref", "refs/heads/audit") == ""


def test_a_key_that_was_pasted_with_its_name_gets_a_hint(world):
    done = audit(world.clone, "open", *TARGET, AUDIT_SIGNING_KEY=f"AUDIT_SIGNING_KEY={world.signer.secret()}")
    assert done.code == 2
    assert "leave AUDIT_SIGNING_KEY= out of the value" in done.err
    assert world.signer.secret() not in done.err


def test_open_of_an_unknown_target_a_broken_policy_and_without_a_remote(world):
    assert audit(world.clone, "open", "--target", "other", AUDIT_SIGNING_KEY="x").code == 2
    world.commit({"policies/purges/x.yaml": policy("x", retentionDays="2557").data})
    done = opened(world)
    assert done.code == 3
    assert re.search(r"where: policies/purges/x\.yaml:\d+:\d+", done.err)
    git(world.clone, "remote", "remove", "origin")
    assert opened(world).code == 4


@pytest.mark.parametrize("name", ["verify", "show", "keygen", "open"])
def test_outside_a_repository_it_is_a_usage_error(tmp_path, name):
    done = audit(tmp_path, name, *TARGET)
    assert done.code == 2
    assert "not a git repository" in done.err


@pytest.mark.parametrize("target", ["../x", "A", "", "a..b", "-x", "x\x1b[31m", "a/b"])
def test_what_cannot_be_a_target_is_a_usage_error(world, target):
    done = audit(world.clone, "verify", f"--target={target}")
    assert done.code == 2
    assert "\x1b" not in done.err


def test_verify_says_what_it_read(log):
    done = audit(log.clone, "verify", *TARGET)
    assert done.code == 0
    assert "5 records, root " in done.out
    assert "2 commits read" in done.out
    assert "1 notice waiting" in done.out
    assert f"origin      {ORIGIN}" in done.out


def test_verify_as_json(log):
    done = audit(log.clone, "verify", *TARGET, "--format", "json")
    document = valid("verification", json.loads(done.out))
    assert (done.code, document["whole"], document["problems"]) == (0, True, [])
    assert document["checkpoint"]["size"] == 5
    root = document["checkpoint"]["root"]
    expected = audit(log.clone, "verify", *TARGET, "--expect", f"5:{root}", "--format", "json")
    assert valid("verification", json.loads(expected.out))["expected"] == [{"size": 5, "root": root}]
    assert expected.code == 0
    wrong = audit(log.clone, "verify", *TARGET, "--expect", f"4:{root}", "--expect", f"9:{root}")
    assert wrong.code == 6
    assert "once had 9 records and now has 5" in wrong.out


def tamper(world, index, change=lambda data: data.replace(b"1482", b"1483")):
    """Push a commit that alters a record, as somebody with push rights could."""
    other = world.another_clone(f"tamper-{index}")
    git(other, "switch", "--quiet", "audit/sandbox")
    path = other / record_path(index)
    path.write_bytes(change(path.read_bytes()))
    git(other, "commit", "--quiet", "--all", "--message", "nothing to see")
    git(other, "push", "--quiet")
    git(world.clone, "fetch", "--quiet", "origin")


@pytest.mark.parametrize("index", range(5))
def test_one_flipped_byte_exits_6_and_names_the_record(log, index):
    tamper(log, index, lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:])
    done = audit(log.clone, "verify", *TARGET)
    assert done.code == 6
    assert "THE LOG DOES NOT VERIFY" in done.out
    assert f"{record_path(index)}: record {index} was changed" in done.out
    document = json.loads(audit(log.clone, "verify", *TARGET, "--format", "json").out)
    (problem,) = valid("verification", document)["problems"]
    assert (problem["firstRecord"], problem["lastRecord"]) == (index, index)


def test_show_of_a_broken_log_shows_what_can_be_read_and_exits_6(log):
    tamper(log, 1)
    done = audit(log.clone, "show", *TARGET)
    assert done.code == 6
    assert done.out.startswith("THE LOG DOES NOT VERIFY: record 1 was changed")
    assert [line[0] for line in done.out.splitlines()[4:]] == [" ", "!", " ", " ", " "]
    assert "purge.completed" in done.out
    assert "does not verify: record 1 was changed" in done.err
    for index, mark in (("1", "! record 1  "), ("2", "record 2  ")):
        one = audit(log.clone, "show", *TARGET, index).out.splitlines()
        assert one[0].startswith("THE LOG DOES NOT VERIFY")
        assert one[3].startswith(mark)
    document = valid("log", json.loads(audit(log.clone, "show", *TARGET, "--format", "json").out))
    assert document["whole"] is False


def test_verify_with_a_key_from_elsewhere_and_in_a_bare_clone(log):
    git(log.root, "clone", "--quiet", "--mirror", str(log.origin), "mirror.git")
    mirror = str(log.root / "mirror.git")
    key = str(log.signer.verifier)
    assert audit(log.root, "verify", *TARGET, "--repo", mirror, "--vkey", key).code == 0
    assert audit(log.root, "verify", *TARGET, "--repo", mirror).code == 0
    other = str(Signer.generate(ORIGIN).verifier)
    wrong = audit(log.clone, "verify", *TARGET, "--vkey", other)
    assert wrong.code == 6
    id_of_the_log = log.signer.verifier.id.hex()
    assert f"signed by a key that was given, but by key id {id_of_the_log}" in wrong.out
    assert "keys from --vkey" in wrong.out
    assert audit(log.clone, "verify", *TARGET, "--vkey", other, "--vkey", key).code == 0


def test_verify_needs_no_network_no_work_tree_and_no_variables(log):
    git(log.clone, "remote", "set-url", "origin", str(log.root / "gone.git"))
    git(log.clone, "rm", "-r", "--quiet", "policies")
    assert audit(log.clone, "verify", *TARGET).code == 0


def test_what_cannot_be_checked_exits_9_and_says_why(log):
    missing = audit(log.clone, "verify", "--target", "other")
    assert missing.code == 9
    assert "git fetch origin audit/other" in missing.err
    log.commit_target(keys=[])
    no_key = audit(log.clone, "verify", *TARGET)
    assert no_key.code == 9
    assert "no key is known" in no_key.err
    assert "--vkey" in no_key.err
    log.commit({FILE: "nonsense"})
    assert audit(log.clone, "verify", *TARGET).code == 9
    git(log.root, "clone", "--quiet", "--depth", "1", "--no-single-branch", f"file://{log.origin}", "shallow")
    shallow = audit(log.root / "shallow", "verify", *TARGET, "--vkey", str(log.signer.verifier))
    assert shallow.code == 9
    assert "shallow" in shallow.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--vkey", "nonsense"],
        ["--vkey", "a+b+c\x1b[31m"],
        ["--expect", "5"],
        ["--expect", "x:y"],
        ["--expect", "-1:nRStI5N8mlnPDzp8rbt+Z8GWm58WNbv9m8UrCyvpqPk="],
        ["--expect", "99999999999999999999:nRStI5N8mlnPDzp8rbt+Z8GWm58WNbv9m8UrCyvpqPk="],
        ["--format", "yaml"],
        ["--repo", "/dev/null"],
        ["--repo", "/nowhere"],
    ],
)
def test_a_wrong_command_line_is_a_usage_error(log, arguments):
    done = audit(log.clone, "verify", *TARGET, *arguments)
    assert done.code == 2
    assert "\x1b" not in done.err


def test_keys_of_two_logs_at_once_are_a_usage_error(log):
    other = Signer.generate("other.example/log").verifier
    done = audit(log.clone, "verify", *TARGET, "--vkey", str(log.signer.verifier), "--vkey", str(other))
    assert done.code == 2
    assert "different logs" in done.err


def test_show_lists_every_record(log):
    done = audit(log.clone, "show", *TARGET)
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0].split() == ["#", "at", "type", "about"]
    assert [line.split()[2] for line in lines[1:]] == [
        "log.opened",
        "purge.intended",
        "purge.submitted",
        "purge.completed",
        "purge.verified",
    ]
    assert lines[2].endswith("billing (revision 1) 1482 matched, limit 5000")
    assert lines[5].endswith("billing (revision 1) PASS")


def test_show_one_record_and_one_purge(log):
    one = audit(log.clone, "show", *TARGET, "2")
    assert one.out.startswith("record 2  records/000/000/002.json\nleaf hash ")
    assert json.loads(one.out.split("\n", 2)[2])["type"] == "purge.submitted"
    purge = audit(log.clone, "show", *TARGET, D.purge_id)
    assert len(purge.out.splitlines()) == 5
    document = valid("log", json.loads(audit(log.clone, "show", *TARGET, "--format", "json").out))
    assert [item["index"] for item in document["records"]] == [0, 1, 2, 3, 4]
    assert document["whole"] is True
    for nothing in ("5", "67f33c6b-1015-598e-9fe1-d130bfe0a57c", "²", "\x1b[31m"):
        done = audit(log.clone, "show", *TARGET, nothing)
        assert done.code == 2
        assert "\x1b" not in done.err


def test_show_makes_foreign_text_harmless(log):
    job = "job\x1b[31m\u202e::error::"
    store = log.store()
    store.append([Drafting(policy="other", intent=5).intended()])
    store.append([Drafting(policy="other", intent=5).submitted(job=job)])
    git(log.clone, "fetch", "--quiet", "origin")
    for arguments in ((), ("6",), ("--format", "json")):
        out = audit(log.clone, "show", *TARGET, *arguments).out
        assert "\x1b" not in out
        assert "\u202e" not in out


def keys(out):
    verifier = re.search(rf"^  ({re.escape(ORIGIN)}\+\S+)$", out, re.MULTILINE)[1]
    secret = re.search(r"^  AUDIT_SIGNING_KEY=(PRIVATE\+KEY\+\S+)$", out, re.MULTILINE)[1]
    return verifier, secret


def test_keygen_prints_a_pair_once_and_writes_nothing(world):
    before = (world.clone / FILE).read_bytes()
    first, second = (audit(world.clone / "policies", "keygen", *TARGET) for _ in range(2))
    assert (first.code, first.err) == (0, "")
    verifier, secret = keys(first.out)
    assert Signer.parse(secret).verifier == Verifier.parse(verifier)
    assert keys(second.out) != (verifier, secret)
    assert (world.clone / FILE).read_bytes() == before
    assert git(world.clone, "status", "--porcelain") == ""


def test_keygen_write_adds_the_key_and_keeps_every_comment(world):
    text = world.target_file(keys=[]).replace("keys: []", "keys: []   # who may sign") + "# the end\n"
    (world.clone / FILE).write_text(text)
    (world.clone / FILE).chmod(0o640)
    done = audit(world.clone, "keygen", *TARGET, "--write")
    assert done.code == 0
    assert "log.keys now holds" not in done.out
    verifier, secret = keys(done.out)
    after = (world.clone / FILE).read_text()
    assert [line for line in after.splitlines() if "keys" not in line and verifier not in line] == [
        line for line in text.splitlines() if "keys" not in line
    ]
    assert "# who may sign" in after
    assert verifier in after
    assert (world.clone / FILE).stat().st_mode & 0o777 == 0o640
    git(world.clone, "commit", "--quiet", "--all", "--message", "key")
    git(world.clone, "push", "--quiet")
    assert audit(world.clone, "open", *TARGET, AUDIT_SIGNING_KEY=secret).code == 0


def test_keygen_write_keeps_the_keys_that_are_there(world):
    done = audit(world.clone, "keygen", *TARGET, "--write")
    verifier, _ = keys(done.out)
    text = (world.clone / FILE).read_text()
    assert text.index(str(world.signer.verifier)) < text.index(verifier)
    assert "log.keys now holds 2 keys. If the log is open already, this is a rotation" in done.out


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "log: []\n", "log: {origin: 7, keys: []}\n", "log: &a {origin: x, keys: []}\n", "\x00"],
)
def test_keygen_leaves_a_file_that_it_cannot_read_alone(world, text):
    (world.clone / FILE).write_text(text)
    done = audit(world.clone, "keygen", *TARGET, "--write")
    assert done.code == 2
    assert "PRIVATE" not in done.out
    assert (world.clone / FILE).read_text() == text


def test_keygen_follows_no_link_and_needs_a_file(world):
    (world.clone / FILE).rename(world.root / "elsewhere.yaml")
    assert "there is no target sandbox" in audit(world.clone, "keygen", *TARGET).err
    (world.clone / FILE).symlink_to(world.root / "elsewhere.yaml")
    done = audit(world.clone, "keygen", *TARGET, "--write")
    assert done.code == 2
    assert (world.clone / FILE).is_symlink()


@pytest.mark.parametrize("name", [[], ["open"], ["verify"], ["show"], ["keygen"]])
def test_help_fits_a_terminal_and_ends_in_examples(tmp_path, name):
    done = audit(tmp_path, *name, "--help", COLUMNS="80")
    assert done.code == 0
    assert "purgectl audit" in done.out.partition("\n  Examples")[2]
    assert max(map(len, done.out.splitlines())) <= 80


def test_the_list_of_commands_cuts_no_sentence(tmp_path):
    commands = audit(tmp_path, "--help", COLUMNS="80").out.partition("Commands:")[2]
    assert "..." not in commands


RECIPES = re.findall(r"```sh\n(.*?)```", AUDIT_LOG.read_text(), re.DOTALL)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on this machine")
def test_the_recipes_of_the_document_work_as_they_stand(log):
    _, signature, leaf = RECIPES

    def sh(script):
        variables = {"target": "sandbox", "vkey": str(log.signer.verifier), "PATH": os.environ["PATH"]}
        command = ["sh", "-e", "-c", script]
        return subprocess.run(command, cwd=log.clone, env=variables, capture_output=True, text=True)

    good = sh(signature)
    assert good.returncode == 0, good.stderr
    assert "Signature Verified Successfully" in good.stdout
    bad = sh(signature.replace("> text\n", "> text; echo more >> text\n"))
    assert bad.returncode != 0
    shown = audit(log.clone, "show", *TARGET, "0").out
    assert sh(leaf).stdout.strip() == re.search(r"leaf hash (\S+)", shown)[1]
