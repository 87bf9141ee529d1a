"""Ratios of paired runs, one line each."""

import subprocess
import sys
import time
from statistics import median

PAIRS = 7


def seconds(command, folder):
    started = time.perf_counter()
    done = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True)
    elapsed = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))[:200]} failed:\n{done.stdout}{done.stderr}")
    return elapsed


def show(what, time_taken, ratio, against):
    print(f"  {what:<34} {time_taken:>10} {ratio:>9}  {against}", flush=True)  # noqa: T201 - this is the printer


def compare(what, command, against, baseline, folder):
    """Print the median ratio of paired runs of a command and its baseline."""
    seconds(command, folder), seconds(baseline, folder)
    pairs = [(seconds(command, folder), seconds(baseline, folder)) for _ in range(PAIRS)]
    ratio = median(ours / theirs for ours, theirs in pairs)
    ours = median(pair[0] for pair in pairs) * 1000
    show(what, f"{ours:.0f} ms", f"{ratio:.2f} x", against)


def timed(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
