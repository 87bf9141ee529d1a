"""Who else selects what a policy selects: the other policies, and the purges in the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from runner.model.policy import Selection
from runner.model.purge import Purge, PurgeState
from runner.plan.policy_file import PolicyFile
from runner.rules.overlap import overlapping, reach

MOST_NAMED = 3

_SUPERSEDABLE = (PurgeState.FAILED, PurgeState.CANCELLED)


@dataclass(slots=True)
class Overlaps:
    """What else selects some of a policy's interactions: how much, and the first few described."""

    count: int = 0
    named: list[str] = field(default_factory=list)

    def add(self, described: str) -> None:
        """Count one more, and remember it if few are known so far."""
        self.count += 1
        if len(self.named) < MOST_NAMED:
            self.named.append(described)


def overlaps(
    policies: Sequence[PolicyFile], purges: Iterable[Purge], whole_conversations: Callable[[str], bool]
) -> Mapping[str, Overlaps]:
    """Find the overlaps of every policy that has any, by its path.

    A policy takes part itself until its purge has begun, and through its purge afterwards. A
    purge that had no effect takes no part, and one of the policy's own name is left to the rules of
    lineage. ``whole_conversations`` tells of which targets whole conversations go.
    """
    waiting = [(each, each.selection) for each in policies if each.waiting and each.selection is not None]
    done = [
        (each, each.selection)
        for each in purges
        if not each.state.without_effect and each.selection is not None
    ]
    found: defaultdict[str, Overlaps] = defaultdict(Overlaps)
    selections = [selection for _, selection in (*waiting, *done)]
    over = {len(waiting) + position for position, (purge, _) in enumerate(done) if purge.state.terminal}
    for first, second in _pairs(selections, over, whole_conversations):
        if first >= len(waiting):
            continue
        policy = waiting[first][0]
        if second < len(waiting):
            other = waiting[second][0]
            found[policy.path].add(other.path)
            found[other.path].add(policy.path)
        else:
            purge = done[second - len(waiting)][0]
            if not _of_the_same_line(purge, policy):
                found[policy.path].add(_described(purge))
    return found


def _pairs(
    selections: Sequence[Selection], over: Collection[int], whole_conversations: Callable[[str], bool]
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of positions whose purges may take one interaction; those ``over`` have ended.

    Where whole conversations go, two that are still to run share whatever has a date in common. What
    a purge that has ended took is gone, so there only what it asked for may not be asked for again;
    otherwise nobody could purge a second type, or a second queue, of the same year.
    """
    pairs = set(overlapping(selections))
    ahead = [i for i, each in enumerate(selections) if i not in over and whole_conversations(each.target)]
    taken = [reach(selections[position], whole_conversations=True) for position in ahead]
    pairs.update((ahead[first], ahead[second]) for first, second in overlapping(taken))
    return iter(sorted(pairs))


def _of_the_same_line(purge: Purge, policy: PolicyFile) -> bool:
    """Whether a purge is one that the policy may repeat: of its own name, or superseded and unfinished."""
    superseded = purge.policy == policy.supersedes and purge.state in _SUPERSEDABLE
    return purge.policy == policy.document.name or superseded


def _described(purge: Purge) -> str:
    return f"the purge of {purge.policy} (revision {purge.revision}, {purge.state.value})"
