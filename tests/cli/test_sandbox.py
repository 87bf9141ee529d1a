"""``purgectl sandbox`` as a user starts and stops it."""

import json
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from support.sandbox import PURGE, TOKEN, eventually, purge_of, sandbox_process

HARMLESS = "import sys; from runner.cli.main import run; "


def sandbox_command(*arguments, start=("-m", "runner")):
    """Run one command line that is expected to end by itself."""
    return subprocess.run(
        [sys.executable, *start, "sandbox", *arguments], capture_output=True, text=True, timeout=60
    )


def test_it_tells_how_to_point_purgectl_at_it(tmp_path):
    with sandbox_process(tmp_path, "--size", "100", "--seed", "3") as box:
        ready = json.loads((tmp_path / "sandbox-ready.json").read_text())
        box.process.send_signal(signal.SIGTERM)
        stdout, stderr = box.process.communicate(timeout=20)
    shown = dict(line.removeprefix("export ").split("=", 1) for line in stdout.splitlines())
    assert shown == box.environment == ready["environment"]
    assert set(shown) == {
        "GENESYS_CLOUD_BASE_URL",
        "GENESYS_CLOUD_CLIENT_ID",
        "GENESYS_CLOUD_CLIENT_SECRET",
        "GOVERNANCE_WEBHOOK_URL",
        "GOVERNANCE_WEBHOOK_SECRET",
        "PURGE_ENABLED",
    }
    assert (ready["base_url"], ready["pid"]) == (shown["GENESYS_CLOUD_BASE_URL"], box.process.pid)
    assert "100 interactions (seed 3)" in stderr
    assert "werkzeug" not in stderr.lower()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(tmp_path, number):
    with sandbox_process(tmp_path, "--size", "1000", "--job-seconds", "600") as box:
        box.submit()
        box.process.send_signal(number)
        _, stderr = box.process.communicate(timeout=20)
    assert box.process.returncode == 0
    assert stderr.splitlines()[-1] == "sandbox: stopped"
    assert list(tmp_path.iterdir()) == []


def test_a_killed_sandbox_leaves_its_journal(tmp_path):
    journal = tmp_path / "requests.jsonl"
    with sandbox_process(tmp_path, "--journal", str(journal)) as box:
        box.submit()
        box.process.kill()
        box.process.wait(timeout=20)
    entries = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [(entry["path"], entry["effect"]) for entry in entries] == [(TOKEN, True), (PURGE, True)]


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"garbage\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET http://[::1/x HTTP/1.1\r\n\r\n",
        b"GET http://host:99999/x HTTP/1.1\r\n\r\n",
        b"POST /oauth/token HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /governance/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"FOO /\x1b[31m%ff%00 HTTP/1.1\r\n\r\n",
        b"\x00\xff",
    ],
)
def test_bytes_that_are_not_a_request_leave_no_trace(tmp_path, request_bytes):
    with sandbox_process(tmp_path, "--size", "0") as box:
        port = int(box.base_url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(request_bytes)
            connection.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                eventually(lambda: connection.recv(4096), lambda answer: answer == b"")
        assert box.token()
        box.process.send_signal(signal.SIGTERM)
        _, stderr = box.process.communicate(timeout=20)
    assert "Traceback" not in stderr
    assert len(stderr.splitlines()) == 3


def test_its_options_reach_the_server(tmp_path):
    arguments = ["--client-id", "me", "--client-secret", "mine", "--token-seconds", "77"]
    with sandbox_process(tmp_path, "--job-seconds", "0", *arguments) as box:
        form = {"grant_type": "client_credentials", "client_id": "me", "client_secret": "mine"}
        assert box.request("POST", TOKEN, data=form).json()["expires_in"] == 77
        eventually(lambda: box.call("POST", PURGE, purge_of()).status_code, lambda status: status == 202)
        eventually(box.count, lambda count: count == 0)
        assert box.environment["GENESYS_CLOUD_CLIENT_ID"] == "me"


def test_a_port_in_use_is_a_usage_error():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = sandbox_command("--port", port, "--size", "0")
    assert done.returncode == 2
    assert f"cannot listen on port {port}" in done.stderr
    assert "next:" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "70000"], "--port"),
        (["--port", "-1"], "--port"),
        (["--size", "-1"], "--size"),
        (["--size", "ten"], "--size"),
        (["--job-seconds", "nan"], "--job-seconds"),
        (["--job-seconds", "-1"], "--job-seconds"),
        (["--token-seconds", "0"], "--token-seconds"),
        (["--client-id", ""], "--client-id"),
        (["--client-id", "a:b"], "--client-id"),
        (["--client-secret", "bell\x07"], "--client-secret"),
        (["--webhook-secret", "short"], "whsec_"),
        (["--journal", "missing/journal"], "the journal cannot be written"),
        (["--port", "0", "--size", "0", "--ready-file", "missing/ready"], "the ready file cannot be written"),
        (["surplus"], "surplus"),
    ],
)
def test_a_wrong_option_is_a_usage_error(arguments, words):
    done = sandbox_command(*arguments)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_web_framework_it_says_how_to_get_it():
    code = HARMLESS + "sys.modules['flask'] = None; sys.exit(run(sys.argv[1:]))"
    done = sandbox_command(start=("-c", code))
    assert done.returncode == 2
    assert "needs the package flask" in done.stderr
    assert "make demo" in done.stderr
    assert "requirements-sandbox.txt" in done.stderr


def test_its_help_shows_examples_and_needs_no_web_framework():
    code = HARMLESS + "run(sys.argv[1:]); sys.exit('flask' in sys.modules)"
    done = sandbox_command("--help", start=("-c", code))
    assert done.returncode == 0
    assert "purgectl sandbox --port 0 --ready-file" in done.stdout
    assert "8420" in done.stdout


def test_a_ready_file_is_private_and_leaves_nothing_beside_it(tmp_path):
    with sandbox_process(tmp_path, "--size", "0") as box:
        (file,) = tmp_path.iterdir()
        assert file == Path(tmp_path, "sandbox-ready.json")
        assert file.stat().st_mode & 0o077 == 0
        assert box.count() == 0
