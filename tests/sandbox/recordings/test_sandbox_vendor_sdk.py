"""The vendor's own Python SDK talks to the sandbox, and its typed answers agree with what it holds.

The SDK lives in a virtual environment of its own, which ``make vendor-sdk`` makes.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from support.recordings import JOBS, ONE_JOB, Recordings, conversation, conversation_id
from support.sandbox import sandbox

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".venv-vendor/bin/python"
JOURNEY = ROOT / "tests/sandbox/vendor-sdk/journey.py"


def journey(box, home, *arguments):
    """What the SDK says at the end of its journey."""
    if not PYTHON.with_name(".ready").exists():
        reason = "NOT RUN: the vendor's SDK: make vendor-sdk has not installed it"
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(
        [PYTHON, JOURNEY, box.base_url, *arguments],
        env={"HOME": str(home), **box.environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_the_vendor_s_sdk_purges_and_its_typed_answers_are_the_truth(tmp_path):
    with sandbox(size=0) as box:
        platform = Recordings(box)
        platform.hold(conversation("free", recordings=[{}, {}]), conversation("held"))
        free, held = conversation_id("free"), conversation_id("held")
        said, truth = journey(box, tmp_path, free, held), platform.truth()
        assert said["organization"] == box.call("GET", "/api/v2/tokens/me").json()["organization"]["id"]
        assert said["protected"] == [each for each in truth if truth[each]["protected"]] == [held]
        assert said["made"][:2] == ["PENDING", None]
        assert said["made"][2] == "2024-01-01T00:00:00.000Z/2024-02-01T00:00:00.000Z"
        assert said["ready"] == [2, 3, 0, 1]
        assert said["listed"] == [[True, "READY", box.environment["GENESYS_CLOUD_CLIENT_ID"]]]
        assert (said["executed"], said["fulfilled"], said["failed"]) == ("PROCESSING", [2, 3, 2, 1], 0)
        assert said["metadata"] == {
            each: [
                [
                    one["id"],
                    one["fileState"],
                    one["deleteDate"] and one["deleteDate"].replace(".000Z", "+00:00"),
                ]
                for one in truth[each]["recordings"]
            ]
            for each in (free, held)
        }
        assert len(platform.deleted()) == 2
        assert said["cancelled"] == "CANCELLED"
        assert said["refused"] == [409, "request.conflict", True]
        assert [entry["status"] for entry in box.journal("PUT", ONE_JOB)] == [200, 409]
        assert len(box.journal("POST", JOBS)) == 2
