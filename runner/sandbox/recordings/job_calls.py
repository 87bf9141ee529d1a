"""``/api/v2/recording/jobs`` as HTTP."""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify

from runner.model.json import Json, JsonObject
from runner.sandbox.clock import Clock, written
from runner.sandbox.door import note, strike
from runner.sandbox.faults import Faults, InjectedFault, Kind, Stage
from runner.sandbox.gate import Gate
from runner.sandbox.reading import json_body, members, word
from runner.sandbox.recordings.conversations import Recording
from runner.sandbox.recordings.job_request import parse
from runner.sandbox.recordings.jobs import RecordingJob, RecordingJobs, State
from runner.sandbox.recordings.listing import boolean, choice, listed

PATH = "/api/v2/recording/jobs"

_VIEW = "recording:job:view"
_SENSITIVE = "recording:recording:viewSensitiveData"
_EXECUTING = (
    "recording:job:edit",
    "recording:recording:editRetention",
    "recording:screenRecording:editRetention",
    "recording:snippetRecording:editRetention",
)


class JobCalls:
    """Create, list, read, execute and delete bulk jobs. Each call needs the published permissions."""

    def __init__(
        self, jobs: RecordingJobs, gate: Gate, faults: Faults, clock: Clock, most_predicates: int
    ) -> None:
        self._jobs = jobs
        self._gate = gate
        self._faults = faults
        self._clock = clock
        self._most_predicates = most_predicates

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("recording-jobs", __name__, url_prefix=PATH)
        routes.add_url_rule("", view_func=self.create, methods=["POST"])
        routes.add_url_rule("", view_func=self.list, methods=["GET"])
        routes.add_url_rule("/<job_id>", view_func=self.read, methods=["GET"])
        routes.add_url_rule("/<job_id>", view_func=self.execute, methods=["PUT"])
        routes.add_url_rule("/<job_id>", view_func=self.delete, methods=["DELETE"])
        routes.add_url_rule("/<job_id>/failedrecordings", view_func=self.failed, methods=["GET"])
        return routes

    def create(self) -> tuple[Response, int]:
        """Start a job, which counts until it is READY."""
        client, role = self._gate.caller()
        role.need_all("recording:job:add")
        wanted = parse(json_body(), self._clock.now(), self._most_predicates)
        if wanted.sensitive:
            role.need_all(_SENSITIVE)
        role.need_divisions("recording:recording:view", wanted.query.divisions)
        job = self._jobs.create(client.id, role, wanted, self._strike)
        g.effect = True
        return jsonify(self._describe(job)), 202

    def list(self) -> Response:
        """List the jobs of the organisation, or of the caller alone."""
        client_id = self._holder(_VIEW)
        jobs = self._jobs.all()
        if boolean("showOnlyMyJobs"):
            jobs = [job for job in jobs if job.client_id == client_id]
        if state := choice("state", list(State)):
            jobs = [job for job in jobs if job.state == state]
        if choice("jobType", ("ARCHIVE", "DELETE", "EXPORT")) not in (None, "DELETE"):
            jobs = []
        key = _by_date if choice("sortBy", ("userId", "dateCreated")) == "dateCreated" else _by_user
        return jsonify(listed(sorted(jobs, key=key), key, self._describe))

    def read(self, job_id: str) -> Response:
        """Tell how a job is doing."""
        self._holder(_VIEW)
        return jsonify(self._describe(self._jobs.look(job_id)))

    def execute(self, job_id: str) -> Response:
        """Let a READY job write its delete dates."""
        client_id = self._holder(*_EXECUTING)
        word(members(json_body(), "the body", ("state",))["state"], (State.PROCESSING,), "state")
        job = self._jobs.execute(job_id, client_id, self._strike)
        g.effect = True
        return jsonify(self._describe(job))

    def delete(self, job_id: str) -> tuple[str, int]:
        """Cancel a job that is not over."""
        self._holder("recording:job:delete")
        self._jobs.cancel(job_id)
        g.effect = True
        return "", 204

    def failed(self, job_id: str) -> Response:
        """List the recordings that a job failed to process."""
        self._holder(_VIEW)
        failed = sorted(self._jobs.look(job_id).failed, key=_by_id)
        return jsonify(listed(failed, _by_id, _failure))

    def _holder(self, *permissions: str) -> str:
        """The id of the caller, who has these permissions."""
        client, role = self._gate.caller()
        role.need_all(*permissions)
        return client.id

    def _strike(self) -> InjectedFault | None:
        return strike(self._faults, Stage.JOB)

    def _describe(self, job: RecordingJob) -> JsonObject:
        """A ``RecordingJob``. Its totals are absent until it has counted."""
        answer: dict[str, Json] = {
            "id": job.id,
            "user": {"id": job.client_id, "selfUri": f"/api/v2/users/{job.client_id}"},
            "state": _shown(job),
            "recordingJobsQuery": job.request.echo,
            "dateCreated": written(job.created_at),
            "percentProgress": _percent(job),
            "selfUri": f"{PATH}/{job.id}",
        }
        if job.suffers(Kind.NO_TOTALS):
            note(Kind.NO_TOTALS)
        elif job.conversations is not None:
            answer |= self._totals(job, job.conversations)
        if job.error is not None:
            answer["errorMessage"] = job.error
        if job.failed:
            answer["failedRecordings"] = f"{PATH}/{job.id}/failedrecordings"
        return answer

    def _totals(self, job: RecordingJob, conversations: int) -> dict[str, Json]:
        handled = job.handled - job.skipped - len(job.failed)
        return {
            "totalConversations": conversations,
            "totalRecordings": len(job.recordings),
            "totalSkippedRecordings": self._jobs.skipped(job),
            "totalFailedRecordings": len(job.failed),
            "totalProcessedRecordings": handled,
        }


def _percent(job: RecordingJob) -> int:
    if job.state is State.FULFILLED:
        return 100
    return 100 * job.handled // len(job.recordings) if job.recordings else 0


def _by_user(job: RecordingJob) -> str:
    return f"{job.client_id} {_by_date(job)}"


def _by_date(job: RecordingJob) -> str:
    return f"{written(job.created_at)} {job.id}"


def _shown(job: RecordingJob) -> str:
    puzzling = job.suffers(Kind.JOB_UNKNOWN_STATUS)
    if puzzling is None or not job.puzzles(Kind.JOB_UNKNOWN_STATUS):
        return job.state.value
    note(Kind.JOB_UNKNOWN_STATUS)
    return puzzling.text("word")


def _by_id(recording: Recording) -> str:
    return recording.id


def _failure(recording: Recording) -> JsonObject:
    conversation = f"/api/v2/conversations/{recording.conversation_id}"
    return {
        "conversation": {"id": recording.conversation_id, "selfUri": conversation},
        "recording": {"id": recording.id, "selfUri": f"{conversation}/recordings/{recording.id}"},
    }
