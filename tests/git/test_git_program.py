"""Running git: what it is given, what it may not see, and how its failures read."""

import os
import select
import tempfile

import pytest
from support.fakegit import put_on_path
from support.faketime import START

from runner.errors import RemoteFailure, UsageError
from runner.git.program import Git, GitFailed, clean, environment
from runner.git.writing import write_commit


def test_only_what_git_needs_passes():
    given = {
        "PATH": "/bin",
        "HOME": "/home/x",
        "SSH_AUTH_SOCK": "/agent",
        "https_proxy": "http://proxy",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "AUDIT_SIGNING_KEY": "secret",
        "GENESYS_CLOUD_CLIENT_SECRET_SANDBOX": "secret",
        "GOVERNANCE_WEBHOOK_SECRET": "secret",
        "GITHUB_TOKEN": "secret",
        "GIT_DIR": "/elsewhere",
        "GIT_INDEX_FILE": "/elsewhere/index",
        "GIT_TRACE": "1",
        "LC_ALL": "de_DE.UTF-8",
    }
    passed = environment(given)
    assert "secret" not in passed.values()
    assert not {"GIT_DIR", "GIT_INDEX_FILE", "GIT_TRACE"} & passed.keys()
    assert {"PATH", "HOME", "SSH_AUTH_SOCK", "https_proxy", "GIT_CONFIG_GLOBAL"} <= passed.keys()
    assert passed["LC_ALL"] == "C"
    assert passed["GIT_TERMINAL_PROMPT"] == "0"


def test_git_itself_does_not_see_a_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("AUDIT_SIGNING_KEY", "PRIVATE+KEY+x")
    put_on_path(tmp_path / "bin", "env", monkeypatch)
    seen = Git(tmp_path).run("status").decode()
    assert "PRIVATE" not in seen
    assert "GIT_TERMINAL_PROMPT=0" in seen


def test_the_answer_of_a_failure_is_one_clean_line(tmp_path, monkeypatch):
    script = """printf 'fatal: https://user:token@host/x \\033[31mred\\n\\nhint: more\\n' >&2; exit 3"""
    put_on_path(tmp_path / "bin", script, monkeypatch)
    answer = Git(tmp_path).ask("fetch")
    assert (answer.code, answer.out) == (3, b"")
    assert answer.err == "fatal: https://***@host/x \\x1b[31mred; hint: more"
    with pytest.raises(GitFailed, match="git fetch failed: fatal: https://"):
        Git(tmp_path).run("fetch")


def test_a_git_that_hangs_is_ended_with_its_helpers(tmp_path, monkeypatch):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    put_on_path(tmp_path / "bin", f"sleep 600 > {pipe} & wait", monkeypatch)
    with pytest.raises(RemoteFailure, match="gave no answer"):
        Git(tmp_path).run("fetch", seconds=0.3)
    readable, _, _ = select.select([reader], [], [], 20)
    assert readable, "the helper still holds its end of the pipe"
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_no_git_and_no_folder_are_usage_errors(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="cannot be started"):
        Git(tmp_path / "missing").run("status")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="cannot be started"):
        Git(tmp_path).run("status")


def test_a_long_or_binary_message_is_cut_and_made_printable():
    assert clean(b"\xff\x00") == "\\xff\\x00"
    assert clean(b"banner " * 10_000 + b"fatal: why").endswith("banner fatal: why")
    assert len(clean(b"x" * 10_000)) == 501
    assert clean("\u202eevil".encode()) == "\\u202eevil"


def test_a_long_input_reaches_a_slow_git_whole(tmp_path):
    git = Git(tmp_path)
    git.run("init", "--quiet")
    lines = "".join(f"{number:040x}\n" for number in range(100_000)).encode()
    slow = ("-c", "alias.slow=!sleep 0.5; exec git cat-file --batch-check", "slow")
    assert git.run(*slow, stdin=lines).count(b" missing\n") == 100_000


class Grace:
    """``ports.Interruption`` whose grace ends when a test wants it."""

    def __init__(self, ends) -> None:
        self._ends = ends

    def requested(self) -> bool:
        return True

    def grace(self) -> float:
        return 0.0 if self._ends() else 5.0


def test_a_run_without_time_does_not_start_git(tmp_path, monkeypatch):
    put_on_path(tmp_path / "bin", f"touch {tmp_path}/started", monkeypatch)
    with pytest.raises(RemoteFailure, match="was not started: this run has no time left"):
        Git(tmp_path, interruption=Grace(lambda: True)).run("push")
    assert not (tmp_path / "started").exists()


def test_a_git_that_is_under_way_when_the_time_ends_is_ended(tmp_path, monkeypatch):
    put_on_path(tmp_path / "bin", f"touch {tmp_path}/started; sleep 600 & wait", monkeypatch)
    with pytest.raises(RemoteFailure, match="was ended: this run has no time left"):
        Git(tmp_path, interruption=Grace((tmp_path / "started").exists)).run("push")


def test_a_disk_without_room_is_a_failure_of_git(tmp_path, monkeypatch):
    git = Git(tmp_path)
    git.run("init", "--quiet")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(GitFailed, match="no temporary file can be written: No such file"):
        git.ask("status")
    with pytest.raises(GitFailed, match="no temporary file can be written: No such file"):
        write_commit(git, None, {"a": b"b"}, "m", START)


def test_a_git_that_was_killed_says_so(tmp_path, monkeypatch):
    put_on_path(tmp_path / "bin", "kill -9 $$", monkeypatch)
    with pytest.raises(GitFailed, match="git status failed: it ended with code -9"):
        Git(tmp_path).run("status")
