"""What could not be looked at is never green."""

import pytest

from runner.errors import ExitCode
from runner.setup.check import Area, Requirement, exit_code

RULE = Requirement("something", Area.FILES, "it matters")
WELL, WRONG, NOT = RULE.well("a", "b"), RULE.wrong("a", "b", "c"), RULE.not_checked("a", "b", "c")


@pytest.mark.parametrize(
    ("checks", "code"),
    [
        ([WELL], ExitCode.OK),
        ([], ExitCode.NOT_VERIFIED),
        ([WELL, NOT], ExitCode.NOT_VERIFIED),
        ([NOT, WRONG, WELL], ExitCode.REFUSED),
    ],
)
def test_the_exit_code_is_that_of_the_worst(checks, code):
    assert exit_code(checks) is code
