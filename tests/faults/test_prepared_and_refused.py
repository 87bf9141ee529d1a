"""What goes wrong on the way to the irreversible call: refused, recorded, nothing deleted, no job left.

Each with real processes, a real repository and the sandbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from faults.registry import recordings
from support.journey import HELD, Journey, hold
from support.lives import Lives
from support.sandbox import RECORDING_JOBS, sandbox

from runner.sandbox.settings import PURGING

MADE = "opening: POST /api/v2/recording/jobs"


@pytest.fixture
def lives(tmp_path: Path) -> Iterator[Lives]:
    with sandbox(job_seconds=0) as box:
        yield Lives(Journey(tmp_path, box.environment), box)


def another_organisation(lives: Lives) -> None:
    elsewhere = "11111111-2222-4333-8444-555555555555"
    file = lives.journey.target(backend="recording-jobs", organizationId=elsewhere)
    lives.journey.world.commit({"policies/targets/sandbox.yaml": file})


def a_permission_is_missing(lives: Lives) -> None:
    client = lives.box.environment["GENESYS_CLOUD_CLIENT_ID"]
    permissions = [each for each in PURGING if each != "recording:job:edit"]
    lives.box.request(
        "PUT", f"/sandbox/clients/{client}", json={"permissions": permissions}
    ).raise_for_status()


def a_clock_is_wrong(lives: Lives) -> None:
    lives.ahead = 7200


def a_hold_is_merged(lives: Lives) -> None:
    lives.journey.world.commit({HELD: hold()})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limit", "fault", "rule"),
    [
        (500, another_organisation, "TGT-003"),
        (500, a_permission_is_missing, "RUN-003"),
        (500, a_clock_is_wrong, "DAT-004"),
        (500, a_hold_is_merged, "HLD-001"),
        (1, lambda lives: None, "SCP-003"),
    ],
    ids=["another organisation", "no permission", "a wrong clock", "a hold", "above the cap"],
)
def test_what_is_wrong_after_a_job_was_made_refuses_and_the_job_is_removed(
    lives: Lives, limit: int, fault: Callable[[Lives], None], rule: str
):
    recordings(lives, limits=f"{{maxInteractions: {limit}}}")
    lives.die(MADE, "after")
    fault(lives)
    done = lives.live()
    assert done.code == 3, done.out + done.err
    assert {finding["rule"] for each in done.json["purges"] for finding in each["findings"]} == {rule}
    aftermath = lives.aftermath().check()
    assert aftermath.effective == []
    assert set(aftermath.last_words().values()) == {"purge.refused"}
    jobs = lives.box.call("GET", f"{RECORDING_JOBS}?pageSize=100").json()["entities"]
    assert [job["state"] for job in jobs] == ["CANCELLED"] * len(jobs)
    assert jobs
