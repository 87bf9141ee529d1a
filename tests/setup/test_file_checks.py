"""The files on disk: what is missing, what is due, and whose key it is."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from setup_scenarios import REAL
from support.mutants import mutants
from support.trees import NOW, file, policy, target

from runner.documents.resources import core_pack, schema
from runner.merkle.keys import Signer
from runner.plan.review import review
from runner.setup import file_checks
from runner.setup.check import Standing

ORIGIN = "bank-eu.purgectl.example/interactions"
KEYS = [Signer.generate(ORIGIN).verifier for _ in range(3)]
DUE = datetime(2027, 11, 23, tzinfo=UTC)
"""The day by which the core pack is to be reviewed again."""

APPROVERS = (
    "# yaml-language-server: $schema=../schemas/approvers.schema.json\n"
    "apiVersion: purge/v1\nkind: Approvers\nname: approvers\nroles: {}\n"
)
ROLES = {"privacy-officer": [1], "records-manager": [1, 2], "legal": [3]}
BANK = "policies/targets/bank-eu.yaml"
LAW = "policies/regulations/core.yaml"
KEY = "AUDIT_SIGNING_KEY"
COPIES = {name: json.dumps(schema(name)).encode() for name in file_checks.SCHEMAS}
SPACED = json.dumps(schema("target"), indent=9).encode()
STOPPED = "a target that is stopped"
WELL = {
    ("policies-valid", "policies/"),
    ("target-there", BANK),
    ("log-keys", BANK),
    ("signing-key", KEY),
    ("pack-review", LAW),
    ("approvers", "policies/approvers.yaml"),
    ("schemas", "schemas/"),
}


def approvers(roles):
    return file("policies/approvers.yaml", APPROVERS.replace("{}", json.dumps(roles)))


def bank(keys=2, **changes):
    log = {"origin": ORIGIN, "keys": [str(key) for key in KEYS[:keys]]}
    return target("bank-eu", **{**REAL, "log": log, **changes})


def checked(module, *, sources=None, copies=None, key=KEYS[0], now=NOW):
    """What a module makes of a tree that is in order, but for what is given."""
    tree = (bank(), approvers(ROLES)) if sources is None else sources
    judged = review((*tree, core_pack()), now=now)
    targets = tuple(each for each in judged.targets.values() if not each.is_sandbox)
    files = file_checks.Files(judged, targets, {**COPIES, **(copies or {})}, key)
    return list(module["file_checks"](files, now))


def without(*ids):
    return {each for each in WELL if each[0] not in ids}


CASES = {
    "all is well": ({}, WELL, {}),
    "another way of writing the schemas": (
        {"copies": {"target": json.dumps(schema("target"), indent=9).encode()}},
        WELL,
        {},
    ),
    "a file with errors": (
        {"sources": (bank(), approvers(ROLES), policy("a", target="bank-eu", reason="no"))},
        without("policies-valid"),
        {"policies-valid": "1 error in them"},
    ),
    "a file with more errors": (
        {"sources": (bank(), approvers(ROLES), policy("a", target="bank-eu", reason="no", owner=7))},
        without("policies-valid"),
        {"policies-valid": "2 errors in them"},
    ),
    "no target but the sandbox": (
        {"sources": (target(), approvers(ROLES))},
        without("target-there", "log-keys", "signing-key"),
        {"target-there": "holds no valid target outside the sandbox"},
    ),
    STOPPED: ({"sources": (bank(suspended=True), approvers(ROLES))}, WELL, {}),
    "no key": (
        {"sources": (bank(keys=0), approvers(ROLES))},
        without("log-keys", "signing-key"),
        {"log-keys": "trusts no key", "signing-key": "which no target here trusts"},
    ),
    "one key": (
        {"sources": (bank(keys=1), approvers(ROLES))},
        without("log-keys"),
        {"log-keys": "purgectl audit key add"},
    ),
    "another key": ({"key": KEYS[2]}, without("signing-key"), {"signing-key": "which no target here trusts"}),
    "no signing key": ({"key": None}, without("signing-key"), {"signing-key": "is not set here"}),
    "a broken signing key": (
        {"key": "was cut"},
        without("signing-key"),
        {"signing-key": "was cut copy the key again"},
    ),
    "a month before the review": ({"now": DUE - timedelta(days=30)}, WELL, {}),
    "less than a month": (
        {"now": DUE - timedelta(days=29)},
        without("pack-review"),
        {"pack-review": "is to be reviewed again by 2027-11-23"},
    ),
    "the day of the review": (
        {"now": DUE},
        without("pack-review"),
        {"pack-review": "is to be reviewed again by 2027-11-23"},
    ),
    "after the review": (
        {"now": DUE + timedelta(days=1)},
        without("pack-review", "policies-valid"),
        {"pack-review": "was to be reviewed again by 2027-11-23", "policies-valid": "1 error"},
    ),
    "a pack that cannot be read": (
        {"sources": (bank(), approvers(ROLES), file("policies/regulations/ours.yaml", "kind: x\n"))},
        without("policies-valid"),
        {"policies-valid": "errors in them", "pack-review": "cannot be read"},
    ),
    "no approvers": (
        {"sources": (bank(),)},
        without("approvers"),
        {"approvers": "nobody is legal, privacy-officer, records-manager"},
    ),
    "a role of nobody": (
        {"sources": (bank(), approvers({"privacy-officer": [1], "records-manager": [2]}))},
        without("approvers"),
        {"approvers": "nobody is legal"},
    ),
    "a schema of another version": (
        {"copies": {"target": b"{}"}},
        without("schemas"),
        {"schemas": "not those of this version: target.schema.json"},
    ),
    "a schema that is not there": (
        {"copies": {"target": None}},
        without("schemas"),
        {"schemas": "not those of this version: target.schema.json"},
    ),
    "a schema that is none": (
        {"copies": {"target": b"\xff"}},
        without("schemas"),
        {"schemas": "not those of this version: target.schema.json"},
    ),
}


def differs(module, name):
    given, well, bad = CASES[name]
    checks = checked(module, **given)
    told = [check for check in checks if check.standing is not Standing.WELL]
    return (
        {(check.id, check.subject) for check in checks if check.standing is Standing.WELL} != well
        or {check.id for check in told} != bad.keys()
        or any("nothing is submitted" in check.what for check in checks) != (name == STOPPED)
        or not all(bad[check.id] in f"{check.what} {check.fix}" and check.why for check in told)
    )


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_well_is_told_and_nothing_else(name):
    assert not differs(vars(file_checks), name)


def test_what_could_not_be_looked_at_is_not_called_wrong():
    given = {"no signing key", "a pack that cannot be read"}
    for name in CASES:
        asked, _, bad = CASES[name]
        found = {c.id for c in checked(vars(file_checks), **asked) if c.standing is Standing.NOT_CHECKED}
        assert found == (bad.keys() & {"signing-key", "pack-review"} if name in given else set()), name


@pytest.mark.slow
def test_each_condition_of_the_checks_is_needed():
    survivors = []
    for mutant in mutants(file_checks):
        try:
            red = any(differs(mutant.namespace(), name) for name in CASES)
        except (TypeError, AttributeError, LookupError, ValueError, NameError):
            red = True
        if not red:
            survivors.append(f"{mutant.line}: {mutant.lacks}")
    assert survivors == []
