"""The embedded sandbox for tests: in this process, or as the command that users start.

Both give a ``Sandbox``, which speaks HTTP only: what a test reads here, a user can read with curl.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import requests
from support.published import Published, published

from runner.sandbox.server import SandboxServer
from runner.sandbox.settings import READ_ONLY_CLIENT, Settings

TOKEN = "/oauth/token"
PURGE = "/api/v2/interactions/purge"
COUNT = "/api/v2/interactions/purge/count"
JOB = "/api/v2/interactions/purge/{purgeId}"
RECORDING_JOBS = "/api/v2/recording/jobs"
RECORDING_JOB = "/api/v2/recording/jobs/{jobId}"
AVAILABILITY = "/api/v2/analytics/conversations/details/jobs/availability"
GOVERNANCE = "/governance/{endpoint}"

BILLING_CALLS = {
    "type": "voice",
    "dateRange": {"start": "2014-01-01T00:00:00.000Z", "end": "2025-12-31T23:59:59.999Z"},
    "filters": {"attributes": {"department": "billing"}},
    "purgeType": "permanent",
    "reason": "Retention period has ended.",
}
"""One element of a purge request that matches something in every data set but the empty one."""

Value = TypeVar("Value")


def purge_of(*items: object) -> dict[str, object]:
    """The body of a purge request; of the billing calls if nothing is named."""
    return {"interactions": list(items or (BILLING_CALLS,))}


class Sandbox:
    """A running sandbox, seen from outside."""

    def __init__(
        self, base_url: str, environment: Mapping[str, str], description: Published | None = None
    ) -> None:
        self.base_url = base_url
        self.description = description
        """What holds its requests and answers against the published description, if anything does."""
        self.environment = dict(environment)
        """The variables that point purgectl at it."""
        self._http = requests.Session()
        self._http.trust_env = False

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send one request as it stands."""
        return self._http.request(method, self.base_url + path, timeout=10, **options)

    def token(self, client_id: str | None = None) -> str:
        """A fresh access token of the client that may purge, or of another."""
        form = {
            "grant_type": "client_credentials",
            "client_id": client_id or self.environment["GENESYS_CLOUD_CLIENT_ID"],
            "client_secret": self.environment["GENESYS_CLOUD_CLIENT_SECRET"],
        }
        answer = self.request("POST", TOKEN, data=form)
        answer.raise_for_status()
        return answer.json()["access_token"]

    def read_only_token(self) -> str:
        """A fresh access token that lacks ``purge:write``."""
        return self.token(READ_ONLY_CLIENT)

    def call(
        self, method: str, path: str, body: object = None, client_id: str | None = None
    ) -> requests.Response:
        """Send one authorised request of the API, with a token of its own, as one client or another."""
        headers = {"Authorization": f"Bearer {self.token(client_id)}"}
        return self.request(method, path, headers=headers, json=body)

    def arm(self, kind: str, on: str | None = None, **parameters: object) -> None:
        """Switch a fault on, for example ``arm("status", "POST " + PURGE, status=429, retry_after=1)``."""
        fault = {"kind": kind, **({"on": on} if on else {}), **parameters}
        answer = self.request("POST", "/sandbox/faults", json=fault)
        assert answer.status_code == 201, answer.text

    def clear_faults(self, on: str | None = None) -> None:
        """Switch every fault off, or those armed on one call."""
        self.request("DELETE", "/sandbox/faults", params={"on": on} if on else {}).raise_for_status()

    def armed(self) -> list[dict[str, Any]]:
        """The faults that are still on."""
        return self.request("GET", "/sandbox/faults").json()["faults"]

    def journal(self, method: str | None = None, path: str | None = None) -> list[dict[str, Any]]:
        """What it saw, oldest first; a path may have parts in braces."""
        wanted = {name: value for name, value in (("method", method), ("path", path)) if value}
        return self.request("GET", "/sandbox/journal", params=wanted).json()["entries"]

    def submissions(self) -> list[dict[str, Any]]:
        """Every request to purge that it saw, of either API, whether or not it took effect."""
        return [*self.journal("POST", PURGE), *self.journal("PUT", RECORDING_JOB)]

    def notices(self) -> list[dict[str, Any]]:
        """What the governance system received."""
        return self.request("GET", "/sandbox/notices").json()["notices"]

    def submit(self, *items: object) -> str:
        """Start a purge, of the billing calls if nothing is named, and return its id."""
        answer = self.call("POST", PURGE, purge_of(*items))
        assert answer.status_code == 202, answer.text
        return answer.json()["purgeId"]

    def count(self, *items: object) -> int:
        """How many interactions match, of the billing calls if nothing is named."""
        answer = self.call("POST", COUNT, purge_of(*items))
        assert answer.status_code == 200, answer.text
        return answer.json()["total"]

    def job(self, purge_id: str) -> dict[str, Any]:
        """One poll of a job."""
        return self.call("GET", f"{PURGE}/{purge_id}").json()

    def ended_job(self, purge_id: str) -> dict[str, Any]:
        """The job once it has ended."""
        return eventually(lambda: self.job(purge_id), lambda job: job["status"] not in ("pending", "running"))

    def close(self) -> None:
        """Close the connections of this view."""
        self._http.close()


class SandboxProcess(Sandbox):
    """A sandbox that runs as a process of its own, so that it can be killed."""

    def __init__(self, base_url: str, environment: Mapping[str, str], process: subprocess.Popen[str]) -> None:
        super().__init__(base_url, environment)
        self.process = process


@contextmanager
def sandbox(**settings: Any) -> Iterator[Sandbox]:
    """A sandbox in this process; small and fast unless the settings say otherwise.

    Whatever passes it is held against the published description of the platform, if that is at hand.
    """
    chosen = Settings(**{"size": 2000, "job_seconds": 0.05, **settings})
    description = published()
    around = {} if description is None else {"around": description.around}
    with SandboxServer(chosen, **around) as server:
        view = Sandbox(server.base_url, chosen.environment(server.base_url), description)
        try:
            yield view
        finally:
            view.close()
    assert (description.breaches if description else []) == []


@contextmanager
def sandbox_process(directory: Path, *arguments: str) -> Iterator[SandboxProcess]:
    """``purgectl sandbox`` as a user starts it; its ready file is kept in ``directory``."""
    ready_file = directory / "sandbox-ready.json"
    command = [sys.executable, "-m", "runner", "sandbox", "--port", "0", "--ready-file", str(ready_file)]
    with subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            eventually(lambda: ready_file.exists() or process.poll() is not None, bool)
            assert process.poll() is None, process.communicate()[1]
            ready = json.loads(ready_file.read_text())
            view = SandboxProcess(ready["base_url"], ready["environment"], process)
            yield view
            view.close()
        finally:
            process.terminate()
            process.communicate(timeout=20)


def eventually(observe: Callable[[], Value], wanted: Callable[[Value], object]) -> Value:
    """Look again until what is seen is wanted; gives up after twenty seconds."""
    deadline = time.monotonic() + 20
    while not wanted(value := observe()):
        assert time.monotonic() < deadline, f"still {value!r}"
        time.sleep(0.01)
    return value
