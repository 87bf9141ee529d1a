"""Holds that name conversations, mirrored to a lock of the platform's own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import pytest
from support.imagined import Organisation, Wire
from support.imaginedlog import Machine
from support.imaginedtree import HOLD, TARGET
from support.journey import HELD, hold

from runner.errors import ExitCode, RemoteFailure

FIRST = "8d3c1a52-0000-4000-8000-000000000001"
SECOND = "8d3c1a52-0000-4000-8000-000000000002"
LOST = "8d3c1a52-0000-4000-8000-000000000003"


@dataclass
class Lock:
    """``ports.Protection``; ``unknown`` are conversations that have no recording."""

    locked: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    asked: list[frozenset[str]] = field(default_factory=list)

    def protected(self, conversations: Collection[str]) -> frozenset[str]:
        self.asked.append(frozenset(conversations))
        return frozenset(self.locked & set(conversations))

    def protect(self, conversations: Collection[str]) -> frozenset[str]:
        self.locked |= set(conversations) - self.unknown
        return frozenset(self.unknown & set(conversations))


class Broken(Lock):
    """A lock that cannot be asked."""

    def protected(self, conversations: Collection[str]) -> frozenset[str]:
        raise RemoteFailure("no answer")


def naming(*conversations: str, targets: str = "sandbox") -> str:
    return hold(f"targets: [{targets}], conversationIds: {list(conversations)}")


@pytest.fixture
def org() -> Organisation:
    organisation = Organisation(TARGET, prepares=True)
    organisation.protection = Lock()
    return organisation


def run(org: Organisation, **files: str):
    org.main.commit(**files)
    return org.run(Machine("first", org.clock), Wire())


def test_what_is_held_is_protected_and_what_was_not_is_told(org):
    org.protection.locked, org.protection.unknown = {FIRST}, {LOST}
    outcome = run(org, **{HELD: naming(FIRST, SECOND, LOST)})
    assert org.protection.locked == {FIRST, SECOND}
    assert outcome.exit_code is ExitCode.OK
    assert org.told == [
        f"held, and protected from now on: conversation {SECOND}",
        f"held, and without a recording to protect: conversation {LOST}",
    ]


def test_a_hold_on_another_target_and_one_that_names_none_ask_nothing(org):
    run(
        org,
        **{
            HELD: HOLD,
            "policies/holds/matter-2.yaml": naming(FIRST, targets="elsewhere").replace(
                "matter-1", "matter-2"
            ),
        },
    )
    assert org.protection.asked == []


def test_more_than_the_platform_protects_are_told_and_hold_up_nothing(org):
    many = [f"8d3c1a52-0000-4000-8000-{number:012d}" for number in range(1001)]
    outcome = run(org, **{HELD: naming(*many)})
    assert (org.protection.locked, outcome.exit_code) == (set(), ExitCode.OK)
    assert "1,001 conversations" in org.told[0]


def test_a_lock_that_cannot_be_asked_is_trouble_and_stops_no_purge(org):
    org.protection = Broken()
    outcome = run(org, **{HELD: naming(FIRST)})
    assert outcome.trouble == ((ExitCode.REMOTE_FAILURE, "no answer"),)


def test_a_platform_without_such_a_lock_is_not_asked(org):
    org.protection = None
    assert run(org, **{HELD: naming(FIRST)}).exit_code is ExitCode.OK
