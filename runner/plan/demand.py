"""What an order, or the release of a hold, demands of those who approve it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from runner.documents.kinds import APPROVERS
from runner.documents.reading import read
from runner.documents.typed import roles_by_person
from runner.forge.decision import Demand
from runner.model.policy import PurgePolicy
from runner.model.settings import Quorum
from runner.model.source import SourceFile
from runner.plan.packs import Packs
from runner.rules.approvals import asked
from runner.rules.overlap import filtered

RELEASE = Quorum(2, frozenset({"legal"}))
"""Who lets go of what a hold has kept: two people, and legal among them."""


def roles_in(files: Iterable[SourceFile]) -> Mapping[int, frozenset[str]]:
    """Return who has which roles by the file of approvers among ``files``.

    Nobody has one where that file is missing or has errors, so that no role is ever guessed.
    """
    document = next((read(source) for source in files if source.path == APPROVERS), None)
    if document is None or document.value is None or not document.clean:
        return {}
    return roles_by_person(document.value)


def demand_of(
    policy: PurgePolicy, packs: Packs, roles: Mapping[int, frozenset[str]], now: datetime
) -> Demand:
    """Return what a policy demands by the packs that are in force now."""
    entries = packs.governing(policy, now)
    unfiltered = not filtered(policy.selection)
    quorum = asked(packs.settings, entries, policy.classification.value, unfiltered=unfiltered)
    return Demand(quorum, roles, packs.settings.valid_for)


def demand_of_release(roles: Mapping[int, frozenset[str]]) -> Demand:
    """Return what the release of a hold demands; it takes effect months later, so it does not expire."""
    return Demand(RELEASE, roles, None)
