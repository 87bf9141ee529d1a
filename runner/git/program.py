"""The git program: argument lists, a scrubbed environment, time limits, and clean messages."""

from __future__ import annotations

import math
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from runner.errors import RemoteFailure, UsageError
from runner.model.text import printable
from runner.ports import Interruption, Undisturbed

LOCAL_SECONDS = 120.0
NETWORK_SECONDS = 300.0
_GLANCE_SECONDS = 0.1
_NO_TIME = "this run has no time left"

_KEPT = frozenset(
    {"PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "GIT_ASKPASS", "ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY"}
    | {"NO_PROXY", "all_proxy", "http_proxy", "https_proxy", "no_proxy"}
)
_KEPT_PREFIXES = ("GIT_CONFIG_", "GIT_SSH", "GIT_SSL_", "SSH_", "SSL_CERT_", "XDG_")
_FIXED = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
}
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.commitGraph": "false",
    "core.splitIndex": "false",
    "core.sparseCheckout": "false",
    "core.filesRefLockTimeout": "5000",
    "index.sparse": "false",
    "i18n.commitEncoding": "UTF-8",
    "push.gpgSign": "false",
    "push.followTags": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "advice.graftFileDeprecated": "false",
}
_LONGEST_MESSAGE = 500
_USER_INFO = re.compile(r"://[^/@\s]+@")


class GitFailed(RemoteFailure):
    """Git did not do what it was asked; the message is git's own, cleaned."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one run of git came to; ``err`` is a single line, safe to print."""

    code: int
    out: bytes
    err: str


class Git:
    """Runs git in one folder, away from the user's hooks, prompts and this process's secrets.

    ``git_dir`` pins the repository once it is known, so that nothing is searched for again;
    ``settings`` count there in addition. When an ``interruption`` leaves no grace, git is ended.
    """

    def __init__(
        self,
        folder: Path,
        git_dir: Path | None = None,
        settings: Mapping[str, str] | None = None,
        interruption: Interruption | None = None,
    ) -> None:
        self.folder = folder
        self.interruption = interruption or Undisturbed()
        self._command = ["git", "--no-pager"]
        if git_dir is not None:
            self._command.append(f"--git-dir={git_dir}")
        for name, value in {**(settings or {}), **_SETTINGS}.items():
            self._command += ["-c", f"{name}={value}"]

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        variables: Mapping[str, str] | None = None,
        seconds: float = LOCAL_SECONDS,
    ) -> bytes:
        """Run git and return its output. Raises ``GitFailed`` when it exits with an error."""
        answer = self.ask(*arguments, stdin=stdin, variables=variables, seconds=seconds)
        if answer.code != 0:
            raise GitFailed(f"git {arguments[0]} failed: {answer.err or f'it ended with code {answer.code}'}")
        return answer.out

    def ask(
        self,
        *arguments: str,
        stdin: bytes = b"",
        variables: Mapping[str, str] | None = None,
        seconds: float = LOCAL_SECONDS,
    ) -> Answer:
        """Run git and return its answer, whatever its exit code.

        Raises ``GitFailed`` when it takes longer than ``seconds`` or than the run may still last, and
        ``UsageError`` when there is no git on this machine.
        """
        if self.interruption.grace() <= 0:
            raise GitFailed(f"git {arguments[0]} was not started: {_NO_TIME}")
        with temporary(f"git {arguments[0]}"), tempfile.TemporaryFile() as given:
            given.write(stdin)
            given.seek(0)
            process = self._start(arguments, given, variables or {})
        with process:
            try:
                out, err = self._output(process, arguments[0], seconds)
            except BaseException:
                _kill_group(process)
                raise
        return Answer(process.returncode, out, clean(err))

    def _start(
        self, arguments: Sequence[str], given: IO[bytes], variables: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        """Start git. What it reads comes from a file, because a wait that looks up cannot feed a pipe."""
        try:
            return subprocess.Popen(
                [*self._command, *arguments],
                cwd=self.folder,
                env=environment(os.environ) | dict(variables),
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise UsageError(
                f"git cannot be started: {error.strerror}",
                where=str(self.folder),
                hint="install git, and name an existing folder",
            ) from None

    def _output(self, process: subprocess.Popen[bytes], verb: str, seconds: float) -> tuple[bytes, bytes]:
        """Wait for what git prints, and look up now and then. Raises ``GitFailed``."""
        glance = min(_GLANCE_SECONDS, seconds)
        for _ in range(math.ceil(seconds / glance)):
            try:
                return process.communicate(timeout=glance)
            except subprocess.TimeoutExpired:
                if self.interruption.grace() <= 0:
                    raise GitFailed(f"git {verb} was ended: {_NO_TIME}") from None
        raise GitFailed(f"git {verb} gave no answer in {seconds:.0f} seconds")


@contextmanager
def temporary(purpose: str) -> Iterator[None]:
    """Tell a disk that is full, or a temporary folder that is not there, as a failure of git."""
    try:
        yield
    except OSError as error:
        raise GitFailed(
            f"{purpose} was not started: no temporary file can be written: {error.strerror}",
            hint="make room on the disk, or name another folder with TMPDIR",
        ) from None


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return what git needs of an environment: how to find its files and its way to the remote.

    It is a list of what passes, so that no secret of this process, known or not, reaches git or
    a program that git starts.
    """
    kept = {
        name: value for name, value in variables.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)
    }
    return kept | _FIXED


def clean(text: bytes) -> str:
    """Make a message of git (and of the server behind it) one printable line without passwords.

    The end of a long one is kept, because git says last why it stops.
    """
    lines = text.decode("utf-8", errors="backslashreplace").splitlines()
    line = "; ".join(line.strip() for line in lines if line.strip())
    shown = printable(_USER_INFO.sub("://***@", line))
    return shown if len(shown) <= _LONGEST_MESSAGE else "…" + shown[-_LONGEST_MESSAGE:]


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End git together with the helpers that it started (ssh, git-remote-https)."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
