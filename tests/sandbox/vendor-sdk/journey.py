"""Runs under the vendor's own SDK, in an environment of its own, against a sandbox.

It protects a conversation, takes a bulk job from beginning to end, cancels another, and prints what the
SDK's typed answers say, as JSON. Arguments: the base URL, and the ids of two conversations.
"""

import json
import os
import sys
import time

from PureCloudPlatformClientV2 import (
    AsyncConversationQuery,
    ConversationDeletionProtectionQuery,
    ExecuteRecordingJobsQuery,
    RecordingApi,
    RecordingJobsQuery,
    TokensApi,
)
from PureCloudPlatformClientV2.api_client import ApiClient
from PureCloudPlatformClientV2.rest import ApiException

INTERVAL = "2024-01-01T00:00:00.000Z/2024-02-01T00:00:00.000Z"


def main(base_url, free, held):
    client = ApiClient(base_url).get_client_credentials_token(
        os.environ["GENESYS_CLOUD_CLIENT_ID"], os.environ["GENESYS_CLOUD_CLIENT_SECRET"]
    )
    recordings, said = RecordingApi(client), {}
    said["organization"] = TokensApi(client).get_tokens_me().organization.id

    ids = ConversationDeletionProtectionQuery()
    ids.conversation_ids = [held]
    recordings.put_recordings_deletionprotection(protect=True, body=ids)
    ids.conversation_ids = [free, held]
    said["protected"] = [each.id for each in recordings.post_recordings_deletionprotection(ids)]

    made = recordings.post_recording_jobs(order())
    said["made"] = [made.state, made.total_recordings, made.recording_jobs_query.conversation_query.interval]
    said["ready"] = figures(once(recordings, made.id, "READY"))
    said["listed"] = [
        (job.id == made.id, job.state, job.user.id)
        for job in recordings.get_recording_jobs(show_only_my_jobs=True, include_total=False).entities
    ]
    execution = ExecuteRecordingJobsQuery()
    execution.state = "PROCESSING"
    said["executed"] = recordings.put_recording_job(made.id, execution).state
    said["fulfilled"] = figures(once(recordings, made.id, "FULFILLED"))
    said["failed"] = recordings.get_recording_job_failedrecordings(made.id).total
    said["metadata"] = {
        each: [
            (one.id, one.file_state, one.delete_date and one.delete_date.isoformat())
            for one in recordings.get_conversation_recordingmetadata(each)
        ]
        for each in (free, held)
    }

    other = once(recordings, recordings.post_recording_jobs(order()).id, "READY")
    recordings.delete_recording_job(other.id)
    said["cancelled"] = recordings.get_recording_job(other.id).state
    try:
        recordings.put_recording_job(other.id, execution)
    except ApiException as error:
        body = json.loads(error.body)
        said["refused"] = [
            error.status,
            body["code"],
            body["contextId"] == error.headers["ININ-Correlation-Id"],
        ]
    json.dump(said, sys.stdout)


def order():
    """A job that deletes everything of January 2024 on a day that has passed."""
    conversations = AsyncConversationQuery()
    conversations.interval = INTERVAL
    conversations.start_of_day_interval_matching = True
    wanted = RecordingJobsQuery()
    wanted.action = "DELETE"
    wanted.action_date = "2026-01-01T00:00:00.000Z"
    wanted.conversation_query = conversations
    return wanted


def once(recordings, job_id, state):
    """The job once it is in a state; gives up after twenty seconds."""
    for _ in range(1000):
        job = recordings.get_recording_job(job_id)
        if job.state == state:
            return job
        time.sleep(0.02)
    raise SystemExit(f"the job is still {job.state}")


def figures(job):
    """What the SDK's typed job counts."""
    return [
        job.total_conversations,
        job.total_recordings,
        job.total_processed_recordings,
        job.total_skipped_recordings,
    ]


main(*sys.argv[1:])
