"""Who else selects what a policy selects: the other policies, and the purges in the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from runner.model.purge import Purge, PurgeState
from runner.plan.candidate import Candidate
from runner.rules.overlap import overlapping

MOST_NAMED = 3

_SUPERSEDABLE = (PurgeState.FAILED, PurgeState.CANCELLED)


@dataclass(slots=True)
class Rivals:
    """What else selects some of a policy's interactions: how much, and the first few described."""

    count: int = 0
    named: list[str] = field(default_factory=list)

    def add(self, described: str) -> None:
        """Count one more, and remember it if few are known so far."""
        self.count += 1
        if len(self.named) < MOST_NAMED:
            self.named.append(described)


def rivals(candidates: Sequence[Candidate], purges: Iterable[Purge]) -> Mapping[str, Rivals]:
    """Find the rivals of every policy that has any, by its path.

    A policy takes part itself until its purge has begun, and through its purge afterwards. A
    purge that had no effect is no rival, and neither is one of the policy's own name: the rules
    of lineage judge it.
    """
    waiting = [(c, c.selection) for c in candidates if c.waiting and c.selection is not None]
    done = [(p, p.selection) for p in purges if not p.state.without_effect and p.selection is not None]
    found: defaultdict[str, Rivals] = defaultdict(Rivals)
    for first, second in overlapping([selection for _, selection in (*waiting, *done)]):
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


def _of_the_same_line(purge: Purge, policy: Candidate) -> bool:
    """Whether a purge is one that the policy may repeat: of its own name, or superseded and unfinished."""
    superseded = purge.policy == policy.supersedes and purge.state in _SUPERSEDABLE
    return purge.policy == policy.document.name or superseded


def _described(purge: Purge) -> str:
    return f"the purge of {purge.policy} (revision {purge.revision}, {purge.state.value})"
