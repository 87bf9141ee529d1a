"""The server as a whole: journal, governance receiver, start and stop."""

import hmac
import json
import socket
import sys
import time
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
import requests
from support.sandbox import GOVERNANCE, JOB, PURGE, TOKEN, eventually, purge_of, sandbox

from runner.errors import UsageError
from runner.sandbox.server import SandboxServer
from runner.sandbox.settings import Settings


def test_it_tells_every_request_and_no_secret(box):
    purge_id = box.submit()
    box.job(purge_id)
    box.request("GET", "/nowhere?token=hidden")
    entries = box.journal()
    assert [(entry["method"], entry["path"], entry["status"]) for entry in entries] == [
        ("POST", TOKEN, 200),
        ("POST", PURGE, 202),
        ("POST", TOKEN, 200),
        ("GET", f"{PURGE}/{purge_id}", 200),
        ("GET", "/nowhere", 404),
    ]
    assert [entry["effect"] for entry in entries] == [True, True, True, False, False]
    text = json.dumps(entries)
    assert "hidden" not in text
    assert box.environment["GENESYS_CLOUD_CLIENT_SECRET"] not in text
    assert abs(entries[0]["time"] / 1000 - time.time()) < 30


def test_it_can_be_asked_for_one_call(box):
    purge_id = box.submit()
    box.job(purge_id)
    assert len(box.journal("GET", JOB)) == 1
    assert len(box.journal("POST")) == 3
    assert box.journal("PUT") == []
    assert len(box.journal(path=PURGE)) == 1


def test_its_entry_carries_the_correlation_id_of_the_answer(box):
    answer = box.call("POST", PURGE, purge_of())
    assert box.submissions()[0]["correlation_id"] == answer.headers["ININ-Correlation-Id"]


def test_its_file_holds_the_same_and_is_appended_to(tmp_path):
    file = tmp_path / "journal.jsonl"
    for runs in (1, 2):
        with sandbox(size=0, journal=file) as box:
            box.token()
            assert [json.loads(line) for line in file.read_text().splitlines()][-1:] == box.journal()
        assert len(file.read_text().splitlines()) == runs


def deliver(box, webhook_id="msg_1", body=b'{"id": "a"}', endpoint="governance"):
    timestamp = int(time.time())
    key = b64decode(box.environment["GOVERNANCE_WEBHOOK_SECRET"].removeprefix("whsec_"))
    digest = hmac.digest(key, f"{webhook_id}.{timestamp}.".encode() + body, sha256)
    headers = {
        "Content-Type": "application/cloudevents+json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }
    return box.request("POST", f"/governance/{endpoint}", data=body, headers=headers).status_code


def test_a_notice_arrives_once(box):
    assert [deliver(box) for _ in range(2)] == [204, 204]
    (notice,) = box.notices()
    assert (notice["endpoint"], notice["id"], notice["body"]) == ("governance", "msg_1", {"id": "a"})
    assert len(notice["times"]) == 2
    assert [entry["effect"] for entry in box.journal("POST", GOVERNANCE)] == [True, False]


def test_a_receiver_that_is_down_keeps_nothing_until_it_is_up(box):
    box.arm("status", f"POST {GOVERNANCE}", status=503, times=None)
    assert deliver(box) == 503
    assert box.notices() == []
    box.clear_faults(f"POST {GOVERNANCE}")
    assert deliver(box) == 204
    assert len(box.notices()) == 1


def test_an_unsigned_notice_is_refused(box):
    assert box.request("POST", "/governance/governance", data=b"{}").status_code == 401


@pytest.mark.parametrize("endpoint", ["UPPER", "a.b", "a" * 64, "%00"])
def test_an_endpoint_of_another_form_is_not_found(box, endpoint):
    assert deliver(box, endpoint=endpoint) == 404


def test_the_variables_point_at_the_receiver(box):
    assert box.environment["GOVERNANCE_WEBHOOK_URL"] == f"{box.base_url}/governance/governance"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8 without set-up")
def test_it_listens_on_loopback_only():
    with SandboxServer(Settings(size=0)) as server:
        port = int(server.base_url.rpartition(":")[2])
        assert server.base_url.startswith("http://127.0.0.1:")
        with socket.socket() as other:
            other.bind(("127.0.0.2", port))


def test_a_port_in_use_is_refused(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"cannot listen on port {port}"):
            SandboxServer(Settings(size=0, journal=tmp_path / "journal"), port)


def test_a_journal_that_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(UsageError, match="journal cannot be written"):
        SandboxServer(Settings(size=0, journal=tmp_path / "missing" / "journal"))


def test_it_stops_while_a_request_and_a_job_are_under_way():
    with ThreadPoolExecutor(1) as pool:
        with sandbox(job_seconds=3600) as box:
            box.submit()
            box.arm("slow", f"GET {JOB}", seconds=3600)
            headers = {"Authorization": f"Bearer {box.token()}"}
            url = f"{box.base_url}{PURGE}/x"
            late = pool.submit(lambda: requests.get(url, headers=headers, timeout=20).status_code)
            eventually(box.armed, lambda faults: not faults)
        assert late.result() == 404
