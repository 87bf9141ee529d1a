"""Real processes, real signals, at every stage of a run: nothing is lost, and nothing is sent twice."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.commandline import Done, command_line
from support.journey import Journey
from support.sandbox import COUNT, GOVERNANCE, JOB, PURGE, eventually, sandbox

BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
EITHER = pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)], ids=["SIGINT", "SIGTERM"]
)
SLOW_PUSH = """#!/bin/sh
[ -e "{flag}" ] || exit 0
touch "{flag}.reached"
sleep 20
"""


class Watched:
    """A running command whose steps are read as they are told."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._told: list[str] = []

    def await_step(self, words: str) -> None:
        """Read on to the line that has these words."""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._told.append(line)
            if words in line:
                return
        raise AssertionError(f"it ended without {words!r}: {''.join(self._told)}")

    def signal(self, *numbers: int) -> None:
        for number in numbers:
            self._process.send_signal(number)

    def ended(self) -> Done:
        """Wait for its end, which must come without a traceback."""
        out, err = self._process.communicate(timeout=30)
        done = Done(self._process.returncode, out, "".join(self._told) + err)
        assert "Traceback" not in done.err + done.out
        assert "KeyboardInterrupt" not in done.err + done.out
        return done


@contextmanager
def started(journey: Journey, *arguments: str) -> Iterator[Watched]:
    with subprocess.Popen(
        command_line(*arguments),
        cwd=journey.world.clone,
        env=journey.variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Watched(process)
        finally:
            process.kill()


def applying(journey: Journey):
    return started(journey, "apply", "--target", "sandbox")


def goes_on(journey: Journey, box) -> None:
    """The next run finishes what the one before began, with one job in all."""
    done = journey.apply()
    assert done.code == 0, done.err + done.out
    assert [purge["ending"] for purge in done.json["purges"]] == ["completed"]
    assert len(box.submissions()) == 1
    assert "purge.ambiguous" not in journey.kinds()


def push_hook(journey: Journey) -> Path:
    """Let every push to the origin hang while the returned file exists."""
    flag = journey.world.root / "slow-push"
    hook = journey.world.origin / "hooks" / "pre-receive"
    hook.write_text(SLOW_PUSH.format(flag=flag))
    hook.chmod(0o755)
    return flag


@EITHER
def test_before_the_intent_a_count_under_way_is_cut_off(journey, box, number):
    journey.merge()
    box.arm("slow", "POST " + COUNT, seconds=3)
    with applying(journey) as run:
        eventually(box.armed, lambda armed: not armed)
        run.signal(number)
        done = run.ended()
    assert (done.code, journey.kinds()) == (130, ["log.opened"])
    assert "run apply again" in done.out
    goes_on(journey, box)


@EITHER
def test_while_the_intent_is_announced_it_is_withdrawn(journey, box, number):
    journey.merge()
    with applying(journey) as run:
        run.await_step("announcing")
        run.signal(number)
        done = run.ended()
    assert done.code == 130, done.err
    assert journey.kinds() == ["log.opened", "purge.intended", "purge.refused"]
    assert box.submissions() == []
    goes_on(journey, box)


@BOTH
def test_while_the_request_is_out_its_answer_is_written_down(journey, box, number):
    journey.merge()
    box.arm("slow", "POST " + PURGE, seconds=1)
    with applying(journey) as run:
        run.await_step("submitting")
        eventually(box.armed, lambda armed: not armed)
        run.signal(number)
        done = run.ended()
    assert done.code == 130, done.err
    assert journey.kinds() == ["log.opened", "purge.intended", "purge.submitted"]
    goes_on(journey, box)


def test_every_signal_at_once_does_not_break_in_between_a_request_and_its_answer(journey, box):
    journey.merge()
    box.arm("slow", "POST " + PURGE, seconds=1)
    with applying(journey) as run:
        run.await_step("submitting")
        eventually(box.armed, lambda armed: not armed)
        run.signal(signal.SIGINT, signal.SIGTERM, signal.SIGINT)
        done = run.ended()
    assert done.code == 5, done.err
    assert list((journey.world.clone / ".git/purgectl/spool").glob("sandbox-*.spool"))
    goes_on(journey, box)
    assert not list((journey.world.clone / ".git/purgectl/spool").iterdir())


@EITHER
def test_while_polling_the_job_goes_on_and_the_next_run_looks_after_it(tmp_path, number):
    with sandbox(job_seconds=2) as box:
        journey = Journey(tmp_path, box.environment)
        journey.merge()
        with applying(journey) as run:
            run.await_step("accepted as job")
            eventually(lambda: box.journal("GET", JOB), bool)
            run.signal(number)
            done = run.ended()
        assert (done.code, journey.kinds()[-1]) == (130, "purge.submitted")
        goes_on(journey, box)


def test_a_poll_that_hangs_is_cut_off(tmp_path):
    with sandbox(job_seconds=0.1) as box:
        journey = Journey(tmp_path, box.environment)
        journey.merge()
        box.arm("slow", "GET " + JOB, seconds=3)
        with applying(journey) as run:
            run.await_step("accepted as job")
            eventually(box.armed, lambda armed: not armed)
            run.signal(signal.SIGINT)
            done = run.ended()
        assert (done.code, journey.kinds()[-1]) == (130, "purge.submitted")
        goes_on(journey, box)


def test_a_push_that_hangs_after_the_request_leaves_the_answer_in_the_spool(journey, box):
    journey.merge()
    flag = push_hook(journey)
    box.arm("slow", "POST " + PURGE, seconds=1)
    with applying(journey) as run:
        run.await_step("submitting")
        flag.touch()
        eventually(Path(f"{flag}.reached").exists, bool)
        run.signal(signal.SIGINT, signal.SIGTERM)
        done = run.ended()
    assert done.code == 5, done.err
    assert "the record is kept in" in done.out
    flag.unlink()
    goes_on(journey, box)


@pytest.mark.slow
def test_a_push_that_hangs_is_given_five_seconds_after_the_first_signal(journey, box):
    journey.merge()
    flag = push_hook(journey)
    box.arm("slow", "POST " + PURGE, seconds=1)
    with applying(journey) as run:
        run.await_step("submitting")
        flag.touch()
        eventually(Path(f"{flag}.reached").exists, bool)
        run.signal(signal.SIGINT)
        assert run.ended().code == 5
    flag.unlink()
    goes_on(journey, box)


def test_a_spool_travels_to_another_machine(journey, box, tmp_path):
    journey.merge()
    flag = push_hook(journey)
    box.arm("slow", "POST " + PURGE, seconds=1)
    lost = tmp_path / "lost"
    with started(journey, "apply", "--target", "sandbox", "--spool", str(lost)) as run:
        run.await_step("submitting")
        flag.touch()
        eventually(Path(f"{flag}.reached").exists, bool)
        run.signal(signal.SIGINT, signal.SIGTERM)
        assert run.ended().code == 5
    flag.unlink()
    (file,) = lost.iterdir()
    other = journey.world.another_clone("other-machine")
    done = journey.run("apply", "--target", "sandbox", "--import-spool", str(file), at=other)
    assert done.code == 0, done.err + done.out
    assert journey.kinds()[1:3] == ["purge.intended", "purge.submitted"]
    assert len(box.submissions()) == 1
    again = journey.run("apply", "--target", "sandbox", "--import-spool", str(file), at=other)
    assert again.code == 0, again.err


def test_a_spool_that_somebody_changed_stops_the_run(journey, box, tmp_path):
    journey.merge()
    (tmp_path / "forged.spool").write_text("{}")
    done = journey.apply("--import-spool", str(tmp_path / "forged.spool"))
    assert done.code == 3
    assert "forged.spool" in done.err
    assert (box.submissions(), journey.kinds()) == ([], ["log.opened"])


def test_a_spool_that_cannot_be_written_stops_the_run_before_anything_is_sent(journey, box, tmp_path):
    journey.merge()
    (tmp_path / "a-file").touch()
    done = journey.apply(PURGECTL_SPOOL=str(tmp_path / "a-file" / "spool"))
    assert (done.code, box.submissions()) == (2, [])
    assert "--spool" in done.err


def test_another_command_that_is_interrupted_says_so_and_no_more(journey, box):
    journey.merge()
    box.arm("slow", "POST " + COUNT, seconds=3)
    with started(journey, "plan", "--target", "sandbox") as run:
        eventually(box.armed, lambda armed: not armed)
        run.signal(signal.SIGINT)
        done = run.ended()
    assert (done.code, done.err.strip()) == (130, "purgectl: interrupted")


def test_a_notice_under_way_is_cut_off_and_comes_again(journey, box):
    journey.merge()
    box.arm("slow", "POST " + GOVERNANCE, seconds=3)
    with applying(journey) as run:
        eventually(box.armed, lambda armed: not armed)
        run.signal(signal.SIGINT)
        assert run.ended().code == 130
    assert "purge.verified" in journey.kinds()
    assert "notice.delivered" not in journey.kinds()
