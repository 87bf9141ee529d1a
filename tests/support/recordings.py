"""The recording surface of a sandbox for tests: its calls, the bodies they take, and its ground truth."""

from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import requests
from support.sandbox import Sandbox

from runner.model.time import format_milliseconds, parse_instant

JOB_SECONDS = 1000
"""More than a bulk job takes here."""
JOBS = "/api/v2/recording/jobs"
ONE_JOB = "/api/v2/recording/jobs/{jobId}"
PROTECTION = "/api/v2/recordings/deletionprotection"
METADATA = "/api/v2/conversations/{conversationId}/recordingmetadata"
DETAILS = "/api/v2/analytics/conversations/details"
EXECUTE = {"state": "PROCESSING"}

JANUARY = "2024-01-01T00:00:00.000Z/2024-02-01T00:00:00.000Z"
VOICE = {"type": "and", "predicates": [{"type": "dimension", "dimension": "mediaType", "value": "voice"}]}
"""A segment filter."""


def conversation_id(name: str) -> str:
    """The id of a conversation that a test gives a name."""
    return str(uuid5(NAMESPACE_URL, name))


def conversation(name: str, start: str = "2024-01-10T09:00:00Z", **given: Any) -> dict[str, Any]:
    """A call of five minutes with one recording, unless the arguments say otherwise."""
    return {
        "id": conversation_id(name),
        "start": start,
        "end": start.replace("00:00Z", "05:00Z"),
        "segments": [{"mediaType": "voice"}],
        **given,
    }


def delete_job(interval: str = JANUARY, *filters: object, **given: Any) -> dict[str, Any]:
    """A bulk job that deletes everything which started in an interval of whole days."""
    query: dict[str, Any] = {"interval": interval, "startOfDayIntervalMatching": True}
    if filters:
        query["segmentFilters"] = list(filters)
    return {
        "action": "DELETE",
        "actionDate": "2026-01-01T00:00:00.000Z",
        "includeRecordingsWithSensitiveData": True,
        "conversationQuery": query,
        **given,
    }


class Recordings:
    """The recording surface of a running sandbox. It holds only what a test puts into it."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        box.request("DELETE", "/sandbox/conversations").raise_for_status()

    def hold(self, *conversations: dict[str, Any]) -> None:
        """Put conversations into it."""
        answer = self.box.request("POST", "/sandbox/conversations", json={"conversations": conversations})
        assert answer.status_code == 201, answer.text

    def truth(self) -> dict[str, dict[str, Any]]:
        """Every conversation by its id, whatever the API would say."""
        listed = self.box.request("GET", "/sandbox/conversations").json()["conversations"]
        return {each["id"]: each for each in listed}

    def states(self, name: str) -> list[str]:
        """The true ``fileState`` of each recording of a conversation."""
        return [each["fileState"] for each in self.truth()[conversation_id(name)]["recordings"]]

    def deleted(self) -> set[str]:
        """The ids of the recordings that are truly gone."""
        every = (each for one in self.truth().values() for each in one["recordings"])
        return {each["id"] for each in every if each["fileState"] == "DELETED"}

    def pass_time(self, seconds: int) -> None:
        """Let the organisation's time pass."""
        self.box.request("POST", "/sandbox/clock", json={"seconds": seconds}).raise_for_status()

    def give(self, client_id: str, *, without: str = "", divisions: list[str] | None = None) -> None:
        """Take a permission away from a client, or limit it to divisions."""
        where = f"/sandbox/clients/{client_id}"
        permissions = self.box.request("GET", where).json()["permissions"]
        role = {"permissions": [each for each in permissions if each != without], "divisions": divisions}
        self.box.request("PUT", where, json=role).raise_for_status()

    def in_days(self, days: float) -> str:
        """An instant so many days from the organisation's present."""
        now = parse_instant(self.box.request("GET", "/sandbox/clock").json()["now"])
        return format_milliseconds(now + timedelta(days=days))

    def create(self, body: dict[str, Any] | None = None, client_id: str | None = None) -> str:
        """Start a bulk job, of January if nothing is said, and return its id."""
        answer = self.box.call("POST", JOBS, delete_job() if body is None else body, client_id)
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    def job(self, job_id: str) -> dict[str, Any]:
        """One poll of a job."""
        return self.box.call("GET", f"{JOBS}/{job_id}").json()

    def ready(self, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """A new job once it has counted."""
        job_id = self.create(body)
        self.pass_time(JOB_SECONDS)
        return self.job(job_id)

    def execute(self, job_id: str, client_id: str | None = None) -> requests.Response:
        """Ask for the irreversible step."""
        return self.box.call("PUT", f"{JOBS}/{job_id}", EXECUTE, client_id)

    def purge(self, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """A new job once it has done its work."""
        job_id = self.ready(body)["id"]
        assert self.execute(job_id).status_code == 200
        self.pass_time(JOB_SECONDS)
        return self.job(job_id)

    def metadata(self, name: str) -> list[dict[str, Any]]:
        """What the API says of a conversation's recordings."""
        return self.box.call("GET", METADATA.replace("{conversationId}", conversation_id(name))).json()
