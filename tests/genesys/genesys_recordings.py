"""What the tests of recording jobs share: policies, the platform's answers, and its published description."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from genesys_platform import make_policy
from jsonschema import Draft4Validator
from support.httppeer import answer
from support.published import FILE

from runner.model.policy import Classification, DateRange, InteractionType, PurgeType, Selection
from runner.model.purge import Purge, PurgeState

JOBS = "/api/v2/recording/jobs"
DETAILS = "/api/v2/analytics/conversations/details"
OURS = "0b6f2a5e-0000-4000-8000-0000000000aa"
OTHER = "0b6f2a5e-0000-4000-8000-0000000000bb"
QUEUE = "6f2f4f0e-0000-4000-8000-000000000001"
ORGANIZATION = "5b1f0d63-0000-4000-8000-000000000001"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
START, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)


def published():
    if not FILE.exists():
        pytest.skip("the platform's published OpenAPI is not beside the repository")
    return json.loads(FILE.read_text())


def conforms(value, definition):
    """Whether a value is what the published description says, with no member that it does not have."""
    document = published()
    for each in document["definitions"].values():
        if "properties" in each:
            each.setdefault("additionalProperties", False)
    schema = {"$ref": f"#/definitions/{definition}", "definitions": document["definitions"]}
    errors = list(Draft4Validator(schema).iter_errors(value))
    assert not errors, errors
    return True


def day(year, month=1, number=1, *clock):
    return datetime(year, month, number, *clock, tzinfo=UTC)


def recordings_policy(
    start=START, end=END, kind=InteractionType.VOICE, attributes=None, dimensions=None, **more
):
    selection = Selection(
        target="here",
        interaction_type=kind,
        date_range=DateRange(start, end, "", ""),
        attributes=attributes or {},
        dimensions={"queue": (QUEUE,)} if dimensions is None else dimensions,
    )
    settings = {"classification": Classification.INTERNAL, "include_sensitive": False, **more}
    return replace(make_policy(), selection=selection, **settings)


def soft_policy(**more):
    return recordings_policy(purge_type=PurgeType.SOFT, **{"grace_days": 30, **more})


def purge_of(policy, **more):
    known = {
        "id": "p-1",
        "target": "here",
        "policy": policy.name,
        "revision": 1,
        "state": PurgeState.COMPLETED,
        "selection": policy.selection,
        "prepared_job": OURS,
        "job_id": OURS,
        "submitted_at": NOW,
        "deletes_at": NOW,
    }
    return Purge(**{**known, **more})


def job(state="READY", request=None, job_id=OURS, **members):
    """A ``RecordingJob`` as the platform tells of it."""
    return {"id": job_id, "state": state, "recordingJobsQuery": request or {}, **members}


def listing(*jobs, following=None):
    return answer(200, {"entities": list(jobs), **({"nextUri": following} if following else {})})


def free(busy=0):
    """The two answers to the question how many slots are taken."""
    return listing(*[job("PENDING", job_id=f"busy-{number}") for number in range(busy)]), listing()


def gone():
    return answer(404, {"message": "no such job", "code": "not.found"})
