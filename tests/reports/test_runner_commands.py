"""What a server or a policy says never becomes a command to the runner of a workflow."""

from __future__ import annotations

import pytest

from runner.apply.outcome import Ending, PurgeResult, RunOutcome
from runner.errors import ExitCode
from runner.model.log import Checkpoint
from runner.model.purge import PurgeKey
from runner.model.text import printable
from runner.reports.apply_json import apply_json
from runner.reports.apply_markdown import apply_markdown
from runner.reports.apply_text import apply_text

COMMANDS = ["##[add-mask]x", "\n::error::forged", "\x1b[31m##[error]x"]


@pytest.mark.parametrize("said", COMMANDS)
@pytest.mark.parametrize("report", [apply_text, apply_json, apply_markdown])
def test_no_line_of_a_run_is_a_command(report, said):
    result = PurgeResult(PurgeKey("x", 1, "id"), Ending.FAILED, said, job_id=said)
    trouble = ((ExitCode.REMOTE_FAILURE, said),)
    outcome = RunOutcome("sandbox", "c0de", Checkpoint("o", 1, b"r"), (result,), trouble=trouble)
    shown = report(outcome)
    assert "##[" not in shown
    assert "\x1b" not in shown
    assert not any(line.lstrip().startswith("::") for line in shown.splitlines())


def test_a_printable_text_holds_no_command_of_the_old_form():
    assert printable("a ##[group] b") == r"a #\x23[group] b"
