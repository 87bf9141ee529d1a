"""Which conversations attributes single out, and the hash that an auditor makes again."""

import hashlib
import json
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from genesys_recordings import NOW, recordings_policy
from hypothesis import given
from hypothesis import strategies as st

from runner.genesys.job_request import job_request
from runner.genesys.manifest import NOBODY, Manifest, manifest_of, singled_out

WANTED = {"department": "billing", "open": False, "year": (2018, "2019")}
TOLD = {"department": "billing", "open": "false", "year": "2019", "more": "x"}


def conversation(*attributes):
    return {"participants": [{"attributes": each} for each in attributes]}


def test_one_participant_has_all_of_them():
    assert singled_out(conversation({}, TOLD), WANTED)
    assert singled_out(conversation({**TOLD, "year": "2018"}), WANTED)


@pytest.mark.parametrize(
    "told",
    [
        conversation(),
        conversation({}),
        conversation({"department": "billing"}, {"open": "false", "year": "2018"}),
        conversation({**TOLD, "department": "Billing"}),
        conversation({**TOLD, "department": "billing "}),
        conversation({**TOLD, "open": False}),
        conversation({**TOLD, "year": 2018}),
        conversation({**TOLD, "year": None}),
        conversation({**TOLD, "year": ["2018"]}),
        conversation([*TOLD]),
        conversation(None),
        {"participants": [{"purpose": "customer"}, None, 7]},
        {"participants": {"attributes": TOLD}},
        {},
    ],
)
def test_trap_what_is_told_otherwise_or_not_at_all_is_no_match(told):
    assert not singled_out(told, WANTED)


@given(st.dictionaries(st.text(), st.text()))
def test_without_a_condition_nothing_is_singled_out(told):
    assert not singled_out(conversation(told), {})


def test_the_hash_is_that_of_the_sorted_ids_by_lines():
    manifest = manifest_of({"b": NOW, "a": NOW - timedelta(days=1)})
    assert manifest == Manifest(("a", "b"), NOW)
    assert manifest.sha256 == hashlib.sha256(b"a\nb").hexdigest()


def test_one_that_has_not_ended_leaves_the_newest_end_unknown():
    assert manifest_of({"a": NOW, "b": None}).newest_end is None
    assert manifest_of({}) == Manifest((), None)


def test_nobody_is_a_name_that_no_conversation_has():
    assert NOBODY.conversations == ("00000000-0000-0000-0000-000000000000",)


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not on this machine")
def test_the_recipe_of_the_document_makes_the_same_hash(tmp_path):
    page = (Path(__file__).resolve().parents[2] / "docs/audit-log.md").read_text()
    (recipe,) = [each for each in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) if "conversationId" in each]
    policy = recordings_policy(attributes={"department": "billing"}, dimensions={"division": ("d",)})
    manifest = Manifest(("a", "b", "c"), None)
    told = {"recordingJobsQuery": job_request(policy, NOW, manifest)}
    (tmp_path / "job.json").write_text(json.dumps(told))
    made = subprocess.run(
        ["sh", "-e", "-c", recipe], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert made.stdout.split()[0] == manifest.sha256
