"""The sandbox's interactions as conversations with recordings; the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

from runner.sandbox.data import ATTRIBUTES, Interaction
from runner.sandbox.recordings.conversations import Conversation, Recording, Segment, identifier

QUEUES = ("billing-1", "billing-2", "claims-1", "collections-1", "sales-1", "service-1", "service-2")
DIVISIONS = ("us-east", "us-west", "eu-west")
WRAP_UP_CODES = ("resolved", "escalated", "sale", "no-answer")
USERS = tuple(f"agent-{number}" for number in range(1, 13))

_MINUTE = 60_000
_DAY = 1440 * _MINUTE
_LONGEST = {"voice": 30 * _MINUTE, "callback": 60 * _MINUTE, "chat": 120 * _MINUTE, "email": 20 * _DAY}
_LONGEST_THREAD = 30 * _DAY
_MESSAGE_TYPES = {"sms": "sms", "social": "facebook"}
_PERSONAL = frozenset({"pii", "hipaa"})


@dataclass(frozen=True, slots=True)
class _Draw:
    """Chances in percent and picks, drawn from a hash of the interaction's id."""

    raw: bytes

    def below(self, at: int, percent: int) -> bool:
        return int.from_bytes(self.raw[at : at + 2], "big") % 100 < percent

    def pick(self, at: int, names: tuple[str, ...]) -> str:
        return names[int.from_bytes(self.raw[at : at + 2], "big") % len(names)]

    def up_to(self, at: int, most: int) -> int:
        return int.from_bytes(self.raw[at : at + 4], "big") % most + 1


def names() -> Mapping[str, Mapping[str, str]]:
    """The ids of everything in the organisation that has a name."""
    kinds = {"queue": QUEUES, "division": DIVISIONS, "wrapUpCode": WRAP_UP_CODES, "user": USERS}
    return {kind: {name: identifier(kind, name) for name in known} for kind, known in kinds.items()}


def conversation_of(interaction: Interaction) -> Conversation:
    """An interaction as the recording surface shows it: same id, start and attributes.

    Threads of e-mail and messages last for weeks. A callback also has a voice segment, and one call
    in ten is transferred to a second queue.
    """
    draw = _Draw(blake2b(interaction.id.encode(), digest_size=32).digest())
    direction = "inbound" if draw.below(0, 70) else "outbound"
    length = draw.up_to(2, _LONGEST.get(interaction.type, _LONGEST_THREAD))
    return Conversation(
        id=interaction.id,
        division_id=identifier("division", interaction.region),
        direction=direction,
        started_at=interaction.started_at,
        ended_at=interaction.started_at + length,
        segments=tuple(_segments(interaction, draw, direction)),
        attributes={name: getattr(interaction, name) for name in ATTRIBUTES},
        recordings=tuple(_recordings(interaction, draw)),
    )


def _segments(interaction: Interaction, draw: _Draw, direction: str) -> Iterator[Segment]:
    message_type = _MESSAGE_TYPES.get(interaction.type)
    customer, contact = f"+1555{draw.up_to(6, 9_999_999):07}", draw.up_to(10, 500)
    first = Segment(
        media_type="message" if message_type else interaction.type,
        message_type=message_type,
        queue_id=identifier("queue", interaction.queue),
        user_id=identifier("user", draw.pick(14, USERS)),
        wrap_up_code=identifier("wrapUpCode", draw.pick(16, WRAP_UP_CODES)),
        direction=direction,
        purpose="agent",
        external_contact_id=identifier("externalContact", str(contact)),
    )
    if interaction.type in ("voice", "callback", "sms"):
        first = replace(first, ani=customer, dnis="+18005550100")
    else:
        first = replace(first, address_from=f"customer-{contact}@example.org", address_to="us@example.com")
    yield first
    if interaction.type == "callback":
        yield replace(first, media_type="voice")
    elif interaction.type == "voice" and draw.below(18, 10):
        yield replace(first, queue_id=identifier("queue", draw.pick(20, QUEUES)))


def _recordings(interaction: Interaction, draw: _Draw) -> Iterator[Recording]:
    spoken = interaction.type in ("voice", "callback")
    media = {"email": "email", "chat": "chat"}.get(interaction.type, "audio" if spoken else "message")
    first = Recording(
        id=identifier("recording", interaction.id),
        conversation_id=interaction.id,
        media=media,
        media_subtype="Trunk" if spoken else None,
        created_at=interaction.started_at,
        sensitive=interaction.classification in _PERSONAL and draw.below(22, 20),
        policy_based=draw.below(24, 10),
    )
    yield first
    if spoken and draw.below(26, 15):
        yield replace(first, id=identifier("screen", interaction.id), media="screen", media_subtype="Screen")
    if spoken and draw.below(28, 3):
        yield replace(first, id=identifier("snippet", interaction.id), media_subtype="Snippet")
