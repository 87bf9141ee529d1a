"""The second lock: what holds name one by one is protected by the platform itself, too.

The repository's holds stop every purge of ours. This one also stops whoever deletes past purgectl.
"""

from __future__ import annotations

from runner.apply.look import Ports
from runner.errors import Refused
from runner.genesys.protection import mirror
from runner.plan.world import World


def protect_held(ports: Ports, world: World) -> None:
    """Protect the conversations that active holds name, and tell what was not protected before.

    Nothing happens where the platform has no such lock. More conversations than it takes are told, and
    hold up nothing. Raises ``RemoteFailure`` when it cannot be asked.
    """
    held = held_conversations(world)
    if ports.protection is None or not held:
        return
    try:
        mirrored = mirror(ports.protection, held)
    except Refused as refusal:
        ports.watcher.say(f"the platform does not protect what is held: {refusal.message}")
        return
    if mirrored.drifted:
        ports.watcher.say(f"held, and protected from now on: {_named(mirrored.drifted)}")
    if mirrored.missing:
        ports.watcher.say(f"held, and without a recording to protect: {_named(mirrored.missing)}")


def held_conversations(world: World) -> frozenset[str]:
    """Return every conversation that a hold names which is active on the target."""
    scopes = [hold.scope for _, hold in world.review.holds if hold.name not in world.released]
    here = [scope for scope in scopes if scope.targets is None or world.target.name in scope.targets]
    return frozenset[str]().union(*(scope.conversation_ids or () for scope in here))


def _named(conversations: frozenset[str]) -> str:
    first = min(conversations)
    others = len(conversations) - 1
    return f"conversation {first} and {others:,} more" if others else f"conversation {first}"
