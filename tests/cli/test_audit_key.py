"""``purgectl audit key`` as operators run it: a whole rotation, and what is refused on the way."""

import json
import re

import pytest
from support.auditcommand import audit, valid
from support.auditdrafts import Drafting
from support.gitworld import ORIGIN, GitWorld, git

from runner.merkle.keys import Signer

TARGET = ("--target", "sandbox")
NEW = Signer.generate(ORIGIN)


@pytest.fixture
def world(tmp_path):
    return GitWorld.with_log(tmp_path, events=())


def key(world, name, which, *arguments, signer=None):
    secret = (signer or world.signer).secret()
    chosen = ("--key", str(which.verifier))
    return audit(world.clone, "key", name, *TARGET, *chosen, *arguments, AUDIT_SIGNING_KEY=secret)


def trusting(world, *signers):
    world.commit_target(keys=[str(signer.verifier) for signer in signers])


def verified(world, *arguments):
    git(world.clone, "fetch", "--quiet", "origin")
    done = audit(world.clone, "verify", *TARGET, "--format", "json", *arguments)
    return done.code, valid("verification", json.loads(done.out))


def test_a_whole_rotation(world):
    trusting(world, world.signer, NEW)
    added = key(world, "add", NEW)
    assert (added.code, added.err) == (0, "")
    assert f"From here on this key may sign as well:\n  {NEW.verifier}\n" in added.out
    assert "Next: put its signing key into AUDIT_SIGNING_KEY" in added.out
    retired = key(world, "retire", world.signer, signer=NEW)
    assert (retired.code, retired.err) == (0, "")
    assert "remove it from log.keys of target sandbox" in retired.out
    trusting(world, NEW)
    noted = re.search(r"^  (\d+:\S+)$", retired.out, re.MULTILINE)[1]
    for given in ((), ("--vkey", str(world.signer.verifier)), ("--vkey", str(NEW.verifier))):
        code, document = verified(world, *given, "--expect", noted)
        assert (code, document["whole"]) == (0, True)
    assert [term["until"] for term in document["keys"]] == [2, None]
    text = audit(world.clone, "verify", *TARGET).out
    assert f"key         {world.signer.verifier}: admitted by record 0, retired by record 2" in text
    assert f"key         {NEW.verifier}: admitted by record 1\n" in text
    world.store(signer=NEW, verifiers=[NEW.verifier]).append([Drafting().refused()])
    assert verified(world)[0] == 0


def test_a_stolen_key(world):
    trusting(world, world.signer, NEW)
    assert key(world, "add", NEW).code == 0
    done = key(world, "compromise", world.signer, "--from-size", "1", signer=NEW)
    assert (done.code, done.err) == (0, "")
    root = re.search(r"^  (3:\S+)$", done.out, re.MULTILINE)[1]
    code, document = verified(world)
    assert (code, document["whole"]) == (9, True)
    old = str(world.signer.verifier)
    assert document["unproven"] == [{"firstRecord": 1, "lastRecord": 1, "keys": [old]}]
    assert document["keys"][0]["trustedSize"] == 1
    text = audit(world.clone, "verify", *TARGET)
    assert text.code == 9
    assert "NOT PROVEN" in text.out
    assert "record 1: unproven" in text.out
    assert "give an --expect of 2 records or more" in text.out
    assert verified(world, "--expect", root)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("add", NEW), 3, "log.keys of target sandbox on main does not name"),
        (("add", None), 3, "admitted"),
        (("retire", None), 3, "the only valid key"),
        (("retire", NEW), 3, "never had the key"),
        (("compromise", None, "--from-size", "0"), 3, "the only valid key"),
        (("compromise", None), 2, "--from-size"),
        (("compromise", None, "--from-size", "-1"), 2, "--from-size"),
    ],
)
def test_what_would_lock_the_log_is_refused_and_changes_nothing(world, arguments, code, says):
    name, which, *more = arguments
    tip = world.tip()
    done = key(world, name, which or world.signer, *more)
    assert (done.code, done.out) == (code, "")
    assert says in done.err
    assert world.tip() == tip


def test_the_new_secret_before_its_time_is_told_which_command_is_missing(world):
    trusting(world, world.signer, NEW)
    done = key(world, "add", NEW, signer=NEW)
    assert done.code == 3
    assert "has not admitted yet" in done.err
    assert "purgectl audit key add --target sandbox" in done.err


@pytest.mark.parametrize("value", ["", "nonsense", "a+b\x1b[31m", "PRIVATE+KEY+secret"])
def test_what_is_no_key_is_a_usage_error_and_is_not_quoted(world, value):
    secret = world.signer.secret()
    done = audit(world.clone, "key", "add", *TARGET, "--key", value, AUDIT_SIGNING_KEY=secret)
    assert done.code == 2
    assert "--key: a verifier key" in done.err
    assert "PRIVATE" not in done.err
    assert "\x1b" not in done.err


def test_it_needs_a_signing_key(world):
    done = audit(world.clone, "key", "add", *TARGET, "--key", str(NEW.verifier))
    assert done.code == 2
    assert "AUDIT_SIGNING_KEY is not set" in done.err


@pytest.mark.parametrize("name", [[], ["add"], ["retire"], ["compromise"]])
def test_help_fits_a_terminal_and_ends_in_examples(tmp_path, name):
    done = audit(tmp_path, "key", *name, "--help", COLUMNS="80")
    assert done.code == 0
    assert "purgectl audit key" in done.out.partition("\n  Examples")[2]
    assert max(map(len, done.out.splitlines())) <= 80
