"""``make bench``: how long things take, as ratios against a limit or a peer of the same run.

The two sides of a ratio alternate (A B A B), so that a busy machine slows both. Absolute times hold
for this machine only; compare ratios. ``make bench BENCH=log`` measures one part alone.
"""

import sys
import tempfile
from pathlib import Path

from benchmarks import log, policies, polling
from benchmarks.measuring import show

PARTS = {"policies": policies.measure, "log": log.measure, "polling": polling.measure}


def main():
    show("what", "median", "ratio", "to")
    for part in sys.argv[1:] or PARTS:
        with tempfile.TemporaryDirectory(prefix="purgectl-bench-") as name:
            PARTS[part](Path(name))


main()
