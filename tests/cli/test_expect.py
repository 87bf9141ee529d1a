"""``--expect`` and ``AUDIT_EXPECT``: no command builds on a log that somebody outside remembers otherwise."""

import pytest
from support.gitworld import git

from runner.audit.memory import Expectation
from runner.cli.expectations import remembered
from runner.errors import UsageError

ROOT = "nRStI5N8mlnPDzp8rbt+Z8GWm58WNbv9m8UrCyvpqPk="
KNOWN = Expectation.parse(f"4:{ROOT}")


def noted(journey):
    """The newest checkpoint, as somebody would note it."""
    stated = journey.world.store().load().checkpoint
    return str(Expectation(stated.size, stated.root))


def test_a_fresh_clone_with_an_outside_memory_sees_that_the_branch_was_put_back(journey, box):
    """The one who rolls back makes a finished purge look as if it had never run."""
    journey.merge()
    first = noted(journey)
    before = git(journey.world.origin, "rev-parse", journey.world.branch)
    assert journey.apply().code == 0
    memory = noted(journey)
    git(journey.world.origin, "update-ref", journey.world.branch, before)
    fresh = journey.world.another_clone("fresh")
    sent = len(box.submissions())
    for arguments, variables in (
        (("apply", "--expect", memory), {}),
        (("apply",), {"AUDIT_EXPECT": memory}),
        (("apply",), {"AUDIT_EXPECT_SANDBOX": f"\n{first} {memory}\n"}),
        (("plan", "--expect", memory), {}),
        (("plan",), {"AUDIT_EXPECT": memory}),
        (("status",), {"AUDIT_EXPECT": memory}),
    ):
        name, *more = arguments
        done = journey.run(name, "--target", "sandbox", *more, at=fresh, **variables)
        assert (done.code, done.out) == (6, "")
        assert "is not what somebody outside remembers: the log once had" in done.err
    assert len(box.submissions()) == sent
    assert git(journey.world.origin, "rev-parse", journey.world.branch) == before


def test_a_log_that_goes_on_from_it_is_worked_with(journey, box):
    memory = noted(journey)
    journey.merge()
    done = journey.apply("--expect", memory, AUDIT_EXPECT=memory)
    assert done.code == 0, done.err
    assert len(box.submissions()) == 1
    assert journey.apply("--expect", memory, AUDIT_EXPECT=noted(journey)).code == 0


@pytest.mark.parametrize("value", ["4", f"4:{ROOT},5:{ROOT}", f"x:{ROOT}", "4:\x1b[31m", f"04:{ROOT}"])
def test_a_memory_that_cannot_be_read_stops_everything(journey, value):
    journey.merge()
    for done in (journey.apply(AUDIT_EXPECT=value), journey.apply("--expect", value)):
        assert (done.code, done.out) == (2, "")
        assert "\x1b" not in done.err


def test_the_variables_of_a_target_and_of_all_are_both_read():
    other = Expectation.parse(f"7:{ROOT}")
    environment = {"AUDIT_EXPECT": f"4:{ROOT}", "AUDIT_EXPECT_ACME_EU": f"7:{ROOT}  4:{ROOT}"}
    assert remembered("acme-eu", environment) == (KNOWN, other)
    assert remembered("sandbox", environment) == (KNOWN,)
    assert remembered("sandbox", {}) == remembered("sandbox", {"AUDIT_EXPECT": "  "}) == ()
    with pytest.raises(UsageError, match="AUDIT_EXPECT_ACME_EU"):
        remembered("acme-eu", {"AUDIT_EXPECT_ACME_EU": "nonsense"})
