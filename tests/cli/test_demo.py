"""``purgectl demo`` of a real organisation's API: totals are held against the cap before the deletion."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_totals_are_held_against_the_cap_before_anything_is_deleted(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "runner", "demo", "--backend", "recording-jobs"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    counted = (
        r"sales-calls: job (\S+) has counted: 40 interactions, 44 recordings; the limit is 10 interactions"
    )
    refused = re.search(counted, done.stdout)
    assert refused
    assert "SCP-003 error: selects 40 interactions, 30 over its limit of 10" in done.stdout[refused.end() :]
    (clone,) = re.findall(r"^  cd (.+)$", done.stdout, re.MULTILINE)
    journal = Path(clone).parents[1] / "sandbox-journal.jsonl"
    entries = [json.loads(line) for line in journal.read_text().splitlines()]
    of_it = [entry["method"] for entry in entries if entry["path"].endswith(refused[1])]
    assert ("DELETE" in of_it, "PUT" in of_it) == (True, False)
    assert sum(entry["method"] == "PUT" for entry in entries) == 2
